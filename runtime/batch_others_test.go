package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestOthersOfABatchComeAgain: whatever becomes of a message that fails, the others of
// a batch that was published for as a whole are neither moved, dropped nor taken for
// handled with it.
func TestOthersOfABatchComeAgain(t *testing.T) {
	text := &message[string, noHeaders]{Name: "text", Payload: asText{}}
	for name, failure := range map[string]func(in *runtime.Incoming) error{
		"permanent":   func(*runtime.Incoming) error { return runtime.Permanent(errOnPurpose) },
		"too often":   func(*runtime.Incoming) error { return errOnPurpose },
		"expired":     func(*runtime.Incoming) error { return runtime.ErrExpired },
		"undecodable": func(in *runtime.Incoming) error { return in.Decode(told[string, noHeaders]{&textEnvelope{}, text}) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broker := memory.New(&memory.Options{Partitions: 1})
				put(t, broker, "a=0", "b=\xff", "c=0")
				o := exactly(runtime.Policy{Concurrency: 1, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 3}})
				o.OnUndecodable = func(context.Context, *driver.Message, error) error { return nil }
				c := runtime.Open(broker.Connect(), o)
				k := batches(t, c, runtime.Batch{Size: 10, Window: time.Second}, func(ctx context.Context, batch []*runtime.Incoming) error {
					errs := make(runtime.BatchError, len(batch))
					for i, in := range batch {
						if err := emit(ctx, c, "out", value(in)); err != nil {
							t.Error(err)
						}
						if value(in) == "b=\xff" {
							errs[i] = failure(in)
						}
					}
					return errs
				})
				time.Sleep(time.Hour)
				k.finish()
				out := valuesAt(t, broker, "out")
				slices.Sort(out)
				if got := fmt.Sprint(out); got != "[a=0 c=0]" {
					t.Errorf("stored %s", got)
				}
				for _, letter := range valuesAt(t, broker, "dead") {
					if letter != "b=\xff" {
						t.Errorf("%q is a dead letter", letter)
					}
				}
				if rest := remaining(t, broker); len(rest) > 0 {
					t.Errorf("%q come again", rest)
				}
			})
		})
	}
}
