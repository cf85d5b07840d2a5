package kafka

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// item is one message on its way.
type item struct {
	message *driver.Message
	call    *call
	lane    *lane
	size    int
	state   itemState // guarded by lane.mu
}

// itemState tells how far a message got.
type itemState uint8

const (
	waiting   itemState = iota // in the queue, or taken out of it
	encoded                    // copied into a batch that may be on its way
	withdrawn                  // its Publish returned before it was encoded
	abandoned                  // its Publish returned after it was encoded
	stored                     // the outcome is known
)

// lane publishes to one partition: one request at a time, with everything that
// came while the one before was under way. It has a goroutine only while there
// is something to do.
type lane struct {
	publisher *publisher
	outlet    *outlet
	at        topicPartition

	mu       sync.Mutex
	queue    []*item
	due      bool // somebody is going to kick
	running  bool
	maxBatch int

	// encoding is held while messages are read. Who returns to a caller after
	// withdrawing has to pass through it: the caller may change its bytes then.
	encoding sync.Mutex

	// What follows belongs to the goroutine. sequence is the number of the next
	// record under id; a spent id is not used for another batch.
	id       producer
	spent    bool
	sequence int32
	buffer   []byte
}

// put appends to the queue. When it reports true the caller has to kick.
func (l *lane) put(it *item) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = append(l.queue, it)
	if l.due || l.running {
		return false
	}
	l.due = true
	return true
}

// kick starts the goroutine unless it runs.
func (l *lane) kick() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.due = false
	if l.running || len(l.queue) == 0 {
		return
	}
	l.running = true
	l.publisher.workers.Go(l.work)
}

// withdraw takes a message back whose caller leaves. It reports whether the
// message may have been sent; whatever it reports, nobody reads it any more.
func (l *lane) withdraw(it *item) (sent bool) {
	l.mu.Lock()
	switch it.state {
	case waiting:
		it.state = withdrawn
	case encoded:
		it.state = abandoned
		sent = true
	}
	l.mu.Unlock()
	l.encoding.Lock()
	defer l.encoding.Unlock()
	return sent
}

func (l *lane) work() {
	for batch := l.take(); batch != nil; batch = l.take() {
		l.store(batch)
	}
}

// take returns what goes into the next batch, nil when there is nothing.
func (l *lane) take() []*item {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, size := 0, batchHead
	for n < len(l.queue) {
		size += l.queue[n].size
		if size > l.maxBatch && n > 0 {
			break
		}
		n++
	}
	if n == 0 {
		l.running = false
		l.queue = nil
		return nil
	}
	batch := l.queue[:n:n]
	l.queue = l.queue[n:]
	l.outlet.flushed(l.at.partition)
	return batch
}

// store sends a batch. When the broker refuses it for the sake of a part of it,
// the halves go on by themselves, in order.
func (l *lane) store(items []*item) {
	err := l.try(items)
	if len(items) == 1 || err == nil || reactTo(err) != split {
		l.finish(items, err)
		return
	}
	l.shrink(err, items)
	half := len(items) / 2
	l.store(items[:half])
	l.store(items[half:])
}

// shrink makes the following batches smaller when this one was too large.
func (l *lane) shrink(err error, items []*item) {
	if meaning(codeOf(err)) != driver.ErrTooLarge {
		return
	}
	size := batchHead
	for _, it := range items {
		size += it.size
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.maxBatch = max(size/2, 4<<10)
}

// finish tells the callers.
func (l *lane) finish(items []*item, err error) {
	if err != nil {
		err = l.describe(err)
	}
	l.mu.Lock()
	for _, it := range items {
		if it.state == encoded || it.state == waiting {
			it.state = stored
		}
	}
	l.mu.Unlock()
	for start := 0; start < len(items); {
		end := start + 1
		for end < len(items) && items[end].call == items[start].call {
			end++
		}
		items[start].call.finish(end-start, err)
		start = end
	}
}

// describe turns the error of a batch into that of Publish.
func (l *lane) describe(err error) error {
	if l.publisher.life.Err() != nil {
		err = fmt.Errorf("%w: %w", driver.ErrClosed, err)
	}
	return failed(err, "publishing to %s", l.at)
}

// encode makes a batch of the messages whose callers still wait. It returns how
// many they are.
func (l *lane) encode(items []*item) ([]byte, int, error) {
	messages := make([]*driver.Message, 0, len(items))
	l.mu.Lock()
	for _, it := range items {
		if it.state == waiting || it.state == encoded {
			it.state = encoded
			messages = append(messages, it.message)
		}
	}
	l.encoding.Lock()
	defer l.encoding.Unlock()
	l.mu.Unlock()
	if len(messages) == 0 {
		return nil, 0, nil
	}
	b, err := l.publisher.encoder.batch(l.buffer[:0], messages, time.Now())
	return b, len(messages), err
}

// try sends one batch until its outcome is known or the time is up.
func (l *lane) try(items []*item) error {
	batch, count, err := l.encode(items)
	if err != nil || count == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(l.publisher.life, l.publisher.cluster.config.Timeouts.Publish)
	defer cancel()
	t := &trial{lane: l, batch: batch, count: int32(count)}
	err = t.run(ctx)
	l.buffer = nil
	if !t.lent {
		l.buffer = batch
	}
	if err == nil {
		l.sequence = (l.sequence + t.count) & math.MaxInt32
		return nil
	}
	if t.lost {
		l.spent = true
		return fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, err)
	}
	return err
}
