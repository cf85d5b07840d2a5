package eventlog

import "github.com/asyncwire/asyncwire/runtime/driver"

// room is memory for what is read. Who reads little from each of many partitions takes
// some for many reads at once: less than one read of a partition that has much. The zero
// value takes some for each read by itself.
type room struct {
	want     int // bytes that are to be read yet
	bytes    []byte
	messages []driver.Message
}

const (
	// mostShared is how many bytes of a read share their memory with others: it would find
	// too little behind more.
	mostShared = chunkSize / 2
	// mostMessages is how many messages there is room for at once: who keeps one keeps all.
	mostMessages = 64
)

// take returns room for so many bytes.
func (r *room) take(n int) []byte {
	r.want -= n
	if n > len(r.bytes) {
		*r = room{want: r.want, bytes: make([]byte, n+max(0, min(r.want, chunkSize-n)))}
	}
	b := r.bytes[:n:n]
	r.bytes = r.bytes[n:]
	return b
}

// message returns room for a message of some size, which is one of so many.
func (r *room) message(of, size int) *driver.Message {
	if len(r.messages) == 0 {
		of += max(0, min(r.want, len(r.bytes))) / size
		r.messages = make([]driver.Message, min(of, mostMessages))
	}
	m := &r.messages[0]
	r.messages = r.messages[1:]
	return m
}
