package check

import (
	"encoding/binary"
	"math/bits"
	"net/url"
	"reflect"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// fillValue judges the value at pos and puts it into its place.
func (w *walker) fillValue(s *placing, p unsafe.Pointer, pos int) int {
	at := unsafe.Add(p, s.offset)
	end := stop
	switch s.kind {
	case PlaceString:
		if byteAt(w.data, pos) == '"' {
			end = w.fillString(s.to, pos, (*string)(at))
		}
	case PlaceInt8, PlaceInt16, PlaceInt32, PlaceInt64, PlaceUint8, PlaceUint16, PlaceUint32, PlaceUint64, PlaceFloat32, PlaceFloat64, PlaceDecimal:
		end = w.fillNumber(s, p, pos)
	case PlaceUUID, PlaceTime, PlaceDate, PlaceTimeOfDay, PlaceDuration, PlaceAddr, PlaceBytes:
		end = w.fillFormat(s, at, pos)
	case PlaceURL:
		end = w.fillURL(s.to, at, pos)
	case PlaceBool:
		if end = w.judge(s.to, pos); end >= 0 {
			if kinds[w.data[pos]] != Boolean {
				return stop
			}
			*(*bool)(at) = w.data[pos] == 't'
		}
	case PlaceRaw:
		if end = w.judge(s.to, pos); end >= 0 {
			*(*[]byte)(at) = append([]byte(nil), w.data[pos:end]...)
		}
	case PlaceStruct:
		end = w.fill(s.plan, at, pos)
	case PlacePointer:
		inner := reflect.New(s.item.place.Type).UnsafePointer()
		*(*unsafe.Pointer)(at) = inner
		end = w.fillValue(s.item, inner, pos)
	case PlaceTuple:
		end = w.fillTuple(s.plan, at, pos)
	case PlaceList:
		end = w.fillList(s, at, pos)
	case PlaceMap:
		end = w.fillMap(s, at, pos)
	case PlaceSum:
		if end = w.fillSum(s.sum, at, pos); end == unplanned {
			end = w.fillOther(s, at, pos)
		}
	case PlaceNullable, PlaceNil:
		return w.fillNullable(s, p, pos)
	case PlaceCanonical:
		end = w.fillCanonical(s, at, pos)
	case placeJudged:
		return w.fillJudged(s, p, pos)
	default:
		end = w.fillOther(s, at, pos)
	}
	if s.there != 0 {
		*(*bool)(unsafe.Add(p, s.there)) = true
	}
	return end
}

// fillOther judges the value at pos, and has Others put it into its place.
func (w *walker) fillOther(s *placing, at unsafe.Pointer, pos int) int {
	end := w.judge(s.to, pos)
	if end >= 0 && !w.others.Other(hidden(at), s.place, pos, end) {
		return stop
	}
	return end
}

// Strings of up to mostShared bytes share pieces of sharedRoom bytes.
const (
	mostShared = 64
	sharedRoom = 256
)

// fillString is str for a string that is read. It is copied as it is looked at, word by
// word, so that what was written last of it lies in what is not used.
func (w *walker) fillString(n *node, start int, v *string) int {
	w.fuel--
	from, room := unsafe.Pointer(unsafe.SliceData(w.data)), unsafe.Pointer(unsafe.SliceData(w.piece))
	begin, used, k := start+1, w.used, 0
	for last := min(len(w.data)-begin, len(w.piece)-used, mostShared+7) - 8; k <= last; k += 8 {
		x := wordAt(from, begin+k)
		binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(room, used+k))[:], x)
		marked := escape.Special(x)
		if marked == 0 {
			continue
		}
		if k += bits.TrailingZeros64(marked) >> 3; w.data[begin+k] != '"' {
			break
		}
		end := begin + k + 1
		if t := n.text; n.values != nil || t != nil && (t.reads || k > t.max || k < t.min) {
			if !w.ruled(n, start, end, 0) {
				return stop
			}
		}
		w.used = used + k
		w.fuel -= (k + 2) >> 6
		*v = unsafe.String((*byte)(unsafe.Add(room, used)), k)
		return end
	}
	return w.fillText(n, start, begin+k, v)
}

// fillURL is fillString for a string that is read as a URL.
func (w *walker) fillURL(n *node, at unsafe.Pointer, start int) int {
	if byteAt(w.data, start) != '"' {
		return stop
	}
	var text string
	end := w.fillString(n, start, &text)
	if end >= 0 {
		*(**url.URL)(at) = parse.URL(text)
	}
	return end
}

// fillText is fillString for what is long, not plain, or ends the text, or the piece. What
// stands of it before a place is plain.
func (w *walker) fillText(n *node, start, plain int, v *string) int {
	end, kind := w.scanned(start, plain)
	if end < 0 || (n.text != nil || n.values != nil) && !w.ruled(n, start, end, kind) {
		return stop
	}
	text := w.data[start+1 : end-1]
	if kind&hasEscape == 0 && w.lasting > 0 && len(text) >= max(w.lasting, mostShared+1) {
		*v = view(text)
	} else {
		*v = w.share(w.unescaped(text, kind))
	}
	return end
}

// unescaped returns the inside of a string without its escapes: a view that lasts until the
// next one with some.
func (w *walker) unescaped(text []byte, kind textKind) []byte {
	if kind&hasEscape == 0 {
		return text
	}
	w.scratch = unescape(w.scratch[:0], text)
	return w.scratch
}

// share returns text as a string. Many short ones cost one allocation.
func (w *walker) share(text []byte) string {
	if len(text) > mostShared {
		return string(text)
	}
	if len(w.piece)-w.used < len(text) {
		w.piece, w.used = make([]byte, sharedRoom), 0
	}
	room := w.piece[w.used:]
	w.used += copy(room, text)
	return unsafe.String(unsafe.SliceData(room), len(text))
}

// powers are the powers of ten that a float64 holds exactly, up to those that a short number may
// be divided by.
var powers = [maxShort + 1]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18}

// isNumber tells whether a place holds a number.
func (k PlaceKind) isNumber() bool { return k-PlaceInt8 <= PlaceDecimal-PlaceInt8 }

// fillNumber is num for a number that is read.
func (w *walker) fillNumber(s *placing, p unsafe.Pointer, pos int) int {
	at := unsafe.Add(p, s.offset)
	if w.fuel--; w.fuel < 0 || kinds[byteAt(w.data, pos)] != numeric {
		return stop
	}
	end, fixed, scale := 0, int64(0), 0
	if r := s.to.number; r != nil && r.simple && r.multiple == nil {
		end, fixed, scale = w.usualNumber(r, pos)
	}
	if end == 0 {
		end, fixed, scale = w.num(s.to, pos)
	}
	switch {
	case end < 0 || s.to.values != nil && !w.listed(s.to, pos, end):
		return stop
	case s.kind == PlaceInt64 && scale == 0:
		*(*int64)(at) = fixed
	case s.kind == PlaceInt32 && scale == 0 && fixed == int64(int32(fixed)):
		*(*int32)(at) = int32(fixed)
	case s.kind == PlaceFloat64 && scale >= 0 && -exact64 <= fixed && fixed <= exact64 && (fixed != 0 || w.data[pos] != '-'):
		*(*float64)(at) = float64(fixed) / powers[scale]
	case s.kind == PlaceDecimal:
		if *(*string)(at) = ""; end > pos+1 || w.data[pos] != '0' { // which is the zero Decimal
			*(*string)(at) = w.share(w.data[pos:end])
		}
	case !putRare(s.kind, at, fixed, scale, w.data[pos] == '-') && !w.others.Other(hidden(at), s.place, pos, end):
		return stop
	}
	return end
}

// What the quotient of two is, as a float, that are whole numbers of at most so much, or powers
// of ten up to those, is the nearest one.
const (
	exact64     = 1 << 53
	exact32     = 1 << 24
	exact32Tens = 10
)

// putRare puts a number into a place of a kind that is rarer, and tells whether it could.
func putRare(kind PlaceKind, at unsafe.Pointer, fixed int64, scale int, negative bool) bool {
	if kind == PlaceFloat32 {
		if scale < 0 || scale > exact32Tens || fixed < -exact32 || fixed > exact32 || fixed == 0 && negative {
			return false
		}
		*(*float32)(at) = float32(fixed) / float32(powers[scale])
		return true
	}
	if scale != 0 {
		return false
	}
	switch kind {
	case PlaceInt8:
		return putInt((*int8)(at), fixed)
	case PlaceInt16:
		return putInt((*int16)(at), fixed)
	case PlaceUint8:
		return putInt((*uint8)(at), fixed)
	case PlaceUint16:
		return putInt((*uint16)(at), fixed)
	case PlaceUint32:
		return putInt((*uint32)(at), fixed)
	case PlaceUint64:
		*(*uint64)(at) = uint64(fixed)
		return fixed >= 0
	}
	return false
}

// putInt puts an integer, and tells whether there is room for it.
func putInt[T int8 | int16 | uint8 | uint16 | uint32](at *T, n int64) bool {
	*at = T(n)
	return int64(*at) == n
}

// slice is a slice of a type that is not known here.
type slice struct {
	data     unsafe.Pointer
	len, cap int
}

// nothing is what slices without room point to.
var nothing struct{}

// fillList is list for a slice that is read.
func (w *walker) fillList(s *placing, at unsafe.Pointer, start int) int {
	pos, count := w.openList(start)
	list, item := slice{data: unsafe.Pointer(&nothing)}, s.item
	for pos >= 0 && count >= 0 {
		if count == list.cap {
			list.len = count
			s.place.Grow(hidden(unsafe.Pointer(&list)), max(w.room(s), count))
		}
		if value := unsafe.Add(list.data, uintptr(count)*s.place.Size); item.kind == PlaceStruct {
			pos = w.fill(item.plan, value, pos)
		} else {
			pos = w.fillValue(item, value, pos)
		}
		pos, count = w.nextItem(pos, count)
	}
	if pos < 0 {
		return stop
	}
	count = ^count
	list.len = count
	*(*slice)(at) = list
	return w.closeList(s, start, pos, count)
}

// openList goes to the first item of an array. The count is of items before it, or ^0 where
// there is none.
func (w *walker) openList(start int) (pos, count int) {
	if w.fuel--; w.fuel < 0 || byteAt(w.data, start) != '[' || !w.enter(start) {
		return stop, 0
	}
	if pos = w.space(start + 1); byteAt(w.data, pos) == ']' {
		return pos + 1, ^0
	}
	return pos, 0
}

// nextItem goes to the next item, or behind the array, where the count of all is ^count.
func (w *walker) nextItem(pos, count int) (next, counted int) {
	count++
	if pos >= 0 && pos+1 < len(w.data) && w.data[pos] == ',' && w.data[pos+1] > ' ' {
		return pos + 1, count
	}
	if pos < 0 {
		return stop, count
	}
	next, more := w.next(pos, ']', "")
	if !more {
		count = ^count
	}
	return next, count
}

// closeList judges the list from start to end.
func (w *walker) closeList(s *placing, start, end, count int) int {
	w.depth--
	w.rooms[s.room] = uint8(min(count, mostElements))
	if a := s.to.array; a != nil && !w.listRules(s.to, a, start, end, count, 0) {
		return stop
	}
	return end
}

// How much room a list of unknown length begins with: a few elements, or as many as the
// last that stood in a place like its own, up to a bound.
const (
	fewElements  = 4
	mostElements = 16
)

func (w *walker) room(s *placing) int { return max(fewElements, int(w.rooms[s.room])) }
