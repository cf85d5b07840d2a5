package kafka

import (
	"context"
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// chunk is what one answer of a broker brought for one partition.
type chunk struct {
	fetcher  *fetcher
	stream   *stream
	share    *share // nil for a tap
	messages []driver.Message
	next     int64 // the offset after all of it
	size     int   // bytes held, given back with the last message
}

// until returns the offset up to which there is nothing but messages: when they
// are the last of the chunk, all the way to its end.
func (c *chunk) until(messages []driver.Message) int64 {
	if len(c.messages) == 0 {
		return c.next
	}
	return messages[len(messages)-1].Offset + 1
}

// feed is the queue between fetchers and whoever receives. Its room is bounded
// by what the fetchers hold for each partition.
type feed struct {
	ready chan struct{}

	mu     sync.Mutex
	chunks []*chunk
	err    error // why there is nothing more
}

func newFeed() *feed { return &feed{ready: make(chan struct{}, 1)} }

// push appends a chunk, unless the feed has ended.
func (f *feed) push(c *chunk) {
	f.mu.Lock()
	if f.err == nil {
		f.chunks = append(f.chunks, c)
	}
	f.mu.Unlock()
	f.poke()
}

// end lets every pop return err from now on. The first call counts. What is
// queued is dropped.
func (f *feed) end(err error) {
	f.mu.Lock()
	if f.err == nil {
		f.err = err
		f.chunks = nil
	}
	f.mu.Unlock()
	f.poke()
}

// drop takes out every chunk of which the function says so.
func (f *feed) drop(which func(*chunk) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	kept := f.chunks[:0:0]
	for _, c := range f.chunks {
		if !which(c) {
			kept = append(kept, c)
			continue
		}
		for i := range c.messages {
			forgetHeaders(c.messages[i].Headers)
		}
	}
	f.chunks = kept
}

func (f *feed) poke() {
	select {
	case f.ready <- struct{}{}:
	default:
	}
}

// waits tells whether a chunk is of a partition that is paused.
func (c *chunk) waits() bool { return c.share != nil && c.share.paused.Load() }

// pop waits for a chunk of a partition that is not paused and hands over at most so many messages of it, before a
// drop can come between. A chunk without messages is handed over too.
func (f *feed) pop(ctx context.Context, most int, handed func(*chunk, []driver.Message)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		done, err := f.try(most, handed)
		if done || err != nil {
			return err
		}
		select {
		case <-f.ready:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// remove takes out a chunk. The first is by far the most frequent.
func (f *feed) remove(i int) {
	if i == 0 {
		f.chunks = f.chunks[1:]
		return
	}
	f.chunks = slices.Delete(f.chunks, i, i+1)
}

func (f *feed) try(most int, handed func(*chunk, []driver.Message)) (bool, error) {
	f.mu.Lock()
	i := slices.IndexFunc(f.chunks, func(c *chunk) bool { return !c.waits() })
	if f.err != nil || i < 0 {
		defer f.mu.Unlock()
		return false, f.err
	}
	c := f.chunks[i]
	n := min(most, len(c.messages))
	messages := c.messages[:n:n]
	c.messages = c.messages[n:]
	empty := len(c.messages) == 0
	if empty {
		f.remove(i)
	}
	handed(c, messages)
	f.mu.Unlock()
	if empty {
		c.fetcher.release(c.stream, c.size)
	}
	return true, nil
}
