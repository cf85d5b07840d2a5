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

// decode reads a message as text.
func decode(in *runtime.Incoming) error {
	return in.Decode(told[string, noHeaders]{&textEnvelope{}, text("m")})
}

// fatesOf returns the values of dead letters, with their classes.
func fatesOf(t *testing.T, tr *memory.Transport) []string {
	var out []string
	for _, m := range stored(t, tr, "dead") {
		l, _ := runtime.LetterOf(m)
		out = append(out, fmt.Sprintf("%q %s", m.Value, l.Class))
	}
	slices.Sort(out)
	return out
}

// TestAnotherMessageThatCannotBeRead, such as a reply, is a failure of the handler like
// others: its own message can be read.
func TestAnotherMessageThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		put(t, tr, "a=0")
		o := with(runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 3}})
		o.OnUndecodable = func(_ context.Context, m *driver.Message, err error) error {
			t.Errorf("told of %q: %v", m.Value, err)
			return err
		}
		c := runtime.Open(tr.Connect(), o)
		k := rawly(t, c, func(ctx context.Context, in *runtime.Incoming) error {
			if err := decode(in); err != nil {
				t.Error(err)
			}
			return errors.Join(errOnPurpose, decode(c.Incoming(ctx, &driver.Message{Value: []byte{0xff}})))
		})
		time.Sleep(time.Hour)
		k.finish()
		if got := fatesOf(t, tr); !slices.Equal(got, []string{`"a=0" retryable`}) {
			t.Errorf("dead letters are %s", got)
		}
	})
}

// TestUnreadableMessagesOfABatch: where a handler of batches returns the error of one that
// cannot be read, that one is a dead letter, and the others come again however often that is.
func TestUnreadableMessagesOfABatch(t *testing.T) {
	for guarantee, want := range map[runtime.Guarantee][]string{
		runtime.AtLeastOnce: {`"a=\xff" undecodable`, `"b=\xff" undecodable`, `"c=\xff" undecodable`},
		runtime.AtMostOnce:  {`"a=\xff" undecodable`, `"b=\xff" retryable`, `"c=\xff" retryable`, `"d=0" retryable`, `"d=1" retryable`},
	} {
		t.Run(guarantee.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := memory.New(&memory.Options{Partitions: 1})
				put(t, tr, "a=\xff", "b=\xff", "c=\xff", "d=0", "d=1")
				o := with(runtime.Policy{Guarantee: guarantee, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 2}, Concurrency: 1})
				h := newHistory()
				k := batches(t, runtime.Open(tr.Connect(), o), runtime.Batch{Size: 10, Window: time.Minute},
					func(_ context.Context, batch []*runtime.Incoming) error {
						for _, in := range batch {
							if err := decode(in); err != nil {
								return fmt.Errorf("reading: %w", err)
							}
						}
						for _, in := range batch {
							h.add(value(in))
						}
						return nil
					})
				time.Sleep(time.Hour)
				k.finish()
				if got := fatesOf(t, tr); !slices.Equal(got, want) {
					t.Errorf("dead letters are %s, want %s", got, want)
				}
				if got := h.all(); guarantee == runtime.AtLeastOnce && !slices.Equal(got, []string{"d=0", "d=1"}) {
					t.Errorf("handled %q", got)
				}
			})
		})
	}
}

// TestNackSaysWhatAHandlerSays: that a message cannot be read, or is of no interest.
func TestNackSaysWhatAHandlerSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=\xff", "b=0")
		seen := &events{}
		o := with(runtime.Policy{DeadLetter: "dead"})
		o.Observer = seen
		p, err := runtime.Pull(t.Context(), runtime.Open(tr, o), at, nil)
		if err != nil {
			t.Fatal(err)
		}
		for n := 0; n < 2; {
			list, err := p.Fetch(t.Context(), 2)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range list {
				if err := decode(f.Incoming); err != nil {
					f.Nack(err)
				} else {
					f.Nack(runtime.ErrSkip)
				}
				n++
			}
		}
		if err := p.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got := fatesOf(t, tr); !slices.Equal(got, []string{`"a=\xff" undecodable`}) || seen.count(runtime.EventDropped) != 1 {
			t.Errorf("dead letters are %s, %d were dropped", got, seen.count(runtime.EventDropped))
		}
	})
}
