package memory_test

import (
	goruntime "runtime"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestWaitingAllocatesLittle: a call takes the message, its key and value, its delivery and,
// where it waits, a channel.
func TestWaitingAllocatesLittle(t *testing.T) {
	const n = 2000
	cost := func(most int) float64 {
		tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1, MaxUnacknowledged: most})
		r := subscribe(t, tr, "g", "a")
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		ended := make(chan error, 1)
		go func() {
			for range n {
				m := message("key")
				if err := tr.PublishOwned(t.Context(), m); err != nil {
					ended <- err
					return
				}
			}
			ended <- nil
		}()
		for done := 0; done < n; {
			batch, err := r.Receive(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range batch {
				if err := d.Ack(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			done += len(batch)
		}
		if err := <-ended; err != nil {
			t.Fatal(err)
		}
		goruntime.ReadMemStats(&after)
		return float64(after.Mallocs-before.Mallocs) / n
	}
	if free, waiting := cost(10*n), cost(1); free > 5 || waiting > 6 {
		t.Errorf("%.2f allocations without waiting, %.2f with", free, waiting)
	}
}
