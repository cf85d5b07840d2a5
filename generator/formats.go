package generator

import (
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// formats is the table of formats that change the Go type, by JSON type. All
// other formats leave it alone. Config.Types overrides it, and the default types.
var formats = map[schema.Type]map[string]ir.Basic{
	schema.TypeString: {
		"date-time": ir.Time, "date": ir.Date, "time": ir.TimeOfDay, "duration": ir.Duration, "uuid": ir.UUID,
		"ipv4": ir.Addr, "ipv6": ir.Addr, "uri": ir.URL, "uri-reference": ir.URL, "byte": ir.Bytes, "binary": ir.Bytes,
	},
	schema.TypeInteger: {
		"int8": ir.Int8, "int16": ir.Int16, "int32": ir.Int32, "int64": ir.Int64,
		"uint8": ir.Uint8, "uint16": ir.Uint16, "uint32": ir.Uint32, "uint64": ir.Uint64, "bigint": ir.Decimal,
	},
	schema.TypeNumber: {
		"float": ir.Float32, "float32": ir.Float32, "double": ir.Float64, "float64": ir.Float64,
		"decimal": ir.Decimal, "decimal128": ir.Decimal,
	},
}

// defaults are the Go types of JSON types without such a format.
var defaults = map[schema.Type]ir.Basic{
	schema.TypeBoolean: ir.Bool, schema.TypeInteger: ir.Int64, schema.TypeNumber: ir.Decimal, schema.TypeString: ir.String,
}

// textual are the types whose values are JSON strings and nothing else.
var textual = map[ir.Basic]bool{
	ir.String: true, ir.Time: true, ir.Date: true, ir.TimeOfDay: true, ir.Duration: true, ir.UUID: true, ir.Addr: true,
	ir.URL: true, ir.Bytes: true,
}

// classifyScalar gives a scalar the type that its format has.
func (p *planner) classifyScalar(s *schema.Schema, t schema.Type) use {
	u := use{shape: &shape{kind: kindScalar, schema: s, basic: basicFor(t, s)}}
	if own, ok := p.ownType(s, t); ok && p.readable(namedAt(s), own, schema.Types(t)) {
		u = p.useType(s, own, schema.Types(t))
	}
	_, own := p.ownFormat(s)
	u.anyNumber = t == schema.TypeNumber && u.basic == ir.Decimal && !own && !hasFormat(s, t)
	return u
}

// ownType is the type that the configuration names for a scalar: by its format, or by its
// JSON type where no format gives it another than that of all values of the type.
func (p *planner) ownType(s *schema.Schema, t schema.Type) (own GoType, ok bool) {
	switch own, ok = p.ownFormat(s); {
	case t == schema.TypeBoolean:
		return own, false
	case ok || hasFormat(s, t):
		return own, ok
	}
	own, ok = p.cfg.Types[schema.Types(t).String()]
	return own, ok
}

// ownFormat is the type that the configuration names for the format of a schema.
func (p *planner) ownFormat(s *schema.Schema) (own GoType, ok bool) {
	if s.Format == "" || slices.Contains(plainTypes, s.Format) {
		return own, false
	}
	own, ok = p.cfg.Types[s.Format]
	return own, ok
}

// hasFormat tells whether the format of a scalar, or its encoding, has a type in the table.
func hasFormat(s *schema.Schema, t schema.Type) bool {
	_, ok := formats[t][s.Format]
	return ok || isBase64(s, t)
}

// plainTypes are the keys of Config.Types that are types of JSON, and no formats.
var plainTypes = []string{"string", "number", "integer"}

// useType is the use of a type that the user named for a schema's values, which are of
// certain types of JSON, or of any.
func (p *planner) useType(s *schema.Schema, t GoType, of schema.Types) use {
	switch {
	case t.Import == "":
		return use{shape: &shape{kind: kindScalar, schema: s, basic: predeclared[t.Name]}}
	case t == GoType{"net/url", "URL"}:
		return use{shape: &shape{kind: kindScalar, schema: s, basic: ir.URL}}
	case t == GoType{p.runtimePath(), "Decimal"} && of != 0 && of&^fromNumber == 0:
		return use{shape: &shape{kind: kindScalar, schema: s, basic: ir.Decimal}}
	}
	p.imports[t.Import] = true
	return use{shape: &shape{kind: kindExternal, schema: s, external: ir.External{Path: t.Import, Name: t.Name}}}
}

// isBase64 tells whether strings hold bytes, whatever their format.
func isBase64(s *schema.Schema, t schema.Type) bool {
	return t == schema.TypeString && s.ContentEncoding == "base64"
}

func basicFor(t schema.Type, s *schema.Schema) ir.Basic {
	if b, ok := formats[t][s.Format]; ok {
		return b
	}
	switch {
	case isBase64(s, t):
		return ir.Bytes
	case t == schema.TypeInteger:
		return integerFor(s)
	}
	return defaults[t]
}

// integerFor is int64 unless the bounds of a schema say that values may be
// beyond it.
func integerFor(s *schema.Schema) ir.Basic {
	least, most := leastInteger(s), mostInteger(s)
	beyond := func(b *big.Int) bool { return b != nil && !b.IsInt64() }
	switch {
	case !beyond(least) && !beyond(most):
		return ir.Int64
	case least != nil && least.Sign() >= 0 && most != nil && most.IsUint64():
		return ir.Uint64
	}
	return ir.Decimal
}

// leastInteger is the least integer that the bounds of a schema allow, if they
// say so.
func leastInteger(s *schema.Schema) *big.Int {
	least, _ := integerBound(s.Minimum, ceiling)
	above, exact := integerBound(s.ExclusiveMinimum, floor)
	if exact {
		above.Add(above, big.NewInt(1))
	}
	if least == nil || above != nil && above.Cmp(least) > 0 {
		return above
	}
	return least
}

// mostInteger is the greatest integer that the bounds of a schema allow, if they
// say so.
func mostInteger(s *schema.Schema) *big.Int {
	most, _ := integerBound(s.Maximum, floor)
	below, exact := integerBound(s.ExclusiveMaximum, ceiling)
	if exact {
		below.Sub(below, big.NewInt(1))
	}
	if most == nil || below != nil && below.Cmp(most) < 0 {
		return below
	}
	return most
}

// floor and ceiling round to integers.
func floor(r *big.Rat) *big.Int { return new(big.Int).Div(r.Num(), r.Denom()) }

func ceiling(r *big.Rat) *big.Int { return new(big.Int).Neg(floor(new(big.Rat).Neg(r))) }

// integerBound is a bound as an integer, and whether it was read exactly. What
// has an exponent is rounded before: it could be too long to be written out.
func integerBound(l *schema.Literal, round func(*big.Rat) *big.Int) (n *big.Int, exact bool) {
	if l == nil {
		return nil, false
	}
	if len(l.Text) <= maxLiteral && !strings.ContainsAny(l.Text, "eE") {
		r, _ := new(big.Rat).SetString(l.Text)
		return round(r), true
	}
	f, _ := strconv.ParseFloat(l.Text, 64)
	return round(new(big.Rat).SetFloat64(max(min(f, math.MaxFloat64), -math.MaxFloat64))), false
}
