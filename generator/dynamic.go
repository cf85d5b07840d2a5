package generator

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// moves tells whether a schema is a dynamic reference that leads to several schemas, by
// the way on which it is reached: its values are of no one type.
func (p *planner) moves(s *schema.Schema) bool {
	for ; s != nil && s.Ref != nil; s = s.Ref {
		if p.moved[s] {
			return true
		}
	}
	return false
}

// reachesMoved tells whether such a reference stands in a schema, or in what that leads
// to: judged alone it may say something else of its values.
func (p *planner) reachesMoved(s *schema.Schema) bool {
	if len(p.moved) == 0 {
		return false
	}
	seen := map[*schema.Schema]bool{}
	queue := []*schema.Schema{s}
	for i := 0; i < len(queue); i++ {
		one := queue[i]
		reaches, known := p.moving[one]
		if reaches || p.moved[one] {
			p.moving[s] = true
			return true
		}
		if one != nil && !known && !seen[one] {
			seen[one] = true
			queue = append(queue, spec.Subschemas(one)...)
		}
	}
	for one := range seen {
		p.moving[one] = false
	}
	return false
}

// scopeDiffers tells whether a schema brings what it refers to into another dynamic
// scope than that which it has alone.
func (p *planner) scopeDiffers(s *schema.Schema) bool {
	if !p.reachesMoved(s) {
		return false
	}
	for target := s.Deref(); s.Ref != nil; s = s.Ref {
		if s.Resource != nil && len(s.Resource.Dynamic) > 0 && s.Resource != target.Resource {
			return true
		}
	}
	return false
}
