package sample

import (
	"fmt"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// object makes an object: what is required, and of the rest what the seed says.
func (m *maker) object(flat []*schema.Schema, depth int) (*syntax.Node, bool) {
	flat, names, ok := m.names(flat, depth)
	if !ok {
		return nil, false
	}
	out := objectValue()
	for _, n := range names.list {
		v, ok := m.value(m.propertySchemas(flat, n.name), depth+1)
		if !ok && n.required {
			return nil, false
		}
		if ok {
			out.Members = append(out.Members, member(n.name, v))
		}
	}
	low, high := propertyCounts(flat)
	m.fill(out, flat, low, depth)
	return out, uint64(len(out.Members)) >= low && uint64(len(out.Members)) <= high
}

// nameList is the properties an object is to have, in order, each once.
type nameList struct {
	list []wantedName
	at   map[string]int
}

type wantedName struct {
	name     string
	required bool
}

func (l *nameList) add(name string, required bool) {
	if i, ok := l.at[name]; ok {
		l.list[i].required = l.list[i].required || required
		return
	}
	l.at[name] = len(l.list)
	l.list = append(l.list, wantedName{name, required})
}

// names decides which properties to make. The schemas it returns include those
// that come in by a dependency.
func (m *maker) names(flat []*schema.Schema, depth int) ([]*schema.Schema, *nameList, bool) {
	names := &nameList{at: map[string]int{}}
	for _, s := range flat {
		for _, p := range s.Properties {
			if m.wanted(s, p, depth) {
				names.add(p.Name.Text, s.IsRequired(p.Name.Text))
			}
		}
	}
	for range localTries { // until no dependency asks for more
		size := len(names.list) + len(flat)
		for _, s := range flat {
			for _, r := range s.Required {
				names.add(r.Text, true)
			}
		}
		var ok bool
		if flat, ok = m.depend(flat, names, depth); !ok {
			return nil, nil, false
		}
		if len(names.list)+len(flat) == size {
			break
		}
	}
	if len(names.list) > maxItems {
		return nil, nil, false
	}
	_, high := propertyCounts(flat)
	names.trim(high)
	return flat, names, true
}

// wanted tells whether a property is to be made.
func (m *maker) wanted(s *schema.Schema, p schema.Property, depth int) bool {
	switch {
	case s.IsRequired(p.Name.Text):
		return true
	case m.thrifty(depth) || m.height(p.Schema) >= endless:
		return false
	}
	return m.full || m.chance(2)
}

// depend adds what the properties chosen so far bring with them.
func (m *maker) depend(flat []*schema.Schema, names *nameList, depth int) ([]*schema.Schema, bool) {
	var more []*schema.Schema
	for _, s := range flat {
		for _, d := range s.Dependencies {
			if _, ok := names.at[d.Name.Text]; !ok {
				continue
			}
			for _, n := range d.Names {
				names.add(n.Text, true)
			}
			more = append(more, present(d.Schema)...)
		}
	}
	more, ok := m.flatten(more, depth)
	return union(flat, more), ok
}

func union(a, b []*schema.Schema) []*schema.Schema {
	have := map[*schema.Schema]bool{}
	for _, s := range a {
		have[s] = true
	}
	for _, s := range b {
		if !have[s] {
			a = append(a, s)
		}
	}
	return a
}

// trim drops optional names from the end until there are at most n.
func (l *nameList) trim(n uint64) {
	excess := len(l.list) - int(min(n, maxItems))
	for i := len(l.list) - 1; i >= 0 && excess > 0; i-- {
		if !l.list[i].required {
			l.list = append(l.list[:i], l.list[i+1:]...)
			excess--
		}
	}
}

func propertyCounts(flat []*schema.Schema) (low, high uint64) {
	high = maxItems
	for _, s := range flat {
		if s.MinProperties != nil {
			low = max(low, s.MinProperties.N)
		}
		if s.MaxProperties != nil {
			high = min(high, s.MaxProperties.N)
		}
	}
	return low, high
}

// propertySchemas are those that hold for the named property.
func (s *Sampler) propertySchemas(flat []*schema.Schema, name string) []*schema.Schema {
	var out []*schema.Schema
	for _, f := range flat {
		known := false
		if p := f.Property(name); p != nil {
			out, known = append(out, p), true
		}
		for _, p := range f.PatternProperties {
			if re := s.expression(p.Pattern.Text); re != nil && re.MatchString(name) {
				out, known = append(out, p.Schema), true
			}
		}
		if !known {
			out = append(out, present(f.AdditionalProperties)...)
		}
	}
	return out
}

// fill adds properties until there are low, first those that the schemas name.
// Where maps are described by patternProperties or additionalProperties, it
// adds one even when none must be there, so that such maps are not always empty.
func (m *maker) fill(out *syntax.Node, flat []*schema.Schema, low uint64, depth int) {
	if low > maxItems {
		return
	}
	have := map[string]bool{}
	for _, v := range out.Members {
		have[v.Key.Text] = true
	}
	if _, high := propertyCounts(flat); isMap(flat) && !m.thrifty(depth) && len(out.Members) == 0 && (m.full || m.chance(2)) {
		low = max(low, min(1, high))
	}
	for try := 0; uint64(len(out.Members)) < low && try < 4*int(low)+localTries; try++ {
		name, ok := m.name(flat, try)
		if !ok || have[name] {
			continue
		}
		if v, ok := m.value(m.propertySchemas(flat, name), depth+1); ok {
			have[name] = true
			out.Members = append(out.Members, member(name, v))
		}
	}
}

// isMap tells whether the schemas describe properties they do not name.
func isMap(flat []*schema.Schema) bool {
	for _, s := range flat {
		if s.PatternProperties != nil || (s.AdditionalProperties != nil && s.AdditionalProperties.Deref().Bool == nil) {
			return true
		}
	}
	return false
}

// name proposes a name for one more property.
func (m *maker) name(flat []*schema.Schema, try int) (string, bool) {
	var known []string
	var rules []*schema.Schema
	for _, s := range flat {
		for _, p := range s.Properties {
			known = append(known, p.Name.Text)
		}
		for _, p := range s.PatternProperties {
			if text, ok := m.matching(p.Pattern.Text, 2); ok {
				known = append(known, text)
			}
		}
		rules = append(rules, present(s.PropertyNames)...)
	}
	switch {
	case try < len(known):
		return known[try], true
	case len(known) > 0 && m.chance(3):
		return known[m.rand.IntN(len(known))], true
	case len(rules) == 0:
		return fmt.Sprintf("%s%d", m.word(), try), true
	}
	v, ok := m.value(append(rules, stringSchema()), maxDepth-1)
	if !ok || v.Kind != syntax.String {
		return "", false
	}
	return v.Text, true
}

// stringSchema accepts any string.
func stringSchema() *schema.Schema { return &schema.Schema{Types: schema.Types(schema.TypeString)} }
