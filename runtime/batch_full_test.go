package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// batchesOfOneLane runs ConsumeBatch for an hour on messages without a key of one partition, and
// returns how large the batches were and when they were handled.
func batchesOfOneLane(t *testing.T, messages int, b runtime.Batch, p runtime.Policy, o ...runtime.ConsumeOption) []string {
	t.Helper()
	var got []string
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, slices.Repeat([]string{"m"}, messages)...)
		begin := time.Now()
		k := batches(t, runtime.Open(tr.Connect(), with(p)), b, func(_ context.Context, batch []*runtime.Incoming) error {
			got = append(got, fmt.Sprint(len(batch), " after ", time.Since(begin)))
			time.Sleep(time.Millisecond)
			return nil
		}, o...)
		time.Sleep(time.Hour)
		k.finish()
	})
	return got
}

// TestBatchesOfOneLane are as full as others, also where all messages wait for one
// another.
func TestBatchesOfOneLane(t *testing.T) {
	for _, o := range []runtime.Ordering{runtime.PerKey, runtime.PerPartition, runtime.Unordered} {
		got := batchesOfOneLane(t, 200, runtime.Batch{Size: 100, Window: time.Minute}, runtime.Policy{Ordering: o, Concurrency: 1})
		if want := []string{"100 after 0s", "100 after 1ms"}; !slices.Equal(got, want) {
			t.Errorf("ordered by %v the batches are %q, want %q", o, got, want)
		}
	}
}

// TestBatchesThatCannotFill do not wait for their window: no more comes before they are
// handled.
func TestBatchesThatCannotFill(t *testing.T) {
	for name, p := range map[string]runtime.Policy{
		"in flight": {MaxInFlight: 10, Ordering: runtime.Unordered},
		"of a key":  {MaxPerKey: 10},
		"of bytes":  {MaxInFlightBytes: 10, Ordering: runtime.Unordered},
	} {
		p.Concurrency = 1
		got := batchesOfOneLane(t, 500, runtime.Batch{Size: 1000, Window: 50 * time.Minute}, p)
		if len(got) < 2 || got[0][len(got[0])-len(" after 0s"):] != " after 0s" {
			t.Errorf("with a bound of what is %s the batches are %q", name, got)
		}
	}
}

// TestRateOfBatches: a batch is one handler, which takes one token; one whose handler is
// not called takes none.
func TestRateOfBatches(t *testing.T) {
	p := runtime.Policy{Rate: runtime.Rate{PerSecond: 1, Burst: 2}, Concurrency: 1}
	got := batchesOfOneLane(t, 100, runtime.Batch{Size: 25, Window: time.Minute}, p)
	if want := []string{"25 after 0s", "25 after 1ms", "25 after 1s", "25 after 2s"}; !slices.Equal(got, want) {
		t.Errorf("batches are %q, want %q", got, want)
	}
	left := 50
	got = batchesOfOneLane(t, 100, runtime.Batch{Size: 25}, p, runtime.Use(func(next runtime.Handler) runtime.Handler {
		return func(ctx context.Context, in *runtime.Incoming) error {
			if left--; left >= 0 {
				return runtime.ErrSkip
			}
			return next(ctx, in)
		}
	}))
	if want := []string{"25 after 0s", "25 after 1ms"}; !slices.Equal(got, want) {
		t.Errorf("with 50 that middleware leaves out the batches are %q, want %q", got, want)
	}
}

// TestWindowOfABatch begins when its first message comes, though all handlers are busy
// then.
func TestWindowOfABatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		begin := time.Now()
		var got []string
		k := batches(t, runtime.Open(tr.Connect(), with(runtime.Policy{Concurrency: 1})), runtime.Batch{Size: 4, Window: time.Minute},
			func(_ context.Context, batch []*runtime.Incoming) error {
				got = append(got, fmt.Sprint(valuesOf(batch), " after ", time.Since(begin)))
				time.Sleep(40 * time.Second)
				return nil
			})
		put(t, tr, "a=0")
		time.Sleep(70 * time.Second)
		put(t, tr, "b=0", "a=1") // one of the key that is being handled, and another
		time.Sleep(time.Hour)
		put(t, tr, "c=0", "c=1", "c=2", "c=3")
		time.Sleep(time.Second)
		put(t, tr, "d=0")
		time.Sleep(50 * time.Second)
		put(t, tr, "d=1")
		time.Sleep(time.Hour)
		k.finish()
		want := []string{"[a=0] after 1m0s", "[b=0 a=1] after 2m10s", "[c=0 c=1 c=2 c=3] after 1h1m10s", "[d=0 d=1] after 1h2m11s"}
		if !slices.Equal(got, want) {
			t.Errorf("batches are %q, want %q", got, want)
		}
	})
}

// TestObservedWhenHandled: that a message of a batch, or one that was fetched, is handled is
// told when it is, and how long it took.
func TestObservedWhenHandled(t *testing.T) {
	for _, way := range []string{"batch", "pull"} {
		synctest.Test(t, func(t *testing.T) {
			tr := memory.New(&memory.Options{Partitions: 1})
			put(t, tr, "a=0")
			seen := &events{}
			o := with(runtime.Policy{})
			o.Observer = seen
			c, calls := runtime.Open(tr, o), 0
			handle := func() error {
				if calls++; calls == 1 {
					time.Sleep(time.Second)
					return errors.New("no")
				}
				time.Sleep(time.Minute)
				return nil
			}
			if way == "batch" {
				k := batches(t, c, runtime.Batch{}, func(context.Context, []*runtime.Incoming) error { return handle() })
				time.Sleep(time.Hour)
				k.finish()
			} else {
				p := pull(t, c)
				for range 2 {
					list, err := p.Fetch(t.Context(), 1)
					if err != nil {
						t.Fatal(err)
					}
					if handle() != nil {
						list[0].Nack(nil)
					} else if err := list[0].Ack(t.Context()); err != nil {
						t.Error(err)
					}
				}
				if err := p.Close(t.Context()); err != nil {
					t.Error(err)
				}
			}
			var told []string
			for _, e := range seen.list {
				told = append(told, fmt.Sprint(e.Kind, " ", e.Took))
			}
			want := []string{"received 0s", "failed 1s", "handled 1m0s", "acked 0s"}
			if !slices.Equal(told, want) {
				t.Errorf("of a %s %q is told, want %q", way, told, want)
			}
		})
	}
}
