package drivertest

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// lab is where one law is tested. Its methods end the test when something that
// the law takes for granted does not work; they belong to the law's goroutine.
type lab struct {
	testing.TB
	h         Harness
	transport driver.Transport
	run       string // makes names unique on brokers that remember
}

func newLab(t testing.TB, h Harness) *lab {
	l := &lab{TB: t, h: h, run: rand.Text()[:10]}
	l.transport = l.open()
	return l
}

// patience returns a context for what has to happen.
func (l *lab) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), l.h.Patience)
}

// open returns a transport that is closed with the test.
func (l *lab) open() driver.Transport {
	l.Helper()
	t := l.h.Open(l.TB)
	l.Cleanup(func() {
		ctx, cancel := l.patience()
		defer cancel()
		if err := t.Close(ctx); err != nil {
			l.Errorf("closing the transport: %v", err)
		}
	})
	return t
}

// address returns a new address.
func (l *lab) address(partitions int) string {
	l.Helper()
	return l.h.Address(l.TB, partitions)
}

// group returns the name of a group of this law.
func (l *lab) group(name string) string { return "laws-" + l.run + "-" + name }

// message returns a message whose value is unique among those of its law.
func message(address, key, value string) *driver.Message {
	m := &driver.Message{Address: address, Value: []byte(value)}
	if key != "" {
		m.Key = []byte(key)
	}
	return m
}

// messages returns n messages, valued prefix-0 and on. Of keys, each message
// gets the next; without keys it gets none.
func messages(address, prefix string, n int, keys ...string) []*driver.Message {
	out := make([]*driver.Message, n)
	for i := range out {
		key := ""
		if len(keys) > 0 {
			key = keys[i%len(keys)]
		}
		out[i] = message(address, key, fmt.Sprintf("%s-%d", prefix, i))
	}
	return out
}

// keys returns n keys, enough of which hit all of a few partitions.
func keys(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("key-%d", i)
	}
	return out
}

// publish publishes.
func (l *lab) publish(messages ...*driver.Message) {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	if err := l.transport.Publish(ctx, messages...); err != nil {
		l.Fatalf("publishing %d messages: %v", len(messages), err)
	}
}

// member is a subscription under test.
type member struct {
	lab      *lab
	receiver driver.Receiver
	held     []driver.Delivery // received and not yet taken
}

// join subscribes from the earliest message.
func (l *lab) join(group string, addresses ...string) *member {
	l.Helper()
	return l.joinFrom(driver.StartEarliest, group, addresses...)
}

// joinFrom subscribes. The receiver is closed with the test.
func (l *lab) joinFrom(start driver.Start, group string, addresses ...string) *member {
	l.Helper()
	return l.subscribe(driver.Subscription{Addresses: addresses, Group: l.group(group), Start: start})
}

func (l *lab) subscribe(s driver.Subscription) *member {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	r, err := l.transport.Subscribe(ctx, s)
	if err != nil {
		l.Fatalf("subscribing group %s to %q: %v", s.Group, s.Addresses, err)
	}
	m := &member{lab: l, receiver: r}
	l.Cleanup(m.close)
	return m
}

// close closes the receiver.
func (m *member) close() {
	m.lab.Helper()
	ctx, cancel := m.lab.patience()
	defer cancel()
	if err := m.receiver.Close(ctx); err != nil {
		m.lab.Errorf("closing the receiver: %v", err)
	}
}

// take receives until there are n deliveries and returns them. What came
// beyond is kept for the next take.
func (m *member) take(n int) []driver.Delivery {
	m.lab.Helper()
	ctx, cancel := m.lab.patience()
	defer cancel()
	for len(m.held) < n {
		batch, err := m.receiver.Receive(ctx)
		if err != nil {
			m.lab.Fatalf("received %d of %d messages %s, then: %v", len(m.held), n, values(m.held), err)
		}
		m.held = append(m.held, batch...)
	}
	out := slices.Clone(m.held[:n])
	m.held = m.held[n:]
	return out
}

// expect takes as many messages as are wanted; they must be those, in order.
func (m *member) expect(want ...*driver.Message) []driver.Delivery {
	m.lab.Helper()
	got := m.take(len(want))
	for i, d := range got {
		if string(d.Message().Value) != string(want[i].Value) {
			m.lab.Fatalf("message %d of %d is %q, want %q; received %s", i, len(want), d.Message().Value,
				want[i].Value, values(got))
		}
	}
	return got
}

// silent checks that nothing arrives.
func (m *member) silent() {
	m.lab.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), m.lab.h.Quiet)
	defer cancel()
	batch, err := m.receiver.Receive(ctx)
	if got := slices.Concat(m.held, batch); len(got) > 0 {
		m.lab.Fatalf("received %s, want nothing", values(got))
	}
	if err == nil || ctx.Err() == nil {
		m.lab.Fatalf("Receive returned nothing, and %v, before its context ended", err)
	}
}

// ack acknowledges.
func (l *lab) ack(deliveries ...driver.Delivery) {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	for _, d := range deliveries {
		if err := d.Ack(ctx); err != nil {
			l.Fatalf("acknowledging %q: %v", d.Message().Value, err)
		}
	}
}

// nack gives back.
func (l *lab) nack(deliveries ...driver.Delivery) {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	for _, d := range deliveries {
		if err := d.Nack(ctx); err != nil {
			l.Fatalf("giving back %q: %v", d.Message().Value, err)
		}
	}
}

// values lists the values of deliveries, shortened.
func values(deliveries []driver.Delivery) string {
	const most = 20
	var out []string
	for _, d := range deliveries[:min(most, len(deliveries))] {
		v := d.Message().Value
		out = append(out, string(v[:min(40, len(v))]))
	}
	if len(deliveries) > most {
		return fmt.Sprintf("%q and %d more", out, len(deliveries)-most)
	}
	return fmt.Sprintf("%q", out)
}

// valueSet returns the values of messages.
func valueSet(messages []*driver.Message) map[string]bool {
	set := make(map[string]bool, len(messages))
	for _, m := range messages {
		set[string(m.Value)] = true
	}
	return set
}

// tally counts what members that run on their own have handled.
type tally struct {
	mu      sync.Mutex
	count   map[string]int    // by value
	by      map[string]int    // by member
	last    map[string]string // by member
	err     error             // of a member that cannot go on
	changed chan struct{}
}

func newTally() *tally {
	return &tally{count: map[string]int{}, by: map[string]int{}, last: map[string]string{}, changed: make(chan struct{}, 1)}
}

// note counts a message that was acknowledged, or the end of a member.
func (t *tally) note(member string, values []string, err error) {
	t.mu.Lock()
	for _, v := range values {
		t.count[v]++
		t.last[member] = v
	}
	t.by[member] += len(values)
	if err != nil && t.err == nil {
		t.err = fmt.Errorf("member %s: %w", member, err)
	}
	t.mu.Unlock()
	select {
	case t.changed <- struct{}{}:
	default:
	}
}

// await waits until the condition holds. It is called with the tally locked.
func (l *lab) await(t *tally, what string, holds func() bool) {
	l.Helper()
	deadline := time.NewTimer(l.h.Patience)
	defer deadline.Stop()
	for {
		t.mu.Lock()
		ok, err := holds(), t.err
		t.mu.Unlock()
		switch {
		case err != nil:
			l.Fatalf("waiting for %s: %v", what, err)
		case ok:
			return
		}
		select {
		case <-t.changed:
		case <-deadline.C:
			l.Fatalf("no %s within %v", what, l.h.Patience)
		}
	}
}

// missing returns the messages that were not handled. The tally is locked.
func (t *tally) missing(want []*driver.Message) (missing []string) {
	for _, m := range want {
		if t.count[string(m.Value)] == 0 {
			missing = append(missing, string(m.Value))
		}
	}
	return missing
}

// awaitAll waits until all of want were handled.
func (l *lab) awaitAll(t *tally, want []*driver.Message) {
	l.Helper()
	l.await(t, fmt.Sprintf("delivery of all %d messages", len(want)), func() bool { return len(t.missing(want)) == 0 })
}

// start lets a member receive and acknowledge on its own until stop is called,
// which returns when everything received is acknowledged.
func (m *member) start(name string, t *tally) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			batch, err := m.receiver.Receive(ctx)
			if ctx.Err() != nil {
				err = nil
			}
			var handled []string
			for _, d := range batch {
				if d.Ack(context.Background()) == nil {
					handled = append(handled, string(d.Message().Value))
				}
			}
			t.note(name, handled, err)
			if err != nil {
				return
			}
		}
	}()
	stop = func() {
		cancel()
		<-done
	}
	m.lab.Cleanup(stop)
	return stop
}
