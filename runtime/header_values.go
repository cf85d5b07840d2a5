package runtime

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// String reads or writes a header that is text.
//
//go:noinline // for each header, in generated code
func (h *HeaderCodec) String(name string, v *string) {
	h.end()
	if !h.reading {
		if !utf8.ValidString(*v) {
			h.fail(name, errNotText)
			return
		}
		h.write(name, []byte(*v), check.String)
		return
	}
	text, ok := h.value(name)
	switch {
	case ok && text == nil:
		h.fail(name, errNoValue)
	case !utf8.Valid(text):
		h.refuse(name, text, errNotText)
	}
	h.got = append(h.got, gotHeader{name: name, text: text})
	*v = string(text)
}

// OptionalString is String for a header that may be absent.
//
//go:noinline // for each header, in generated code
func (h *HeaderCodec) OptionalString(name string, v *Optional[string]) {
	if h.Has(name, v.present) {
		v.present = true
		h.String(name, &v.value)
	}
}

// write notes a header, and what its text is read as.
func (h *HeaderCodec) write(name string, text []byte, kinds check.Types) {
	h.written, h.kindsOf = append(h.written, Header{Key: name, Value: text}), append(h.kindsOf, kinds)
}

// Text is where a header is read from, or written to, that is text: as the JSON string
// that it stands for, by the methods of a Date, for example.
func (h *HeaderCodec) Text(name string) *codec.JSON { return h.begin(name, check.String) }

// JSON is where a header is read from, or written to, that is JSON.
func (h *HeaderCodec) JSON(name string) *codec.JSON { return h.begin(name, notText) }

// notText are the kinds of JSON other than strings.
const notText = check.Null | check.Boolean | check.Number | check.Array | check.Object

// Either is where a header is read from, or written to, that may be text, or other JSON of
// some kinds, which are types of package check: what looks like JSON of one of these is
// read as that, and everything else as text. Integers are of the kind Number.
func (h *HeaderCodec) Either(name string, kinds check.Types) *codec.JSON {
	return h.begin(name, kinds|check.String)
}

// asJSON returns a header's text as JSON of one of some kinds. No value is null, where
// that is one of them.
func asJSON(text []byte, kinds check.Types) ([]byte, error) {
	switch {
	case text == nil && kinds&check.Null != 0:
		return null, nil
	case kinds&check.String == 0:
		return text, check.Any().Check(text)
	case kinds&kindOf(text) != 0 && check.Any().Valid(text):
		return text, nil
	case !utf8.Valid(text):
		return nil, errNotText
	}
	return asString(text), nil
}

// kindOf is the kind that JSON which begins so is of, none where it is a string.
func kindOf(text []byte) check.Types {
	text = bytes.TrimLeft(text, " \t\r\n")
	if len(text) == 0 {
		return 0
	}
	switch c := text[0]; {
	case c == 'n':
		return check.Null
	case c == 't', c == 'f':
		return check.Boolean
	case c == '-', '0' <= c && c <= '9':
		return check.Number
	case c == '[':
		return check.Array
	case c == '{':
		return check.Object
	}
	return 0
}

// begin begins to read or write a header, whose text is JSON of one of some kinds. It
// lasts until another is asked for, or the headers end.
func (h *HeaderCodec) begin(name string, kinds check.Types) *codec.JSON {
	h.end()
	h.name, h.kinds = name, kinds
	if !h.reading {
		h.writer = codec.NewWriter(nil)
		return h.writer.JSON()
	}
	text, ok := h.value(name)
	switch {
	case !ok:
		h.reader = codec.Refuse(errToldAlready)
		return h.reader.JSON()
	case text == nil && kinds&check.Null == 0:
		h.reader = codec.Refuse(errNoValue)
		return h.reader.JSON()
	}
	value, err := asJSON(text, kinds)
	if h.text = text; err != nil {
		h.reader = codec.Refuse(err)
		return h.reader.JSON()
	}
	h.got = append(h.got, gotHeader{name: name, text: value, isJSON: true})
	h.reader = codec.Begin(value)
	return h.reader.JSON()
}

var (
	errToldAlready = errors.New("told already") // of a header which is missing
	errNoValue     = errors.New("has no value")
	errNotText     = errors.New("must be UTF-8")
	errReadAsText  = errors.New("must be a string: what the document says of the header has it read as text")
)

// value returns the text of a header that must be there; nil is no value.
func (h *HeaderCodec) value(name string) (text []byte, ok bool) {
	found, ok := h.find(name)
	if !ok {
		h.fail(name, errors.New("missing"))
	}
	return found.Value, ok
}

// end ends the header that was begun, if one was.
func (h *HeaderCodec) end() {
	if h.reader != nil || h.writer != nil {
		h.endHeader()
	}
}

func (h *HeaderCodec) endHeader() {
	switch {
	case h.reader != nil:
		switch err := h.reader.End(); {
		case err == nil || err == errToldAlready:
		case h.text == nil:
			h.fail(h.name, errNoValue)
		default:
			h.refuse(h.name, h.text, err)
		}
		h.reader, h.text = nil, nil
	case h.writer != nil:
		text, err := h.writer.End()
		switch kind := kindOf(text); {
		case err != nil:
		case kind == 0: // a string
			text, err = codec.AppendText([]byte{}, text) // empty is a value, nil is none
		case kind&h.kinds == 0:
			err = errReadAsText
		}
		if err != nil {
			h.fail(h.name, err)
		} else {
			h.write(h.name, text, h.kinds)
		}
		h.writer = nil
	}
}

// asString returns text, which is UTF-8, as a JSON string.
func asString(text []byte) []byte {
	w := codec.NewWriter(nil)
	w.String(string(text))
	value, _ := w.End() // UTF-8 always can be
	return value
}
