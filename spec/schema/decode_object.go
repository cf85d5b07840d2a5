package schema

import (
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

func decodeRequired(d *decoding, key string, p resolve.Place) {
	switch p.Node.Kind {
	case syntax.Bool:
		d.wrong(key, p.Node, "an array of strings").WithHelp("name the property in %q of the object that it belongs to", key)
	case syntax.String:
		d.wrong(key, p.Node, "an array of strings").WithHelp("write it as [%s]", p.Node.Text)
	default:
		d.s.Required = d.names(key, p)
	}
}

// members returns the members of an object with their places, and reports
// anything else.
func (d *decoding) members(key string, p resolve.Place) []syntax.Member {
	if p.Node.Kind != syntax.Mapping {
		d.wrong(key, p.Node, "an object with a schema for each member")
		return nil
	}
	return p.Node.Members
}

// member is the place of a member that is at hand.
func member(p resolve.Place, m syntax.Member) resolve.Place {
	return resolve.Place{Node: m.Value, File: p.File, Pointer: p.Pointer + "/" + source.EscapeToken(m.Key.Text)}
}

// properties reads named schemas; the keyword may come twice under two names.
func properties(field func(*Schema) *[]Property) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		list := field(d.s)
		for _, m := range d.members(key, p) {
			*list = append(*list, Property{
				Name:   Name{Text: m.Key.Text, At: m.Key.At},
				Schema: d.read(member(p, m), d.scope),
			})
		}
	}
}

func decodePatternProperties(d *decoding, key string, p resolve.Place) {
	for _, m := range d.members(key, p) {
		d.s.PatternProperties = append(d.s.PatternProperties, PatternProperty{
			Pattern: Pattern{Text: m.Key.Text, At: m.Key.At},
			Schema:  d.read(member(p, m), d.scope),
		})
	}
}

// decodeDependencies reads members that are either the names of further
// required properties or a schema for the whole object.
func decodeDependencies(d *decoding, key string, p resolve.Place) {
	for _, m := range d.members(key, p) {
		dep := Dependency{Name: Name{Text: m.Key.Text, At: m.Key.At}}
		at := member(p, m)
		if m.Value.Kind == syntax.Sequence {
			dep.Names = d.names("dependencies of "+m.Key.Text, at)
		} else {
			dep.Schema = d.read(at, d.scope)
		}
		d.s.Dependencies = append(d.s.Dependencies, dep)
	}
}

func decodeDependentRequired(d *decoding, key string, p resolve.Place) {
	for _, m := range d.members(key, p) {
		d.s.Dependencies = append(d.s.Dependencies, Dependency{
			Name:  Name{Text: m.Key.Text, At: m.Key.At},
			Names: d.names(key+" of "+m.Key.Text, member(p, m)),
		})
	}
}

func decodeDependentSchemas(d *decoding, key string, p resolve.Place) {
	for _, m := range d.members(key, p) {
		d.s.Dependencies = append(d.s.Dependencies, Dependency{
			Name:   Name{Text: m.Key.Text, At: m.Key.At},
			Schema: d.read(member(p, m), d.scope),
		})
	}
}
