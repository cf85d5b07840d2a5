package sample

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Limits that keep any schema from taking long.
const (
	maxDepth    = 64     // how deep values may nest
	thriftDepth = 5      // from where only what must be there is made
	thriftCount = 400    // after how many values the same
	maxValues   = 40_000 // values made in search of one sample
	maxParts    = 1000   // schemas that must hold together
	maxItems    = 1000   // items or properties that a schema may ask for
	localTries  = 24     // attempts at one value that is not easy
)

// maker makes one value. It is thrown away afterwards.
type maker struct {
	*Sampler
	rand *rand.Rand
	full bool // make every optional property while there is room
	made int
	left int // values that may still be made
}

// value makes one value that all the schemas accept.
func (m *maker) value(all []*schema.Schema, depth int) (*syntax.Node, bool) {
	tries := 1
	if m.hard(all) {
		tries = localTries
	}
	for range tries {
		if m.left--; m.left < 0 || depth > maxDepth {
			return nil, false
		}
		v, ok := m.attempt(all, depth)
		if ok && (tries == 1 || m.accepts(all, v)) {
			m.made++
			return v, true
		}
	}
	return nil, false
}

// thrifty tells whether to make only what must be there.
func (m *maker) thrifty(depth int) bool { return depth >= thriftDepth || m.made > thriftCount }

func (m *maker) chance(oneIn int) bool { return m.rand.IntN(oneIn) == 0 }

// attempt makes a value that follows the easy keywords of the schemas.
func (m *maker) attempt(all []*schema.Schema, depth int) (*syntax.Node, bool) {
	flat, ok := m.flatten(all, depth)
	if !ok {
		return nil, false
	}
	if v := m.fixed(flat); v != nil {
		return v, true
	}
	if v := m.suggested(flat); v != nil && m.accepts(all, v) {
		return v, true
	}
	switch m.pickType(flat, depth) {
	case schema.TypeNull:
		return nullValue(), true
	case schema.TypeBoolean:
		return boolValue(m.chance(2)), true
	case schema.TypeInteger:
		return m.number(flat, true)
	case schema.TypeNumber:
		return m.number(flat, false)
	case schema.TypeString:
		return m.text(flat)
	case schema.TypeArray:
		return m.array(flat, depth)
	case schema.TypeObject:
		return m.object(flat, depth)
	}
	return nil, false
}

// flatten follows references and allOf, and chooses a branch wherever the
// schemas leave a choice. What it returns must all hold; false means that
// nothing can.
func (m *maker) flatten(all []*schema.Schema, depth int) ([]*schema.Schema, bool) {
	var flat []*schema.Schema
	seen := map[*schema.Schema]bool{}
	queue := append([]*schema.Schema(nil), all...)
	for len(queue) > 0 {
		s := queue[0].Deref()
		queue = queue[1:]
		if s == nil || seen[s] {
			continue
		}
		if (s.Bool != nil && !*s.Bool) || len(seen) > maxParts {
			return nil, false
		}
		seen[s] = true
		flat = append(flat, s)
		queue = append(queue, s.AllOf...)
		queue = append(queue, m.alternatives(s, depth)...)
		queue = append(queue, m.condition(s)...)
	}
	return flat, true
}

// alternatives chooses one of the schemas under anyOf, and one under oneOf. What
// a discriminator must say for the choice is a schema more.
func (m *maker) alternatives(s *schema.Schema, depth int) []*schema.Schema {
	named, names := s.Named()
	if names == nil {
		return append(slices.Clone(m.branch(s.AnyOf, depth)), m.branch(s.OneOf, depth)...)
	}
	var chosen []*schema.Schema
	if len(s.OneOf) > 0 {
		chosen = append(chosen, m.branch(s.AnyOf, depth)...)
	}
	one := m.branch(named, depth)[0]
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if i := names[name]; i >= 0 && named[i] == one {
			return append(chosen, one, saying(s.Discriminator, name))
		}
	}
	return append(chosen, one) // a schema without a name, which no object can be of
}

// saying is the schema of objects whose property has the given value.
func saying(property, value string) *schema.Schema {
	name := schema.Name{Text: property}
	node := &syntax.Node{Kind: syntax.String, Text: value}
	return &schema.Schema{
		Required:   []schema.Name{name},
		Properties: []schema.Property{{Name: name, Schema: &schema.Schema{Enum: []*syntax.Node{node}}}},
	}
}

// branch chooses one of several, mostly the shallowest where thrift is asked.
func (m *maker) branch(of []*schema.Schema, depth int) []*schema.Schema {
	if len(of) == 0 {
		return nil
	}
	pick := m.rand.IntN(len(of))
	if m.thrifty(depth) && !m.chance(3) {
		for i := range of {
			if m.height(of[i]) < m.height(of[pick]) {
				pick = i
			}
		}
	}
	return of[pick : pick+1]
}

// condition chooses a side of if/then/else.
func (m *maker) condition(s *schema.Schema) []*schema.Schema {
	switch {
	case s.If == nil:
		return nil
	case m.chance(2):
		return present(s.If, s.Then)
	}
	return present(s.Else)
}

func present(all ...*schema.Schema) []*schema.Schema {
	var out []*schema.Schema
	for _, s := range all {
		if s != nil {
			out = append(out, s)
		}
	}
	return out
}

// fixed is the value of a const or one of an enum, if there is such a keyword.
func (m *maker) fixed(flat []*schema.Schema) *syntax.Node {
	var lists [][]*syntax.Node
	for _, s := range flat {
		if s.Const != nil {
			return s.Const
		}
		if len(s.Enum) > 0 {
			lists = append(lists, s.Enum)
		}
	}
	if len(lists) == 0 {
		return nil
	}
	list := lists[m.rand.IntN(len(lists))]
	return list[m.rand.IntN(len(list))]
}

// suggested is now and then an example or default that the document gives.
// Whole objects and arrays are taken less often, so that their parts vary.
func (m *maker) suggested(flat []*schema.Schema) *syntax.Node {
	var given []*syntax.Node
	for _, s := range flat {
		given = append(given, s.Examples...)
		if s.Default != nil {
			given = append(given, s.Default)
		}
	}
	if len(given) == 0 {
		return nil
	}
	v := given[m.rand.IntN(len(given))]
	if v.Kind == syntax.Sequence || v.Kind == syntax.Mapping {
		if m.full || !m.chance(6) {
			return nil
		}
	} else if m.chance(2) {
		return nil
	}
	return v
}
