package eventlog

import (
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestWhatAnotherWroteBeforeItWasTakenOver: a group here is given what another process has written last
// before this one became the writer, also of partitions that nobody writes any more.
func TestWhatAnotherWroteBeforeItWasTakenOver(t *testing.T) {
	dir := t.TempDir()
	publish := func(l *Log, partition int) {
		t.Helper()
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Key: keyFor(partition), Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
	}
	other := start(t, dir, &Options{Partitions: 2})
	publish(other, 0)
	l := start(t, dir, &Options{Partitions: 2, Poll: 200 * time.Millisecond})
	r := member(t, l, "g")
	take(t, r, 1)
	publish(other, 0)
	stop(t, other)
	publish(l, 1)
	take(t, r, 2)
}
