package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// discoverEvery is how often a tap looks for topics that others create.
const discoverEvery = 250 * time.Millisecond

// tap reads partitions without being known to any group.
type tap struct {
	log     *Log
	match   func(address string) bool
	watcher *watcher
	done    chan struct{} // closed when the tap is

	mu      sync.Mutex
	known   map[string]bool // topics that match was asked about
	readers map[*partition]*tapped
	closed  bool
	busy    bool // Receive is reading
}

// tapped is a partition that a tap reads.
type tapped struct {
	reader *Reader
	alert  *alert

	// Of who calls Receive.
	rest  time.Duration // the last one
	until time.Time     // when it is over
}

// newTap takes the positions of everything that is there.
func (l *Log) newTap(o driver.TapOptions) (*tap, error) {
	t := &tap{
		log: l, match: o.Match, watcher: newWatcher(), done: make(chan struct{}),
		known: map[string]bool{}, readers: map[*partition]*tapped{},
	}
	return t, t.discover(o.Start)
}

// discover takes up the topics that are new.
func (t *tap) discover(begin driver.Start) error {
	names, err := t.log.names()
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		t.mu.Lock()
		known := t.known[name]
		t.known[name] = true
		t.mu.Unlock()
		if known || t.match != nil && !t.match(name) {
			continue
		}
		if err := t.take(name, begin); err != nil {
			t.mu.Lock()
			delete(t.known, name) // it is tried again
			t.mu.Unlock()
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// take begins to watch a topic, or the rest of its partitions.
func (t *tap) take(name string, begin driver.Start) error {
	topic, err := t.log.topic(name)
	if err != nil || topic == nil {
		return err
	}
	var marks markReader
	defer marks.close()
	for _, p := range topic.partitions {
		if err := p.update(&marks); err != nil {
			return err
		}
		at, end := p.bounds()
		if begin == driver.StartLatest {
			at = end
		}
		t.mu.Lock()
		if !t.closed && t.readers[p] == nil {
			in := &tapped{reader: p.reader(at), alert: p.watch(t.watcher)}
			t.readers[p] = in
			t.log.follow(p)
			in.alert.raise()
		}
		t.mu.Unlock()
	}
	return nil
}

// Receive returns up to 256 messages and the rest of what was read with them.
func (t *tap) Receive(ctx context.Context) ([]*driver.Message, error) {
	tick := time.NewTicker(discoverEvery)
	defer tick.Stop()
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		select {
		case <-t.done:
			return nil, io.EOF
		default:
		}
		if out, err := t.collect(); len(out) > 0 || err != nil {
			return out, err
		}
		select {
		case <-t.watcher.wake:
		case <-tick.C:
			if err := t.discover(driver.StartEarliest); err != nil {
				return nil, err
			}
		case <-t.done:
		case <-ctx.Done():
		}
	}
}

// collect returns what is there now, of the partitions that were told of. Damage is
// told when nothing else is left, and again after pauses.
func (t *tap) collect() ([]*driver.Message, error) {
	t.mu.Lock()
	t.busy = true
	t.mu.Unlock()
	defer t.rest()
	var out []*driver.Message
	var errs []error
	size := 0
	for n := t.watcher.waiting(); n > 0 && len(out) < maxBatch && size < maxRead; n-- {
		in := t.next()
		if in == nil {
			break
		}
		batch, err := in.read()
		out, size, errs = append(out, batch...), size+bytesOf(batch), append(errs, err)
	}
	if len(out) > 0 {
		return out, nil
	}
	return nil, errors.Join(errs...)
}

// read reads once, unless the partition is left alone because it could not be read,
// and sees to it that it is read again.
func (t *tapped) read() ([]*driver.Message, error) {
	if time.Now().Before(t.until) {
		return nil, nil
	}
	batch, err := t.reader.Read()
	if err != nil {
		t.rest = longerRest(t.rest)
		t.until = time.Now().Add(t.rest)
		time.AfterFunc(t.rest, t.alert.raise)
		return batch, fmt.Errorf("%w: %w", driver.ErrPartition, err)
	}
	if t.rest = 0; len(batch) > 0 {
		t.alert.raise() // there may be more
	}
	return batch, nil
}

// next takes the partition that is to be read next, nil when there is none.
func (t *tap) next() *tapped {
	a, ok := t.watcher.next()
	if !ok {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.readers[a.p]
}

// rest ends a collect; the readers of a tap that was closed meanwhile are
// closed now.
func (t *tap) rest() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.busy = false
	if t.closed {
		t.drop()
	}
}

// drop closes the readers. t.mu is held.
func (t *tap) drop() {
	for p, in := range t.readers {
		p.unwatch(in.alert)
		t.log.unfollow(p)
		in.reader.Close()
	}
	t.readers = nil
}

// Addresses lists, sorted, what is being watched now.
func (t *tap) Addresses() []string {
	_ = t.discover(driver.StartEarliest)
	t.mu.Lock()
	defer t.mu.Unlock()
	var names []string
	for p := range t.readers {
		names = append(names, p.topic.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Close stops watching.
func (t *tap) Close(context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	close(t.done)
	if !t.busy {
		t.drop()
	}
	return nil
}
