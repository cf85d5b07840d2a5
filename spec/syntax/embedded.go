package syntax

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// ParseText reads the text of a string as a YAML or JSON document of its own, as
// Parse does. Nodes and findings have their places in the file that the string
// is written in; where escapes or line folds stand, those of the whole escape.
// No finding has a fix: an edit would have to be written in the string's style.
func ParseText(n *Node) (*Node, diag.List) {
	inner := source.NewFile("", []byte(n.Text))
	root, found := Parse(inner)
	m := mover{from: inner, to: PartsOf(n.At, n.Text), moved: map[*Node]bool{}}
	m.node(root)
	for _, d := range found {
		m.span(&d.At)
		for i := range d.Notes {
			m.span(&d.Notes[i].At)
		}
		d.Fix = nil
	}
	return root, found
}

// mover takes the places in a text to the file that the text is written in.
type mover struct {
	from  *source.File
	to    *Parts
	moved map[*Node]bool
}

func (m *mover) span(at *source.Span) {
	if at.File == m.from {
		*at = m.to.Span(at.Start, at.End)
	}
}

// node moves a node that was just parsed and that nobody else has.
func (m *mover) node(n *Node) {
	if n == nil || m.moved[n] {
		return
	}
	m.moved[n] = true
	m.span(&n.At)
	for i := range n.Members {
		m.span(&n.Members[i].Key.At)
		m.node(n.Members[i].Value)
	}
	for _, item := range n.Items {
		m.node(item)
	}
}
