package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// defaultOf is the default of a member as JSON: that of where it is used, else
// of the schema itself. It is empty where there is none, and where the schema
// forbids its own default.
func defaultOf(s *schema.Schema) string {
	if s == nil {
		return ""
	}
	n := defaultNode(s)
	if n == nil {
		return ""
	}
	text, err := schema.AppendJSON(nil, n)
	if err != nil {
		return ""
	}
	v, found := validate.Compile(s, nil)
	if found.HasErrors() || !v.Valid(text) {
		return ""
	}
	return string(text)
}

// defaultNode is what a schema has for a default where it is used, else itself.
func defaultNode(s *schema.Schema) *syntax.Node {
	if s.Default != nil {
		return s.Default
	}
	return s.Deref().Default
}

// settable is the default of a schema; nil where it has none, or forbids it.
func settable(s *schema.Schema) *syntax.Node {
	if defaultOf(s) == "" {
		return nil
	}
	return defaultNode(s)
}

// memberDefault is the default of a member that may be absent, as JSON; empty where there
// is none, one of those that judge it forbids it, or it is a number that the type does not hold.
func (p *planner) memberDefault(m member, judging []*schema.Schema) string {
	if m.required {
		return ""
	}
	text := defaultOf(m.schema)
	if text != "" && (!fitsAll(judging, text) || !p.holdsNumber(m.schema, text)) {
		return ""
	}
	return text
}

// holdsNumber tells whether the type of a schema holds a value, if it is a type of numbers.
func (p *planner) holdsNumber(s *schema.Schema, text string) bool {
	u := p.use(s)
	format := holds[u.basic]
	return u.kind != kindScalar || format == "" || basicKind(u.basic) != ir.KindNumber ||
		!refusesOrBroken(&schema.Schema{Dialect: schema.Draft07, Format: format}, text)
}

// fitsAll tells whether a default is valid under schemas.
func fitsAll(all []*schema.Schema, text string) bool {
	return !slices.ContainsFunc(all, func(s *schema.Schema) bool { return refusesOrBroken(s, text) })
}

// refusesOrBroken tells whether a value is not known to be valid under a schema.
func refusesOrBroken(s *schema.Schema, text string) bool {
	v, found := validate.Compile(s, nil)
	return found.HasErrors() || !v.Valid([]byte(text))
}

// partsOf are the schemas that judge the values of some: what these are made of by
// allOf, and what stands beside the alternatives that they are among.
func (p *planner) partsOf(all []*schema.Schema) (parts []*schema.Schema) {
	seen := map[*schema.Schema]bool{}
	for i := 0; i < len(all); i++ {
		for _, one := range p.flatten(part{schema: all[i]}, seen) {
			parts = append(parts, one.schema.Deref())
		}
		for _, common := range p.commons[all[i].Deref()] {
			if !slices.Contains(all, common) {
				all = append(all, common)
			}
		}
	}
	return parts
}

// judges tell which schemas say something of a member of the values that some schemas
// judge: one of allOf may say what the others' additional members are.
type judges struct {
	parts    []*schema.Schema
	members  []map[string]*schema.Schema // of each part
	patterns []map[*schema.Schema]func(name string) bool
	rest     []func(name string) *schema.Schema // of members that neither name nor pattern describes
}

// judgesOf are the judges of members of the values that some schemas judge.
func (p *planner) judgesOf(objects ...*schema.Schema) *judges {
	j := &judges{parts: p.partsOf(objects)}
	for _, s := range j.parts {
		members, patterns := map[string]*schema.Schema{}, map[*schema.Schema]func(string) bool{}
		for _, m := range s.Properties {
			members[m.Name.Text] = m.Schema
		}
		for _, m := range s.PatternProperties {
			patterns[m.Schema] = patternMatcher(m.Pattern.Text)
		}
		j.members, j.patterns = append(j.members, members), append(j.patterns, patterns)
		j.rest = append(j.rest, func(name string) *schema.Schema {
			if s.AdditionalProperties == nil && s.UnevaluatedProperties != nil && !speaksOf(p.whole(s), name, map[*schema.Schema]bool{}) {
				return s.UnevaluatedProperties
			}
			return s.AdditionalProperties
		})
	}
	return j
}

// of are those that judge the member of that name.
func (j *judges) of(name string) (all []*schema.Schema) {
	for i := range j.parts {
		n := len(all)
		if m := j.members[i][name]; m != nil {
			all = append(all, m)
		}
		for m, matches := range j.patterns[i] {
			if matches(name) {
				all = append(all, m)
			}
		}
		if len(all) > n {
			continue
		}
		if rest := j.rest[i](name); rest != nil {
			all = append(all, rest)
		}
	}
	return all
}

// elementJudges are the schemas that may say something of the elements, or members,
// of values that some schemas judge.
func (p *planner) elementJudges(values []*schema.Schema) (all []*schema.Schema) {
	for _, s := range p.partsOf(values) {
		for _, m := range s.Properties {
			all = append(all, m.Schema)
		}
		for _, m := range s.PatternProperties {
			all = append(all, m.Schema)
		}
		all = append(all, s.TupleItems...)
		all = append(all, s.AdditionalProperties, s.UnevaluatedProperties, s.Items, s.AdditionalItems, s.UnevaluatedItems)
	}
	return slices.DeleteFunc(all, func(s *schema.Schema) bool { return s == nil })
}

// defaultsHold tells whether the defaults within the values of a schema are valid under
// others that judge the same values.
func (p *planner) defaultsHold(s *schema.Schema, others []*schema.Schema, seen map[*shape]bool) bool {
	others = slices.DeleteFunc(slices.Clone(others), func(o *schema.Schema) bool { return p.isMadeOf(s, o) })
	u := p.use(s)
	if len(others) == 0 || seen[u.shape] {
		return true
	}
	seen[u.shape] = true
	within := func(s *schema.Schema, others []*schema.Schema) bool {
		return s == nil || p.defaultsHold(s, others, seen)
	}
	elements, members := p.elementJudges(others), p.judgesOf(others...)
	for _, m := range u.members {
		all := elements
		if u.kind == kindObject {
			all = members.of(m.name)
		}
		if text := defaultOf(m.schema); u.kind == kindObject && !m.required && text != "" && !fitsAll(all, text) || !within(m.schema, all) {
			return false
		}
	}
	if !within(u.elem, elements) || !within(u.extra, elements) {
		return false
	}
	switch u.kind {
	case kindSum:
		return !slices.ContainsFunc(u.sum.branches, func(b *branch) bool { return !within(b.schema, others) })
	case kindWrap:
		return u.inner.schema == nil || within(u.inner.schema, others)
	}
	return true
}

// speaksOf tells whether a schema may say what a member is, itself or in one that judges
// the same object.
func speaksOf(s *schema.Schema, name string, seen map[*schema.Schema]bool) bool {
	s = s.Deref()
	if s == nil || seen[s] {
		return false
	}
	seen[s] = true
	if s.Property(name) != nil || s.AdditionalProperties != nil || len(s.PatternProperties) > 0 {
		return true
	}
	all := slices.Concat(s.AllOf, s.OneOf, s.AnyOf, []*schema.Schema{s.If, s.Then, s.Else})
	for _, d := range s.Dependencies {
		all = append(all, d.Schema)
	}
	return slices.ContainsFunc(all, func(one *schema.Schema) bool { return one != nil && speaksOf(one, name, seen) })
}

// markDefaults finds the types that have defaults, themselves or within.
func markDefaults(decls []ir.TypeDecl) {
	for again := true; again; {
		again = false
		mark := func(has *bool, found bool) {
			again = again || found && !*has
			*has = *has || found
		}
		for _, d := range decls {
			switch d := d.(type) {
			case *ir.Struct:
				mark(&d.Defaults, hasDefaults(d))
			case *ir.Tuple:
				within := slices.ContainsFunc(d.Fields, (*ir.Field).DefaultsWithin)
				mark(&d.Defaults, within || d.Rest != nil && ir.Defaults(d.Rest.Elem))
			case *ir.Defined:
				mark(&d.Defaults, ir.Defaults(d.Type))
			}
		}
	}
}

func hasDefaults(s *ir.Struct) bool {
	for _, f := range s.Fields {
		if f.Default != "" || f.DefaultsWithin() {
			return true
		}
	}
	return s.Extra != nil && ir.Defaults(s.Extra.Elem)
}
