package check

import "encoding/binary"

// quickKey is a key with its colon, as compact JSON text writes it, that is
// compared eight bytes at a time. The zero quickKey is no key at all.
type quickKey struct {
	size       int
	head, mask uint64 // the first eight bytes, and which of them count
	last       uint64 // the last eight
	inner      string // what lies between, in keys of more than sixteen
}

func newQuickKey(raw string) quickKey {
	k := quickKey{size: len(raw), mask: ^uint64(0)}
	var head [8]byte
	copy(head[:], raw)
	k.head = binary.LittleEndian.Uint64(head[:])
	if len(raw) < 8 {
		k.mask >>= 8 * (8 - len(raw))
		return k
	}
	k.last = binary.LittleEndian.Uint64([]byte(raw[len(raw)-8:]))
	if len(raw) > 16 {
		k.inner = raw[8 : len(raw)-8]
	}
	return k
}

// at tells whether the key stands in data at pos. It misses one that stands within
// the last eight bytes, where no more than an end of an object follows.
func (k *quickKey) at(data []byte, pos int) bool {
	if k.size == 0 || pos+8 > len(data) || binary.LittleEndian.Uint64(data[pos:])&k.mask != k.head {
		return false
	}
	if k.size <= 8 {
		return true
	}
	end := pos + k.size
	if end > len(data) || binary.LittleEndian.Uint64(data[end-8:]) != k.last {
		return false
	}
	return k.inner == "" || string(data[pos+8:end-8]) == k.inner
}
