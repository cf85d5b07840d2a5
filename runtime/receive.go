package runtime

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// receive queues what arrives until ctx ends (nil) or receiving cannot go on.
func (k *consumer) receive(ctx context.Context) error {
	for failures := 0; ; {
		if !k.awaitRoom(ctx) {
			return nil
		}
		batch, err := k.receiver.Receive(ctx)
		if !k.queue(ctx, batch) || ctx.Err() != nil {
			return nil
		}
		switch {
		case err == nil:
			failures = 0
		case errors.Is(err, io.EOF):
			return driver.ErrClosed
		case errors.Is(err, driver.ErrPartition) && !errors.Is(err, driver.ErrClosed):
			failures = 0
			k.log.Warn("receiving failed in part, the rest goes on", "error", err)
		case permanent(err):
			return err
		default:
			failures++
			delay := k.policy.Retry.wait(failures)
			k.log.Warn("receiving failed, trying again", "error", err, "delay", delay)
			if !sleep(ctx, delay) {
				return nil
			}
		}
	}
}

// permanent reports whether receiving again is of no use.
func permanent(err error) bool {
	return isAny(err, driver.ErrClosed, driver.ErrUnauthorized, driver.ErrNotFound, driver.ErrInvalid)
}

// sleep waits, and reports whether it was for all of d.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// awaitRoom waits until the window is open, and reports false when ctx ended.
func (k *consumer) awaitRoom(ctx context.Context) bool {
	for k.lanes.isFull() {
		select {
		case <-k.lanes.room:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// queue puts a batch into lanes as the window opens. It reports false, and
// keeps the rest as leftover, when ctx ended before all of it was in.
func (k *consumer) queue(ctx context.Context, batch []driver.Delivery) bool {
	k.observeReceived(ctx, batch)
	switch {
	case k.policy.Guarantee == AtMostOnce && k.pull:
		k.lanes.offer(batch)
		return true
	case k.policy.Guarantee == AtMostOnce:
		return k.queueAcked(ctx, batch)
	}
	for looks := k.lanes.lookAt(batch); ; {
		n := k.lanes.put(batch, looks)
		if batch, looks = batch[n:], looks[n:]; len(batch) == 0 {
			return true
		}
		select {
		case <-k.lanes.room:
		case <-ctx.Done():
			k.leftover = slices.Clone(batch)
			return false
		}
	}
}

// queueAcked acknowledges each message before it is put into lanes, and makes
// that durable. What is no longer ours is left out.
func (k *consumer) queueAcked(ctx context.Context, batch []driver.Delivery) bool {
	for len(batch) > 0 {
		if !k.awaitRoom(ctx) {
			k.leftover = slices.Clone(batch)
			return false
		}
		n := min(len(batch), max(1, k.policy.MaxInFlight/4))
		part := k.ackAll(ctx, slices.Clone(batch[:n]))
		batch = batch[n:]
		k.lanes.insist(part)
	}
	return true
}

// ackAll acknowledges messages and returns those that may be handled. Once ctx has ended
// it takes no longer than a drain.
func (k *consumer) ackAll(ctx context.Context, batch []driver.Delivery) []driver.Delivery {
	ctx, cancel := lasting(ctx, k.options.DrainTimeout)
	defer cancel()
	batch = slices.DeleteFunc(batch, func(d driver.Delivery) bool { return k.ack(ctx, d) != nil })
	if k.flusher == nil || len(batch) == 0 {
		return batch
	}
	if err := k.flusher.Flush(ctx); err != nil {
		k.log.Warn("messages are dropped: whether they are acknowledged is not known", "count", len(batch), "error", err)
		for _, d := range batch {
			k.observe(ctx, Event{Kind: EventDropped, Message: d.Message(), Err: err})
		}
		return nil
	}
	return batch
}

// lasting returns a context that ends so much later than ctx.
func lasting(ctx context.Context, longer time.Duration) (context.Context, context.CancelFunc) {
	out, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		if sleep(out, longer) {
			cancel()
		}
	})
	return out, func() { stop(); cancel() }
}

// giveBack returns a delivery that was not handled. One that was acknowledged
// when it came is lost.
func (k *consumer) giveBack(ctx context.Context, d driver.Delivery, acked bool) {
	m := d.Message()
	if acked {
		k.logOf(m).Warn("message is dropped: it was not begun in time")
		k.observe(ctx, Event{Kind: EventDropped, Message: m})
		return
	}
	err := d.Nack(ctx)
	if err != nil && !errors.Is(err, driver.ErrStale) && !errors.Is(err, driver.ErrClosed) {
		k.logOf(m).Warn("message could not be given back", "error", err)
	}
	k.observe(ctx, Event{Kind: EventReturned, Message: m, Err: err})
}

// revoked reports whether the delivery's assignment has ended.
func revoked(d driver.Delivery) bool {
	r, ok := d.(driver.Revocable)
	if !ok {
		return false
	}
	select {
	case <-r.Revoked():
		return true
	default:
		return false
	}
}
