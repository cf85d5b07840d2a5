package codec

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// Byte-wise patterns for looking at eight bytes at once.
const (
	eachOne    = 0x0101010101010101
	eachHigh   = 0x8080808080808080
	eachSpace  = 0x2020202020202020
	eachQuote  = 0x2222222222222222
	eachEscape = 0x5c5c5c5c5c5c5c5c
)

// fewWords is how much of a string is looked at word by word: most are short.
const fewWords = 8

// skipPlain passes over what of a string stands before its end and its first
// escape, in the fastest way for long texts.
func skipPlain(data []byte, pos int) int {
	end := len(data)
	if i := bytes.IndexByte(data[pos:], '"'); i >= 0 {
		end = pos + i
	}
	if i := bytes.IndexByte(data[pos:end], '\\'); i >= 0 {
		end = pos + i
	}
	return end
}

// stringEnd returns the place of the quote that ends the string whose inside
// begins at pos, or the end of the text, and whether there is no escape in it.
func stringEnd(data []byte, pos int) (end int, plain bool) {
	plain = true
	for words := 0; pos+8 <= len(data); words++ {
		if words == fewWords && plain {
			pos = skipPlain(data, pos)
			continue
		}
		x := escape.Word(data, pos)
		q, e := x^eachQuote, x^eachEscape
		// Within a word only the lowest marked byte is sure, the one that counts.
		marked := ((q - eachOne) | (e - eachOne)) &^ x & eachHigh
		if marked == 0 {
			pos += 8
			continue
		}
		pos += bits.TrailingZeros64(marked) >> 3
		if data[pos] == '"' {
			return pos, plain
		}
		plain = false
		pos += 2
	}
	for ; pos < len(data); pos++ {
		switch data[pos] {
		case '"':
			return pos, plain
		case '\\':
			plain = false
			pos++
		}
	}
	return len(data), plain
}

// valueEnd returns the end of the value that begins at pos.
func valueEnd(data []byte, pos int) int {
	depth := 0
	for ; pos < len(data); pos++ {
		switch data[pos] {
		case '"':
			pos, _ = stringEnd(data, pos+1)
			if depth == 0 {
				return min(pos+1, len(data))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return pos + 1 + depth // one that closes nothing does not belong to the value
			}
		case ',', ':', ' ', '\t', '\r', '\n':
			if depth == 0 {
				return pos
			}
		}
	}
	return len(data)
}

// String reads a string. Short strings that are read one after the other share
// memory of at most 320 bytes, and one that is most of what is read may be a part of
// it (see Lasting); strings.Clone sets one free that is to be kept for long by itself.
func (r *Reader) String() string {
	data, pos, at := r.data, r.pos, r.used
	if pos >= len(data) || data[pos] != '"' {
		if r.next() != '"' {
			return r.share(r.Text())
		}
		pos = r.pos
	}
	text, room := data[pos+1:], r.piece[at:]
	n := 0
	// A short string is copied as it is looked at, word by word, so that what was written
	// last of it lies in what is not used.
	for ; n+8 <= len(text) && n+8 <= len(room) && n < mostShared; n += 8 {
		x := escape.Word(text, n)
		binary.LittleEndian.PutUint64(room[n:n+8], x)
		q, e := x^eachQuote, x^eachEscape
		marked := ((q - eachOne) | (e - eachOne)) &^ x & eachHigh // see stringEnd
		if marked == 0 {
			continue
		}
		if n += bits.TrailingZeros64(marked) >> 3; text[n] != '"' {
			break // there are escapes
		}
		r.at, r.pos, r.used = pos, pos+n+2, at+n
		return unsafe.String(unsafe.SliceData(room), n)
	}
	return r.unshared(pos + 1 + n)
}

// unshared is String for the string that is due where the piece has no room for it, or it
// ends the text. What stands of it before a place has been looked at.
func (r *Reader) unshared(end int) string {
	data, pos := r.data, r.pos
	for ; end+8 <= len(data) && end-pos <= mostShared-8; end += 8 {
		x := escape.Word(data, end)
		q, e := x^eachQuote, x^eachEscape
		marked := ((q - eachOne) | (e - eachOne)) &^ x & eachHigh // see stringEnd
		if marked == 0 {
			continue
		}
		if end += bits.TrailingZeros64(marked) >> 3; data[end] != '"' {
			return r.share(r.Text()) // there are escapes
		}
		r.at, r.pos = pos, end+1
		return r.share(data[pos+1 : end])
	}
	return r.long(end)
}

// long is String for the string that is due, of which what stands before a place has
// been looked at: it is long, or ends the text.
func (r *Reader) long(end int) string {
	data, pos := r.data, r.pos
	if end = skipPlain(data, end); end >= len(data) || data[end] != '"' {
		return r.share(r.Text())
	}
	r.at, r.pos = pos, end+1
	return r.share(data[pos+1 : end])
}

// Strings of up to mostShared bytes share pieces of sharedRoom bytes.
const (
	mostShared = 64
	sharedRoom = 320
)

// share returns text as a string. Many short ones cost one allocation.
func (r *Reader) share(text []byte) string {
	if len(text) > mostShared {
		return r.large(text)
	}
	if len(r.piece)-r.used < len(text) {
		r.piece, r.used = make([]byte, sharedRoom), 0
	}
	at := r.used
	r.used += copy(r.piece[at:], text)
	return r.shared(at)
}

// shared returns the last of the strings in the piece, from a place on. What is used of
// a piece is never written again.
func (r *Reader) shared(at int) string {
	text := r.piece[at:r.used]
	return unsafe.String(unsafe.SliceData(text), len(text))
}

// Text reads a string and returns it as a view that lasts until the next string
// is read.
func (r *Reader) Text() []byte {
	data, pos := r.data, r.pos
	if pos >= len(data) || data[pos] != '"' {
		if r.next() != '"' {
			r.expected("a string")
			return nil
		}
		pos = r.pos
	}
	end, plain := stringEnd(data, pos+1)
	r.at, r.pos = pos, min(end+1, len(data))
	if !plain {
		return r.unescaped(data[pos+1 : end])
	}
	return data[pos+1 : end]
}

// unescaped resolves the escapes of a string that was read.
func (r *Reader) unescaped(text []byte) []byte {
	var ok bool
	if r.scratch, ok = unescape(r.scratch[:0], text); !ok {
		r.Fail("has an escape that stands for no character")
		return nil
	}
	return r.scratch
}

// Bytes reads a string in base64 (RFC 4648 section 4, with padding), of which
// line breaks are no part.
func (r *Reader) Bytes() []byte {
	out, ok := parse.Base64(r.Text())
	if !ok {
		r.Fail("must be base64")
		return nil
	}
	return out
}

// unescape appends the inside of a string with its escapes resolved, and reports
// whether all of them are characters: one half of a surrogate pair is none.
func unescape(dst, text []byte) ([]byte, bool) {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return append(dst, text...), true
		}
		dst = append(dst, text[:i]...)
		c, size := escape.Rune(text[i:])
		if size == 0 || utf16.IsSurrogate(c) {
			return dst, false
		}
		dst = utf8.AppendRune(dst, c)
		text = text[i+size:]
	}
}

// AppendText appends the text that a JSON string stands for to dst.
func AppendText(dst, quoted []byte) ([]byte, error) {
	r := newReader(quoted)
	text := r.Text()
	dst = append(dst, text...)
	return dst, r.end()
}
