package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// join makes one branch of all that Go has one type for: numbers of several
// kinds, texts in several formats, constants of one type.
func (sum *sum) join(p *planner) {
	var out []*branch
next:
	for _, b := range sum.branches {
		for i, have := range out {
			if u, ok := joined(have.use, b.use); ok {
				u.nullable = have.nullable || b.nullable
				out[i] = &branch{use: u, schema: p.either(have.schema, b.schema), from: slices.Concat(have.from, b.from)}
				if u.shape.schema == nil {
					u.shape.schema, u.shape.said = out[i].schema, out[i].schema
				}
				continue next
			}
		}
		out = append(out, b)
	}
	sum.branches = out
}

// either is the schema of values that are of one of two.
func (p *planner) either(a, b *schema.Schema) *schema.Schema {
	return p.make(&schema.Schema{Origin: a.Origin, Dialect: a.Dialect, AnyOf: []*schema.Schema{a, b}})
}

// joined is the use of what is one of two, where one type without a name is
// enough for both. An enum is one for values too that it does not list.
func joined(a, b use) (use, bool) {
	switch {
	case a.kind == kindScalar && b.kind == kindScalar:
		basic, ok := joinedBasic(a.basic, b.basic)
		return use{shape: &shape{kind: kindScalar, basic: basic, anyNumber: a.anyNumber || b.anyNumber}}, ok
	case a.kind == kindEnum && b.kind == kindScalar && a.basic == b.basic:
		return use{shape: a.shape, via: a.via}, true
	case b.kind == kindEnum && a.kind == kindScalar && a.basic == b.basic:
		return use{shape: b.shape, via: b.via}, true
	case a.kind == kindEnum && b.kind == kindEnum && a.basic == b.basic && a.via == nil && b.via == nil:
		values := slices.Clone(a.values)
		for _, v := range b.values {
			if !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		return use{shape: &shape{kind: kindEnum, basic: a.basic, values: values}}, true
	}
	return use{}, false
}

// joinedBasic is the type of values of two types.
func joinedBasic(a, b ir.Basic) (ir.Basic, bool) {
	isText := func(b ir.Basic) bool { return textual[b] || b == ir.Bytes }
	switch {
	case a == b:
		return a, true
	case isText(a) && isText(b):
		return ir.String, true
	case !isNumber(a) || !isNumber(b):
		return 0, false
	case a == ir.Decimal, b == ir.Decimal, (a == ir.Uint64) != (b == ir.Uint64) && isInt(a) && isInt(b):
		return ir.Decimal, true
	case isInt(a) && isInt(b):
		return ir.Int64, true
	}
	return ir.Float64, true
}

func isInt(b ir.Basic) bool { return signed[b]+unsigned[b] > 0 }

func isNumber(b ir.Basic) bool {
	return isInt(b) || b == ir.Float32 || b == ir.Float64 || b == ir.Decimal
}

// wrap gives a branch a type of its own where it has none with a name.
func (b *branch) wrap() {
	switch b.kind {
	case kindScalar, kindExternal, kindRaw:
		inner := b.use
		b.use = use{shape: &shape{kind: kindWrap, schema: b.schema, said: b.schema, inner: inner}}
	}
}
