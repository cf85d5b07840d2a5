package avro_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/avro"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/rogpeppe/go-internal/txtar"
)

// files is a loader of files at hand.
type files map[string]string

func (x files) Load(_ context.Context, uri string) (*source.File, error) {
	if text, ok := x[uri]; ok {
		return source.NewFile(uri, []byte(text)), nil
	}
	return nil, fmt.Errorf("%w: there is no such file", resolve.ErrNotAllowed)
}

// read reads the schema that a file is, at a pointer in it.
func read(name, text, pointer, version string, others files) (*avro.Schema, diag.List) {
	refs := resolve.New(context.Background(), others)
	root := refs.Add(source.NewFile(name, []byte(text)))
	reader := schema.NewReader(refs, avro.Language{})
	var s *avro.Schema
	if root.Node != nil {
		format := "application/vnd.apache.avro"
		if version != "" {
			format += ";version=" + version
		}
		p := reader.ReadPayload(resolve.Walk(root, pointer), format)
		s, _ = p.Definition.(*avro.Schema)
	}
	found := refs.Findings()
	found.Add(reader.Findings()...)
	return s, found.Sorted()
}

func cases(t testing.TB, file string) []txtar.File {
	t.Helper()
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return archive.Files
}

// TestValid: nothing is found in what the standard allows.
func TestValid(t *testing.T) {
	for _, c := range cases(t, "testdata/valid.txtar") {
		s, found := read(c.Name, string(c.Data), "", "1.12.0", nil)
		if len(found) > 0 {
			t.Errorf("%s: %v", c.Name, found)
		} else if s.Type == avro.Unknown {
			t.Errorf("%s: nothing was read", c.Name)
		}
	}
}

// TestFaults: each fault is one finding, at the place that lies beside it.
func TestFaults(t *testing.T) {
	var b bytes.Buffer
	for _, c := range cases(t, "testdata/invalid.txtar") {
		_, found := read(c.Name, string(c.Data), "", "1.12.0", nil)
		fmt.Fprintf(&b, "-- %s --\n%s", c.Name, shown(found))
		if len(found) != 1 {
			t.Errorf("%s: %d findings: %v", c.Name, len(found), found)
		}
	}
	golden.Check(t, "testdata/invalid.findings", b.Bytes())
}

// shown lists findings with the text that each points at.
func shown(found diag.List) string {
	var b strings.Builder
	for _, d := range found {
		fmt.Fprintf(&b, "%s: %s: %s [%s]\n", d.At, d.Severity, d.Message, d.Code)
		fmt.Fprintf(&b, "\tat: %s\n", d.At.Text())
		for _, n := range d.Notes {
			fmt.Fprintf(&b, "\tnote: %s: %s\n", n.At, n.Text)
		}
		if d.Help != "" {
			fmt.Fprintf(&b, "\thelp: %s\n", d.Help)
		}
	}
	return b.String()
}

// TestInlined: a schema that is written as a string has the findings of the same
// schema as an object, at the same text.
func TestInlined(t *testing.T) {
	for _, c := range slices.Concat(cases(t, "testdata/invalid.txtar"), cases(t, "testdata/valid.txtar")) {
		_, plain := read("f", string(c.Data), "", "1.12.0", nil)
		quoted, err := json.Marshal(strings.TrimSpace(string(c.Data)))
		if err != nil {
			t.Fatal(err)
		}
		for style, outer := range map[string]string{
			"literal": "schema: |\n  " + strings.ReplaceAll(strings.TrimSpace(string(c.Data)), "\n", "\n  ") + "\n",
			"single":  "schema: '" + strings.ReplaceAll(strings.TrimSpace(string(c.Data)), "'", "''") + "'\n",
			"json":    `{"schema": ` + string(quoted) + "}",
			"object":  `{"schema": ` + string(c.Data) + "}",
		} {
			_, found := read("f", outer, "/schema", "1.12.0", nil)
			if len(found) != len(plain) {
				t.Errorf("%s as %s: %v", c.Name, style, found)
				continue
			}
			for i, d := range found {
				got := d.At.Text()
				if style == "json" {
					_ = json.Unmarshal([]byte(`"`+got+`"`), &got)
				}
				if want := plain[i]; d.Message != want.Message || got != want.At.Text() && want.At.Text() != "{" && want.At.Text() != "[" {
					t.Errorf("%s as %s:\n%v: %q\nwant\n%v: %q", c.Name, style, d, got, want, want.At.Text())
				}
			}
		}
	}
}

// TestVersions: what a version does not know yet is said.
func TestVersions(t *testing.T) {
	const branch = `{"type": "record", "name": "A", "fields": [{"name": "b", "type": ["null", "string"], "default": "x"}]}`
	for _, c := range []struct{ text, since string }{
		{`{"type": "enum", "name": "E", "symbols": ["A"], "default": "A"}`, "1.9.0"},
		{`{"type": "string", "logicalType": "uuid"}`, "1.9.0"},
		{`{"type": "long", "logicalType": "local-timestamp-micros"}`, "1.10.2"},
		{`{"type": "long", "logicalType": "timestamp-nanos"}`, "1.12.0"},
		{`{"type": "bytes", "logicalType": "big-decimal"}`, "1.12.0"},
		{`{"type": "fixed", "name": "U", "size": 16, "logicalType": "uuid"}`, "1.12.0"},
		{branch, "1.12.0"},
	} {
		known := false
		for _, version := range []string{"1.8.2", "1.9.0", "1.10.2", "1.11.3", "1.12.0"} {
			known = known || version == c.since
			if _, found := read("f", c.text, "", version, nil); (len(found) == 0) != known {
				t.Errorf("%s in %s: %v", c.text, version, found)
			}
		}
		for _, version := range []string{"", "2.0", "x"} {
			if _, found := read("f", c.text, "", version, nil); len(found) > 0 {
				t.Errorf("%s in %q: %v", c.text, version, found)
			}
		}
	}
}

// TestModel demands what a schema says.
func TestModel(t *testing.T) {
	s, found := read("f", `
type: record
name: com.acme.Order
aliases: [Purchase]
doc: an order
x: 1
fields:
  - {name: id, type: {type: fixed, name: Id, size: 16, logicalType: uuid}}
  - {name: price, type: {type: bytes, logicalType: decimal, precision: 9, scale: 2}, order: ignore, y: 2}
  - {name: state, type: {type: enum, name: State, symbols: [OPEN, PAID], default: OPEN}}
  - {name: parent, type: ["null", Order], default: null}
  - {name: ids, type: {type: array, items: Id}}
  - {name: tags, type: {type: map, values: string}}
`, "", "1.12.0", nil)
	if len(found) > 0 {
		t.Fatal(found)
	}
	id, price, state := s.Field("id").Type, s.Field("price"), s.Field("state").Type
	for name, ok := range map[string]bool{
		"names":     s.FullName() == "com.acme.Order" && slices.Equal(s.Aliases, []string{"com.acme.Purchase"}) && id.FullName() == "com.acme.Id",
		"doc":       s.Doc == "an order" && s.Kind() == schema.FormatAvro && s.Type == avro.Record,
		"metadata":  len(s.Properties) == 1 && s.Properties[0].Key.Text == "x" && len(price.Properties) == 1,
		"fixed":     id.Type == avro.Fixed && id.Size == 16 && id.Logical.Name == "uuid",
		"decimal":   *price.Type.Logical == avro.Logical{Name: "decimal", Precision: 9, Scale: 2} && price.Order == "ignore",
		"enum":      slices.Equal(state.Symbols, []string{"OPEN", "PAID"}) && *state.Default == "OPEN",
		"recursion": s.Field("parent").Type.Branches[1] == s && s.Field("parent").Default != nil,
		"again":     s.Field("ids").Type.Items == id && s.Field("ids").Default == nil && s.Field("none") == nil,
		"map":       s.Field("tags").Type.Values.Type == avro.String,
	} {
		if !ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// TestReferences follows AsyncAPI's references, into files and within one.
func TestReferences(t *testing.T) {
	others := files{
		"address.avsc": `{"type": "record", "name": "Address", "fields": [{"name": "city", "type": "string"}, {"name": "in", "type": {"$ref": "country.avsc"}}]}`,
		"country.avsc": `{"type": "enum", "name": "Country", "symbols": ["DE", "FR"]}`,
		"broken.avsc":  `{"type": "record", "name": "Broken", "fields": [{"name": "b", "type": "strng"}]}`,
		"loop.avsc":    `{"type": "array", "items": {"$ref": "loop.avsc"}}`,
		"node.avsc":    `{"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", {"$ref": "node.avsc"}]}]}`,
		"wrapped.yaml": `{schemaFormat: application/vnd.apache.avro, schema: {type: array, items: int}}`,
		"json.yaml":    `{schemaFormat: application/schema+json;version=draft-07, schema: {type: array}}`,
	}
	for ref, want := range map[string]string{
		"address.avsc":  "",
		"broken.avsc":   `broken.avsc:1:71: error: there is no type "strng" [avro-unknown-type]`,
		"loop.avsc":     `loop.avsc:1:28: error: a type without a name cannot contain itself [avro-endless]`,
		"node.avsc":     "",
		"wrapped.yaml":  "",
		"json.yaml":     `f:2:72: error: the reference leads to a schema in the format "application/schema+json;version=draft-07", but stands in one in Avro [schema-other-format]`,
		"absent.avsc":   `f:2:72: error: cannot read "absent.avsc": not allowed: there is no such file [ref-unreadable]`,
		"#/nowhere":     `f:2:72: error: reference "#/nowhere" points at nothing [ref-not-found]`,
		"#/components":  "",
		"#/components/": `f:2:72: error: reference "#/components/" points at nothing [ref-not-found]`,
	} {
		text := "components: {type: enum, name: E, symbols: [A]}\n" +
			`schema: {"type": "record", "name": "A", "fields": [{"name": "b", "type": {"$ref": "` + ref + `"}}, {"name": "c", "type": {"$ref": "` + ref + `"}}]}`
		want = strings.ReplaceAll(want, "f:2:72", "f:2:83")
		s, found := read("f", text, "/schema", "1.12.0", others)
		var got []string
		for _, d := range found {
			got = append(got, d.String())
		}
		if strings.Join(got, "\n") != want && !(len(got) == 2 && got[0] == want) {
			t.Errorf("%s: %s", ref, strings.Join(got, "\n"))
		}
		if want == "" && s.Field("b").Type.Type.String() != "array" && s.Field("b").Type != s.Field("c").Type {
			t.Errorf("%s: two types", ref)
		}
	}
}

// TestHostile: neither depth nor sharing makes reading endless.
func TestHostile(t *testing.T) {
	var diamond strings.Builder
	diamond.WriteString("a0: &a0 {type: array, items: int}\n")
	for i := 1; i < 15; i++ {
		fmt.Fprintf(&diamond, "a%d: &a%d {type: record, name: R%d, fields: [{name: x, type: *a%d}, {name: y, type: *a%d}]}\n", i, i, i, i-1, i-1)
	}
	diamond.WriteString("schema: *a14\n")
	if s, found := read("f", diamond.String(), "/schema", "", nil); s == nil || s.Field("x").Type != s.Field("y").Type {
		t.Errorf("%v", found)
	}
	deep := strings.Repeat(`{"type":"array","items":`, 900) + `"int"` + strings.Repeat("}", 900)
	if _, found := read("f", deep, "", "", nil); len(found) > 0 {
		t.Errorf("900 levels: %v", found[0])
	}
	chain := files{}
	for i := range 30 {
		chain[fmt.Sprint("f", i)] = strings.Repeat(`{"type":"array","items":`, 100) + fmt.Sprintf(`{"$ref": "f%d"}`, i+1) + strings.Repeat("}", 100)
	}
	if _, found := read("f", `{"$ref": "f0"}`, "", "", chain); len(found) == 0 {
		t.Errorf("3000 levels were read: %v", found)
	}
	value := `7`
	for range 300 {
		value = `{"u": ` + value + `}`
	}
	text := `{"type": "record", "name": "A", "fields": [{"name": "u", "type": ["A", "string", {"type": "record", "name": "B", "fields": [
		{"name": "u", "type": ["string", "A", "B"]}]}], "default": ` + value + `}]}`
	if _, found := read("f", text, "", "1.12.0", nil); len(found) != 1 {
		t.Errorf("%v", found)
	}
	var many strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&many, `{"type": "record", "name": "Name%d", "fields": [{"name": "x", "type": "Nome%d"}]},`, i, i)
	}
	if _, found := read("f", "["+strings.TrimSuffix(many.String(), ",")+"]", "", "", nil); len(found) != 20000 {
		t.Errorf("%d findings", len(found))
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"testdata/valid.txtar", "testdata/invalid.txtar"} {
		for _, c := range cases(f, name) {
			f.Add(string(c.Data), "1.9.0")
		}
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		for _, pointer := range []string{"", "/k"} {
			outer := text
			if pointer != "" {
				quoted, _ := json.Marshal(text)
				outer = `{"k": ` + string(quoted) + "}"
			}
			_, found := read("f", outer, pointer, version, nil)
			for _, d := range found {
				if d.At.IsZero() || d.At.End > len(d.At.File.Text()) || d.At.Start > d.At.End || d.Message == "" {
					t.Fatalf("%q: %v", outer, d)
				}
			}
		}
	})
}
