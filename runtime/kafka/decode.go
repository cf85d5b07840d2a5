package kafka

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// maxUnpacked bounds what the records of one batch may take uncompressed.
const maxUnpacked = 256 << 20

// errCorrupt: the bytes are no batch of records.
var errCorrupt = errors.New("corrupt batch of records")

// aborted is a transaction that was aborted: the producer's records from first
// on are void, up to its next abort marker.
type aborted struct {
	producer int64
	first    int64
}

// decoder reads what a broker answered for one partition.
type decoder struct {
	at topicPartition
	// from is the offset that was asked for. Batches may begin before it.
	from int64
	// aborted has the transactions to leave out. It is emptied on the way.
	aborted []aborted
	void    map[int64]bool
	// next is the offset after everything that was read, also after what was
	// left out and after what a compaction has removed.
	next int64
	out  []driver.Message
	// most bounds what the records of one batch may take uncompressed, in bytes; 0
	// is maxUnpacked.
	most int64
}

// decode returns the messages in data and the offset to go on from. Markers of
// transactions and records of aborted ones are left out. The messages keep parts
// of data. A batch that is cut off at the end is left for the next request. With
// an error come the messages before the fault.
func (d *decoder) decode(data []byte) ([]driver.Message, int64, error) {
	d.next = d.from
	slices.SortFunc(d.aborted, func(a, b aborted) int { return int(min(1, max(-1, a.first-b.first))) })
	for len(data) > batchPrefix {
		size := batchPrefix + int(int32(binary.BigEndian.Uint32(data[atLength:])))
		if size <= atMagic {
			return d.out, d.next, fmt.Errorf("%w: %d bytes at offset %d", errCorrupt, size, d.next)
		}
		if size > len(data) {
			break
		}
		if err := d.any(data[:size:size]); err != nil {
			return d.out, d.next, fmt.Errorf("%w at offset %d", err, d.next)
		}
		data = data[size:]
	}
	return d.out, d.next, nil
}

// any reads one batch of any version.
func (d *decoder) any(b []byte) error {
	switch magic := b[atMagic]; {
	case magic < 2:
		return d.old(b)
	case magic > 2:
		return fmt.Errorf("%w: version %d", errCorrupt, magic)
	case len(b) < batchHead:
		return fmt.Errorf("%w: %d bytes", errCorrupt, len(b))
	case checksum(b) != binary.BigEndian.Uint32(b[atCRC:]):
		return fmt.Errorf("%w: checksum does not match", errCorrupt)
	}
	return d.batch(b)
}

// head is what the head of a batch says.
type head struct {
	base, last int64
	attributes uint16
	first, max int64
	producer   int64
	count      int
}

func readHead(b []byte) head {
	be := binary.BigEndian
	base := int64(be.Uint64(b))
	return head{
		base:       base,
		last:       base + int64(int32(be.Uint32(b[atLastDelta:]))),
		attributes: be.Uint16(b[atAttributes:]),
		first:      int64(be.Uint64(b[atFirstTime:])),
		max:        int64(be.Uint64(b[atMaxTime:])),
		producer:   int64(be.Uint64(b[atProducerID:])),
		count:      int(int32(be.Uint32(b[atCount:]))),
	}
}

func (d *decoder) batch(b []byte) error {
	h := readHead(b)
	if h.last < h.base || h.base < 0 {
		return fmt.Errorf("%w: offsets %d to %d", errCorrupt, h.base, h.last)
	}
	visible := d.visible(h, b[batchHead:])
	if h.last < d.next {
		return nil
	}
	if !visible {
		d.next = h.last + 1
		return nil
	}
	records, err := unpack(b[batchHead:], kafka.Compression(h.attributes&attrCompression), cmp.Or(d.most, maxUnpacked))
	if err != nil {
		return err
	}
	if err := d.records(h, records); err != nil {
		return err
	}
	d.next = h.last + 1
	return nil
}

// visible tells whether a batch has messages of a transaction that was not
// aborted, or of none. Markers open and close aborted transactions.
func (d *decoder) visible(h head, records []byte) bool {
	for len(d.aborted) > 0 && d.aborted[0].first <= h.last {
		if d.void == nil {
			d.void = map[int64]bool{}
		}
		d.void[d.aborted[0].producer] = true
		d.aborted = d.aborted[1:]
	}
	if h.attributes&attrControl != 0 {
		if abortMarker(records) {
			delete(d.void, h.producer)
		}
		return false
	}
	return h.attributes&attrTransactional == 0 || !d.void[h.producer]
}

// abortMarker tells whether a control batch ends a transaction by aborting it.
// The key of its record is a version and a type, 0 for abort.
func abortMarker(records []byte) bool {
	r := reader{b: records}
	r.varint() // length
	r.skip(1)  // attributes
	r.varint() // time
	r.varint() // offset
	key := r.nullable()
	return !r.failed && len(key) == 4 && binary.BigEndian.Uint16(key[2:]) == 0
}

// unpack returns the records uncompressed, when they are at most so many bytes.
func unpack(b []byte, c kafka.Compression, most int64) ([]byte, error) {
	if c == 0 {
		return b, nil
	}
	codec := c.Codec()
	if codec == nil {
		return nil, fmt.Errorf("%w: unknown compression %d", errCorrupt, c)
	}
	r := codec.NewReader(bytes.NewReader(b))
	defer r.Close()
	out, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errCorrupt, err)
	}
	if int64(len(out)) > most {
		return nil, fmt.Errorf("%w: more than %d bytes uncompressed", errCorrupt, most)
	}
	return out, nil
}

// records appends the messages of one batch to out.
func (d *decoder) records(h head, b []byte) error {
	const smallest = 7 // bytes that every record takes
	if h.count < 0 || h.count > len(b)/smallest {
		return fmt.Errorf("%w: %d records in %d bytes", errCorrupt, h.count, len(b))
	}
	start := len(d.out)
	d.out = slices.Grow(d.out, h.count)
	r := reader{b: b, heads: new(headers)}
	for range h.count {
		d.out = append(d.out, driver.Message{Address: d.at.topic, Partition: d.at.partition})
		m := &d.out[len(d.out)-1]
		r.record(h, m)
		if r.failed || m.Offset > h.last {
			d.out = d.out[:start]
			return fmt.Errorf("%w: broken record", errCorrupt)
		}
		if m.Offset < d.from {
			forgetHeaders(m.Headers)
			d.out = d.out[:len(d.out)-1]
		}
	}
	return nil
}

// forgetHeaders lets go of the values of a message that nobody gets: they are parts of the
// answer, and its headers lie beside those of messages that are handed out. The keys stay,
// for the record behind it.
func forgetHeaders(h []driver.Header) {
	for i := range h {
		h[i].Value = nil
	}
}

// old reads a message set of the versions before 2, by kafka-go's decoder. Such
// sets are only left in logs written before Kafka 0.11.
func (d *decoder) old(b []byte) error {
	sized := binary.BigEndian.AppendUint32(make([]byte, 0, len(b)+4), uint32(len(b)))
	var set protocol.RecordSet
	if _, err := set.ReadFrom(bytes.NewReader(append(sized, b...))); err != nil {
		return fmt.Errorf("%w: %w", errCorrupt, err)
	}
	if set.Records == nil {
		return fmt.Errorf("%w: empty message set", errCorrupt)
	}
	for {
		r, err := set.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			// The offset of a set is that of its last message.
			d.next = max(d.next, int64(binary.BigEndian.Uint64(b))+1)
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", errCorrupt, err)
		}
		if err := d.oldRecord(r); err != nil {
			return err
		}
	}
}

func (d *decoder) oldRecord(r *protocol.Record) error {
	key, err := protocol.ReadAll(r.Key)
	if err != nil {
		return fmt.Errorf("%w: %w", errCorrupt, err)
	}
	value, err := protocol.ReadAll(r.Value)
	if err != nil {
		return fmt.Errorf("%w: %w", errCorrupt, err)
	}
	if r.Offset < d.next {
		return nil
	}
	d.out = append(d.out, driver.Message{
		Address: d.at.topic, Partition: d.at.partition, Offset: r.Offset,
		Key: key, Value: value, Time: driver.At(r.Time),
	})
	d.next = r.Offset + 1
	return nil
}

// reader walks over the records of a batch. After the first fault failed is set
// and everything else reads as zero.
type reader struct {
	b      []byte
	failed bool
	heads  *headers
}

// headers makes the headers of many records: in a few big slices, and without a
// new string for a key that the record before had in the same place.
type headers struct {
	free, last []driver.Header
}

func (h *headers) next(n int) []driver.Header {
	if n > len(h.free) {
		h.free = make([]driver.Header, max(n, 64))
	}
	out := h.free[:n:n]
	h.free = h.free[n:]
	return out
}

func (h *headers) key(i int, b []byte) string {
	if i < len(h.last) && string(b) == h.last[i].Key {
		return h.last[i].Key
	}
	return string(b)
}

// record reads one record into m.
func (r *reader) record(h head, m *driver.Message) {
	size := r.varint()
	if size < 0 || size > int64(len(r.b)) {
		r.failed = true
		return
	}
	body := reader{b: r.b[:size:size]}
	r.b = r.b[size:]
	body.skip(1) // attributes, unused
	at := h.first + body.varint()
	if h.attributes&attrLogAppendTime != 0 {
		at = h.max
	}
	m.Time = moment(at)
	m.Offset = h.base + body.varint()
	m.Key = body.nullable()
	m.Value = body.nullable()
	m.Headers = body.headers(r.heads)
	r.failed = r.failed || body.failed || m.Offset < h.base
}

// moment returns the time of a record, which is in milliseconds since 1970; -1 is none.
func moment(at int64) driver.Time {
	const none = -1
	if at == none {
		return 0
	}
	return driver.At(time.UnixMilli(at))
}

func (r *reader) headers(h *headers) []driver.Header {
	n := r.varint()
	if n <= 0 || n > int64(len(r.b)/2) {
		r.failed = r.failed || n != 0
		return nil
	}
	out := h.next(int(n))
	for i := range out {
		out[i] = driver.Header{Key: h.key(i, r.nullable()), Value: r.nullable()}
	}
	h.last = out
	return out
}

func (r *reader) varint() int64 {
	v, n := binary.Varint(r.b)
	if n <= 0 {
		r.failed = true
		r.b = nil
		return 0
	}
	r.b = r.b[n:]
	return v
}

// nullable reads a length and that many bytes; the length -1 is nil.
func (r *reader) nullable() []byte {
	n := r.varint()
	if n == -1 || r.failed {
		return nil
	}
	return r.skip(int(n))
}

// skip returns the next n bytes.
func (r *reader) skip(n int) []byte {
	if n < 0 || n > len(r.b) {
		r.failed = true
		r.b = nil
		return nil
	}
	v := r.b[:n:n]
	r.b = r.b[n:]
	return v
}
