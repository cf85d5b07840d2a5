package generator

import (
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
)

// alternative is the place of a branch of a sum.
func (at place) alternative(label string) place {
	at.part, at.element, at.member, at.what = "", true, false, "an alternative of "+at.what
	at.path += label
	at.spelled += label
	return at
}

// visitSum goes on to what is said beside the alternatives, and to the branches.
func (p *planner) visitSum(sum *sum, at place) {
	if sum.common != nil {
		for _, one := range p.factsOf(sum.common).inPlace {
			for _, prop := range one.Properties {
				if sum.has(prop.Name.Text, prop.Schema) {
					p.visit(prop.Schema, at.property(prop.Name.Text).called(p.goName(prop.Schema)))
				}
			}
		}
	}
	for _, b := range sum.branches {
		if b.via != nil {
			p.pending = append(p.pending, b.via)
			b.shape.element = true
			continue
		}
		p.visitShape(b.shape.asElement(), at.alternative(b.label))
	}
}

// asElement notes that nil would be no value of the shape.
func (sh *shape) asElement() *shape {
	sh.element = true
	return sh
}

// fillSum gives a sum its branches and the way to tell them apart.
func (p *planner) fillSum(d *ir.Sum, e *entity) {
	var names []string
	for _, b := range e.shape.sum.branches {
		b.ir = &ir.Branch{Decl: b.shape.decl}
		d.Branches = append(d.Branches, b.ir)
		names = append(names, b.shape.decl.TypeName())
	}
	d.Pick, d.Nullable = p.pick(e.shape.sum), p.use(e.shape.schema).nullable
	last := len(names) - 1
	d.Doc = addSentence(d.Doc, "It is one of "+strings.Join(names[:last], ", ")+" and "+names[last]+".")
}

// nameRules tells the branches that are asked for the names of their rules.
func (sum *sum) nameRules(known map[string]bool) {
	for _, b := range sum.branches {
		if name := b.ir.Decl.TypeName(); b.asked && known[name] {
			b.ir.Rules = name
		}
	}
}
