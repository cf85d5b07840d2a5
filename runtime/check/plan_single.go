package check

import "reflect"

// PlanSingle is Plan for values that are read into one place: lists, maps, and what is written
// as one text or number. Pointer is what values are read by.
func (v *Validator) PlanSingle(p *Place, pointer reflect.Type) *Plan {
	if v.laws.allow != 0 {
		return nil
	}
	root := &v.prog[v.root]
	s := &placing{to: root, there: p.There, kind: p.Kind, place: p}
	if !newPlanner(v).reads(s) {
		return nil
	}
	v.planned.CompareAndSwap(nil, &Layout{Type: pointer})
	return &Plan{of: v, node: root, single: s}
}
