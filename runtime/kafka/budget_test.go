package kafka

import (
	"context"
	"errors"
	"sync"
	"testing"
)

// TestBudget: no more than the limit is granted at any time, everybody gets a
// turn, and who gives up leaves nothing behind.
func TestBudget(t *testing.T) {
	const limit = 10
	b := newBudget(limit)
	var mu sync.Mutex
	used, most := 0, 0
	count := func(n int) {
		mu.Lock()
		defer mu.Unlock()
		used += n
		most = max(most, used)
	}
	var all sync.WaitGroup
	for i := range 200 {
		all.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			if i%5 == 0 {
				cancel()
			}
			defer cancel()
			n, err := b.take(ctx, 1+i%15)
			if err != nil {
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
				return
			}
			count(n)
			count(-n)
			b.give(n)
		})
	}
	all.Wait()
	if most > limit || b.used != 0 || b.waiting.Len() != 0 {
		t.Errorf("at most %d granted, %d left, %d waiting", most, b.used, b.waiting.Len())
	}
}

// TestBudgetInOrder: a big request is not overtaken by small ones for ever, and
// when it gives up those behind it go on.
func TestBudgetInOrder(t *testing.T) {
	b := newBudget(10)
	held, _ := b.take(context.Background(), 5)
	ctx, cancel := context.WithCancel(context.Background())
	big, small := make(chan error), make(chan error)
	go func() { _, err := b.take(ctx, 10); big <- err }()
	waitFor(b, 1)
	go func() { _, err := b.take(context.Background(), 5); small <- err }()
	waitFor(b, 2)
	cancel()
	if err := <-big; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := <-small; err != nil {
		t.Error(err)
	}
	b.give(held)
}

// waitFor waits until so many wait.
func waitFor(b *budget, n int) {
	for {
		b.mu.Lock()
		waiting := b.waiting.Len()
		b.mu.Unlock()
		if waiting == n {
			return
		}
	}
}
