package codec_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// tree is any JSON value, as encoding/json has it with UseNumber.
type tree struct{ v any }

func (t *tree) CodeJSON(j *codec.JSON) {
	if r := j.Reader(); r != nil {
		t.ReadJSON(r)
	} else {
		t.WriteJSON(j.Writer())
	}
}

func (t *tree) ReadJSON(r *codec.Reader) {
	switch r.Peek() {
	case codec.Null:
		t.v = nil
		if !r.Null() {
			r.Fail("null is not null")
		}
	case codec.Boolean:
		t.v = r.Bool()
	case codec.Number:
		t.v = json.Number(r.Number())
	case codec.String:
		t.v = r.String()
	case codec.Array:
		list := make([]any, 0, r.Array())
		for r.Element() {
			var e tree
			e.ReadJSON(r)
			list = append(list, e.v)
		}
		t.v = list
	default:
		object := map[string]any{}
		for r.Object(); r.Member(); {
			name := string(r.Key())
			var e tree
			e.ReadJSON(r)
			object[name] = e.v
		}
		t.v = object
	}
}

func (t *tree) WriteJSON(w *codec.Writer) {
	switch v := t.v.(type) {
	case nil:
		w.Null()
	case bool:
		w.Bool(v)
	case json.Number:
		w.Number(v.String())
	case string:
		w.String(v)
	case []any:
		if w.Array() {
			for _, e := range v {
				(&tree{e}).WriteJSON(w)
			}
		}
		w.EndArray()
	case map[string]any:
		if w.Object() {
			for name, e := range v {
				w.Member(name)
				(&tree{e}).WriteJSON(w)
			}
		}
		w.EndObject()
	}
}

// plainTree is what encoding/json makes of a text.
func plainTree(text []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// checkTree reads a valid text, compares with encoding/json, and again after it
// was written.
func checkTree(t *testing.T, text []byte) {
	t.Helper()
	var got tree
	if codec.Unmarshal(text, nil, &got) != nil {
		return // encoding/json takes more: invalid UTF-8 and half surrogate pairs
	}
	want, err := plainTree(text)
	if err != nil || !reflect.DeepEqual(got.v, want) {
		t.Fatalf("%q was read as %#v, want %#v, %v", text, got.v, want, err)
	}
	back, err := codec.Append([]byte(",["), &got)
	if err != nil {
		t.Fatalf("%q cannot be written again: %v", text, err)
	}
	again, err := plainTree(back[2:])
	if err != nil || !reflect.DeepEqual(again, want) {
		t.Fatalf("%q was written as %q, %v", text, back, err)
	}
}

func TestTree(t *testing.T) {
	for _, text := range []string{
		`null`, ` true `, `false`, `0`, `-0`, `-1.5e+300`, `""`, `"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00"`, `[]`, `{}`, "\t[ ] \r\n", "{\n}",
		`[[],[[]],{},{"":{}}]`, `{"a":1,"b":[true,false,null],"c":{"d":"e"}}`, `{"a" : 1 , "b" : [ 1 , 2 ] }`, `{"\u0061\"":"\\\""}`,
		`"` + string(bytes.Repeat([]byte("x"), 100)) + `\n"`, `[1,-2.50,3e4,"5"]`, `{"日本":"語","e":"é"}`, `"]}"`, `["\\","\\\\\"",","]`,
	} {
		if !json.Valid([]byte(text)) {
			t.Fatalf("%s is not JSON", text)
		}
		var v tree
		if err := codec.Unmarshal([]byte(text), nil, &v); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		checkTree(t, []byte(text))
	}
}

// script reads what its bytes say, whatever comes.
type script []byte

func (s *script) CodeJSON(j *codec.JSON) {
	r := j.Reader()
	var list []string
	var kept string
	for _, op := range *s {
		scripted[int(op)%len(scripted)](r, &list, &kept)
	}
}

// scripted are all ways to read.
var scripted = []func(r *codec.Reader, list *[]string, kept *string){
	func(r *codec.Reader, _ *[]string, _ *string) { r.Object() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Member() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Array() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Element() },
	func(r *codec.Reader, l *[]string, _ *string) { *l = append(*l, r.String()) },
	func(r *codec.Reader, l *[]string, _ *string) { *l = append(*l, r.Number(), string(r.Key())) },
	func(r *codec.Reader, _ *[]string, k *string) { *k = r.Keep(*k) },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Skip() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Raw() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Holds(check.Any()) },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Null() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Bool() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Int8() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Uint64() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Float64() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Float32() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Time() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Addr() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Bytes() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Look("a") },
	func(r *codec.Reader, _ *[]string, _ *string) { r.LookString("a") },
	func(r *codec.Reader, _ *[]string, _ *string) { r.IsInteger() },
	func(r *codec.Reader, _ *[]string, _ *string) { r.External(new(map[string]any)) },
	func(r *codec.Reader, _ *[]string, _ *string) { r.External(new(json.RawMessage)) },
	func(r *codec.Reader, _ *[]string, _ *string) { (&tree{}).ReadJSON(r) },
	func(r *codec.Reader, _ *[]string, _ *string) { (&order{}).CodeJSON(r.JSON()) },
	func(r *codec.Reader, _ *[]string, _ *string) { r.Fail("enough") },
}

// FuzzReader: whatever the text is and however it is read, a Reader comes to an
// end; a valid text is read as encoding/json reads it.
func FuzzReader(f *testing.F) {
	all := make([]byte, len(scripted))
	for i := range all {
		all[i] = byte(i)
	}
	for _, size := range sizes {
		f.Add(orderText(f, size), []byte{25})
	}
	for _, text := range []string{
		`{"a":[1,2.5,-3e4],"b":"\u00e4\ud800x","c":null}`, `[[[[`, `{"a`, `"\`, `{"a":`, `-`, `1e`, `[1 2,,]`, `{"a" "b"}`, `tru`, `{"a":{"b":"2020-02-30T00:00:00Z"}}`, ``,
	} {
		f.Add([]byte(text), all)
		f.Add([]byte(text), []byte{0, 1, 6, 1, 6, 1, 2, 3, 4, 3, 4})
		f.Add([]byte(text), []byte{24})
	}
	f.Fuzz(func(t *testing.T, text, ops []byte) {
		before := slices.Clone(text)
		s := script(ops)
		_ = codec.Unmarshal(text, trusted{}, &s)
		_ = codec.Unmarshal(text, trusted{}, &tree{})
		_ = codec.Unmarshal(text, trusted{}, &order{})
		if !bytes.Equal(text, before) {
			t.Fatal("the text was changed")
		}
		checkTree(t, text)
	})
}
