package memory

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// group is a consumer group: its members and its place in every partition that
// one of them ever subscribed to.
type group struct {
	members []*receiver // as they joined
	cursors map[*partition]*cursor
}

// cursor is a group's place in one partition. It belongs to one member at a
// time; what that member was handed is bound to its assignment. It is guarded by
// broker.mu, but for what is atomic: that may be read without.
type cursor struct {
	partition  *partition
	position   atomic.Int64    // everything before is acknowledged, as of assignment.advance
	beyond     driver.Progress // what was committed before the assignment
	owner      *receiver
	reader     atomic.Pointer[receiver] // owner, for who publishes
	assignment *assignment
	heir       *receiver // who gets the partition once its owner is through
	timer      *time.Timer
}

// join adds a member to its group, which is created when it does not exist.
func (b *broker) join(r *receiver, s driver.Subscription) {
	g, ok := b.groups[s.Group]
	if !ok {
		g = &group{cursors: map[*partition]*cursor{}}
		b.groups[s.Group] = g
	}
	b.follow(r, g, s)
	r.group = g
	g.members = append(g.members, r)
	b.rebalance(g)
}

// follow gives the group a place in all partitions that a member subscribes to.
func (b *broker) follow(r *receiver, g *group, s driver.Subscription) {
	b.logs.Lock()
	defer b.logs.Unlock()
	for _, address := range s.Addresses {
		t := b.topic(address, b.options.Partitions)
		if slices.Contains(r.topics, t) {
			continue
		}
		r.topics = append(r.topics, t)
		for _, p := range t.partitions {
			b.trimAll(p)
			g.follow(p, s.Start)
		}
	}
}

// follow gives the group a place in p unless it has one. Both locks are held.
func (g *group) follow(p *partition, start driver.Start) {
	if _, ok := g.cursors[p]; ok {
		return
	}
	c := &cursor{partition: p}
	c.position.Store(p.base)
	if start == driver.StartLatest {
		c.position.Store(p.end())
	}
	g.cursors[p] = c
	p.cursors = append(p.cursors, c)
}

// rebalance shares the partitions of every topic among the members that
// subscribed to it, evenly and with the fewest moves.
func (b *broker) rebalance(g *group) {
	var seen []*topic
	for _, m := range g.members {
		for _, t := range m.topics {
			if !slices.Contains(seen, t) {
				seen = append(seen, t)
				b.share(g, t)
			}
		}
	}
}

// share distributes one topic's partitions.
func (b *broker) share(g *group, t *topic) {
	members := slices.DeleteFunc(slices.Clone(g.members), func(m *receiver) bool { return !slices.Contains(m.topics, t) })
	owners := make([]*receiver, len(t.partitions))
	for i, p := range t.partitions {
		owners[i] = g.cursors[p].owner
	}
	for i, to := range share.Fairly(owners, members) {
		b.give(g.cursors[t.partitions[i]], to)
	}
}

// give lets a partition go to a member: at once when it is free or its owner
// has nothing under way, else when that is over or took too long.
func (b *broker) give(c *cursor, to *receiver) {
	c.forgetHeir()
	switch {
	case c.owner == to:
		notify(to.wake)
	case c.owner == nil:
		c.assign(to)
	case c.assignment.quiet():
		c.release()
		c.assign(to)
	default:
		c.heir = to
		a := c.assignment
		if a.heed.Or(heir); a.quiet() { // what has ended before did not know
			c.inherit()
			return
		}
		c.timer = time.AfterFunc(b.options.Handover, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			if c.assignment == a && c.heir == to {
				c.inherit()
			}
		})
	}
}

// inherit moves the partition to the heir.
func (c *cursor) inherit() {
	to := c.heir
	c.forgetHeir()
	c.release()
	c.assign(to)
}

// forgetHeir leaves the partition with its owner.
func (c *cursor) forgetHeir() {
	if c.timer != nil {
		c.timer.Stop()
	}
	if c.heir, c.timer = nil, nil; c.assignment != nil {
		c.assignment.heed.And(^heir)
	}
}

// assign begins an assignment.
func (c *cursor) assign(to *receiver) {
	c.owner = to
	c.reader.Store(to)
	c.assignment = &assignment{cursor: c, receiver: to, fetch: c.position.Load(), revoked: make(chan struct{})}
	to.cursors = append(to.cursors, c)
	b := to.transport.broker
	b.logs.Lock()
	if len(c.partition.callers) > 0 {
		c.assignment.heed.Or(publishers)
	}
	b.logs.Unlock()
	notify(to.wake)
}

// release ends the assignment; what is under way becomes stale.
func (c *cursor) release() {
	a := c.assignment
	a.end()
	c.owner.cursors = slices.DeleteFunc(c.owner.cursors, func(o *cursor) bool { return o == c })
	c.reader.Store(nil)
	c.owner, c.assignment = nil, nil
	c.admit(a) // an acknowledgement that was under way finds the assignment over
}

// ended notes that a delivery is over, lets publishers have the room and an heir the
// partition.
func (c *cursor) ended() {
	c.admit(c.assignment)
	if c.heir != nil && c.assignment.quiet() {
		c.inherit()
	}
}
