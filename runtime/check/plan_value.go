package check

// PlaceKind is what lies in a place.
type PlaceKind uint8

// What may lie in a place.
const (
	PlaceOther PlaceKind = iota // what Others read
	PlaceString
	PlaceBool

	PlaceInt8
	PlaceInt16
	PlaceInt32
	PlaceInt64
	PlaceUint8
	PlaceUint16
	PlaceUint32
	PlaceUint64
	PlaceFloat32
	PlaceFloat64
	PlaceDecimal // a string with a number as it is written, "" for 0

	PlaceUUID      // 16 bytes
	PlaceTime      // a time.Time
	PlaceDate      // an int32, the days behind the first of January of the year 1
	PlaceTimeOfDay // a parse.Clock
	PlaceDuration  // a parse.Period
	PlaceAddr      // a netip.Addr
	PlaceBytes     // a []byte, written in base64

	PlaceRaw // a []byte with JSON
	PlaceStruct
	PlacePointer // to an Item
	PlaceList    // a slice
	PlaceMap     // a map of texts to values
	PlaceSum     // an interface with a value of one of several types

	// PlaceNullable is an Item, at the same place, or null: then 1 is There, for a value 2.
	PlaceNullable
	PlaceNil // is an Item, at the same place, or null: then that is zero

	PlaceTuple // a struct whose Layout is that of an array

	PlaceExternal // what Others read, whatever the rules

	PlaceURL // a *url.URL, whatever the text

	PlaceCanonical // a string with the one text that all ways to write a value of JSON have

	placeJudged // an item, at the same place, that is judged before it is read
)

// PlaceKinds are what lies in the places of values that a table says by these words.
var PlaceKinds = map[string]PlaceKind{
	"string": PlaceString, "bool": PlaceBool,
	"int8": PlaceInt8, "int16": PlaceInt16, "int32": PlaceInt32, "int64": PlaceInt64,
	"uint8": PlaceUint8, "uint16": PlaceUint16, "uint32": PlaceUint32, "uint64": PlaceUint64,
	"float32": PlaceFloat32, "float64": PlaceFloat64, "decimal": PlaceDecimal,
	"uuid": PlaceUUID, "time": PlaceTime, "date": PlaceDate, "timeofday": PlaceTimeOfDay, "duration": PlaceDuration,
	"addr": PlaceAddr, "bytes": PlaceBytes, "raw": PlaceRaw, "canonical": PlaceCanonical, "url": PlaceURL, "struct": PlaceStruct, "sum": PlaceSum, "value": PlaceOther,
	"list": PlaceList, "map": PlaceMap, "pointer": PlacePointer, "nullable": PlaceNullable, "nil": PlaceNil, "external": PlaceExternal,
}

// types are those of the values that are put into a place of a kind, 0 where it is several or
// a struct.
func (k PlaceKind) types() Types {
	switch {
	case k == PlaceBool:
		return Boolean
	case k.isNumber():
		return numeric
	case k == PlaceString, k == PlaceURL, PlaceUUID <= k && k <= PlaceBytes:
		return String
	case k == PlaceList:
		return Array
	case k == PlaceMap:
		return Object
	}
	return 0
}

// within finds out how the value of a property is read: by Others, where the rules for it
// are not plain.
func (b *planner) within(s *placing) {
	if !b.step() || !b.reads(s) {
		if s.kind == PlaceNullable {
			s.there = 0 // which is no more than a part of the value
		}
		s.kind = PlaceOther
	}
}

// reads tells whether a value can be judged and read by the plan: at once, or one after the
// other.
func (b *planner) reads(s *placing) bool {
	as := *s
	if b.atOnce(s) {
		return true
	}
	*s = as
	return b.judged(s)
}

// atOnce tells whether a value can be judged and read at once.
func (b *planner) atOnce(s *placing) bool {
	if types := s.kind.types(); types != 0 {
		s.to = b.narrow(s.to, facts{types: types})
	}
	n := s.to
	switch k := s.kind; {
	case k == PlaceOther:
		return false
	case n.types == 0: // no value is put there
		s.kind = PlaceRaw
		return true
	case k == PlaceRaw, k == PlaceExternal:
		return true
	case k == PlaceCanonical:
		return b.constants(s)
	case k == PlaceBool:
		return n.combine == nil
	case k == PlaceString, k == PlaceURL:
		return n.combine == nil && n.types&String != 0
	case k <= PlaceDecimal:
		return n.combine == nil && n.types&numeric != 0
	case k <= PlaceBytes:
		s.alone = n.values == nil && n.text.saysWhat(k)
		return n.combine == nil && n.types&String != 0
	case k == PlaceList:
		return n.plain(Array) && b.items(s)
	case k == PlaceMap:
		return n.plain(Object) && b.entries(s)
	case k == PlaceSum:
		s.sum = b.sum(n, s.place.Sum)
		return s.sum != nil
	case k == PlacePointer:
		return b.item(s, n)
	case k == PlaceNullable, k == PlaceNil:
		return b.item(s, b.narrow(n, facts{types: everyType &^ Null}))
	}
	s.plan = b.plan(n, s.place.Layout)
	return s.plan != nil
}

// items is within for what a list has.
func (b *planner) items(s *placing) bool {
	each := &b.v.prog[anyNode]
	if a := s.to.array; a != nil {
		if each = a.each; each == nil || a.wanted != 0 {
			return false
		}
	}
	s.room = b.rooms % rooms
	b.rooms++
	return b.item(s, each)
}

// item is within for what a value is made of, which a node judges.
func (b *planner) item(s *placing, to *node) bool {
	s.item = b.entry(to, s.place)
	return s.item.kind != PlaceOther
}

// saysWhat tells whether the rules for texts ask for nothing but what reading a value of a
// kind finds out: by the functions of package parse that judge the format as well.
func (r *textRules) saysWhat(kind PlaceKind) bool {
	if r == nil || r.pattern != nil || r.counts || r.media != nil {
		return false
	}
	if kind == PlaceBytes && r.format == nil {
		return r.encoding != nil // there is one alone
	}
	return r.encoding == nil && r.format != nil && formatsOfPlaces[kind] == r.format.name &&
		(r.own == nil || widerFormats[r.format.name] == r.own.name)
}

// formatsOfPlaces are the formats of which nothing is left to be judged in a text that was
// read into a place.
var formatsOfPlaces = map[PlaceKind]string{PlaceUUID: "uuid", PlaceTime: GoDateTime, PlaceDate: "date", PlaceTimeOfDay: GoTime, PlaceBytes: "byte"}
