package memory

import (
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

// awaitFilled has a call wait for the partitions that are filled by what it stores in a topic.
func (b *broker) awaitFilled(c *call, t *topic) {
	for _, to := range t.leads {
		if to.looked == b.calls {
			continue
		}
		to.looked = b.calls
		to.beyond = slices.DeleteFunc(to.beyond, func(p *partition) bool { return !b.overfull(p) })
		for _, p := range to.beyond {
			if !slices.ContainsFunc(c.wants, func(w want) bool { return w.partition == p }) {
				c.wants = append(c.wants, want{partition: p})
			}
		}
		b.awaitFilled(c, to)
	}
}

// unlead forgets a topic.
func (b *broker) unlead(t *topic) {
	for _, o := range b.order {
		o.leads = slices.DeleteFunc(o.leads, func(to *topic) bool { return to == t })
	}
}
