package generator

import (
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// classifyTuple makes a struct of a list with a schema for each position: a
// field for each, and one for what may follow. Those behind the least number of
// elements may be absent.
func (p *planner) classifyTuple(s *schema.Schema) use {
	t := &shape{kind: kindTuple, schema: s, extra: s.AdditionalItems, open: s.AdditionalItems == nil}
	least := uint64(0)
	if s.MinItems != nil {
		least = s.MinItems.N
	}
	for i, item := range s.TupleItems {
		if isFalse(item) || s.MaxItems != nil && uint64(i) >= s.MaxItems.N {
			t.extra, t.open = nil, false
			break
		}
		t.members = append(t.members, member{name: fmt.Sprintf("Item%d", i+1), schema: item, required: uint64(i) < least})
	}
	if t.extra != nil && isFalse(t.extra) || s.MaxItems != nil && s.MaxItems.N <= uint64(len(t.members)) {
		t.extra, t.open = nil, false
	}
	if len(t.members) == 0 {
		return use{shape: &shape{kind: kindList, schema: s, elem: t.extra}}
	}
	return use{shape: t}
}

// fillTuple gives a tuple its fields, in the order of the elements.
func (p *planner) fillTuple(d *ir.Tuple, e *entity) {
	scope := naming.Universe()
	scope.Reserve(methods...)
	var claims []*naming.Claim
	for _, m := range e.shape.members {
		claims = append(claims, p.claimItem(m))
	}
	rest, other := naming.Simple(2, "", restNames(e.shape)...), naming.Simple(3, "", "Other", "OtherValue")
	scope.Settle(append(slices.Clone(claims), rest, other))
	for i, m := range e.shape.members {
		d.Fields = append(d.Fields, p.field(claims[i].Name(), m, true, ""))
	}
	switch {
	case e.shape.extra != nil:
		d.Rest = &ir.Extra{Name: rest.Name(), Elem: p.elem(p.use(e.shape.extra))}
	case e.shape.open && (!p.cfg.DropUnknown || len(d.Fields) == 0):
		d.Rest = &ir.Extra{Name: rest.Name(), Elem: ir.Raw}
	}
	switch {
	case d.Rest == nil:
	case len(d.Fields) == 0:
		d.Rest.Doc = ir.Text(rest.Name() + " are the elements.")
	default:
		d.Rest.Doc = ir.Text(rest.Name() + " are the elements behind those that have a field.")
	}
	if e.shape.loose {
		d.Other = other.Name()
	}
}

// restNames are the names of the field for the elements that have none of their
// own, the best first.
func restNames(sh *shape) []string {
	if len(sh.members) == 0 {
		return []string{"Items"}
	}
	return []string{"Rest", "RestItems"}
}

// claimItem wants the name that the document gives a field, else the title of
// the element, else the place of it.
func (p *planner) claimItem(m member) *naming.Claim {
	if own := p.goName(m.schema); own != "" && !slices.Contains(methods, own) {
		return naming.Simple(0, m.name, own, m.name)
	}
	if title := titleName(m.schema.Title); title != "" {
		return naming.Simple(1, m.name, append(fieldNames(title), m.name)...)
	}
	return naming.Simple(1, m.name, fieldNames(m.name)...)
}
