// Package validate judges JSON text by a schema that was compiled once: it
// brings schemas of every dialect into the one normal form that package check
// judges by, and leads what check says back to the document.
//
// It imports source, diag, syntax, schema and runtime/check.
//
//	v, findings := validate.Compile(s, &validate.Options{})
//	if findings.HasErrors() { … }
//	if !v.Valid(data) {
//		for _, broken := range v.Validate(data).Violations {
//			fmt.Println(broken.Pointer, broken.Message)
//		}
//	}
package validate

import (
	"errors"
	"strconv"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/check/idn"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// How deep arrays and objects may nest.
const (
	DefaultMaxDepth = check.DefaultMaxDepth
	LargestMaxDepth = check.LargestMaxDepth
)

// DefaultMaxSize is how large a text may be, in bytes.
const DefaultMaxSize = check.DefaultMaxSize

// MaxViolations is the most violations that one verdict lists.
const MaxViolations = check.MaxViolations

// Options change what is checked. The zero value is the default.
type Options struct {
	// NoFormats leaves the keywords "format", "contentEncoding" and
	// "contentMediaType" unchecked.
	NoFormats bool
	// AllFormats checks them in schemas of 2019-09 and later too, where they are
	// annotations by default. NoFormats comes first.
	AllFormats bool
	// LeaveOut has Normal leave out a pattern or limit that cannot be obeyed, where that
	// lets more values pass and nothing else: it is a warning.
	LeaveOut bool
	// Allow lets texts break laws that are kept by default.
	Allow Laxity
	// MaxSize is how large a text may be, in bytes; 0 means DefaultMaxSize.
	MaxSize int
	// MaxDepth is how deep arrays and objects may nest; 0 means
	// DefaultMaxDepth, and what is above LargestMaxDepth counts as that.
	MaxDepth int
}

// Laxity is a set of laws of RFC 8259 that texts may break.
type Laxity = check.Laxity

// The laws that texts may break, see package check.
const (
	AllowDuplicateKeys  = check.AllowDuplicateKeys
	AllowInvalidUTF8    = check.AllowInvalidUTF8
	AllowLoneSurrogates = check.AllowLoneSurrogates
	AllowTrailingBytes  = check.AllowTrailingBytes
	AllowByteOrderMark  = check.AllowByteOrderMark
)

// NumberFormat is what a format says about numbers.
type NumberFormat = check.NumberFormat

// NumberFormatOf returns what a format says about numbers, and false when it
// says nothing about them. It may be called concurrently.
func NumberFormatOf(format string) (NumberFormat, bool) { return check.NumberFormatOf(format) }

// Validator is a compiled schema. It is safe for concurrent use.
type Validator struct {
	judge   *check.Validator
	schemas []*schema.Schema // by their number, which is their name in the set
	cover   coverage
}

// labels are the tables for host names, made once.
var labels = sync.OnceValue(idn.Labels)

// Compile prepares a schema, which must come from a schema.Reader, for judging
// JSON text. What cannot be obeyed becomes a finding at the keyword; the
// validator is nil when any finding is an error. A nil schema takes every
// value.
//
// Compile does not change the schema; a Validator may be used by many
// goroutines at once.
func Compile(s *schema.Schema, o *Options) (*Validator, diag.List) {
	if o == nil {
		o = &Options{}
	}
	n := newNormalizer(o)
	root := n.child(s, false)
	n.walk(s)
	if n.found.HasErrors() {
		return nil, n.found
	}
	set := append(n.numbered(), check.Named{Name: "", Schema: root})
	rules := check.NewRulesWithLabels(set, labels).WithLimits(check.Limits{Allow: o.Allow, MaxSize: o.MaxSize, MaxDepth: o.MaxDepth})
	for _, p := range rules.Problems() {
		n.problem(p)
	}
	if n.found.HasErrors() {
		return nil, n.found
	}
	return &Validator{judge: rules.Of(""), schemas: n.schemas}, n.found
}

// Verdict is what Validate says; no violations means valid.
type Verdict struct {
	Violations []Violation // by offset
}

// Valid tells whether nothing is wrong.
func (v Verdict) Valid() bool { return len(v.Violations) == 0 }

// Violation is one rule that the text breaks.
type Violation struct {
	// Pointer is the JSON Pointer (RFC 6901) to the value that breaks it; a
	// missing property is reported at the object that lacks it.
	Pointer string
	// Offset is where that value begins in the text, in bytes.
	Offset int
	// Keyword is the schema keyword that is broken, or one of the names for laws
	// of JSON itself: see check.Violation.
	Keyword string
	// At is the place of the keyword in the document; nowhere for those that
	// are no keywords.
	At source.Span
	// Message says in plain words what is expected and what is there.
	Message string
}

// OfText tells whether the violation is one of the text as a whole, which then
// is not one JSON value: nothing can be looked up in it.
func (v Violation) OfText() bool {
	switch v.Keyword {
	case "json", "byte-order-mark", "trailing-bytes", "max-size":
		return true
	}
	return false
}

// Valid tells whether data is one JSON value that keeps the schema. It stops at
// the first thing that is wrong.
func (v *Validator) Valid(data []byte) bool { return v.judge.Valid(data) }

// Validate tells everything in data that breaks the schema, up to
// MaxViolations. When the bytes are not JSON it says that alone.
func (v *Validator) Validate(data []byte) Verdict {
	err := v.judge.Check(data)
	if err == nil {
		return Verdict{}
	}
	var broken *check.Error
	errors.As(err, &broken)
	verdict := Verdict{Violations: make([]Violation, 0, len(broken.Violations))}
	seen := make(map[Violation]bool, len(broken.Violations))
	for _, b := range broken.Violations {
		one := Violation{Pointer: b.Pointer, Offset: b.Offset, Keyword: b.Keyword, Message: b.Message, At: v.placeOf(b)}
		if !seen[one] { // one schema may stand in the set for several dynamic scopes
			seen[one] = true
			verdict.Violations = append(verdict.Violations, one)
		}
	}
	return verdict
}

// placeOf is the place of a broken keyword in the document.
func (v *Validator) placeOf(b check.Violation) source.Span {
	i, err := strconv.Atoi(b.Schema)
	switch {
	case err != nil:
		return source.Span{}
	case b.Keyword == "false":
		return v.schemas[i].At
	}
	return v.schemas[i].KeyAt(b.Keyword)
}
