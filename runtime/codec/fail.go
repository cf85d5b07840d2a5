package codec

import (
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// keyword is that of violations that are not of a schema: a Go type cannot hold
// the value, or JSON cannot say it.
const keyword = "go-type"

// failure is the error for the value at an offset of a text.
func failure(text []byte, offset int, message string) *check.Error {
	return &check.Error{Violations: []check.Violation{
		{Pointer: pointerAt(text, offset), Offset: offset, Keyword: keyword, Message: message},
	}}
}

// within is the failure for the value at an offset of a text of which err says
// what is wrong: with places of its own where err has some.
func within(text []byte, offset int, err error) *check.Error {
	inner, ok := err.(*check.Error)
	if !ok || len(inner.Violations) == 0 {
		return failure(text, offset, err.Error())
	}
	base := pointerAt(text, offset)
	outer := &check.Error{Violations: slices.Clone(inner.Violations)}
	for i := range outer.Violations {
		v := &outer.Violations[i]
		v.Pointer = base + v.Pointer
		v.Offset += offset
	}
	return outer
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
