package eventlog

import (
	"encoding/binary"
	"hash/crc32"
)

// mark tells how much of a partition is durable: size bytes of the segment
// that begins at base, which is all before the offset next. The writer leaves
// it in a file after each sync and never syncs that file: after a power cut it
// may be old, but it never promises too much. Other processes hand out to
// groups only what it covers; and what it covers was promised, so damage there
// is no torn end.
//
// The file is base, size, next, cut, int64 each; uint32 with 1 for unsynced and
// twice the epoch; CRC-32C of all before.
type mark struct {
	base, size, next int64
	// cut is where the partition was last truncated, epoch counts how often.
	cut   int64
	epoch uint32
	// unsynced: it is stored, and not known to be durable (Sync None).
	unsynced bool
}

const markSize = 40

func (m mark) bytes(b []byte) []byte {
	for _, v := range []int64{m.base, m.size, m.next, m.cut} {
		b = binary.LittleEndian.AppendUint64(b, uint64(v))
	}
	flags := m.epoch << 1
	if m.unsynced {
		flags |= 1
	}
	b = binary.LittleEndian.AppendUint32(b, flags)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// parseMark reads a mark; false when there is none.
func parseMark(b []byte) (mark, bool) {
	if len(b) != markSize || crc32.Checksum(b[:markSize-4], castagnoli) != binary.LittleEndian.Uint32(b[markSize-4:]) {
		return mark{}, false
	}
	at := func(i int) int64 { return int64(binary.LittleEndian.Uint64(b[i:])) }
	flags := binary.LittleEndian.Uint32(b[32:])
	m := mark{base: at(0), size: at(8), next: at(16), cut: at(24), epoch: flags >> 1, unsynced: flags&1 != 0}
	return m, m.base >= 0 && m.size >= 0 && m.next >= m.base && m.next <= maxOffset && m.cut >= 0
}

// readMark reads the mark file at path. While it is being written it may look
// damaged: then it is read again.
func readMark(path string) (mark, bool) {
	for range 3 {
		b, err := readFile(path, markSize)
		if err != nil {
			return mark{}, false
		}
		if m, ok := parseMark(b); ok {
			return m, true
		}
	}
	return mark{}, false
}
