package protobuf_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/protobuf"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/rogpeppe/go-internal/txtar"
)

// files is a loader of files at hand, below the directory "dir".
type files map[string]string

func (x files) Load(_ context.Context, uri string) (*source.File, error) {
	if text, ok := x[path.Clean(uri)]; ok {
		return source.NewFile(uri, []byte(text)), nil
	}
	if !strings.HasPrefix(uri, "dir/") {
		return nil, resolve.ErrNotAllowed
	}
	return nil, fs.ErrNotExist
}

// read reads a schema that is inlined in a document, as a block.
func read(text, version string, others files) (*protobuf.Schema, diag.List) {
	outer := "schema: |\n  " + strings.ReplaceAll(text, "\n", "\n  ") + "\n"
	return readIn(outer, version, others)
}

func readIn(outer, version string, others files) (*protobuf.Schema, diag.List) {
	refs := resolve.New(context.Background(), others)
	root := refs.Add(source.NewFile("dir/doc.yaml", []byte(outer)))
	return readAt(refs, resolve.Walk(root, "/schema"), version)
}

func readAt(refs *resolve.Resolver, p resolve.Place, version string) (*protobuf.Schema, diag.List) {
	reader := schema.NewReader(refs, protobuf.Language{})
	payload := reader.ReadPayload(p, "application/vnd.google.protobuf;version="+version)
	s, _ := payload.Definition.(*protobuf.Schema)
	found := refs.Findings()
	found.Add(reader.Findings()...)
	return s, found.Sorted()
}

// readFile reads the schema that a file is, and of it a message.
func readFile(name, message string, others files) (*protobuf.Schema, diag.List) {
	refs := resolve.New(context.Background(), others)
	doc := refs.Add(source.NewFile("dir/doc.yaml", []byte(fmt.Sprintf("schema: {$ref: '%s#%s'}", name, message))))
	p, ok := refs.Text(resolve.Walk(doc, "/schema"))
	if !ok {
		return nil, refs.Findings()
	}
	p.Pointer, p.Key = message, doc.Node.Get("schema").Get("$ref").At
	return readAt(refs, p, "3")
}

// TestFaults holds the findings about bad schemas to those that lie beside them.
// The schema is the first file of each archive; the others can be imported.
func TestFaults(t *testing.T) {
	golden.Each(t, "testdata", "*.txtar", func(t *testing.T, input string) {
		archive, err := txtar.ParseFile(input)
		if err != nil {
			t.Fatal(err)
		}
		others := files{}
		for _, f := range archive.Files[1:] {
			others["dir/"+f.Name] = string(f.Data)
		}
		version := strings.TrimPrefix(archive.Files[0].Name, "version ")
		s, found := read(strings.TrimSuffix(string(archive.Files[0].Data), "\n"), version, others)
		var b bytes.Buffer
		for _, d := range found {
			fmt.Fprintf(&b, "%s: %s: %s [%s]\n\tat: %s\n", d.At, d.Severity, d.Message, d.Code, d.At.Text())
			for _, n := range d.Notes {
				fmt.Fprintf(&b, "\tnote: %s: %s\n", n.At, n.Text)
			}
			if d.Help != "" {
				fmt.Fprintf(&b, "\thelp: %s\n", d.Help)
			}
		}
		if s != nil && s.Message != nil {
			fmt.Fprintf(&b, "message %s\n", s.Message.FullName())
		}
		golden.Check(t, input+".findings", b.Bytes())
	})
}

// TestInlined: whatever the style, a finding points at the same text.
func TestInlined(t *testing.T) {
	const text = "syntax = \"proto3\";\nmessage A {\n\tB b = 1; // it's\n  string c = 1;\n}\n"
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	for style, outer := range map[string]string{
		"literal": "schema: |\n  " + strings.ReplaceAll(text, "\n", "\n  "),
		"crlf":    strings.ReplaceAll("schema: |\n  "+strings.ReplaceAll(text, "\n", "\n  "), "\n", "\r\n"),
		"keep":    "schema: |2+\n  " + strings.ReplaceAll(text, "\n", "\n  "),
		"json":    `{"schema": ` + string(quoted) + "}",
		"single":  "schema: '" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), "\n", "\n\n  ") + "'",
	} {
		_, found := readIn(outer, "3", nil)
		if len(found) != 2 || found[0].At.Text() != "B" || found[1].At.Text() != "1" || found[1].At.Start < strings.Index(outer, "string c") {
			t.Errorf("%s: %v", style, found)
		}
	}
}

// TestMessage: which message of a file a payload is.
func TestMessage(t *testing.T) {
	others := files{
		"dir/one.proto":   `syntax = "proto3"; package p; message Only { message Inner {} enum E { A = 0; } }`,
		"dir/root.proto":  `syntax = "proto3"; package p; message Line {} message Order { repeated Line lines = 1; map<string, Line> m = 2; Order parent = 3; }`,
		"dir/map.proto":   `syntax = "proto3"; message Line {} message Order { map<string, Line> m = 2; map<string, int32> n = 3; }`,
		"dir/two.proto":   `syntax = "proto3"; package p; message A {} message B { message C {} }`,
		"dir/enum.proto":  `syntax = "proto3"; enum E { A = 0; }`,
		"dir/empty.proto": ``,
	}
	for _, c := range []struct{ file, name, want, finding string }{
		{"one.proto", "", "p.Only", ""},
		{"one.proto", "Only", "p.Only", ""},
		{"one.proto", "Only.Inner", "p.Only.Inner", ""},
		{"one.proto", "p.Only", "p.Only", ""},
		{"one.proto", "Onyl", "", `there is no message "Onyl" in one.proto`},
		{"root.proto", "", "p.Order", ""},
		{"map.proto", "", "Order", ""},
		{"two.proto", "", "", "the reference does not say which message of two.proto a payload is"},
		{"two.proto", "B.C", "p.B.C", ""},
		{"enum.proto", "", "", "the schema declares no message, so it does not say what a payload is"},
		{"empty.proto", "", "", "the schema declares no message, so it does not say what a payload is"},
		{"none.proto", "", "", `cannot read "none.proto": file does not exist`},
	} {
		s, found := readFile(c.file, c.name, others)
		got, finding := "", ""
		if s != nil && s.Message != nil {
			got = string(s.Message.FullName())
		}
		if len(found) > 0 {
			finding = found[0].Message
		}
		if got != c.want || finding != c.finding || len(found) > 1 {
			t.Errorf("%s#%s: %s, want %s: %v", c.file, c.name, got, c.want, found)
		}
	}
}

// TestImports: where imports are looked for.
func TestImports(t *testing.T) {
	others := files{
		"dir/proto/acme/order.proto": "syntax = \"proto3\";\nimport \"acme/money.proto\";\nimport \"google/protobuf/timestamp.proto\";\nmessage Order { Money total = 1; google.protobuf.Timestamp at = 2; }",
		"dir/proto/acme/money.proto": "\uFEFFsyntax = \"proto3\";\nimport \"beside.proto\"; message Money { Beside b = 1; }",
		"dir/proto/beside.proto":     `syntax = "proto3"; message Beside {}`,
	}
	s, found := readFile("proto/acme/order.proto", "", others)
	if len(found) > 0 || s.Message.FullName() != "Order" || s.Message.Fields().ByName("total").Message().FullName() != "Money" {
		t.Errorf("%+v: %v", s, found)
	}
	if s.Kind() != schema.FormatProtobuf || s.File.Path() != "order.proto" {
		t.Errorf("%+v", s)
	}
	others["dir/proto/beside.proto"] = "syntax = \"proto3\";\nmessage Beside { Besid x = 1; }"
	_, found = readFile("proto/acme/order.proto", "", others)
	if len(found) != 1 || found[0].At.String() != "dir/proto/beside.proto:2:18" {
		t.Errorf("%v", found)
	}
	others["dir/proto/acme/money.proto"] = "\uFEFFmessage Money { string x = 1; }"
	if _, found = readFile("proto/acme/order.proto", "", others); len(found) != 1 || found[0].At.Text() != "x" {
		t.Errorf("%v: %q", found, found[0].At.Text())
	}
}

// TestHostile: what is too large or too deep is said, and ends.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"deep":       strings.Repeat("message A {", 5000),
		"deep value": "option x = " + strings.Repeat("{a:", 5000),
		"large":      strings.Repeat("// comment\n", protobuf.MaxSource/10),
		"nothing":    "",
		"binary":     "\x00\xff\xfe",
		"open text":  `syntax = "proto3`,
		"open note":  "/* never closed",
	} {
		if _, found := read(text, "3", nil); len(found) == 0 {
			t.Errorf("%s: nothing found", name)
		}
	}
	begin := time.Now()
	if _, found := read(strings.Repeat("message A { Bb c = 1; }\n", 20000), "3", nil); len(found) < protobuf.MaxErrors || len(found) > protobuf.MaxErrors+10 {
		t.Errorf("%d findings", len(found))
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("a text full of faults took %v", took)
	}
	chain := files{}
	for i := range 300 {
		chain[fmt.Sprintf("dir/f%d.proto", i)] = fmt.Sprintf("syntax = \"proto3\"; import \"f%d.proto\"; message M%d { }", i+1, i)
	}
	if _, found := read(`syntax = "proto3"; import "f0.proto"; message A { M0 m = 1; }`, "3", chain); !strings.Contains(fmt.Sprint(found), "more than 200 files") {
		t.Errorf("%v", found)
	}
	for _, path := range []string{"/etc/passwd", "../doc.yaml", `..\doc.yaml`, "http://example.com/x.proto", "a//b.proto", "%2e%2e/x.proto", ""} {
		_, found := read(fmt.Sprintf("syntax = \"proto3\"; import %q; message A { }", path), "3", files{"dir/doc.yaml": "", "doc.yaml": ""})
		if len(found) != 1 || !strings.Contains(found[0].Message, "not allowed") {
			t.Errorf("%s: %v", path, found)
		}
	}
}

// TestNotText: a schema in Protobuf is text.
func TestNotText(t *testing.T) {
	s, found := readIn("schema: {message: Order}", "3", nil)
	if s != nil || len(found) != 1 || found[0].Code != "protobuf-not-text" {
		t.Errorf("%v", found)
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{
		"syntax = \"proto3\";\npackage a.b;\nimport \"x.proto\";\nmessage A { repeated int32 a = 1 [packed = true]; oneof o { string s = 2; } map<string, A> m = 3; reserved 5 to 9, 11; }\nenum E { Z = 0; option allow_alias = true; }\nservice S { rpc M (A) returns (stream A); }",
		"edition = \"2023\"; message A { extensions 4 to max; extend A { string x = 5; } }",
		"syntax = \"proto2\"; message A { optional group G = 1 { required bytes b = 2 [default = \"\\001\"]; } }",
		"message A { string a = 1; /* // */ }",
	} {
		f.Add(seed, "3")
	}
	f.Fuzz(func(t *testing.T, text, version string) {
		_, found := readIn("schema: "+quote(text), version, files{"dir/x.proto": text})
		for _, d := range found {
			if d.At.IsZero() || d.At.End > len(d.At.File.Text()) || d.At.Start > d.At.End || d.Message == "" {
				t.Fatalf("%q: %v", text, d)
			}
		}
	})
}

func quote(text string) string {
	quoted, _ := json.Marshal(text)
	return string(quoted)
}
