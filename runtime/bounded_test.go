package runtime_test

import (
	"context"
	"errors"
	"io"
	goruntime "runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/asyncwire/asyncwire/internal/heap"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// endless is a transport whose receivers have always more: large messages of
// many keys.
type endless struct {
	*memory.Transport
	handed atomic.Int64
}

func (e *endless) Subscribe(context.Context, driver.Subscription) (driver.Receiver, error) {
	return &endlessReceiver{transport: e, closed: make(chan struct{})}, nil
}

type endlessReceiver struct {
	transport *endless
	closed    chan struct{}
}

const endlessSize = 4 << 10

func (r *endlessReceiver) Receive(ctx context.Context) ([]driver.Delivery, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-r.closed:
		return nil, io.EOF
	default:
	}
	batch := make([]driver.Delivery, 64)
	for i := range batch {
		n := r.transport.handed.Add(1)
		batch[i] = given{&driver.Message{
			Address: "a", Partition: int32(n % 4), Offset: n / 4,
			Key: strconv.AppendInt(nil, n%97, 10), Value: make([]byte, endlessSize),
		}}
	}
	return batch, nil
}

func (r *endlessReceiver) Pause(string, int32, bool) {} // heeds nothing

func (r *endlessReceiver) Close(context.Context) error {
	select {
	case <-r.closed:
	default:
		close(r.closed)
	}
	return nil
}

type given struct{ m *driver.Message }

func (g given) Message() *driver.Message   { return g.m }
func (g given) Ack(context.Context) error  { return nil }
func (g given) Nack(context.Context) error { return nil }

// TestMemoryIsBoundedWithAStuckHandler: whatever a transport has to give, what is
// held is the window, by count or by bytes, and a batch beyond it.
func TestMemoryIsBoundedWithAStuckHandler(t *testing.T) {
	for name, c := range map[string]struct {
		policy runtime.Policy
		most   int64 // messages
	}{
		"count": {runtime.Policy{MaxInFlight: 500, Concurrency: 4, MaxPerKey: 500}, 500 + 64},
		"bytes": {runtime.Policy{MaxInFlightBytes: 2 << 20, MaxInFlight: 1 << 20, Concurrency: 4, MaxPerKey: 1 << 20}, 512 + 64},
		"paused": { // what still comes for paused partitions is bounded too
			runtime.Policy{MaxInFlight: 500, MaxPerKey: 1, Concurrency: 4}, 2*500 + 4096 + 64},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := &endless{Transport: memory.New(nil)}
				o := with(c.policy)
				o.DrainTimeout = time.Millisecond
				conn := runtime.Open(e, o)
				before := heap.InUse()
				entered := make(chan struct{}, 1<<10)
				k := rawly(t, conn, func(ctx context.Context, _ *runtime.Incoming) error {
					entered <- struct{}{}
					<-ctx.Done()
					return ctx.Err()
				})
				for range 4 {
					await(t, "handler", entered)
				}
				synctest.Wait() // receiving has come to rest
				handed, used := e.handed.Load(), int64(heap.InUse()-before)
				if handed > c.most || handed < 500 {
					t.Errorf("%d messages were received, want 500 to %d", handed, c.most)
				}
				if most := c.most*2*endlessSize + 4<<20; used > most {
					t.Errorf("%d bytes are held, want at most %d", used, most)
				}
				k.stop()
				var drain *runtime.DrainError
				if err := k.end(); !errors.As(err, &drain) {
					t.Errorf("Consume: %v", err)
				}
				if err := conn.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

// some is a transport whose receivers have a few large messages, which nobody keeps
// but who received them.
type some struct {
	*memory.Transport
	batch []driver.Delivery
}

func (s *some) Subscribe(context.Context, driver.Subscription) (driver.Receiver, error) {
	return s, nil
}

func (s *some) Receive(ctx context.Context) ([]driver.Delivery, error) {
	if batch := s.batch; batch != nil {
		s.batch = nil
		return batch, nil
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestLargeMessagesAreNotKept: what is done is not held by those that wait for
// more, nor by who keeps another message.
func TestLargeMessagesAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &some{Transport: memory.New(nil)}
		var messages []weak.Pointer[driver.Message]
		for i := range 64 {
			m := &driver.Message{Address: "a", Offset: int64(i), Key: strconv.AppendInt(nil, int64(i%7), 10), Value: make([]byte, 4<<10)}
			messages, s.batch = append(messages, weak.Make(m)), append(s.batch, given{m})
		}
		conn := runtime.Open(s, with(runtime.Policy{Concurrency: 3}))
		var kept atomic.Pointer[runtime.Incoming]
		k := rawly(t, conn, func(_ context.Context, in *runtime.Incoming) error {
			if in.Message().Offset == 20 {
				kept.Store(in)
			}
			return nil
		})
		synctest.Wait() // the workers wait
		goruntime.GC()
		for i, m := range messages {
			if held := m.Value() != nil; held != (i == 20) {
				t.Errorf("message %d is held: %v", i, held)
			}
		}
		goruntime.KeepAlive(kept.Load())
		k.stop()
		if err := errors.Join(k.end(), conn.Close(t.Context())); err != nil {
			t.Error(err)
		}
	})
}
