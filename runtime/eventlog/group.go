package eventlog

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// group is a consumer group that has members here: their share of the
// partitions and the place in each. All fields are guarded by Log.sharing.
type group struct {
	log       *Log
	name      string
	positions *positions
	members   []*receiver         // as they joined
	cursors   map[*topic][]cursor // by the partition's number
}

// cursor is a group's place in one partition. It belongs to one member at a
// time; what that member was handed is bound to its assignment.
type cursor struct {
	group      *group
	partition  *partition
	at         *stand
	owner      *receiver
	alert      *alert // of the owner
	due        bool   // in the owner's list of what it looks at
	assignment *assignment
	heir       *receiver // who gets the partition once its owner is through
	timer      *time.Timer
	first      assignment // the memory of the first one: those of all partitions are made together
}

// assignment is the time during which a member has a partition.
type assignment struct {
	mark    driver.Watermark
	before  driver.Progress // what was done when it began
	reader  Reader
	alert   alert
	busy    bool              // the member is reading, without the lock
	ready   []*driver.Message // read and not handed out
	again   []*driver.Message // given back, to be handed out again
	paused  bool
	over    bool
	revoked chan struct{} // made when something is handed out

	resting bool          // it could not be read
	rest    time.Duration // the last one

	committing int  // deliveries of units that are being stored: the assignment does not end
	late       bool // it is to end when they are
}

// How long a partition that cannot be read is left alone at first, and at most.
const leastRest, mostRest = 100 * time.Millisecond, 30 * time.Second

// longerRest returns the next one.
func longerRest(rest time.Duration) time.Duration { return min(max(2*rest, leastRest), mostRest) }

// note takes up what came of reading: after an error the partition is left alone for
// twice as long as the last time. sharing is held.
func (a *assignment) note(err error, again *alert, sharing sync.Locker) {
	if err == nil {
		a.rest = 0
		return
	}
	a.resting, a.rest = true, longerRest(a.rest)
	time.AfterFunc(a.rest, func() {
		sharing.Lock()
		defer sharing.Unlock()
		a.resting = false
		again.raise()
	})
}

// quiet reports whether no delivery is under way.
func (a *assignment) quiet() bool { return a.mark.Open() == len(a.again) }

// spot names the cursor's partition.
func (c *cursor) spot() spot { return spot{c.partition.topic.name, c.partition.number} }

// join adds a member to its group, which is opened when it has no other here. While
// the disk works, members and other groups go on.
func (l *Log) join(r *receiver, s driver.Subscription, topics []*topic) error {
	l.joining.Lock()
	defer l.joining.Unlock()
	if l.ending() {
		return driver.ErrClosed
	}
	g, ok := l.groups[s.Group]
	if !ok {
		positions, err := l.openPositions(s.Group)
		if err != nil {
			return err
		}
		g = &group{log: l, name: s.Group, positions: positions, cursors: map[*topic][]cursor{}}
	}
	l.sharing.Lock()
	err := g.enterAll(topics, s.Start)
	l.sharing.Unlock()
	// Whoever truncates a topic finds its groups by what is on the disk.
	if err == nil {
		err = unlessFull(g.positions.save())
	}
	if err != nil {
		if !ok {
			err = errors.Join(err, g.positions.close())
		}
		return err
	}
	l.sharing.Lock()
	defer l.sharing.Unlock()
	l.groups[s.Group] = g
	r.topics, r.group = topics, g
	g.members = append(g.members, r)
	g.rebalance()
	return nil
}

// enterAll gives the group a place in each partition of topics where it has none.
func (g *group) enterAll(topics []*topic, begin driver.Start) error {
	for _, t := range topics {
		if g.cursors[t] != nil {
			continue
		}
		cursors := make([]cursor, len(t.partitions))
		spans := make([]span, len(cursors))
		for i, p := range t.partitions {
			spans[i] = p.span()
			cursors[i].group, cursors[i].partition = g, p
		}
		for _, c := range g.positions.enter(cursors, spans, begin) {
			oldest, err := c.partition.oldest()
			if err != nil {
				return fmt.Errorf("%s, partition %d: %w", t.name, c.partition.number, err)
			}
			g.positions.set(c.at, driver.Progress{End: oldest})
		}
		g.cursors[t] = cursors
	}
	return nil
}

// of returns the group's cursor in a partition.
func (g *group) of(p *partition) *cursor { return &g.cursors[p.topic][p.number] }

// rebalance shares the partitions of every topic among the members that
// subscribed to it, evenly and with the fewest moves.
func (g *group) rebalance() {
	var seen []*topic
	for _, m := range g.members {
		for _, t := range m.topics {
			if !slices.Contains(seen, t) {
				seen = append(seen, t)
				g.share(t)
			}
		}
	}
}

// share distributes one topic's partitions.
func (g *group) share(t *topic) {
	members := slices.DeleteFunc(slices.Clone(g.members), func(m *receiver) bool { return !slices.Contains(m.topics, t) })
	cursors := g.cursors[t]
	owners := make([]*receiver, len(cursors))
	for i := range cursors {
		owners[i] = cursors[i].owner
	}
	var taken []*partition
	for i, to := range share.Fairly(owners, members) {
		if owners[i] == nil {
			taken = append(taken, cursors[i].partition)
		}
		cursors[i].give(to)
	}
	g.log.follow(taken...)
}

// give lets a partition go to a member: at once when it is free or its owner
// has nothing under way, else when that is over or took too long.
func (c *cursor) give(to *receiver) {
	c.forgetHeir()
	switch {
	case c.owner == to:
		c.alert.raise()
	case c.owner == nil:
		c.assign(to)
	case c.assignment.quiet():
		c.release()
		c.assign(to)
	default:
		c.await(to)
	}
}

// await makes a member the heir.
func (c *cursor) await(to *receiver) {
	c.heir = to
	a, l := c.assignment, c.group.log
	c.timer = time.AfterFunc(l.options.Handover, func() {
		l.sharing.Lock()
		defer l.sharing.Unlock()
		if c.assignment == a && c.heir == to {
			c.inheritLate()
		}
	})
}

// inheritLate moves the partition to the heir, once no unit of its owner is being
// stored.
func (c *cursor) inheritLate() {
	if c.assignment.late = c.assignment.committing > 0; !c.assignment.late {
		c.inherit()
	}
}

// inherit moves the partition to the heir.
func (c *cursor) inherit() {
	heir := c.heir
	c.forgetHeir()
	c.release()
	c.assign(heir)
}

// forgetHeir leaves the partition with its owner.
func (c *cursor) forgetHeir() {
	if c.timer != nil {
		c.timer.Stop()
	}
	c.heir, c.timer = nil, nil
	if c.assignment != nil {
		c.assignment.late = false
		c.alert.raise() // nothing was handed out for the heir's sake
	}
}

// begin begins the assignment anew after the partition was truncated, by another process while the
// group was joined: else none of its groups has a member. What was handed out is no more; what has the same
// offsets now is new to the group. So an heir waits for nothing any more.
func (c *cursor) begin(owner *receiver) {
	if c.heir != nil {
		owner = c.heir
	}
	c.forgetHeir()
	c.release()
	c.assign(owner)
}

// assign begins an assignment. A group that is beyond where the partition was truncated since it
// was given its place goes back to that.
func (c *cursor) assign(to *receiver) {
	epoch, cut := c.partition.truncated()
	a := &c.first
	if a.reader.p != nil { // it was used: deliveries tell by it what they belong to
		a = new(assignment)
	}
	a.before = c.group.positions.since(c.at, epoch, cut)
	a.mark.Skip(a.before.Next())
	a.reader.room = &to.room
	c.owner, c.assignment, c.alert = to, a, &a.alert
	if c.partition.attend(a, epoch, to.watcher) {
		c.alert.raise()
	}
}

// attend lets an assignment read the partition from where it begins, and its watcher be told of what
// comes. It tells whether there is something already.
func (p *partition) attend(a *assignment, epoch uint32, w *watcher) (more bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.readHeld(&a.reader, a.before.Next())
	a.reader.epoch = epoch
	p.watchHeld(&a.alert, w)
	return a.reader.leftHeld() > 0
}

// release ends the assignment; what is under way becomes stale.
func (c *cursor) release() {
	a := c.assignment
	a.over = true
	if a.revoked != nil {
		close(a.revoked)
	}
	if !a.busy {
		a.reader.Close()
	}
	c.partition.unwatch(c.alert)
	if c.due {
		c.owner.due = slices.DeleteFunc(c.owner.due, func(o *cursor) bool { return o == c })
	}
	c.owner, c.alert, c.assignment, c.due = nil, nil, nil, false
}

// ended notes that a delivery is over, and lets an heir have the partition.
func (c *cursor) ended() {
	if c.heir != nil && c.assignment.quiet() {
		c.inherit()
	}
}

// leave takes a member out of its group, and makes durable where that is. With the last
// one, the group is free for other processes. While the disk works, other groups go on,
// and the other members.
func (g *group) leave(r *receiver) error {
	g.log.joining.Lock()
	defer g.log.joining.Unlock()
	g.log.sharing.Lock()
	g.without(r)
	last := len(g.members) == 0
	g.log.sharing.Unlock()
	if !last {
		return g.positions.flush()
	}
	err := g.positions.close()
	g.log.sharing.Lock()
	delete(g.log.groups, g.name)
	g.log.sharing.Unlock()
	if err != nil {
		g.log.lacksUnits()
	}
	return err
}

// without takes a member out of its group. sharing is held.
func (g *group) without(r *receiver) {
	g.members = slices.DeleteFunc(g.members, func(m *receiver) bool { return m == r })
	for _, c := range r.due {
		c.due = false
	}
	r.due = nil
	var left []*partition
	for _, t := range r.topics {
		for i := range g.cursors[t] {
			switch c := &g.cursors[t][i]; r {
			case c.owner:
				c.forgetHeir()
				c.release()
				left = append(left, c.partition)
			case c.heir:
				c.forgetHeir()
			}
		}
	}
	g.log.unfollow(left...)
	g.rebalance()
}
