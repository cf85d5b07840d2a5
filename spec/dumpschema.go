package spec

import (
	"strconv"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// definitions are the schemas that are written out at the end: those that only
// references lead to.
type definitions struct {
	waiting []*schema.Schema
	names   []string
	taken   namer
}

// define writes the definitions, also those that come up meanwhile.
func (p *dumper) define() {
	if len(p.waiting) == 0 {
		return
	}
	p.member("definitions", func() {
		p.object(func() {
			for i := 0; i < len(p.waiting) && p.err == nil; i++ {
				p.member(p.names[i], func() { p.keywords(p.waiting[i]) })
			}
		})
	})
}

// payload writes a schema with its format. The text of one that is not JSON
// Schema stands beside what it means for JSON values, if anyone knows that.
func (p *dumper) payload(x *schema.Payload) {
	p.object(func() {
		p.place(x.Origin)
		if x.Format != "" {
			p.member("schemaFormat", func() { p.text(x.Format) })
		}
		if x.Schema != nil {
			p.member("schema", func() { p.component(x.Schema) })
		}
		if x.Raw != nil && (x.Schema == nil || x.Definition != nil) {
			p.member("source", func() { p.node(x.Raw) })
		}
		p.members(x.Extensions)
	})
}

// component writes the schema of a payload, which may be its home.
func (p *dumper) component(s *schema.Schema) {
	if home := p.homes[s]; home != nil && home.String() == p.at.String() {
		p.keywords(s)
		return
	}
	p.schema(s)
}

// schema writes a schema where it stands, or a reference to it where it has a
// home.
func (p *dumper) schema(s *schema.Schema) {
	if home := p.homes[s]; home != nil {
		p.refer(home)
		return
	}
	p.homes[s] = p.at
	p.keywords(s)
}

// target is where the schema that a reference leads to is written out.
// References that say nothing themselves are passed over.
func (p *dumper) target(s *schema.Schema) *position {
	for s.Ref != nil && p.homes[s] == nil && s.Title == "" && s.Description == "" && s.Comment == "" {
		s = s.Ref
	}
	if p.homes[s] == nil {
		name := s.Name
		if name == "" {
			name = "schema"
		}
		name = p.taken.unique(name)
		root := p.at
		for root.parent != nil {
			root = root.parent
		}
		p.homes[s] = &position{&position{root, "definitions"}, name}
		p.waiting = append(p.waiting, s)
		p.names = append(p.names, name)
	}
	return p.homes[s]
}

// keywords writes a schema out in the words of JSON Schema 2020-12.
func (p *dumper) keywords(s *schema.Schema) {
	if s.Bool != nil {
		p.flag(*s.Bool)
		return
	}
	p.object(func() {
		p.place(s.Origin)
		if s.Ref != nil {
			p.member("$ref", func() { p.text(p.target(s.Ref).String()) })
		}
		p.words("x-dynamic", s.Dynamic)
		p.mark("x-broken", s.Broken)
		p.words("x-id", s.ID)
		p.annotations(s)
		p.types(s)
		p.numbers(s)
		p.strings(s)
		p.items(s)
		p.properties(s)
		p.combinators(s)
		p.members(s.Extensions)
		if s.Unknown != nil {
			p.member("x-unknown", func() { p.emitter.object(func() { p.members(s.Unknown) }) })
		}
	})
}

func (p *dumper) annotations(s *schema.Schema) {
	p.words("title", s.Title)
	p.words("description", s.Description)
	p.words("$comment", s.Comment)
	p.raws("default", s.Default)
	p.nodes("examples", s.Examples)
	p.mark("deprecated", s.Deprecated)
	p.mark("readOnly", s.ReadOnly)
	p.mark("writeOnly", s.WriteOnly)
	p.words("discriminator", s.Discriminator)
	p.mapping(s.Mapping)
	p.raws("externalDocs", s.ExternalDocs)
	p.raws("xml", s.XML)
}

// mapping writes what the values of a discriminator name: a schema, or the plain
// name of one.
func (p *dumper) mapping(list []schema.Mapping) {
	if len(list) == 0 {
		return
	}
	p.member("discriminatorMapping", func() {
		p.object(func() {
			for _, m := range list {
				if m.Schema != nil {
					p.sub(m.Value.Text, m.Schema)
				} else {
					p.words(m.Value.Text, m.Target.Text)
				}
			}
		})
	})
}

func (p *dumper) types(s *schema.Schema) {
	var names []string
	for t := schema.TypeNull; t <= schema.TypeObject; t <<= 1 {
		if s.Types.Has(t) {
			names = append(names, schema.Types(t).String())
		}
	}
	switch len(names) {
	case 0:
	case 1:
		p.words("type", names[0])
	default:
		p.member("type", func() { p.texts(names) })
	}
	p.nodes("enum", s.Enum)
	p.raws("const", s.Const)
	p.words("format", s.Format)
}

func (p *dumper) numbers(s *schema.Schema) {
	p.literal("multipleOf", s.MultipleOf)
	p.literal("maximum", s.Maximum)
	p.literal("exclusiveMaximum", s.ExclusiveMaximum)
	p.literal("minimum", s.Minimum)
	p.literal("exclusiveMinimum", s.ExclusiveMinimum)
}

func (p *dumper) strings(s *schema.Schema) {
	p.count("maxLength", s.MaxLength)
	p.count("minLength", s.MinLength)
	if s.Pattern != nil {
		p.member("pattern", func() { p.text(s.Pattern.Text) })
	}
	p.words("contentEncoding", s.ContentEncoding)
	p.words("contentMediaType", s.ContentMediaType)
}

// items writes the keywords of arrays. Of older dialects, the schemas by
// position are prefixItems, and that of the others is items.
func (p *dumper) items(s *schema.Schema) {
	if s.TupleItems == nil {
		p.sub("items", s.Items)
		p.sub("additionalItems", s.AdditionalItems) // has no meaning without the others
	} else {
		p.list("prefixItems", s.TupleItems)
		p.sub("items", s.AdditionalItems)
	}
	p.count("maxItems", s.MaxItems)
	p.count("minItems", s.MinItems)
	p.mark("uniqueItems", s.UniqueItems)
	p.sub("contains", s.Contains)
	p.count("minContains", s.MinContains)
	p.count("maxContains", s.MaxContains)
	p.sub("unevaluatedItems", s.UnevaluatedItems)
}

func (p *dumper) properties(s *schema.Schema) {
	p.count("maxProperties", s.MaxProperties)
	p.count("minProperties", s.MinProperties)
	if s.Required != nil {
		p.member("required", func() { p.required(s.Required) })
	}
	p.named("properties", s.Properties)
	if s.PatternProperties != nil {
		p.member("patternProperties", func() {
			p.object(func() {
				for _, q := range s.PatternProperties {
					p.sub(q.Pattern.Text, q.Schema)
				}
			})
		})
	}
	p.sub("additionalProperties", s.AdditionalProperties)
	p.sub("propertyNames", s.PropertyNames)
	p.dependencies(s.Dependencies)
	p.sub("unevaluatedProperties", s.UnevaluatedProperties)
}

func (p *dumper) required(names []schema.Name) {
	p.array(len(names), func(i int) { p.text(names[i].Text) })
}

// dependencies writes those that name properties and those that are schemas
// under keywords of their own.
func (p *dumper) dependencies(list []schema.Dependency) {
	var names, schemas []schema.Dependency
	for _, d := range list {
		if d.Schema != nil {
			schemas = append(schemas, d)
		} else {
			names = append(names, d)
		}
	}
	each := func(keyword string, list []schema.Dependency, write func(schema.Dependency)) {
		if len(list) == 0 {
			return
		}
		p.member(keyword, func() {
			p.object(func() {
				for _, d := range list {
					write(d)
				}
			})
		})
	}
	each("dependentRequired", names, func(d schema.Dependency) {
		p.member(d.Name.Text, func() { p.required(d.Names) })
	})
	each("dependentSchemas", schemas, func(d schema.Dependency) { p.sub(d.Name.Text, d.Schema) })
}

func (p *dumper) combinators(s *schema.Schema) {
	p.sub("if", s.If)
	p.sub("then", s.Then)
	p.sub("else", s.Else)
	p.list("allOf", s.AllOf)
	p.list("anyOf", s.AnyOf)
	p.list("oneOf", s.OneOf)
	p.sub("not", s.Not)
	p.named("$defs", s.Definitions)
}

// What follows writes one keyword, unless it is absent.

func (p *dumper) sub(keyword string, s *schema.Schema) {
	if s != nil {
		p.member(keyword, func() { p.schema(s) })
	}
}

func (p *dumper) list(keyword string, list []*schema.Schema) {
	if list != nil {
		p.member(keyword, func() { p.array(len(list), func(i int) { p.schema(list[i]) }) })
	}
}

// named writes schemas by name. Definitions may share one, under the old keyword
// and the new one.
func (p *dumper) named(keyword string, list []schema.Property) {
	if list == nil {
		return
	}
	taken := make(namer, len(list))
	p.member(keyword, func() {
		p.object(func() {
			for _, q := range list {
				p.sub(taken.unique(q.Name.Text), q.Schema)
			}
		})
	})
}

func (p *dumper) words(keyword, s string) {
	if s != "" {
		p.member(keyword, func() { p.text(s) })
	}
}

func (p *dumper) mark(keyword string, set bool) {
	if set {
		p.member(keyword, func() { p.flag(true) })
	}
}

func (p *dumper) raws(keyword string, n *syntax.Node) {
	if n != nil {
		p.member(keyword, func() { p.node(n) })
	}
}

func (p *dumper) nodes(keyword string, list []*syntax.Node) {
	if list != nil {
		p.member(keyword, func() { p.array(len(list), func(i int) { p.node(list[i]) }) })
	}
}

func (p *dumper) literal(keyword string, l *schema.Literal) {
	if l != nil {
		p.member(keyword, func() { p.raw(l.Text) })
	}
}

func (p *dumper) count(keyword string, c *schema.Count) {
	if c != nil {
		p.member(keyword, func() { p.raw(strconv.FormatUint(c.N, 10)) })
	}
}
