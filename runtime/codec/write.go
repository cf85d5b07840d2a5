package codec

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math"
	"math/bits"
	"net/netip"
	"strconv"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// String writes a string, with the escapes of encoding/json but for those that
// are meant for HTML. Text that is not UTF-8 fails.
func (w *Writer) String(s string) {
	w.comma()
	w.string(s)
}

// string is String without a comma.
func (w *Writer) string(s string) {
	at := len(w.buf)
	if len(s) > short || cap(w.buf)-at < len(s)+2 {
		w.buf = append(w.quoted(s), '"')
		return
	}
	b := w.buf[:at+len(s)+2]
	if b[at] = '"'; !put(b[at+1:], s) {
		w.buf = w.buf[:at+1]
		w.escape(s)
		w.buf = append(w.buf, '"')
		return
	}
	b[at+1+len(s)] = '"'
	w.buf = w.buf[:len(b)]
}

// short is how long a string is at most that is written as it is looked at.
const short = 64

// put writes s to the beginning of b, which has room for it, and tells whether all
// of it is characters of ASCII that stand for themselves in a string. To look at s,
// and not at what was just written, spares the processor waiting for that.
func put(b []byte, s string) (plain bool) {
	n := len(s)
	if n < 8 {
		return putFew(b, s)
	}
	last := word(s[n-8:])
	marked := escape.Special(last)
	b = b[:n]
	binary.LittleEndian.PutUint64(b[n-8:], last)
	for ; len(s) > 8 && len(b) > 8; s, b = s[8:], b[8:] {
		x := word(s)
		marked |= escape.Special(x)
		binary.LittleEndian.PutUint64(b, x)
	}
	return marked == 0
}

// putFew is put for less than a word.
func putFew(b []byte, s string) (plain bool) {
	b = b[:len(s)]
	for i := range b {
		c := s[i]
		if c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return false
		}
		b[i] = c
	}
	return true
}

// word returns the first eight bytes of s.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// quoted returns the buffer with a string behind it that lacks its last quote.
func (w *Writer) quoted(s string) []byte {
	b := append(w.buf, '"')
	start := len(b)
	b = append(b, s...)
	end := plainEnd(b, start)
	if end == len(b) {
		return b
	}
	w.buf = b[:end]
	w.escape(s[end-start:])
	return w.buf
}

// Text writes a string; see String.
func (w *Writer) Text(text []byte) {
	w.comma()
	b := append(w.buf, '"')
	start := len(b)
	b = append(b, text...)
	if end := plainEnd(b, start); end < len(b) {
		w.buf = b[:end]
		w.escape(string(text[end-start:]))
		b = w.buf
	}
	w.buf = append(b, '"')
}

// plainEnd returns the first place at or behind pos that holds anything but a
// character of ASCII that stands for itself in a string, or the end.
func plainEnd(data []byte, pos int) int {
	if len(data)-pos > short {
		return escape.LongPlain(data, pos)
	}
	for pos+8 <= len(data) {
		if marked := escape.Special(escape.Word(data, pos)); marked != 0 {
			return pos + bits.TrailingZeros64(marked)>>3
		}
		pos += 8
	}
	if rest := len(data) - pos; rest > 0 && len(data) >= 8 {
		// The last eight bytes, without those before pos, and spaces behind.
		x := binary.LittleEndian.Uint64(data[len(data)-8:])>>(64-8*rest) | eachSpace<<(8*rest)
		if marked := escape.Special(x); marked != 0 {
			return pos + bits.TrailingZeros64(marked)>>3
		}
		return len(data)
	}
	return escape.Plain(data, pos)
}

// escape writes the rest of a string from the first character on that may not
// stand for itself.
func (w *Writer) escape(s string) {
	start := 0 // of what is not written yet
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= utf8.RuneSelf:
			if i+1 < len(s) && 0xC2 <= c && c <= 0xDF && s[i+1]&0xC0 == 0x80 {
				i += 2 // most of the letters that are not of ASCII
				continue
			}
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == '\u2028' || r == '\u2029' {
				w.buf = append(append(w.buf, s[start:i]...), '\\', 'u', '2', '0', '2', hexDigits[r&0xf])
				start = i + size
			}
			if i += size; r == utf8.RuneError && size == 1 {
				w.Fail("must be UTF-8")
				return
			}
		case c < ' ' || c == '"' || c == '\\':
			w.buf = appendEscape(append(w.buf, s[start:i]...), c)
			i++
			start = i
		default:
			i = plainRun(s, i+1)
		}
	}
	w.buf = append(w.buf, s[start:]...)
}

// plainRun is plainEnd for a string, of which it may pass over less.
func plainRun(s string, pos int) int {
	for pos+8 <= len(s) {
		if marked := escape.Special(word(s[pos:])); marked != 0 {
			return pos + bits.TrailingZeros64(marked)>>3
		}
		pos += 8
	}
	return pos
}

const hexDigits = "0123456789abcdef"

// appendEscape appends the escape of a quote, backslash or control character.
func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
}

// Bytes writes bytes as a string in base64 (RFC 4648 section 4, with padding);
// nil is the empty string.
func (w *Writer) Bytes(b []byte) {
	w.comma()
	w.buf = append(base64.StdEncoding.AppendEncode(append(w.buf, '"'), b), '"')
}

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
	w.buf = strconv.AppendInt(w.buf, n, 10)
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
	w.buf = strconv.AppendUint(w.buf, n, 10)
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
	b := w.buf
	if f < 0 {
		b = append(b, '-')
	}
	whole, rest := uint64(n)/1000, uint64(n)%1000
	if whole < 10 {
		b = append(b, byte('0'+whole))
	} else {
		b = strconv.AppendUint(b, whole, 10)
	}
	if rest > 0 {
		first, second, third := rest/100, rest/10%10, rest%10
		switch b = append(b, '.', byte('0'+first), byte('0'+second), byte('0'+third)); {
		case third != 0:
		case second != 0:
			b = b[:len(b)-1]
		default:
			b = b[:len(b)-2]
		}
	}
	w.buf = b
	return true
}

// Number writes a number that is written already, as it is. Text that is no
// number of JSON fails.
func (w *Writer) Number(text string) {
	w.comma()
	start := len(w.buf)
	w.buf = append(w.buf, text...)
	if !isNumber(w.buf[start:]) {
		w.buf = w.buf[:start]
		w.Fail("must be a number of JSON")
	}
}

// isNumber tells whether text is a number in the grammar of RFC 8259 §6.
func isNumber(text []byte) bool {
	text = bytes.TrimPrefix(text, []byte("-"))
	whole := digits(text)
	if whole == 0 || whole > 1 && text[0] == '0' {
		return false
	}
	if text = text[whole:]; len(text) > 0 && text[0] == '.' {
		fraction := digits(text[1:])
		if fraction == 0 {
			return false
		}
		text = text[1+fraction:]
	}
	if len(text) == 0 || text[0]|0x20 != 'e' {
		return len(text) == 0
	}
	if text = text[1:]; len(text) > 0 && (text[0] == '+' || text[0] == '-') {
		text = text[1:]
	}
	return len(text) > 0 && digits(text) == len(text)
}

// digits counts the digits that text begins with.
func digits(text []byte) int {
	n := 0
	for n < len(text) && text[n]-'0' <= 9 {
		n++
	}
	return n
}

// Addr writes an IP address as a string. The zero Addr fails.
func (w *Writer) Addr(a netip.Addr) {
	w.comma()
	if !a.IsValid() {
		w.Fail("must be an IP address")
		return
	}
	w.buf = append(a.AppendTo(append(w.buf, '"')), '"')
}

// External writes v in the way that its type has: as a Value, Writable, json.Marshaler
// or encoding.TextMarshaler, else as encoding/json writes it. It is for types
// that are not generated.
func (w *Writer) External(v any) {
	switch t := v.(type) {
	case Value:
		t.CodeJSON(&w.json)
	case Writable:
		t.WriteJSON(w)
	case json.Marshaler:
		raw, err := t.MarshalJSON()
		w.marshalled(raw, err)
	case encoding.TextMarshaler:
		text, err := t.MarshalText()
		if err != nil {
			w.marshalled(nil, err)
			return
		}
		w.String(string(text))
	default:
		raw, err := json.Marshal(v)
		w.marshalled(raw, err)
	}
}

// marshalled writes what a type of its own has made.
func (w *Writer) marshalled(raw []byte, err error) {
	if err != nil {
		w.comma()
		w.failed(err)
		return
	}
	w.Raw(raw)
}
