package sample

import (
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// fewerItems drops items from the end, then from the beginning.
func (m *mutant) fewerItems() {
	n := int(min(m.schema.MinItems.N, maxItems)) - 1
	if m.value.Kind != syntax.Sequence || len(m.value.Items) <= n {
		return
	}
	m.propose(arrayValue(m.value.Items[:n]...), arrayValue(m.value.Items[len(m.value.Items)-n:]...))
}

// moreItems adds items until there is one too many.
func (m *mutant) moreItems() {
	if m.value.Kind != syntax.Sequence {
		return
	}
	_, _, unique := arrayRules(m.flat)
	items, seen := append([]*syntax.Node(nil), m.value.Items...), map[string]bool{}
	for _, v := range items {
		seen[string(encode(v))] = true
	}
	for i := len(items); uint64(i) <= m.schema.MaxItems.N; i++ {
		v, ok := m.maker.item(itemSchemas(m.flat, i), 1, unique, seen)
		if !ok {
			return
		}
		items = append(items, v)
	}
	m.propose(arrayValue(items...))
}

// sameItems doubles an item.
func (m *mutant) sameItems() {
	if m.value.Kind != syntax.Sequence || len(m.value.Items) == 0 {
		return
	}
	items, last := m.value.Items, len(m.value.Items)-1
	m.propose(arrayValue(append(append([]*syntax.Node(nil), items...), items[last])...))
	m.propose(replaceItem(m.value, last, items[0]))
	if last > 0 {
		m.propose(replaceItem(m.value, 0, items[last]))
	}
}

// lackingItems keeps only items that "contains" does not accept.
func (m *mutant) lackingItems() {
	if m.value.Kind != syntax.Sequence {
		return
	}
	var rest []*syntax.Node
	for _, v := range m.value.Items {
		if !m.maker.accepts([]*schema.Schema{m.schema.Contains}, v) {
			rest = append(rest, v)
		}
	}
	m.propose(arrayValue(rest...), arrayValue())
	for _, odd := range append(m.odd(), kinds()...) {
		m.propose(arrayValue(append(append([]*syntax.Node(nil), rest...), odd)...))
		m.propose(m.allItems(odd))
	}
}

// odd makes items without regard to "contains".
func (m *mutant) odd() []*syntax.Node {
	var out []*syntax.Node
	for range 4 {
		if v, ok := m.maker.value(itemSchemas(m.flat, 0), 1); ok {
			out = append(out, v)
		}
	}
	return out
}

func (m *mutant) allItems(v *syntax.Node) *syntax.Node {
	out := arrayValue()
	for range m.value.Items {
		out.Items = append(out.Items, v)
	}
	return out
}

// extraItem adds an item behind those that are described.
func (m *mutant) extraItem() {
	if m.value.Kind != syntax.Sequence || len(m.value.Items) < len(m.schema.TupleItems) {
		return
	}
	items := append([]*syntax.Node(nil), m.value.Items...)
	for _, odd := range kinds() {
		m.proposeMember("", strconv.Itoa(len(items)), arrayValue(append(items[:len(items):len(items)], odd)...))
	}
}

// missing leaves out each required property.
func (m *mutant) missing() {
	if m.value.Kind != syntax.Mapping {
		return
	}
	for _, r := range m.schema.Required {
		m.proposeMember(r.Text, r.Text, removeMember(m.value, r.Text))
	}
}

// unexpected adds a property that nothing describes.
func (m *mutant) unexpected() {
	if m.value.Kind != syntax.Mapping {
		return
	}
	for _, name := range []string{"unexpected", "Unexpected1", "x-unexpected", "!", "0"} {
		if m.value.Get(name) == nil {
			m.proposeMember("", name, addMember(m.value, name, boolValue(true)))
		}
	}
}

// fewerMembers keeps the required members and as few others as must go.
func (m *mutant) fewerMembers() {
	n := int(min(m.schema.MinProperties.N, maxItems)) - 1
	if m.value.Kind != syntax.Mapping || len(m.value.Members) <= n {
		return
	}
	out := m.value
	for i := len(m.value.Members) - 1; i >= 0 && len(out.Members) > n; i-- {
		if name := m.value.Members[i].Key.Text; !m.required(name) {
			out = removeMember(out, name)
		}
	}
	m.propose(out)
}

func (m *mutant) required(name string) bool {
	for _, s := range m.flat {
		if s.IsRequired(name) {
			return true
		}
	}
	return false
}

// moreMembers adds properties until there is one too many.
func (m *mutant) moreMembers() {
	if m.value.Kind != syntax.Mapping {
		return
	}
	out := objectValue(append([]syntax.Member(nil), m.value.Members...)...)
	m.maker.fill(out, m.flat, m.schema.MaxProperties.N+1, 1)
	m.propose(out)
}

// oddNames adds a property under names that few rules allow.
func (m *mutant) oddNames() {
	if m.value.Kind != syntax.Mapping {
		return
	}
	for _, name := range []string{"!", " ", "", "UPPER", "lower", "0", "a", strings.Repeat("long", 64)} {
		if m.value.Get(name) != nil {
			continue
		}
		v, ok := m.maker.value(m.maker.propertySchemas(m.flat, name), 1)
		if ok {
			m.proposeMember("", name, addMember(m.value, name, v))
		}
	}
}

// dependentless leaves out each property that another one needs.
func (m *mutant) dependentless() {
	if m.value.Kind != syntax.Mapping {
		return
	}
	for _, d := range m.schema.Dependencies {
		with := m.value
		if with.Get(d.Name.Text) == nil {
			v, ok := m.maker.value(m.maker.propertySchemas(m.flat, d.Name.Text), 1)
			if !ok {
				continue
			}
			with = addMember(with, d.Name.Text, v)
		}
		for _, n := range d.Names {
			m.proposeMember(d.Name.Text+"→"+n.Text, d.Name.Text, removeMember(with, n.Text))
		}
	}
}
