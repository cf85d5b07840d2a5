package schema

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// vocabularies is a set of groups of keywords that a meta-schema of somebody's
// own names under "$vocabulary" (2019-09 and 2020-12 core §8.1.2). The empty set
// is that of the dialect itself, which has all of them but asserts no formats.
type vocabularies uint8

const (
	chosen    vocabularies = 1 << iota // by a meta-schema; core, which always holds
	applies                            // applicator
	evaluates                          // unevaluated
	validates                          // validation
	formats                            // format, as an annotation or as an assertion
	contents                           // content
	asserts                            // format-assertion
)

// vocabularyNames are the ends of the URIs of vocabularies, by dialect. Those that
// only annotate count as core.
var vocabularyNames = map[Dialect]map[string]vocabularies{
	Draft201909: {
		"core": chosen, "applicator": applies | evaluates, "validation": validates, "meta-data": chosen, "format": formats, "content": contents,
	},
	Draft202012: {
		"core": chosen, "applicator": applies, "unevaluated": evaluates, "validation": validates, "meta-data": chosen,
		"format-annotation": formats, "format-assertion": formats | asserts, "content": contents,
	},
}

// vocabularyOf are the vocabularies that a keyword may come from. Those that only
// annotate are read always, as are references.
func vocabularyOf(keyword string) vocabularies {
	switch keyword {
	case "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependencies",
		"prefixItems", "items", "additionalItems", "contains",
		"properties", "patternProperties", "additionalProperties", "propertyNames":
		return applies
	case "unevaluatedItems", "unevaluatedProperties":
		return evaluates
	case "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
		"maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "minContains", "maxContains",
		"maxProperties", "minProperties", "required", "dependentRequired":
		return validates
	case "format":
		return formats
	case "contentEncoding", "contentMediaType":
		return contents
	}
	return 0
}

// have tells whether a keyword is one of those in the set.
func (v vocabularies) have(keyword string) bool {
	of := vocabularyOf(keyword)
	return v == 0 || of == 0 || v&of != 0
}

// metaSchemaRules are what a meta-schema says about the schemas that name it.
type metaSchemaRules struct {
	dialect      Dialect
	vocabularies vocabularies
	unknown      []syntax.Key // vocabularies that must be known and are not
}

// switched is the scope inside of the object at p, which stands in sc: "$schema"
// names a dialect, or a meta-schema that builds on one.
func (r *Reader) switched(sc scope, p resolve.Place) scope {
	uri := textOf(p.Node, "$schema")
	if uri == "" {
		return sc
	}
	if named, ok := ParseDialect(uri); ok {
		if sc.dialect != AsyncAPI || named != Draft07 {
			sc.dialect, sc.vocabularies = named, 0
		}
	} else if rules := r.metaSchemaRules(uri, p); rules != nil {
		sc.dialect, sc.vocabularies = rules.dialect, rules.vocabularies
	}
	return sc
}

// metaSchemaRules reads what the meta-schema says that the schema at p names by
// an absolute URI, nil when it cannot be found or is of no dialect that is known.
// It may be any schema met so far, or in a file that the loader allows.
func (r *Reader) metaSchemaRules(uri string, p resolve.Place) *metaSchemaRules {
	uri = strings.TrimSuffix(uri, "#")
	if rules := r.refs.rules[uri]; rules != nil {
		return rules
	}
	rules := rulesOf(r.metaSchema(uri, p))
	if rules != nil {
		r.refs.rules[uri] = rules
	}
	return rules
}

// metaSchema finds the root of a meta-schema without a finding when there is none.
func (r *Reader) metaSchema(uri string, p resolve.Place) *syntax.Node {
	if !strings.Contains(uri, ":") || p.File == nil {
		return nil
	}
	known, ok := r.resources(uri)
	if !ok && r.identify() {
		known, ok = r.resources(uri)
	}
	if ok {
		return known.Node
	}
	f, err := r.res.Find(p.File, uri)
	if err != nil {
		return nil
	}
	root, _ := syntax.Parse(f)
	return root
}

// rulesOf reads a meta-schema. The vocabularies that it names tell its dialect;
// one that names none is as the dialect that it is written in.
func rulesOf(root *syntax.Node) *metaSchemaRules {
	if root == nil || root.Kind != syntax.Mapping {
		return nil
	}
	out := &metaSchemaRules{}
	out.dialect, _ = ParseDialect(textOf(root, "$schema"))
	if list := root.Get("$vocabulary"); list != nil && list.Kind == syntax.Mapping {
		out.vocabularies = chosen
		for i := range list.Members {
			out.add(&list.Members[i])
		}
	}
	if out.dialect == 0 || out.vocabularies != 0 && out.dialect&since2019 == 0 {
		return nil
	}
	return out
}

// add takes up one vocabulary and whether it must be known.
func (m *metaSchemaRules) add(entry *syntax.Member) {
	_, path, _ := strings.Cut(entry.Key.Text, "://json-schema.org/")
	draft, name, _ := strings.Cut(path, "/vocab/")
	d := dialectURIs["json-schema.org/"+draft+"/schema"]
	switch v, known := vocabularyNames[d][name]; {
	case known:
		m.dialect = d
		m.vocabularies |= v
	case entry.Value.Text == "true":
		m.unknown = append(m.unknown, entry.Key)
	}
}

// decodeDialect only reports what is wrong: the dialect has been switched
// before the members are read.
func decodeDialect(d *decoding, key string, p resolve.Place) {
	if p.Node.Kind != syntax.String {
		d.wrong(key, p.Node, "a string")
		return
	}
	if _, ok := ParseDialect(p.Node.Text); ok {
		return
	}
	rules := d.metaSchemaRules(p.Node.Text, p)
	if rules == nil {
		d.found.Warningf(p.Node, codeDialect, "%q names no dialect that is known", key).
			WithHelp("the schema is read as %s", d.s.Dialect)
		return
	}
	for _, name := range rules.unknown {
		d.found.Errorf(p.Node, codeDialect, "the meta-schema demands a vocabulary that is not known: %q", resolve.Shown(name.Text)).
			Note(name, "demanded here")
	}
}

// leftOut reports a keyword that the meta-schema leaves out.
func (r *Reader) leftOut(key syntax.Key) {
	r.found.Warningf(key, codeIgnored, "%q restricts nothing here: the meta-schema leaves out its vocabulary", key.Text).
		WithHelp("name the vocabulary under \"$vocabulary\" in the meta-schema, or leave the keyword out")
}
