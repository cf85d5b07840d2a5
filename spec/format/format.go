// Package format writes documents in their canonical layout. It changes white
// space and nothing else: no value, no key's place, no quote and no comment.
//
// It imports source, diag, syntax, layout and edit.
//
//	text, found := format.Document(source.NewFile("orders.yaml", text))
//	if text != nil {
//		os.Stdout.Write(text)
//	}
package format

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// codeFault is the code of findings about our own mistakes.
const codeFault diag.Code = "internal-format"

// Document returns a document in its canonical layout, as UTF-8. The text is nil
// when the findings have errors: a text with mistakes is not laid out anew. The
// result has been read again and means the same, to the order of keys, the
// literals of values and the comments; were it otherwise, that would be a
// finding with the code internal-format, and no text.
func Document(f *source.File) ([]byte, diag.List) {
	doc, found := layout.Parse(f)
	if doc == nil {
		return nil, found
	}
	text := write(doc)
	if why := differs(doc, text); why != "" {
		fault(&found, f, why)
		return nil, found
	}
	return text, found
}

// fault reports a mistake of ours.
func fault(found *diag.List, f *source.File, why string) {
	at := source.Span{File: f, Start: f.LineStart(1), End: f.LineStart(1)}
	found.Errorf(at, codeFault, "asyncwire cannot lay this document out without changing it: %s", why).
		WithHelp("this is a fault of asyncwire, and the file is left as it is; please report it")
}

func write(doc *layout.Doc) []byte {
	if doc.JSON {
		return writeJSON(doc.Text[doc.Begin:])
	}
	w := &walker{doc: doc}
	w.document()
	p := &printer{doc: doc, flows: w.flows}
	p.print(w.tokens)
	return p.out.Bytes()
}

func writeJSON(text []byte) []byte {
	var b bytes.Buffer
	if err := json.Indent(&b, bytes.TrimSpace(text), "", "  "); err != nil {
		return text // the caller sees that it has not changed
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// differs tells in what way a text is not what the document is, or "".
func differs(doc *layout.Doc, text []byte) string {
	again, found := layout.Parse(source.NewFile(doc.File.Name(), text))
	switch {
	case again == nil && found.HasErrors():
		return fmt.Sprintf("the result has mistakes: %s", found[0].Message)
	case again == nil:
		return "the result is empty"
	case !syntax.Equal(doc.Root.Value, again.Root.Value):
		return "a value would be another"
	case !sameWords(doc.Root, again.Root, doc, again):
		return "a value would be written otherwise"
	case len(doc.Comments) != len(again.Comments):
		return "a comment would get lost"
	}
	for i, c := range doc.Comments {
		if doc.Slice(c.Start, c.End) != again.Slice(again.Comments[i].Start, again.Comments[i].End) {
			return "a comment would be another"
		}
	}
	return ""
}

// sameWords tells whether two nodes have the same styles and, where they are on
// one line, the same texts.
func sameWords(a, b *layout.Node, in, of *layout.Doc) bool {
	if a.Style != b.Style || len(a.Props) != len(b.Props) || len(a.Entries) != len(b.Entries) {
		return false
	}
	for i, p := range a.Props {
		if q := b.Props[i]; in.Slice(p.Start, p.End) != of.Slice(q.Start, q.End) {
			return false
		}
	}
	for i, e := range a.Entries {
		f := b.Entries[i]
		if e.Key != nil && !sameWords(e.Key, f.Key, in, of) || !sameWords(e.Value, f.Value, in, of) {
			return false
		}
	}
	if a.Style.IsBlockCollection() || a.Style.IsFlow() || a.Style.IsBlockScalar() {
		return true
	}
	text := in.Text[a.Start:a.End]
	return bytes.ContainsAny(text, "\r\n") || bytes.Equal(text, of.Text[b.Start:b.End])
}
