package codec_test

import (
	"encoding/json"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestEveryByteAtEveryPlace: each byte, wherever it stands in strings that are
// looked at 8 or 32 bytes at a time, is written, judged and read as encoding/json
// does.
func TestEveryByteAtEveryPlace(t *testing.T) {
	for _, size := range []int{1, 7, 8, 20, 40, 64, 71, 140} {
		for place := range size {
			for c := range 256 {
				text := make([]byte, size)
				for i := range text {
					text[i] = " !#[]~a"[(i+c)%7]
				}
				text[place] = byte(c)
				raw := []byte(`"` + string(text) + `"`)
				if got, want := check.Any().Valid(raw), c >= ' ' && c != '"' && c != '\\' && c < 0x80; got != want &&
					!(c == '\\' && json.Valid(raw)) {
					t.Fatalf("byte %#x at %d of %d: valid is %v", c, place, size, got)
				}
				if c >= 0x80 {
					checkNoText(t, string(text))
					continue
				}
				w := codec.NewWriter(nil)
				w.String(string(text))
				written, err := w.End()
				var want string
				if err != nil || json.Unmarshal(written, &want) != nil || want != string(text) {
					t.Fatalf("byte %#x at %d of %d is written as %q, %v", c, place, size, written, err)
				}
				member, err := codec.Append(make([]byte, 0, 256), &oneText{string(text)})
				if err != nil || string(member) != `{"text":`+string(written)+"}" {
					t.Fatalf("byte %#x at %d of %d is written in an object as %q, %v", c, place, size, member, err)
				}
				if got, err := codec.AppendText(nil, written); err != nil || string(got) != want {
					t.Fatalf("byte %#x at %d of %d is read as %q, %v", c, place, size, got, err)
				}
			}
		}
	}
}

// oneText is a value with one member.
type oneText struct{ text string }

func (v *oneText) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &oneTextJSON) }

var oneTextJSON = codec.Struct{Of: (*oneText)(nil), Text: `
"text" string`}

// checkNoText wants a text that is not UTF-8 to be refused, and what is written
// before it kept.
func checkNoText(t *testing.T, text string) {
	t.Helper()
	w := codec.NewWriter(nil)
	w.String(text)
	_, alone := w.End()
	out, within := codec.Append([]byte("before"), &oneText{text})
	if alone == nil || within == nil || string(out) != "before" {
		t.Fatalf("%q is written: %v, and %s, %v", text, alone, out, within)
	}
}
