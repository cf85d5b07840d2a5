package sample

import (
	"math/rand/v2"
	"strconv"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Breach is a value that breaks one rule.
type Breach struct {
	JSON    []byte
	Pointer string // where in JSON, RFC 6901
	Keyword string // the broken rule: type, required, maximum, format, …
}

// Limits of one Invalid.
const (
	maxChecks = 20_000 // values validated in search of breaches
	bases     = 4      // valid values to start from
)

// Invalid returns one value for each rule that can be broken alone: a wrong
// type, a missing property, a number out of bounds, a word not in the enum and
// so on. Each was checked with a Validator to break that keyword at that
// pointer and nothing else. What cannot be broken alone is left out: the type
// of a property that also has a const, say. It is empty when the schema has no
// valid sample to start from.
func (s *Sampler) Invalid(seed uint64) []Breach {
	b := &breaker{Sampler: s, done: map[rule]bool{}, left: maxChecks}
	for i := range uint64(bases) {
		base, _, err := s.find(seed+i, i%2 == 0)
		if err != nil {
			continue
		}
		b.maker = &maker{Sampler: s, rand: rand.New(rand.NewPCG(seed, ^i)), left: maxValues}
		b.walk(place{value: base, rebuild: func(v *syntax.Node) *syntax.Node { return v }}, []*schema.Schema{s.root}, 0)
	}
	return b.found
}

// rule is what is broken once at most.
type rule struct {
	in      *schema.Schema
	keyword string
	detail  string // which of several the keyword has, such as the required name
}

// place is a value inside the base, and how to put another there.
type place struct {
	value   *syntax.Node
	pointer string
	rebuild func(*syntax.Node) *syntax.Node
}

// breaker walks a valid value and tries to break one rule at a time.
type breaker struct {
	*Sampler
	maker *maker
	done  map[rule]bool
	left  int
	found []Breach
}

// walk breaks the rules that hold at a place and goes on to its parts.
func (b *breaker) walk(at place, all []*schema.Schema, depth int) {
	flat := certain(all)
	if depth > maxDepth || b.left <= 0 {
		return
	}
	for _, s := range flat {
		for _, m := range mutations {
			if m.applies(s) {
				b.breakRule(at, s, flat, m)
			}
		}
	}
	for i, v := range at.value.Members {
		b.walk(place{
			value:   v.Value,
			pointer: at.pointer + "/" + source.EscapeToken(v.Key.Text),
			rebuild: func(v *syntax.Node) *syntax.Node { return at.rebuild(replaceMember(at.value, i, v)) },
		}, b.propertySchemas(flat, v.Key.Text), depth+1)
	}
	for i, v := range at.value.Items {
		b.walk(place{
			value:   v,
			pointer: at.pointer + "/" + strconv.Itoa(i),
			rebuild: func(v *syntax.Node) *syntax.Node { return at.rebuild(replaceItem(at.value, i, v)) },
		}, itemSchemas(flat, i), depth+1)
	}
}

// certain are the schemas that hold whatever branch a value takes.
func certain(all []*schema.Schema) []*schema.Schema {
	var flat []*schema.Schema
	seen := map[*schema.Schema]bool{}
	queue := append([]*schema.Schema(nil), all...)
	for len(queue) > 0 {
		s := queue[0].Deref()
		queue = queue[1:]
		if s == nil || seen[s] {
			continue
		}
		seen[s] = true
		flat = append(flat, s)
		queue = append(queue, s.AllOf...)
	}
	return flat
}

// breakRule tries the mutation's proposals, one breach for each detail.
func (b *breaker) breakRule(at place, s *schema.Schema, flat []*schema.Schema, m mutation) {
	given := &mutant{maker: b.maker, schema: s, flat: flat, value: at.value}
	m.propose(given)
	for _, p := range given.proposals {
		r := rule{s, m.keyword, p.detail}
		if b.done[r] || b.left <= 0 {
			continue
		}
		b.left--
		text := encode(at.rebuild(p.value))
		if b.breaksOnly(text, s, m.keyword, at.pointer, p.member) {
			b.done[r] = true
			b.found = append(b.found, Breach{JSON: text, Pointer: b.reported(text), Keyword: m.keyword})
		}
	}
}

// breaksOnly tells whether the validator finds this schema's keyword broken and
// nothing else. Where a keyword of an object is broken by one member, it may be
// found at either.
func (b *breaker) breaksOnly(text []byte, s *schema.Schema, keyword, pointer, member string) bool {
	violations := b.validator.Validate(text).Violations
	if len(violations) != 1 || violations[0].Keyword != keyword || violations[0].At != s.KeyAt(keyword) {
		return false
	}
	at := violations[0].Pointer
	return at == pointer || (member != "" && at == pointer+"/"+source.EscapeToken(member))
}

func (b *breaker) reported(text []byte) string {
	return b.validator.Validate(text).Violations[0].Pointer
}
