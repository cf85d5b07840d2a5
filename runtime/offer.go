package runtime

import (
	"context"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// offers are the messages of a Puller that its inbox does not know, and that
// nobody has fetched yet. Nil is a Puller without an inbox.
type offers struct {
	mu    sync.Mutex
	ready []*Fetched
	asked int       // of which the inbox has not said whether it knows them
	last  time.Time // when it was asked
}

// askPatience is how long an inbox is waited for before it is asked about
// more messages: those that it is slow with may wait for equal ones that the
// caller of Fetch has.
const askPatience = 5 * time.Millisecond

// state tells whether messages are ready, and how long to wait before the inbox
// is asked about more.
func (o *offers) state() (ready bool, patience time.Duration) {
	if o == nil {
		return false, 0
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.asked > 0 {
		patience = askPatience - time.Since(o.last)
	}
	return len(o.ready) > 0, patience
}

// ask counts a message of which the inbox is asked.
func (o *offers) ask() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked++
	o.last = time.Now()
}

// answered says that the inbox has answered; f is offered unless it is nil.
func (o *offers) answered(f *Fetched) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.asked--
	if f != nil {
		o.ready = append(o.ready, f)
	}
}

// take returns at most so many of those that are ready.
func (o *offers) take(most int) []*Fetched {
	if o == nil {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	n := min(most, len(o.ready))
	out := o.ready[:n:n]
	o.ready = o.ready[n:]
	return out
}

// ask asks the inbox about a message, and offers it when it is new. The inbox
// has it until its caller says what became of it, or work ends.
func (k *consumer) ask(f *Fetched, it item) {
	f.said, f.noted = make(chan error, 1), make(chan error, 1)
	k.offers.ask()
	k.workers.Go(func() {
		offered, known := false, false
		err := error(&PanicError{Value: "the inbox ended its goroutine"})
		defer func() {
			if offered {
				f.noted <- err
			} else {
				k.unoffered(f, it, known, err)
			}
		}()
		err = contained(func() (err error) {
			known, err = k.options.Inbox.Once(k.handling, k.entry(f.Incoming), func(ctx context.Context) error {
				f.within(ctx)
				offered = true
				return k.offer(f)
			})
			return err
		})
	})
}

// offer lets a message be fetched, and returns what its caller says of it.
func (k *consumer) offer(f *Fetched) error {
	f.since = time.Now()
	k.offers.answered(f)
	k.lanes.wakeAll()
	select {
	case err := <-f.said:
		return err
	case <-k.handling.Done():
		return driver.ErrClosed
	}
}

// unoffered concludes a message that the inbox knows, or has failed with.
func (k *consumer) unoffered(f *Fetched, it item, known bool, err error) {
	if it.err = err; known && err == nil {
		it.err = errKnown
		k.observe(k.handling, Event{Kind: EventDuplicate, Message: it.job.message(), Attempt: f.Attempt()})
	}
	k.settleItems(f.hand, []item{it})
	k.offers.answered(nil)
	k.lanes.wakeAll()
}
