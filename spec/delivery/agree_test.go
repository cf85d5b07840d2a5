package delivery_test

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// fill sets every field, however deep, to something that is not zero.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.String:
		v.SetString("x")
	case reflect.Float64:
		v.SetFloat(1)
	case reflect.Uint8:
		v.SetUint(1)
	default:
		v.SetInt(1)
	}
}

// TestWordsAgreeWithTheRuntime: a document says guarantees and orderings, and names
// the parts of a policy, by the words that the runtime prints.
func TestWordsAgreeWithTheRuntime(t *testing.T) {
	words := func(member string, name func(i uint8) string) {
		for i := uint8(1); name(i) != strconv.Itoa(int(i)); i++ {
			if _, found := read(t, "{"+member+": "+name(i)+"}"); len(found) > 0 {
				t.Errorf("%s %s of the runtime cannot be said: %v", member, name(i), found)
			}
		}
	}
	words("guarantee", func(i uint8) string { return runtime.Guarantee(i).String() })
	words("ordering", func(i uint8) string { return runtime.Ordering(i).String() })
	_, found := read(t, "{guarantee: x, ordering: x}")
	want := `"guarantee" must be at-most-once, at-least-once, effectively-once or exactly-once, is "x"; ` +
		`"ordering" must be key, partition or none, is "x"`
	if len(found) != 2 || found[0].Message+"; "+found[1].Message != want {
		t.Errorf("the words are %v", found)
	}
	var p runtime.Policy
	fill(reflect.ValueOf(&p).Elem())
	for line := range strings.Lines(p.String()) {
		member, _, _ := strings.Cut(line, " ")
		switch member {
		case "retry-address":
			member = "retry-addresses"
		case "inbox-window":
			member = "inbox"
		}
		if _, found := read(t, "{"+member+": [[]]}"); slices.ContainsFunc(found, func(d *diag.Diagnostic) bool { return strings.Contains(d.Message, "has no member") }) {
			t.Errorf("%s of the runtime's policy cannot be said", member)
		}
	}
	if n, m := leaves(reflect.TypeFor[runtime.Policy]()), leaves(reflect.TypeFor[delivery.Policy]()); n != m {
		t.Errorf("the runtime's policy has %d parts, that of documents %d", n, m)
	}
}

// leaves counts the fields that have no fields.
func leaves(of reflect.Type) int {
	switch of.Kind() {
	case reflect.Slice:
		return leaves(of.Elem())
	case reflect.Struct:
		n := 0
		for i := range of.NumField() {
			n += leaves(of.Field(i).Type)
		}
		return n
	}
	return 1
}

// TestEverythingIsInherited: no field is forgotten where policies are merged.
func TestEverythingIsInherited(t *testing.T) {
	var base runtime.Policy
	fill(reflect.ValueOf(&base).Elem())
	if got := (runtime.Policy{}).Over(base); !reflect.DeepEqual(got, base) {
		t.Errorf("nothing over a policy is %+v, want %+v", got, base)
	}
	text := `{guarantee: at-least-once, ordering: key, concurrency: 1, max-in-flight: 2, max-in-flight-bytes: 3, max-per-key: 4,
		attempt-timeout: 5s, ttl: 6s, max-delay: 7s, rate: {per-second: 8, burst: 9}, retry: {attempts: 10, first: 11s, max: 12s, factor: 2, jitter: 0.5},
		retry-addresses: [{address: a, delay: 13s}], dead-letter: b, inbox: {window: 14}}`
	said, found := read(t, text)
	if v := reflect.ValueOf(said); len(found) > 0 {
		t.Fatal(found)
	} else {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s is not said", v.Type().Field(i).Name)
			}
		}
	}
	o := &spec.Operation{Channel: &spec.Channel{Extensions: member(t, text)}}
	got, _ := delivery.Of(o, func(_ source.Spanner, format string, args ...any) *diag.Diagnostic {
		t.Errorf(format, args...)
		return new(diag.Diagnostic)
	})
	if !reflect.DeepEqual(got, said) {
		t.Errorf("an operation that says nothing has %+v, its channel %+v", got, said)
	}
}
