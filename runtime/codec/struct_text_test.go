package codec_test

import (
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// kindWords are the kinds of fields as the text of a table says them.
var kindWords = strings.Fields("string bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 " +
	"bytes time addr raw struct value sum uuid date timeofday duration decimal unknown")

// textOf returns a table's text that says what its fields do.
func textOf(s *codec.Struct) string {
	var b strings.Builder
	for _, f := range s.Fields {
		if f.Kind != codec.UnknownField {
			b.WriteString(`"` + f.Name + `" `)
		}
		b.WriteString(kindWords[f.Kind&(codec.List-1)])
		for i, flag := range []string{" list", " optional", " some", " map"} {
			if f.Kind&(codec.List<<i) != 0 {
				b.WriteString(flag)
			}
		}
		if f.Fixed != "" {
			b.WriteString(` "` + f.Fixed + `"`)
		}
		b.WriteString("\n\t")
	}
	return b.String()
}

// TestStructText: a table says the same by its text as by its fields.
func TestStructText(t *testing.T) {
	table := codec.Struct{Of: kindsJSON.Of, Text: textOf(&kindsJSON)}
	for _, v := range []*kinds{filled(), bare()} {
		want, err := codec.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		w := codec.NewWriter(nil)
		w.JSON().Struct(unsafe.Pointer(v), &table)
		if got, err := w.End(); err != nil || string(got) != string(want) {
			t.Errorf("written as %s, %v, want %s", got, err, want)
		}
		var got kinds
		r := codec.Begin(want)
		r.JSON().Struct(unsafe.Pointer(&got), &table)
		if err := r.End(); err != nil || !reflect.DeepEqual(&got, v) {
			t.Errorf("read %+v, %v, want %+v", got, err, v)
		}
	}
}

// TestStructTextIsChecked: a text that says of a Go type what it is not panics, in place of
// reading something into other memory than its own.
func TestStructTextIsChecked(t *testing.T) {
	type small struct {
		N    int32
		P    *int64
		List []string
		May  runtime.Optional[string]
		Rest runtime.Members
	}
	rest := []string{`"n" int32`, `"p" struct some`, `"list" string list`, `"may" string optional`, `unknown`}
	refused := func(text string) (is bool) {
		defer func() { is = recover() != nil }()
		var v small
		table := codec.Struct{Of: (*small)(nil), Text: text}
		codec.NewReader(`{}`).JSON().Struct(unsafe.Pointer(&v), &table)
		return false
	}
	if lines := append([]string{rest[0], `"p" value`}, rest[2:]...); !refused(strings.Join(lines, "\n")) {
		t.Error("a pointer is a value")
	}
	for i, wrong := range []string{`"n" int64`, `"p" string`, `"list" int32 list`, `"may" int64 optional`, `"rest" string`} {
		for _, line := range []string{wrong, `"x" struct list`, `"x" string map`, `"x" string list map`, `"x" value map`, `"x" string optional list`, `"x" number`, `"x" string many`, `"x" int32 "fixed"`} {
			if text := strings.Join(append(append([]string{}, rest[:i]...), line), "\n"); !refused(text) {
				t.Errorf("taken: %s", text)
			}
		}
	}
	if !refused(strings.Repeat("unknown\n", 6)) {
		t.Error("more lines are taken than there are fields")
	}
	table := codec.Struct{Of: (*small)(nil), Text: `"n" int32`}
	v := small{N: 7}
	w := codec.NewWriter(nil)
	w.JSON().Struct(unsafe.Pointer(&v), &table)
	if out, err := w.End(); err != nil || string(out) != `{"n":7}` {
		t.Errorf("%s, %v", out, err)
	}
}
