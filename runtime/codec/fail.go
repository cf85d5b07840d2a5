package codec

import (
	"strconv"
	"strings"
)

// Error is what a Go type cannot hold, or JSON cannot say.
type Error struct {
	// Pointer is the JSON Pointer (RFC 6901) of the value; empty is the whole.
	Pointer string
	// Offset is where in the text the value begins, in bytes.
	Offset int
	// Message says what is wrong, in lower case and without a full stop.
	Message string
}

// Error returns the message behind the pointer.
func (e *Error) Error() string {
	if e.Pointer == "" {
		return e.Message
	}
	return e.Pointer + ": " + e.Message
}

// frame is an object or array that a place lies in.
type frame struct {
	object bool
	index  int    // of the element
	key    []byte // of the member, as it is written; nil before it
}

// pointerAt returns the JSON Pointer of the value at an offset of a text, which
// may end there. Of text that is no JSON it means nothing.
func pointerAt(text []byte, offset int) string {
	var path []frame
	text = text[:min(offset, len(text))]
	for pos := 0; pos < len(text); pos++ {
		top := len(path) - 1
		switch text[pos] {
		case '{', '[':
			path = append(path, frame{object: text[pos] == '{'})
		case '}', ']':
			path = path[:max(top, 0)]
		case ',':
			if top >= 0 {
				path[top] = frame{object: path[top].object, index: path[top].index + 1}
			}
		case '"':
			end, _ := stringEnd(text, pos+1)
			if top >= 0 && path[top].object && path[top].key == nil {
				path[top].key = text[pos+1 : end]
			}
			pos = end
		}
	}
	return joined(path)
}

func joined(path []frame) string {
	var b strings.Builder
	for _, f := range path {
		switch {
		case !f.object:
			b.WriteString("/" + strconv.Itoa(f.index))
		case f.key != nil:
			name, _ := unescape(nil, f.key)
			b.WriteByte('/')
			_, _ = pointerEscapes.WriteString(&b, string(name)) // a Builder takes everything
		}
	}
	return b.String()
}

var pointerEscapes = strings.NewReplacer("~", "~0", "/", "~1")
