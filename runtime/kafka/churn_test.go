package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// TestChurn lets members come and go while messages flow. Those who finish what
// they have in hand before they leave cause no second delivery, nor do those
// who stay, through every rebalance.
func TestChurn(t *testing.T) { churn(t, fake(t).ListenAddrs()) }

// TestChurnOnBroker is TestChurn on a real broker.
func TestChurnOnBroker(t *testing.T) { churn(t, brokersOf(t)) }

func churn(t *testing.T, brokers []string) {
	c := kafka.Config{Brokers: brokers, Timeouts: quick()}
	c.Timeouts.Rebalance = 10 * time.Second
	admin := open(t, c)
	topic, group := provision(t, admin, 6), name(t, "group")
	l := &ledger{seen: map[string]int{}, last: map[string]int{}}
	flow := startFlow(t, admin, topic)

	var members []*member
	join := func() {
		m := l.join(t, open(t, c), group, topic)
		members = append(members, m)
		within(t, "the new member gets messages", func() bool { return m.handled.Load() > 0 })
	}
	leave := func() {
		members[0].leave(t)
		members = members[1:]
	}
	for _, step := range []func(){join, join, join, leave, join, leave, join} {
		step()
		before := l.count()
		within(t, "messages flow", func() bool { return l.count() > before+300 })
	}
	published := flow()
	within(t, "everything is handled", func() bool { return l.count() == published })
	for _, m := range members {
		m.leave(t)
	}
	l.report(t, published)
}

// startFlow publishes until the result is called, which tells how much it was.
func startFlow(t *testing.T, tr driver.Transport, topic string) (stop func() int) {
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	sent := make(chan int)
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			m := &driver.Message{Address: topic, Key: fmt.Appendf(nil, "key-%d", n%97), Value: fmt.Append(nil, n)}
			if err := tr.Publish(context.Background(), m); err != nil {
				t.Error(err)
				break
			}
			time.Sleep(200 * time.Microsecond)
		}
		sent <- n
	}()
	return func() int {
		cancel()
		return <-sent
	}
}

// within waits until something holds.
func within(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it does not come about that %s", what)
		}
	}
}

// ledger is what all members together have handled.
type ledger struct {
	mu         sync.Mutex
	seen       map[string]int // by payload
	last       map[string]int // by key
	duplicates int
	stale      int
	disorder   []string
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.seen)
}

// note takes down one handled message.
func (l *ledger) note(m *driver.Message) {
	l.mu.Lock()
	defer l.mu.Unlock()
	value, key := string(m.Value), string(m.Key)
	l.seen[value]++
	if l.seen[value] > 1 {
		l.duplicates++
		return
	}
	var n int
	fmt.Sscan(value, &n)
	if last, ok := l.last[key]; ok && n < last {
		l.disorder = append(l.disorder, fmt.Sprintf("%s: %d after %d", key, n, last))
	}
	l.last[key] = n
}

func (l *ledger) report(t *testing.T, want int) {
	t.Logf("%d messages, %d lost, %d delivered again, %d stale acknowledgements",
		want, want-len(l.seen), l.duplicates, l.stale)
	if lost := want - len(l.seen); lost != 0 {
		t.Errorf("%d messages were lost", lost)
	}
	if l.duplicates != 0 || l.stale != 0 {
		t.Errorf("%d messages were delivered again, %d acknowledgements were stale", l.duplicates, l.stale)
	}
	if len(l.disorder) != 0 {
		t.Errorf("order per key was broken: %v", l.disorder)
	}
}

// member handles messages until it is told to leave.
type member struct {
	receiver driver.Receiver
	stop     context.CancelFunc
	done     chan error
	handled  atomic.Int64
}

func (l *ledger) join(t *testing.T, tr driver.Transport, group, topic string) *member {
	ctx, stop := context.WithCancel(context.Background())
	t.Cleanup(stop)
	m := &member{receiver: subscribe(t, tr, group, driver.StartEarliest, topic), stop: stop, done: make(chan error, 1)}
	go func() { m.done <- l.work(ctx, m) }()
	return m
}

// work handles everything that it was handed, also after it was told to stop,
// and acknowledges the last message first.
func (l *ledger) work(ctx context.Context, m *member) error {
	for {
		ds, err := m.receiver.Receive(ctx)
		if errors.Is(err, context.Canceled) || errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, d := range ds {
			time.Sleep(200 * time.Microsecond) // the work
			l.note(d.Message())
			m.handled.Add(1)
		}
		for _, d := range slices.Backward(ds) {
			if err := d.Ack(ctx); errors.Is(err, driver.ErrStale) {
				l.mu.Lock()
				l.stale++
				l.mu.Unlock()
			} else if err != nil {
				return err
			}
		}
	}
}

func (m *member) leave(t *testing.T) {
	t.Helper()
	m.stop()
	if err := <-m.done; err != nil {
		t.Error(err)
	}
	closeSoon(t, m.receiver)
}

// TestCrash lets members leave with unfinished work, again and again: what they
// had in hand comes again, and nothing is lost.
func TestCrash(t *testing.T) {
	const messages = 500
	c := kafka.Config{Brokers: fake(t).ListenAddrs(), Timeouts: quick()}
	tr := open(t, c)
	topic, group := provision(t, tr, 3), name(t, "group")
	var batch []*driver.Message
	for i := range messages {
		batch = append(batch, &driver.Message{Address: topic, Key: fmt.Append(nil, i), Value: fmt.Append(nil, i)})
	}
	publish(t, tr, batch...)

	handled := map[string]bool{}
	for len(handled) < messages {
		r := subscribe(t, tr, group, driver.StartEarliest, topic)
		ds := receive(t, r, 1)
		for _, d := range ds[:(len(ds)+1)/2] {
			ack(t, d)
			handled[string(d.Message().Value)] = true
		}
		closeSoon(t, r)
	}
}
