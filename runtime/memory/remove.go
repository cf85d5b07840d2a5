package memory

import (
	"context"
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Remove deletes addresses, with their messages and where groups are in them. One that
// does not exist is left out; one that a member of a group has subscribed to is
// ErrInvalid, and then none is deleted. Taps watch what is created anew under the same
// name, from its beginning.
func (t *Transport) Remove(ctx context.Context, addresses ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	b := t.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logs.Lock()
	defer b.logs.Unlock()
	if t.closed {
		return driver.ErrClosed
	}
	for _, address := range addresses {
		for name, g := range b.groups {
			if b.topics[address] != nil && g.wants(b.topics[address]) {
				return fmt.Errorf("%s cannot be removed, group %q receives from it: %w", address, name, driver.ErrInvalid)
			}
		}
	}
	for _, address := range addresses {
		if topic := b.topics[address]; topic != nil {
			b.remove(topic)
		}
	}
	return nil
}

// wants reports whether a member has subscribed to the topic. broker.mu is held.
func (g *group) wants(t *topic) bool {
	return slices.ContainsFunc(g.members, func(m *receiver) bool { return slices.Contains(m.topics, t) })
}

// remove forgets a topic that nobody receives from. Both locks are held.
func (b *broker) remove(t *topic) {
	delete(b.topics, t.name)
	b.latest = nil
	b.order = slices.DeleteFunc(b.order, func(o *topic) bool { return o == t })
	b.unlead(t)
	for _, p := range t.partitions {
		for _, g := range b.groups {
			delete(g.cursors, p)
		}
		p.cursors = nil
		for tap := range b.taps {
			delete(tap.positions, p)
		}
	}
	for tap := range b.taps {
		tap.order = slices.DeleteFunc(tap.order, func(p *partition) bool { return p.topic == t })
	}
	for _, p := range t.partitions {
		b.admit(p) // as though it had been stored before
	}
}

// DropGroup forgets where a group is, so that it keeps no more messages from being
// dropped and no publishers waiting (Options.MaxUnacknowledged); it begins anew when it
// subscribes again. One that does not exist is left out. One that has members is
// ErrInvalid.
func (t *Transport) DropGroup(name string) error {
	b := t.broker
	b.mu.Lock()
	defer b.mu.Unlock()
	b.logs.Lock()
	defer b.logs.Unlock()
	if t.closed {
		return driver.ErrClosed
	}
	g := b.groups[name]
	switch {
	case g == nil:
		return nil
	case len(g.members) > 0:
		return fmt.Errorf("group %q cannot be dropped, it has members: %w", name, driver.ErrInvalid)
	}
	delete(b.groups, name)
	for p, c := range g.cursors {
		p.cursors = slices.DeleteFunc(p.cursors, func(o *cursor) bool { return o == c })
		b.trim(p, 0)
		b.admit(p)
	}
	return nil
}
