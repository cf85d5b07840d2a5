package validate

import (
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// Fitting says what rules the types add that values are read into, so that what
// the rules let pass can be read. It is asked for each schema that says something
// about values.
type Fitting interface {
	// Fit is what the type of the values of a schema adds where it is the schema's own:
	// values may be of another type where several schemas judge them.
	Fit(s *schema.Schema) Fit
	// Limited tells whether there is a limit in what Fit says of a schema, or in what it
	// says of those within.
	Limited(s *schema.Schema) bool
	// Partial tells whether a schema is part of what another says, so that it does not
	// know which members and elements are evaluated there.
	Partial(s *schema.Schema) bool
}

// Fit is what a type adds to the rules of a schema.
type Fit struct {
	// Limits are those of the values themselves.
	Limits check.Schema
	// In has the limits of what values are made of that no other schema has. It may be
	// nil.
	In *schema.Schema
	// Apart are the schemas within this one that have no limits there, and none within
	// them: what they judge is of another type.
	Apart map[*schema.Schema]bool
}

// addFitting adds what types demand.
func (f *filling) addFitting() {
	for _, r := range f.fit.Limits {
		f.fitIn(r)
	}
	if f.fit.In != nil {
		f.add(check.FitsIn(f.child(f.fit.In)))
	}
}
