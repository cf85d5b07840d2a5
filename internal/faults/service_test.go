package faults

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/runtime/inbox"
)

// serviceVariable makes this test binary the service that is killed.
const serviceVariable = "ASYNCWIRE_FAULTS_SERVICE"

// config is what a service is told.
type config struct {
	Dir       string
	Seed      uint64
	Guarantee runtime.Guarantee
	// Publish is how many messages there are to be in all.
	Publish int
	Keys    int
	// Faulty handlers fail, panic, dawdle and get stuck; some messages are poison.
	Faulty bool
	// Finish ends the service when everything is handled.
	Finish bool
	// Tear has the ends of partitions damaged between two lives.
	Tear bool
	conditions
}

// concurrency is how many handlers a service has.
const concurrency = 8

func (c config) history() string { return filepath.Join(c.Dir, "history") }

func TestMain(m *testing.M) {
	text := os.Getenv(serviceVariable)
	if text == "" {
		os.Exit(m.Run())
	}
	var c config
	err := json.Unmarshal([]byte(text), &c)
	if err == nil {
		err = serve(c)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

// service publishes messages and handles them, and notes what happens.
type service struct {
	config
	history *History
	conn    *runtime.Conn
	handled atomic.Int64
	hours   atomic.Int64 // by which the clock is wrong
	next    []uint32     // by key, the number of the next message
	known   map[Event]bool
	marked  map[Event]bool // in a transaction that is open
	open    map[Event]bool // acknowledged and not handled
	// published is set when nothing more will be, and the service is to end when
	// everything is handled.
	published bool
	mu        sync.Mutex // known, marked, open, published
	done      context.CancelFunc
}

// serve runs a service until it is told to stop, or has nothing left to do.
func serve(c config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, done := context.WithCancel(ctx)
	defer done()
	s := &service{config: c, known: map[Event]bool{}, marked: map[Event]bool{}, open: map[Event]bool{}, next: make([]uint32, c.Keys), done: done}
	left, err := s.remember()
	if err != nil {
		return err
	}
	defer s.history.Close()
	if err := s.recall(); err != nil {
		return err
	}
	s.note(Session, 0, 0)
	if err := s.beginFull(); err != nil {
		return err
	}
	log, err := eventlog.Open(filepath.Join(c.Dir, "log"), &eventlog.Options{SegmentBytes: 1 << 16, Poll: time.Millisecond})
	if err != nil {
		return err
	}
	o := s.options()
	if c.Inbox == "file" {
		file, err := inbox.OpenFile(filepath.Join(c.Dir, "inbox"), nil)
		if err != nil {
			return err
		}
		defer file.Close()
		o.Inbox = file
	}
	s.conn = runtime.Open(log.Transport(), o)
	var all sync.WaitGroup
	all.Go(func() {
		s.publish(ctx, left)
		s.finish(ctx)
	})
	all.Go(func() { s.suffer(ctx) })
	err = s.consume(ctx)
	if s.Full && s.Guarantee == runtime.ExactlyOnce && errors.Is(err, eventlog.ErrFull) {
		err = nil // what was stored could not be put into the segments: the next service will
	}
	done()
	all.Wait()
	return errors.Join(err, s.conn.Close(context.Background()))
}

// finish lets the service end, where it is to, when everything that was published
// is handled. AtMostOnce loses messages with a killed service: there it ends when
// none have come for a while.
func (s *service) finish(ctx context.Context) {
	if !s.Finish {
		return
	}
	if s.Guarantee != runtime.AtMostOnce {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.published = true; len(s.open) == 0 {
			s.done()
		}
		return
	}
	for before := int64(-1); ctx.Err() == nil && s.handled.Load() != before; {
		before = s.handled.Load()
		time.Sleep(500 * time.Millisecond)
	}
	s.done()
}

// remember reads what services before have done, and returns how many messages
// are left to publish.
func (s *service) remember() (left int, err error) {
	if s.history, err = Open(s.config.history()); err != nil {
		return 0, err
	}
	events, err := Read(s.config.history())
	left = s.Publish
	for _, e := range events {
		id := Event{Key: e.Key, Seq: e.Seq}
		switch e.Kind {
		case Sent:
			left--
			s.next[e.Key] = max(s.next[e.Key], e.Seq)
		case Acked:
			s.open[id] = true
		case Effect:
			s.known[id] = true
		}
	}
	succeeded := map[Event]bool{}
	for _, e := range events {
		id := Event{Key: e.Key, Seq: e.Seq}
		if e.Kind == Succeeded || e.Kind == Parked {
			delete(s.open, id)
		}
		succeeded[id] = succeeded[id] || e.Kind == Succeeded
	}
	s.complete(succeeded)
	return left, err
}

// complete notes the success of messages whose transaction was committed by a
// service that was killed before it could note that: the effect is the commit.
func (s *service) complete(succeeded map[Event]bool) {
	if s.Guarantee != runtime.EffectivelyOnce || s.Inbox != "" {
		return
	}
	for id := range s.known {
		if !succeeded[id] {
			s.note(Succeeded, id.Key, id.Seq)
		}
	}
}

// options are those of the connection.
func (s *service) options() *runtime.Options {
	o := &runtime.Options{
		Source: "/faults", Group: "faults", Logger: slog.New(slog.NewTextHandler(io.Discard, nil)), Observer: s,
		Policy: runtime.Policy{
			Guarantee: s.Guarantee, Concurrency: concurrency, AttemptTimeout: 20 * time.Millisecond,
			Retry: runtime.Retry{Min: time.Microsecond, Max: time.Millisecond}, DeadLetter: "orders.dead",
		},
	}
	if s.Clock {
		o.Now, o.Policy.TTL = s.now, time.Hour
	}
	if s.Retry {
		o.Policy.Retry.Attempts = 2
		o.Policy.RetryAddresses = []runtime.RetryAddress{{Address: "orders.retry", Delay: time.Millisecond}}
	}
	if s.Guarantee == runtime.EffectivelyOnce {
		o.Inbox = inbox.Transactional(database{s})
	}
	return o
}

// note appends to the history. A service that cannot is of no use.
func (s *service) note(k Kind, key, seq uint32) {
	for {
		err := s.history.Note(k, key, seq)
		if err == nil {
			return
		}
		if !isFull(err) {
			panic(err)
		}
		time.Sleep(time.Millisecond)
	}
}

// publish sends messages of random keys, those of a key one after the other.
func (s *service) publish(ctx context.Context, left int) {
	var all sync.WaitGroup
	defer all.Wait()
	const publishers = 8
	for p := range publishers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(s.Seed, uint64(p)))
			for range (left + publishers - 1 - p) / publishers {
				key := uint32(random.IntN((s.Keys+publishers-1-p)/publishers)*publishers + p)
				if ctx.Err() != nil || !s.publishOne(key) {
					return
				}
			}
		})
	}
}

func (s *service) publishOne(key uint32) bool {
	s.next[key]++
	seq := s.next[key]
	value := binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(nil, key), seq)
	s.note(Sent, key, seq)
	m := &driver.Message{
		Address: "orders", Key: strconv.AppendUint(nil, uint64(key), 10), Value: value,
		Headers: []driver.Header{
			{Key: "ce_id", Value: fmt.Appendf(nil, "%d-%d", key, seq)}, {Key: "ce_source", Value: []byte("/faults")},
		},
	}
	s.mu.Lock()
	s.open[Event{Key: key, Seq: seq}] = true
	s.mu.Unlock()
	err := s.send(m)
	if err == nil {
		s.note(Acked, key, seq)
		return true
	}
	s.settle(key, seq)
	return errors.Is(err, context.DeadlineExceeded)
}

// send publishes a message, again when there was no room for it.
func (s *service) send(m *driver.Message) error {
	ctx := context.Background()
	if s.Cancel && rand.IntN(20) == 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(2000))*time.Microsecond)
		defer cancel()
	}
	for {
		err := s.conn.PublishMessage(ctx, m)
		if !errors.Is(err, eventlog.ErrFull) {
			return err
		}
		time.Sleep(time.Millisecond)
	}
}

// numbers are the key and number of a message.
func numbers(m *driver.Message) (key, seq uint32) {
	return binary.LittleEndian.Uint32(m.Value), binary.LittleEndian.Uint32(m.Value[4:])
}

// poison messages fail whenever they are tried.
func (s *service) poison(seq uint32) bool { return s.Faulty && seq%97 == 0 }

// handle is the handler under test.
func (s *service) handle(ctx context.Context, in *runtime.Incoming) error {
	key, seq := numbers(in.Message())
	s.handled.Add(1)
	s.note(Began, key, seq)
	ended := false
	defer func() {
		if !ended {
			s.note(Failed, key, seq)
		}
	}()
	if err := s.misbehave(ctx, seq); err != nil {
		return err
	}
	if s.Guarantee == runtime.ExactlyOnce {
		err := s.cause(ctx, in.Message())
		ended = err == nil
		return err
	}
	if tx, ok := inbox.Tx[*transaction](ctx); ok {
		tx.effects = append(tx.effects, Event{Key: key, Seq: seq})
	} else {
		s.note(Effect, key, seq)
		s.succeed(key, seq)
	}
	ended = true
	return nil
}

func (s *service) succeed(key, seq uint32) {
	s.note(Succeeded, key, seq)
	s.settle(key, seq)
}

// misbehave does what handlers do when things go wrong.
func (s *service) misbehave(ctx context.Context, seq uint32) error {
	if s.poison(seq) {
		return errors.New("poison")
	}
	if !s.Faulty {
		return nil
	}
	switch n := rand.IntN(1000); {
	case n < 20:
		return errors.New("a handler has failed")
	case n < 25:
		panic("a handler has panicked")
	case n < 30:
		<-ctx.Done() // stuck until the attempt's time is over
		return ctx.Err()
	case n < 60:
		time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
	}
	return nil
}

// settle notes that nothing is left to be done for a message.
func (s *service) settle(key, seq uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, Event{Key: key, Seq: seq})
	if s.published && len(s.open) == 0 {
		s.done()
	}
}

// Observe notes dead letters.
func (s *service) Observe(_ context.Context, e runtime.Event) {
	if e.Kind == runtime.EventPublished && e.Err == nil && e.Message.Address == "out" {
		s.succeed(numbers(e.Message))
	}
	if e.Kind == runtime.EventDeadLettered {
		key, seq := numbers(e.Message)
		s.note(Parked, key, seq)
		s.settle(key, seq)
	}
}

// database is the store that effects and the inbox's notes share: the history
// itself. An effect that stands there is the note that the message was handled.
type database struct{ s *service }

// transaction has the effects of one handler, which are committed one after the
// other: each is whole by itself.
type transaction struct{ marked, effects []Event }

func (d database) Begin(context.Context) (*transaction, error) { return &transaction{}, nil }

func (d database) Mark(_ context.Context, tx *transaction, e runtime.InboxEntry) (bool, error) {
	var id Event
	if _, err := fmt.Sscanf(e.ID, "%d-%d", &id.Key, &id.Seq); err != nil {
		return false, err
	}
	d.s.mu.Lock()
	known, marked := d.s.known[id], d.s.marked[id]
	if !known && !marked {
		d.s.marked[id], tx.marked = true, append(tx.marked, id)
	}
	d.s.mu.Unlock()
	if marked && !known {
		return false, errors.New("another transaction has it")
	}
	if known { // it was handled, and the process killed before that was acknowledged
		d.s.settle(id.Key, id.Seq)
	}
	return known, nil
}

func (d database) Commit(ctx context.Context, tx *transaction) error {
	for _, id := range tx.effects {
		d.s.note(Effect, id.Key, id.Seq)
		d.s.mu.Lock()
		d.s.known[id] = true
		d.s.mu.Unlock()
		d.s.succeed(id.Key, id.Seq)
	}
	return d.Rollback(ctx, tx)
}

func (d database) Rollback(_ context.Context, tx *transaction) error {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	for _, id := range tx.marked {
		delete(d.s.marked, id)
	}
	return nil
}
