package runtime

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Batch says how messages are put together for a BatchHandler.
type Batch struct {
	// Size is how many messages a batch has at most. Default: 100.
	Size int
	// Window is how long a batch waits for being full, from its first message on. Where
	// the policy lets no more come, since MaxInFlight messages or MaxPerKey of one key
	// wait, it is handled at once. Default: it does not wait.
	Window time.Duration
}

// BatchHandler handles several messages at once: those of each key in the order
// they were published. Nil says that all are done, a BatchError which are not,
// and any other error that none is; that of Incoming.Decode is its message's alone, and the
// others come again. Of a key the first that is not done is tried
// again, by itself, and then all that are behind it: a handler should not go on with
// a key that has failed. The context has no message in it; that of Incoming.Context
// lets Publish continue the chain of a message.
//
// Under ExactlyOnce what is done of a batch is stored as one with what was published
// for it: with the context of a message for that message, with the handler's context
// for all of them. Of the latter nothing is stored unless all are done: if one fails,
// the others come again, whatever becomes of that one.
type BatchHandler func(ctx context.Context, batch []*Incoming) error

// BatchError tells which messages of a batch are not done: the i-th error is
// that of the i-th message, nil when it is done, as are those it has no error
// for.
type BatchError []error

// Error returns how many messages failed, and the first reason.
func (e BatchError) Error() string {
	n := 0
	var first error
	for _, err := range e {
		if err != nil {
			if n++; first == nil {
				first = err
			}
		}
	}
	if n == 1 {
		return fmt.Sprintf("1 message of the batch failed: %v", first)
	}
	return fmt.Sprintf("%d messages of the batch failed: %v", n, first)
}

// Unwrap returns the errors.
func (e BatchError) Unwrap() []error { return e }

// ConsumeBatch is Consume with a handler of batches, which gets messages of all
// types as they arrived. Policy.Concurrency and Policy.Rate count batches, and
// Policy.AttemptTimeout is that of a batch. Middleware sees each message before
// its batch is handled: its error keeps the message out of it, and what it does not hand
// on is done.
func ConsumeBatch(
	ctx context.Context, c *Conn, ch *Channel, params []string, b Batch, handle BatchHandler, opts ...ConsumeOption,
) error {
	setDefault(&b.Size, 100)
	return consuming(ctx, c, ch, params, opts, func(k *consumer) error {
		if handle == nil {
			return fmt.Errorf("batches have no handler: %w", driver.ErrInvalid)
		}
		k.batch = &batching{Batch: b, handle: handle}
		return k.route([]Route{Handle("", pass)})
	}, func(k *consumer, ctx context.Context) error {
		return k.runWith(ctx, func() {
			for range k.policy.workers() {
				k.workers.Go(k.newBatcher().work)
			}
		})
	})
}

// pass is the handler within the middleware of messages that are handled
// elsewhere.
func pass(_ context.Context, in *Incoming) error {
	in.passed = true
	return nil
}

// batching is what a consumer of batches has.
type batching struct {
	Batch
	handle BatchHandler
}

// item is one message of a batch.
type item struct {
	job     *job
	in      *Incoming
	handled bool // by the batch's handler: err is its
	err     error
}

// batcher handles batches of one consumer, one after the other.
type batcher struct {
	*consumer
	stand
	hands []*hand
	items [][]item // of each hand; nil while they are prepared
	taken []*item  // those for the handler
	unit  *batchUnit
	spent bool          // the handler was called
	took  time.Duration // by the handler
}

func (k *consumer) newBatcher() *batcher { return &batcher{consumer: k} }

// work handles batches until work is over. A handler that ends its goroutine has
// failed, and another batcher takes over.
func (w *batcher) work() {
	defer w.rescue()
	for !w.replaced.Load() {
		if w.hands = w.lanes.takeBatch(w.consumer.batch.Batch); w.hands == nil {
			return
		}
		w.handle()
		w.hands, w.items, w.taken, w.unit, w.spent, w.took = nil, nil, nil, nil, false, 0
	}
}

// rescue ends the attempt of a handler, or of middleware, that ended its goroutine.
func (w *batcher) rescue() {
	if w.hands == nil {
		return
	}
	w.attempting(&w.stand, false)
	if w.items == nil {
		for _, h := range w.hands {
			w.lanes.giveUp(h, 0, outcome{verdict: failed, delay: w.policy.Retry.wait(h.failures + 1)})
		}
	} else {
		for _, it := range w.taken {
			it.err = &PanicError{Value: "the handler ended its goroutine"}
		}
		w.settle()
	}
	if !w.replaced.Load() {
		w.workers.Go(w.newBatcher().work)
	}
}

// handle handles what is in the hands.
func (w *batcher) handle() {
	ctx, cancel := w.handling, context.CancelFunc(func() {})
	if w.policy.AttemptTimeout > 0 {
		ctx, cancel = context.WithTimeout(ctx, w.policy.AttemptTimeout)
		w.attempting(&w.stand, true)
		defer time.AfterFunc(w.policy.AttemptTimeout, func() {
			w.replace(&w.stand, w.log, w.newBatcher().work)
		}).Stop()
	}
	defer cancel()
	if w.committer != nil {
		w.unit = w.newBatchUnit()
	}
	items := make([][]item, len(w.hands))
	for i, h := range w.hands {
		items[i] = w.prepareAll(ctx, h)
		for n := range items[i] {
			if it := &items[i][n]; it.handled {
				w.taken = append(w.taken, it)
			}
		}
	}
	w.items = items
	w.handleItems(w.unit.within(ctx), w.taken)
	w.attempting(&w.stand, false)
	if !w.spent {
		w.lanes.unspent()
	} else if w.options.Observer != nil {
		w.observeHandled()
	}
	w.settle()
}

// observeHandled tells of what the handler has done, and notes how long it took for
// what it has not.
func (w *batcher) observeHandled() {
	for _, it := range w.taken {
		if it.err == nil {
			w.observe(it.in.Context(), Event{Kind: EventHandled, Message: it.in.message, Attempt: it.in.Attempt(), Took: w.took})
		} else {
			it.in.own().took = w.took
		}
	}
}

// prepareAll makes items of the jobs in a hand. Where what is done is stored as one,
// those behind one that is not for the handler come with a later batch.
func (w *batcher) prepareAll(ctx context.Context, h *hand) []item {
	items := make([]item, 0, h.jobs.Len())
	for n := range h.jobs.Len() {
		it := w.prepare(ctx, h, n, w.unit)
		items = append(items, it)
		if w.unit != nil && !it.handled && !it.done() {
			break
		}
	}
	return items
}

// settle concludes what was in the hands.
func (w *batcher) settle() {
	if w.unit != nil {
		w.settleUnit()
		return
	}
	for i, h := range w.hands {
		w.settleItems(h, w.items[i])
	}
}

// handleItems calls the handler of batches, and gives each message its error.
func (w *batcher) handleItems(ctx context.Context, items []*item) {
	if len(items) == 0 {
		return
	}
	if inbox, ok := w.options.Inbox.(BatchInbox); ok && w.policy.Guarantee == EffectivelyOnce {
		w.handleOnce(ctx, inbox, items)
		return
	}
	batch := make([]*Incoming, len(items))
	for i, it := range items {
		batch[i] = it.in
	}
	for i, err := range w.handleAll(ctx, batch) {
		items[i].err = err
	}
}

// handleAll calls the handler of batches, and returns the error of each message. When it
// is that one cannot be read the others come again, unless nothing does.
func (w *batcher) handleAll(ctx context.Context, batch []*Incoming) []error {
	start := time.Now()
	w.spent = true
	err := contained(func() error { return w.consumer.batch.handle(ctx, batch) })
	w.took += time.Since(start)
	each := spread(err, len(batch))
	unreadable := func(in *Incoming) bool { return in.whyUnread(err) != nil }
	if _, partial := errors.AsType[BatchError](err); partial || err == nil || w.lanes.kept || !slices.ContainsFunc(batch, unreadable) {
		return each
	}
	for i, in := range batch {
		if !unreadable(in) {
			each[i] = becauseOf(err)
		}
	}
	return each
}

// prepare makes an item of the n-th job in a hand.
func (k *consumer) prepare(ctx context.Context, h *hand, n int, unit *batchUnit) item {
	it := item{job: h.jobs.At(n)}
	if it.job.move != nil || !k.lanes.kept && revoked(it.job.delivery) {
		return it
	}
	failures := 0
	if n == 0 {
		failures = h.failures
	}
	it.in = new(Incoming)
	m := it.job.message()
	it.in.begin(k.origin, m, failures+1)
	if ctx != k.handling {
		it.in.within(ctx)
	}
	k.enlist(it.in, unit)
	if why := k.unwanted(it.job, m); why != nil {
		it.err = it.in.untried(why)
		return it
	}
	it.err = k.call(it.in.Context(), it.in)
	h.spent = it.in.started()
	it.handled = it.err == nil && it.in.passed // else middleware has handled it
	return it
}

// spread returns the error of each of n messages, nil when none has one.
func spread(err error, n int) []error {
	if err == nil {
		return nil
	}
	each, partial := errors.AsType[BatchError](err)
	out := make([]error, n)
	for i := range out {
		if !partial {
			out[i] = err
		} else if i < len(each) {
			out[i] = each[i]
		}
	}
	return out
}

// settleItems concludes the messages of one lane, as far as they are over.
func (k *consumer) settleItems(h *hand, items []item) {
	for n, it := range items {
		if o := k.settleItem(h, it); o.verdict != finished {
			k.lanes.giveUp(h, n, o)
			return
		}
	}
	k.lanes.giveUp(h, len(items), outcome{})
}

// settleItem concludes one message.
func (k *consumer) settleItem(h *hand, it item) outcome {
	switch {
	case it.job.move != nil:
		return k.deliverMove(it.job, h.failures)
	case it.in != nil:
		return k.conclude(it.in.Context(), it.job, it.in, it.err)
	}
	return outcome{}
}
