package generator

import (
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// classifyEnum looks at the values of enum and const: strings and integers
// become typed constants.
func (p *planner) classifyEnum(s *schema.Schema) use {
	values := s.Enum
	if s.Const != nil {
		values = []*syntax.Node{s.Const}
	}
	values, nullable := p.possible(s, values)
	u := use{shape: &shape{schema: s}, nullable: nullable}
	switch only, ok := kindOf(values); {
	case !ok && len(values) == 0: // nothing but null, or values that the type forbids
		if t, ok := s.Types.Only(); ok {
			u.shape = p.classifyType(s, t).shape
		}
		return u
	case !ok:
		u.constants(values)
	case only == syntax.String:
		u.kind, u.basic = kindEnum, ir.String
		u.values = texts(values, func(n *syntax.Node) (string, bool) { return n.Text, true })
	case only == syntax.Number:
		u.numbers(s, values)
	case only == syntax.Bool:
		u.kind, u.basic = kindScalar, ir.Bool
	default:
		u.constants(values)
	}
	return u
}

// possible leaves out null, which it reports, and values that the type forbids.
func (p *planner) possible(s *schema.Schema, values []*syntax.Node) ([]*syntax.Node, bool) {
	nullable := false
	out := slices.DeleteFunc(slices.Clone(values), func(n *syntax.Node) bool {
		null := n.Kind == syntax.Null
		nullable = nullable || null
		return null || s.Types != 0 && !s.Types.Has(typeOf(n)) && (n.Kind != syntax.Number || !s.Types.Has(schema.TypeNumber))
	})
	return out, nullable
}

func typeOf(n *syntax.Node) schema.Type {
	switch n.Kind {
	case syntax.Bool:
		return schema.TypeBoolean
	case syntax.Number:
		if strings.Contains(plain(n.Text), "e-") {
			return schema.TypeNumber
		}
		return schema.TypeInteger
	case syntax.String:
		return schema.TypeString
	case syntax.Sequence:
		return schema.TypeArray
	case syntax.Mapping:
		return schema.TypeObject
	}
	return schema.TypeNull
}

// kindOf returns the kind that all values have.
func kindOf(values []*syntax.Node) (syntax.Kind, bool) {
	if len(values) == 0 {
		return 0, false
	}
	k := values[0].Kind
	return k, !slices.ContainsFunc(values, func(n *syntax.Node) bool { return n.Kind != k })
}

// numbers makes an enum of integers, or else of floating-point numbers, where
// these are exactly the values. Others are plain decimals.
func (u *use) numbers(s *schema.Schema, values []*syntax.Node) {
	u.kind, u.basic = kindEnum, basicFor(schema.TypeInteger, s)
	for _, way := range []struct {
		basic ir.Basic
		text  func(*syntax.Node) (string, bool)
	}{{ir.Int64, integer}, {ir.Uint64, natural}, {ir.Float64, float}} {
		if u.values = texts(values, way.text); len(u.values) == 0 {
			continue
		}
		if way.basic != ir.Int64 || slices.ContainsFunc(u.values, func(v enumValue) bool { return !fits(v.text, u.basic) }) {
			u.basic = way.basic
		}
		return
	}
	u.kind, u.values, u.basic = kindScalar, nil, ir.Decimal
}

// fits tells whether digits are a value of an integer type.
func fits(digits string, b ir.Basic) bool {
	if bits, ok := signed[b]; ok {
		_, err := strconv.ParseInt(digits, 10, bits)
		return err == nil
	}
	_, err := strconv.ParseUint(digits, 10, unsigned[b])
	return err == nil
}

// The sizes of the integer types.
var (
	signed   = map[ir.Basic]int{ir.Int8: 8, ir.Int16: 16, ir.Int32: 32, ir.Int64: 64}
	unsigned = map[ir.Basic]int{ir.Uint8: 8, ir.Uint16: 16, ir.Uint32: 32, ir.Uint64: 64}
)

// texts collects the texts of values, each once, or none if one has no text.
func texts(values []*syntax.Node, text func(*syntax.Node) (string, bool)) []enumValue {
	var out []enumValue
	seen := map[string]bool{}
	for _, n := range values {
		t, ok := text(n)
		if !ok {
			return nil
		}
		if !seen[t] {
			seen[t] = true
			out = append(out, enumValue{t})
		}
	}
	return out
}

// maxLiteral is how long a number may be to be looked at as an integer of 64
// bits.
const maxLiteral = 30

// integer returns the digits of a number that is an integer of 64 bits,
// however it is written.
func integer(n *syntax.Node) (string, bool) {
	r, ok := whole(n)
	if !ok || !r.IsInt64() {
		return "", false
	}
	return r.String(), true
}

// natural is integer for what fits uint64.
func natural(n *syntax.Node) (string, bool) {
	r, ok := whole(n)
	if !ok || !r.IsUint64() {
		return "", false
	}
	return r.String(), true
}

// whole is the value of a number that is an integer, if it is short.
func whole(n *syntax.Node) (*big.Int, bool) {
	r, ok := rational(n)
	if !ok || !r.IsInt() {
		return nil, false
	}
	return r.Num(), true
}

// rational is the value of a number, if it can be written out in short.
func rational(n *syntax.Node) (*big.Rat, bool) {
	text := plain(n.Text)
	_, power, _ := strings.Cut(text, "e")
	if len(text) > maxLiteral || len(power) > len("-20") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

// float returns a number as Go writes it, if that is exactly its value.
func float(n *syntax.Node) (string, bool) {
	r, ok := rational(n)
	f, err := strconv.ParseFloat(plain(n.Text), 64) // -0 is 0
	if !ok || err != nil {
		return "", false
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	back, _ := new(big.Rat).SetString(text)
	return text, back != nil && back.Cmp(r) == 0
}
