package runtime

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// batchUnit is what the handler of a batch publishes, and is stored as one with the
// acknowledgements of those of its messages that are done: what it published with
// the context of a message, if that is one of these, and what it published with that
// of the batch, if all are.
type batchUnit struct {
	room  allowance
	whole *keptBack // published with the batch's context
}

func (k *consumer) newBatchUnit() *batchUnit {
	u := &batchUnit{}
	u.room.ordered = true
	u.whole = &keptBack{conn: k.conn, room: &u.room}
	return u
}

// batchKey is the key of a keptBack in the context of a batch.
type batchKey struct{}

// within returns the context for the handler of a batch.
func (u *batchUnit) within(ctx context.Context) context.Context {
	if u == nil {
		return ctx
	}
	return context.WithValue(ctx, batchKey{}, u.whole)
}

// done reports whether an item is over once its unit is stored.
func (it *item) done() bool {
	return it.in != nil && (it.handled && it.err == nil || errors.Is(it.err, ErrSkip))
}

// errOthers is the failure of messages because of others of their batch: these are not
// done, and the handler has published for all, or they cannot be read. They come again
// however often that was: it is the others that end.
var errOthers = errors.New("others of the batch are not done")

// becauseOf is the failure of a message because of what has become of others: of what kind
// that is says nothing of this one.
func becauseOf(err error) error { return fmt.Errorf("%w: %v", errOthers, err) }

// settleUnit concludes what was in the hands, where what is done is stored as one.
func (w *batcher) settleUnit() {
	whole := w.unit.whole.seal()
	if err := firstFailure(w.taken); err != nil && len(whole) > 0 {
		for _, it := range w.taken {
			if it.err == nil || errors.Is(it.err, ErrSkip) {
				it.err = becauseOf(err)
			}
		}
	}
	var all []*item
	over := make([]int, len(w.hands)) // how many first messages of each lane are done
	for i, items := range w.items {
		for over[i] < len(items) && items[over[i]].done() {
			items[over[i]].in.unit().seal()
			all = append(all, &items[over[i]])
			over[i]++
		}
	}
	err := w.commitItems(all, w.unit.published(all))
	switch {
	case err == nil:
		for i, h := range w.hands {
			w.settleRest(h, w.items[i], over[i])
		}
	case w.handling.Err() != nil: // abandoned, and reported so
		for i, h := range w.hands {
			w.lanes.giveUp(h, len(w.items[i]), outcome{})
		}
	case errors.Is(err, ErrUnknownOutcome):
		w.stopFor(first(all).job, fmt.Errorf("a batch of %d messages, and what they cause: %w", len(all), err))
		for _, h := range w.hands {
			w.lanes.giveUp(h, 0, outcome{verdict: refused})
		}
	default:
		w.settleApart(whole, over, err)
	}
}

// firstFailure returns the first error of a handler's items that is not ErrSkip.
func firstFailure(items []*item) error {
	for _, it := range items {
		if it.err != nil && !errors.Is(it.err, ErrSkip) {
			return it.err
		}
	}
	return nil
}

// first returns the item that arrived first.
func first(items []*item) *item {
	least := items[0]
	for _, it := range items {
		if it.job.number < least.job.number {
			least = it
		}
	}
	return least
}

// published returns what is to be stored with items that are done, in the order in
// which it was published.
func (u *batchUnit) published(items []*item) []*driver.Message {
	from := map[*keptBack]bool{}
	for _, it := range items {
		if it.err == nil {
			from[it.in.unit()] = true
			from[u.whole] = true
		}
	}
	u.room.mu.Lock()
	defer u.room.mu.Unlock()
	var out []*driver.Message
	for _, m := range u.room.order {
		if from[m.of] {
			out = append(out, m.message)
		}
	}
	return out
}

// commitItems stores a unit, as often as it takes where the transport cannot for now.
func (w *batcher) commitItems(items []*item, publish []*driver.Message) error {
	if len(items) == 0 {
		return nil
	}
	deliveries := make([]driver.Delivery, len(items))
	for i, it := range items {
		deliveries[i] = it.job.delivery
	}
	for failures := 1; w.handling.Err() == nil; failures++ {
		start := time.Now()
		err := w.committer.Commit(w.handling, deliveries, publish...)
		w.observeUnit(items, publish, time.Since(start), err)
		if err == nil || permanent(err) || isAny(err, ErrUnknownOutcome, ErrStale, ErrClosed, ErrTooLarge) {
			return err
		}
		delay := w.policy.Retry.wait(failures)
		w.log.Error("a batch was handled, and what it causes could not be stored, trying again",
			"messages", len(items), "delay", delay, "error", err)
		sleep(w.handling, delay)
	}
	return w.handling.Err()
}

// isAny reports whether an error matches one of several.
func isAny(err error, of ...error) bool {
	for _, o := range of {
		if errors.Is(err, o) {
			return true
		}
	}
	return false
}

// observeUnit tells the observer what became of a unit.
func (w *batcher) observeUnit(items []*item, publish []*driver.Message, took time.Duration, err error) {
	if w.options.Observer == nil {
		return
	}
	for _, m := range publish {
		w.options.Observer.Observe(w.handling, Event{Kind: EventPublished, Message: m, Took: took, Err: err})
	}
	for _, it := range items {
		if err == nil && it.err != nil {
			w.observe(w.handling, Event{Kind: EventDropped, Message: it.job.message(), Attempt: it.in.Attempt(), Err: it.err})
		}
		w.observe(w.handling, Event{Kind: EventAcked, Message: it.job.message(), Err: err})
	}
}

// settleApart concludes what was in the hands when it could not be stored as one:
// because the partition of a message went to another member, or because the transport
// refuses something for good. What was published for single messages is stored with
// these. What was published for the batch as a whole cannot be: it is discarded, and
// what is still this member's is tried again, or has failed.
func (w *batcher) settleApart(whole []*driver.Message, over []int, err error) {
	for i, h := range w.hands {
		items := w.items[i]
		switch {
		case len(whole) == 0 || over[i] == 0:
			w.settleItems(h, items)
		case revoked(items[0].job.delivery):
			w.lanes.giveUp(h, len(items), outcome{})
		case isAny(err, ErrStale, ErrClosed):
			w.lanes.giveUp(h, 0, outcome{verdict: failed, delay: w.policy.Retry.wait(1)})
		default:
			for n := range over[i] {
				items[n].err = err
			}
			w.settleItems(h, items)
		}
	}
}

// settleRest concludes the messages of one lane that lie behind those that are done.
func (w *batcher) settleRest(h *hand, items []item, over int) {
	if over == len(items) {
		w.lanes.giveUp(h, over, outcome{})
		return
	}
	// Those behind were not handled, or were for nothing: of a key the first that is
	// not done comes again with all that are behind it.
	o := w.settleItem(h, items[over])
	if o.verdict == finished {
		over++
	}
	w.lanes.giveUp(h, over, o)
}
