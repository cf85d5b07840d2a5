package syntax

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Embedded is a document that is the text of a string in another one. It is
// immutable and safe for concurrent use.
type Embedded struct {
	Root   *Node // nil as of Parse
	parts  *Parts
	within map[*Node]source.Span // where each node stands in the string
	text   *source.File          // the string
}

// ParseText reads the text of a string as a YAML or JSON document of its own, as
// Parse does. Nodes and findings have their places in the file that the string
// is written in; where escapes or line folds stand, those of the whole escape.
// No finding has a fix: an edit would have to be written in the string's style.
func ParseText(n *Node) (*Embedded, diag.List) {
	e := &Embedded{parts: PartsOf(n.At, n.Text), within: map[*Node]source.Span{}, text: source.NewFile("", []byte(n.Text))}
	root, found := Parse(e.text)
	e.Root = root
	e.move(root)
	for _, d := range found {
		e.moveSpan(&d.At)
		for i := range d.Notes {
			e.moveSpan(&d.Notes[i].At)
		}
		d.Fix = nil
	}
	return e, found
}

// Part is the place of the bytes [start, end) of a string's text, be the string
// in the embedded document, or not as it always is when e is nil.
func (e *Embedded) Part(n *Node, start, end int) source.Span {
	if e != nil {
		if at, ok := e.within[n]; ok {
			inner := PartsOf(at, n.Text).Span(start, end)
			return e.parts.Span(inner.Start, inner.End)
		}
	}
	return PartsOf(n.At, n.Text).Span(start, end)
}

// move takes the places of a node to the file that the string is written in.
// The node was just parsed, so nobody else has it.
func (e *Embedded) move(n *Node) {
	if n == nil || !n.At.IsZero() && n.At.File != e.text {
		return // moved already
	}
	e.within[n] = n.At
	e.moveSpan(&n.At)
	for i := range n.Members {
		e.moveSpan(&n.Members[i].Key.At)
		e.move(n.Members[i].Value)
	}
	for _, item := range n.Items {
		e.move(item)
	}
}

func (e *Embedded) moveSpan(at *source.Span) {
	if at.File == e.text {
		*at = e.parts.Span(at.Start, at.End)
	}
}
