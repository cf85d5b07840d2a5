package request

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Prefix is what the addresses of replies begin with, unless Options.Address
// says otherwise.
const Prefix = "asyncwire-replies."

// The attributes of a request.
const (
	attributeReplyTo = "replyto"
	attributeExpiry  = "expirytime"
)

// ErrKeptBack is the error of a request that is made with the context of a handler
// under runtime.ExactlyOnce: it would be sent when the handler has returned, which
// waits for the reply. Ask with a context that is not the handler's; then a failed
// attempt repeats the request.
var ErrKeptBack = fmt.Errorf("a handler under exactly-once cannot ask with its context: the request would be kept back until it returns: %w",
	runtime.ErrInvalid)

// Options adjusts a Client. The zero value, and nil, is the default.
type Options struct {
	// Address is where replies come to. Clients may share one: each takes its
	// own replies. Default: Prefix with a random name, an address of this client
	// alone.
	Address string
	// Timeout is how long a request waits whose context has no deadline.
	// Default: 30 s.
	Timeout time.Duration
	// MaxPending is how many requests may wait for replies; further ones wait
	// to be sent. Default: 10000.
	MaxPending int
}

// Client asks. Its methods may be called concurrently.
type Client struct {
	conn     *runtime.Conn
	address  string
	alone    bool   // the address is this client's
	instance string // begins the correlation ids of this client
	timeout  time.Duration
	room     chan struct{} // has an element for each request that waits
	stop     context.CancelFunc
	ended    chan struct{} // closed when nothing is received any more

	mu      sync.Mutex
	waiting map[string]chan *runtime.Incoming // by correlation id
	last    uint64
	stats   Stats
	err     error // why nothing is received any more
}

// Stats counts what a client did.
type Stats struct {
	// Sent requests, those among them that may have been sent (driver.ErrUnknownOutcome),
	// and those that were replied to in time.
	Sent, Replied uint64
	// Late replies came when nobody waited for them, or a second time.
	Late uint64
	// Foreign messages at the address were for other clients, or no replies.
	Foreign uint64
}

// NewClient returns a client that receives replies from now on, until Close or
// the end of conn. ctx is for starting alone.
func NewClient(ctx context.Context, conn *runtime.Conn, o *Options) (*Client, error) {
	var options Options
	if o != nil {
		options = *o
	}
	if options.Timeout <= 0 {
		options.Timeout = 30 * time.Second
	}
	if options.MaxPending <= 0 {
		options.MaxPending = 10000
	}
	name := strings.ToLower(rand.Text())
	c := &Client{
		conn: conn, address: cmp.Or(options.Address, Prefix+name), instance: name + "-",
		alone:   options.Address == "",
		timeout: options.Timeout,
		room:    make(chan struct{}, options.MaxPending),
		waiting: map[string]chan *runtime.Incoming{}, ended: make(chan struct{}),
	}
	if err := c.listen(ctx); err != nil {
		return nil, fmt.Errorf("receiving replies at %s: %w", c.address, err)
	}
	return c, nil
}

// listen begins to receive replies.
func (c *Client) listen(ctx context.Context) error {
	if err := c.conn.Provision(ctx, c.address); err != nil {
		return err
	}
	receiving, stop := context.WithCancel(context.WithoutCancel(ctx))
	c.stop = stop
	tap, err := c.conn.Tap(ctx, driver.TapOptions{
		Match: func(address string) bool { return address == c.address },
		Start: driver.StartLatest,
	})
	switch {
	case err == nil:
		go c.receive(receiving, func() error { return c.watch(receiving, tap) })
	case errors.Is(err, driver.ErrInvalid):
		go c.receive(receiving, func() error { return c.consume(receiving) })
	default:
		stop()
		return err
	}
	return nil
}

// receive runs until there are no more replies, and tells those who wait.
func (c *Client) receive(ctx context.Context, run func() error) {
	err := run()
	if err == nil || ctx.Err() != nil {
		err = driver.ErrClosed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.err = err
	close(c.ended)
}

// watch takes replies from a tap.
func (c *Client) watch(ctx context.Context, tap driver.Tap) error {
	defer tap.Close(context.WithoutCancel(ctx))
	for failures := 0; ; {
		batch, err := tap.Receive(ctx)
		for _, m := range batch {
			c.take(c.conn.Incoming(ctx, m))
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, driver.ErrClosed), ctx.Err() != nil:
			return nil
		case err == nil, errors.Is(err, driver.ErrPartition):
			failures = 0
			continue
		case errors.Is(err, driver.ErrUnauthorized), errors.Is(err, driver.ErrNotFound), errors.Is(err, driver.ErrInvalid):
			return err
		}
		failures = min(failures+1, 8)
		timer := time.NewTimer(20 * time.Millisecond << failures)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
		}
	}
}

// consume takes replies as a group of its own.
func (c *Client) consume(ctx context.Context) error {
	take := func(_ context.Context, in *runtime.Incoming) error {
		c.take(in)
		return nil
	}
	return runtime.Consume(ctx, c.conn, plain(), destination{address: c.address}.params(), []runtime.Route{runtime.Handle("", take)},
		runtime.Group(c.address+"."+c.instance+"client"))
}

// take hands a reply to who waits for it.
func (c *Client) take(in *runtime.Incoming) {
	id := in.Attributes().CorrelationID
	c.mu.Lock()
	defer c.mu.Unlock()
	reply, ok := c.waiting[id]
	switch {
	case ok:
		delete(c.waiting, id)
		c.stats.Replied++
		reply <- in // it has room for one
	case strings.HasPrefix(id, c.instance):
		c.stats.Late++
	default:
		c.stats.Foreign++
	}
}

// Do publishes a request with publish, which has to add the options it gets,
// and returns the reply. The error matches context.DeadlineExceeded when none
// came in time, runtime.ErrClosed when the client or its Conn was closed
// meanwhile, or is that of publishing. What generated code calls is Call.
func (c *Client) Do(
	ctx context.Context, publish func(context.Context, ...runtime.PublishOption) error,
) (*runtime.Incoming, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	in, err := c.exchange(ctx, publish)
	if err != nil {
		return nil, fmt.Errorf("request: %w", err)
	}
	return in, nil
}

// exchange sends a request and waits.
func (c *Client) exchange(
	ctx context.Context, publish func(context.Context, ...runtime.PublishOption) error,
) (*runtime.Incoming, error) {
	if err := c.enter(ctx); err != nil {
		return nil, err
	}
	defer func() { <-c.room }()
	if c.conn.KeepsBack(ctx) {
		return nil, ErrKeptBack
	}
	id, reply, err := c.begin()
	if err != nil {
		return nil, err
	}
	defer c.end(id)
	if err := publish(ctx, c.asking(ctx, id)); err != nil {
		c.failed(err)
		return nil, err
	}
	select {
	case in := <-reply:
		return in, nil
	case <-ctx.Done():
		err = fmt.Errorf("no reply: %w", ctx.Err())
	case <-c.ended:
		err = c.failure()
	}
	c.end(id)
	select {
	case in := <-reply: // it came at the same moment, and counts as one in time
		return in, nil
	default:
		return nil, err
	}
}

// enter waits until there is room for one more request.
func (c *Client) enter(ctx context.Context) error {
	select {
	case c.room <- struct{}{}:
		return nil
	default:
	}
	select {
	case c.room <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%d others wait for replies: %w", cap(c.room), ctx.Err())
	case <-c.ended:
		return c.failure()
	}
}

// asking is the option that makes a request of a message.
func (c *Client) asking(ctx context.Context, id string) runtime.PublishOption {
	return func(a *runtime.Attributes) {
		a.CorrelationID = id
		if a.Extensions == nil {
			a.Extensions = map[string]string{}
		}
		a.Extensions[attributeReplyTo] = c.address
		if deadline, ok := ctx.Deadline(); ok {
			a.Extensions[attributeExpiry] = deadline.UTC().Format(time.RFC3339Nano)
		}
	}
}

// begin registers a request.
func (c *Client) begin() (id string, reply chan *runtime.Incoming, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err != nil {
		return "", nil, c.err
	}
	c.last++
	c.stats.Sent++
	id = c.instance + strconv.FormatUint(c.last, 36)
	reply = make(chan *runtime.Incoming, 1)
	c.waiting[id] = reply
	return id, reply, nil
}

// failed takes back that a request was sent, unless it may have been.
func (c *Client) failed(err error) {
	if errors.Is(err, driver.ErrUnknownOutcome) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Sent--
}

// end forgets a request.
func (c *Client) end(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.waiting, id)
}

// failure is why nothing is received any more.
func (c *Client) failure() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Address returns where replies come to.
func (c *Client) Address() string { return c.address }

// Stats returns what has been counted so far.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Close stops receiving. Requests that wait fail with runtime.ErrClosed. An address of
// this client alone is removed where the transport can (driver.Remover), unless the Conn
// was closed before. It waits no longer than ctx allows; closing twice is harmless.
func (c *Client) Close(ctx context.Context) error {
	c.stop()
	select {
	case <-c.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !c.alone {
		return nil
	}
	err := c.conn.Remove(ctx, c.address)
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, driver.ErrClosed) {
		return nil
	}
	return err
}
