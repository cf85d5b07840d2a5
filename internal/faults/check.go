package faults

import "fmt"

// Law is what a history must keep.
type Law uint8

// The laws.
const (
	// NothingLost: a message whose publishing was acknowledged has been handled
	// with success at least once, or parked.
	NothingLost Law = iota
	// InOrder: a handler begins with a message only when all before it of the same
	// key, whose publishing was acknowledged by then, have been handled with
	// success or parked; and never two handlers are at work for one key in one session.
	InOrder
	// OneEffect: what a handler is there for has happened exactly once for every
	// message whose publishing was acknowledged, and never twice for others.
	OneEffect
	// NeverTwice: no handler has begun twice with one message.
	NeverTwice
	// NoDuplicates: no message was handled with success twice.
	NoDuplicates
	// NoCalmDuplicates: no message was handled with success again that had been in
	// a session at whose end every handler that had begun had succeeded: no
	// position passes what has failed.
	NoCalmDuplicates
	// EffectsInOrder: the effects of the messages of a key happened in their order.
	EffectsInOrder
)

// names are what violations call the laws.
var names = [...]string{"lost", "out of order", "effects", "tried twice", "handled twice", "handled twice after a calm end", "effects out of order"}

// Violation is a message that breaks a law.
type Violation struct {
	Law    Law
	Key    uint32
	Seq    uint32
	Reason string
}

// Error tells the message and what is wrong with it.
func (v Violation) Error() string {
	return fmt.Sprintf("%s: key %d, message %d: %s", names[v.Law], v.Key, v.Seq, v.Reason)
}

// most is how many violations are told of.
const most = 20

// Verdict is what a check found out.
type Verdict struct {
	Violations []Violation // the first ones
	// Counts of messages.
	Acked, Handled, Parked, Repeated, Sessions int
	// Again is how many effects there were too many, and Calm how many sessions
	// ended without anything failed.
	Again, Calm int
}

// message is what a history says of one.
type message struct {
	acked, parked    bool
	began, succeeded int
	effects          int
	session          int // of the last success
}

// done tells whether those behind may have their turn.
func (m *message) done() bool { return m.succeeded > 0 || m.parked }

// checker goes through a history once.
type checker struct {
	laws    map[Law]bool
	keys    map[uint32]*lane
	verdict Verdict
	failing map[Event]bool // in this session, and not handled since
	uneasy  map[int]bool   // sessions at whose end something was failing
}

// lane is the messages of one key.
type lane struct {
	messages []message // by number - 1
	working  uint32    // the message that a handler of this session is at; 0: none
	floor    uint32    // all acknowledged messages up to this one have succeeded
	sent     uint32    // the last message that was about to be published
	effect   uint32    // the last message that had an effect
}

func (l *lane) at(seq uint32) *message {
	for int(seq) > len(l.messages) {
		l.messages = append(l.messages, message{})
	}
	return &l.messages[seq-1]
}

// Check holds a history to laws.
func Check(events []Event, laws ...Law) Verdict {
	c := &checker{laws: map[Law]bool{}, keys: map[uint32]*lane{}, failing: map[Event]bool{}, uneasy: map[int]bool{}}
	for _, l := range laws {
		c.laws[l] = true
	}
	for _, e := range events {
		c.take(e)
	}
	for key, l := range c.keys {
		for i := range l.messages {
			c.finish(key, uint32(i+1), &l.messages[i])
		}
	}
	return c.verdict
}

func (c *checker) take(e Event) {
	if e.Kind == Session {
		if len(c.failing) > 0 {
			c.uneasy[c.verdict.Sessions] = true
		} else if c.verdict.Sessions > 0 {
			c.verdict.Calm++
		}
		clear(c.failing)
		c.verdict.Sessions++
		for _, l := range c.keys {
			l.working = 0
		}
		return
	}
	l := c.keys[e.Key]
	if l == nil {
		l = &lane{}
		c.keys[e.Key] = l
	}
	m := l.at(e.Seq)
	c.tally(m, e)
	switch e.Kind {
	case Sent:
		l.sent = max(l.sent, e.Seq)
	case Acked:
		m.acked = true
	case Began:
		m.began++
		c.begin(l, e)
	case Succeeded:
		m.succeeded++
		l.end(e.Seq)
	case Failed:
		l.end(e.Seq)
	case Effect:
		m.effects++
		if e.Seq < l.effect {
			c.broken(EffectsInOrder, e.Key, e.Seq, fmt.Sprintf("after that of message %d", l.effect))
		}
		l.effect = e.Seq
	case Parked:
		m.parked = true
	}
}

// tally notes what is failing, and what is handled again for no reason.
func (c *checker) tally(m *message, e Event) {
	id := Event{Key: e.Key, Seq: e.Seq}
	switch e.Kind {
	case Began:
		c.failing[id] = true
	case Succeeded:
		if m.succeeded > 0 && !c.uneasy[m.session] {
			c.broken(NoCalmDuplicates, e.Key, e.Seq, fmt.Sprintf("in sessions %d and %d", m.session, c.verdict.Sessions))
		}
		m.session = c.verdict.Sessions
		delete(c.failing, id)
	case Parked:
		delete(c.failing, id)
	}
}

// begin holds the beginning of a handler to InOrder.
func (c *checker) begin(l *lane, e Event) {
	if l.working != 0 {
		c.broken(InOrder, e.Key, e.Seq, fmt.Sprintf("begun while a handler is at message %d", l.working))
	}
	l.working = e.Seq
	for l.floor+1 < e.Seq {
		m := l.at(l.floor + 1)
		if m.acked && !m.done() {
			c.broken(InOrder, e.Key, e.Seq, fmt.Sprintf("begun before message %d has succeeded", l.floor+1))
			return
		}
		if !m.acked && !m.done() && l.floor+1 >= l.sent {
			return // it may yet be acknowledged: look again then
		}
		l.floor++
	}
}

func (l *lane) end(seq uint32) {
	if l.working == seq {
		l.working = 0
	}
}

// finish holds what was seen of a message to the laws of counts.
func (c *checker) finish(key, seq uint32, m *message) {
	v := &c.verdict
	if m.acked {
		v.Acked++
	}
	if m.parked {
		v.Parked++
	}
	if m.succeeded > 0 {
		v.Handled++
	}
	if m.succeeded > 1 {
		v.Repeated++
		c.broken(NoDuplicates, key, seq, fmt.Sprintf("%d times", m.succeeded))
	}
	if m.acked && !m.done() {
		c.broken(NothingLost, key, seq, fmt.Sprintf("acknowledged, begun %d times, never done", m.began))
	}
	v.Again += max(0, m.effects-1)
	if m.effects > 1 || m.acked && m.effects == 0 && !m.parked {
		c.broken(OneEffect, key, seq, fmt.Sprintf("happened %d times", m.effects))
	}
	if m.began > 1 {
		c.broken(NeverTwice, key, seq, fmt.Sprintf("begun %d times", m.began))
	}
}

func (c *checker) broken(l Law, key, seq uint32, reason string) {
	if c.laws[l] && len(c.verdict.Violations) < most {
		c.verdict.Violations = append(c.verdict.Violations, Violation{l, key, seq, reason})
	}
}
