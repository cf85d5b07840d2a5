package memory

import (
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/clock"
	"github.com/asyncwire/asyncwire/runtime/internal/fifo"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// topic is one address.
type topic struct {
	name       string
	number     int // of how many that were created before
	partitions []*partition
	turn       share.Turn   // of messages without a key
	leads      []*topic     // where consumers of this one store without waiting
	beyond     []*partition // of this one, that such have filled beyond the bound
	looked     uint64       // by which call, last
}

// partition is a log. It is guarded by broker.logs.
type partition struct {
	topic   *topic
	index   int32
	base    int64 // offset of the first of log
	log     fifo.Queue[*driver.Message]
	room    []driver.Message // for the next small messages
	bytes   []byte           // for theirs
	cursors []*cursor        // of all groups
	callers []*call          // who waits for room, as they came
	behind  []*call          // who waits for the same and stores elsewhere
	asked   int              // of place
}

// end returns the offset of the next message.
func (p *partition) end() int64 { return p.base + int64(p.log.Len()) }

// at returns the message at an offset, which must be kept.
func (p *partition) at(offset int64) *driver.Message { return *p.log.At(int(offset - p.base)) }

// topic returns the topic of that name, created when it does not exist.
func (b *broker) topic(name string, partitions int) *topic {
	if t := b.latest; t != nil && t.name == name {
		return t
	}
	if t, ok := b.topics[name]; ok {
		b.latest = t
		return t
	}
	t := &topic{name: name, number: b.made, partitions: make([]*partition, partitions)}
	for i := range t.partitions {
		t.partitions[i] = &partition{topic: t, index: int32(i)}
	}
	b.topics[name] = t
	b.order = append(b.order, t)
	b.made++
	b.wakeTaps()
	return t
}

// partitionFor returns the partition that a message of this call goes to, whose key
// has that hash.
func (b *broker) partitionFor(m *driver.Message, hash share.Hash) *partition {
	t := b.topic(m.Address, b.options.Partitions)
	if m.Key != nil {
		return t.partitions[hash.Among(len(t.partitions))]
	}
	return t.partitions[t.turn.Partition(b.calls, len(t.partitions))]
}

// The memory of small messages is allocated for a few of them. Who keeps one
// keeps its neighbours, so that large ones are not. Chunks are of a size of which
// the allocator has several in one piece of its own: one by one they cost more.
const (
	smallSize = 2048
	atOnce    = 7    // 896 bytes, with 8 of the allocator 904, which lie in 1024
	chunk     = 9472 // six of them in 57344
)

// keep returns a copy of a message for the log, and of its bytes when they are
// still the publisher's.
func (p *partition) keep(m *driver.Message) *driver.Message {
	n := sizeOf(m)
	if n > smallSize {
		kept := *m
		return &kept
	}
	if len(p.room) == 0 {
		p.room = make([]driver.Message, atOnce)
	}
	kept := &p.room[0]
	p.room = p.room[1:]
	*kept = *m
	if cap(p.bytes)-len(p.bytes) < n {
		p.bytes = make([]byte, 0, chunk)
	}
	p.bytes = copyBytes(kept, p.bytes)
	return kept
}

// appendTo puts a message, which the broker owns, at a partition's end and wakes
// its readers.
func (b *broker) appendTo(p *partition, m *driver.Message) {
	m.Partition, m.Offset = p.index, p.end()
	p.log.Push(m)
	b.trim(p, b.options.MaxMessages/8)
	for _, c := range p.cursors {
		if r := c.reader.Load(); r != nil && r.waiting {
			r.waiting = false
			notify(r.wake)
		}
	}
}

func (b *broker) wakeTaps() {
	if len(b.taps) == 0 {
		return
	}
	for t := range b.taps {
		notify(t.wake)
	}
}

// fewMessages is for how many messages a partition keeps memory.
const fewMessages = 4096

// trimAll is trim of what was acknowledged since the members received last, too.
// Both locks are held.
func (b *broker) trimAll(p *partition) {
	for _, c := range p.cursors {
		if c.assignment != nil {
			c.assignment.advance()
		}
	}
	b.trim(p, 0)
}

// trim drops the oldest messages beyond MaxMessages that everyone has passed,
// once there are more than a few of them.
func (b *broker) trim(p *partition, few int) {
	n := int64(p.log.Len() - b.options.MaxMessages)
	if b.options.MaxMessages <= 0 || n <= int64(few) {
		return
	}
	for _, c := range p.cursors {
		n = min(n, c.position.Load()-p.base)
	}
	if len(b.taps) > 0 {
		n = b.untapped(p, n)
	}
	p.log.Clear(int(n))
	p.log.Shrink(fewMessages)
	p.base += n
}

// untapped returns how many of the first n messages all taps have seen, none while one
// has not looked whether it is to see them.
func (b *broker) untapped(p *partition, n int64) int64 {
	for t := range b.taps {
		if position, ok := t.positions[p]; ok {
			n = min(n, position-p.base)
		} else if p.topic.number >= t.known {
			n = 0
		}
	}
	return n
}

// copyLarge appends the messages, large ones with copies of their bytes; the
// others are copied by keep. A missing time is now.
func copyLarge(out []driver.Message, messages []*driver.Message, clock *clock.Clock) []driver.Message {
	var now driver.Time
	for _, m := range messages {
		out = append(out, *m)
		c := &out[len(out)-1]
		if n := sizeOf(m); n > smallSize {
			copyBytes(c, make([]byte, 0, n))
		}
		if m.Time.IsZero() {
			if now.IsZero() {
				now = driver.Time(clock.Nanos())
			}
			c.Time = now
		}
	}
	return out
}

// pointers returns copies that lie on the heap.
func pointers(messages []driver.Message) []*driver.Message {
	kept, out := make([]driver.Message, len(messages)), make([]*driver.Message, len(messages))
	for i := range messages {
		kept[i] = messages[i]
		out[i] = &kept[i]
	}
	return out
}

// sizeOf returns how many bytes a message has.
func sizeOf(m *driver.Message) int {
	n := len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		n += len(h.Key) + len(h.Value)
	}
	if m.Brief != nil {
		n += m.Brief.Size()
	}
	return n
}

// copyBytes replaces all bytes of m by copies that are appended to room, which
// is large enough, and returns what has become of room.
func copyBytes(m *driver.Message, room []byte) []byte {
	m.Key, room = piece(m.Key, room)
	m.Value, room = piece(m.Value, room)
	if m.Headers == nil {
		return room
	}
	headers := make([]driver.Header, len(m.Headers))
	for i, h := range m.Headers {
		headers[i].Key = h.Key
		headers[i].Value, room = piece(h.Value, room)
	}
	m.Headers = headers
	return room
}

// piece returns a copy of b that is appended to room; nil stays nil, and what is
// empty stays so, though there be no room.
func piece(b, room []byte) ([]byte, []byte) {
	if b == nil {
		return nil, room
	}
	if len(b) == 0 {
		return []byte{}, room
	}
	start := len(room)
	room = append(room, b...)
	return room[start:len(room):len(room)], room
}
