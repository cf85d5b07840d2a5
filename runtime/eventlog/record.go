package eventlog

import (
	"encoding/binary"
	"hash/crc32"
	"io"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// A record is, in little endian:
//
//	length   uint32  bytes behind the checksum
//	checksum uint32  CRC-32C of length and all behind the checksum
//	offset   int64
//	time     int64   nanoseconds since 1970, UTC
//	flags    uint8   1: has a key, 2: has a value
//	key      uvarint length, bytes; only with flag 1
//	headers  uvarint count; each: uvarint length, key, uvarint length+1 (0: no value), value
//	value    what is left; only with flag 2
//
// A length of zero is where the records of a segment end.
const (
	frameSize  = 8
	fixedSize  = 17 // offset, time, flags
	minBody    = fixedSize + 1
	hasKey     = 1
	hasValue   = 2
	maxHeaders = 1 << 16
	maxBody    = 1 << 30
	// maxOffset is beyond any offset: what is larger is no offset, and adding to
	// one never overflows.
	maxOffset = 1 << 62
	// largeRecord is the size from which on memory is taken for a record only
	// when its checksum is known to be right.
	largeRecord = 1 << 20
)

// castagnoli is the table of CRC-32C; crc32 uses the processor's instructions.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord appends a message as a record, without offset and checksum,
// which number puts in.
func appendRecord(b []byte, m *driver.Message, at int64) []byte {
	start := len(b)
	b = append(b, make([]byte, frameSize)...)
	b = binary.LittleEndian.AppendUint64(b, 0)
	b = binary.LittleEndian.AppendUint64(b, uint64(at))
	var flags byte
	if m.Key != nil {
		flags |= hasKey
	}
	if m.Value != nil {
		flags |= hasValue
	}
	b = append(b, flags)
	if m.Key != nil {
		b = binary.AppendUvarint(b, uint64(len(m.Key)))
		b = append(b, m.Key...)
	}
	b = binary.AppendUvarint(b, uint64(len(m.Headers)))
	for _, h := range m.Headers {
		b = binary.AppendUvarint(b, uint64(len(h.Key)))
		b = append(b, h.Key...)
		if h.Value == nil {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(h.Value))+1)
		b = append(b, h.Value...)
	}
	b = append(b, m.Value...)
	binary.LittleEndian.PutUint32(b[start:], uint32(len(b)-start-frameSize))
	return b
}

// checksum returns the checksum that a record should have.
func checksum(r []byte) uint32 {
	return crc32.Update(crc32.Update(0, castagnoli, r[:4]), castagnoli, r[frameSize:])
}

// number gives the records of b, which are whole, the offsets from next on and
// their checksums. It returns the offset that follows.
func number(b []byte, next int64) int64 {
	for len(b) > 0 {
		r := b[:frameSize+int(binary.LittleEndian.Uint32(b))]
		binary.LittleEndian.PutUint64(r[frameSize:], uint64(next))
		binary.LittleEndian.PutUint32(r[4:], checksum(r))
		next++
		b = b[len(r):]
	}
	return next
}

// frame is what can be told of a record without reading what is in it.
type frame struct {
	size   int // of the whole record
	offset int64
	time   int64
}

// The states of the bytes at a place where a record may begin.
const (
	frameGood  = iota // a whole record with the right checksum
	frameEnd          // no more records: zeros, or no bytes
	frameShort        // the record is longer than the bytes
	frameBad          // no record, or a damaged one
)

// readFrame checks the record at the beginning of b. For frameShort, size is
// how many bytes are needed to tell more.
func readFrame(b []byte) (f frame, state int) {
	if len(b) < frameSize {
		f.size = frameSize
		return f, shortOrEnd(b)
	}
	length := binary.LittleEndian.Uint32(b)
	switch {
	case length == 0:
		if binary.LittleEndian.Uint32(b[4:]) != 0 {
			return f, frameBad
		}
		return f, frameEnd
	case length < minBody || length > maxBody:
		return f, frameBad
	}
	f.size = frameSize + int(length)
	if len(b) < f.size {
		return f, frameShort
	}
	r := b[:f.size]
	if checksum(r) != binary.LittleEndian.Uint32(r[4:]) {
		return f, frameBad
	}
	return readHead(r), frameGood
}

// readHead is readFrame for a record that is known to be good.
func readHead(r []byte) frame {
	return frame{
		size:   frameSize + int(binary.LittleEndian.Uint32(r)),
		offset: int64(binary.LittleEndian.Uint64(r[frameSize:])),
		time:   int64(binary.LittleEndian.Uint64(r[frameSize+8:])),
	}
}

// shortOrEnd tells a record whose head is cut off from zeros.
func shortOrEnd(b []byte) int {
	for _, c := range b {
		if c != 0 {
			return frameShort
		}
	}
	return frameEnd
}

// decodeRecord fills m from a record that readFrame has found good. The bytes
// of m are those of r. It reports whether r makes sense.
func decodeRecord(r []byte, m *driver.Message) bool {
	d := decoder{rest: r[frameSize:]}
	m.Offset = int64(binary.LittleEndian.Uint64(d.rest))
	m.Time = driver.Time(binary.LittleEndian.Uint64(d.rest[8:]))
	flags := d.rest[16]
	d.rest = d.rest[fixedSize:]
	if flags&hasKey != 0 {
		m.Key = d.take(d.uvarint())
	}
	if n := d.uvarint(); n > 0 {
		if n > maxHeaders || n > uint64(len(d.rest)) {
			return false
		}
		m.Headers = make([]driver.Header, n)
		for i := range m.Headers {
			m.Headers[i].Key = string(d.take(d.uvarint()))
			if size := d.uvarint(); size > 0 {
				m.Headers[i].Value = d.take(size - 1)
			}
		}
	}
	if flags&hasValue != 0 {
		m.Value = d.take(uint64(len(d.rest)))
	}
	return !d.bad && len(d.rest) == 0 && flags&^(hasKey|hasValue) == 0
}

// decoder takes a record to pieces.
type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	if n <= 0 {
		d.bad, d.rest = true, nil
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

// take returns the next n bytes, never nil.
func (d *decoder) take(n uint64) []byte {
	if n > uint64(len(d.rest)) {
		d.bad, d.rest = true, nil
		return []byte{}
	}
	out := d.rest[:n:n]
	d.rest = d.rest[n:]
	return out
}

// sound tells whether a whole record of that size lies at pos, without holding
// more than a part of it in memory: a length that is damaged asks for a lot.
func sound(f io.ReaderAt, pos int64, size int) (bool, error) {
	head, err := readFull(f, make([]byte, frameSize), pos)
	if err != nil || len(head) < frameSize {
		return false, err
	}
	sum := crc32.New(castagnoli)
	_, _ = sum.Write(head[:4]) // never fails
	n, err := io.Copy(sum, io.NewSectionReader(f, pos+frameSize, int64(size-frameSize)))
	if err != nil {
		return false, err
	}
	return n == int64(size-frameSize) && sum.Sum32() == binary.LittleEndian.Uint32(head[4:]), nil
}

// readFrameSize returns the size that the record at the beginning of b claims,
// if it may have it, else that of its head.
func readFrameSize(b []byte) int {
	length := binary.LittleEndian.Uint32(b)
	if length < minBody || length > maxBody {
		return frameSize
	}
	return frameSize + int(length)
}
