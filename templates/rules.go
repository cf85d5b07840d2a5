package templates

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// rules returns:
//
//	// rules judge …
//	var rules = check.ReadRules(schemas)
//
//	// schemas are …
//	const schemas = `{
//	"Order": {
//		"type": "object",
//		"required": ["id"],
//		"properties": {
//			"id": {"type": "string", "minLength": 1},
//			"parent": {"$ref": "Order"}
//		}
//	},
//	"Status": {"type": "string", "enum": ["placed", "shipped"]}
//	}`
//
// and plugs in the tables for host names where a schema needs them.
func (e emitter) rules(r *ir.Rules) *jen.Statement {
	p := rulePrinter{}
	var b strings.Builder
	b.WriteString("{")
	for i, n := range r.Set {
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n")
		p.schema(n.Schema).named(n.Name).write(&b, 0)
	}
	if len(r.Set) > 0 {
		b.WriteString("\n")
	}
	b.WriteString("}")
	made := e.rt.Check().ReadRules(jen.Id(r.SetName))
	if p.labels {
		made = e.rt.Check().ReadRulesWithLabels(jen.Id(r.SetName))
	}
	return snip.Doc(r.Doc, 0).Var().Id(r.Name).Op("=").Add(made).Line().Line().
		Add(snip.Doc(r.SetDoc, 0)).Const().Id(r.SetName).Op("=").Add(snip.Lengthy(b.String()))
}

// rulePrinter writes schemas as check.ReadRules reads them, and finds out what they
// need.
type rulePrinter struct {
	labels bool
}

// schema is true, false or {"keyword": …}.
func (p *rulePrinter) schema(s check.Schema) jsonText {
	if len(s) == 0 {
		return jsonText{text: "true"}
	}
	if _, never := s[0].(check.Never); never && len(s) == 1 {
		return jsonText{text: "false"}
	}
	out := jsonText{text: "{"}
	for i, r := range s {
		if of, again := r.(check.Fits); again && i > 0 && isFits(s[i-1]) {
			out.alsoFits(of)
			continue
		}
		out.parts = append(out.parts, p.rule(r)...)
	}
	return out
}

func isFits(r check.Rule) bool {
	_, ok := r.(check.Fits)
	return ok
}

// alsoFits makes a list of what the last keyword, fits, says.
func (t *jsonText) alsoFits(of check.Fits) {
	last := &t.parts[len(t.parts)-1]
	if last.parts == nil {
		*last = jsonText{name: last.name, text: "[", parts: []jsonText{{text: last.text}}}
	}
	last.parts = append(last.parts, jsonString(string(of)))
}

// rule is a keyword with what it says; a condition is several.
func (p *rulePrinter) rule(r check.Rule) []jsonText {
	if name, text, ok := textOf(r); ok {
		if wide := text == "hostname" || strings.HasPrefix(text, "idn-"); wide && name == "format" {
			p.labels = true
		}
		return []jsonText{jsonString(text).named(name)}
	}
	if name, text, ok := valueOf(r); ok {
		return []jsonText{jsonValue(text).named(name)}
	}
	if name, n, ok := countOf(r); ok {
		return []jsonText{jsonText{text: strconv.FormatInt(n, 10)}.named(name)}
	}
	if name, s, ok := schemaOf(r); ok {
		return []jsonText{p.schema(s).named(name)}
	}
	if name, list, ok := schemasOf(r); ok {
		return []jsonText{jsonList(list, p.schema).named(name)}
	}
	if r, ok := r.(check.If); ok {
		return p.condition(r)
	}
	name, text := p.other(r)
	return []jsonText{text.named(name)}
}

func (p *rulePrinter) other(r check.Rule) (name string, of jsonText) {
	switch r := r.(type) {
	case check.Types:
		return "type", types(r)
	case check.Never:
		return "never", jsonText{text: "true"}
	case check.UniqueItems:
		return "uniqueItems", jsonText{text: "true"}
	case check.Enum:
		return "enum", jsonList(r, jsonValue)
	case check.Required:
		return "required", jsonList(r, jsonString)
	case check.Properties:
		return "properties", jsonObject(r, func(one check.Property) jsonText { return p.schema(one.Schema).named(one.Name) })
	case check.PatternProperties:
		return "patternProperties", jsonObject(r, func(one check.PatternProperty) jsonText { return p.schema(one.Schema).named(one.Pattern) })
	case check.Dependencies:
		return "dependencies", jsonObject(r, p.dependency)
	case check.DependentRequired:
		return "dependentRequired", jsonObject(r, p.dependency)
	case check.DependentSchemas:
		return "dependentSchemas", jsonObject(r, p.dependency)
	case check.Discriminator:
		return "discriminator", discriminator(r)
	}
	panic("no way to print a rule")
}

// types is "string" or ["string", "null"], the kind that matters first.
func types(t check.Types) jsonText {
	var all []string
	for one := check.Object; one != 0; one >>= 1 {
		if t&one != 0 {
			all = append(all, one.String())
		}
	}
	if len(all) == 1 {
		return jsonString(all[0])
	}
	return jsonList(all, jsonString)
}

func (p *rulePrinter) dependency(d check.Dependency) jsonText {
	if d.Schema != nil {
		return p.schema(d.Schema).named(d.Name)
	}
	return jsonList(d.Names, jsonString).named(d.Name)
}

func (p *rulePrinter) condition(r check.If) []jsonText {
	out := []jsonText{p.schema(r.If).named("if")}
	if r.Then != nil {
		out = append(out, p.schema(r.Then).named("then"))
	}
	if r.Else != nil {
		out = append(out, p.schema(r.Else).named("else"))
	}
	return out
}

// discriminator is {"propertyName": "kind", "mapping": {"cat": 0}}.
func discriminator(r check.Discriminator) jsonText {
	return jsonText{text: "{", parts: []jsonText{
		jsonString(r.Property).named("propertyName"),
		jsonObject(r.Names, func(n check.Alternative) jsonText {
			return jsonText{text: strconv.Itoa(n.Branch)}.named(n.Value)
		}).named("mapping"),
	}}
}
