package generator

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// otherHeaders are the headers of a message that have no field, where its schema speaks of
// them, and the roots of the rules that they need; nil where it does not.
func (p *planner) otherHeaders(m *message) (*ir.OtherHeaders, []validate.Root) {
	if m.spec.Headers == nil || m.spec.Headers.Schema == nil {
		return nil, nil
	}
	s := m.spec.Headers.Schema
	fields := map[string]bool{}
	var attributes []ir.HeaderName
	if m.headers != nil {
		for _, one := range m.headers.shape.members {
			fields[one.name] = true
			if !one.required && isAttribute(one.name) {
				attributes = append(attributes, headerName(s, one.name))
			}
		}
	}
	about := schemasAbout(s)
	if m.headers != nil && len(attributes) == 0 && !slices.ContainsFunc(about, func(s *schema.Schema) bool { return speaksOfOthers(s, fields) }) {
		return nil, nil
	}
	rules := m.Names()[0] + " headers" // of all, and behind that a pattern of names
	var roots []validate.Root
	rest, _ := kindsOfMember(s, "", func(*schema.Pattern) bool { return false })
	out := &ir.OtherHeaders{Kinds: rest &^ check.String, Names: attributes}
	if m.headers == nil {
		out.Rules = rules
		roots = append(roots, validate.Root{Name: rules, Schema: s, Bare: true})
	}
	known := map[string]bool{}
	for _, one := range about {
		for _, m := range one.Properties {
			if name := m.Name.Text; !fields[name] && !known[name] {
				known[name] = true
				out.Names = append(out.Names, headerName(s, name))
			}
		}
	}
	clear(known)
	for _, one := range about {
		for _, m := range one.PatternProperties {
			text := m.Pattern.Text
			if known[text] {
				continue
			}
			known[text] = true
			name := ir.HeaderName{Rules: rules + " " + text}
			name.Kinds, name.Hinted = kindsOfMember(s, "", func(p *schema.Pattern) bool { return p.Text == text })
			out.Names = append(out.Names, name)
			names := p.make(&schema.Schema{Pattern: &m.Pattern})
			roots = append(roots, validate.Root{Name: name.Rules, Schema: names, Bare: true})
		}
	}
	return out, roots
}

// headerName says of which kinds of JSON the header of that name may be, besides text.
func headerName(s *schema.Schema, name string) ir.HeaderName {
	kinds, _ := kindsOfMember(s, name, func(p *schema.Pattern) bool { return patternMatcher(p.Text)(name) })
	return ir.HeaderName{Name: name, Kinds: kinds &^ check.String}
}

// isAttribute tells whether a header may be sent for an attribute or a trace, also where
// its field is not set.
func isAttribute(name string) bool {
	return strings.HasPrefix(name, "ce_") || name == "traceparent" || name == "tracestate" || strings.EqualFold(name, "content-type")
}

// kindsOfMember are the kinds of JSON that the text of a header may be.
func kindsOfMember(s *schema.Schema, name string, matches func(*schema.Pattern) bool) (kinds check.Types, hinted bool) {
	types, hinted := s.MemberTextTypes(name, matches)
	return kindsOf(types), hinted && types != 0
}

// schemasAbout are a schema and those that are asked about the same values.
func schemasAbout(s *schema.Schema) []*schema.Schema {
	all := []*schema.Schema{s.Deref()}
	for i := 0; i < len(all); i++ {
		s := all[i]
		parts := slices.Concat([]*schema.Schema{s.If, s.Then, s.Else, s.Not}, s.AllOf, s.AnyOf, s.OneOf)
		for _, d := range s.Dependencies {
			parts = append(parts, d.Schema)
		}
		for _, part := range parts {
			if part = part.Deref(); part != nil && !slices.Contains(all, part) {
				all = append(all, part)
			}
		}
	}
	return all
}

// speaksOfOthers tells whether a schema of objects may depend on members that have no field.
func speaksOfOthers(s *schema.Schema, fields map[string]bool) bool {
	says := func(s *schema.Schema) bool {
		s = s.Deref()
		return s != nil && (s.Bool == nil || !*s.Bool)
	}
	return isFalse(s) || s.MinProperties != nil || s.MaxProperties != nil || len(s.PatternProperties) > 0 || s.Enum != nil || s.Const != nil ||
		says(s.AdditionalProperties) || says(s.UnevaluatedProperties) || says(s.PropertyNames) ||
		slices.ContainsFunc(s.Properties, func(m schema.Property) bool { return !fields[m.Name.Text] })
}

// headerRoots plans the headers without fields, and returns the schemas that they need.
func (p *planner) headerRoots() (roots []validate.Root) {
	for _, m := range p.messages {
		others, more := p.otherHeaders(m)
		if others != nil && m.headers == nil && !p.demands(m.spec.Headers.Schema) {
			continue
		}
		m.ir.Others = others
		roots = append(roots, more...)
	}
	return roots
}

// demands tells whether a schema says more than that values are objects.
func (p *planner) demands(s *schema.Schema) bool {
	set, found := validate.Normal([]validate.Root{{Schema: s}}, nil, nil)
	return !found.HasErrors() && slices.ContainsFunc(set[0].Schema, func(r check.Rule) bool { return r != check.Object })
}

// keepJudged forgets headers without fields where nothing judges headers, and names that
// cannot be matched.
func (p *planner) keepJudged() {
	for _, m := range p.messages {
		switch o := m.ir.Others; {
		case o == nil:
		case m.headers != nil && m.headers.headers.Rules == "", m.headers == nil && !p.judging[o.Rules]:
			m.ir.Others = nil
		default:
			o.Names = slices.DeleteFunc(o.Names, func(n ir.HeaderName) bool { return n.Rules != "" && !p.judging[n.Rules] })
		}
	}
}
