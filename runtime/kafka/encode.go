package kafka

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// The layout of a record batch, version 2 (Kafka 0.11 and later): a fixed head,
// then the records, which alone are compressed.
const (
	atLength        = 8
	atMagic         = 16
	atCRC           = 17
	atAttributes    = 21
	atLastDelta     = 23
	atFirstTime     = 27
	atMaxTime       = 35
	atProducerID    = 43
	atProducerEpoch = 51
	atSequence      = 53
	atCount         = 57
	batchHead       = 61

	// batchPrefix is what comes before the bytes that the batch length counts.
	batchPrefix = 12
)

// Bits of a batch's attributes.
const (
	attrCompression   = 0x07
	attrLogAppendTime = 1 << 3
	attrTransactional = 1 << 4
	attrControl       = 1 << 5
)

// recordHead is at most what a record takes beyond key, value and headers: its
// length, attributes, two deltas, two lengths and a count.
const recordHead = 5 + 1 + 10 + 5 + 5 + 5 + 5

// recordSize bounds from above how many bytes a message takes in a batch.
func recordSize(m *driver.Message) int {
	n := recordHead + len(m.Key) + len(m.Value)
	for i := range m.Headers {
		n += 10 + len(m.Headers[i].Key) + len(m.Headers[i].Value)
	}
	return n
}

// encoder writes batches. The zero value does not compress.
type encoder struct {
	compression kafka.Compression
}

// batch appends to b one batch of all the messages. A message without a time
// gets now. Producer id, epoch and sequence are set by stamp.
func (e encoder) batch(b []byte, messages []*driver.Message, now time.Time) ([]byte, error) {
	start := len(b)
	b = append(b, make([]byte, batchHead)...)
	first, last := timestamps(messages, now)
	if e.compression == 0 {
		b = appendRecords(b, messages, first, now)
	} else {
		var err error
		if b, err = e.compress(b, appendRecords(nil, messages, first, now)); err != nil {
			return nil, err
		}
	}
	head := b[start:]
	be := binary.BigEndian
	be.PutUint32(head[atLength:], uint32(len(head)-batchPrefix))
	be.PutUint32(head[atLength+4:], ^uint32(0)) // leader epoch: not known
	head[atMagic] = 2
	be.PutUint16(head[atAttributes:], uint16(e.compression)&attrCompression)
	be.PutUint32(head[atLastDelta:], uint32(len(messages)-1))
	be.PutUint64(head[atFirstTime:], uint64(first))
	be.PutUint64(head[atMaxTime:], uint64(last))
	be.PutUint32(head[atCount:], uint32(len(messages)))
	return b, nil
}

// compress appends the compressed records to b.
func (e encoder) compress(b, records []byte) ([]byte, error) {
	codec := e.compression.Codec()
	if codec == nil {
		return nil, fmt.Errorf("kafka: there is no compression %d: %w", e.compression, driver.ErrInvalid)
	}
	out := bytes.NewBuffer(b)
	w := codec.NewWriter(out)
	if _, err := w.Write(records); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// stamp puts the producer's identity and the sequence number of its first
// record into a batch, and the checksum that covers them.
func stamp(batch []byte, p producer, sequence int32) {
	be := binary.BigEndian
	be.PutUint64(batch[atProducerID:], uint64(p.id))
	be.PutUint16(batch[atProducerEpoch:], uint16(p.epoch))
	be.PutUint32(batch[atSequence:], uint32(sequence))
	be.PutUint32(batch[atCRC:], checksum(batch))
}

// checksum is the CRC-32C of everything from the attributes on.
func checksum(batch []byte) uint32 {
	return crc32.Checksum(batch[atAttributes:], castagnoli())
}

// castagnoli returns the table of CRC-32C, which package crc32 makes once.
func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

// timestamps returns the first and the greatest time in milliseconds.
func timestamps(messages []*driver.Message, now time.Time) (first, last int64) {
	first = millis(messages[0], now)
	last = first
	for _, m := range messages[1:] {
		last = max(last, millis(m, now))
	}
	return first, last
}

func millis(m *driver.Message, now time.Time) int64 {
	if m.Time.IsZero() {
		return now.UnixMilli()
	}
	return m.Time.Time().UnixMilli()
}

func appendRecords(b []byte, messages []*driver.Message, first int64, now time.Time) []byte {
	for i, m := range messages {
		b = appendRecord(b, m, millis(m, now)-first, int64(i))
	}
	return b
}

// appendRecord appends one record: its length, then what the length counts.
func appendRecord(b []byte, m *driver.Message, timeDelta, offsetDelta int64) []byte {
	b = binary.AppendVarint(b, int64(bodySize(m, timeDelta, offsetDelta)))
	b = append(b, 0) // attributes, unused
	b = binary.AppendVarint(b, timeDelta)
	b = binary.AppendVarint(b, offsetDelta)
	b = appendNullable(b, m.Key)
	b = appendNullable(b, m.Value)
	b = binary.AppendVarint(b, int64(len(m.Headers)))
	for i := range m.Headers {
		h := &m.Headers[i]
		b = binary.AppendVarint(b, int64(len(h.Key)))
		b = append(b, h.Key...)
		b = appendNullable(b, h.Value)
	}
	return b
}

func bodySize(m *driver.Message, timeDelta, offsetDelta int64) int {
	n := 1 + varintSize(timeDelta) + varintSize(offsetDelta) + nullableSize(m.Key) + nullableSize(m.Value) +
		varintSize(int64(len(m.Headers)))
	for i := range m.Headers {
		h := &m.Headers[i]
		n += varintSize(int64(len(h.Key))) + len(h.Key) + nullableSize(h.Value)
	}
	return n
}

// appendNullable appends a length and bytes; nil has the length -1.
func appendNullable(b, v []byte) []byte {
	if v == nil {
		return binary.AppendVarint(b, -1)
	}
	return append(binary.AppendVarint(b, int64(len(v))), v...)
}

func nullableSize(v []byte) int {
	if v == nil {
		return 1
	}
	return varintSize(int64(len(v))) + len(v)
}

// varintSize is how many bytes binary.AppendVarint takes.
func varintSize(v int64) int {
	u := uint64(v)<<1 ^ uint64(v>>63)
	n := 1
	for ; u >= 0x80; u >>= 7 {
		n++
	}
	return n
}
