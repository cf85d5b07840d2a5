package runtime

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// worker handles messages of one consumer, one after the other.
type worker struct {
	*consumer
	hand  hand
	at    int        // which of the jobs in its hand
	room  []Incoming // for small messages
	used  int        // how many of room
	large *Incoming  // of the message that is being handled, if it is large; else it is the last that was used
	stand
}

func (k *consumer) newWorker() *worker { return &worker{consumer: k} }

// work handles messages until work is over. A handler that ends its goroutine
// (runtime.Goexit) has failed, and a new worker takes over.
func (w *worker) work() {
	defer w.rescue()
	var o outcome
	for !w.replaced.Load() && w.lanes.take(&w.hand, w.at, o, maxRun) {
		o = w.workOff()
		w.large = nil // a worker that waits keeps no large messages
	}
	if w.hand.lane != nil {
		w.lanes.giveUp(&w.hand, w.at, o)
	}
}

// workOff works at the jobs in hand as long as none fails, no other work is to
// end and not too long. It leaves at behind the last that is over.
func (w *worker) workOff() outcome {
	var since time.Time
	for w.at = 0; w.at < w.hand.jobs.Len(); w.at++ {
		switch {
		case w.replaced.Load() || !w.lanes.begin(&w.hand, w.at):
			return outcome{}
		case w.hand.jobs.Len() > lookEvery && w.at%lookEvery == 0 && w.lanes.late(&since):
			return outcome{}
		}
		failures := 0
		if w.at == 0 {
			failures = w.hand.failures
		}
		if o := w.process(w.hand.jobs.At(w.at), failures); o.verdict != finished {
			return o
		}
	}
	return outcome{}
}

// rescue ends the attempt of a handler that ended its goroutine: it failed. So did what
// has no attempt, a move, in which it was the transport or the observer.
func (w *worker) rescue() {
	if w.hand.lane == nil {
		return
	}
	w.hand.spent = true
	w.attempting(&w.stand, false)
	j := w.hand.jobs.At(w.at)
	o := outcome{verdict: failed, delay: w.policy.Retry.wait(w.hand.failures + 1), move: j.move}
	if j.move == nil {
		o = w.fail(w.handling, j, w.in(), &PanicError{Value: "the handler ended its goroutine"})
	}
	if o.verdict == finished {
		w.at++
	}
	w.lanes.giveUp(&w.hand, w.at, o)
	if !w.replaced.Load() {
		w.workers.Go(w.newWorker().work)
	}
}

// process makes one attempt at a message.
func (w *worker) process(j *job, failures int) outcome {
	k := w.consumer
	if !k.lanes.kept && revoked(j.delivery) {
		return outcome{} // of another member now
	}
	if j.move != nil {
		return k.deliverMove(j, failures)
	}
	in, m := w.fresh(j.size), j.message()
	ctx := in.begin(k.origin, m, failures+1)
	k.enlist(in, nil)
	if why := k.unwanted(j, m); why != nil {
		return k.conclude(ctx, j, in, in.untried(why))
	}
	if k.policy.AttemptTimeout > 0 {
		return w.processWithin(ctx, j, in)
	}
	err := k.attempt(ctx, in)
	w.hand.spent = in.started()
	return k.conclude(ctx, j, in, err)
}

// processWithin makes an attempt that has a time limit.
//
//go:noinline // see attemptOnce
func (w *worker) processWithin(ctx context.Context, j *job, in *Incoming) outcome {
	k := w.consumer
	ctx, cancel := context.WithTimeout(ctx, k.policy.AttemptTimeout)
	defer cancel()
	w.attempting(&w.stand, true)
	m := in.message
	late := time.AfterFunc(k.policy.AttemptTimeout, func() {
		k.replace(&w.stand, k.logOf(m), w.newWorker().work)
	})
	defer late.Stop()
	err := k.attempt(ctx, in)
	w.hand.spent = in.started()
	w.attempting(&w.stand, false)
	return k.conclude(ctx, j, in, err)
}

// fresh returns an Incoming that nobody has, for a message of that size. They are made
// several at a time, but for large messages: who keeps one keeps its neighbours. Which one
// it is is told by a number, not by a pointer, which a running collector would be told of.
func (w *worker) fresh(size int32) *Incoming {
	if size > layoutSmall {
		w.large = new(Incoming)
		return w.large
	}
	if w.used == len(w.room) {
		w.room, w.used = make([]Incoming, 8), 0
	}
	if w.used++; w.large != nil {
		w.large = nil
	}
	return &w.room[w.used-1]
}

// in returns what is had of the message that is being handled.
func (w *worker) in() *Incoming {
	if w.large != nil {
		return w.large
	}
	return &w.room[w.used-1]
}

// stand is the place of a worker among Policy.Concurrency, which another takes
// when a handler goes on after its time.
type stand struct {
	busy     bool        // guarded by consumer.mu
	replaced atomic.Bool // another worker took over
}

// attempting says whether an attempt is under way, which can be replaced.
func (k *consumer) attempting(s *stand, yes bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	s.busy = yes
}

// replace lets another go on in place of a worker that is busy, since its handler ignores
// the end of its time. log tells what it is busy with.
func (k *consumer) replace(s *stand, log *slog.Logger, work func()) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if s.busy && s.replaced.CompareAndSwap(false, true) {
		log.Warn("handler goes on after its time, others go on without it", "timeout", k.policy.AttemptTimeout)
		k.workers.Go(work)
	}
}

// attempt finds the route of a message and calls its handler, within the
// middleware.
func (k *consumer) attempt(ctx context.Context, in *Incoming) error {
	if k.policy.Guarantee != EffectivelyOnce {
		return k.call(ctx, in)
	}
	return k.attemptOnce(ctx, in)
}

// attemptOnce is attempt unless the inbox knows the message. It is apart, as all is that
// few messages need: the stack of a worker should stay small, since the collector shrinks
// those that are not in use, and each is grown again by copying it.
//
//go:noinline
func (k *consumer) attemptOnce(ctx context.Context, in *Incoming) (err error) {
	known := false
	err = contained(func() (err error) {
		known, err = k.options.Inbox.Once(ctx, k.entry(in), func(ctx context.Context) error { return k.call(ctx, in) })
		return err
	})
	if known && err == nil {
		k.observe(ctx, Event{Kind: EventDuplicate, Message: in.message, Attempt: in.Attempt()})
		return errKnown
	}
	return err
}

// errKnown says that the inbox knows a message.
var errKnown = errors.New("known")

// entry names a message for the inbox. One without an id keeps its name when it is
// moved to a retry address: a crash may leave it at both places.
func (k *consumer) entry(in *Incoming) InboxEntry {
	a := in.Attributes()
	e := InboxEntry{Group: k.subscription.Group, Source: a.Source, ID: a.ID, Window: k.policy.InboxWindow}
	if e.ID == "" {
		e.Source, e.ID = "", placeID(k.firstPlace(in.message))
	}
	return e
}

// call calls the handler.
func (k *consumer) call(ctx context.Context, in *Incoming) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	r, err := k.routes.match(in, k.typeName)
	if err != nil {
		in.own().unrouted, r = err, k.unrouted
	}
	in.route = r.number
	if k.options.Observer == nil {
		return r.run(ctx, in)
	}
	return k.observed(ctx, in, r)
}

// observed runs a route, and tells the observer.
//
//go:noinline // see attemptOnce
func (k *consumer) observed(ctx context.Context, in *Incoming, r *Route) error {
	start := time.Now()
	err := r.run(ctx, in)
	if err != nil {
		in.own().took = time.Since(start)
		return err
	}
	if k.batch != nil || k.pull {
		return nil // what handles it comes later
	}
	k.observe(ctx, Event{Kind: EventHandled, Message: in.message, Handler: r.name, Attempt: in.Attempt(), Took: time.Since(start)})
	return nil
}

// contained calls f and turns a panic into an error.
func contained(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{Value: v, Stack: debug.Stack()}
		}
	}()
	return f()
}

// expired reports whether a job's time is over.
func (k *consumer) expired(j *job, m *driver.Message) bool {
	if k.policy.TTL > 0 && !m.Time.IsZero() && k.options.Now().Sub(m.Time.Time()) > k.policy.TTL {
		return true
	}
	if !j.traits.have(expires) {
		return false
	}
	end := lastTime(m.Headers, k.expiryName)
	return !end.IsZero() && k.options.Now().After(end)
}

// ack acknowledges a message. A refusal costs a second delivery, not the
// message.
func (k *consumer) ack(ctx context.Context, d driver.Delivery) error {
	err := d.Ack(ctx)
	if k.options.Observer != nil {
		k.observe(ctx, Event{Kind: EventAcked, Message: d.Message(), Err: err})
	}
	if err != nil {
		k.logRefused(ctx, d.Message(), err)
	}
	return err
}
