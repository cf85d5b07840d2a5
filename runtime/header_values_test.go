package runtime

import (
	"bytes"
	"encoding/json"
	"math"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// headerCase writes a header, compares how it travels, and reads it back.
func headerCase[T any](t *testing.T, v T, want string, code func(*HeaderCodec, string, *T)) {
	t.Helper()
	var w HeaderCodec
	code(&w, "h", &v)
	w.end()
	if len(w.errs) > 0 || len(w.written) != 1 || w.written[0].Key != "h" || string(w.written[0].Value) != want {
		t.Errorf("%T %v travels as %q, %v, want %q", v, v, w.written, w.errs, want)
		return
	}
	r := &HeaderCodec{reading: true, given: w.written, all: &driver.Message{Headers: w.written}}
	var got T
	code(r, "h", &got)
	r.end()
	if !reflect.DeepEqual(got, v) || len(r.errs) > 0 || r.undeclared() != nil {
		t.Errorf("%q was read as %v, %v, want %v", want, got, r.errs, v)
	}
}

// tableCase is headerCase for a member of a struct, which a table is for.
func tableCase[T any](t *testing.T, v T, want string, begin func(*HeaderCodec, string) *codec.JSON, word string) {
	t.Helper()
	table := codec.Struct{Of: (*struct{ V T })(nil), Text: `"v" ` + word}
	headerCase(t, struct{ V T }{v}, want, func(h *HeaderCodec, name string, s *struct{ V T }) {
		begin(h, name).MemberOf(unsafe.Pointer(s), &table, "v")
	})
}

func TestHeaderValues(t *testing.T) {
	for _, text := range []string{"plain", "", "42", `"quoted" <&>`, "null", "a\nb"} {
		headerCase(t, text, text, (*HeaderCodec).String)
	}
	headerCase(t, Some("x"), "x", (*HeaderCodec).OptionalString)
	tableCase(t, true, "true", (*HeaderCodec).JSON, "bool")
	tableCase(t, int8(-128), "-128", (*HeaderCodec).JSON, "int8")
	tableCase(t, int16(300), "300", (*HeaderCodec).JSON, "int16")
	tableCase(t, int32(-1), "-1", (*HeaderCodec).JSON, "int32")
	tableCase(t, int64(math.MaxInt64), "9223372036854775807", (*HeaderCodec).JSON, "int64")
	tableCase(t, uint8(255), "255", (*HeaderCodec).JSON, "uint8")
	tableCase(t, uint16(300), "300", (*HeaderCodec).JSON, "uint16")
	tableCase(t, uint32(1), "1", (*HeaderCodec).JSON, "uint32")
	tableCase(t, uint64(math.MaxUint64), "18446744073709551615", (*HeaderCodec).JSON, "uint64")
	tableCase(t, float32(0.1), "0.1", (*HeaderCodec).JSON, "float32")
	tableCase(t, 1e-7, "1e-7", (*HeaderCodec).JSON, "float64")
	tableCase(t, []byte{1, 2, 3}, "AQID", (*HeaderCodec).Text, "bytes")
	tableCase(t, time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC), "2020-01-02T03:04:05.000000006Z", (*HeaderCodec).Text, "time")
	tableCase(t, netip.MustParseAddr("::1"), "::1", (*HeaderCodec).Text, "addr")
}

// TestHeaderReadable: what writes and reads itself travels as a string does, or
// as JSON.
func TestHeaderReadable(t *testing.T) {
	headerCase(t, NewDate(2026, 5, 4), "2026-05-04", func(h *HeaderCodec, name string, v *Date) {
		if j := h.Text(name); h.Reading() {
			v.ReadJSON(j.Reader())
		} else {
			v.WriteJSON(j.Writer())
		}
	})
	headerCase(t, []int64{1, 2}, "[1,2]", func(h *HeaderCodec, name string, v *[]int64) {
		j := h.JSON(name)
		if r := j.Reader(); r != nil {
			for r.Array(); r.Element(); {
				*v = append(*v, r.Int64())
			}
			return
		}
		w := j.Writer()
		w.Array()
		for _, n := range *v {
			w.Int64(n)
		}
		w.EndArray()
	})
	tableCase(t, Some[int64](-1), "-1", (*HeaderCodec).JSON, "int64 optional")
	tableCase(t, "yes", "yes", (*HeaderCodec).Text, `string = "yes"`)
	for value, text := range map[string]string{
		`{"a":[1]}`: `{"a":[1]}`, `"text"`: `text`, `42`: `42`, `"a\"b"`: `a"b`, `"\"42\""`: `"42"`, `"{"`: `{`, `""`: ``, `true`: `true`,
	} {
		headerCase(t, json.RawMessage(value), text, func(h *HeaderCodec, name string, v *json.RawMessage) {
			if j := h.Either(name, notText); h.Reading() {
				*v = j.Reader().Raw()
			} else {
				j.Writer().Raw(*v)
			}
		})
	}
	for value, text := range map[string]string{
		`"text"`: `text`, `42`: `42`, `1.5`: `1.5`, `null`: `null`, `"true"`: `true`, `"[1]"`: `[1]`, `"{"`: `{`, `"4 2"`: `4 2`, `""`: ``,
	} {
		headerCase(t, json.RawMessage(value), text, func(h *HeaderCodec, name string, v *json.RawMessage) {
			if j := h.Either(name, check.Null|check.Number); h.Reading() {
				*v = j.Reader().Raw()
			} else {
				j.Writer().Raw(*v)
			}
		})
	}
	for value, kinds := range map[string]check.Types{`[1]`: check.Array, `{"a":1}`: check.Object, `true`: check.Boolean, `false`: check.Boolean} {
		headerCase(t, json.RawMessage(value), value, func(h *HeaderCodec, name string, v *json.RawMessage) {
			if j := h.Either(name, kinds); h.Reading() {
				*v = j.Reader().Raw()
			} else {
				j.Writer().Raw(*v)
			}
		})
	}
}

// TestHeaderOfOneValue: a header that has one value alone is sent though it is not set.
func TestHeaderOfOneValue(t *testing.T) {
	type headers struct{ Kind string }
	table := codec.Struct{Of: (*headers)(nil), Text: `"kind" string = "yes"`}
	var h HeaderCodec
	h.Text("kind").MemberOf(unsafe.Pointer(new(headers)), &table, "kind")
	if h.end(); len(h.errs) > 0 || len(h.written) != 1 || string(h.written[0].Value) != "yes" {
		t.Errorf("sent are %q, %v", h.written, h.errs)
	}
}

func TestHeadersThatFail(t *testing.T) {
	var w HeaderCodec
	fine := "fine"
	w.JSON("a").Writer().Float64(math.NaN())
	w.JSON("b").Writer().Raw([]byte("{"))
	w.String("c", &fine)
	bytesOnly := "\xff"
	w.String("d", &bytesOnly)
	if len(w.written) != 1 || len(w.errs) != 3 || w.errs[2].Error() != `header "d": must be UTF-8` || w.errs[0].Error() != `header "a": must be a finite number` || !strings.HasPrefix(w.errs[1].Error(), `header "b": `) {
		t.Errorf("written are %q, %v", w.written, w.errs)
	}
	headers := []Header{{Key: "word", Value: []byte("x")}, {Key: "bare"}, {Key: "long", Value: bytes.Repeat([]byte("1"), 5000)}, {Key: "bytes", Value: []byte{0xff}}}
	for name, c := range map[string]struct {
		read func(*HeaderCodec)
		want string
	}{
		"missing":  {func(h *HeaderCodec) { h.JSON("none").Reader().Int64() }, `header "none": missing`},
		"text":     {func(h *HeaderCodec) { h.String("none", new(string)) }, `header "none": missing`},
		"no value": {func(h *HeaderCodec) { h.Text("bare").Reader().Time() }, `header "bare": has no value`},
		"word":     {func(h *HeaderCodec) { h.JSON("word").Reader().Bool() }, `header "word": "x": `},
		"date":     {func(h *HeaderCodec) { new(Date).ReadJSON(h.Text("word").Reader()) }, `header "word": "x": must be a date like 2006-01-02`},
		"base64":   {func(h *HeaderCodec) { h.Text("word").Reader().Bytes() }, `header "word": "x": must be base64`},
		"long":     {func(h *HeaderCodec) { h.JSON("long").Reader().Int8() }, `header "long": "111111111111111111111111111111111111111111111111111111111111…": `},
		"no text":  {func(h *HeaderCodec) { h.String("bytes", new(string)) }, `header "bytes": "\xff": must be UTF-8`},
		"bytes":    {func(h *HeaderCodec) { new(UUID).ReadJSON(h.Text("bytes").Reader()) }, `header "bytes": "\xff": `},
		"any":      {func(h *HeaderCodec) { h.Either("bytes", notText).Reader().Raw() }, `header "bytes": "\xff": `},
	} {
		h := &HeaderCodec{reading: true, given: headers, all: &driver.Message{Headers: headers}}
		c.read(h)
		h.end()
		if len(h.errs) != 1 || !strings.HasPrefix(h.errs[0].Error(), c.want) || len(h.errs[0].Error()) > 250 {
			t.Errorf("%s: %v, want %s", name, h.errs, c.want)
		}
	}
	h := &HeaderCodec{reading: true, given: headers, all: &driver.Message{Headers: headers}}
	if h.Has("none", true) || h.Has("bare", true) || !h.Has("word", false) || h.HasNull("none", true) || !h.HasNull("bare", false) || len(h.undeclared()) != 2 || len(h.errs) > 0 {
		t.Errorf("found are others than there are: %v, %v", h.undeclared(), h.errs)
	}
}

// TestHeadersAreWrittenAsTheyAreRead: a value of a type of one's own, or any JSON, that would
// be read as text is not sent as something else.
func TestHeadersAreWrittenAsTheyAreRead(t *testing.T) {
	for _, c := range []struct {
		begin func(h *HeaderCodec) *codec.JSON
		value string
		want  string // how it travels; empty: it is refused
	}{
		{aText, `"{\"a\":1}"`, `{"a":1}`}, {aText, `{"a":1}`, ""}, {aText, `5`, ""}, {aText, `null`, ""},
		{aNumber, `5`, `5`}, {aNumber, `"x"`, `x`}, {aNumber, `[1]`, ""}, {aNumber, `true`, ""}, {aNumber, `null`, ""},
	} {
		var h HeaderCodec
		c.begin(&h).Writer().Raw(json.RawMessage(c.value))
		h.end()
		switch {
		case c.want == "" && (len(h.errs) != 1 || !strings.HasPrefix(h.errs[0].Error(), `header "h": must be a string`)):
			t.Errorf("%s is sent as %q, %v", c.value, h.written, h.errs)
		case c.want != "" && (len(h.errs) > 0 || string(h.written[0].Value) != c.want):
			t.Errorf("%s is sent as %q, %v, want %q", c.value, h.written, h.errs, c.want)
		}
	}
}

func aText(h *HeaderCodec) *codec.JSON   { return h.Text("h") }
func aNumber(h *HeaderCodec) *codec.JSON { return h.Either("h", check.Number) }
