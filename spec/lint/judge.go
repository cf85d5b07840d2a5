package lint

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// mostCompiled bounds the work of one run: how many schemas may be compiled, each
// counted again for every schema that leads to it. What is left unchecked in a
// document that is larger is told by an info.
const mostCompiled = 400_000

// mostBroken is how many findings one value may have.
const mostBroken = 20

// judge holds values of a document against its schemas. All rules of a run share
// one, so that a schema is compiled once.
type judge struct {
	validators map[*schema.Schema]*validate.Validator // nil for one that cannot be obeyed
	left       int                                    // how many schemas may still be compiled
	tired      bool                                   // something was left unchecked
	wrong      map[source.Span]bool                   // what breaks its schema
}

func newJudge() *judge {
	return &judge{validators: map[*schema.Schema]*validate.Validator{}, left: mostCompiled, wrong: map[source.Span]bool{}}
}

// broken is one rule of a schema that a value breaks.
type broken struct {
	at      source.Span // the smallest text that is wrong
	rule    source.Span // the keyword
	keyword string
	words   string
	value   *syntax.Node // that is wrong
}

// note shows the rule that is broken, and what the value was probably meant as.
func (b broken) note(d *diag.Diagnostic) {
	if value, help, ok := b.value.MeantBoolean(); ok && b.keyword == "type" && strings.HasPrefix(b.words, "must be a boolean") {
		d.WithHelp("%s", help).WithFix(b.value, value)
	}
	if !b.rule.IsZero() {
		d.Note(b.rule, "the schema asks for it here")
	}
}

// judge returns what is wrong with a value of the document, which stands under
// key. Nothing is said where the schema cannot be obeyed.
func (j *judge) judge(s *schema.Schema, value *syntax.Node, key source.Span) []broken {
	v := j.validator(s.Deref())
	if v == nil {
		return nil
	}
	text, err := schema.AppendJSON(nil, value)
	if err != nil || v.Valid(text) {
		return nil
	}
	var out []broken
	for _, found := range v.Validate(text).Violations {
		if len(out) == mostBroken {
			break
		}
		at := place{value: value, key: key}
		for _, token := range resolve.Tokens(found.Pointer) {
			at = at.child(token)
		}
		j.wrong[at.value.At] = true
		out = append(out, broken{at.span(found.Keyword), found.At, found.Keyword, found.Message, at.value})
	}
	return out
}

// validator is the compiled form of a schema, or nil.
func (j *judge) validator(s *schema.Schema) *validate.Validator {
	if v, done := j.validators[s]; done {
		return v
	}
	size := reach(s, j.left+1)
	if size > j.left {
		j.tired = true
		return nil
	}
	j.left -= size
	v, found := validate.Compile(s, nil)
	if found.HasErrors() {
		v = nil
	}
	j.validators[s] = v
	return v
}

// reach counts the schemas that s leads to, itself included, up to a limit.
func reach(s *schema.Schema, limit int) int {
	seen := map[*schema.Schema]bool{s: true}
	stack := []*schema.Schema{s}
	for len(stack) > 0 && len(seen) < limit {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		for _, below := range spec.Subschemas(top) {
			if below != nil && !seen[below] {
				seen[below] = true
				stack = append(stack, below)
			}
		}
	}
	return len(seen)
}

// place is a value and the key that it stands under, nowhere for items.
type place struct {
	value *syntax.Node
	key   source.Span
}

// child is the value below, or the place itself where there is none.
func (p place) child(token string) place {
	switch p.value.Kind {
	case syntax.Mapping:
		if m := p.value.Member(token); m != nil {
			return place{m.Value, m.Key.At}
		}
	case syntax.Sequence:
		if i, ok := index(token); ok && i < len(p.value.Items) {
			return place{value: p.value.Items[i]}
		}
	}
	return p
}

// index reads the number of an item.
func index(token string) (int, bool) {
	n := 0
	for _, c := range token {
		if c < '0' || c > '9' || n > 1<<24 {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, token != ""
}

// span is the text to point at: the key where it is the key that must not be, or
// where the value is an object or array; else the value.
func (p place) span(keyword string) source.Span {
	n := p.value
	compound := n.Kind == syntax.Mapping || n.Kind == syntax.Sequence
	forbidden := keyword == "additionalProperties" || keyword == "unevaluatedProperties" || keyword == "false"
	if !p.key.IsZero() && (compound || forbidden || n.At.Start == n.At.End) {
		return p.key
	}
	for n.Kind == syntax.Sequence && len(n.Items) > 0 {
		n = n.Items[0]
	}
	if n.Kind == syntax.Mapping && len(n.Members) > 0 {
		return n.Members[0].Key.At
	}
	return n.At
}
