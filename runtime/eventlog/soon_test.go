package eventlog

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestPositionsAreWrittenSoon, also while what was written before waits to be synced: a
// process that is killed is given no more again than what it has done since.
func TestPositionsAreWrittenSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		l := start(t, dir, one())
		put(t, l, "a", "b", "c", "d")
		r := member(t, l, "g")
		for i, d := range take(t, r, 4) {
			if err := d.Ack(t.Context()); err != nil {
				t.Fatal(err)
			}
			time.Sleep(20 * time.Millisecond)
			at, err := start(t, dir, &Options{ReadOnly: true}).Positions("g")
			if err != nil || len(at) != 1 || at[0].Offset != int64(i)+1 {
				t.Errorf("%d are done, and on the disk the group is at %v, %v", i+1, at, err)
			}
		}
		if err := r.Close(t.Context()); err != nil {
			t.Error(err)
		}
		stop(t, l)
	})
}
