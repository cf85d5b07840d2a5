package check

import (
	"encoding/binary"
	"unsafe"
)

// quickKey is a key with its colon, as compact JSON text writes it, that is
// compared eight bytes at a time: the first eight, the last eight and, in keys of
// more than sixteen, what lies between. Of a key of less than eight bytes both
// are the same ones, and mask tells which of them count: the others are zero here.
type quickKey struct {
	head, last, mask uint64
	size, tail       int32 // in bytes, and where the last eight begin
	inner            string
}

// noKey stands nowhere: the first eight bytes would be the last ones, and others.
var noKey = quickKey{head: 1, mask: ^uint64(0)}

// quickProperty is a known property whose value is judged by one node alone and
// whose presence is a bit of members.seen, for each of which there is a place. It is
// as large as what the processor loads at once.
type quickProperty struct {
	quickKey
	to   *node // nil for other properties
	most Types // the type of most values, if a walker may judge those without judge
}

// maxQuick is how many of an object's properties may be quick.
const maxQuick = 64

// quickProperties returns the quick ones among the known properties.
func (c *compiler) quickProperties(known []property) []quickProperty {
	quick := make([]quickProperty, min(len(known), maxQuick))
	for i := range quick {
		p := &known[i]
		if p.node == none || p.raw == "" {
			quick[i].quickKey = noKey
			continue
		}
		n := &c.nodes[p.node]
		quick[i] = quickProperty{newQuickKey(p.raw), n, n.mostly()}
	}
	return quick
}

// mostly returns the type that most values of a node have which are judged in one way
// alone: by str or num.
func (n *node) mostly() Types {
	switch {
	case n.combine != nil:
	case n.types&String != 0:
		return String
	case n.types&numeric != 0 && n.values == nil:
		return Number
	}
	return 0
}

func newQuickKey(raw string) quickKey {
	k := quickKey{size: int32(len(raw)), tail: int32(max(len(raw)-8, 0)), mask: ^uint64(0)}
	var head, last [8]byte
	copy(head[:], raw)
	copy(last[:], raw[k.tail:])
	k.head, k.last = binary.LittleEndian.Uint64(head[:]), binary.LittleEndian.Uint64(last[:])
	if len(raw) < 8 {
		k.mask >>= 8 * (8 - len(raw))
	}
	if len(raw) > 16 {
		k.inner = raw[8:k.tail]
	}
	return k
}

// at tells whether the key stands in data at pos. It misses one that stands within
// the last eight bytes, where no more than the end of an object follows.
func (k *quickKey) at(data []byte, pos int) bool {
	tail, b := pos+int(k.tail), unsafe.Pointer(unsafe.SliceData(data))
	return pos >= 0 && tail+8 <= len(data) && ((wordAt(b, pos)^k.head)|(wordAt(b, tail)^k.last))&k.mask == 0 &&
		(k.inner == "" || unsafe.String((*byte)(unsafe.Add(b, pos+8)), len(k.inner)) == k.inner)
}

// wordAt is escape.Word of text that b points to, for places of which the caller has made sure
// that they are within it: the processor looks no second time.
func wordAt(b unsafe.Pointer, at int) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(b, at))[:])
}
