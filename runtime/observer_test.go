package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// clumsy is an observer that panics at each event, after it took note of it.
type clumsy struct {
	mu   sync.Mutex
	seen []string
}

func (c *clumsy) Observe(_ context.Context, e runtime.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, e.Kind.String())
	panic("clumsy")
}

// TestObserverThatPanics: it is told of all that happens nevertheless, which is what
// happens without it; and each panic is logged.
func TestObserverThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(nil)
		var log bytes.Buffer
		seen := &clumsy{}
		o := with(runtime.Policy{Retry: runtime.Retry{Attempts: 2}, DeadLetter: "dead", Concurrency: 1})
		o.Observer, o.Logger = seen, slog.New(slog.NewTextHandler(&log, nil))
		conn := runtime.Open(tr, o)
		for _, payload := range []string{"good", "once", "bad"} {
			if err := publish(t.Context(), conn, at, nil, text("m"), &textEnvelope{Payload: payload}, runtime.Key(payload)); err != nil {
				t.Fatal(err)
			}
		}
		var handled []string
		k := start(t, conn, func(ctx context.Context, e *textEnvelope) error {
			handled = append(handled, fmt.Sprint(e.Payload, runtime.Attempt(ctx)))
			if e.Payload == "bad" || e.Payload == "once" && runtime.Attempt(ctx) == 1 {
				return errors.New("no")
			}
			return nil
		})
		time.Sleep(time.Minute)
		k.finish()
		slices.Sort(handled)
		slices.Sort(seen.seen)
		want := []string{"acked", "acked", "acked", "dead-lettered", "failed", "failed", "failed", "handled", "handled",
			"published", "published", "published", "received", "received", "received"}
		if !slices.Equal(handled, []string{"bad1", "bad2", "good1", "once1", "once2"}) || !slices.Equal(seen.seen, want) {
			t.Errorf("handled %q, and told of %q", handled, seen.seen)
		}
		if n := strings.Count(log.String(), "the observer has panicked"); n != len(want) {
			t.Errorf("%d panics are logged of %d", n, len(want))
		}
	})
}

// TestStuckHandlersAreNamed: of a handler that goes on after its time the log tells which
// message it has.
func TestStuckHandlersAreNamed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "quick", "stuck")
		var log bytes.Buffer
		o := with(runtime.Policy{AttemptTimeout: time.Second, Concurrency: 1})
		o.Logger = slog.New(slog.NewTextHandler(&log, nil))
		k := rawly(t, runtime.Open(tr.Connect(), o), func(_ context.Context, in *runtime.Incoming) error {
			if value(in) == "stuck" {
				time.Sleep(time.Minute)
			}
			return nil
		})
		time.Sleep(time.Hour)
		k.finish()
		if got := log.String(); !strings.Contains(got, "goes on after its time") || !strings.Contains(got, "partition=0 offset=1 ") {
			t.Errorf("the log is\n%s", got)
		}
	})
}
