package runtime

import (
	"strings"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// layout is the memory that small messages are cut from when they are
// published: several share one allocation. Who keeps one keeps its neighbours, so
// that large ones are by themselves.
type layout struct {
	messages []driver.Message
	briefs   []brief
	headers  []Header
	bytes    []byte // empty, with what is left behind it
	scratch  []byte // empty, where large payloads are written first
	last     int    // length of the last payload

	texts   []byte     // room for those of briefs
	commons [4]*common // what the last messages had in common, for the next
	newest  int        // of commons
}

const (
	layoutMessages = 7       // 896 bytes, with 8 of the allocator 904, which lie in 1024
	layoutBriefs   = 5       // 880 bytes, with 8 of the allocator 888, which lie in 896
	layoutTexts    = 512     // who keeps an id keeps no more
	layoutHeaders  = 67      // 2680 bytes, with 8 of the allocator 2688
	layoutBytes    = 9472    // of which the allocator has six in 57344
	layoutSmall    = 2 << 10 // what is larger is by itself
)

// message returns an empty message.
func (l *layout) message() *driver.Message {
	if len(l.messages) == 0 {
		l.messages = make([]driver.Message, layoutMessages)
	}
	m := &l.messages[0]
	l.messages = l.messages[1:]
	return m
}

// brief returns an empty message that is brief.
func (l *layout) brief() *brief {
	if len(l.briefs) == 0 {
		l.briefs = make([]brief, layoutBriefs)
	}
	b := &l.briefs[0]
	l.briefs = l.briefs[1:]
	return b
}

// text returns no bytes, with room for a text of so many. What is written there is taken
// out of texts.
func (l *layout) text(n int) []byte {
	if len(l.texts) < n {
		l.texts = make([]byte, layoutTexts)
	}
	return l.texts[:0:n]
}

// common returns what a message has in common with others, the same as for one of the
// last if it is so.
func (l *layout) common(a *Attributes, names *attributeNames) *common {
	for _, c := range &l.commons {
		if c != nil && c.is(a, names) {
			return c
		}
	}
	earlier := l.commons[l.newest]
	l.newest = (l.newest + 1) % len(l.commons)
	c := newCommon(a, names, earlier)
	l.commons[l.newest] = c
	return c
}

// room returns no bytes, with room for n behind them.
func (l *layout) room(n int) []byte {
	if n > layoutSmall {
		return make([]byte, 0, n)
	}
	if cap(l.bytes) < n {
		l.bytes = uncleared(layoutBytes)
	}
	room := l.bytes[:0:n]
	l.bytes = l.bytes[n:n]
	return room
}

// uncleared returns no bytes, with room for n behind them that was not cleared: it is
// written over before anybody sees it.
func uncleared(n int) []byte {
	var b strings.Builder
	b.Grow(n)
	b.WriteByte(0)
	return unsafe.Slice(unsafe.StringData(b.String()), n)[:0]
}

// open returns no bytes, behind which a payload is to be written: where it is to
// lie, when it is not larger than the last one.
func (l *layout) open() []byte {
	if l.last > layoutSmall {
		return l.scratch
	}
	if cap(l.bytes) < l.last {
		l.bytes = uncleared(layoutBytes)
	}
	return l.bytes
}

// maxScratch is how much memory is kept for large payloads.
const maxScratch = 64 << 10

// close returns a payload that was written behind what open returned, or a copy.
func (l *layout) close(payload []byte) []byte {
	n := len(payload)
	l.last = n
	inPlace := cap(payload) > 0 && cap(l.bytes) > 0 && &payload[:1][0] == &l.bytes[:1][0]
	if inPlace && n > 0 && n <= layoutSmall {
		l.bytes = l.bytes[n:n]
		return payload[:n:n]
	}
	if !inPlace && cap(payload) <= maxScratch && cap(payload) > cap(l.scratch) {
		l.scratch = payload[:0] // what lies in place will be that of others
	}
	return append(l.room(n), payload...)
}

// places returns no headers, with room for n behind them.
func (l *layout) places(n int) []Header {
	if n > layoutHeaders/4 {
		return make([]Header, 0, n)
	}
	if len(l.headers) < n {
		l.headers = make([]Header, layoutHeaders)
	}
	places := l.headers[:0:n]
	l.headers = l.headers[n:]
	return places
}
