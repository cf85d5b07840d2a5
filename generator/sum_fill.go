package generator

import (
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
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
	d.Nullable = p.use(e.shape.schema).nullable
	d.Pick = p.pick(e.shape.sum, d.Nullable)
	last := len(names) - 1
	d.Doc = addSentence(d.Doc, "It is one of "+strings.Join(names[:last], ", ")+" and "+names[last]+".")
}

// nameInFields notes in which field a branch is named, so that whoever makes a value of
// it need not know how: where a value that is not named is invalid. Structs have
// their fields by now.
func (p *planner) nameInFields(sum *sum) {
	for _, b := range sum.branches {
		d, ok := b.shape.decl.(*ir.Struct)
		texts := sum.texts([]*branch{b})
		i, has := b.index[sum.member]
		if !ok || !has || len(texts) == 0 || i >= len(d.Fields) {
			continue
		}
		text := texts[0]
		for _, other := range texts {
			if text == b.shape.schema.Name {
				text = other // a name of its own says more
			}
		}
		f := d.Fields[i]
		if !f.Fixed && isNameable(f.Type) && (sum.enforced || f.Required && refuses(b.members[i].schema, `""`)) {
			b.ir.Named = &ir.NamedBy{Field: f, Text: text}
		}
	}
}

// isNameable tells whether a field is of text or of an enum of texts.
func isNameable(t ir.Type) bool {
	if o, ok := t.(*ir.Optional); ok {
		t = o.Elem
	}
	if e := ir.EnumOf(t); e != nil {
		return e.Base == ir.String
	}
	return t == ir.String
}

// branchRoots are the rules of branches that are asked and say more than the type
// of the branch.
func (e *entity) branchRoots() []validate.Root {
	var out []validate.Root
	if e.shape.kind != kindSum {
		return nil
	}
	for i, b := range e.shape.sum.branches {
		if name := e.branchRules(i); b.asked && name != b.shape.decl.TypeName() {
			out = append(out, validate.Root{Name: name, Schema: b.schema})
		}
	}
	return out
}

// branchRules is the name of the rules of a branch: that of its type, where it is
// what the type is.
func (e *entity) branchRules(i int) string {
	b := e.shape.sum.branches[i]
	if b.schema.Deref() == b.shape.schema {
		return b.shape.decl.TypeName()
	}
	return fmt.Sprintf("%s/%d", e.Name(), i)
}

// nameBranchRules tells the branches that are asked for the names of their rules.
func (e *entity) nameBranchRules(known map[string]bool) {
	for i, b := range e.shape.sum.branches {
		if name := e.branchRules(i); b.asked && known[name] {
			b.ir.Rules = name
		}
	}
}
