package codec

import (
	"bytes"
	"encoding/json"
	"slices"
	"sync"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// Writer writes one JSON value without insignificant space. Commas come by
// themselves:
//
//	if w.Array() {
//		for _, n := range list {
//			w.Int64(n)
//		}
//	}
//	w.EndArray()
//
// What lies deeper than MaxDepth, as a value does that contains itself, stops the Writer:
// End says so. Array and Object tell whether to go on with what lies within.
//
// A Writer is not used concurrently, nor after End. Its short methods are kept
// from being inlined: generated code calls them for every member of every type,
// and would take half as long again to build.
type Writer struct {
	buf   []byte
	base  int // where the value begins
	depth int
	own   bool // buf is the Writer's own: what End returns is a copy
	lent  bool // by NewWriter, to be given back by End
	err   *check.Error
	json  JSON
	names []string // for a Map to tell
}

var writers = sync.Pool{New: func() any {
	w := &Writer{lent: true}
	w.json.w = w
	return w
}}

// NewWriter returns a Writer that appends to dst; with nil, End returns new
// memory that just fits. Marshal and Append do the same for a Value, which
// then lies on the heap; a value whose method is called directly need not:
//
//	w := codec.NewWriter(dst)
//	v.CodeJSON(w.JSON())
//	return w.End()
func NewWriter(dst []byte) *Writer {
	w := writers.Get().(*Writer)
	if w.own = dst == nil; !w.own {
		w.buf = dst
	}
	w.base, w.depth = len(w.buf), 0
	return w
}

// Reset makes w, which is new or was made so before, a Writer that appends to dst. It
// is for who writes one value after the other: after End w may be reset again, until when
// it keeps dst. It must not be copied.
func (w *Writer) Reset(dst []byte) {
	if w.json.w == nil {
		w.json.w = w
	}
	w.buf, w.base, w.depth = dst, len(dst), 0
}

// End returns what the Writer was made with and what was written behind it, or
// that alone and a *check.Error when something cannot be written. The Writer must not
// be used any more.
func (w *Writer) End() ([]byte, error) {
	out := w.buf
	if w.err != nil || w.depth > MaxDepth {
		out = out[:w.base]
	}
	if w.own {
		out = append([]byte(nil), out...)
	}
	if failed := w.release(); failed != nil {
		return out, failed
	}
	return out, nil
}

// release lets go of what is large or another's, gives a lent Writer back, and returns
// what has failed.
func (w *Writer) release() *check.Error {
	const keep = 64 << 10
	if w.buf = w.buf[:0]; w.lent && !w.own || cap(w.buf) > keep {
		w.buf = nil
	}
	failed := w.err
	if failed != nil {
		w.err = nil
	}
	if w.lent {
		writers.Put(w)
	}
	return failed
}

// Fail says why the value that is being written cannot be: End returns it with
// its place, as a violation of "go-type". The first failure counts.
func (w *Writer) Fail(message string) {
	if w.err == nil {
		text := w.buf[w.base:]
		w.err = failure(text, len(text), message)
	}
}

// failed is Fail with an error, which may have places of its own.
func (w *Writer) failed(err error) {
	if w.err == nil {
		text := w.buf[w.base:]
		w.err = within(text, len(text), err)
	}
}

// stopped is the depth of a Writer that has stopped: however much is still to be
// ended, it stays below MaxDepth.
const stopped = 1 << 30

// Stop stops the Writer: what is written from now on is lost, arrays have no elements
// and objects no members. That is no failure.
func (w *Writer) Stop() { w.depth, w.buf = stopped, w.buf[:w.base] }

// tooDeep fails, stops and returns false: a value that contains itself would have no
// end. What was begun later comes here too, and is lost, so that it takes no memory.
func (w *Writer) tooDeep() bool {
	if w.depth == MaxDepth+1 {
		w.Fail("lies too deep, or contains itself")
	}
	w.Stop()
	return false
}

// comma writes a comma unless a value stands first, or behind its name.
func (w *Writer) comma() {
	if n := len(w.buf); n > w.base && goesOn(w.buf[n-1]) {
		w.buf = append(w.buf, ',')
	}
}

// goesOn tells whether a value stands behind another, of which that is the last byte:
// one that is complete ends with none of those that open an object or an array, or
// stand behind a name.
func goesOn(last byte) bool {
	const either = '{' // and what '[' becomes by the bit that tells them apart
	return last|0x20 != either && last != ':'
}

// room returns the beginning of the buffer, which has room for so many bytes behind what
// is written. What is written there counts from the call of wrote on.
func (w *Writer) room(n int) unsafe.Pointer {
	if cap(w.buf)-len(w.buf) < n {
		w.grow(n)
	}
	return unsafe.Pointer(unsafe.SliceData(w.buf))
}

// behind returns so many bytes of the room behind what is written.
func (w *Writer) behind(n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(w.room(n), len(w.buf))), n)
}

// grow makes room for so many bytes more.
//
//go:noinline
func (w *Writer) grow(n int) { w.buf = slices.Grow(w.buf, n) }

// wrote says where in the buffer ends what is written. It stores nothing but the length:
// a pointer would be told to a running collector, for every member anew.
func (w *Writer) wrote(end int) { w.buf = w.buf[:end] }

// Object begins an object, and tells whether its members are to be written: not when
// the Writer has stopped.
//
//go:noinline
func (w *Writer) Object() bool { return w.open('{') }

// open begins an object or an array by the byte that opens it.
func (w *Writer) open(with byte) bool {
	at, b := len(w.buf), w.room(len(`,{`))
	at = putComma(b, at, w.base)
	store1(b, at, with)
	w.wrote(at + 1)
	w.depth++
	return w.depth <= MaxDepth || w.tooDeep()
}

// EndObject ends an object.
//
//go:noinline
func (w *Writer) EndObject() {
	w.buf = append(w.buf, '}')
	w.depth--
}

// Array begins an array, and tells whether its elements are to be written: not when
// the Writer has stopped.
//
//go:noinline
func (w *Writer) Array() bool { return w.open('[') }

// EndArray ends an array.
//
//go:noinline
func (w *Writer) EndArray() {
	w.buf = append(w.buf, ']')
	w.depth--
}

// Member begins a member of an object; its value must follow.
//
//go:noinline
func (w *Writer) Member(name string) {
	w.comma()
	w.string(name)
	w.buf = append(w.buf, ':')
}

// Members writes members that are written already, with commas between them.
//
//go:noinline
func (w *Writer) Members(text string) {
	if text != "" {
		w.comma()
		w.buf = append(w.buf, text...)
	}
}

// Null writes null.
//
//go:noinline
func (w *Writer) Null() {
	w.comma()
	w.buf = append(w.buf, "null"...)
}

// Bool writes a boolean.
//
//go:noinline
func (w *Writer) Bool(b bool) {
	w.comma()
	if b {
		w.buf = append(w.buf, "true"...)
	} else {
		w.buf = append(w.buf, "false"...)
	}
}

// Raw writes a JSON value as it is, without space around it; nil is null. Text
// that is not JSON fails.
func (w *Writer) Raw(value json.RawMessage) {
	if value == nil {
		w.Null()
		return
	}
	w.comma()
	w.raw(value)
}

// raw is Raw without a comma, for what is not nil.
func (w *Writer) raw(value json.RawMessage) {
	if err := check.Any().Check(value); err != nil {
		w.failed(err)
		return
	}
	w.buf = append(w.buf, bytes.Trim(value, " \t\r\n")...)
}

// Judged is Raw for text of which somebody has made sure that it is JSON. Nothing looks
// at it.
func (w *Writer) Judged(value []byte) {
	w.comma()
	w.buf = append(w.buf, value...)
}
