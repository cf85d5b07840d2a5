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
	PlaceDecimal // a string with a number as it is written

	PlaceUUID      // 16 bytes
	PlaceTime      // a time.Time
	PlaceDate      // an int32, the days behind the first of January of the year 1
	PlaceTimeOfDay // a parse.Clock
	PlaceDuration  // a parse.Period
	PlaceAddr      // a netip.Addr
	PlaceBytes     // a []byte, written in base64

	PlaceRaw // a []byte with JSON
	PlaceStruct
	PlacePointer // to a struct
	PlaceList    // a slice
	PlaceMap     // a map of texts to values, none of which are structs
	PlaceSum     // an interface with a value of one of several types

	// PlaceNullable is an Item, at the same place, or null: then 1 is There, for a value
	// 2, and where there is no There zero is null.
	PlaceNullable

	PlaceTuple // a struct whose Layout is that of an array
)

// within finds out how the value of a property is read: by Others, where the rules for it
// are not plain.
func (b *planner) within(s *placing) {
	if !b.reads(s) {
		s.kind = PlaceOther
	}
}

// reads tells whether a value can be judged and read at once.
func (b *planner) reads(s *placing) bool {
	if s.kind != PlaceStruct && s.kind != PlacePointer && s.kind < PlaceSum {
		s.to = b.simpler(s.to)
	}
	n := s.to
	switch k := s.kind; {
	case k == PlaceOther:
		return false
	case k == PlaceRaw:
		return true
	case k == PlaceBool:
		return n.combine == nil
	case k == PlaceString:
		return n.combine == nil && n.types&String != 0
	case k <= PlaceDecimal:
		return n.combine == nil && n.types&numeric != 0
	case k <= PlaceBytes:
		s.alone = n.values == nil && n.text.saysWhat(k)
		return n.combine == nil && n.types&String != 0
	case k == PlaceList:
		return n.plain(Array) && n.array != nil && n.array.each != nil && n.array.wanted == 0 && b.items(s)
	case k == PlaceMap:
		return n.plain(Object) && b.entries(s)
	case k == PlaceSum:
		s.sum = b.sum(n, s.place.Sum)
		return s.sum != nil
	case k == PlaceNullable:
		return b.nullable(s)
	}
	s.plan = b.plan(n, s.place.Layout)
	return s.plan != nil
}

// entries is within for what a map has.
func (b *planner) entries(s *placing) bool {
	each, o := anyNode, s.to.object
	if o != nil {
		if each = o.additional; !o.simple || o.closed || len(o.known) > 0 || len(o.depends) > 0 {
			return false
		}
	}
	s.item = &placing{to: &b.v.prog[each], kind: s.place.Item.Kind, place: s.place.Item}
	return b.reads(s.item)
}

// items is within for what a list has.
func (b *planner) items(s *placing) bool {
	s.room = b.rooms % rooms
	b.rooms++
	s.item = &placing{to: s.to.array.each, kind: s.place.Item.Kind, place: s.place.Item}
	return b.reads(s.item)
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
