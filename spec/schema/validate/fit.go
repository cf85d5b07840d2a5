package validate

import (
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// Fitting says what rules the types add that values are read into, so that what
// the rules let pass can be read. It is asked for each schema that says something
// about values, without regard to where that stands.
type Fitting interface {
	// Limits are those of the values of one kind.
	Limits(s *schema.Schema) check.Schema
	// Kinds say of what kind values are. They may refer to other schemas by child.
	Kinds(s *schema.Schema, child func(*schema.Schema) check.Schema) check.Schema
	// Wide tells whether Kinds do not count where the schema is one of oneOf or
	// anyOf: that fewer values are valid under one of oneOf could make some valid
	// that are two at once.
	Wide(s *schema.Schema) bool
}

// fit is how far a schema is fitted to types.
type fit uint8

const (
	fitted   fit = iota
	wide         // it is an alternative, but what is in it is fitted
	unfitted     // it only decides about others, as under not, and so does what is in it
)

// alternative is child for one of oneOf or anyOf.
func (n *normalizer) alternative(s *schema.Schema) check.Schema {
	if target, _ := n.effective(s, n.scope); n.fit != unfitted && n.fitting != nil && target != nil && n.fitting.Wide(target) {
		return n.childAs(s, wide)
	}
	return n.child(s)
}

// decides is child for a schema that only decides about others.
func (n *normalizer) decides(s *schema.Schema) check.Schema {
	if n.fitting == nil {
		return n.child(s)
	}
	return n.childAs(s, unfitted)
}

// fillFitted is fill for a schema whose kinds do not count everywhere: it is what
// it is elsewhere, and of those kinds.
func (f *filling) fillFitted() check.Schema {
	f.title()
	f.add(check.AllOf{{reference(f.number(f.s, f.scope, wide))}})
	for _, r := range f.fitting.Kinds(f.s, f.child) {
		f.fitIn(r)
	}
	return f.out
}

// addFitting adds what types demand.
func (f *filling) addFitting() {
	if f.fitting == nil || f.fit == unfitted {
		return
	}
	for _, r := range f.fitting.Limits(f.s) {
		f.fitIn(r)
	}
	if f.fit == wide {
		return
	}
	for _, r := range f.fitting.Kinds(f.s, f.child) {
		f.fitIn(r)
	}
}
