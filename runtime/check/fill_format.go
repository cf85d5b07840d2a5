package check

import (
	"net/netip"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// usualLength is how long most texts of a kind are, where one that can be read needs not be
// looked at before: all its bytes are plain then.
var usualLength = [...]int{
	PlaceUUID:      len("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
	PlaceTime:      len("2006-01-02T15:04:05Z"),
	PlaceDate:      len("2006-01-02"),
	PlaceTimeOfDay: len("15:04:05Z"),
	PlaceBytes:     0, // the last
}

// fillFormat judges the text of a format at start, and reads it.
func (w *walker) fillFormat(s *placing, at unsafe.Pointer, start int) int {
	data := w.data
	if w.fuel--; byteAt(data, start) != '"' {
		return stop
	}
	if s.alone {
		end := start + 1 + usualLength[s.kind]
		if end > start+1 && end < len(data) && data[end] == '"' && put(s.kind, at, data[start+1:end]) {
			return end + 1
		}
	}
	end, kind := w.scanned(start, start+1)
	if end < 0 || !s.alone && (s.to.text != nil || s.to.values != nil) && !w.ruled(s.to, start, end, kind) {
		return stop
	}
	if !put(s.kind, at, w.unescaped(data[start+1:end-1], kind)) {
		return stop
	}
	return end
}

// put reads a text into a place, and tells whether it could.
func put(kind PlaceKind, at unsafe.Pointer, text []byte) (ok bool) {
	switch kind {
	case PlaceUUID:
		return parse.UUID(view(text), (*[16]byte)(at))
	case PlaceTime:
		*(*time.Time)(at), ok = parse.Time(view(text))
	case PlaceDate:
		var days int
		days, ok = parse.FullDate(view(text))
		*(*int32)(at) = int32(days)
	case PlaceTimeOfDay:
		var exact bool
		*(*parse.Clock)(at), exact, ok = parse.FullTime(view(text))
		ok = ok && exact
	case PlaceDuration:
		*(*parse.Period)(at), ok = parse.Duration(view(text))
	case PlaceAddr:
		*(*netip.Addr)(at), ok = parse.Addr(view(text))
	case PlaceBytes:
		*(*[]byte)(at), ok = parse.Base64(text)
	}
	return ok
}
