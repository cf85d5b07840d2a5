package codec

import (
	"encoding"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"math/bits"
	"net/netip"
	"net/url"
	"unicode/utf8"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// String writes a string, with the escapes of encoding/json but for those that
// are meant for HTML. Text that is not UTF-8 fails.
func (w *Writer) String(s string) {
	w.comma()
	w.string(s)
}

// string is String without a comma.
func (w *Writer) string(s string) {
	if len(s) > short {
		w.long(s)
		return
	}
	b := w.room(len(s) + 2)
	end, marked := putPlain(b, len(w.buf), s)
	if w.wrote(end); marked != 0 {
		w.escape(s)
	}
}

// long is string for one of any length.
func (w *Writer) long(s string) {
	at, b := len(w.buf)+1, w.behind(len(s)+2)
	b[0] = '"'
	end := at + copy(b[1:], s)
	if plain := plainEnd(w.buf[:end], at); plain < end {
		w.wrote(plain)
		w.escape(s[plain-at:])
		return
	}
	b[len(s)+1] = '"'
	w.wrote(end + 1)
}

// short is how long a string is at most that is written as it is looked at.
const short = 64

// word returns the first eight bytes of s.
func word(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

// Text writes a string; see String.
func (w *Writer) Text(text []byte) {
	w.comma()
	w.string(unsafe.String(unsafe.SliceData(text), len(text))) // which nobody keeps
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
// stand for itself, and its last quote.
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
				w.buf = append(w.buf, s[start:i]...)
				w.buf = append(w.buf, '\\', 'u', '2', '0', '2', hexDigits[r&0xf])
				start = i + size
			}
			if r == utf8.RuneError && size == 1 {
				w.buf = append(w.buf, s[start:i]...)
				w.Fail("must be UTF-8")
				return
			}
			i += size
		case c < ' ' || c == '"' || c == '\\':
			w.buf = append(w.buf, s[start:i]...)
			w.escaped(c)
			i++
			start = i
		default:
			i = plainRun(s, i+1)
		}
	}
	w.buf = append(w.buf, s[start:]...)
	w.buf = append(w.buf, '"')
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

// escaped writes the escape of a quote, backslash or control character.
func (w *Writer) escaped(c byte) {
	switch c {
	case '"', '\\':
		w.buf = append(w.buf, '\\', c)
	case '\b':
		w.buf = append(w.buf, '\\', 'b')
	case '\f':
		w.buf = append(w.buf, '\\', 'f')
	case '\n':
		w.buf = append(w.buf, '\\', 'n')
	case '\r':
		w.buf = append(w.buf, '\\', 'r')
	case '\t':
		w.buf = append(w.buf, '\\', 't')
	default:
		w.buf = append(w.buf, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
	}
}

// Bytes writes bytes as a string in base64 (RFC 4648 section 4, with padding);
// nil is the empty string.
func (w *Writer) Bytes(data []byte) {
	w.comma()
	length := base64.StdEncoding.EncodedLen(len(data))
	b := w.behind(length + 2)
	b[0] = '"'
	base64.StdEncoding.Encode(b[1:], data)
	b[length+1] = '"'
	w.wrote(len(w.buf) + len(b))
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

// URL writes a URL as a string; nil is the empty one.
func (w *Writer) URL(u *url.URL) {
	if u == nil {
		w.String("")
		return
	}
	w.comma()
	if out, ok := parse.AppendURL(append(w.buf, '"'), u); ok {
		w.buf = append(out, '"')
		return
	}
	w.string(u.String())
}

// External writes v in the way that its type has: as a Value, Writable, json.Marshaler
// or encoding.TextMarshaler, else as encoding/json writes it. It is for types that are not
// generated.
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
