package escape_test

import (
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

// special tells whether a byte does not stand for itself in a string, or is not of ASCII.
func special(c byte) bool { return c < ' ' || c == '"' || c == '\\' || c >= 0x80 }

// plainEnd is what Plain and LongPlain return, byte by byte.
func plainEnd(text []byte, pos int) int {
	for pos < len(text) && !special(text[pos]) {
		pos++
	}
	return pos
}

// agree holds both ways to pass over a text to the slow one.
func agree(t *testing.T, text []byte, pos int) {
	t.Helper()
	want := plainEnd(text, pos)
	if got := escape.Plain(text, pos); got != want {
		t.Fatalf("Plain stops at %d of %d from %d on, want %d: %q", got, len(text), pos, want, text)
	}
	if got := escape.LongPlain(text, pos); got != want {
		t.Fatalf("LongPlain stops at %d of %d from %d on, want %d: %q", got, len(text), pos, want, text)
	}
}

// TestSpecial has words with every byte at every place be told apart.
func TestSpecial(t *testing.T) {
	for c := range 256 {
		for at := range 8 {
			word := []byte("aaaaaaaa")
			word[at] = byte(c)
			marked := escape.Special(escape.Word(word, 0))
			if got := bits.TrailingZeros64(marked) >> 3; special(byte(c)) && got != at || !special(byte(c)) && marked != 0 {
				t.Fatalf("%#x at %d: marked at %d", c, at, got)
			}
		}
	}
}

// TestPlain finds every byte, each at every fifth place, behind and before others, in texts of
// the lengths around those at which the ways of looking change.
func TestPlain(t *testing.T) {
	for size := range 150 {
		for at := range size {
			text := []byte(strings.Repeat("a", size))
			for c := at % 5; c < 256; c += 5 { // every byte at places of every kind
				text[at] = byte(c)
				agree(t, text, 0)
			}
			agree(t, text, at/2)
			agree(t, text, at+1)
		}
	}
}

// TestLongPlain is TestPlain for long texts: for a byte of each kind and pairs of them,
// within windows and where one ends.
func TestLongPlain(t *testing.T) {
	const kinds = "\x00\x1f \"!\\\x7f\x80\xff"
	for _, size := range []int{1023, 1024, 1025, 1087, 1088, 1089, 2047, 2048, 2049, 2200} {
		for at := range size {
			text := []byte(strings.Repeat("a", size))
			text[at] = kinds[at%len(kinds)]
			agree(t, text, at%70)
			text[(at*7+size/2)%size] = kinds[at/7%len(kinds)]
			agree(t, text, 0)
		}
		for i := range len(kinds) {
			for _, at := range []int{0, 63, 64, 127, 128, 1023, 1024, 1087, 1088, 2047, 2048, size - 1} {
				if at < size {
					text := []byte(strings.Repeat("a", size))
					text[at] = kinds[i]
					agree(t, text, 0)
				}
			}
		}
	}
}

// FuzzPlain holds both ways to pass over a text to the slow one.
func FuzzPlain(f *testing.F) {
	f.Add([]byte(strings.Repeat("Please ring twice. ", 60)+`"`), 3, 900, byte('\\'))
	f.Add([]byte("\u00e4\u00f6\u00fc"), 0, 70, byte(0))
	f.Fuzz(func(t *testing.T, text []byte, pos, more int, c byte) {
		text = append(append(text, strings.Repeat("a", max(0, min(more, 3000)))...), c)
		agree(t, text, max(0, min(pos, len(text))))
	})
}
