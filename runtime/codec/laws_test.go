package codec_test

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestOrder: an order that is read and written is the same JSON, members that
// no field is for included, and has the values that encoding/json finds.
func TestOrder(t *testing.T) {
	for _, size := range sizes {
		text := orderText(t, size)
		v, plain := ordersOf(t, text)
		got, err := v.AppendJSON(nil)
		if err != nil {
			t.Fatal(err)
		}
		before, _ := plainTree(text)
		after, _ := plainTree(got)
		if !reflect.DeepEqual(after, before) {
			t.Errorf("%s became %s", text, got)
		}
		if v.OrderID != plain.OrderID || !v.PlacedAt.Equal(plain.PlacedAt) || v.Total != plain.Total || len(v.Items) != len(plain.Items) ||
			v.Items[1].Name != plain.Items[1].Name || v.ShipTo.Name != plain.ShipTo.Name || v.Note.Or("") != *plain.Note {
			t.Errorf("%+v is not %+v", v, plain)
		}
	}
}

// TestAllocations: decoding, judging included, costs at most half of what
// encoding/json allocates, and encoding into a reused buffer nothing.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, and pools forget")
	}
	for _, size := range sizes {
		text := orderText(t, size)
		v, plain := ordersOf(t, text)
		decode := testing.AllocsPerRun(200, func() {
			var v order
			must(codec.Unmarshal(text, rules.Of("Order"), &v))
		})
		theirs := testing.AllocsPerRun(200, func() {
			var v plainOrder
			must(json.Unmarshal(text, &v))
		})
		if t.Logf("%s: decoding allocates %v times, encoding/json %v", size, decode, theirs); decode > theirs/2 {
			t.Errorf("%s: decoding allocates %v times, encoding/json %v", size, decode, theirs)
		}
		buf := make([]byte, 0, 4<<10)
		if n := testing.AllocsPerRun(200, func() { _, _ = v.AppendJSON(buf) }); n > 0 {
			t.Errorf("%s: encoding into a buffer allocates %v times", size, n)
		}
		if n := testing.AllocsPerRun(200, func() { _, _ = codec.Marshal(v) }); n > 1 {
			t.Errorf("%s: encoding allocates %v times", size, n)
		}
		_ = plain
	}
}

// TestStringsAreFree: what was read does not change with the text, nor with what
// is read next.
func TestStringsAreFree(t *testing.T) {
	text := orderText(t, "large")
	want, err := json.Marshal(string(text))
	if err != nil {
		t.Fatal(err)
	}
	var first order
	var s string
	must(codec.Unmarshal(text, nil, &first))
	must(codec.Unmarshal(want, nil, reading(func(r *codec.Reader) { s = r.String() })))
	before, _ := first.AppendJSON(nil)
	for range 100 {
		var next order
		must(codec.Unmarshal([]byte(strings.ReplaceAll(string(text), "Leipzig", "Dresden")), nil, &next))
	}
	clear(text)
	clear(want)
	if after, _ := first.AppendJSON(nil); string(after) != string(before) || !json.Valid([]byte(s)) {
		t.Errorf("%s became %s", before, after)
	}
}

// TestConcurrently: readers and writers of one pool do not meet.
func TestConcurrently(t *testing.T) {
	text := orderText(t, "large")
	v, _ := ordersOf(t, text)
	want, _ := v.AppendJSON(nil)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				var v order
				err := codec.Unmarshal(text, rules.Of("Order"), &v)
				got, failed := codec.Marshal(&v)
				if err != nil || failed != nil || string(got) != string(want) {
					t.Errorf("%v, %v: %s", err, failed, got)
					return
				}
			}
		})
	}
	wg.Wait()
}

// TestUnknownMembersGrow: the members of an object that no field is for are
// kept as they are written, in their order, those of nested objects apart, and
// in time that does not grow with the square of their number.
func TestUnknownMembersGrow(t *testing.T) {
	const n = 50_000
	var b strings.Builder
	b.WriteString(`{"shipTo":{"x":1,"name":"n"},"u0": [ 1 ] `)
	var want strings.Builder
	want.WriteString(`"u0":[ 1 ]`)
	for range n {
		b.WriteString(`,"\u0061/b" : {"c":"}"} , "items":[{"y" : 2}]`)
		want.WriteString(`,"\u0061/b":{"c":"}"}`)
	}
	b.WriteString("}")
	var v order
	if err := codec.Unmarshal([]byte(b.String()), trusted{}, &v); err != nil {
		t.Fatal(err)
	}
	if v.Unknown.String() != want.String() || v.ShipTo.Unknown.String() != `"x":1` || v.Items[0].Unknown.String() != `"y":2` {
		t.Errorf("kept are %.100s, %s, %s", v.Unknown, v.ShipTo.Unknown, v.Items[0].Unknown)
	}
	if value, ok := v.Unknown.Get("a/b"); !ok || string(value) != `{"c":"}"}` {
		t.Errorf("a/b is %s", value)
	}
	var again order
	if err := codec.Unmarshal([]byte(b.String()), trusted{}, &again); err != nil || again.Unknown.String() != v.Unknown.String() {
		t.Error("what was read twice is not equal")
	}
}

func TestLook(t *testing.T) {
	type found struct {
		kind codec.Kind
		text string
		ok   bool
	}
	for text, want := range map[string]found{
		`{"a":1,"kind":"circle"}`:         {codec.String, "circle", true},
		` { "a":{"kind":1}, "kind":"\n"}`: {codec.String, "\n", true},
		`{"\u006bind":null}`:              {codec.Null, "", false},
		`{"kin":"x","kinds":"y"}`:         {codec.None, "", false},
		`["kind","x"]`:                    {codec.None, "", false},
		`"kind"`:                          {codec.None, "", false},
		`{}`:                              {codec.None, "", false},
	} {
		var got found
		err := codec.Unmarshal([]byte(text), nil, reading(func(r *codec.Reader) {
			got.kind = r.Look("kind")
			view, ok := r.LookString("kind")
			got.text, got.ok = string(view), ok
			r.Skip()
		}))
		if got != want || err != nil {
			t.Errorf("in %s found is %v, %v, want %v", text, got, err, want)
		}
	}
}

// TestHolds: what the next value is can be asked without reading it, wherever it
// stands.
func TestHolds(t *testing.T) {
	rules := check.NewRules(check.Set{{Name: "Small", Schema: check.Schema{check.Integer, check.Maximum("9")}}})
	var got []bool
	err := codec.Unmarshal([]byte(`{"a": 5, "b":[10, 9 ],"c":{}}`), nil, reading(func(r *codec.Reader) {
		ask := func() { got = append(got, r.Holds(rules.Of("Small"))) }
		ask()
		for r.Object(); r.Member(); {
			ask()
			if r.Peek() != codec.Array {
				r.Skip()
				continue
			}
			for r.Array(); r.Element(); r.Skip() {
				ask()
			}
		}
		ask()
	}))
	if want := []bool{false, true, false, false, true, false, false}; !slices.Equal(got, want) || err != nil {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

// TestNotRead: a value that ReadJSON leaves, in whole or in part, is a failure
// and no endless loop.
func TestNotRead(t *testing.T) {
	for name, read := range map[string]reading{
		"nothing":  func(*codec.Reader) {},
		"elements": func(r *codec.Reader) { r.Array(); r.Element() },
		"loop": func(r *codec.Reader) {
			for r.Array(); r.Element(); {
			}
		},
	} {
		if err := codec.Unmarshal([]byte(`[1,[2],{"a":3}]`), nil, read); err == nil {
			t.Errorf("%s: no failure", name)
		}
	}
}

func TestRaw(t *testing.T) {
	const value = `{ "a" : [ 1.50, "\u00e4" ] }`
	text := []byte(` [ ` + value + ` , null ] `)
	var raw, null json.RawMessage
	must(codec.Unmarshal(text, nil, reading(func(r *codec.Reader) {
		r.Array()
		r.Element()
		raw = r.Raw()
		r.Element()
		null = r.Raw()
		r.Element()
	})))
	clear(text)
	if string(raw) != value || string(null) != "null" {
		t.Errorf("read are %s and %s", raw, null)
	}
	got, err := codec.Marshal(writing(func(w *codec.Writer) {
		w.Object()
		w.Member("a\"")
		w.Raw(append([]byte(" \n"), raw...))
		w.Member("b")
		w.Raw(nil)
		w.Members(`"c":1,"d":2`)
		w.Members("")
		w.Member("e")
		w.Bytes(nil)
		w.EndObject()
	}))
	if want := `{"a\"":` + value + `,"b":null,"c":1,"d":2,"e":""}`; string(got) != want || err != nil {
		t.Errorf("written is %s, %v, want %s", got, err, want)
	}
}

// Dates and the like are Readable and Writable.
var (
	_ codec.Readable = (*runtime.Date)(nil)
	_ codec.Readable = (*runtime.TimeOfDay)(nil)
	_ codec.Readable = (*runtime.Duration)(nil)
	_ codec.Readable = (*runtime.UUID)(nil)
	_ codec.Readable = (*runtime.Decimal)(nil)
	_ codec.Writable = runtime.Date{}
	_ codec.Writable = runtime.TimeOfDay{}
	_ codec.Writable = runtime.Duration{}
	_ codec.Writable = runtime.UUID{}
	_ codec.Writable = runtime.Decimal{}
)
