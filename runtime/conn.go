package runtime

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Conn publishes and consumes over one transport. Its methods, and the
// functions that take it, may be called concurrently.
type Conn struct {
	transport driver.Transport
	features  driver.Features
	options   Options
	group     string // that of Options; empty: none was named
	names     *attributeNames
	ids       *ids // nil: Options.NewID makes them
	singles   singles
	keeper    driver.Keeper // the transport, when it is one

	closed  atomic.Bool // nothing may be published
	exactly atomic.Bool // there was a consumer that keeps back what handlers publish

	mu        sync.Mutex
	closing   bool                             // no more consumers may start
	consumers map[*context.CancelFunc]struct{} // running, by what stops them
	idle      chan struct{}                    // closed when the last consumer ended after closing began
	done      chan struct{}                    // closed when closing ended
}

// Open returns a Conn over t, which it owns from now on. It never fails and
// does not talk to the broker.
func Open(t driver.Transport, o *Options) *Conn {
	features := t.Features()
	keeper, _ := t.(driver.Keeper)
	options := o.withDefaults()
	c := &Conn{
		group:     options.Group,
		keeper:    keeper,
		transport: t,
		features:  features,
		names:     newAttributeNames(features.AttributePrefix),
		options:   options,
		consumers: map[*context.CancelFunc]struct{}{},
		idle:      make(chan struct{}),
		done:      make(chan struct{}),
	}
	if c.options.NewID == nil {
		c.ids = &ids{}
	}
	return c
}

// Close stops all consumers as if their contexts had ended, waits until they
// have drained, and closes the transport, waiting no longer than ctx allows.
// Until then handlers, and everyone else, may publish. Closing twice is harmless;
// the second call waits for the first. Close must not be called by a handler,
// which it would wait for.
func (c *Conn) Close(ctx context.Context) error {
	if !c.stop() {
		return wait(ctx, c.done)
	}
	defer close(c.done)
	err := wait(ctx, c.idle)
	if err != nil {
		err = fmt.Errorf("consumers are still draining: %w", err)
	}
	c.closed.Store(true)
	if err = errors.Join(err, c.transport.Close(ctx)); err != nil {
		return &Error{Op: opClose, Err: err}
	}
	return nil
}

// stop tells all consumers to stop and lets no more start. It reports whether
// this is the first time.
func (c *Conn) stop() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	c.closing = true
	for cancel := range c.consumers {
		(*cancel)()
	}
	if len(c.consumers) == 0 {
		close(c.idle)
	}
	return true
}

// wait returns when done is closed or ctx ended.
func wait(ctx context.Context, done <-chan struct{}) error {
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// isClosed reports whether publishing is over.
func (c *Conn) isClosed() bool { return c.closed.Load() }

// enter registers a consumer. Its context ends with ctx and when c is closed;
// leave is called when it has drained.
func (c *Conn) enter(ctx context.Context) (consuming context.Context, leave func(), err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return nil, nil, driver.ErrClosed
	}
	consuming, cancel := context.WithCancel(ctx)
	c.consumers[&cancel] = struct{}{}
	return consuming, func() {
		cancel()
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.consumers, &cancel)
		if c.closing && len(c.consumers) == 0 {
			close(c.idle)
		}
	}, nil
}
