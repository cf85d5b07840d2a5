package syntax

import (
	"bytes"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/source"
)

const byteOrderMark = "\uFEFF"

// decoded returns the file's text as valid UTF-8 of the same length: a byte
// that is none becomes an underscore, which is a finding.
func decoded(f *source.File, found *findings) []byte {
	text := f.Text()
	if utf8.Valid(text) {
		return text
	}
	text = bytes.Clone(text)
	broken := fault{file: f}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			broken.at(i, 1)
			text[i] = '_'
		}
		i += size
	}
	if d := broken.report(found, "not-utf8", "the text is not valid UTF-8 here"); d != nil {
		d.WithHelp("save the file in the encoding UTF-8")
	}
	return text
}

// Text is taken for binary data when so much of its beginning is no text.
const (
	binarySample = 4096 // bytes that are looked at
	binaryShare  = 8    // one of so many is no text
	binaryLeast  = 8    // bytes that are no text, unless they are the greater part
)

// isBinary tells whether a file is no text at all, and where the first byte is
// that says so.
func isBinary(text []byte) (first int, yes bool) {
	sample := text[:min(len(text), binarySample)]
	bad := 0
	for i := 0; i < len(sample); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || r < ' ' && r != '\t' && r != '\n' && r != '\r' {
			if bad++; bad == 1 {
				first = i
			}
		}
		i += size
	}
	return first, bad*binaryShare > len(sample) && (bad >= binaryLeast || 2*bad > len(sample))
}
