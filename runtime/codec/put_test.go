package codec_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestRoomIsKeptTo writes members of every short length into buffers that just have room
// for them, or not quite: what lies behind the room is another's.
func TestRoomIsKeptTo(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-*/_.,;:!?()[]{}<>"
	memory := make([]byte, 512)
	for n := range 40 {
		for m := range len(letters) {
			name, value, number := letters[:n], letters[len(letters)-m:], int64(m*m*m*m*m-n)
			want := `{"":[{"` + name + `":"` + value + `"},"` + value + `"],"` + name + `":` + string(made(json.Marshal(number))) + "}"
			for _, short := range []int{0, 1, 7, len(want) / 2} {
				for i := range memory {
					memory[i] = '~'
				}
				w := new(codec.Writer)
				w.Reset(memory[: 0 : len(want)-short])
				w.Object()
				w.Member("")
				w.Array()
				w.Object()
				w.Member(name)
				w.String(value)
				w.EndObject()
				w.String(value)
				w.EndArray()
				w.Member(name)
				w.Int64(number)
				w.EndObject()
				if got, err := w.End(); string(got) != want || err != nil {
					t.Fatalf("%s is written as %s, %v", want, got, err)
				}
				if behind := memory[len(want)-short:]; len(bytes.Trim(behind, "~")) > 0 {
					t.Fatalf("%s has written %q behind its room", want, behind)
				}
			}
		}
	}
}

// TestRoomIsKeptToByTables is that for what a table says, with room that ends in each of its
// fields: no byte behind it is written.
func TestRoomIsKeptToByTables(t *testing.T) {
	for _, v := range []*kinds{filled(), bare()} {
		want := made(codec.Marshal(v))
		for room := range len(want) + 64 {
			memory := bytes.Repeat([]byte("~"), room+128)
			w := new(codec.Writer)
			w.Reset(memory[:0:room])
			v.CodeJSON(w.JSON())
			if got, err := w.End(); !bytes.Equal(got, want) || err != nil {
				t.Fatalf("with room for %d bytes %s is written as %s, %v", room, want, got, err)
			}
			if behind := memory[room:]; len(bytes.Trim(behind, "~")) > 0 {
				t.Fatalf("with room for %d bytes %q is written behind them", room, behind)
			}
		}
	}
}

func made[T any](v T, err error) T {
	must(err)
	return v
}

// TestPlainIsToldByEachByte writes strings of every short length with each special byte at
// each place.
func TestPlainIsToldByEachByte(t *testing.T) {
	for n := 1; n <= 70; n++ {
		for at := range n {
			for _, c := range []string{"\"", "\\", "\n", "\x1f", "\x00", "é", "\u2028", "!", "#", "[", "]", "~"} {
				text := strings.Repeat("x", at) + c + strings.Repeat("y", n-at-1)
				alone, named := bothWays(t, func(w *codec.Writer) { w.String(text) }, &oneText{text})
				want := string(made(json.Marshal(text)))
				if alone != want || named != `{"text":`+want+`}` {
					t.Fatalf("%q is written as %s and %s", text, alone, named)
				}
			}
		}
	}
}
