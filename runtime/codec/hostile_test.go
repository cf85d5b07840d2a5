package codec_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// hostile are texts that could have a scan begin anew again and again, as the inside of
// a string of JSON.
var hostile = map[string]string{
	"escaped quotes":       `\"`,
	"escapes after words":  strings.Repeat("a", 65) + `\"`,
	"not ASCII":            "ä",
	"far from ASCII":       "😀\u2028",
	"not ASCII between":    strings.Repeat("a", 65) + "ä",
	"escapes and letters":  strings.Repeat("a", 70) + `\nä`,
	"backslashes":          `\\`,
	"plain":                strings.Repeat("a", 66),
	"line separators":      strings.Repeat("a", 80) + "\u2028",
	"quotes and non-ASCII": strings.Repeat("a", 64) + `ä\"`,
}

// took returns the least time in which a string of so many bytes is judged, read, and
// written.
func took(t *testing.T, unit string, size, often int) time.Duration {
	t.Helper()
	data := []byte(`"` + strings.Repeat(unit, size/len(unit)) + `"`)
	least := time.Hour
	var v string
	for range 5 {
		start := time.Now()
		for range often {
			if err := codec.Unmarshal(data, nil, codec.ReadFunc(func(r *codec.Reader) { v = r.String() })); err != nil {
				t.Fatal(err)
			}
			out, err := codec.Marshal(codec.WriteFunc(func(w *codec.Writer) { w.String(v) }))
			if err != nil || !bytes.Equal(out, data) && !strings.Contains(unit, "\u2028") {
				t.Fatalf("%.40q is written as %.40q, %v", data, out, err)
			}
		}
		least = min(least, time.Since(start))
	}
	return least
}

// TestLongStringsTakeLinearTime: a text of two megabytes takes about as long as 32 of a
// 32nd, whatever it holds: one that is scanned anew takes 32 times as long. Memory for
// the long one may take several times as long, as the system gives it out page by page.
func TestLongStringsTakeLinearTime(t *testing.T) {
	const size, parts = 2 << 20, 32
	for name, unit := range hostile {
		if whole, each := took(t, unit, size, 1), took(t, unit, size/parts, parts); whole > 14*each {
			t.Errorf("%s: two megabytes take %v, %d parts of it %v", name, whole, parts, each)
		}
	}
}
