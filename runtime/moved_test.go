package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
	goruntime "runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// refusing is a memory transport that refuses to publish to some address at
// first.
type refusing struct {
	*memory.Transport
	address string
	refuse  atomic.Int64
}

func (r *refusing) Publish(ctx context.Context, messages ...*driver.Message) error {
	if messages[0].Address == r.address && r.refuse.Add(-1) >= 0 {
		return driver.ErrUnknownOutcome
	}
	return r.Transport.Publish(ctx, messages...)
}

// leaving publishes to an address and is gone then, as with a process that is killed.
type leaving struct {
	*memory.Transport
	address string
}

func (l *leaving) Publish(ctx context.Context, messages ...*driver.Message) error {
	err := l.Transport.Publish(ctx, messages...)
	if messages[0].Address == l.address {
		err = errors.Join(err, l.Transport.Close(ctx))
	}
	return err
}

// TestMovedWithoutID: a message without an id that a crash leaves at its address and
// at a retry address takes effect once.
func TestMovedWithoutID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "key=value")
		o := once(&events{})
		o.Policy.Retry.Attempts, o.Policy.DeadLetter = 1, "dead"
		o.Policy.RetryAddresses = []runtime.RetryAddress{{Address: "a.1", Delay: time.Millisecond}}
		k := rawly(t, runtime.Open(&leaving{tr.Connect(), "a.1"}, o), func(context.Context, *runtime.Incoming) error { return errOnPurpose })
		time.Sleep(time.Second)
		k.stop()
		_ = k.end()
		did := newHistory()
		k = rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
			did.add(value(in))
			return nil
		})
		time.Sleep(time.Hour)
		k.finish()
		if got := did.all(); !slices.Equal(got, []string{"key=value"}) {
			t.Errorf("effects: %q", got)
		}
	})
}

// TestRetryAddresses follows a message that always fails: in its place, through
// two retry addresses, to the dead letter address, while its key goes on.
func TestRetryAddresses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "bad=0", "bad=1")
		begin := time.Now()
		o := with(runtime.Policy{
			Retry:          runtime.Retry{Min: time.Second, Max: time.Second, Attempts: 3, Jitter: -1},
			RetryAddresses: []runtime.RetryAddress{{"{address}.1", time.Minute}, {"{address}.2", time.Hour}},
			DeadLetter:     "{address}.{group}.dead",
		})
		seen, log := &events{}, &strings.Builder{}
		o.Observer, o.Logger = seen, slog.New(slog.NewTextHandler(log, nil))
		broker := &refusing{Transport: tr.Connect(), address: "a.1"}
		broker.refuse.Store(2)
		var times []time.Duration
		good := newHistory()
		k := rawly(t, runtime.Open(broker, o), func(_ context.Context, in *runtime.Incoming) error {
			if value(in) == "bad=0" {
				times = append(times, time.Since(begin))
				return fmt.Errorf("attempt %d of handler", in.Attempt())
			}
			good.add(fmt.Sprint(value(in), " after ", time.Since(begin)))
			return nil
		})
		time.Sleep(2 * time.Hour)
		k.finish()
		s := time.Second
		// Two seconds go by until the first retry address takes it.
		if want := []time.Duration{0, s, 2 * s, 62 * s, 3662 * s}; !slices.Equal(times, want) {
			t.Errorf("tried after %v, want %v", times, want)
		}
		if got := good.all(); !slices.Equal(got, []string{"bad=1 after 4s"}) {
			t.Errorf("handled %q", got)
		}
		for _, place := range []string{"partition=0 offset=0 to=a.1", "from=a.1 partition=0 offset=0 to=a.2", "from=a.2 partition=0 offset=0 to=a.g.dead"} {
			if !strings.Contains(log.String(), ` msg="message was moved" address=a group=g `+place) {
				t.Errorf("nobody was told of a move %s:\n%s", place, log)
			}
		}
		letters := stored(t, tr, "a.g.dead")
		if len(letters) != 1 || string(letters[0].Key) != "bad" || payload(letters[0]) != "bad=0" {
			t.Fatalf("dead letters: %v", letters)
		}
		l, _ := runtime.LetterOf(letters[0])
		if l.Attempts != 5 || l.Address != "a" || l.Offset != 0 || l.Group != "g" || l.Class != "retryable" ||
			l.Reason != "attempt 1 of handler" || !l.Due.IsZero() || l.Time.IsZero() || !l.Time.Equal(begin) {
			t.Errorf("the letter is %+v", l)
		}
		if rest := remaining(t, tr); len(rest) > 0 || seen.count(runtime.EventRetried) != 2 || seen.count(runtime.EventDeadLettered) != 1 {
			t.Errorf("%q are left", rest)
		}
	})
}

func payload(m *driver.Message) string { return string(m.Value) }

// TestNothingIsAcknowledgedBeforeItIsMoved: when the dead letter address cannot
// be reached the message stays, and is not handled again meanwhile.
func TestNothingIsAcknowledgedBeforeItIsMoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "bad=0", "good=0")
		broker := &refusing{Transport: tr.Connect(), address: "dead"}
		broker.refuse.Store(1 << 40)
		calls := 0
		k := rawly(t, runtime.Open(broker, with(runtime.Policy{DeadLetter: "dead"})),
			func(_ context.Context, in *runtime.Incoming) error {
				if value(in) == "bad=0" {
					calls++
					return runtime.Permanent(errOnPurpose)
				}
				return nil
			})
		time.Sleep(time.Minute)
		k.finish()
		if rest := remaining(t, tr); calls != 1 || len(rest) == 0 || rest[0] != "bad=0" {
			t.Errorf("%d calls, %q are left", calls, rest)
		}
	})
}

// exiting ends the goroutine of who publishes dead letters, the second time, after an error.
type exiting struct {
	*memory.Transport
	calls atomic.Int32
	moved chan struct{} // closed when it does not
}

func (e *exiting) Publish(ctx context.Context, messages ...*driver.Message) error {
	if messages[0].Address == "dead" {
		switch e.calls.Add(1) {
		case 1:
			return errors.New("not now")
		case 2:
			goruntime.Goexit()
		default:
			close(e.moved)
		}
	}
	return e.Transport.Publish(ctx, messages...)
}

// TestExitsWhenMoving: a transport may end the goroutine that moves a message; it is
// moved by another.
func TestExitsWhenMoving(t *testing.T) {
	noLeak(t)
	tr := &exiting{Transport: memory.New(nil), moved: make(chan struct{})}
	put(t, tr, "a=0")
	o := quiet()
	o.Policy.DeadLetter = "dead"
	k := start(t, runtime.Open(tr, o), func(context.Context, *textEnvelope) error {
		return runtime.Permanent(errors.New("never"))
	})
	<-tr.moved
	k.finish()
	if rest := remaining(t, tr.Transport); len(rest) != 0 {
		t.Errorf("%q are left", rest)
	}
}

func TestPermanentWithoutADeadLetterStops(t *testing.T) {
	tr := memory.New(nil)
	put(t, tr, "a=0")
	k := rawly(t, runtime.Open(tr.Connect(), quiet()), func(context.Context, *runtime.Incoming) error {
		return runtime.Permanent(errOnPurpose)
	})
	var failed *runtime.FailedError
	if err := k.end(); !errors.As(err, &failed) || !errors.Is(err, errOnPurpose) || failed.Class != runtime.ClassPermanent {
		t.Errorf("Consume: %v", err)
	}
	if rest := remaining(t, tr); !slices.Equal(rest, []string{"a=0"}) {
		t.Errorf("%q are left", rest)
	}
}

// TestDeadLetters: what cannot be read, what has no handler and what panics.
func TestDeadLetters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		for kind, v := range map[string]string{"m": "\xff", "other": "x", "": "panics"} {
			m := &driver.Message{Address: "a", Key: []byte(kind), Value: []byte(v)}
			if kind != "" {
				m.Headers = []driver.Header{{Key: "ce_type", Value: []byte(kind)}, {Key: "ce_dataschema", Value: []byte("urn:s")}}
			}
			if err := tr.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
		o := with(runtime.Policy{DeadLetter: "dead", Retry: runtime.Retry{Attempts: 2}})
		o.Classify = func(err error) runtime.Class {
			if errors.Is(err, errOnPurpose) {
				return runtime.ClassPermanent
			}
			return 0
		}
		seen, log := &events{}, &strings.Builder{}
		o.Observer, o.Logger = seen, slog.New(slog.NewTextHandler(log, nil))
		k := start(t, runtime.Open(tr.Connect(), o), func(ctx context.Context, e *textEnvelope) error { panic("on purpose") })
		time.Sleep(time.Minute)
		k.finish()
		panicked := regexp.MustCompile(`level=ERROR msg="message was moved" .* to=dead id="" type="" attempt=2 error="panic: on purpose" stack="goroutine.*moved_test.go`)
		refused := regexp.MustCompile(`level=WARN msg="message was moved" .* to=dead id="" type=other attempt=1 error=`)
		if !panicked.MatchString(log.String()) || !refused.MatchString(log.String()) {
			t.Errorf("the log does not say what was moved:\n%s", log)
		}
		for _, e := range seen.list {
			if e.Kind == runtime.EventDeadLettered && (e.Class == 0 || e.Attempt == 0 || e.To != "dead" || e.Err == nil) {
				t.Errorf("the event is %+v", e)
			}
		}
		got := map[string]string{}
		for _, m := range stored(t, tr, "dead") {
			l, _ := runtime.LetterOf(m)
			got[string(m.Key)] = fmt.Sprint(l.Class, " ", l.Attempts, " ", l.Handler, " ", l.Schema)
		}
		want := map[string]string{"m": "undecodable 1 m urn:s", "other": "undecodable 1  urn:s", "": "panic 2 m "}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("dead letters: %v, want %v", got, want)
		}
	})
}

// TestFailingKeyDoesNotFillTheWindow: one key fails for ever and gets many
// messages; those of other partitions go on.
func TestFailingKeyDoesNotFillTheWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 8})
		for i := range 2000 {
			put(t, tr, fmt.Sprintf("bad=%d", i))
		}
		h := newHistory()
		var failing atomic.Bool
		failing.Store(true)
		o := with(runtime.Policy{MaxInFlight: 64, MaxPerKey: 16})
		k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
			if strings.HasPrefix(value(in), "bad") && failing.Load() {
				return errOnPurpose
			}
			h.add(value(in))
			return nil
		})
		time.Sleep(time.Second)
		for i := range 400 {
			put(t, tr, fmt.Sprintf("key-%d=%d", i%40, i/40))
		}
		time.Sleep(time.Second)
		if n := len(h.all()); n < 300 {
			t.Errorf("only %d of 400 messages of other keys were handled, want all but those of one partition", n)
		}
		failing.Store(false)
		time.Sleep(time.Minute)
		k.finish()
		if n := inOrder(t, h.all()); n != 2400 {
			t.Errorf("%d messages were handled, want 2400", n)
		}
	})
}
