package kafka

import (
	"context"
	"fmt"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// call is one call of Publish.
type call struct {
	items []item
	done  chan struct{}

	mu   sync.Mutex
	open int
	err  error // the first
}

func newCall(n int) *call {
	return &call{items: make([]item, n), open: n, done: make(chan struct{})}
}

// finish notes that the outcome of n messages is known.
func (c *call) finish(n int, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open -= n
	if c.err == nil {
		c.err = err
	}
	if c.open == 0 {
		close(c.done)
	}
}

// wait returns when all messages have an outcome or ctx ends. After it returned
// nobody reads the messages.
func (c *call) wait(ctx context.Context) error {
	select {
	case <-c.done:
		return c.result()
	case <-ctx.Done():
	}
	sent := 0
	for i := range c.items {
		if c.items[i].lane.withdraw(&c.items[i]) {
			sent++
		}
	}
	select {
	case <-c.done: // meanwhile
		return c.result()
	default:
	}
	if sent > 0 {
		return fmt.Errorf("kafka: publish: %d of %d messages were on their way: %w: %w",
			sent, len(c.items), driver.ErrUnknownOutcome, ctx.Err())
	}
	return fmt.Errorf("kafka: publish: no broker took the messages in time, they were not sent: %w", ctx.Err())
}

func (c *call) result() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// either returns a context that ends with a or with b.
func either(a, b context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(a)
	stop := context.AfterFunc(b, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}
