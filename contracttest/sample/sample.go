// Package sample makes JSON values from schemas: valid ones that vary with a
// seed, and invalid ones that break exactly one rule. The same schema and seed
// always give the same bytes, and each value was checked with a Validator.
//
// A sample of a headers schema is a JSON object; contracttest.HeadersOf lays it
// onto a message.
//
// It imports schema, schema/validate and what they stand on.
//
//	value, err := sample.Valid(message.Payload.Schema, 1)
//	for _, b := range sample.Invalid(message.Payload.Schema, 1) {
//		fmt.Printf("%s breaks %s at %q\n", b.JSON, b.Keyword, b.Pointer)
//	}
package sample

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// ErrNone is what Valid's errors match: no valid value was found, which does not
// prove that there is none.
var ErrNone = errors.New("no valid value found")

// tries is how often a whole value is begun anew before giving up.
const tries = 30

// Valid returns one JSON value that the schema accepts, see Sampler.Valid.
func Valid(s *schema.Schema, seed uint64) ([]byte, error) {
	sampler, err := New(s)
	if err != nil {
		return nil, err
	}
	return sampler.Valid(seed)
}

// Invalid returns values that break one rule each, see Sampler.Invalid. It is
// empty when the schema has no valid sample to start from.
func Invalid(s *schema.Schema, seed uint64) []Breach {
	sampler, err := New(s)
	if err != nil {
		return nil
	}
	return sampler.Invalid(seed)
}

// Sampler makes many samples of one schema. It is not safe for concurrent use.
type Sampler struct {
	root        *schema.Schema
	validator   *validate.Validator
	validators  map[*schema.Schema]*validate.Validator // nil: cannot be compiled
	heights     map[*schema.Schema]int
	difficult   map[*schema.Schema]bool
	expressions map[string]*regexp.Regexp // nil: cannot be compiled
}

// New prepares a schema. It fails when the schema cannot be compiled.
func New(s *schema.Schema) (*Sampler, error) {
	validator, found := validate.Compile(s, nil)
	if validator == nil || found.HasErrors() {
		if len(found) == 0 {
			return nil, errors.New("the schema cannot be compiled")
		}
		return nil, fmt.Errorf("the schema cannot be compiled: %s", found[0])
	}
	return &Sampler{
		root:        s,
		validator:   validator,
		validators:  map[*schema.Schema]*validate.Validator{s: validator},
		heights:     map[*schema.Schema]int{},
		difficult:   map[*schema.Schema]bool{},
		expressions: map[string]*regexp.Regexp{},
	}, nil
}

// Valid returns one JSON value that the schema accepts, as its Validator says.
// Examples, defaults, const and enum of the document are used where they are
// valid; what is required is always there, what is optional by seed. The error
// matches ErrNone when no value was found.
func (s *Sampler) Valid(seed uint64) ([]byte, error) {
	_, text, err := s.find(seed, false)
	return text, err
}

// find makes values until one is valid.
func (s *Sampler) find(seed uint64, full bool) (*syntax.Node, []byte, error) {
	left := maxValues
	for try := range uint64(tries) {
		m := &maker{Sampler: s, rand: rand.New(rand.NewPCG(seed, try)), full: full, left: left}
		v, ok := m.value([]*schema.Schema{s.root}, 0)
		left = m.left
		if !ok {
			continue
		}
		if text := encode(v); s.validator.Valid(text) {
			return v, text, nil
		}
	}
	return nil, nil, fmt.Errorf("%w for the schema at %s", ErrNone, s.root.At)
}

// accepts tells whether each of the schemas by itself accepts the value. What
// cannot be compiled alone is left to the check of the whole.
func (s *Sampler) accepts(all []*schema.Schema, v *syntax.Node) bool {
	text := encode(v)
	for _, x := range all {
		if c := s.compiled(x); c != nil && !c.Valid(text) {
			return false
		}
	}
	return true
}

func (s *Sampler) compiled(x *schema.Schema) *validate.Validator {
	c, ok := s.validators[x]
	if !ok {
		c, _ = validate.Compile(x, nil)
		s.validators[x] = c
	}
	return c
}

// hard tells whether following the keywords one by one may miss, so that the
// value must be checked and tried again.
func (s *Sampler) hard(all []*schema.Schema) bool {
	if len(all) > 1 {
		return true
	}
	for _, x := range all {
		if x = x.Deref(); x == nil {
			continue
		}
		hard, ok := s.difficult[x]
		if !ok {
			hard = isHard(x)
			s.difficult[x] = hard
		}
		if hard {
			return true
		}
	}
	return false
}

func isHard(x *schema.Schema) bool {
	return x.AllOf != nil || x.AnyOf != nil || x.OneOf != nil || x.Not != nil || x.If != nil || x.Contains != nil ||
		x.PropertyNames != nil || x.Dependencies != nil || x.PatternProperties != nil || x.UniqueItems ||
		x.Pattern != nil || x.Format != "" || x.Enum != nil || x.Const != nil || x.MinProperties != nil
}
