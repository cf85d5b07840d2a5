package kafka

import (
	"context"
	"net"
	"sync"
)

// connections are those of one group member, so that they can be cut when
// leaving takes too long. The zero value is ready.
type connections struct {
	mu     sync.Mutex
	closed bool
	open   map[*connection]struct{}
}

// connection removes itself when it is closed.
type connection struct {
	net.Conn
	owner *connections
}

// dial opens a connection, unless they were cut.
func (c *connections) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return nil, net.ErrClosed
	}
	if c.open == nil {
		c.open = map[*connection]struct{}{}
	}
	tracked := &connection{Conn: conn, owner: c}
	c.open[tracked] = struct{}{}
	return tracked, nil
}

// close cuts all connections, and those that are dialled later.
func (c *connections) close() {
	c.mu.Lock()
	c.closed = true
	open := c.open
	c.open = nil
	c.mu.Unlock()
	for conn := range open {
		conn.Conn.Close()
	}
}

// Close closes the connection.
func (c *connection) Close() error {
	c.owner.mu.Lock()
	delete(c.owner.open, c)
	c.owner.mu.Unlock()
	return c.Conn.Close()
}
