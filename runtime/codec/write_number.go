package codec

import (
	"math"
	"math/bits"
	"strconv"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// Int writes an integer.
func (w *Writer) Int(n int) { w.Int64(int64(n)) }

// Int8 writes an integer.
func (w *Writer) Int8(n int8) { w.Int64(int64(n)) }

// Int16 writes an integer.
func (w *Writer) Int16(n int16) { w.Int64(int64(n)) }

// Int32 writes an integer.
func (w *Writer) Int32(n int32) { w.Int64(int64(n)) }

// Int64 writes an integer.
func (w *Writer) Int64(n int64) {
	w.comma()
	at := len(w.buf)
	w.wrote(putInt(w.room(longestInt), at, n))
}

// Uint writes an integer.
func (w *Writer) Uint(n uint) { w.Uint64(uint64(n)) }

// Uint8 writes an integer.
func (w *Writer) Uint8(n uint8) { w.Uint64(uint64(n)) }

// Uint16 writes an integer.
func (w *Writer) Uint16(n uint16) { w.Uint64(uint64(n)) }

// Uint32 writes an integer.
func (w *Writer) Uint32(n uint32) { w.Uint64(uint64(n)) }

// Uint64 writes an integer.
func (w *Writer) Uint64(n uint64) {
	w.comma()
	at := len(w.buf)
	w.wrote(putUint(w.room(longestInt), at, n))
}

// longestInt is how long an integer is at most.
const longestInt = len("-9223372036854775808")

// putInt writes an integer at a place, which has room for it, and returns where it ends.
func putInt(b unsafe.Pointer, at int, n int64) int {
	if n < 0 {
		store1(b, at, '-')
		at++
		n = -n // of the least one, the same as an unsigned number
	}
	return putUint(b, at, uint64(n))
}

// putUint writes an integer at a place, which has room for it, and returns where it ends:
// digits from the last to the first, two at a time.
func putUint(b unsafe.Pointer, at int, n uint64) int {
	if n < 10 {
		store1(b, at, byte('0'+n))
		return at + 1
	}
	end := at + lengthOf(n)
	at = end
	for ; n >= 100; n /= 100 {
		at -= 2
		store2(b, at, pair(n%100))
	}
	if n < 10 {
		store1(b, at-1, byte('0'+n))
	} else {
		store2(b, at-2, pair(n))
	}
	return end
}

// pair returns a number below 100 as two digits.
func pair(n uint64) uint16 { return uint16(pairs[n*2]) | uint16(pairs[n*2+1])<<8 }

// pairs are the numbers below 100 as two digits each.
const pairs = "00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585960616263646566676869" +
	"707172737475767778798081828384858687888990919293949596979899"

// lengthOf returns how many digits a number has.
func lengthOf(n uint64) int {
	const perBit = 1233 // digits, in 4096ths
	digits := bits.Len64(n|1) * perBit >> 12
	if n >= digitsFrom[digits] {
		digits++
	}
	return digits
}

// digitsFrom are the numbers that have a digit more: powers of ten, and zero, which has one.
var digitsFrom = [...]uint64{
	0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
}

// Float32 writes a number with the fewest digits that are read as it. What is no
// number or infinite fails.
func (w *Writer) Float32(f float32) {
	w.comma()
	w.float(float64(f), 32)
}

// Float64 writes a number with the fewest digits that are read as it. What is no
// number or infinite fails.
func (w *Writer) Float64(f float64) {
	w.comma()
	w.float(f, 64)
}

// float is Float64 or Float32 without a comma.
func (w *Writer) float(f float64, size int) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.Fail("must be a finite number")
		return
	}
	if size == 64 && w.short(f) {
		return
	}
	small, large := 1e-6, 1e21
	if size == 32 {
		small, large = float64(float32(1e-6)), float64(float32(1e21))
	}
	if abs := math.Abs(f); abs == 0 || small <= abs && abs < large {
		w.buf = strconv.AppendFloat(w.buf, f, 'f', -1, size)
		return
	}
	w.buf = strconv.AppendFloat(w.buf, f, 'e', -1, size)
	if n := len(w.buf); w.buf[n-4] == 'e' && w.buf[n-3] == '-' && w.buf[n-2] == '0' {
		w.buf = append(w.buf[:n-2], w.buf[n-1]) // e-09 is e-9
	}
}

// short writes a number that has at most 15 digits, three of them behind the
// point, and reports whether it is one. No two such numbers have the same
// nearest float64: if f is that of one, this is how it is written the shortest.
func (w *Writer) short(f float64) bool {
	const most = 1e15
	abs := math.Abs(f)
	if abs*1000 >= most || f == 0 {
		return false
	}
	n := int64(abs*1000 + 0.5) // not uint64, which processors convert in several steps
	if float64(n)/1000 != abs {
		return false
	}
	at, b := len(w.buf), w.room(longestInt)
	if f < 0 {
		store1(b, at, '-')
		at++
	}
	at = putUint(b, at, uint64(n)/1000)
	if rest := uint64(n) % 1000; rest > 0 {
		store4(b, at, '.'|uint32('0'+rest/100)<<8|uint32(pair(rest%100))<<16)
		for at += 4; load1(b, at-1) == '0'; {
			at--
		}
	}
	w.wrote(at)
	return true
}

// Number writes a number that is written already, as it is. Text that is no
// number of JSON fails.
func (w *Writer) Number(text string) {
	w.comma()
	start := len(w.buf)
	w.buf = append(w.buf, text...)
	if !parse.IsNumber(parse.View(w.buf[start:])) {
		w.buf = w.buf[:start]
		w.Fail("must be a number of JSON")
	}
}

// decimal writes what a Decimal holds, which is a number for certain, or nothing for 0,
// without a comma.
func (w *Writer) decimal(text string) {
	if text == "" {
		text = "0"
	}
	w.buf = append(w.buf, text...)
}
