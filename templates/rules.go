package templates

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// rules returns:
//
//	// rules judge …
//	var rules = check.NewRules(schemas)
//
//	// schemas are …
//	var schemas = check.Set{
//		{Name: "Order", Schema: check.Schema{
//			check.Object,
//			check.Required{"id"},
//			check.Properties{
//				{Name: "id", Schema: check.Schema{check.String, check.MinLength(1)}},
//			},
//		}},
//	}
//
// and plugs in the tables for host names where a schema needs them.
func (e emitter) rules(r *ir.Rules) *jen.Statement {
	p := rulePrinter{check: e.rt.Check()}
	var named []jen.Code
	for _, n := range r.Set {
		named = append(named, p.member("Name", jen.Lit(n.Name), n.Schema))
	}
	set := p.check.Name("Set").Add(snip.Lines(named...))
	made := p.check.NewRules(jen.Id(r.SetName))
	if p.labels {
		made = p.check.NewRulesWithLabels(jen.Id(r.SetName))
	}
	return snip.Doc(r.Doc, 0).Var().Id(r.Name).Op("=").Add(made).Line().Line().
		Add(snip.Doc(r.SetDoc, 0)).Var().Id(r.SetName).Op("=").Add(set)
}

// rulePrinter prints schemas and finds out what they need.
type rulePrinter struct {
	check  snip.Check
	labels bool
}

// member is {Name: "…", Schema: check.Schema{…}}, with another word for Name.
func (p *rulePrinter) member(key string, name jen.Code, s check.Schema) *jen.Statement {
	return jen.Values(jen.Id(key).Op(":").Add(name), jen.Id("Schema").Op(":").Add(p.schema(s)))
}

// schema is check.Schema{…}, on one line where it is short.
func (p *rulePrinter) schema(s check.Schema) *jen.Statement {
	return p.check.Name("Schema").Add(p.body(s))
}

// body is the rules of a schema in braces.
func (p *rulePrinter) body(s check.Schema) *jen.Statement {
	var rules []jen.Code
	for _, r := range s {
		rules = append(rules, p.rule(r))
	}
	if width(s) <= oneLineWidth {
		return jen.Values(rules...)
	}
	return snip.Lines(rules...)
}

// bodies is {{…}, {…}}.
func (p *rulePrinter) bodies(list []check.Schema) *jen.Statement {
	var all []jen.Code
	total := 0
	for _, s := range list {
		all = append(all, p.body(s))
		total += width(s)
	}
	if total <= oneLineWidth {
		return jen.Values(all...)
	}
	return snip.Lines(all...)
}

// rule prints one rule: as the call of a type, or as a literal.
func (p *rulePrinter) rule(r check.Rule) *jen.Statement {
	if name, text, ok := textOf(r); ok {
		if wide := text == "hostname" || strings.HasPrefix(text, "idn-"); wide && name == "Format" {
			p.labels = true
		}
		return p.check.Name(name).Call(snip.Text(text))
	}
	if name, n, ok := countOf(r); ok {
		return p.check.Name(name).Call(jen.Lit(int(n)))
	}
	if name, s, ok := schemaOf(r); ok {
		return p.check.Name(name).Add(p.body(s))
	}
	if name, list, ok := schemasOf(r); ok {
		return p.check.Name(name).Add(p.bodies(list))
	}
	return p.other(r)
}

func (p *rulePrinter) other(r check.Rule) *jen.Statement {
	switch r := r.(type) {
	case check.Types:
		return p.types(r)
	case check.Never:
		return p.check.Name("Never").Values()
	case check.UniqueItems:
		return p.check.Name("UniqueItems").Values()
	case check.Enum:
		return p.check.Name("Enum").Add(literals(r))
	case check.Required:
		return p.check.Name("Required").Add(literals(r))
	case check.Properties:
		var all []jen.Code
		for _, one := range r {
			all = append(all, p.member("Name", jen.Lit(one.Name), one.Schema))
		}
		return p.check.Name("Properties").Add(snip.Lines(all...))
	case check.PatternProperties:
		var all []jen.Code
		for _, one := range r {
			all = append(all, p.member("Pattern", snip.Text(one.Pattern), one.Schema))
		}
		return p.check.Name("PatternProperties").Add(snip.Lines(all...))
	case check.Dependencies:
		return p.check.Name("Dependencies").Add(p.dependencies(r))
	case check.DependentRequired:
		return p.check.Name("DependentRequired").Add(p.dependencies(r))
	case check.DependentSchemas:
		return p.check.Name("DependentSchemas").Add(p.dependencies(r))
	case check.If:
		return p.check.Name("If").Add(p.condition(r))
	case check.Discriminator:
		return p.check.Name("Discriminator").Add(p.discriminator(r))
	}
	panic("no way to print a rule")
}

// types is check.String | check.Null, the kind that matters first.
func (p *rulePrinter) types(t check.Types) *jen.Statement {
	names := []string{"Null", "Boolean", "Integer", "Number", "String", "Array", "Object"}
	out := jen.Null()
	for i := len(names) - 1; i >= 0; i-- {
		if t&(1<<i) == 0 {
			continue
		}
		if t>>(i+1) != 0 {
			out.Op("|")
		}
		out.Add(p.check.Name(names[i]))
	}
	return out
}

func (p *rulePrinter) dependencies(list []check.Dependency) *jen.Statement {
	var all []jen.Code
	for _, d := range list {
		members := []jen.Code{jen.Id("Name").Op(":").Lit(d.Name)}
		if d.Names != nil {
			members = append(members, jen.Id("Names").Op(":").Index().String().Add(literals(d.Names)))
		}
		if d.Schema != nil {
			members = append(members, jen.Id("Schema").Op(":").Add(p.schema(d.Schema)))
		}
		all = append(all, jen.Values(members...))
	}
	return snip.Lines(all...)
}

func (p *rulePrinter) condition(r check.If) *jen.Statement {
	members := []jen.Code{jen.Id("If").Op(":").Add(p.schema(r.If))}
	if r.Then != nil {
		members = append(members, jen.Id("Then").Op(":").Add(p.schema(r.Then)))
	}
	if r.Else != nil {
		members = append(members, jen.Id("Else").Op(":").Add(p.schema(r.Else)))
	}
	return snip.Lines(members...)
}

func (p *rulePrinter) discriminator(r check.Discriminator) *jen.Statement {
	var names []jen.Code
	for _, n := range r.Names {
		names = append(names, jen.Values(jen.Id("Value").Op(":").Lit(n.Value), jen.Id("Branch").Op(":").Lit(n.Branch)))
	}
	return snip.Lines(
		jen.Id("Property").Op(":").Lit(r.Property),
		jen.Id("Names").Op(":").Index().Add(p.check.Name("Alternative")).Add(snip.Lines(names...)),
	)
}

// literals is {"a", "b"}, on one line where it is short.
func literals(list []string) *jen.Statement {
	var all []jen.Code
	total := 0
	for _, text := range list {
		all = append(all, snip.Text(text))
		total += len(text) + 4
	}
	if total <= oneLineWidth {
		return jen.Values(all...)
	}
	return snip.Lines(all...)
}
