package codec

import (
	"encoding"
	"encoding/base64"
	"encoding/json"
	"math"
	"net/netip"
	"strconv"
	"time"
	"unicode/utf8"
)

// String writes a string, with the escapes of encoding/json but for those that
// are meant for HTML. Text that is not UTF-8 fails.
func (w *Writer) String(s string) {
	w.comma()
	w.buf = append(w.buf, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				w.Fail("must be UTF-8")
			}
			if r == '\u2028' || r == '\u2029' {
				w.buf = append(append(w.buf, s[start:i]...), `\u202`...)
				w.buf = append(w.buf, hexDigits[r&0xf])
				start = i + size
			}
			i += size
			continue
		}
		if c < ' ' || c == '"' || c == '\\' {
			w.buf = appendEscape(append(w.buf, s[start:i]...), c)
			start = i + 1
		}
		i++
	}
	w.buf = append(append(w.buf, s[start:]...), '"')
}

// Text writes a string; see String.
func (w *Writer) Text(text []byte) { w.String(string(text)) }

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
func (w *Writer) Float32(f float32) { w.float(float64(f), 32) }

// Float64 writes a number with the fewest digits that are read as it. What is no
// number or infinite fails.
func (w *Writer) Float64(f float64) { w.float(f, 64) }

func (w *Writer) float(f float64, size int) {
	w.comma()
	if math.IsNaN(f) || math.IsInf(f, 0) {
		w.Fail("must be a finite number")
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

// Number writes a number that is written already, as it is. Text that is no
// number of JSON fails.
func (w *Writer) Number(text string) {
	w.comma()
	if raw := []byte(text); len(raw) == 0 || kindOf(raw[0]) != Number || numberEnd(raw, 0) != len(raw) || !json.Valid(raw) {
		w.Fail("must be a number of JSON")
		return
	}
	w.buf = append(w.buf, text...)
}

// Time writes a time as RFC 3339 has it, with what it has of nanoseconds. Years
// beyond 0 to 9999 and time zones that are off by a day or more fail.
func (w *Writer) Time(t time.Time) {
	w.comma()
	text, err := t.AppendText(append(w.buf, '"'))
	if err != nil {
		w.Fail("must be a time that RFC 3339 can write")
		return
	}
	w.buf = append(text, '"')
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

// External writes v in the way that its type has: as a Writable, json.Marshaler
// or encoding.TextMarshaler, else as encoding/json writes it. It is for types
// that are not generated.
func (w *Writer) External(v any) {
	switch t := v.(type) {
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
		w.Fail(err.Error())
		return
	}
	w.Raw(raw)
}
