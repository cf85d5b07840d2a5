package codec_test

import (
	"encoding/json"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestEveryByteAtEveryPlace: each byte, wherever it stands in strings that are
// looked at 8 or 32 bytes at a time, is written, judged and read as encoding/json
// does.
func TestEveryByteAtEveryPlace(t *testing.T) {
	for _, size := range []int{7, 40, 71, 140} {
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
					continue
				}
				w := codec.NewWriter(nil)
				w.String(string(text))
				written, err := w.End()
				var want string
				if err != nil || json.Unmarshal(written, &want) != nil || want != string(text) {
					t.Fatalf("byte %#x at %d of %d is written as %q, %v", c, place, size, written, err)
				}
				if got, err := codec.AppendText(nil, written); err != nil || string(got) != want {
					t.Fatalf("byte %#x at %d of %d is read as %q, %v", c, place, size, got, err)
				}
			}
		}
	}
}
