package runtime_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// exactly is a policy of exactly-once handlers.
func exactly(p runtime.Policy) *runtime.Options {
	p.Guarantee = runtime.ExactlyOnce
	return with(p)
}

// emit publishes "key=value" at an address, as a handler does.
func emit(ctx context.Context, c *runtime.Conn, address, spec string) error {
	m := &driver.Message{Address: address, Key: []byte("k"), Value: []byte(spec)}
	err := c.PublishMessage(ctx, m)
	clear(m.Key) // the caller's again
	clear(m.Value)
	return err
}

// valuesAt returns the values at an address.
func valuesAt(t testing.TB, tr *memory.Transport, address string) []string {
	t.Helper()
	var out []string
	for _, m := range stored(t, tr, address) {
		out = append(out, string(m.Value))
	}
	return out
}

func TestExactlyOnceKeepsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "a=1")
		seen := &events{}
		o := exactly(runtime.Policy{AttemptTimeout: time.Second})
		o.Observer = seen
		c := runtime.Open(tr.Connect(), o)
		k := rawly(t, c, func(ctx context.Context, in *runtime.Incoming) error {
			for i := range 3 {
				if err := emit(ctx, c, "out", fmt.Sprint(value(in), "/", i)); err != nil {
					t.Error(err)
				}
			}
			if got := valuesAt(t, tr, "out"); len(got) != 3*int(value(in)[2]-'0') {
				t.Errorf("%q are there before the handler of %s has returned", got, value(in))
			}
			switch runtime.Attempt(ctx) {
			case 1:
				return errOnPurpose
			case 2:
				panic("on purpose")
			case 3:
				goruntime.Goexit()
			case 4:
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		time.Sleep(time.Minute)
		k.finish()
		if got := valuesAt(t, tr, "out"); !slices.Equal(got, []string{"a=0/0", "a=0/1", "a=0/2", "a=1/0", "a=1/1", "a=1/2"}) {
			t.Errorf("stored %q", got)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q come again", rest)
		}
		if n := seen.count(runtime.EventPublished); n != 6 {
			t.Errorf("%d messages were published, says the observer", n)
		}
	})
}

// TestExactlyOnceWaitsForNoKey: a key that stands still holds back no output of
// others, and what they have done does not come again.
func TestExactlyOnceWaitsForNoKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "slow=0", "a=0", "b=0", "slow=1", "a=1", "b=1")
		run := func(stuck bool) {
			c := runtime.Open(tr.Connect(), exactly(runtime.Policy{}))
			k := rawly(t, c, func(ctx context.Context, in *runtime.Incoming) error {
				if stuck && value(in)[0] == 's' {
					<-ctx.Done()
					return ctx.Err()
				}
				return emit(ctx, c, "out", value(in))
			})
			time.Sleep(time.Minute)
			if err := c.Close(context.Background()); err != nil && !stuck {
				t.Error(err)
			}
			_ = k.end()
		}
		run(true)
		before := valuesAt(t, tr, "out")
		if len(before) != 4 {
			t.Errorf("beside a key that stands still there are %q", before)
		}
		run(false)
		if got := valuesAt(t, tr, "out")[len(before):]; !slices.Equal(got, []string{"slow=0", "slow=1"}) {
			t.Errorf("after a restart there came %q", got)
		}
	})
}

// TestExactlyOnceMoves: a dead letter and the acknowledgement of its message are
// one, and what the handler has published before it failed is gone.
func TestExactlyOnceMoves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "poison=0", "large=0", "many=0", "fine=0", "skip=0")
		o := exactly(runtime.Policy{
			DeadLetter: "dead", Retry: runtime.Retry{Attempts: 2},
			RetryAddresses: []runtime.RetryAddress{{Address: "again", Delay: time.Minute}},
		})
		c := runtime.Open(tr.Connect(), o)
		k := rawly(t, c, func(ctx context.Context, in *runtime.Incoming) error {
			if err := emit(ctx, c, "out", value(in)); err != nil {
				return err
			}
			switch value(in) {
			case "poison=0":
				return errOnPurpose
			case "skip=0":
				return runtime.ErrSkip
			case "large=0":
				return c.PublishMessage(ctx, &driver.Message{Address: "out", Value: make([]byte, runtime.MaxUnitBytes)})
			case "many=0":
				for range runtime.MaxUnitMessages {
					if err := emit(ctx, c, "out", "one of many"); err != nil {
						var u *runtime.UnitError
						if !errors.As(err, &u) || u.Messages != runtime.MaxUnitMessages+1 || !errors.Is(err, runtime.ErrTooLarge) {
							t.Errorf("too many messages: %v", err)
						}
						return err
					}
				}
			}
			return nil
		})
		time.Sleep(time.Hour)
		k.finish()
		dead := valuesAt(t, tr, "dead")
		slices.Sort(dead)
		if got := valuesAt(t, tr, "out"); !slices.Equal(got, []string{"fine=0"}) || !slices.Equal(dead, []string{"large=0", "many=0", "poison=0"}) {
			t.Errorf("published %q, dead letters %q", got, dead)
		}
		if got := valuesAt(t, tr, "again"); !slices.Equal(got, []string{"poison=0"}) {
			t.Errorf("moved to be tried again: %q", got)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q come again", rest)
		}
	})
}

// TestOutsideOfAUnit: another connection publishes at once, and so does another
// context; a handler that has returned publishes nothing.
func TestOutsideOfAUnit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0")
		c, other := runtime.Open(tr.Connect(), exactly(runtime.Policy{})), runtime.Open(tr.Connect(), quiet())
		late := make(chan context.Context, 1)
		k := rawly(t, c, func(ctx context.Context, in *runtime.Incoming) error {
			if !c.KeepsBack(ctx) || !c.KeepsBack(context.WithoutCancel(ctx)) || other.KeepsBack(ctx) || c.KeepsBack(context.Background()) {
				t.Error("KeepsBack is wrong")
			}
			if err := errors.Join(emit(ctx, other, "out", "other"), emit(context.Background(), c, "out", "background")); err != nil {
				t.Error(err)
			}
			if got := valuesAt(t, tr, "out"); !slices.Equal(got, []string{"other", "background"}) {
				t.Errorf("outside of the unit %q were stored", got)
			}
			late <- ctx
			return emit(ctx, c, "out", "inside")
		})
		ctx := <-late
		synctest.Wait()
		if err := emit(ctx, c, "out", "late"); !errors.Is(err, runtime.ErrClosed) {
			t.Errorf("publishing after the handler has returned: %v", err)
		}
		k.finish()
		if got := valuesAt(t, tr, "out"); !slices.Equal(got, []string{"other", "background", "inside"}) {
			t.Errorf("stored %q", got)
		}
	})
}

// failingCommits returns a connection whose first commits fail, each with its error.
func failingCommits(broker *memory.Transport, errs []error) *committing {
	return &committing{Transport: broker.Connect(), commit: func(next func() error, _ []*driver.Message) error {
		if len(errs) == 0 {
			return next()
		}
		err := errs[0]
		errs = errs[1:]
		return err
	}}
}

// committing is a memory transport whose commits can be interfered with.
type committing struct {
	*memory.Transport
	commit func(next func() error, publish []*driver.Message) error // nil: the receiver is no Committer
}

func (c *committing) Subscribe(ctx context.Context, s driver.Subscription) (driver.Receiver, error) {
	r, err := c.Transport.Subscribe(ctx, s)
	if err != nil {
		return nil, err
	}
	if c.commit == nil {
		return struct{ driver.Receiver }{r}, nil
	}
	return committingReceiver{r, c}, nil
}

type committingReceiver struct {
	driver.Receiver
	of *committing
}

func (r committingReceiver) Commit(ctx context.Context, done []driver.Delivery, publish ...*driver.Message) error {
	return r.of.commit(func() error { return r.Receiver.(driver.Committer).Commit(ctx, done, publish...) }, publish)
}

// TestUnitsThatCannotBeStored: a unit is stored again without its handler, unless
// what it publishes is why, or nobody knows whether it was.
func TestUnitsThatCannotBeStored(t *testing.T) {
	for name, c := range map[string]struct {
		errs     []error
		handled  int
		stored   int
		dead     int
		ends     error
		attempts int
	}{
		"for now":       {errs: []error{errOnPurpose, errOnPurpose}, handled: 1, stored: 1},
		"too large":     {errs: []error{runtime.ErrTooLarge}, handled: 1, dead: 1},
		"not allowed":   {errs: []error{runtime.ErrUnauthorized}, handled: 2, stored: 1},
		"never allowed": {errs: []error{runtime.ErrUnauthorized, runtime.ErrUnauthorized, runtime.ErrUnauthorized}, handled: 3, dead: 1},
		"unknown":       {errs: []error{errOnPurpose, runtime.ErrUnknownOutcome}, handled: 1, ends: runtime.ErrUnknownOutcome},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				broker := memory.New(&memory.Options{Partitions: 1})
				put(t, broker, "a=0")
				handled := 0
				tr := failingCommits(broker, c.errs)
				conn := runtime.Open(tr, exactly(runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 3}}))
				k := rawly(t, conn, func(ctx context.Context, in *runtime.Incoming) error {
					handled++
					return emit(ctx, conn, "out", value(in))
				})
				time.Sleep(time.Hour)
				k.stop()
				if err := k.end(); !errors.Is(err, c.ends) || (err == nil) != (c.ends == nil) {
					t.Errorf("Consume: %v, want %v", err, c.ends)
				}
				out, dead := valuesAt(t, broker, "out"), valuesAt(t, broker, "dead")
				if handled != c.handled || len(out) != c.stored || len(dead) != c.dead {
					t.Errorf("handled %d times, published %q, dead letters %q", handled, out, dead)
				}
			})
		})
	}
}

func TestExactlyOnceIsRefused(t *testing.T) {
	handle := func(context.Context, *runtime.Incoming) error { return nil }
	plain := runtime.Open(without{memory.New(nil)}, exactly(runtime.Policy{}))
	bare := runtime.Open(&committing{Transport: memory.New(nil)}, exactly(runtime.Policy{}))
	full := runtime.Open(memory.New(nil), exactly(runtime.Policy{}))
	for want, err := range map[string]error{
		"consume a: policy: exactly-once: memory has no transactions: invalid: unsupported operation":                 rawly(t, plain, handle).end(),
		"consume a: policy: exactly-once: memory cannot commit for this subscription: invalid: unsupported operation": rawly(t, bare, handle).end(),
	} {
		if err == nil || err.Error() != want || !errors.Is(err, errors.ErrUnsupported) || !errors.Is(err, runtime.ErrInvalid) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if p, err := full.Effective(at, nil); err != nil || p.Guarantee != runtime.ExactlyOnce {
		t.Errorf("%v: %v", err, p)
	}
}

// without is a memory transport without transactions.
type without struct{ *memory.Transport }

func (w without) Features() driver.Features {
	f := w.Transport.Features()
	f.Transactions = false
	return f
}

// TestExactlyOncePulled: what is published with a fetched message's context is
// stored with its Ack, and gone with its Nack.
func TestExactlyOncePulled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "a=0", "b=0", "c=0")
		c := runtime.Open(tr.Connect(), exactly(runtime.Policy{}))
		p, err := runtime.Pull(t.Context(), c, at, nil, runtime.Group("g"))
		if err != nil {
			t.Fatal(err)
		}
		failed := map[string]bool{}
		for n := 0; n < 3; {
			got, err := p.Fetch(t.Context(), 3)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range got {
				v := value(f.Incoming)
				if err := emit(f.Context(), c, "out", v); err != nil {
					t.Fatal(err)
				}
				if !failed[v] && v[0] == 'b' {
					failed[v] = true
					f.Nack(nil)
					continue
				}
				if err := errors.Join(f.Ack(t.Context()), f.Ack(t.Context())); err != nil {
					t.Fatal(err)
				}
				n++
			}
		}
		if err := p.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := valuesAt(t, tr, "out"); !slices.Equal(got, []string{"a=0", "c=0", "b=0"}) {
			t.Errorf("published %q", got)
		}
		if rest := remaining(t, tr); len(rest) > 0 {
			t.Errorf("%q come again", rest)
		}
	})
}

// TestPublishingFromManyGoroutines: those of a handler share its unit.
func TestPublishingFromManyGoroutines(t *testing.T) {
	tr := memory.New(nil)
	put(t, tr, "a=0")
	c := runtime.Open(tr.Connect(), exactly(runtime.Policy{}))
	done := make(chan struct{})
	k := rawly(t, c, func(ctx context.Context, in *runtime.Incoming) error {
		defer close(done)
		var all sync.WaitGroup
		for i := range 50 {
			all.Go(func() {
				if err := emit(ctx, c, "out", fmt.Sprint(i)); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		return nil
	})
	<-done
	k.finish()
	if got := valuesAt(t, tr, "out"); len(got) != 50 {
		t.Errorf("%d messages were stored", len(got))
	}
}
