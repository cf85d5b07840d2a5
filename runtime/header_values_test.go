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

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// headerCase writes a header, compares how it travels, and reads it back.
func headerCase[T any](t *testing.T, v T, want string, write func(*HeaderWriter, string, T), read func(*HeaderReader, string) T) {
	t.Helper()
	var w HeaderWriter
	write(&w, "h", v)
	if len(w.errs) > 0 || len(w.headers) != 1 || w.headers[0].Key != "h" || string(w.headers[0].Value) != want {
		t.Errorf("%T %v travels as %q, %v, want %q", v, v, w.headers, w.errs, want)
		return
	}
	r := &HeaderReader{headers: w.headers, all: w.headers}
	if got := read(r, "h"); !reflect.DeepEqual(got, v) || len(r.errs) > 0 || r.undeclared() != nil {
		t.Errorf("%q was read as %v, %v, want %v", want, got, r.errs, v)
	}
}

func TestHeaderValues(t *testing.T) {
	for _, text := range []string{"plain", "", "42", `"quoted" <&>`, "null", "not UTF-8 \xff", "a\nb"} {
		headerCase(t, text, text, (*HeaderWriter).String, (*HeaderReader).String)
	}
	headerCase(t, true, "true", (*HeaderWriter).Bool, (*HeaderReader).Bool)
	headerCase(t, -7, "-7", (*HeaderWriter).Int, (*HeaderReader).Int)
	headerCase(t, int8(-128), "-128", (*HeaderWriter).Int8, (*HeaderReader).Int8)
	headerCase(t, int16(300), "300", (*HeaderWriter).Int16, (*HeaderReader).Int16)
	headerCase(t, int32(-1), "-1", (*HeaderWriter).Int32, (*HeaderReader).Int32)
	headerCase(t, int64(math.MaxInt64), "9223372036854775807", (*HeaderWriter).Int64, (*HeaderReader).Int64)
	headerCase(t, uint(7), "7", (*HeaderWriter).Uint, (*HeaderReader).Uint)
	headerCase(t, uint8(255), "255", (*HeaderWriter).Uint8, (*HeaderReader).Uint8)
	headerCase(t, uint16(300), "300", (*HeaderWriter).Uint16, (*HeaderReader).Uint16)
	headerCase(t, uint32(1), "1", (*HeaderWriter).Uint32, (*HeaderReader).Uint32)
	headerCase(t, uint64(math.MaxUint64), "18446744073709551615", (*HeaderWriter).Uint64, (*HeaderReader).Uint64)
	headerCase(t, float32(0.1), "0.1", (*HeaderWriter).Float32, (*HeaderReader).Float32)
	headerCase(t, 1e-7, "1e-7", (*HeaderWriter).Float64, (*HeaderReader).Float64)
	headerCase(t, []byte{1, 2, 3}, "AQID", (*HeaderWriter).Bytes, (*HeaderReader).Bytes)
	headerCase(t, time.Date(2020, 1, 2, 3, 4, 5, 6, time.UTC), "2020-01-02T03:04:05.000000006Z", (*HeaderWriter).Time, (*HeaderReader).Time)
	headerCase(t, netip.MustParseAddr("::1"), "::1", (*HeaderWriter).Addr, (*HeaderReader).Addr)
}

// TestHeaderReadable: what writes and reads itself travels as a string does, or
// as JSON.
func TestHeaderReadable(t *testing.T) {
	headerCase(t, NewDate(2026, 5, 4), "2026-05-04",
		func(w *HeaderWriter, name string, v Date) { w.Value(name, v.WriteJSON) },
		func(r *HeaderReader, name string) (v Date) { r.Text(name, v.ReadJSON); return v })
	headerCase(t, []int64{1, 2}, "[1,2]",
		func(w *HeaderWriter, name string, v []int64) {
			w.Value(name, func(w *codec.Writer) {
				w.Array()
				for _, n := range v {
					w.Int64(n)
				}
				w.EndArray()
			})
		},
		func(r *HeaderReader, name string) (v []int64) {
			r.JSON(name, func(r *codec.Reader) {
				for r.Array(); r.Element(); {
					v = append(v, r.Int64())
				}
			})
			return v
		})
	raw := func(w *HeaderWriter, name string, v json.RawMessage) {
		w.Value(name, func(w *codec.Writer) { w.Raw(v) })
	}
	for value, text := range map[string]string{
		`{"a":[1]}`: `{"a":[1]}`, `"text"`: `text`, `42`: `42`, `"a\"b"`: `a"b`, `"\"42\""`: `"42"`, `"{"`: `{`, `""`: ``, `true`: `true`,
	} {
		headerCase(t, json.RawMessage(value), text, raw, func(r *HeaderReader, name string) (v json.RawMessage) {
			r.Any(name, func(r *codec.Reader) { v = r.Raw() })
			return v
		})
	}
}

func TestHeadersThatFail(t *testing.T) {
	var w HeaderWriter
	w.Float64("a", math.NaN())
	w.Value("b", func(w *codec.Writer) { w.Raw([]byte("{")) })
	w.String("c", "fine")
	if len(w.headers) != 1 || len(w.errs) != 2 || w.errs[0].Error() != `header "a": must be a finite number` || !strings.HasPrefix(w.errs[1].Error(), `header "b": `) {
		t.Errorf("written are %q, %v", w.headers, w.errs)
	}
	headers := []Header{{Key: "word", Value: []byte("x")}, {Key: "bare"}, {Key: "long", Value: bytes.Repeat([]byte("1"), 5000)}, {Key: "bytes", Value: []byte{0xff}}}
	for name, c := range map[string]struct {
		read func(*HeaderReader)
		want string
	}{
		"missing":  {func(r *HeaderReader) { r.Int64("none") }, `header "none": missing`},
		"text":     {func(r *HeaderReader) { r.String("none") }, `header "none": missing`},
		"no value": {func(r *HeaderReader) { r.Time("bare") }, `header "bare": has no value`},
		"word":     {func(r *HeaderReader) { r.Bool("word") }, `header "word": "x": `},
		"date":     {func(r *HeaderReader) { r.Text("word", new(Date).ReadJSON) }, `header "word": "x": must be a date like 2006-01-02`},
		"base64":   {func(r *HeaderReader) { r.Bytes("word") }, `header "word": "x": must be base64`},
		"long":     {func(r *HeaderReader) { r.Int8("long") }, `header "long": "111111111111111111111111111111111111111111111111111111111111…": `},
		"bytes":    {func(r *HeaderReader) { r.Text("bytes", new(UUID).ReadJSON) }, `header "bytes": "\xff": `},
		"any":      {func(r *HeaderReader) { r.Any("bytes", func(r *codec.Reader) { r.Raw() }) }, `header "bytes": "\xff": `},
	} {
		r := &HeaderReader{headers: headers, all: headers}
		if c.read(r); len(r.errs) != 1 || !strings.HasPrefix(r.errs[0].Error(), c.want) || len(r.errs[0].Error()) > 250 {
			t.Errorf("%s: %v, want %s", name, r.errs, c.want)
		}
	}
	r := &HeaderReader{headers: headers, all: headers}
	if r.Has("none") || r.Has("bare") || !r.Has("word") || len(r.undeclared()) != 2 || len(r.errs) > 0 {
		t.Errorf("found are others than there are: %v, %v", r.undeclared(), r.errs)
	}
}
