package memory

import (
	"context"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// What a consumer moves, and what its units store, does not wait for room: it may be what makes the
// room. So those wait that publish to what it consumes, until the partitions which it has filled beyond the bound are
// back to it, and those at which what is stored there arrives by further consumers. All of it is guarded by broker.logs.

// lead notes that a consumer of a topic, nil for none, has stored in a partition without waiting.
func (b *broker) lead(from *topic, p *partition) {
	if from == nil || b.options.MaxUnacknowledged <= 0 || len(p.cursors) == 0 {
		return
	}
	if !slices.Contains(from.leads, p.topic) {
		from.leads = append(from.leads, p.topic)
	}
	if b.overfull(p) && !slices.Contains(p.topic.beyond, p) {
		p.topic.beyond = append(p.topic.beyond, p)
	}
}

// sources returns the topics that deliveries are of.
func sources(of []driver.Delivery) (from []*topic) {
	for _, d := range of {
		if t := assignmentOf(d).cursor.partition.topic; !slices.Contains(from, t) {
			from = append(from, t)
		}
	}
	return from
}

// overfull tells whether a partition keeps more than the bound.
func (b *broker) overfull(p *partition) bool { return p.waiting() > b.options.MaxUnacknowledged }

// awaitFilled has a call wait for the partitions that are filled by what it stores. The handler of what is stored there, or
// in between, does not wait for them, nor behind those who do: it may be what makes the room. broker.logs is held.
func (b *broker) awaitFilled(ctx context.Context, c *call) {
	if !slices.ContainsFunc(c.wants, func(w want) bool { return len(w.partition.topic.leads) > 0 }) {
		return
	}
	var handled *topic
	if m := driver.HandledOf(ctx); m != nil {
		handled = b.topics[m.Address]
	}
	own := c.wants
	for _, w := range own {
		c.early = c.early || w.partition.topic == handled
		b.awaitFrom(c, w.partition.topic, handled)
	}
	if c.early {
		c.wants = own
	}
}

// awaitFrom adds the partitions that are filled from a topic to what a call waits for.
func (b *broker) awaitFrom(c *call, t, handled *topic) {
	for _, to := range t.leads {
		if to.looked == b.calls {
			continue
		}
		to.looked = b.calls
		c.early = c.early || to == handled
		to.beyond = slices.DeleteFunc(to.beyond, func(p *partition) bool { return !b.overfull(p) })
		for _, p := range to.beyond {
			if !slices.ContainsFunc(c.wants, func(w want) bool { return w.partition == p }) {
				c.wants = append(c.wants, want{partition: p})
			}
		}
		b.awaitFrom(c, to, handled)
	}
}

// unlead forgets a topic.
func (b *broker) unlead(t *topic) {
	for _, o := range b.order {
		o.leads = slices.DeleteFunc(o.leads, func(to *topic) bool { return to == t })
	}
}
