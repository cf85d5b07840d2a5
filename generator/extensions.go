package generator

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// The extensions that a document may give a schema for Go.
const (
	extensionType   = "x-go-type"
	extensionImport = "x-go-type-import"
	extensionName   = "x-go-name"
	extensionTags   = "x-go-tags"
)

// extension is the value of an extension of the schema itself, or nil.
func extension(s *schema.Schema, name string) *syntax.Node {
	if s == nil {
		return nil
	}
	for _, m := range s.Extensions {
		if m.Key.Text == name {
			return m.Value
		}
	}
	return nil
}

// slips tells of extensions of a schema that look like one of those for Go, and of
// an import without a type, which say nothing.
func (p *planner) slips(s *schema.Schema) {
	known := []string{extensionType, extensionImport, extensionName, extensionTags}
	for _, m := range s.Extensions {
		if key := m.Key.Text; strings.HasPrefix(key, "x-go") && !slices.Contains(known, key) && diag.Nearest(key, known) != "" {
			p.found.Warningf(m.Key, "go-extension", "%q says nothing here", key).Suggest(m.Key, key, known)
		}
	}
	if i := extension(s, extensionImport); i != nil && extension(s, extensionType) == nil {
		errExtension(&p.found, i, extensionImport, "says nothing without "+extensionType)
	}
}

// goType is the type that the document names for a schema.
func (p *planner) goType(s *schema.Schema) (GoType, bool) {
	n := extension(s, extensionType)
	if n == nil {
		return GoType{}, false
	}
	if n.Kind != syntax.String {
		errExtension(&p.found, n, extensionType, "must be a string")
		return GoType{}, false
	}
	text := n.Text
	if i := extension(s, extensionImport); i != nil {
		path, ok := importPath(i)
		if !ok {
			errExtension(&p.found, i, extensionImport, "must be an import path, or an object with one as path")
			return GoType{}, false
		}
		text = path + "." + text[strings.LastIndexByte(text, '.')+1:]
	}
	t, err := ParseGoType(text)
	if err != nil {
		errExtension(&p.found, n, extensionType, err.Error())
		return t, false
	}
	return t, p.readable(n, t, s.Types)
}

// importPath reads x-go-type-import: a path, or {path: …, name: …}, whose name
// says nothing that the path does not.
func importPath(n *syntax.Node) (string, bool) {
	if n.Kind == syntax.Mapping {
		n = n.Get("path")
	}
	if n == nil || n.Kind != syntax.String {
		return "", false
	}
	return n.Text, true
}

// goName is the name that the document gives a schema's type or field.
func (p *planner) goName(s *schema.Schema) string {
	n := extension(s, extensionName)
	switch {
	case n == nil:
		return ""
	case n.Kind != syntax.String || !isExportedName(n.Text):
		errExtension(&p.found, n, extensionName, "must be a Go identifier of ASCII that begins with a capital letter")
		return ""
	}
	return n.Text
}

// gotName reports a name of the document that was not to be had.
func (p *planner) gotName(s *schema.Schema, got string) {
	if own := p.goName(s); own != "" && own != got {
		errExtension(&p.found, extension(s, extensionName), extensionName, own+" is what something else is called: it would be "+got)
	}
}

// What a struct tag may hold: nothing that would have to be escaped.
var (
	tagKey   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.-]{0,63}$`)
	tagValue = regexp.MustCompile(`^[ !#-\[\]-_a-~]{0,256}$`)
)

// goTags are the struct tags that the document gives a member.
func (p *planner) goTags(s *schema.Schema) []ir.Tag {
	n := extension(s, extensionTags)
	if n == nil {
		return nil
	}
	if n.Kind != syntax.Mapping {
		errExtension(&p.found, n, extensionTags, "must be an object with a string for each tag")
		return nil
	}
	var out []ir.Tag
	for _, m := range n.Members {
		switch {
		case !tagKey.MatchString(m.Key.Text):
			errExtension(&p.found, m.Key, extensionTags, "must have letters and digits as keys")
		case m.Key.Text == "json":
			errExtension(&p.found, m.Key, extensionTags, "must leave the json tag to the schema")
		case m.Value.Kind != syntax.String || !tagValue.MatchString(m.Value.Text):
			errExtension(&p.found, m.Value, extensionTags, "must be strings of printable ASCII without quotes and backslashes")
		default:
			out = append(out, ir.Tag{Key: m.Key.Text, Value: m.Value.Text})
		}
	}
	slices.SortFunc(out, func(a, b ir.Tag) int { return cmp.Compare(a.Key, b.Key) })
	return out
}
