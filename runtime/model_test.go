package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	goruntime "runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// fate is what has happened to one message.
type fate struct {
	begun, done int
	parked      bool // it is a dead letter
	due         time.Time
}

func (f *fate) over() bool { return f.done > 0 || f.parked }

// model is what a run has to agree with: for each key the messages that were
// published, and what became of them.
type model struct {
	t         *testing.T
	guarantee runtime.Guarantee
	calm      bool // nothing fails, crashes or takes long: nothing comes twice

	mu    sync.Mutex
	keys  map[string][]*fate
	steps int
}

// step counts an event; the caller holds mu.
func (m *model) step() { m.steps++ }

// publish adds a message of a key, and returns its text.
func (m *model) publish(key string, due time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step()
	m.keys[key] = append(m.keys[key], &fate{due: due})
	return fmt.Sprintf("%s=%d", key, len(m.keys[key])-1)
}

// of returns the fate of a message.
func (m *model) of(text string) (key string, n int, f *fate) {
	key, number, _ := strings.Cut(text, "=")
	n, err := strconv.Atoi(number)
	if err != nil || n >= len(m.keys[key]) {
		m.t.Fatalf("%q was never published", text)
	}
	return key, n, m.keys[key][n]
}

// begin holds the beginning of an attempt against the model: all before it are
// over, whoever had them; at most once it is the only one.
func (m *model) begin(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step()
	key, n, f := m.of(text)
	f.begun++
	if m.guarantee == runtime.AtMostOnce {
		if f.begun > 1 {
			m.t.Errorf("%s was begun %d times", text, f.begun)
		}
		return
	}
	if early := time.Until(f.due); !f.due.IsZero() {
		if early > 0 {
			m.t.Errorf("%s was begun %v too early", text, early)
		}
		return // its key does not wait for it, nor it for its key
	}
	for i, before := range m.keys[key][:n] {
		if !before.over() {
			m.t.Errorf("%s was begun before %s=%d was over", text, key, i)
		}
	}
}

// end notes what became of an attempt.
func (m *model) end(text string, parked bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.step()
	_, _, f := m.of(text)
	if parked {
		f.parked = true
		return
	}
	if f.done++; f.done > 1 && (m.guarantee == runtime.EffectivelyOnce || m.calm) {
		m.t.Errorf("%s took effect %d times", text, f.done)
	}
}

// open returns how many messages are not over.
func (m *model) open() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, list := range m.keys {
		for _, f := range list {
			if !f.over() {
				n++
			}
		}
	}
	return n
}

// onceInbox is an inbox that lets one handler at a time have a message.
type onceInbox struct {
	mu    sync.Mutex
	state map[runtime.InboxEntry]string // busy or done
}

func (i *onceInbox) Once(ctx context.Context, e runtime.InboxEntry, handle func(context.Context) error) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	switch i.state[e] {
	case "done":
		return true, nil
	case "busy":
		return false, errors.New("another has it")
	}
	i.state[e] = "busy"
	i.mu.Unlock()
	result := ""
	defer func() { // with the lock held again, also after a panic
		i.mu.Lock()
		i.state[e] = result
	}()
	err := handle(ctx)
	if err == nil {
		result = "done"
	}
	return false, err
}

// member is one consumer of a run.
type member struct {
	conn    *runtime.Conn
	tr      *memory.Transport
	stop    context.CancelFunc
	ended   chan error
	crashed chan struct{}
}

// trial is one random schedule.
type trial struct {
	*model
	r       *rand.Rand
	seed    uint64
	broker  *memory.Transport
	options runtime.Options
	members []*member
	gentle  chan struct{}  // closed when handlers are to succeed
	batch   *runtime.Batch // nil: messages are handled one by one
}

// newTrial draws the rules of a schedule.
func newTrial(t *testing.T, seed uint64) *trial {
	r := rand.New(rand.NewPCG(seed, 11))
	m := &model{t: t, keys: map[string][]*fate{}, calm: r.IntN(4) == 0}
	m.guarantee = []runtime.Guarantee{
		runtime.AtLeastOnce, runtime.AtLeastOnce, runtime.AtMostOnce, runtime.EffectivelyOnce, runtime.ExactlyOnce, runtime.ExactlyOnce,
	}[r.IntN(6)]
	x := &trial{model: m, r: r, seed: seed, gentle: make(chan struct{})}
	if once := m.guarantee == runtime.AtLeastOnce || m.guarantee == runtime.ExactlyOnce; once && r.IntN(3) == 0 {
		x.batch = &runtime.Batch{Size: 1 + r.IntN(20), Window: time.Duration(r.IntN(50)) * time.Millisecond}
	}
	x.broker = memory.New(&memory.Options{Partitions: 1 + r.IntN(6), Handover: 20 * time.Second})
	p := runtime.Policy{
		MaxDelay: time.Minute, Guarantee: m.guarantee, Ordering: []runtime.Ordering{runtime.PerKey, runtime.PerPartition}[r.IntN(2)],
		Concurrency: 1 + r.IntN(8), MaxInFlight: 1 + r.IntN(100), MaxPerKey: 1 + r.IntN(20),
		Retry: runtime.Retry{Min: 10 * time.Millisecond, Max: time.Second},
	}
	if r.IntN(2) == 0 {
		p.DeadLetter, p.Retry.Attempts = "dead", 1+r.IntN(4)
	}
	if r.IntN(3) == 0 {
		p.AttemptTimeout = time.Second
	}
	if r.IntN(3) == 0 {
		p.Rate = runtime.Rate{PerSecond: 500, Burst: 10}
	}
	x.options = runtime.Options{
		Policy: p, DrainTimeout: time.Duration(1+r.IntN(10)) * time.Second, Logger: slog.New(slog.DiscardHandler),
		Inbox: &onceInbox{state: map[runtime.InboxEntry]string{}}, Observer: x,
	}
	return x
}

// Observe notes dead letters.
func (x *trial) Observe(_ context.Context, e runtime.Event) {
	if e.Kind == runtime.EventDeadLettered {
		x.end(string(e.Message.Value), true)
	}
}

// handle draws what happens to an attempt.
func (x *trial) handle(m *member, in *runtime.Incoming, ctx context.Context) error {
	text := value(in)
	x.begin(text)
	if x.guarantee == runtime.ExactlyOnce && x.batch == nil {
		if err := x.cause(ctx, m, in); err != nil {
			return err
		}
	}
	select {
	case <-x.gentle:
		x.end(text, false)
		return nil
	default:
	}
	n := rand.IntN(100)
	if x.calm {
		n = 60 + n%40
	}
	switch {
	case n < 8:
		return errOnPurpose
	case n < 11:
		panic("on purpose")
	case n < 13:
		goruntime.Goexit()
	case n < 15:
		return runtime.Retryable(errOnPurpose)
	case n < 17 && x.options.Policy.DeadLetter != "":
		return runtime.Permanent(errOnPurpose)
	case n < 20: // takes its time, whatever its context says
		time.Sleep(time.Duration(rand.IntN(30_000)) * time.Millisecond)
	case n < 40:
		sleepWithin(ctx, time.Duration(rand.IntN(2000))*time.Millisecond)
	case n < 70:
		sleepWithin(ctx, time.Duration(rand.IntN(10))*time.Millisecond)
	}
	select {
	case <-m.crashed: // it did not come so far
		return errOnPurpose
	default:
	}
	if x.calm || ctx.Err() == nil || n%2 == 0 {
		x.end(text, false)
		return nil
	}
	return ctx.Err()
}

func sleepWithin(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// start adds a member.
func (x *trial) start() {
	tr := x.broker.Connect()
	ctx, stop := context.WithCancel(context.Background())
	m := &member{conn: runtime.Open(tr, &x.options), tr: tr, stop: stop, ended: make(chan error, 1), crashed: make(chan struct{})}
	x.members = append(x.members, m)
	if x.batch != nil {
		handle := func(ctx context.Context, batch []*runtime.Incoming) error { return x.handleBatch(m, batch, ctx) }
		go func() { m.ended <- runtime.ConsumeBatch(ctx, m.conn, at, nil, *x.batch, handle, runtime.Group("g")) }()
		return
	}
	route := runtime.Handle("", func(ctx context.Context, in *runtime.Incoming) error { return x.handle(m, in, ctx) })
	go func() { m.ended <- runtime.Consume(ctx, m.conn, at, nil, []runtime.Route{route}, runtime.Group("g")) }()
}

// leave takes a random member out, gracefully or as if its process had died.
func (x *trial) leave(crash bool) {
	if len(x.members) == 0 {
		return
	}
	i := x.r.IntN(len(x.members))
	m := x.members[i]
	x.members = append(x.members[:i:i], x.members[i+1:]...)
	if crash {
		close(m.crashed)
		if err := m.tr.Close(context.Background()); err != nil {
			x.t.Errorf("closing the transport: %v", err)
		}
	}
	m.stop()
	err := <-m.ended
	var drain *runtime.DrainError
	if err != nil && !crash && !errors.As(err, &drain) {
		x.t.Errorf("Consume: %v", err)
	}
	if drain != nil && x.calm {
		x.t.Errorf("Consume: %v", err)
	}
}

// due draws when messages are due, zero for at once. A calm run has none: what is
// not due when its consumer stops comes again, with what is behind it.
func (x *trial) due() time.Time {
	if x.calm || x.r.IntN(8) > 0 {
		return time.Time{}
	}
	most := time.Minute
	if x.options.Policy.DeadLetter != "" || x.guarantee == runtime.AtMostOnce {
		most *= 2 // some are too far ahead
	}
	return time.Now().Add(time.Duration(x.r.Int64N(int64(most))))
}

// act makes one random move.
func (x *trial) act() {
	switch n := x.r.IntN(100); {
	case n < 75:
		key, due := "key-"+strconv.Itoa(x.r.IntN(12)), x.due()
		if !due.IsZero() {
			key = "due-" + key
		}
		for range 1 + x.r.IntN(4) {
			m := &driver.Message{Address: "a", Key: []byte(key), Value: []byte(x.publish(key, due))}
			if !due.IsZero() {
				m.Headers = []driver.Header{{Key: "ce_duetime", Value: []byte(due.UTC().Format(time.RFC3339Nano))}}
			}
			if x.guarantee == runtime.EffectivelyOnce {
				m.Headers = append(m.Headers, driver.Header{Key: "ce_id", Value: m.Value})
			}
			if err := x.broker.Publish(context.Background(), m); err != nil {
				x.t.Fatal(err)
			}
		}
	case n < 90:
		time.Sleep(time.Duration(x.r.IntN(100)) * time.Millisecond)
	case n < 94 && len(x.members) < 4 || len(x.members) == 0:
		x.start()
	case n < 96:
		x.leave(false)
	case n < 98 && !x.calm:
		x.leave(true)
	default:
		synctest.Wait()
	}
}

// run plays the schedule, lets everything succeed, and looks for what is left.
func (x *trial) run(moves int) {
	for range moves {
		x.act()
		if x.t.Failed() {
			break
		}
	}
	close(x.gentle)
	x.start()
	time.Sleep(time.Hour)
	if n := x.open(); n > 0 && x.guarantee != runtime.AtMostOnce {
		x.t.Errorf("%d messages were never handled", n)
	}
	for len(x.members) > 0 {
		x.leave(false)
	}
	time.Sleep(time.Hour) // handlers that were left alone end
	if x.guarantee == runtime.ExactlyOnce {
		x.checkUnits()
	}
	if rest := remaining(x.t, x.broker); len(rest) > 0 {
		x.t.Errorf("%d messages are not acknowledged, %q first", len(rest), rest[0])
	}
}

// TestModel plays random schedules of publishing, failing, stopping, crashing
// and rebalancing in a clock of their own against the model. What a schedule
// does is drawn from its seed; how goroutines take turns is not.
func TestModel(t *testing.T) {
	least := 120_000
	if workload.Long() {
		least = 5_000_000
	}
	if testing.Short() {
		least = 10_000
	}
	steps := 0
	for seed := rand.Uint64(); steps < least && !t.Failed(); seed++ {
		synctest.Test(t, func(t *testing.T) {
			x := newTrial(t, seed)
			x.run(400)
			steps += x.steps
			if t.Failed() {
				t.Logf("seed %d, calm %v, batch %v, policy:\n%s", seed, x.calm, x.batch, x.options.Policy)
			}
		})
	}
	t.Logf("%d steps", steps)
}
