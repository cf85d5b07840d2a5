package inbox_test

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
)

// TestReusedOffsets: messages without an id that lie where others were before the log
// was truncated are new ones; those that are delivered again are known.
func TestReusedOffsets(t *testing.T) {
	dir, known := filepath.Join(t.TempDir(), "log"), open(t, filepath.Join(t.TempDir(), "inbox"), nil)
	defer known.Close()
	pass := func(what string, n int, change func(*eventlog.Log) error) {
		t.Helper()
		edit(t, dir, change)
		transport, err := eventlog.Connect(dir, &eventlog.Options{Partitions: 1})
		if err != nil {
			t.Fatal(err)
		}
		want := publishWithoutIDs(t, transport, what, n)
		if got := handled(t, transport, known, n); !slices.Equal(got, want) {
			t.Errorf("%s: %q were handled, want %q", what, got, want)
		}
	}
	pass("first", 5, func(*eventlog.Log) error { return nil })
	pass("behind those that come again", 1, func(l *eventlog.Log) error {
		return l.SetPositions("g", eventlog.Position{Address: "a"})
	})
	pass("in their place", 4, func(l *eventlog.Log) error { return l.Truncate("a", 0, 3) })
}

// edit opens a log, changes it and closes it.
func edit(t *testing.T, dir string, change func(*eventlog.Log) error) {
	t.Helper()
	log, err := eventlog.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := change(log); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// publishWithoutIDs publishes messages as programs do that know nothing of CloudEvents.
func publishWithoutIDs(t *testing.T, transport driver.Transport, what string, n int) (values []string) {
	t.Helper()
	for i := range n {
		values = append(values, what+strconv.Itoa(i))
		if err := transport.Publish(t.Context(), &driver.Message{Address: "a", Value: []byte(values[i])}); err != nil {
			t.Fatal(err)
		}
	}
	return values
}

// handled consumes effectively once until so many messages were handled, and closes
// the transport.
func handled(t *testing.T, transport driver.Transport, known runtime.Inbox, n int) (values []string) {
	t.Helper()
	conn := runtime.Open(transport, &runtime.Options{
		Inbox: known, Logger: slog.New(slog.DiscardHandler), Group: "g",
		Policy: runtime.Policy{Guarantee: runtime.EffectivelyOnce, Ordering: runtime.PerPartition},
	})
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	route := runtime.Handle("", func(_ context.Context, in *runtime.Incoming) error {
		if values = append(values, string(in.Value())); len(values) == n {
			stop()
		}
		return nil
	})
	if err := runtime.Consume(ctx, conn, &runtime.Channel{Address: "a"}, nil, []runtime.Route{route}); err != nil {
		t.Error(err)
	}
	if err := conn.Close(context.Background()); err != nil {
		t.Error(err)
	}
	return values
}
