package kafka

import (
	"container/list"
	"context"
	"sync"
)

// budget bounds how many bytes wait to be published. Who comes first is served
// first, so that a big request is not starved by small ones.
type budget struct {
	mu      sync.Mutex
	limit   int
	used    int
	waiting list.List // of *claim
}

// claim is who waits for room.
type claim struct {
	size    int
	granted chan struct{}
}

func newBudget(limit int) *budget { return &budget{limit: limit} }

// take waits for room. What is larger than the whole budget gets all of it. The
// result is what to give back.
func (b *budget) take(ctx context.Context, size int) (int, error) {
	size = min(size, b.limit)
	b.mu.Lock()
	if b.waiting.Len() == 0 && b.used+size <= b.limit {
		b.used += size
		b.mu.Unlock()
		return size, nil
	}
	c := &claim{size: size, granted: make(chan struct{})}
	place := b.waiting.PushBack(c)
	b.mu.Unlock()

	select {
	case <-c.granted:
		return size, nil
	case <-ctx.Done():
		return b.withdraw(ctx, c, place)
	}
}

// withdraw gives up waiting, unless room was granted meanwhile.
func (b *budget) withdraw(ctx context.Context, c *claim, place *list.Element) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-c.granted:
		return c.size, nil
	default:
	}
	b.waiting.Remove(place)
	b.grant()
	return 0, ctx.Err()
}

// give returns what take granted.
func (b *budget) give(size int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.used -= size
	b.grant()
}

// grant lets in those who wait, in order. The caller holds mu.
func (b *budget) grant() {
	for e := b.waiting.Front(); e != nil; e = b.waiting.Front() {
		c := e.Value.(*claim)
		if b.used+c.size > b.limit {
			return
		}
		b.used += c.size
		b.waiting.Remove(e)
		close(c.granted)
	}
}
