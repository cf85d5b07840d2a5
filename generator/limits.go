package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// Fit is what the Go type of a schema adds to its rules: limits on what it cannot hold.
// A schema that judges the same values as others has limits of its own there only as far
// as they refuse nothing that the type of those values holds, and what all of them
// together leave out stands beside them.
func (p *planner) Fit(s *schema.Schema) validate.Fit {
	out, known := p.fits[s]
	if known {
		return out
	}
	sh := p.typeOf(s)
	f := &fitting{planner: p, s: s, types: targets(sh), apart: map[*schema.Schema]bool{}}
	f.keep()
	if out = (validate.Fit{Apart: f.apart}); p.limited(sh) {
		if f.complete() {
			out.Limits = f.limits
		} else {
			f.keepNone()
			out.In = p.limitsIn(sh)
		}
	}
	p.fits[s] = out
	return out
}

// Limited tells whether the Go type of a schema, or one within it, has limits.
func (p *planner) Limited(s *schema.Schema) bool {
	return p.limiting[s] || p.limited(p.typeOf(s))
}

// fitting is a schema for whose values the limits are being found.
type fitting struct {
	*planner
	s     *schema.Schema
	types []target // that its values are read into
	// apart are the schemas in it that have no limits there.
	apart  map[*schema.Schema]bool
	limits check.Schema // of its own
}

// target is a type that values are read into, and the alternatives that they are of.
type target struct {
	*shape
	from []*schema.Schema
}

// targets are the types that values of a type can be read into.
func targets(sh *shape) []target {
	if sh.kind != kindSum {
		return []target{{unwrapped(sh), nil}}
	}
	var out []target
	for _, b := range sh.sum.branches {
		out = append(out, target{unwrapped(b.shape), append(slices.Clone(b.from), b.schema.Deref())})
	}
	return out
}

// isOf tells whether values of a target are of an alternative.
func (t target) isOf(one *schema.Schema) bool { return slices.Contains(t.from, one.Deref()) }

// keep finds out which schemas in this one keep their limits: those that refuse
// nothing that the types of the values hold.
func (f *fitting) keep() {
	s := f.s
	f.keepMembers()
	f.keepItems()
	for _, one := range f.beside() {
		f.keepIf(one, f.sparesAll(one, f.types))
	}
	for _, list := range [][]*schema.Schema{s.OneOf, s.AnyOf} {
		for _, one := range list {
			f.keepIf(one, f.sparesAll(one, f.relatedTo(list, one)))
		}
	}
}

// beside are the schemas that judge the same values, always or under a condition.
func (f *fitting) beside() []*schema.Schema {
	out := append(slices.Clone(f.s.AllOf), f.s.Then, f.s.Else)
	for _, d := range f.s.Dependencies {
		out = append(out, d.Schema)
	}
	return slices.DeleteFunc(out, func(s *schema.Schema) bool { return s == nil })
}

// keepIf notes a schema that does not keep its limits. What a dynamic reference leads
// to is not known here.
func (f *fitting) keepIf(s *schema.Schema, ok bool) {
	if s == nil {
		return
	}
	if isDynamic(s) || !ok && f.limited(f.typeOf(s)) {
		f.apart[s] = true
	}
}

// isDynamic tells whether a schema is a reference that may lead to several.
func isDynamic(s *schema.Schema) bool {
	for ; s.Ref != nil; s = s.Ref {
		if s.Dynamic != "" {
			return true
		}
	}
	return false
}

// keepNone has no schema that judges values, or parts of them, keep its limits.
func (f *fitting) keepNone() {
	s := f.s
	all := slices.Concat(f.beside(), s.OneOf, s.AnyOf, s.TupleItems, f.patterns(), []*schema.Schema{s.Items, s.AdditionalItems, s.AdditionalProperties})
	for _, m := range s.Properties {
		all = append(all, m.Schema)
	}
	for _, one := range all {
		f.keepIf(one, false)
	}
}

// relatedTo are the types that values of an alternative are read into: of all, where
// the list has become something else.
func (f *fitting) relatedTo(list []*schema.Schema, one *schema.Schema) []target {
	var out []target
	told := false
	for _, t := range f.types {
		told = told || slices.ContainsFunc(list, t.isOf)
		if t.isOf(one) {
			out = append(out, t)
		}
	}
	if !told {
		return f.types
	}
	return out
}

// sparesAll tells whether the limits of a schema refuse nothing that some types hold.
func (f *fitting) sparesAll(s *schema.Schema, types []target) bool {
	return !slices.ContainsFunc(types, func(t target) bool {
		return slices.ContainsFunc(f.branchesFor(f.typeOf(s), t), func(sh *shape) bool { return !f.spares(sh, t.shape) })
	})
}

// branchesFor are the types that values of a type can be of, as far as they are read
// into another one.
func (f *fitting) branchesFor(sh *shape, t target) []*shape {
	var all, related []*shape
	for _, own := range targets(sh) {
		all = append(all, own.shape)
		if slices.ContainsFunc(own.from, t.isOf) {
			related = append(related, own.shape)
		}
	}
	if related != nil {
		return related
	}
	return all
}

// complete tells whether the types have all their limits, from here or from the schemas
// that keep theirs.
func (f *fitting) complete() bool {
	for _, t := range f.types {
		held := f.held(t)
		ok := true
		switch t.kind {
		case kindScalar, kindEnum:
			ok = f.enforced(t.shape, held) || f.addLimits(t)
		case kindObject, kindMap:
			ok = f.completeMembers(t, held)
		case kindList, kindTuple:
			ok = f.completeItems(t, held)
		}
		if !ok {
			return false
		}
	}
	return true
}

// addLimits adds the limits of values without parts, unless values of the same kind may
// be read into another type.
func (f *fitting) addLimits(t target) bool {
	for _, other := range f.types {
		if other.shape != t.shape && f.holdsUse(use{shape: other.shape})&typesOfKind[basicKind(t.basic)] != 0 {
			return false
		}
	}
	f.limits = append(f.limits, f.ownLimits(t.basic)...)
	return true
}

// held are the types whose limits the values of a target are held to: of each list, of
// one at least.
func (f *fitting) held(t target) [][]*shape {
	var out [][]*shape
	add := func(list []*schema.Schema) {
		var all []*shape
		for _, one := range list {
			if f.apart[one] {
				return
			}
			all = append(all, f.branchesFor(f.typeOf(one), t)...)
		}
		out = append(out, all)
	}
	for _, one := range f.s.AllOf {
		add([]*schema.Schema{one})
	}
	types := f.holdsUse(use{shape: t.shape})
	for _, list := range [][]*schema.Schema{f.s.OneOf, f.s.AnyOf} {
		told := slices.ContainsFunc(list, t.isOf)
		add(slices.DeleteFunc(slices.Clone(list), func(one *schema.Schema) bool {
			return told && !t.isOf(one) || f.typesOf(one)&types == 0
		}))
	}
	return slices.DeleteFunc(out, func(list []*shape) bool { return len(list) == 0 })
}

// ownLimits are those of a basic type as far as the schema does not say them.
func (f *fitting) ownLimits(b ir.Basic) check.Schema {
	switch {
	case b == ir.Int64 && boundedInt64(f.s):
		return nil
	case b == ir.Bytes && f.s.Format == "" && f.s.ContentEncoding == "base64" && f.s.Dialect.FormatsAsserted():
		return nil
	case b == ir.Addr && formats[schema.TypeString][f.s.Format] == ir.Addr:
		return check.Schema{check.Fits(f.s.Format)}
	}
	return limitsOf(b)
}

// limitsOf are the formats of the values that a basic type can hold.
func limitsOf(b ir.Basic) check.Schema {
	if b == ir.Addr {
		return check.Schema{check.AnyOf{{check.Fits("ipv4")}, {check.Fits("ipv6")}}}
	}
	if format := holds[b]; format != "" {
		return check.Schema{check.Fits(format)}
	}
	return nil
}

// holds are the formats of the values that basic types can hold.
var holds = map[ir.Basic]string{
	ir.Int8: "int8", ir.Int16: "int16", ir.Int32: "int32", ir.Int64: "int64",
	ir.Uint8: "uint8", ir.Uint16: "uint16", ir.Uint32: "uint32", ir.Uint64: "uint64",
	ir.Float32: "float", ir.Float64: "double",
	ir.Time: check.GoDateTime, ir.Date: "date", ir.TimeOfDay: check.GoTime, ir.Duration: check.GoDuration, ir.UUID: "uuid", ir.Bytes: "byte",
}

// boundedInt64 tells whether the bounds of a schema lie within 64 bits.
func boundedInt64(s *schema.Schema) bool {
	return leastInteger(s) != nil && mostInteger(s) != nil
}
