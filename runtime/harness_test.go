package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// noLeak fails the test when goroutines are left behind at its end.
func noLeak(t *testing.T) {
	t.Helper()
	before := goruntime.NumGoroutine()
	t.Cleanup(func() {
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); goruntime.Gosched() {
			if goruntime.NumGoroutine() <= before {
				return
			}
		}
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines before, %d after:\n%s", before, goruntime.NumGoroutine(), buf[:goruntime.Stack(buf, true)])
	})
}

// quiet are options that log nothing and retry at once.
func quiet() *runtime.Options {
	return &runtime.Options{
		Logger: slog.New(slog.DiscardHandler),
		Policy: runtime.Policy{Retry: runtime.Retry{Min: 50 * time.Microsecond, Max: time.Millisecond}},
	}
}

// at is the channel that the tests use.
var at = &runtime.Channel{Address: "a"}

// put publishes plain messages: "key=value", or "value" without a key.
func put(t testing.TB, tr driver.Transport, specs ...string) {
	t.Helper()
	for _, spec := range specs {
		m := &driver.Message{Address: "a", Value: []byte(spec)}
		if key, _, ok := strings.Cut(spec, "="); ok {
			m.Key = []byte(key)
		}
		if err := tr.Publish(context.Background(), m); err != nil {
			t.Errorf("publishing: %v", err)
		}
	}
}

// handler handles text messages.
type handler func(context.Context, *textEnvelope) error

// consuming runs Consume in the background.
type consuming struct {
	t     testing.TB
	stop  context.CancelFunc
	ended chan error
}

func start(t testing.TB, c *runtime.Conn, h handler, opts ...runtime.ConsumeOption) *consuming {
	ctx, cancel := context.WithCancel(context.Background())
	k := &consuming{t: t, stop: cancel, ended: make(chan error, 1)}
	opts = append([]runtime.ConsumeOption{runtime.Group("g")}, opts...)
	go func() {
		k.ended <- runtime.Consume(ctx, c, at, nil, []runtime.Route{on(text("m"), h)}, opts...)
	}()
	t.Cleanup(cancel)
	return k
}

// end waits for Consume to return.
func (k *consuming) end() error {
	k.t.Helper()
	select {
	case err := <-k.ended:
		return err
	case <-time.After(time.Minute):
		k.t.Fatal("Consume does not return")
		return nil
	}
}

// finish stops the consumer, which has to drain without an error.
func (k *consuming) finish() {
	k.t.Helper()
	k.stop()
	if err := k.end(); err != nil {
		k.t.Fatalf("Consume: %v", err)
	}
}

// await waits for an event.
func await[T any](t testing.TB, what string, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(time.Minute):
		t.Fatalf("no %s", what)
		panic("unreachable")
	}
}

// remaining returns the values that a new member of the group gets, in order
// of arrival. What it gets is not acknowledged.
func remaining(t testing.TB, tr *memory.Transport) []string {
	t.Helper()
	put(t, tr, "end")
	r, err := tr.Subscribe(context.Background(), driver.Subscription{Addresses: []string{"a"}, Group: "g"})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close(context.Background())
	var got []string
	for {
		batch, err := r.Receive(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		ended := false
		for _, d := range batch { // of all partitions, of which one has the end
			if v := string(d.Message().Value); v != "end" {
				got = append(got, v)
			} else {
				ended = true
			}
		}
		if ended {
			return got
		}
	}
}

// outcome is what became of one received message.
type outcome[P, H any] struct {
	envelope *envelope[P, H]
	err      error // why it could not be decoded
}

// received decodes one message as Consume does.
func received[P, H any](t *testing.T, m *message[P, H], sent *driver.Message) outcome[P, H] {
	t.Helper()
	var got outcome[P, H]
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o := quiet()
	o.OnUndecodable = func(_ context.Context, _ *driver.Message, err error) error {
		var u *runtime.UndecodableError
		if !errors.As(err, &u) {
			t.Errorf("OnUndecodable got %v", err)
		}
		got.err = u.Reason
		stop()
		return nil
	}
	tr := memory.New(nil)
	c := runtime.Open(tr, o)
	if err := c.PublishMessage(ctx, sent); err != nil {
		t.Fatal(err)
	}
	route := on(m, func(_ context.Context, e *envelope[P, H]) error {
		got.envelope = e
		stop()
		return nil
	})
	if err := runtime.Consume(ctx, c, &runtime.Channel{Address: sent.Address}, nil, []runtime.Route{route}); err != nil {
		t.Fatal(err)
	}
	return got
}

// history notes what was handled, in order.
type history struct {
	mu     sync.Mutex
	values []string
	more   chan struct{}
}

func newHistory() *history { return &history{more: make(chan struct{}, 1)} }

func (h *history) add(value string) {
	h.mu.Lock()
	h.values = append(h.values, value)
	h.mu.Unlock()
	select {
	case h.more <- struct{}{}:
	default:
	}
}

func (h *history) all() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]string(nil), h.values...)
}

// atLeast waits until n messages were handled.
func (h *history) atLeast(t testing.TB, n int) {
	t.Helper()
	for len(h.all()) < n {
		await(t, fmt.Sprintf("message %d of %d", len(h.all())+1, n), h.more)
	}
}

// inOrder checks that the values "key=number" of each key ascend by one from
// 0, and returns how many there are.
func inOrder(t testing.TB, values []string) int {
	t.Helper()
	next := map[string]int{}
	for _, v := range values {
		key, _, _ := strings.Cut(v, "=")
		if want := fmt.Sprintf("%s=%d", key, next[key]); v != want {
			t.Fatalf("%s was handled, want %s", v, want)
		}
		next[key]++
	}
	return len(values)
}

// neverSkips checks that the values "key=number" of each key never leave one
// out, though they may begin again further back, and returns how many
// different ones there are.
func neverSkips(t testing.TB, values []string) int {
	t.Helper()
	next, sum := map[string]int{}, 0
	last := map[string]int{}
	for _, v := range values {
		key, text, _ := strings.Cut(v, "=")
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		was, begun := last[key]
		if n > next[key] || begun && n > was+1 {
			t.Fatalf("%s was handled after %s=%d", v, key, was)
		}
		last[key] = n
		if n == next[key] {
			next[key]++
			sum++
		}
	}
	return sum
}

// faulty is a memory transport whose receivers can be interfered with.
type faulty struct {
	*memory.Transport
	batch   int // deliveries per Receive; 0 is no limit
	receive func() error
	wrap    func(driver.Delivery) driver.Delivery
	close   func() error
}

func (f *faulty) Subscribe(ctx context.Context, s driver.Subscription) (driver.Receiver, error) {
	r, err := f.Transport.Subscribe(ctx, s)
	return &faultyReceiver{Receiver: r, faulty: f}, err
}

type faultyReceiver struct {
	driver.Receiver
	faulty *faulty
	held   []driver.Delivery
}

func (r *faultyReceiver) Receive(ctx context.Context) ([]driver.Delivery, error) {
	if r.faulty.receive != nil {
		if err := r.faulty.receive(); err != nil {
			return nil, err
		}
	}
	if len(r.held) == 0 {
		batch, err := r.Receiver.Receive(ctx)
		if err != nil {
			return nil, err
		}
		for _, d := range batch {
			if r.faulty.wrap != nil {
				d = r.faulty.wrap(d)
			}
			r.held = append(r.held, d)
		}
	}
	n := len(r.held)
	if r.faulty.batch > 0 {
		n = min(n, r.faulty.batch)
	}
	out := r.held[:n:n]
	r.held = r.held[n:]
	return out, nil
}

func (r *faultyReceiver) Close(ctx context.Context) error {
	err := r.Receiver.Close(ctx)
	if r.faulty.close != nil {
		err = errors.Join(err, r.faulty.close())
	}
	return err
}

// spied is a delivery whose acknowledgement can be interfered with.
type spied struct {
	driver.Delivery
	ack     func(driver.Delivery) error
	revoked chan struct{}
}

func (s *spied) Ack(context.Context) error { return s.ack(s.Delivery) }

func (s *spied) Revoked() <-chan struct{} { return s.revoked }
