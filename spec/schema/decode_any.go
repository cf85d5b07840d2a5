package schema

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Codes of the reader's findings.
const (
	codeValue   diag.Code = "schema-invalid-value"
	codeType    diag.Code = "schema-unknown-type"
	codeRepeat  diag.Code = "schema-repeated-value"
	codeUnknown diag.Code = "schema-unknown-keyword"
	codeIgnored diag.Code = "schema-ignored-keyword"
	codeDepth   diag.Code = "schema-too-deep"
	codeDialect diag.Code = "schema-unknown-dialect"
)

// wrong reports a value that its keyword does not take.
func (d *decoding) wrong(key string, n *syntax.Node, want string) *diag.Diagnostic {
	found := d.found.Errorf(n, codeValue, "%q must be %s, is %s", key, want, describe(n))
	if isLeftOut(n) {
		found.WithHelp("give it a value or leave the key out")
	}
	return found
}

// isLeftOut tells whether n is the null of a key without a value.
func isLeftOut(n *syntax.Node) bool { return n.Kind == syntax.Null && n.At.Start == n.At.End }

// repeated reports a value that stands twice in a list of distinct ones.
func (d *decoding) repeated(key string, n, first *syntax.Node) *diag.Diagnostic {
	return d.found.Errorf(n, codeRepeat, "%q names %q twice", key, n.Text).Note(first, "first named here")
}

// wrongItem is wrong for an item of the array under a keyword.
func (d *decoding) wrongItem(key string, n *syntax.Node, want string) {
	d.found.Errorf(n, codeValue, "an item of %q must be %s, is %s", key, want, describe(n))
}

// describe says what a node is; short numbers and words with their text.
func describe(n *syntax.Node) string {
	switch n.Kind {
	case syntax.Null:
		return "null"
	case syntax.Bool:
		return n.Text
	case syntax.Number:
		if len(n.Text) <= 20 {
			return n.Text
		}
		return "a number"
	case syntax.String:
		return "a string"
	case syntax.Sequence:
		if len(n.Items) == 0 {
			return "an empty array"
		}
		return "an array"
	case syntax.Mapping:
		return "an object"
	}
	return "nothing"
}

// text reads a string; a nil field only checks it.
func text(field func(*Schema) *string) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		if p.Node.Kind != syntax.String {
			d.wrong(key, p.Node, "a string")
			return
		}
		if field != nil {
			*field(d.s) = p.Node.Text
		}
	}
}

func flag(field func(*Schema) *bool) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		if p.Node.Kind != syntax.Bool {
			found := d.wrong(key, p.Node, "true or false")
			if word, help, ok := p.Node.MeantBoolean(); ok {
				found.WithHelp("%s", help).WithFix(p.Node, word)
			}
			return
		}
		*field(d.s) = p.Node.Text == "true"
	}
}

// ignored is for keywords that say nothing to a reader of one schema.
func ignored(*decoding, string, resolve.Place) {}

// node keeps a value as it is.
func node(field func(*Schema) **syntax.Node) decoder {
	return func(d *decoding, _ string, p resolve.Place) { *field(d.s) = p.Node }
}

// sequence returns the items of an array, and reports anything else.
func (d *decoding) sequence(key string, p resolve.Place, of string) ([]*syntax.Node, bool) {
	if p.Node.Kind != syntax.Sequence {
		d.wrong(key, p.Node, "an array of "+of)
		return nil, false
	}
	return p.Node.Items, true
}

// names reads an array of distinct strings and leaves out what is none.
func (d *decoding) names(key string, p resolve.Place) []Name {
	items, ok := d.sequence(key, p, "strings")
	if !ok {
		return nil
	}
	names := make([]Name, 0, len(items))
	first := make(map[string]*syntax.Node, len(items))
	for _, n := range items {
		switch earlier := first[n.Text]; {
		case n.Kind != syntax.String:
			d.wrongItem(key, n, "a string")
		case earlier != nil:
			d.repeated(key, n, earlier)
		default:
			first[n.Text] = n
			names = append(names, Name{Text: n.Text, At: n.At})
		}
	}
	return names
}

func decodeType(d *decoding, key string, p resolve.Place) {
	switch n := p.Node; {
	case d.s.Dialect == OpenAPI30:
		d.s.Types = d.openAPIType(key, n)
	case n.Kind == syntax.String:
		d.s.Types = d.typeNamed(n)
	case n.Kind == syntax.Sequence && len(n.Items) > 0:
		for _, item := range n.Items {
			if item.Kind != syntax.String {
				d.wrongItem(key, item, "the name of a type")
				continue
			}
			t := d.typeNamed(item)
			if t != 0 && d.s.Types&t == t {
				d.found.Errorf(item, codeRepeat, "%q names %q twice", key, item.Text)
			}
			d.s.Types |= t
		}
	default:
		found := d.wrong(key, n, "the name of a type or an array of such names")
		if n.Kind == syntax.Null && n.At.Text() == "null" {
			found.WithHelp("quote it: \"null\"").WithFix(n, `"null"`)
			return
		}
		found.WithHelp("types are %s", quoted(typeNames[:]))
	}
}

func (d *decoding) typeNamed(n *syntax.Node) Types {
	for i, name := range typeNames {
		if name == n.Text {
			return 1 << i
		}
	}
	types := typeNames[:]
	if d.s.Dialect == OpenAPI30 {
		types = openAPITypes
	}
	found := d.found.Errorf(n, codeType, "%q is not a type", n.Text)
	word := strings.ToLower(n.Text)
	if d.s.Has("fields") || d.s.Has("symbols") {
		found.WithHelp("a schema in Avro needs its format named: schemaFormat: application/vnd.apache.avro;version=1.9.0")
	} else if near := nearestType(n.Text); near != "" && (near != "null" || d.s.Dialect != OpenAPI30) {
		found.WithHelp("did you mean %q?", near).Replace(n, near)
	} else if format := formatNames[word]; format != "" {
		found.WithHelp("write type: string and format: %s", format)
	} else if word == "any" {
		found.WithHelp("leave \"type\" out: any value is valid then")
	} else if first, _, several := strings.Cut(n.Text, "|"); several {
		found.WithHelp("write several types as an array: [%s, …]", strings.TrimSpace(first))
	} else {
		found.WithHelp("types are %s", quoted(types))
	}
	return 0
}

// nearestType is the type that a word most likely means, or "".
func nearestType(word string) string {
	if name, ok := otherNames[strings.ToLower(word)]; ok {
		return name
	}
	return diag.Nearest(word, typeNames[:])
}

// otherNames are what other languages call the types.
var otherNames = map[string]string{
	"int": "integer", "long": "integer", "short": "integer", "int32": "integer", "int64": "integer",
	"float": "number", "double": "number", "decimal": "number",
	"bool": "boolean", "str": "string", "text": "string", "nil": "null", "none": "null",
	"list": "array", "map": "object", "dict": "object", "struct": "object", "record": "object",
}

// formatNames are formats of strings that are taken for types, with the format
// that JSON Schema knows.
var formatNames = map[string]string{
	"date": "date", "time": "time", "datetime": "date-time", "date-time": "date-time", "timestamp": "date-time",
	"duration": "duration", "uuid": "uuid", "guid": "uuid", "email": "email", "uri": "uri", "url": "uri",
}

func decodeEnum(d *decoding, key string, p resolve.Place) {
	items, ok := d.sequence(key, p, "values")
	if !ok {
		return
	}
	if len(items) == 0 {
		d.found.Warningf(p.Node, codeValue, "%q is empty: no value is valid", key)
	}
	d.s.Enum = make([]*syntax.Node, 0, len(items))
	type scalar struct {
		kind syntax.Kind
		text string
	}
	first := make(map[scalar]*syntax.Node, len(items))
	for _, n := range items {
		if n.Kind < syntax.Sequence {
			id := scalar{n.Kind, n.Text}
			if earlier := first[id]; earlier != nil {
				d.found.Warningf(n, codeRepeat, "%q names the same value twice", key).Note(earlier, "first named here")
				continue
			}
			first[id] = n
		}
		d.s.Enum = append(d.s.Enum, n)
	}
}

func decodeExamples(d *decoding, key string, p resolve.Place) {
	d.s.Examples, _ = d.sequence(key, p, "values")
}

// object keeps a value that must be an object.
func object(field func(*Schema) **syntax.Node) decoder {
	return func(d *decoding, key string, p resolve.Place) {
		if p.Node.Kind != syntax.Mapping {
			d.wrong(key, p.Node, "an object")
			return
		}
		*field(d.s) = p.Node
	}
}
