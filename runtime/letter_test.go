package runtime

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestLetterOfHostileHeaders: what is no number from 0 on, or too large, stays
// zero, and what is written anew can be read.
func TestLetterOfHostileHeaders(t *testing.T) {
	for text, want := range map[string]int64{
		"7": 7, "007": 7, "-7": 0, "+7": 0, "7.0": 0, " 7": 0, "": 0, "9223372036854775808": 0, "1e3": 0,
	} {
		m := &driver.Message{Headers: []Header{
			{Key: HeaderAttempts, Value: []byte(text)}, {Key: HeaderPartition, Value: []byte(text)},
			{Key: HeaderOffset, Value: []byte(text)}, {Key: HeaderDue, Value: []byte(text)},
		}}
		l, ok := LetterOf(m)
		if !ok || int64(l.Attempts) != want || int64(l.Partition) != want || l.Offset != want || !l.Due.IsZero() {
			t.Errorf("%q is read as %+v, want %d", text, l, want)
		}
		if again, _ := LetterOf(l.On(m, "dead")); again != l {
			t.Errorf("%q: %+v is written as %+v", text, l, again)
		}
	}
}
