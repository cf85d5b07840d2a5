package codec

import (
	"encoding/binary"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// What is here writes into the room behind a Writer's buffer, of which Writer.room has
// said that it is large enough. A slice of it for each word would take the processor
// longer than the word.

func store1(b unsafe.Pointer, at int, x byte) { *(*byte)(unsafe.Add(b, at)) = x }

func store2(b unsafe.Pointer, at int, x uint16) {
	binary.LittleEndian.PutUint16((*[2]byte)(unsafe.Add(b, at))[:], x)
}

func store4(b unsafe.Pointer, at int, x uint32) {
	binary.LittleEndian.PutUint32((*[4]byte)(unsafe.Add(b, at))[:], x)
}

func load1(b unsafe.Pointer, at int) byte { return *(*byte)(unsafe.Add(b, at)) }

func load4(b unsafe.Pointer) uint64 { return uint64(binary.LittleEndian.Uint32((*[4]byte)(b)[:])) }

func load8(b unsafe.Pointer) uint64 { return binary.LittleEndian.Uint64((*[8]byte)(b)[:]) }

// putComma writes a comma at a place of a value that begins at base, unless something
// stands first there or behind its name, and returns where it ends.
func putComma(b unsafe.Pointer, at, base int) int {
	if at > base && goesOn(load1(b, at-1)) {
		store1(b, at, ',')
		at++
	}
	return at
}

// around is what stands around a name: a comma, two quotes and a colon.
const around = 4

// putPlain writes s at a place as a string, and returns where that ends. When s does not
// stand for itself, or may not be ASCII, marked is not 0, and end is where it begins
// behind its quote. To look at s, and not at what was just written, spares the processor
// waiting for that.
func putPlain(b unsafe.Pointer, at int, s string) (end int, marked uint64) {
	to, from, n := unsafe.Add(b, at), unsafe.Pointer(unsafe.StringData(s)), len(s)
	*(*byte)(to) = '"'
	to = unsafe.Add(to, 1)
	switch {
	case n >= 8:
		*(*[8]byte)(unsafe.Add(to, n-8)) = *(*[8]byte)(unsafe.Add(from, n-8))
		marked = escape.Special(load8(unsafe.Add(from, n-8)))
		for i := 0; i < n-8; i += 8 {
			marked |= escape.Special(load8(unsafe.Add(from, i)))
			*(*[8]byte)(unsafe.Add(to, i)) = *(*[8]byte)(unsafe.Add(from, i))
		}
	case n >= 4:
		*(*[4]byte)(to) = *(*[4]byte)(from)
		*(*[4]byte)(unsafe.Add(to, n-4)) = *(*[4]byte)(unsafe.Add(from, n-4))
		marked = escape.Special(load4(from) | load4(unsafe.Add(from, n-4))<<32)
	case n > 0: // the first, the last, and what is between them
		first, mid, last := *(*byte)(from), *(*byte)(unsafe.Add(from, n/2)), *(*byte)(unsafe.Add(from, n-1))
		*(*byte)(to) = first
		*(*byte)(unsafe.Add(to, n/2)) = mid
		*(*byte)(unsafe.Add(to, n-1)) = last
		marked = escape.Special(uint64(first) | uint64(mid)<<8 | uint64(last)<<16 | eachSpace&^0xffffff)
	}
	if marked != 0 {
		return at + 1, marked
	}
	*(*byte)(unsafe.Add(to, n)) = '"'
	return at + n + 2, 0
}
