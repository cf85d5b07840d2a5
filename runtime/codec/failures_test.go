package codec_test

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// violations are what an error tells, a line each.
func violations(err error) string {
	if err == nil {
		return "no failure\n"
	}
	var failed *check.Error
	if !errors.As(err, &failed) {
		return err.Error() + "\n"
	}
	var b strings.Builder
	for _, v := range failed.Violations {
		fmt.Fprintf(&b, "%s at %q, offset %d: %s\n", v.Keyword, v.Pointer, v.Offset, v.Message)
	}
	return b.String()
}

// TestFailures reads orders that are JSON and that the types cannot hold.
func TestFailures(t *testing.T) {
	golden.Each(t, "testdata/failures", "*.json", func(t *testing.T, input string) {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		var v order
		golden.Check(t, strings.TrimSuffix(input, "json")+"txt", []byte(violations(codec.Unmarshal(text, nil, &v))))
	})
}

// refusing is a type of its own that takes nothing.
type refusing struct{}

func (refusing) UnmarshalJSON([]byte) error   { return errors.New("no") }
func (refusing) MarshalJSON() ([]byte, error) { return nil, errors.New("no") }

// generated is a type as generated code has it, for other generated code.
type generated struct{ order }

func (v *generated) UnmarshalJSON(text []byte) error { return codec.Unmarshal(text, nil, &v.order) }
func (v *generated) MarshalJSON() ([]byte, error)    { return codec.Marshal(&v.order) }

// mute is a generated type that only its methods for encoding/json are seen of.
type mute struct{ g generated }

func (m *mute) UnmarshalJSON(text []byte) error { return m.g.UnmarshalJSON(text) }
func (m *mute) MarshalJSON() ([]byte, error)    { return m.g.MarshalJSON() }

// second reads the second element of a list with External.
func second(target any) codec.Value {
	return reading(func(r *codec.Reader) {
		i := 0
		for r.Array(); r.Element(); i++ {
			if i == 1 {
				r.External(target)
			} else {
				r.Skip()
			}
		}
	})
}

func TestExternal(t *testing.T) {
	var list []int
	var at netip.Prefix
	var id runtime.UUID
	for text, target := range map[string]any{
		`[0,[1,2]]`: &list, `[0,"10.0.0.0/8"]`: &at, `[0,"f81d4fae-7dec-11d0-a765-00a0c91e6bf6"]`: &id,
	} {
		if err := codec.Unmarshal([]byte(text), nil, second(target)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		got, err := codec.Marshal(writing(func(w *codec.Writer) {
			w.Array()
			w.Int(0)
			w.External(target)
			w.EndArray()
		}))
		if string(got) != text || err != nil {
			t.Errorf("%s is written as %s, %v", text, got, err)
		}
	}
	for text, c := range map[string]struct {
		target any
		want   string
	}{
		`[0,1]`:                       {&refusing{}, "go-type at \"/1\", offset 3: no\n"},
		`[0,"x"]`:                     {&at, "go-type at \"/1\", offset 3: netip.ParsePrefix(\"x\"): no '/'\n"},
		`[0,1] `:                      {&at, "go-type at \"/1\", offset 3: must be a string, is a number\n"},
		`[0,null]`:                    {&at, "go-type at \"/1\", offset 3: must be a string, is null\n"},
		`[0,[1,"x"]]`:                 {&list, "go-type at \"/1\", offset 3: json: cannot unmarshal string into Go value of type int\n"},
		`[0,{"items":[{"sku":1}]}]`:   {&mute{}, "go-type at \"/1/items/0/sku\", offset 20: must be a string, is a number\n"},
		`[0, {"items":[{"sku":1}]} ]`: {&generated{}, "go-type at \"/1/items/0/sku\", offset 21: must be a string, is a number\n"},
	} {
		if got := violations(codec.Unmarshal([]byte(text), nil, second(c.target))); got != c.want {
			t.Errorf("%s: %s, want %s", text, got, c.want)
		}
	}
}

// TestUnwritable writes what JSON cannot say, as the second of a list in a member.
func TestUnwritable(t *testing.T) {
	year := time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	bad := mute{generated{order{ShipTo: address{City: "\xff"}, PlacedAt: time.Unix(0, 0)}}}
	for want, write := range map[string]func(w *codec.Writer){
		`go-type at "/a/1", offset 11: must be a finite number`:                       func(w *codec.Writer) { w.Float64(math.NaN()) },
		`go-type at "/a/1", offset 11: must be a finite number `:                      func(w *codec.Writer) { w.Float32(float32(math.Inf(-1))) },
		`go-type at "/a/1", offset 13: must be UTF-8`:                                 func(w *codec.Writer) { w.String("x\xff") },
		`go-type at "/a/1", offset 12: must be UTF-8`:                                 func(w *codec.Writer) { w.Text([]byte("\xff")) },
		`go-type at "/a/1", offset 11: must be a number of JSON`:                      func(w *codec.Writer) { w.Number("01") },
		`go-type at "/a/1", offset 11: must be a number of JSON `:                     func(w *codec.Writer) { w.Number("") },
		`go-type at "/a/1", offset 11: must be a time that RFC 3339 can write`:        func(w *codec.Writer) { w.Time(year) },
		`go-type at "/a/1", offset 11: must be an IP address`:                         func(w *codec.Writer) { w.Addr(netip.Addr{}) },
		`json at "/a/1", offset 12: a key in quotes should stand here`:                func(w *codec.Writer) { w.Raw([]byte("{")) },
		`go-type at "/a/1", offset 11: no`:                                            func(w *codec.Writer) { w.External(refusing{}) },
		`go-type at "/a/1/shipTo/city", offset 175: must be UTF-8`:                    func(w *codec.Writer) { w.External(&bad) },
		`go-type at "/a/1", offset 11: json: unsupported type: func()`:                func(w *codec.Writer) { w.External(func() {}) },
		`go-type at "/a/1", offset 13: the year of a date must be within 0 to 9999`:   func(w *codec.Writer) { runtime.DateOf(year).WriteJSON(w) },
		`go-type at "/a/1", offset 13: a part of the time of day is out of its range`: func(w *codec.Writer) { runtime.TimeOfDay{Hour: 24}.WriteJSON(w) },
		`go-type at "/a/1", offset 13: a part of the duration is out of its range`:    func(w *codec.Writer) { runtime.Duration{Hours: -1}.WriteJSON(w) },
		`go-type at "/a/1", offset 15: first`:                                         func(w *codec.Writer) { w.Null(); w.Fail("first"); w.Fail("second"); w.String("\xff") },
	} {
		dst := []byte("dst")
		got, err := codec.Append(dst, writing(func(w *codec.Writer) {
			w.Object()
			w.Member("a")
			w.Array()
			w.Bool(true)
			write(w)
			w.EndArray()
			w.EndObject()
		}))
		if string(got) != "dst" {
			t.Errorf("%s: what is returned is %s", want, got)
		}
		if told := strings.TrimSpace(violations(err)); told != strings.TrimSpace(want) {
			t.Errorf("told is %s, want %s", told, want)
		}
	}
}

func TestDepth(t *testing.T) {
	deep := func(n int) []byte { return []byte(strings.Repeat("[", n) + strings.Repeat("]", n)) }
	if err := codec.Unmarshal(deep(codec.MaxDepth), trusted{}, &tree{}); err != nil {
		t.Error(err)
	}
	if err := codec.Unmarshal(deep(codec.MaxDepth+1), trusted{}, &tree{}); err == nil {
		t.Error("arrays that lie too deep were read")
	}
	if err := codec.Unmarshal(deep(1_000_000), trusted{}, reading((*codec.Reader).Skip)); err != nil {
		t.Error(err)
	}
}

// TestValueInItself: what contains itself is an error that says where, and not
// the end of the stack, and the Writer is as good as new.
func TestValueInItself(t *testing.T) {
	list, object := &tree{}, &tree{}
	inner := make([]any, 100)
	for i := range inner {
		inner[i] = inner
	}
	list.v, object.v = inner, map[string]any{}
	object.v.(map[string]any)["again"] = object.v
	object.v.(map[string]any)["more"] = map[string]any{"and": object.v}
	for _, v := range []*tree{list, object} {
		if err := codec.Validate(v, nil); !strings.Contains(violations(err), "lies too deep, or contains itself") {
			t.Errorf("the error is %.100v", err)
		}
	}
	again := &twice{}
	again.left, again.right = again, again
	if _, err := codec.Marshal(again); !strings.Contains(violations(err), "lies too deep, or contains itself") {
		t.Errorf("the error is %.100v", err)
	}
	if got, err := codec.Marshal(&tree{[]any{"a"}}); err != nil || string(got) != `["a"]` {
		t.Errorf("after that comes %s, %v", got, err)
	}
}

// twice has two of its kind, and something behind them.
type twice struct {
	left, right *twice
	name        string
}

func (v *twice) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &twiceJSON) }

var twiceJSON = codec.Struct{Of: (*twice)(nil), Text: `
"left" struct pointer some
"right" struct pointer some
"name" string`}

// TestStop: a Writer that was stopped writes nothing, which is no failure.
func TestStop(t *testing.T) {
	w := codec.NewWriter([]byte("before"))
	w.Stop()
	(&twice{left: &twice{}, name: "x"}).CodeJSON(w.JSON())
	(&tree{[]any{"a", map[string]any{"b": "c"}}}).WriteJSON(w)
	w.Stop()
	if got, err := w.End(); string(got) != "before" || err != nil {
		t.Errorf("written is %s, %v", got, err)
	}
}

// TestRefuse: nothing is read of a text that is refused, and the reason is kept.
func TestRefuse(t *testing.T) {
	v := twice{name: "left alone"}
	r := codec.Refuse(errors.New("the reason"))
	v.CodeJSON(r.JSON())
	if text, n := r.String(), r.Array(); text != "" || n != 0 || r.Element() || v.name != "left alone" || v.left != nil {
		t.Errorf("read are %+v, %q, %d elements", v, text, n)
	}
	if err := r.End(); err == nil || err.Error() != "the reason" {
		t.Errorf("the reason is %v", err)
	}
	r = codec.Begin([]byte(`{"name":"x"} `))
	v.CodeJSON(r.JSON())
	if err := r.End(); err != nil || v.name != "x" {
		t.Errorf("read is %+v, %v", v, err)
	}
	if err := codec.Begin([]byte(`1 2`)).End(); err == nil {
		t.Error("what was not read is no failure")
	}
}

// TestPanicWithin: what a type's own method panics with is not kept from anyone.
func TestPanicWithin(t *testing.T) {
	defer func() {
		if got := recover(); got != "own" {
			t.Errorf("the panic was %v", got)
		}
	}()
	_, _ = codec.Marshal(writing(func(w *codec.Writer) { w.Object(); panic("own") }))
}
