// Package protobuf reads schemas in the Protocol Buffers language as they stand
// in AsyncAPI documents: as a string, or as a .proto file, with what they import.
// It is the only importer of the compiler behind it.
//
// It imports source, diag, syntax, resolve and schema.
//
//	reader := schema.NewReader(resolver, protobuf.Language{})
//	payload := reader.ReadPayload(place, "application/vnd.google.protobuf;version=3")
//	if s, ok := payload.Definition.(*protobuf.Schema); ok && s.Message != nil {
//		fmt.Println(s.Message.FullName(), s.Message.Fields().Len())
//	}
package protobuf

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
	"github.com/bufbuild/protocompile/linker"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Schema is a file in the Protocol Buffers language and the message in it that a
// payload is.
type Schema struct {
	source.Origin
	// File is the linked file, nil when it could not be: findings say why.
	File protoreflect.FileDescriptor
	// Message is the message that is meant, nil when that is not clear.
	Message protoreflect.MessageDescriptor
}

// Kind makes a Schema a schema.Definition.
func (s *Schema) Kind() schema.FormatKind { return schema.FormatProtobuf }

// Limits of one schema. What goes beyond is a finding.
const (
	MaxSource  = 4 << 20 // bytes of one file
	MaxImports = 200     // files behind one schema
	MaxNesting = 100     // brackets within each other
	MaxErrors  = 1000    // that are told; the rest is not looked for
)

// Codes of findings.
const (
	codeSyntax    diag.Code = "protobuf-invalid"
	codeWarning   diag.Code = "protobuf-suspicious"
	codeImport    diag.Code = "protobuf-import"
	codeLimit     diag.Code = "protobuf-too-large"
	codeVersion   diag.Code = "protobuf-other-syntax"
	codeMessage   diag.Code = "protobuf-unknown-message"
	codeAmbiguous diag.Code = "protobuf-which-message"
	codeText      diag.Code = "protobuf-not-text"
)

// Language reads Protocol Buffers. It keeps no state.
type Language struct{}

// Kind is schema.FormatProtobuf.
func (Language) Kind() schema.FormatKind { return schema.FormatProtobuf }

// Text tells that .proto files are neither JSON nor YAML.
func (Language) Text() bool { return true }

// Read reads the schema at p and fills out.Definition with a *Schema. At a whole
// file, p.Pointer names the message that is meant, and p.Key is where the
// reference does so. Where no name is given, it is the only message, or the only
// one that no other has as a field.
func (Language) Read(r *schema.Reader, p resolve.Place, version string, out *schema.Payload) diag.List {
	if p.Node.Kind != syntax.String {
		var found diag.List
		found.Errorf(p, codeText, "a schema in Protobuf must be text or a reference to a .proto file, and is neither").
			WithHelp("write the schema as text: schema: |")
		return found
	}
	fresh := false
	c := r.Memo(compiled{p.Node, version}, func() any {
		fresh = true
		return compile(r.Resolver(), p.Node, version)
	}).(*compiler)
	s := &Schema{Origin: p.Origin()}
	out.Definition = s
	var found diag.List
	if fresh {
		found = c.found
	}
	if c.root.linked != nil {
		s.File = c.root.linked
		s.Message = c.message(&found, p)
	}
	return found
}

// compiled is the key of a schema's text that has been compiled.
type compiled struct {
	text    *syntax.Node
	version string
}

// compile compiles a text, with what it imports.
func compile(refs *resolve.Resolver, text *syntax.Node, version string) *compiler {
	c := &compiler{refs: refs, files: map[string]*unit{}, symbols: &linker.Symbols{}}
	c.root = newUnit(rootName(text), text.At.File, syntax.PartsOf(text.At, text.Text), text.Text)
	c.compile(c.root, version)
	return c
}

// isFile tells whether a text is a whole file.
func isFile(n *syntax.Node) bool {
	return n.At.Start == 0 && n.At.File != nil && n.At.End == len(n.At.File.Text())
}

// rootName is the name of a schema among what it imports.
func rootName(n *syntax.Node) string {
	if !isFile(n) {
		return "asyncapi.schema"
	}
	uri := n.At.File.URI()
	return uri[strings.LastIndexAny(uri, `/\`)+1:]
}
