package codec_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// parcel has members of its own kind, and others that no field is for.
type parcel struct {
	ID      string
	Weight  runtime.Optional[int64]
	State   string
	Inner   *parcel
	Unknown runtime.Members
}

func (v *parcel) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &parcelJSON) }

var parcelJSON = codec.Struct{Of: (*parcel)(nil), Text: `
"id" string
"weight" int64 optional
"state" string some
"in\"ner" struct pointer some
unknown`}

// TestMembersInAnyOrder: in whatever order members come, with others between them,
// the same is read, and nothing of what no field is for is lost.
func TestMembersInAnyOrder(t *testing.T) {
	inner := `{"x":{"id":1},"state":"lit","id":"b","y":[{"id":2}]}`
	members := []string{`"id":"a"`, `"weight":7`, `"state":"dark"`, `"in\"ner":` + inner, `"u":{"id":"c"}`, `"v":[]`}
	want := parcel{ID: "a", Weight: runtime.Some(int64(7)), State: "dark", Inner: &parcel{ID: "b", State: "lit"}}
	tried := 0
	for order := range orders(len(members)) {
		var text []string
		for _, i := range order {
			text = append(text, members[i])
		}
		data := "{" + strings.Join(text, ",") + "}"
		v := parcel{ID: "before", Unknown: want.Unknown}
		if err := codec.Unmarshal([]byte(data), nil, &v); err != nil {
			t.Fatalf("%s: %v", data, err)
		}
		if v.ID != want.ID || v.Weight != want.Weight || v.State != want.State || v.Inner.ID != "b" || v.Inner.State != "lit" || v.Inner.Inner != nil {
			t.Fatalf("%s is read as %+v with %+v", data, v, v.Inner)
		}
		if got := v.Inner.Unknown.String(); got != `"x":{"id":1},"y":[{"id":2}]` {
			t.Fatalf("%s: inside, the members %s are left", data, got)
		}
		back, err := codec.Marshal(&v)
		if err != nil || !sameJSON(t, back, []byte(data)) {
			t.Fatalf("%s comes back as %s, %v", data, back, err)
		}
		tried++
	}
	if tried != 720 {
		t.Errorf("%d orders were tried", tried)
	}
}

// TestAbsentMembers: what is absent is neither read nor written.
func TestAbsentMembers(t *testing.T) {
	v := parcel{State: "x", Inner: new(parcel)}
	if err := codec.Unmarshal([]byte(`{"id":""}`), nil, &v); err != nil || !reflect.DeepEqual(v, parcel{}) {
		t.Errorf("read as %+v, %v", v, err)
	}
	if text, err := codec.Marshal(&v); err != nil || string(text) != `{"id":""}` {
		t.Errorf("written as %s, %v", text, err)
	}
}

// TestManyMembersAndLevels: none is lost of many members that nobody knows and of
// many objects within each other.
func TestManyMembersAndLevels(t *testing.T) {
	const many = 2000
	var b strings.Builder
	b.WriteString(`{"state":"lit","weight":1`)
	for i := range many {
		fmt.Fprintf(&b, `,"u%d":%d`, i, i)
	}
	text := b.String() + strings.Repeat(`,"in\"ner":{"state":"a","id":"b"`, 200) + strings.Repeat("}", 201)
	var v parcel
	if err := codec.Unmarshal([]byte(text), nil, &v); err != nil {
		t.Fatal(err)
	}
	n := 0
	for range v.Unknown.All() {
		n++
	}
	depth := 0
	for p := v.Inner; p != nil && p.ID == "b"; p = p.Inner {
		depth++
	}
	if n != many || depth != 200 {
		t.Errorf("%d members are left, and %d objects are within each other", n, depth)
	}
}

// odd has a member whose name reads like two.
type odd struct{ A, Both string }

func (v *odd) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &oddJSON) }

var oddJSON = codec.Struct{Of: (*odd)(nil), Text: `
"" string
"a\":\"1\",\"b" string`}

// TestNamesAreNotText: a name is held against what a name says, not against the text.
func TestNamesAreNotText(t *testing.T) {
	for text, want := range map[string]odd{
		`{"":"x","a":"1","b":"2"}`:         {A: "x"},
		`{"a":"1","":"x","b":"2"}`:         {A: "x"},
		`{"":"x","a\":\"1\",\"b":"2"}`:     {A: "x", Both: "2"},
		`{"a\u0022:\"1\",\"b":"2","":"x"}`: {A: "x", Both: "2"},
	} {
		var v odd
		if err := codec.Unmarshal([]byte(text), nil, &v); err != nil || v != want {
			t.Errorf("%s is read as %+v, %v, want %+v", text, v, err, want)
		}
	}
}

// TestTextOfAMember: wherever in a text a character stands that needs an escape, or is
// more than a byte, and however much room there is, what is written says the text.
func TestTextOfAMember(t *testing.T) {
	for size := range 80 {
		for at := range size + 1 {
			for _, c := range []string{"", `"`, `\`, "\n", "\x7f", "é", "\u2028"} {
				v := parcel{ID: strings.Repeat("a", at) + c + strings.Repeat("z", size-at)}
				start := "{"[:at%2] // is no part of the value
				text, err := codec.Append(append(make([]byte, 0, at), start...), &v)
				var got struct{ ID string }
				if err := errors.Join(err, json.Unmarshal(text[len(start):], &got)); err != nil || got.ID != v.ID {
					t.Fatalf("%q is written as %s, %v", v.ID, text, err)
				}
			}
		}
	}
}

// orders yields the permutations of n numbers.
func orders(n int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		var rest func(done, left []int) bool
		rest = func(done, left []int) bool {
			if len(left) == 0 {
				return yield(done)
			}
			for i := range left {
				if !rest(append(slices.Clone(done), left[i]), slices.Delete(slices.Clone(left), i, i+1)) {
					return false
				}
			}
			return true
		}
		all := make([]int, n)
		for i := range all {
			all[i] = i
		}
		rest(nil, all)
	}
}

// sameJSON tells whether two texts say the same.
func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	return reflect.DeepEqual(x, y)
}
