package openapi

import (
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// rest makes of a document what is left to be judged when the schemas in use
// have been: they keep the schemas within, so that references into them lead
// somewhere, and lose what they say themselves.
type rest map[*syntax.Node]*schema.Schema

// of is a copy of a node, which stands under the given key, without what has
// been judged. The mappings of discriminators are left out too: the model looks
// for their references in the wrong file when they stand in another one. So is
// what stands beside a reference, which the model can compare for ever where
// references make a circle.
func (r rest) of(n *syntax.Node, key string) *syntax.Node {
	if s, used := r[n]; used {
		return r.bare(n, s)
	}
	if n.Kind < syntax.Sequence {
		return n
	}
	out := &syntax.Node{Kind: n.Kind, At: n.At}
	if m := n.Member("$ref"); m != nil && m.Value.Kind == syntax.String {
		out.Members = []syntax.Member{*m}
		return out
	}
	for _, m := range n.Members {
		if key != "discriminator" || m.Key.Text != "mapping" {
			out.Members = append(out.Members, syntax.Member{Key: m.Key, Value: r.of(m.Value, m.Key.Text)})
		}
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, r.of(item, ""))
	}
	return out
}

// bare is a schema in use that says nothing but which schemas are in it.
func (r rest) bare(n *syntax.Node, s *schema.Schema) *syntax.Node {
	out := &syntax.Node{Kind: syntax.Mapping, At: n.At}
	for _, m := range n.Members {
		var value *syntax.Node
		switch m.Key.Text {
		case "$ref":
			if s.Ref != nil {
				value = m.Value
			}
		case "items", "not", "additionalProperties", "contains", "propertyNames", "if", "then", "else", "contentSchema":
			value = r.schema(m.Value)
		case "allOf", "anyOf", "oneOf", "prefixItems", "properties", "patternProperties", "$defs", "dependentSchemas":
			value = r.several(m.Value)
		}
		if value != nil {
			out.Members = append(out.Members, syntax.Member{Key: m.Key, Value: value})
		}
	}
	return out
}

// schema is a schema within one in use; what is none has been reported.
func (r rest) schema(n *syntax.Node) *syntax.Node {
	if n.Kind != syntax.Mapping {
		return &syntax.Node{Kind: syntax.Mapping, At: n.At}
	}
	return r.of(n, "")
}

func (r rest) several(n *syntax.Node) *syntax.Node {
	if n.Kind < syntax.Sequence {
		return nil
	}
	out := &syntax.Node{Kind: n.Kind, At: n.At}
	for _, m := range n.Members {
		out.Members = append(out.Members, syntax.Member{Key: m.Key, Value: r.schema(m.Value)})
	}
	for _, item := range n.Items {
		out.Items = append(out.Items, r.schema(item))
	}
	return out
}
