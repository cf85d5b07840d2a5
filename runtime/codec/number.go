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
func (r *Reader) Number() string { return string(r.number()) }

// IsInteger tells whether the next value is a number without a fraction,
// however it is written, without reading it: 1.0 and 1e2 are.
func (r *Reader) IsInteger() bool {
	if r.Peek() != Number {
		return false
	}
	_, exponent, ok := decimal(r.data[r.pos:numberEnd(r.data, r.pos)])
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
	for pos < len(data) {
		switch c := data[pos]; {
		case '0' <= c && c <= '9', c == '-', c == '+', c == '.', c == 'e', c == 'E':
			pos++
		default:
			return pos
		}
	}
	return pos
}

// integer reads an integer of so many bits.
func (r *Reader) integer(size int) int64 {
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

// magnitude reads an integer and reports whether it is one within 64 bits.
func (r *Reader) magnitude() (negative bool, n uint64, ok bool) {
	text := r.number()
	digits, negative := bytes.CutPrefix(text, []byte("-"))
	if len(digits) == 0 {
		return false, 0, false
	}
	if len(digits) < 19 {
		for i, c := range digits {
			if c -= '0'; c > 9 {
				break
			}
			n = n*10 + uint64(c)
			if i == len(digits)-1 {
				return negative, n, true
			}
		}
	}
	n, ok = exactly(digits)
	return negative, n, ok
}

// exactly returns the value of an unsigned number, and whether it is an integer
// of at most 64 bits.
func exactly(text []byte) (uint64, bool) {
	digits, exponent, ok := decimal(text)
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

// decimal takes a number apart: its digits without zeros around them, and the
// power of ten that they are multiplied with. Zero has no digits.
func decimal(text []byte) (digits []byte, exponent int, ok bool) {
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
	const far = 1 << 40
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
