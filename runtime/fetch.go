package runtime

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Puller hands out messages when they are asked for, to callers that say
// themselves when each is done. Its methods may be called concurrently.
//
// What Consume promises holds here too: of messages with equal keys the next is
// handed out when the one before it is done; one that was given back is handed
// out again as Policy.Retry says, and goes where the policy says when it has
// been tried often enough. There is no lease to extend: a message is its
// caller's until it is done, the Puller is closed, or its partition goes to
// another member of the group. With EffectivelyOnce the inbox has a message from
// Fetch to Ack: what is done with Incoming.Context is in its transaction, where
// it has one, and equal messages wait. With AtMostOnce a message is acknowledged when it
// is fetched, and waits for those before it in its partition to be. Policy.Concurrency
// and Policy.AttemptTimeout do not matter here.
type Puller struct {
	consumer *consumer
	stop     context.CancelFunc
	ended    chan struct{}
	err      error // of the end; read after ended is closed
}

// Pull joins a consumer group and returns a Puller, which ends with ctx, with
// its Close and with that of c. Its errors are those of Consume.
func Pull(ctx context.Context, c *Conn, ch *Channel, params []string, opts ...ConsumeOption) (*Puller, error) {
	ctx, stop := context.WithCancel(ctx)
	p := &Puller{stop: stop, ended: make(chan struct{})}
	ready := make(chan struct{})
	go func() {
		defer close(p.ended)
		p.err = consuming(ctx, c, ch, params, opts, func(k *consumer) error {
			k.pull, p.consumer = true, k
			if k.policy.Guarantee == EffectivelyOnce {
				k.offers = &offers{}
			}
			return k.route([]Route{Handle("", pass)})
		}, func(k *consumer, ctx context.Context) error {
			return k.runWith(ctx, func() { close(ready) })
		})
	}()
	select {
	case <-ready:
		return p, nil
	case <-p.ended:
		defer stop()
		return nil, cmp.Or(p.err, error(&Error{Op: opConsume, Err: cmp.Or(ctx.Err(), driver.ErrClosed)}))
	}
}

// Fetch returns at least one and at most so many messages, in the order of
// their keys, and waits until there is one or ctx ends. After the end the error
// matches ErrClosed; it is that of the end when it was not asked for. Less than one
// message is ErrInvalid.
func (p *Puller) Fetch(ctx context.Context, most int) ([]*Fetched, error) {
	if most < 1 {
		return nil, &Error{Op: opFetch, Err: fmt.Errorf("%d messages are asked for, one is the least: %w", most, driver.ErrInvalid)}
	}
	k := p.consumer
	defer context.AfterFunc(ctx, k.lanes.wakeAll)()
	for {
		hands, err := k.lanes.takeSingle(ctx, most, k.offers)
		if err != nil {
			return nil, p.endOr(err)
		}
		out := k.offers.take(most)
		for _, h := range hands {
			if f := k.fetched(h); f != nil {
				out = append(out, f)
			}
		}
		if len(out) > 0 {
			return out, nil
		}
	}
}

// endOr returns an error of Fetch, with that of the end if there was one.
func (p *Puller) endOr(err error) error {
	select {
	case <-p.ended:
		if p.err != nil {
			err = fmt.Errorf("%w: %w", err, p.err)
		}
	default:
	}
	return &Error{Op: opFetch, Address: p.consumer.subscription.Addresses[0], Err: err}
}

// takeSingle waits for lanes and takes the first job of each, none when there
// are offers. ErrClosed is that work is over.
func (ls *lanes) takeSingle(ctx context.Context, most int, o *offers) ([]*hand, error) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	defer ls.rouse()
	for !ls.over && !ls.ended() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		offered, patience := o.state()
		if offered {
			return nil, nil
		}
		if patience > 0 {
			time.AfterFunc(patience, ls.wakeAll)
		} else if hands := ls.collect(most, 1); hands != nil {
			return hands, nil
		} else if hands, drew := ls.draw(ctx, most); hands != nil {
			return hands, nil
		} else if drew {
			continue
		}
		ls.await()
	}
	return nil, driver.ErrClosed
}

// fetched makes a Fetched of what was taken, or concludes it and returns nil
// when there is nothing to hand out.
func (k *consumer) fetched(h *hand) *Fetched {
	it := k.prepare(k.handling, h, 0, nil)
	if !it.handled {
		k.settleItems(h, []item{it})
		return nil
	}
	f := &Fetched{Incoming: it.in, consumer: k, hand: h, since: time.Now()}
	if k.offers != nil {
		k.ask(f, it)
		return nil
	}
	return f
}

// Close gives back what was fetched and is not done, makes the
// acknowledgements durable and leaves the group, waiting no longer than ctx
// allows. Closing twice is harmless.
func (p *Puller) Close(ctx context.Context) error {
	p.stop()
	if err := wait(ctx, p.ended); err != nil {
		return err
	}
	return p.err
}

// Fetched is a message that was fetched. It ends with Ack or Nack, which may be
// called by any goroutine; the first call counts.
type Fetched struct {
	*Incoming
	consumer *consumer
	hand     *hand
	since    time.Time // when it was handed out
	over     atomic.Bool
	said     chan error // what its caller says, with an inbox
	noted    chan error // what the inbox says then
}

// Ack says that the message is done, and lets the inbox remember it
// (EffectivelyOnce): once it does, it is done, and the error is nil, whoever has the
// partition then. The error matches ErrStale when its partition has gone to another
// member, and ErrClosed when the Puller was closed: then it is delivered again. With
// the error of an inbox it is handed out again; so it is when what was published with
// Incoming.Context cannot be stored with it (ExactlyOnce), unless nobody knows
// whether it was, which ends the Puller. When ctx ends first the error matches
// ErrUnknownOutcome, and all of this goes on by itself.
func (f *Fetched) Ack(ctx context.Context) error {
	if !f.over.CompareAndSwap(false, true) {
		return nil
	}
	if err := f.ackWithin(ctx); err != nil {
		return &Error{Op: opAck, Address: f.message.Address, Err: err}
	}
	return nil
}

// ackWithin is ack that does not wait for an inbox or a unit when ctx has ended.
func (f *Fetched) ackWithin(ctx context.Context) error {
	if f.said == nil && f.consumer.committer == nil || ctx.Done() == nil {
		return f.ack(ctx)
	}
	over := make(chan error, 1)
	go func() { over <- f.ack(context.WithoutCancel(ctx)) }()
	select {
	case err := <-over:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrUnknownOutcome, ctx.Err())
	}
}

// ack acknowledges, however long it takes.
func (f *Fetched) ack(ctx context.Context) error {
	k := f.consumer
	if k.handling.Err() != nil {
		k.lanes.giveUp(f.hand, 1, outcome{})
		return driver.ErrClosed
	}
	k.observe(f.Context(), Event{Kind: EventHandled, Message: f.message, Attempt: f.Attempt(), Took: time.Since(f.since)})
	var err error
	switch {
	case f.said != nil:
		f.said <- nil
		switch err = <-f.noted; {
		case err == nil:
			_ = k.ack(ctx, f.hand.jobs.First().delivery) // it is logged, and the message known if it comes again
		case k.handling.Err() == nil:
			f.giveUp(err)
			return err
		}
	case k.committer != nil:
		o, err := f.commit()
		done := 0
		if o.verdict == finished {
			done = 1
		}
		k.lanes.giveUp(f.hand, done, o)
		return err
	case !k.lanes.kept:
		err = k.ack(ctx, f.hand.jobs.First().delivery)
	}
	k.lanes.giveUp(f.hand, 1, outcome{})
	return err
}

// Nack says that the message is not done, and why; nil is no reason. It is
// handed out again, moved or dropped, as the error of a handler would have it.
func (f *Fetched) Nack(reason error) {
	if !f.over.CompareAndSwap(false, true) {
		return
	}
	if reason == nil {
		reason = errGivenBack
	}
	f.own().took = time.Since(f.since)
	if f.said != nil {
		f.said <- reason
		<-f.noted
	}
	f.giveUp(reason)
}

// giveUp says that the message is not done.
func (f *Fetched) giveUp(reason error) {
	o, done := f.consumer.conclude(f.Context(), f.hand.jobs.First(), f.Incoming, reason), 0
	if o.verdict == finished {
		done = 1
	}
	f.consumer.lanes.giveUp(f.hand, done, o)
}

// errGivenBack is the reason of a Nack without one.
var errGivenBack = errors.New("given back")
