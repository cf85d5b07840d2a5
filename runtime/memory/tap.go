package memory

import (
	"context"
	"io"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// tap reads partitions without being known to any group.
type tap struct {
	transport *Transport
	match     func(address string) bool
	wake      chan struct{}
	done      chan struct{} // closed when the tap is

	// Guarded by broker.logs.
	known     int // of how many that were created it is settled whether they match
	order     []*partition
	positions map[*partition]int64
}

// positions returns where every partition that exists is to be read from.
func (b *broker) positions(start driver.Start) map[*partition]int64 {
	at := map[*partition]int64{}
	for _, t := range b.order {
		for _, p := range t.partitions {
			at[p] = p.base
			if start == driver.StartLatest {
				at[p] = p.end()
			}
		}
	}
	return at
}

// watch takes up the partitions whose address matches; then so many topics are known.
// match is called without the lock, since it is the user's.
func (t *tap) watch(at map[*partition]int64, known int) {
	matches := map[*topic]bool{}
	for p := range at {
		if _, asked := matches[p.topic]; !asked {
			matches[p.topic] = t.match == nil || t.match(p.topic.name)
		}
	}
	b := t.transport.broker
	b.logs.Lock()
	defer b.logs.Unlock()
	if t.positions == nil {
		t.positions = map[*partition]int64{}
	}
	for _, topic := range b.order {
		if !matches[topic] {
			continue
		}
		for _, p := range topic.partitions {
			if _, watched := t.positions[p]; !watched { // two may look at a time
				t.order = append(t.order, p)
				t.positions[p] = max(at[p], p.base) // what was dropped before is gone
			}
		}
	}
	t.known = max(t.known, known)
}

// discover takes up what was created since the last look.
func (t *tap) discover() {
	b := t.transport.broker
	b.logs.Lock()
	fresh := map[*partition]int64{}
	for _, topic := range slices.Backward(b.order) {
		if topic.number < t.known {
			break
		}
		for _, p := range topic.partitions {
			fresh[p] = 0
		}
	}
	known := b.made
	b.logs.Unlock()
	if len(fresh) > 0 {
		t.watch(fresh, known)
	}
}

// Receive returns up to 256 messages.
func (t *tap) Receive(ctx context.Context) ([]*driver.Message, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		select {
		case <-t.done:
			return nil, io.EOF
		default:
		}
		t.discover()
		if batch := t.collect(); len(batch) > 0 {
			for i, m := range batch {
				batch[i] = m.Whole()
			}
			return batch, nil
		}
		select {
		case <-t.wake:
		case <-t.done:
		case <-ctx.Done():
		}
	}
}

// collect returns what is there now.
func (t *tap) collect() []*driver.Message {
	t.transport.broker.logs.Lock()
	defer t.transport.broker.logs.Unlock()
	var out []*driver.Message
	for _, p := range t.order {
		from := max(t.positions[p], p.base)
		n := min(int64(maxBatch-len(out)), p.end()-from)
		for offset := range n {
			out = append(out, p.at(from+offset))
		}
		t.positions[p] = from + n
	}
	return out
}

// Addresses lists, sorted, what is being watched now.
func (t *tap) Addresses() []string {
	t.discover()
	t.transport.broker.logs.Lock()
	defer t.transport.broker.logs.Unlock()
	var names []string
	for _, p := range t.order {
		names = append(names, p.topic.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Close stops watching.
func (t *tap) Close(context.Context) error {
	t.transport.broker.logs.Lock()
	defer t.transport.broker.logs.Unlock()
	t.close()
	return nil
}

// close is Close for who holds the lock.
func (t *tap) close() {
	select {
	case <-t.done:
		return
	default:
	}
	close(t.done)
	delete(t.transport.taps, t)
	delete(t.transport.broker.taps, t)
}
