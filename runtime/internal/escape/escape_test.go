package escape_test

import (
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

func TestRune(t *testing.T) {
	for text, want := range map[string]struct {
		c    rune
		size int
	}{
		`\n`: {'\n', 2}, `\"x`: {'"', 2}, `\/`: {'/', 2}, `\u00E4`: {'ä', 6}, `\u00e4\u00e4`: {'ä', 6}, `\ud83d\ude00`: {'😀', 12},
		`\ud83d`: {0xd83d, 6}, `\ud83d\u0041`: {0xd83d, 6}, `\ud83dxude00`: {0xd83d, 6}, `\ude00\ud83d`: {0xde00, 6}, `\ufffd`: {0xfffd, 6},
		``: {}, `\`: {}, `n`: {}, `\x`: {}, `\u12`: {}, `\u12g4`: {}, `\u+123`: {}, `\U0041`: {}, `\'`: {},
	} {
		if c, size := escape.Rune([]byte(text)); c != want.c || size != want.size {
			t.Errorf("%s is %q of length %d, want %q of %d", text, c, size, want.c, want.size)
		}
	}
}

// FuzzRune: what is an escape is the same to encoding/json.
func FuzzRune(f *testing.F) {
	for _, text := range []string{`\u00e4`, `\ud83d\ude00`, `\ud83d\ud83d`, `\b`, `\v`, `\u00`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, size := escape.Rune(text)
		if size == 0 {
			for n := 2; n <= min(6, len(text)); n += 4 {
				if text[0] == '\\' && json.Valid([]byte(`"`+string(text[:n])+`"`)) {
					t.Fatalf("%q begins with an escape", text)
				}
			}
			return
		}
		var want string
		if err := json.Unmarshal([]byte(`"`+string(text[:size])+`"`), &want); err != nil {
			t.Fatalf("%q: %v", text[:size], err)
		}
		if got := string(utf8.AppendRune(nil, c)); got != want || size == 12 && utf16.IsSurrogate(c) {
			t.Fatalf("%q is %q, want %q", text[:size], got, want)
		}
	})
}

// TestPlain has words and runs of every byte at every place be told apart.
func TestPlain(t *testing.T) {
	for c := range rune(256) {
		special := c < ' ' || c == '"' || c == '\\' || c >= 0x80
		for at := range 40 {
			text := []byte(strings.Repeat("a", 48))
			text[at] = byte(c)
			stop := escape.PassPlain(text, 0)
			if want := 32; special && at < want {
				want = 0
				if stop != want {
					t.Fatalf("%q at %d: passed %d", c, at, stop)
				}
			} else if stop != want {
				t.Fatalf("%q at %d: passed %d, want %d", c, at, stop, want)
			}
			if at >= 8 {
				continue
			}
			marked := escape.Special(binary.LittleEndian.Uint64(text))
			if got := bits.TrailingZeros64(marked) >> 3; special && got != at || !special && marked != 0 {
				t.Fatalf("%q at %d: marked at %d", c, at, got)
			}
		}
	}
}
