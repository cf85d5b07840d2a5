package eventlog

import (
	"fmt"
	"testing"
)

// TestReadersTurnBack: readers, in this process and in another, that were beyond
// the place where a partition is truncated go on there, and see what comes.
func TestReadersTurnBack(t *testing.T) {
	for _, elsewhere := range []bool{false, true} {
		for _, cut := range []int64{0, 1, 7, 30, 59} {
			l := start(t, t.TempDir(), small())
			for i := range 60 {
				put(t, l, long(fmt.Sprint(i, "-"), 4000+i))
			}
			from := l
			if elsewhere {
				from = start(t, l.dir, &Options{ReadOnly: true})
			}
			r, err := from.Reader("t", 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			for batch, err := r.Read(); len(batch) > 0; batch, err = r.Read() {
				if err != nil {
					t.Fatal(err)
				}
			}
			if err := l.Truncate("t", 0, cut); err != nil {
				t.Fatal(err)
			}
			for i := range 70 { // beyond where it was, at other places in the file
				put(t, l, long(fmt.Sprint("new-", i, "-"), 3000+7*i))
			}
			if _, _, err := from.Bounds("t", 0); err != nil { // looks for what others wrote
				t.Fatal(err)
			}
			got := 0
			for {
				batch, err := r.Read()
				if err != nil {
					t.Fatalf("elsewhere %v, cut at %d: %v", elsewhere, cut, err)
				}
				if len(batch) == 0 {
					break
				}
				for _, m := range batch {
					if want := fmt.Sprint("new-", got, "-"); m.Offset != cut+int64(got) || string(m.Value[:len(want)]) != want {
						t.Fatalf("elsewhere %v, cut at %d: offset %d is %.10s, want %s", elsewhere, cut, m.Offset, m.Value, want)
					}
					got++
				}
			}
			if got != 70 {
				t.Errorf("elsewhere %v, cut at %d: %d messages of 70", elsewhere, cut, got)
			}
			r.Close()
		}
	}
}
