package kafka

import (
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// What is handed out is copied out of the broker's answer, which may be many
// megabytes: who is not done with one message for hours would keep all of it. The
// memory of small messages is allocated for a few of them; large ones lie by
// themselves, since who keeps one keeps its neighbours.
const (
	smallSize = 2048 // of a message
	roomBytes = 9472 // six of these lie in 56 KB
	atOnce    = 6    // messages
)

// handed is a message that was handed out, and its delivery.
type handed struct {
	delivery delivery
	message  driver.Message
}

// room is the memory that messages are copied to. It is used by one goroutine.
type room struct {
	handed []handed
	bytes  []byte
}

// keep returns a copy of a message that shares no bytes with it. The headers of the
// message are the copy's then: they lie beside those of others.
func (r *room) keep(m *driver.Message) *handed {
	n := sizeOf(m)
	if n > smallSize {
		own := room{make([]handed, 1), make([]byte, 0, n)}
		shared := m.Headers
		m.Headers = slices.Clone(shared)
		clear(shared) // whose neighbours do not keep this message
		return own.put(m)
	}
	if len(r.handed) == 0 {
		r.handed = make([]handed, atOnce)
	}
	if cap(r.bytes)-len(r.bytes) < n {
		r.bytes = make([]byte, 0, roomBytes)
	}
	return r.put(m)
}

// put copies a message for which there is room.
func (r *room) put(m *driver.Message) *handed {
	h := &r.handed[0]
	r.handed = r.handed[1:]
	h.message = *m
	h.message.Key, h.message.Value = r.piece(m.Key), r.piece(m.Value)
	for i := range m.Headers {
		m.Headers[i].Value = r.piece(m.Headers[i].Value)
	}
	return h
}

// piece returns a copy of bytes: nil stays nil, and what is empty stays so, though there
// be no room.
func (r *room) piece(b []byte) []byte {
	if len(b) == 0 {
		if b == nil {
			return nil
		}
		return []byte{}
	}
	start := len(r.bytes)
	r.bytes = append(r.bytes, b...)
	return r.bytes[start:len(r.bytes):len(r.bytes)]
}

// sizeOf returns how many bytes a message is made of, without names.
func sizeOf(m *driver.Message) int {
	n := len(m.Key) + len(m.Value)
	for i := range m.Headers {
		n += len(m.Headers[i].Value)
	}
	return n
}
