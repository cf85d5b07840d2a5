package generator

import (
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Sets of JSON types that a Go type can be read from.
const (
	fromText   = schema.Types(schema.TypeString)
	fromNumber = schema.Types(schema.TypeNumber | schema.TypeInteger)
	fromObject = schema.Types(schema.TypeObject)
)

// reads lists the JSON types that values of well-known types are read from. Types that
// it does not list are taken to read whatever they are named for.
var reads = map[GoType]schema.Types{
	{"net/url", "URL"}: fromText, {"net/netip", "Addr"}: fromText, {"net/netip", "AddrPort"}: fromText, {"net/netip", "Prefix"}: fromText,
	{"net", "IP"}: fromText, {"time", "Time"}: fromText, {"math/big", "Float"}: fromText, {"math/big", "Rat"}: fromText,
	{"regexp", "Regexp"}: fromText,
	{"math/big", "Int"}:  fromNumber, {"time", "Duration"}: fromNumber, {"time", "Month"}: fromNumber, {"time", "Weekday"}: fromNumber,
	{"net/mail", "Address"}: fromObject, {"net", "IPNet"}: fromObject, {"net", "IPAddr"}: fromObject, {"net", "TCPAddr"}: fromObject,
	{"net", "UDPAddr"}: fromObject, {"database/sql", "NullString"}: fromObject, {"database/sql", "NullTime"}: fromObject,
	{"database/sql", "NullBool"}: fromObject, {"database/sql", "NullInt64"}: fromObject, {"database/sql", "NullInt32"}: fromObject,
	{"database/sql", "NullFloat64"}: fromObject,
}

// readsOf returns the JSON types that values of a Go type are read from, where it is known.
func (p *planner) readsOf(t GoType) (schema.Types, bool) {
	b, ok := predeclared[t.Name]
	if t.Import == p.runtimePath() {
		b, ok = runtimeTypes[t.Name]
	} else if t.Import != "" {
		set, known := reads[t]
		return set, known
	}
	switch {
	case !ok:
		return 0, false
	case b == ir.Bool:
		return schema.Types(schema.TypeBoolean), true
	case textual[b]:
		return fromText, true
	}
	return fromNumber, true
}

// runtimeTypes are the types of the runtime that stand for scalars.
var runtimeTypes = map[string]ir.Basic{
	"Date": ir.Date, "TimeOfDay": ir.TimeOfDay, "Duration": ir.Duration, "UUID": ir.UUID, "Decimal": ir.Decimal,
}

// readable tells whether a type that somebody named can be read from values of a schema,
// which may be of certain types, and reports it at the place that asks for it if it cannot.
func (p *planner) readable(at source.Spanner, t GoType, of schema.Types) bool {
	set, known := p.readsOf(t)
	of &^= schema.Types(schema.TypeNull)
	if !known || of == 0 || of&set != 0 {
		return true
	}
	errUnreadable(&p.found, at, t, set, of)
	return false
}

// namedAt is where a schema says what the configuration names a type for.
func namedAt(s *schema.Schema) source.Span {
	if s.Format != "" {
		return s.KeyAt("format")
	}
	return s.KeyAt("type")
}
