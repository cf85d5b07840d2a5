package runtime

import (
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// brief is a message that carries its attributes as they are, and stands for their
// headers (driver.Brief): who reads these reads the attributes instead, and nobody
// writes them unless they are asked for. But for whole it is not changed once it is
// published, by us.
type brief struct {
	message driver.Message
	*common
	text  *byte  // the id, and the key behind it
	lane  uint64 // of the key, see laneOfKey
	time  int64  // in seconds since 1970
	nanos int32  // of the time, behind the seconds
	id    uint16 // length of the id
	key   uint16 // length of the key
	whole atomic.Pointer[driver.Message]
}

// common is what several messages have in common: all attributes but the id, the time and
// the key, and no extensions. It is not changed.
type common struct {
	attributes Attributes
	names      *attributeNames
	size       int // of the headers
}

// briefOf returns the brief of a message, nil when it has none of ours.
func briefOf(m *driver.Message) *brief {
	b, _ := m.Brief.(*brief)
	return b
}

// deliveredTo returns the message of a delivery to who knows attributes by that prefix,
// and whether it is taken as it is carried: without a brief, or with one of ours, which
// says nothing of a time, nor of a letter.
func deliveredTo(d driver.Delivery, prefix string) (*driver.Message, traits) {
	if c, ok := d.(driver.Carrier); ok {
		m := c.Carried()
		if b := briefOf(m); m.Brief == nil || b != nil && b.names.prefix == prefix {
			return m, asCarried
		}
	}
	return d.Message(), 0
}

// delivered is deliveredTo when the second result is known: it does not look at the
// message.
func delivered(d driver.Delivery, known traits) *driver.Message {
	if known.have(asCarried) {
		return d.(driver.Carrier).Carried()
	}
	return d.Message()
}

// Size returns how many bytes the headers have.
func (b *brief) Size() int {
	n := b.size
	if b.id > 0 {
		n += len(b.names.id) + int(b.id)
	}
	if at := b.at(); !at.IsZero() {
		n += len(b.names.time) + lengthOfTime(b.nanos)
	}
	return n
}

// lengthOfTime returns how long the text of a time is (time.RFC3339Nano), of a year with
// four digits.
func lengthOfTime(nanos int32) int {
	n := len("2006-01-02T15:04:05Z")
	if nanos == 0 {
		return n
	}
	for n += len(".000000000"); nanos%10 == 0; nanos /= 10 {
		n--
	}
	return n
}

// at returns the time.
func (b *brief) at() time.Time { return time.Unix(b.time, int64(b.nanos)).UTC() }

// texts returns the id, and the key.
func (b *brief) texts() (id, key string) {
	both := unsafe.String(b.text, b.id+b.key)
	return both[:b.id], both[b.id:]
}

// into sets the attributes.
func (b *brief) into(a *Attributes) {
	become(a, &b.attributes)
	a.ID, a.Key = b.texts()
	a.Time = b.at()
}

// cause returns the id, and the story that the message belongs to.
func (b *brief) cause() (id, story string) {
	if id, _ = b.texts(); b.attributes.CorrelationID != "" {
		return id, b.attributes.CorrelationID
	}
	return id, id
}

// Whole returns the message with all its headers. They are made once, but for
// copies of the message.
func (b *brief) Whole(m *driver.Message) *driver.Message {
	if m != &b.message {
		return b.make(m)
	}
	if b.whole.Load() == nil {
		b.whole.CompareAndSwap(nil, b.make(m))
	}
	return b.whole.Load()
}

// make makes a message with all headers.
func (b *brief) make(m *driver.Message) *driver.Message {
	var a Attributes
	b.into(&a)
	headers, text := extentOf(&a)
	w := attributeWriter{headers: make([]Header, 0, headers+len(m.Headers)), text: make([]byte, 0, text)}
	_ = w.attributes(&a, b.names) // of which extensions alone can be wrong
	whole := *m
	whole.Brief, whole.Headers = nil, append(w.headers, m.Headers...)
	return &whole
}

// restOf returns the headers of a message with a brief, which carry no attributes.
func restOf(m *driver.Message) []Header {
	if len(m.Headers) == 0 {
		return nil
	}
	return slices.Clone(m.Headers)
}

// cover reports whether a header of that name may be one of an attribute.
func (n *attributeNames) cover(name string) bool {
	return strings.HasPrefix(name, n.prefix) || isContentType(name)
}

// The times that a header can tell begin with the year 1 and end before the year 10000.
const firstSecond, endOfSeconds = -62135596800, 253402300800

// maxCommon is how many bytes of text messages have in common at most: it is kept for the next one.
const maxCommon = 2 << 10

// isBrief reports whether the message that was written travels with a brief: the
// transport keeps it as it is, and all that its headers say are attributes that a
// brief has, or nothing that anybody but the handler looks for.
func (m *MessageCodec) isBrief() bool {
	o := &m.outgoing
	c, a := o.conn, &o.attributes
	if c.keeper == nil || c.options.Observer != nil || !o.fresh || len(o.undeclared)+len(a.Extensions) > 0 || c.KeepsBack(o.ctx) {
		return false
	}
	if at := a.Time.Unix(); at < firstSecond || at >= endOfSeconds || len(a.ID) > maxShared || len(a.Key) > maxShared {
		return false
	}
	for i := range m.headers.written {
		if name := m.headers.written[i].Key; c.names.cover(name) || IsLetterHeader(name) {
			return false
		}
	}
	return textOfCommon(a) <= maxCommon
}

// textOfCommon returns how much text is that of a common.
func textOfCommon(a *Attributes) int {
	return len(a.Source) + len(a.Type) + len(a.Subject) + len(a.DataContentType) + len(a.DataSchema) +
		len(a.CorrelationID) + len(a.CausationID)
}

// layBrief makes a transport message with a brief; rest are the headers that are no
// attributes.
func (m *MessageCodec) layBrief(now time.Time, rest []Header) *driver.Message {
	o := &m.outgoing
	l, a := &o.layout, &o.attributes
	b := l.brief()
	out := &b.message
	b.common = l.common(a, o.conn.names)
	b.time, b.nanos = a.Time.Unix(), int32(a.Time.Nanosecond())
	text := l.text(max(len(a.ID), lengthOfID) + len(a.Key))
	if text = append(text, a.ID...); a.ID == "" && o.conn.ids != nil {
		text = o.conn.ids.append(text, now)
	}
	b.id, b.key = uint16(len(text)), uint16(len(a.Key))
	text = append(text, a.Key...)
	b.text = unsafe.SliceData(text)
	l.texts = l.texts[len(text):]
	out.Value, out.Time, out.Headers, out.Brief = m.value, driver.At(now), rest, b
	if a.Key != "" {
		out.Key = text[b.id:len(text):len(text)]
		b.lane = laneOfKey(out.Key)
	}
	return out
}

// newCommon returns what a message has in common with those to come. What is the same
// as in an earlier one is had once.
func newCommon(a *Attributes, names *attributeNames, earlier *common) *common {
	c := &common{names: names, size: len(names.specVersion) + len(specVersion)}
	var old Attributes
	if earlier != nil {
		old = earlier.attributes
	}
	var b strings.Builder
	add := func(to *string, value, known, name string) {
		switch {
		case value == "":
			return
		case value == known:
			*to = known
		case len(value) > maxShared:
			*to = strings.Clone(value)
		default:
			start := b.Len()
			b.WriteString(value)
			*to = b.String()[start:]
		}
		c.size += len(name) + len(value)
	}
	to := &c.attributes
	add(&to.Source, a.Source, old.Source, names.source)
	add(&to.Type, a.Type, old.Type, names.kind)
	add(&to.Subject, a.Subject, old.Subject, names.subject)
	add(&to.DataContentType, a.DataContentType, old.DataContentType, contentTypeHeader)
	add(&to.DataSchema, a.DataSchema, old.DataSchema, names.dataSchema)
	add(&to.CorrelationID, a.CorrelationID, old.CorrelationID, names.correlationID)
	add(&to.CausationID, a.CausationID, old.CausationID, names.causationID)
	return c
}

// is reports whether a message has that in common with others.
func (c *common) is(a *Attributes, names *attributeNames) bool {
	b := &c.attributes
	return same(a.Type, b.Type) && same(a.Source, b.Source) && same(a.DataContentType, b.DataContentType) &&
		same(a.DataSchema, b.DataSchema) && same(a.Subject, b.Subject) && same(a.CorrelationID, b.CorrelationID) &&
		same(a.CausationID, b.CausationID) && c.names == names
}
