package runtime

import (
	"context"
	"errors"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// This file is what packages beside this one need of a Conn: watching,
// creating and removing addresses, and reading messages that no consumer received.

// Tap watches addresses without joining a group; see driver.Tapper. The error
// matches driver.ErrInvalid where the transport cannot be watched.
func (c *Conn) Tap(ctx context.Context, o driver.TapOptions) (driver.Tap, error) {
	t, ok := c.transport.(driver.Tapper)
	if !ok {
		return nil, fmt.Errorf("%s cannot be watched: %w", c.features.Protocol, driver.ErrInvalid)
	}
	if c.isClosed() {
		return nil, driver.ErrClosed
	}
	return t.Tap(ctx, o)
}

// Provision creates the addresses that do not exist yet, with one partition
// each, where the transport has to be asked to; see driver.Provisioner.
func (c *Conn) Provision(ctx context.Context, addresses ...string) error {
	t, ok := c.transport.(driver.Provisioner)
	if !ok {
		return nil
	}
	if c.isClosed() {
		return driver.ErrClosed
	}
	return t.Provision(ctx, 1, addresses...)
}

// Remove deletes addresses, where the transport can; see driver.Remover. Where it cannot,
// the error matches driver.ErrInvalid and errors.ErrUnsupported.
func (c *Conn) Remove(ctx context.Context, addresses ...string) error {
	t, ok := c.transport.(driver.Remover)
	if !ok {
		return fmt.Errorf("addresses of %s cannot be removed here: %w: %w", c.features.Protocol, driver.ErrInvalid, errors.ErrUnsupported)
	}
	if c.isClosed() {
		return driver.ErrClosed
	}
	return t.Remove(ctx, addresses...)
}

// Incoming returns a message that was received otherwise than by Consume, such
// as by a Tap, as a handler would get it. Its context is ctx.
func (c *Conn) Incoming(ctx context.Context, m *driver.Message) *Incoming {
	in := &Incoming{}
	in.begin(&origin{ctx: ctx, features: &c.features}, m, 1)
	return in
}
