package schema

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// openAPITypes are the types of OpenAPI 3.0, which has no null (3.0.3 "Data
// Types").
var openAPITypes = typeNames[1:]

// openAPIType reads the one type that a schema of OpenAPI 3.0 may name.
func (d *decoding) openAPIType(key string, n *syntax.Node) Types {
	switch {
	case n.Kind == syntax.Sequence:
		d.wrong(key, n, "the name of one type").WithHelp("%s", oneType(n))
		return 0
	case n.Kind == syntax.Null, n.Kind == syntax.String && n.Text == "null":
		d.found.Errorf(n, codeType, "OpenAPI 3.0 has no type null").
			WithHelp("name the type of the other values and write nullable: true beside it")
		return 0
	case n.Kind != syntax.String:
		d.wrong(key, n, "the name of a type").WithHelp("types are %s", quoted(openAPITypes))
		return 0
	}
	return d.typeNamed(n)
}

// oneType says how to do without a list of types.
func oneType(list *syntax.Node) string {
	var rest []string
	for _, item := range list.Items {
		if item.Kind == syntax.String && item.Text != "null" {
			rest = append(rest, item.Text)
		}
	}
	if len(rest) == 1 && len(list.Items) == 2 {
		return "write type: " + rest[0] + " and nullable: true"
	}
	return "write a schema for each type, under anyOf"
}

// decodeNullable adds null to the type that stands beside it; without one it
// means nothing, and null must be among the values of an enum all the same
// (OpenAPI 3.0.3 "Schema Object", nullable).
func decodeNullable(d *decoding, key string, p resolve.Place) {
	var nullable bool
	flag(func(*Schema) *bool { return &nullable })(d, key, p)
	if !nullable {
		return
	}
	d.then = append(d.then, func(s *Schema) {
		switch {
		case s.Types != 0:
			s.Types |= Types(TypeNull)
			if s.Enum != nil && !hasNull(s.Enum) {
				d.found.Warningf(s.KeyAt(key), codeIgnored, "%q allows nothing here: null is not in \"enum\"", key).
					Note(s.KeyAt("enum"), "the values that are valid").
					WithHelp("add null to the values")
			}
		case !s.Has("type"):
			d.found.Warningf(s.KeyAt(key), codeIgnored, "%q means nothing without \"type\" beside it", key).
				WithHelp("%s", nullableElsewhere(s))
		}
	})
}

// nullableElsewhere says where nullable counts when the schema at hand has no
// type.
func nullableElsewhere(s *Schema) string {
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		if s.Has(key) {
			return "make the schemas under " + key + " nullable, where their type stands"
		}
	}
	return "name the type, or leave it out: without a type null is valid"
}

func hasNull(values []*syntax.Node) bool {
	for _, v := range values {
		if v.Kind == syntax.Null {
			return true
		}
	}
	return false
}

// decodeExample keeps the one example as the only one of several.
func decodeExample(d *decoding, _ string, p resolve.Place) {
	d.s.Examples = append(d.s.Examples, p.Node)
}

// decodeDiscriminator reads the property and what its values name.
func decodeDiscriminator(d *decoding, key string, p resolve.Place) {
	if p.Node.Kind != syntax.Mapping {
		found := d.wrong(key, p.Node, "an object")
		if p.Node.Kind == syntax.String {
			found.WithHelp("write it as {propertyName: %s}", p.Node.Text)
		}
		return
	}
	property := p.Child("propertyName")
	switch {
	case property.Node == nil:
		d.found.Errorf(d.s.KeyAt(key), codeValue, "%q lacks \"propertyName\"", key).
			WithHelp("name the property whose value names the schema")
	case property.Node.Kind != syntax.String:
		d.wrong("propertyName", property.Node, "a string")
	default:
		d.s.Discriminator = property.Node.Text
	}
	if mapping := p.Child("mapping"); mapping.Node != nil {
		d.then = append(d.then, func(s *Schema) { d.mapping(s, mapping) })
	}
}

// decodeDiscriminatorName reads AsyncAPI's discriminator, which is the name of a
// property alone. AsyncAPI 3.1 "Schema Object", discriminator.
func decodeDiscriminatorName(d *decoding, key string, p resolve.Place) {
	if p.Node.Kind == syntax.String {
		d.s.Discriminator = p.Node.Text
		return
	}
	found := d.wrong(key, p.Node, "a string")
	if name := p.Node.Get("propertyName"); name != nil && name.Kind == syntax.String {
		found.WithHelp("write the name of the property alone: discriminator: %s", name.Text)
	}
}

// mapping reads which schemas the values of a discriminator name. It is done
// when the alternatives are known: a plain name may be that of one of them.
func (d *decoding) mapping(s *Schema, p resolve.Place) {
	if p.Node.Kind != syntax.Mapping {
		d.wrong("mapping", p.Node, "an object with the name of a schema for each value")
		return
	}
	for _, m := range p.Node.Members {
		if m.Value.Kind != syntax.String {
			d.wrong("mapping", m.Value, "the name of a schema or a reference to it")
			continue
		}
		out := Mapping{Value: Name{m.Key.Text, m.Key.At}, Target: Name{m.Value.Text, m.Value.At}}
		if isReference(out.Target.Text) || !isAlternative(s, out.Target.Text) {
			out.Schema = d.refer(member(p, m))
		}
		s.Mapping = append(s.Mapping, out)
	}
}

// refer queues the reference that a string of a mapping is.
func (d *decoding) refer(p resolve.Place) *Schema {
	node := *p.Node
	if !isReference(node.Text) {
		node.Text = "#/components/schemas/" + source.EscapeToken(node.Text)
	}
	s := &Schema{Origin: p.Origin(), Dialect: d.s.Dialect, Resource: d.s.Resource, ref: &node}
	d.refs.pending = append(d.refs.pending, reference{schema: s, node: &node, file: p.File, scope: d.scope})
	return s
}

// isReference tells a reference from the plain name of a schema.
func isReference(text string) bool {
	return strings.ContainsAny(text, "/#") || strings.HasSuffix(text, ".json") ||
		strings.HasSuffix(text, ".yaml") || strings.HasSuffix(text, ".yml")
}

// isAlternative tells whether one of the schemas under oneOf or anyOf is
// referenced by a path that ends with the name.
func isAlternative(s *Schema, name string) bool {
	for _, list := range [][]*Schema{s.OneOf, s.AnyOf} {
		for _, one := range list {
			if one.ref == nil {
				continue
			}
			if _, last := cutLast(one.ref.Text); source.UnescapeToken(last) == name {
				return true
			}
		}
	}
	return false
}

// isAdditionalProperties tells whether a pointer leads to the one place where a
// schema of OpenAPI 3.0 may be true or false.
func isAdditionalProperties(pointer string) bool {
	return strings.HasSuffix(pointer, "/additionalProperties") && !strings.HasSuffix(pointer, "/properties/additionalProperties")
}

// insteadInOpenAPI says how OpenAPI 3.0 expresses a keyword of another dialect.
func insteadInOpenAPI(key string) string {
	switch key {
	case "const":
		return `write it as "enum" with one value`
	case "patternProperties":
		return `describe the values of all properties that are not named in "additionalProperties"`
	case "prefixItems", "additionalItems":
		return `one schema under "items" is for all items: list alternatives in its "anyOf"`
	case "contentEncoding":
		return `write it as format: byte`
	}
	return "schemas are read as those of OpenAPI 3.0, which have no such keyword"
}
