package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestEffectsOnce: messages that come several times, and all again from the
// beginning after a restart, to handlers that fail at first, take effect once.
func TestEffectsOnce(t *testing.T) {
	const n = 200
	path := filepath.Join(t.TempDir(), "inbox")
	effects := map[string]int{}
	for run := range 2 {
		in := open(t, path, nil)
		handleAll(t, in, n, fmt.Sprint("last of run ", run), effects)
		if err := in.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for id, times := range effects {
		if times != 1 {
			t.Errorf("message %s took effect %d times", id, times)
		}
	}
	if len(effects) != n {
		t.Errorf("%d messages took effect, want %d", len(effects), n)
	}
}

// handleAll handles n messages that come three times each, up to the last.
func handleAll(t *testing.T, in runtime.Inbox, n int, last string, effects map[string]int) {
	t.Helper()
	conn := runtime.Open(memory.New(&memory.Options{Partitions: 1}), &runtime.Options{
		Inbox: in, Logger: slog.New(slog.DiscardHandler), Group: "g",
		Policy: runtime.Policy{
			Guarantee: runtime.EffectivelyOnce, Ordering: runtime.PerPartition,
			Retry: runtime.Retry{Min: time.Microsecond, Max: time.Millisecond},
		},
	})
	publish := func(id string) {
		m := &driver.Message{Address: "a", Headers: []driver.Header{{Key: "ce_id", Value: []byte(id)}}}
		if err := conn.PublishMessage(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 3 * n {
		publish(fmt.Sprint(i % n))
	}
	publish(last)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	route := runtime.Handle("", func(ctx context.Context, in *runtime.Incoming) error {
		switch id := in.Attributes().ID; {
		case id == last:
			stop()
		case runtime.Attempt(ctx) < 2:
			return errors.New("not yet")
		default:
			effects[id]++ // one partition: one at a time
		}
		return nil
	})
	if err := runtime.Consume(ctx, conn, &runtime.Channel{Address: "a"}, nil, []runtime.Route{route}); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}
