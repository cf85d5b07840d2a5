package sample

import (
	"math/big"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// mutation proposes values that may break one keyword. Proposals need not hit:
// each is checked.
type mutation struct {
	keyword string
	applies func(*schema.Schema) bool
	propose func(*mutant)
}

// mutant is what a mutation sees and the proposals it makes.
type mutant struct {
	maker     *maker
	schema    *schema.Schema   // the one that has the keyword
	flat      []*schema.Schema // all that hold here
	value     *syntax.Node     // a valid value
	proposals []proposal
}

type proposal struct {
	value  *syntax.Node
	detail string
	member string // the property that breaks the rule, if it is one
}

func (m *mutant) propose(values ...*syntax.Node) {
	for _, v := range values {
		m.proposals = append(m.proposals, proposal{value: v})
	}
}

func (m *mutant) proposeMember(detail, name string, v *syntax.Node) {
	m.proposals = append(m.proposals, proposal{value: v, detail: detail, member: name})
}

// mutations are in the order in which breaches are reported.
var mutations = []mutation{
	{"type", func(s *schema.Schema) bool { return s.Types != 0 }, (*mutant).otherType},
	{"enum", func(s *schema.Schema) bool { return s.Enum != nil }, (*mutant).perturbed},
	{"const", func(s *schema.Schema) bool { return s.Const != nil }, (*mutant).perturbed},
	{"minimum", func(s *schema.Schema) bool { return s.Minimum != nil }, func(m *mutant) { m.beyond(m.schema.Minimum, -1) }},
	{"exclusiveMinimum", func(s *schema.Schema) bool { return s.ExclusiveMinimum != nil }, func(m *mutant) { m.beyond(m.schema.ExclusiveMinimum, -1) }},
	{"maximum", func(s *schema.Schema) bool { return s.Maximum != nil }, func(m *mutant) { m.beyond(m.schema.Maximum, 1) }},
	{"exclusiveMaximum", func(s *schema.Schema) bool { return s.ExclusiveMaximum != nil }, func(m *mutant) { m.beyond(m.schema.ExclusiveMaximum, 1) }},
	{"multipleOf", func(s *schema.Schema) bool { return s.MultipleOf != nil }, (*mutant).between},
	{"minLength", func(s *schema.Schema) bool { return s.MinLength != nil && s.MinLength.N > 0 }, (*mutant).shorter},
	{"maxLength", func(s *schema.Schema) bool { return s.MaxLength != nil && s.MaxLength.N < maxText }, (*mutant).longer},
	{"pattern", func(s *schema.Schema) bool { return s.Pattern != nil }, (*mutant).otherText},
	{"format", func(s *schema.Schema) bool { return s.Format != "" }, (*mutant).otherFormat},
	{"minItems", func(s *schema.Schema) bool { return s.MinItems != nil && s.MinItems.N > 0 }, (*mutant).fewerItems},
	{"maxItems", func(s *schema.Schema) bool { return s.MaxItems != nil && s.MaxItems.N < maxItems }, (*mutant).moreItems},
	{"uniqueItems", func(s *schema.Schema) bool { return s.UniqueItems }, (*mutant).sameItems},
	{"contains", func(s *schema.Schema) bool { return s.Contains != nil }, (*mutant).lackingItems},
	{"additionalItems", func(s *schema.Schema) bool { return isFalse(s.AdditionalItems) }, (*mutant).extraItem},
	{"required", func(s *schema.Schema) bool { return s.Required != nil }, (*mutant).missing},
	{"additionalProperties", func(s *schema.Schema) bool { return isFalse(s.AdditionalProperties) }, (*mutant).unexpected},
	{"minProperties", func(s *schema.Schema) bool { return s.MinProperties != nil && s.MinProperties.N > 0 }, (*mutant).fewerMembers},
	{"maxProperties", func(s *schema.Schema) bool { return s.MaxProperties != nil && s.MaxProperties.N < maxItems }, (*mutant).moreMembers},
	{"propertyNames", func(s *schema.Schema) bool { return s.PropertyNames != nil }, (*mutant).oddNames},
	{"dependencies", func(s *schema.Schema) bool { return s.Dependencies != nil }, (*mutant).dependentless},
	{"not", func(s *schema.Schema) bool { return s.Not != nil }, (*mutant).forbidden},
	{"anyOf", func(s *schema.Schema) bool { return s.AnyOf != nil }, (*mutant).anything},
	{"oneOf", func(s *schema.Schema) bool { return s.OneOf != nil }, (*mutant).anything},
}

func isFalse(s *schema.Schema) bool {
	s = s.Deref()
	return s != nil && s.Bool != nil && !*s.Bool
}

// otherType proposes a value of every kind.
func (m *mutant) otherType() { m.propose(kinds()...) }

func kinds() []*syntax.Node {
	return []*syntax.Node{stringValue("text"), numberValue("1"), numberValue("0.5"), boolValue(true), nullValue(), arrayValue(), objectValue()}
}

// perturbed proposes values near the valid one and then any.
func (m *mutant) perturbed() {
	switch m.value.Kind {
	case syntax.Bool:
		m.propose(boolValue(m.value.Text != "true"))
	case syntax.String:
		m.propose(stringValue(m.value.Text+"x"), stringValue("another"), stringValue(""))
	case syntax.Number:
		m.addTo("1", "-1", "0.5", "7")
	}
	m.propose(kinds()...)
}

// addTo proposes the number plus each literal.
func (m *mutant) addTo(literals ...string) {
	if m.value.Kind != syntax.Number {
		return
	}
	at, ok := rat(m.value.Text)
	for _, l := range literals {
		if d, _ := rat(l); ok {
			m.propose(numberValue(decimal(d.Add(d, at))))
		}
	}
}

// beyond proposes the bound itself and numbers on the wrong side of it.
func (m *mutant) beyond(l *schema.Literal, sign int64) {
	at, ok := rat(l.Text)
	if !ok {
		return
	}
	n := numbersOf(m.flat, false)
	if n.step != nil {
		step := new(big.Rat).Mul(n.step, big.NewRat(sign, 1))
		edge := multiply(multipleBelow(at, n.step), n.step)
		m.propose(numberValue(decimal(edge)), numberValue(decimal(edge.Add(edge, step))), numberValue(decimal(edge.Add(edge, step))))
	}
	m.propose(numberValue(decimal(at)))
	for _, d := range []*big.Rat{big.NewRat(sign, 1), big.NewRat(sign, 2), big.NewRat(sign, 10000)} {
		m.propose(numberValue(decimal(new(big.Rat).Add(at, d))))
	}
}

// between proposes numbers beside the multiples.
func (m *mutant) between() {
	if m.value.Kind != syntax.Number {
		return
	}
	m.addTo("1", "-1")
	if step, ok := rat(m.schema.MultipleOf.Text); ok {
		half := new(big.Rat).Quo(step, big.NewRat(2, 1))
		m.addTo(decimal(half), "-"+decimal(half))
	}
}

func (m *mutant) shorter() {
	if m.value.Kind != syntax.String {
		return
	}
	n := min(m.schema.MinLength.N, maxText) - 1
	for length := int(n); length >= max(0, int(n)-8); length-- {
		m.texts(cut(m.value.Text, length), strings.Repeat("a", length), strings.Repeat("1", length))
	}
	m.likePattern(0, 1, 2)
}

func (m *mutant) longer() {
	if m.value.Kind != syntax.String {
		return
	}
	n := int(m.schema.MaxLength.N) + 1
	missing := max(0, n-utf8.RuneCountInString(m.value.Text))
	m.texts(m.value.Text+strings.Repeat("a", missing), m.value.Text+strings.Repeat("1", missing), strings.Repeat("a", n))
	if last, size := utf8.DecodeLastRuneInString(m.value.Text); size > 0 {
		m.texts(m.value.Text + strings.Repeat(string(last), missing))
	}
	m.likePattern(n, 2*n, 4*n)
}

func cut(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}

func (m *mutant) texts(all ...string) {
	for _, s := range all {
		m.propose(stringValue(s))
	}
}

// likePattern proposes texts of the patterns that hold here.
func (m *mutant) likePattern(extras ...int) {
	for _, s := range m.flat {
		for _, extra := range extras {
			if s.Pattern == nil || extra > maxText {
				continue
			}
			if text, ok := m.maker.matching(s.Pattern.Text, extra); ok {
				m.texts(text)
			}
		}
	}
}

// otherText proposes strings that few patterns match.
func (m *mutant) otherText() {
	if m.value.Kind != syntax.String {
		return
	}
	v := m.value.Text
	m.texts(v+"!", "!"+v, v+" ", strings.ToUpper(v), strings.ToLower(v), cut(v, max(0, utf8.RuneCountInString(v)-1)))
	low, high := lengths(m.flat)
	for _, fill := range []string{"!", "a", "A", "0", "-", " ", "é", "\n"} {
		m.texts(strings.Repeat(fill, int(min(max(low, 1), maxText))), strings.Repeat(fill, int(min(high, 64))))
	}
	m.texts("")
}

// otherFormat proposes what no format allows.
func (m *mutant) otherFormat() {
	switch m.value.Kind {
	case syntax.Number:
		m.propose(numberValue("2147483648"), numberValue("9223372036854775808"), numberValue("1e39"), numberValue("1e309"), numberValue("0.5"))
	case syntax.String:
		v := m.value.Text
		m.texts("no "+m.schema.Format, v+" ", "!"+v, cut(v, utf8.RuneCountInString(v)/2), "", "%", "(", "{", "~2", v+"\x00")
	}
}

// forbidden proposes values that the schema under not accepts.
func (m *mutant) forbidden() {
	for range localTries {
		if v, ok := m.maker.value(append([]*schema.Schema{m.schema.Not}, without(m.flat, m.schema)...), 1); ok {
			m.propose(v)
		}
		if v, ok := m.maker.value([]*schema.Schema{m.schema.Not}, 1); ok {
			m.propose(v, merged(m.value, v))
		}
	}
	m.anything()
}

// merged is the first object with the members of the second put over its own.
func merged(a, b *syntax.Node) *syntax.Node {
	if a.Kind != syntax.Mapping || b.Kind != syntax.Mapping {
		return b
	}
	out := a
	for _, v := range b.Members {
		out = addMember(removeMember(out, v.Key.Text), v.Key.Text, v.Value)
	}
	return out
}

func without(all []*schema.Schema, s *schema.Schema) []*schema.Schema {
	var out []*schema.Schema
	for _, x := range all {
		if x != s {
			out = append(out, x)
		}
	}
	return out
}

// anything proposes near values first, then every kind.
func (m *mutant) anything() {
	for i, v := range m.value.Members {
		m.propose(removeMember(m.value, v.Key.Text))
		for _, odd := range kinds() {
			m.propose(replaceMember(m.value, i, odd))
		}
	}
	if m.value.Kind == syntax.Mapping {
		m.propose(addMember(m.value, "unexpected", nullValue()))
	}
	m.perturbed()
}
