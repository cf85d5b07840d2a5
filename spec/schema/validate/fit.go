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
	// Partial tells whether a schema is part of what another says, so that it does not
	// know which members and elements are evaluated there.
	Partial(s *schema.Schema) bool
}

// addFitting adds what types demand.
func (f *filling) addFitting() {
	if f.fitting == nil {
		return
	}
	for _, r := range f.fitting.Limits(f.s) {
		f.fitIn(r)
	}
}
