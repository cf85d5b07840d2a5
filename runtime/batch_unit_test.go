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
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestExactlyOnceBatch: what the handler of a batch publishes, with its own context
// and with those of messages, is stored in that order as one with their
// acknowledgements, and gone when the handler fails.
func TestExactlyOnceBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := memory.New(&memory.Options{Partitions: 4})
		put(t, broker, "a=0", "b=0", "c=0", "a=1")
		var units [][]string
		tr := &committing{Transport: broker.Connect(), commit: func(next func() error, publish []*driver.Message) error {
			var values []string
			for _, m := range publish {
				values = append(values, string(m.Value))
			}
			units = append(units, values)
			return next()
		}}
		seen := &events{}
		o := exactly(runtime.Policy{Concurrency: 1, Retry: runtime.Retry{Min: time.Second, Max: time.Second}})
		o.Observer = seen
		c := runtime.Open(tr, o)
		attempts := 0
		var late context.Context
		k := batches(t, c, runtime.Batch{Size: 4, Window: time.Minute}, func(ctx context.Context, batch []*runtime.Incoming) error {
			if !c.KeepsBack(ctx) || !c.KeepsBack(batch[0].Context()) {
				t.Error("the batch is published from at once")
			}
			late = ctx
			if err := emit(ctx, c, "out", "first"); err != nil {
				t.Error(err)
			}
			for _, in := range batch {
				if err := emit(in.Context(), c, "out", value(in)); err != nil {
					t.Error(err)
				}
			}
			if err := emit(ctx, c, "out", "last"); err != nil {
				t.Error(err)
			}
			switch attempts++; attempts {
			case 1:
				return errOnPurpose
			case 2:
				panic("on purpose")
			}
			return nil
		})
		time.Sleep(time.Hour)
		synctest.Wait()
		if err := emit(late, c, "out", "late"); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("publishing after the handler has returned: %v", err)
		}
		k.finish()
		var all []string
		for _, u := range units {
			if len(u) < 3 || u[0] != "first" || u[len(u)-1] != "last" {
				t.Errorf("a unit publishes %q", u)
			}
			all = append(all, u...)
		}
		if got := valuesAt(t, broker, "out"); !slices.Equal(got, all) || len(all) != 4+2*len(units) {
			t.Errorf("stored %q in units of %q", got, units)
		}
		if rest := remaining(t, broker); len(rest) > 0 {
			t.Errorf("%q come again", rest)
		}
		if n, acked := seen.count(runtime.EventPublished), seen.count(runtime.EventAcked); n != len(all) || acked != 4 {
			t.Errorf("%d messages were published and %d acknowledged, says the observer", n, acked)
		}
	})
}

// TestExactlyOncePartOfABatch: of a batch that is done in part, what was published
// for single messages is stored with those that are done. What was published for the
// batch as a whole is not, and all its messages come again.
func TestExactlyOncePartOfABatch(t *testing.T) {
	for whole, want := range map[bool][]string{
		false: {"[a=0 a=1 b=0 c=0] a=0 c=0 dead b=0", "[a=1] a=1"},
		true:  {"[a=0 a=1 b=0 c=0]", "[a=0 b=0 c=0] a=0 b=0 c=0", "[a=1] a=1"},
	} {
		t.Run(fmt.Sprint("whole ", whole), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broker := memory.New(&memory.Options{Partitions: 1})
				put(t, broker, "a=0", "a=1", "b=0", "c=0")
				c := runtime.Open(broker.Connect(), exactly(runtime.Policy{Concurrency: 1, DeadLetter: "dead"}))
				var got []string
				had, letters := 0, 0
				note := func() { // what was stored since the batch before
					if len(got) == 0 {
						return
					}
					out := valuesAt(t, broker, "out")[had:]
					slices.Sort(out) // keys come in any order
					for _, v := range out {
						got[len(got)-1] += " " + v
						had++
					}
					for _, v := range valuesAt(t, broker, "dead")[letters:] {
						got[len(got)-1] += " dead " + v
						letters++
					}
				}
				k := batches(t, c, runtime.Batch{Size: 10, Window: time.Second}, func(ctx context.Context, batch []*runtime.Incoming) error {
					note()
					values := valuesOf(batch)
					slices.Sort(values)
					got = append(got, fmt.Sprint(values))
					errs := make(runtime.BatchError, len(batch))
					for i, in := range batch {
						with := in.Context()
						if whole {
							with = ctx
						}
						if err := emit(with, c, "out", value(in)); err != nil {
							t.Error(err)
						}
						if len(got) == 1 && value(in) == "a=1" {
							errs[i] = errOnPurpose
						}
						if len(got) == 1 && value(in) == "b=0" && !whole {
							errs[i] = runtime.Permanent(errOnPurpose)
						}
					}
					if len(got) == 1 {
						return errs
					}
					return nil
				})
				time.Sleep(time.Hour)
				k.finish()
				note()
				if !slices.Equal(got, want) {
					t.Errorf("handled and stored %q, want %q", got, want)
				}
				if rest := remaining(t, broker); len(rest) > 0 {
					t.Errorf("%q come again", rest)
				}
			})
		})
	}
}

// TestBatchesThatCannotBeStored: a batch is stored again without its handler. Where
// that is of no use it is stored by message, or fails; when nobody knows whether it was
// stored, the consumer ends.
func TestBatchesThatCannotBeStored(t *testing.T) {
	for _, c := range []struct {
		name    string
		errs    []error
		whole   bool
		handled int // batches
		out     int
		dead    int
		ends    error
	}{
		{name: "for now", errs: []error{errOnPurpose, errOnPurpose}, whole: true, handled: 1, out: 3},
		{name: "too large, by message", errs: []error{runtime.ErrTooLarge, runtime.ErrTooLarge}, handled: 1, out: 2, dead: 1},
		{name: "too large as a whole", errs: []error{runtime.ErrTooLarge}, whole: true, handled: 1, dead: 3},
		{name: "moved away", errs: []error{runtime.ErrStale}, whole: true, handled: 2, out: 3},
		{name: "moved away, by message", errs: []error{runtime.ErrStale}, handled: 1, out: 3},
		{name: "unknown", errs: []error{errOnPurpose, runtime.ErrUnknownOutcome}, handled: 1, ends: runtime.ErrUnknownOutcome},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broker := memory.New(&memory.Options{Partitions: 1})
				put(t, broker, "a=0", "b=0", "c=0")
				handled := 0
				tr := failingCommits(broker, c.errs)
				p := runtime.Policy{Concurrency: 1, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 3}}
				conn := runtime.Open(tr, exactly(p))
				k := batches(t, conn, runtime.Batch{Size: 3, Window: time.Second}, func(ctx context.Context, batch []*runtime.Incoming) error {
					handled++
					for _, in := range batch {
						with := in.Context()
						if c.whole {
							with = ctx
						}
						if err := emit(with, conn, "out", value(in)); err != nil {
							return err
						}
					}
					return nil
				})
				time.Sleep(time.Hour)
				k.stop()
				if err := k.end(); !errors.Is(err, c.ends) || (err == nil) != (c.ends == nil) {
					t.Errorf("ConsumeBatch: %v, want %v", err, c.ends)
				}
				out, dead := valuesAt(t, broker, "out"), valuesAt(t, broker, "dead")
				if handled != c.handled || len(out) != c.out || len(dead) != c.dead {
					t.Errorf("handled %d batches, published %q, dead letters %q", handled, out, dead)
				}
				if rest := remaining(t, broker); len(rest) > 0 != (c.ends != nil) {
					t.Errorf("%q come again", rest)
				}
			})
		})
	}
}

// TestABatchHasOneLimit: a batch can publish no more than a message can.
func TestABatchHasOneLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broker := memory.New(&memory.Options{Partitions: 1})
		put(t, broker, "a=0", "b=0", "c=0")
		conn := runtime.Open(broker.Connect(), exactly(runtime.Policy{DeadLetter: "dead"}))
		k := batches(t, conn, runtime.Batch{Size: 3, Window: time.Second}, func(_ context.Context, batch []*runtime.Incoming) error {
			errs := make(runtime.BatchError, len(batch))
			for i, in := range batch {
				errs[i] = conn.PublishMessage(in.Context(), &driver.Message{Address: "out", Value: make([]byte, runtime.MaxUnitBytes/2-1)})
			}
			return errs
		})
		time.Sleep(time.Hour)
		k.finish()
		if out, dead := stored(t, broker, "out"), valuesAt(t, broker, "dead"); len(out) != 2 || len(dead) != 1 {
			t.Errorf("%d were published, and %q are dead letters", len(out), dead)
		}
	})
}
