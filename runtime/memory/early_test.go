package memory_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestDeadLettersOnceMore: a handler that publishes dead letters where they were first is not held up by those who wait
// for the room that it makes.
func TestDeadLettersOnceMore(t *testing.T) {
	const most, messages = 5, 40
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1, MaxUnacknowledged: most})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		consume := func(address string, p runtime.Policy, handle func(context.Context, *runtime.Incoming) error) *runtime.Conn {
			conn := runtime.Open(tr, &runtime.Options{Group: address, Logger: slog.New(slog.DiscardHandler), Policy: p})
			go func() {
				ended <- runtime.Consume(ctx, conn, &runtime.Channel{Address: address}, nil, []runtime.Route{runtime.Handle("", handle)})
			}()
			return conn
		}
		var mended atomic.Bool
		var done atomic.Int32
		first := consume("a", runtime.Policy{Retry: runtime.Retry{Attempts: 1}, DeadLetter: "dead"}, func(context.Context, *runtime.Incoming) error {
			if !mended.Load() {
				return errors.New("fails")
			}
			done.Add(1)
			return nil
		})
		again := consume("dead", runtime.Policy{}, func(ctx context.Context, in *runtime.Incoming) error {
			time.Sleep(time.Second)
			return tr.Publish(ctx, &driver.Message{Address: "a", Key: in.Message().Key, Value: []byte("v")})
		})
		synctest.Wait()
		go func() {
			for i := range messages {
				_ = tr.Publish(ctx, &driver.Message{Address: "a", Key: fmt.Append(nil, i), Value: []byte("v")}) // what is refused is not handled
			}
		}()
		time.Sleep(10 * time.Second)
		mended.Store(true)
		time.Sleep(time.Hour)
		if got := done.Load(); got != messages {
			t.Errorf("%d messages of %d were handled", got, messages)
		}
		cancel()
		if err := errors.Join(<-ended, <-ended, first.Close(context.Background()), again.Close(context.Background())); err != nil {
			t.Error(err)
		}
	})
}
