package sample

import (
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// anyType is every type there is.
const anyType = schema.Types(schema.TypeNull | schema.TypeBoolean | schema.TypeInteger | schema.TypeNumber |
	schema.TypeString | schema.TypeArray | schema.TypeObject)

// scalars are the types without parts.
const scalars = anyType &^ schema.Types(schema.TypeArray|schema.TypeObject)

// pickType chooses a type that all the schemas allow, 0 when there is none. Null
// and, where thrift is asked, arrays and objects are rare when there is a choice.
func (m *maker) pickType(flat []*schema.Schema, depth int) schema.Type {
	allowed := allowedTypes(flat)
	if allowed == anyType {
		if implied := impliedTypes(flat); implied != 0 {
			allowed = implied
		} else {
			allowed = schema.Types(schema.TypeString | schema.TypeInteger | schema.TypeBoolean)
		}
	}
	if allowed.Has(schema.TypeNumber) {
		allowed &^= schema.Types(schema.TypeInteger)
	}
	if rest := allowed &^ schema.Types(schema.TypeNull); rest != 0 && !m.chance(8) {
		allowed = rest
	}
	if rest := allowed & scalars; rest != 0 && m.thrifty(depth) && !m.chance(8) {
		allowed = rest
	}
	return m.oneType(allowed)
}

func (m *maker) oneType(of schema.Types) schema.Type {
	var list []schema.Type
	for t := schema.TypeNull; t <= schema.TypeObject; t <<= 1 {
		if of.Has(t) {
			list = append(list, t)
		}
	}
	if len(list) == 0 {
		return 0
	}
	return list[m.rand.IntN(len(list))]
}

// allowedTypes is what the keyword type of all the schemas leaves.
func allowedTypes(all []*schema.Schema) schema.Types {
	allowed := anyType
	for _, s := range all {
		if s.Types == 0 {
			continue
		}
		types := s.Types
		if types.Has(schema.TypeNumber) {
			types |= schema.Types(schema.TypeInteger)
		}
		allowed &= types
	}
	return allowed
}

// impliedTypes is what the other keywords speak of.
func impliedTypes(all []*schema.Schema) schema.Types {
	var t schema.Type
	for _, s := range all {
		if s.Properties != nil || s.Required != nil || s.AdditionalProperties != nil || s.PatternProperties != nil ||
			s.MinProperties != nil || s.MaxProperties != nil || s.PropertyNames != nil || s.Dependencies != nil {
			t |= schema.TypeObject
		}
		if s.Items != nil || s.TupleItems != nil || s.Contains != nil || s.MinItems != nil || s.MaxItems != nil || s.UniqueItems {
			t |= schema.TypeArray
		}
		if s.Minimum != nil || s.Maximum != nil || s.ExclusiveMinimum != nil || s.ExclusiveMaximum != nil || s.MultipleOf != nil {
			t |= schema.TypeNumber
		}
		if _, ok := validate.NumberFormatOf(s.Format); ok {
			t |= schema.TypeNumber
		} else if s.Pattern != nil || s.MinLength != nil || s.MaxLength != nil || s.Format != "" {
			t |= schema.TypeString
		}
	}
	return schema.Types(t)
}
