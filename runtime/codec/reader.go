package codec

import (
	"encoding/binary"
	"encoding/json"
	"strings"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// MaxDepth is how deep arrays and objects may lie within each other.
const MaxDepth = 10_000

// How much room an array of unknown length begins with: a few elements, or as many
// as the last that stood in a place like its own, up to a bound.
const (
	fewElements  = 4
	mostElements = 16
	places       = 16 // that are told apart
	placesDeep   = 8
)

// length is that of an array being read.
type length struct {
	place uint8 // what it stands in
	count uint8
}

// Reader reads one JSON text from its beginning to its end. It trusts that the
// text is valid JSON: of other text it reads some values and never panics, hangs
// or reads beyond it. After the first Fail it reads nothing more, loops end, and
// every value is zero.
//
// A Reader is made by Unmarshal, or NewReader, and is not used concurrently, nor
// after Unmarshal has returned. Slices that it hands out as views belong to the text:
// they must not be changed, and are copied to be kept.
type Reader struct {
	data    []byte
	pos     int // what is read next
	at      int // where the value that was read last begins
	open    int // behind the bracket of the array that was begun last
	depth   int
	name    int // where the name begins that Member read last
	nameEnd int
	lasting int    // see Lasting
	fresh   bool   // see Fresh
	trying  bool   // the text is judged as it is read
	escaped bool   // it had escapes:
	names   []byte // this is it without them
	scratch []byte // room for strings with escapes
	err     *check.Error
	refused error              // see Refuse
	arrays  [placesDeep]length // being read, by depth
	lengths [places]uint8      // of arrays that were read, by place
	piece   []byte             // for short strings; see String
	used    int                // of it
	kept    []*strings.Builder // by depth; see Keep
	parts   check.Parts        // see Holds
	ends    map[int]int        // see passOver
	json    JSON

	// by is what judges the text, until a value is read: it may do so in one pass with
	// that. While unjudged is set it is still to do so.
	by       *check.Validator
	unjudged bool
}

var readers = sync.Pool{New: func() any {
	r := new(Reader)
	r.json.r = r
	return r
}}

// newReader returns a Reader at the beginning of data.
func newReader(data []byte) *Reader {
	r := readers.Get().(*Reader)
	r.data, r.pos, r.at, r.open, r.depth, r.err = data, 0, 0, -1, 0, nil
	r.fresh = false
	return r
}

// NewReader returns a Reader of JSON that stands in code, such as a default of the
// document. Other text is what Unmarshal is for, which judges it.
func NewReader(text string) *Reader {
	r := new(Reader)
	r.data, r.open, r.json.r = []byte(text), -1, r
	return r
}

// end gives the Reader back and returns what has failed.
func (r *Reader) end() error {
	if r.next() != 0 {
		r.at = r.pos
		r.Fail("was not read to its end")
	}
	if r.unjudged { // by nobody who has read it
		r.judge()
	}
	err, refused := r.err, r.refused
	r.by, r.unjudged = nil, false
	r.data, r.name, r.nameEnd, r.escaped, r.err, r.refused = nil, 0, 0, false, nil, nil
	r.lasting = 0
	r.ends = nil
	r.parts.End()
	clear(r.kept)
	const keep = 64 << 10
	if cap(r.scratch) > keep || cap(r.names) > keep {
		r.scratch, r.names = nil, nil
	}
	readers.Put(r)
	if refused != nil {
		return refused
	}
	if err != nil {
		return err
	}
	return nil
}

// Fail says what is wrong with the value that was read last, or that is read:
// Unmarshal returns it with its place, as a violation of "go-type". The first
// failure counts, and ends reading.
func (r *Reader) Fail(message string) {
	if r.err == nil {
		r.err = failure(r.data, r.at, message)
		r.pos = len(r.data)
	}
}

// failed is Fail with an error, which may have places of its own.
func (r *Reader) failed(err error) {
	if r.err == nil {
		r.err = within(r.data, r.at, err)
		r.pos = len(r.data)
	}
}

// expected fails because the next value is not what is asked for.
func (r *Reader) expected(what string) {
	r.at = r.pos
	kind := None
	if r.pos < len(r.data) {
		kind = kindOf(r.data[r.pos])
	}
	r.Fail("must be " + what + ", is " + kind.String())
}

// next passes over white space and returns the byte behind it, 0 at the end.
func (r *Reader) next() byte {
	if r.pos < len(r.data) && r.data[r.pos] > ' ' {
		return r.data[r.pos]
	}
	return r.space()
}

// space is next where there is white space.
func (r *Reader) space() byte {
	for r.pos < len(r.data) {
		if c := r.data[r.pos]; c > ' ' {
			return c
		}
		r.pos++
	}
	return 0
}

// Peek tells the kind of the next value without reading it.
func (r *Reader) Peek() Kind { return kindOf(r.next()) }

// Object begins to read an object. Its members are read by a loop:
//
//	for r.Object(); r.Member(); {
//		switch string(r.Key()) {
//		…
//		}
//	}
func (r *Reader) Object() {
	if r.next() != '{' {
		r.expected("an object")
		return
	}
	r.at = r.pos
	r.enter()
}

// enter passes over an opening bracket.
func (r *Reader) enter() {
	if r.depth++; r.depth > MaxDepth {
		r.Fail("lies too deep")
		return
	}
	r.pos++
}

// Member goes to the next member of the object, and reports whether there is
// one. Its value must be read, by Skip at least. The last call ends the object.
func (r *Reader) Member() bool {
	data, pos := r.data, r.pos
	if pos < len(data) && data[pos] == ',' {
		pos++
	}
	if pos >= len(data) || data[pos] != '"' {
		r.pos = pos
		return r.spaced()
	}
	return r.member(pos)
}

// due returns where the value of the next member begins, if that has a name and
// stands without space, as most do; else 0. Names are compared by words that overlap:
// most are too short for a call.
func (r *Reader) due(name string) int {
	data, start, n := r.data, r.pos, len(name)
	if start < len(data) && data[start] == ',' {
		start++
	}
	end := start + n + len(`"":`)
	if end > len(data) || data[start] != '"' || binary.LittleEndian.Uint16(data[end-2:end]) != '"'|':'<<8 {
		return 0
	}
	start++
	switch last := end - 2; {
	case n >= 8:
		different := word(name[n-8:]) ^ escape.Word(data, last-8)
		for ; len(name) > 8; name = name[8:] {
			different |= word(name) ^ escape.Word(data, start)
			start += 8
		}
		if different != 0 {
			return 0
		}
	case n >= 4:
		if half(name) != binary.LittleEndian.Uint32(data[start:start+4]) || half(name[n-4:]) != binary.LittleEndian.Uint32(data[last-4:last]) {
			return 0
		}
	case n > 0: // the first, the last, and what is between them
		if data[start] != name[0] || data[last-1] != name[n-1] || data[start+n/2] != name[n/2] {
			return 0
		}
	}
	return end
}

// half returns the first four bytes of s.
func half(s string) uint32 {
	_ = s[3]
	return uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
}

// endObject ends the object if its end follows without space.
func (r *Reader) endObject() bool {
	if r.pos >= len(r.data) || r.data[r.pos] != '}' {
		return false
	}
	r.pos++
	r.depth--
	return true
}

// spaced is Member where there is no name at once.
func (r *Reader) spaced() bool {
	c := r.next()
	if c == ',' {
		r.pos++
		c = r.next()
	}
	switch c {
	case '"':
		return r.member(r.pos)
	case '}':
		r.pos++
		r.depth--
	default:
		r.broken()
	}
	return false
}

// member reads the name at pos and its colon.
func (r *Reader) member(pos int) bool {
	end, plain := stringEnd(r.data, pos+1)
	r.at, r.name, r.nameEnd, r.escaped = pos, pos+1, end, !plain
	if plain && end+1 < len(r.data) && r.data[end+1] == ':' {
		r.pos = end + 2
		return true
	}
	r.pos = min(end+1, len(r.data))
	return r.unusual()
}

// unusual is member for names with escapes or space behind them.
func (r *Reader) unusual() bool {
	if r.escaped {
		var ok bool
		if r.names, ok = unescape(r.names[:0], r.data[r.name:r.nameEnd]); !ok {
			r.Fail("a name has an escape that stands for no character")
			return false
		}
	}
	if r.next() != ':' {
		r.broken()
		return false
	}
	r.pos++
	return true
}

// broken fails because the text is no JSON.
func (r *Reader) broken() {
	r.at = r.pos
	r.Fail("is not JSON")
}

// Key returns the name of the member that Member went to: a view that lasts
// until the next call of Member.
func (r *Reader) Key() []byte {
	if r.escaped {
		return r.names
	}
	return r.data[r.name:r.nameEnd]
}

// Array begins to read an array and returns how much room it may need, 0 when
// it is empty. Its elements are read by a loop:
//
//	list = make([]int64, 0, r.Array())
//	for r.Element() {
//		list = append(list, r.Int64())
//	}
func (r *Reader) Array() (room int) {
	if r.next() != '[' {
		r.expected("an array")
		return 0
	}
	r.at = r.pos
	r.enter()
	c := r.next()
	r.open = r.pos
	if c == ']' || c == 0 {
		return 0
	}
	return r.room()
}

// room begins to count an array's elements, and returns how many to expect. Arrays
// are told apart by their depth and the length of the last name before them.
func (r *Reader) room() int {
	if uint(r.depth) >= placesDeep { // of text that is no JSON it may be below 0
		return fewElements
	}
	place := uint8(r.depth*5+r.nameEnd-r.name) % places
	r.arrays[r.depth] = length{place: place}
	return max(fewElements, int(r.lengths[place]))
}

// counted notes another element of the array, or its end.
func (r *Reader) counted(end bool) {
	if uint(r.depth) >= placesDeep { // of text that is no JSON it may be below 0
		return
	}
	if l := &r.arrays[r.depth]; end {
		r.lengths[l.place] = l.count
	} else if l.count < mostElements {
		l.count++
	}
}

// Element goes to the next element of the array, and reports whether there is
// one. It must be read, by Skip at least. The last call ends the array.
func (r *Reader) Element() bool {
	first := r.pos == r.open
	switch c := r.next(); {
	case c == ']':
		r.pos++
		r.counted(true)
		r.depth--
		return false
	case c == ',' && !first:
		r.pos++
		r.counted(false)
		return true
	case first && c != 0:
		r.open = -1
		r.counted(false)
		return true
	}
	r.broken()
	return false
}

// Null reads the next value if it is null, and reports whether it was.
func (r *Reader) Null() bool {
	if r.next() != 'n' {
		return false
	}
	r.at = r.pos
	r.literal("null")
	return true
}

// literal passes over a word.
func (r *Reader) literal(word string) {
	if len(r.data)-r.pos < len(word) || string(r.data[r.pos:r.pos+len(word)]) != word {
		r.broken()
		return
	}
	r.pos += len(word)
}

// Skip passes over the next value.
func (r *Reader) Skip() { r.skip() }

// skip is Skip and returns what was passed over, as a view.
func (r *Reader) skip() []byte {
	if r.next() == 0 {
		r.expected("a value")
		return nil
	}
	r.at = r.pos
	r.pos = valueEnd(r.data, r.pos)
	if r.at == r.pos {
		r.broken()
		return nil
	}
	return r.data[r.at:r.pos]
}

// Holds tells whether the next value keeps the rules of v, without reading it. What
// laborious alternatives within alternatives have shown is remembered as long as
// the text is read.
func (r *Reader) Holds(v *check.Validator) bool {
	if r.next() == 0 {
		return false
	}
	valid, spent := r.parts.Valid(v, r.data, r.pos)
	if spent {
		r.at = r.pos
		r.Fail("takes too much work to tell what it is")
	}
	return valid
}

// Raw reads the next value and returns a copy of it as it is written.
func (r *Reader) Raw() json.RawMessage {
	raw := r.skip()
	if raw == nil {
		return nil
	}
	return append(json.RawMessage(nil), raw...)
}

// Keep reads the member that Member went to and returns kept with it at the
// end, as it is written, a comma before it unless it is the first: so the
// members of one object that no field is for are gathered.
func (r *Reader) Keep(kept string) string {
	start, end := max(r.name-1, 0), min(r.nameEnd+1, len(r.data))
	value := r.skip()
	if value == nil {
		return kept
	}
	name := r.data[start:end]
	b := r.keeper(kept, len(name)+1+len(value))
	if b.Len() > 0 {
		b.WriteByte(',')
	}
	b.Write(name)
	b.WriteByte(':')
	b.Write(value)
	return b.String()
}

// keeper returns what kept was built with, so that it grows without being
// copied each time; if it cannot be found, a copy.
func (r *Reader) keeper(kept string, size int) *strings.Builder {
	const most = 16 // deeper objects share one, and are copied more
	depth := min(max(r.depth, 0), most)
	for len(r.kept) <= depth {
		r.kept = append(r.kept, nil)
	}
	b := r.kept[depth]
	if b == nil || kept == "" || b.String() != kept {
		b = new(strings.Builder)
		b.Grow(len(kept) + size)
		b.WriteString(kept)
		r.kept[depth] = b
	}
	return b
}
