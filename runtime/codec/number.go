package codec

import (
	"bytes"
	"math"
	"strconv"
)

// Int reads an integer that fits an int. Integers may be written as 1.0 and 1e2.
func (r *Reader) Int() int { return int(r.integer(strconv.IntSize)) }

// Int8 reads an integer that fits an int8.
func (r *Reader) Int8() int8 { return int8(r.integer(8)) }

// Int16 reads an integer that fits an int16.
func (r *Reader) Int16() int16 { return int16(r.integer(16)) }

// Int32 reads an integer that fits an int32.
func (r *Reader) Int32() int32 { return int32(r.integer(32)) }

// Int64 reads an integer that fits an int64.
func (r *Reader) Int64() int64 { return r.integer(64) }

// Uint reads an integer that fits a uint.
func (r *Reader) Uint() uint { return uint(r.unsigned(strconv.IntSize)) }

// Uint8 reads an integer that fits a uint8.
func (r *Reader) Uint8() uint8 { return uint8(r.unsigned(8)) }

// Uint16 reads an integer that fits a uint16.
func (r *Reader) Uint16() uint16 { return uint16(r.unsigned(16)) }

// Uint32 reads an integer that fits a uint32.
func (r *Reader) Uint32() uint32 { return uint32(r.unsigned(32)) }

// Uint64 reads an integer that fits a uint64.
func (r *Reader) Uint64() uint64 { return r.unsigned(64) }

// Number reads a number and returns it as it is written.
func (r *Reader) Number() string { return r.share(r.number()) }

// decimal is Number, with no text for 0.
func (r *Reader) decimal() string {
	text := r.number()
	if len(text) == 1 && text[0] == '0' {
		return ""
	}
	return r.share(text)
}

// IsInteger tells whether the next value is a number without a fraction,
// however it is written, without reading it: 1.0 and 1e2 are.
func (r *Reader) IsInteger() bool {
	if r.Peek() != Number {
		return false
	}
	_, exponent, ok := apart(r.data[r.pos:numberEnd(r.data, r.pos)])
	return ok && exponent >= 0
}

// number passes over a number and returns it as a view.
func (r *Reader) number() []byte {
	if kindOf(r.next()) != Number {
		r.expected("a number")
		return nil
	}
	r.at = r.pos
	r.pos = numberEnd(r.data, r.pos)
	return r.data[r.at:r.pos]
}

// numberEnd returns the end of the number that begins at pos.
func numberEnd(data []byte, pos int) int {
	for inNumber(data, pos) {
		pos++
	}
	return pos
}

// integer reads an integer of so many bits.
func (r *Reader) integer(size int) int64 {
	// Most have no sign, and end where anything but a number goes on:
	data, pos, short := r.data, r.pos, uint64(0)
	for pos < len(data) && data[pos]-'0' <= 9 {
		short = short*10 + uint64(data[pos]-'0')
		pos++
	}
	if uint(pos-r.pos-1) < sureDigits && short>>(size-1) == 0 && !inNumber(data, pos) {
		r.at, r.pos = r.pos, pos
		return int64(short)
	}
	negative, n, ok := r.magnitude()
	limit := uint64(1) << (size - 1) // what a negative one may have
	if !ok || n > limit || n == limit && !negative {
		r.outOfRange("int", size)
		return 0
	}
	if negative {
		return -int64(n)
	}
	return int64(n)
}

// unsigned reads a non-negative integer of so many bits.
func (r *Reader) unsigned(size int) uint64 {
	negative, n, ok := r.magnitude()
	if !ok || negative && n > 0 || n > math.MaxUint64>>(64-size) {
		r.outOfRange("uint", size)
		return 0
	}
	return n
}

func (r *Reader) outOfRange(name string, size int) {
	if size == strconv.IntSize && size != 64 {
		size = 32
	}
	r.Fail("must be an integer that fits " + name + strconv.Itoa(size))
}

// sureDigits is how many digits fit into 64 bits, whichever they are.
const sureDigits = 18

// magnitude reads an integer and reports whether it is one within 64 bits.
func (r *Reader) magnitude() (negative bool, n uint64, ok bool) {
	r.next()
	pos := r.pos
	if pos < len(r.data) && r.data[pos] == '-' {
		negative = true
		pos++
	}
	start := pos
	for pos < len(r.data) && r.data[pos]-'0' <= 9 {
		n = n*10 + uint64(r.data[pos]-'0')
		pos++
	}
	if count := pos - start; 0 < count && count <= sureDigits && !inNumber(r.data, pos) {
		r.at, r.pos = r.pos, pos
		return negative, n, true
	}
	text := r.number()
	n, ok = exactly(text)
	return negative, n, ok
}

// inNumber tells whether a number goes on at pos.
func inNumber(data []byte, pos int) bool {
	if pos >= len(data) {
		return false
	}
	switch data[pos] {
	case '.', 'e', 'E', '+', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return true
	}
	return false
}

// exactly returns the value of an unsigned number, and whether it is an integer
// of at most 64 bits.
func exactly(text []byte) (uint64, bool) {
	digits, exponent, ok := apart(text)
	if !ok || exponent < 0 || len(digits)+exponent > 20 {
		return 0, false
	}
	digits = append(digits, "00000000000000000000"[:exponent]...)
	if len(digits) == 0 {
		return 0, true
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	return n, err == nil
}

// apart takes a number apart: its digits without zeros around them, and the
// power of ten that they are multiplied with. Zero has no digits.
func apart(text []byte) (digits []byte, exponent int, ok bool) {
	text = bytes.TrimPrefix(text, []byte("-"))
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		if exponent, ok = power(text[i+1:]); !ok {
			return nil, 0, false
		}
		text = text[:i]
	}
	whole, fraction, _ := bytes.Cut(text, []byte("."))
	digits = append(append(make([]byte, 0, len(text)+20), whole...), fraction...)
	exponent -= len(fraction)
	for _, c := range digits {
		if c < '0' || c > '9' {
			return nil, 0, false
		}
	}
	size := len(digits)
	digits = bytes.TrimRight(digits, "0")
	exponent += size - len(digits)
	digits = bytes.TrimLeft(digits, "0")
	if len(digits) == 0 {
		exponent = 0
	}
	return digits, exponent, true
}

// power reads an exponent; what is far beyond all that matters is cut to that.
func power(text []byte) (int, bool) {
	const far = 1 << 30
	n, err := strconv.ParseInt(string(text), 10, 64)
	if err != nil && !isRange(err) {
		return 0, false
	}
	return int(max(-far, min(n, far))), true
}

func isRange(err error) bool {
	e, ok := err.(*strconv.NumError)
	return ok && e.Err == strconv.ErrRange
}

// Float64 reads a number as the nearest float64.
func (r *Reader) Float64() float64 { return r.float(64) }

// Float32 reads a number as the nearest float32.
func (r *Reader) Float32() float32 { return float32(r.float(32)) }

func (r *Reader) float(size int) float64 {
	if size == 64 {
		if f, ok := r.short(); ok {
			return f
		}
	}
	text := r.number()
	if r.err != nil {
		return 0
	}
	f, err := strconv.ParseFloat(string(text), size)
	if err != nil {
		r.Fail("must be a number that fits float" + strconv.Itoa(size))
		return 0
	}
	return f
}

// powers are the powers of ten that a float64 holds exactly and that short uses.
var powers = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// short reads a number of at most 15 digits without an exponent, and reports
// whether it is one. Its digits and its power of ten are exact, and so their
// quotient is the nearest float64.
func (r *Reader) short() (f float64, ok bool) {
	r.next()
	pos := r.pos
	negative := pos < len(r.data) && r.data[pos] == '-'
	if negative {
		pos++
	}
	n, digits, fraction := uint64(0), 0, 0
	for ; pos < len(r.data); pos++ {
		c := r.data[pos]
		if d := c - '0'; d <= 9 {
			n = n*10 + uint64(d)
			digits++
		} else if c == '.' && fraction == 0 {
			fraction = digits + 1
		} else {
			break
		}
	}
	if digits == 0 || digits > 15 || inNumber(r.data, pos) {
		return 0, false
	}
	r.at, r.pos = r.pos, pos
	if f = float64(int64(n)); fraction > 0 { // not of uint64, which processors convert in several steps
		f /= powers[digits-fraction+1]
	}
	if negative {
		f = -f
	}
	return f, true
}
