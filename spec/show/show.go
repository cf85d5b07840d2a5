// Package show writes what a document describes as a tree for people: servers,
// channels with their addresses, operations with their messages and replies.
//
// It imports spec and its parts, and diag/render for what a terminal may show.
//
//	err := show.Tree(os.Stdout, doc, 0)
//
//	Shop 1.2.0 (AsyncAPI 3.0.0)
//
//	operations
//	└─ sendOrderPlaced → shop.orders.placed
//	   └─ orderPlaced: OrderPlaced (object), application/json
package show

import (
	"bufio"
	"io"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag/render"
)

// Tree writes the application that a document describes. Lines that take more
// than width cells of a terminal are cut; 0 is no bound. Text of the document
// cannot control the terminal. An error is that of w.
func Tree(w io.Writer, d *spec.Document, width int) error {
	p := printer{out: bufio.NewWriter(w), width: width}
	p.line(heading(d))
	for _, section := range []node{servers(d), channels(d), operations(d)} {
		if len(section.below) > 0 {
			p.line("")
			p.line(section.text)
			p.nodes("", section.below)
		}
	}
	return p.out.Flush()
}

// heading names the application.
func heading(d *spec.Document) string {
	words := []string{d.Info.Title.Value, d.Info.Version.Value, "(AsyncAPI " + d.Version.Value + ")"}
	if words[0] == "" {
		words[0] = "an application without a title"
	}
	if words[1] == "" {
		words = append(words[:1], words[2])
	}
	return strings.Join(words, " ")
}

// node is a line of the tree and what stands below it.
type node struct {
	text  string
	below []node
	more  func() []node // what stands below, made when it is written: a small document can describe very much
}

// add puts a line below the node, unless it says nothing.
func (n *node) add(text string) {
	if text != "" {
		n.below = append(n.below, node{text: text})
	}
}

type printer struct {
	out   *bufio.Writer
	width int
}

func (p *printer) nodes(indent string, list []node) {
	for i, n := range list {
		branch, below := "├─ ", "│  "
		if i == len(list)-1 {
			branch, below = "└─ ", "   "
		}
		p.line(indent + branch + n.text)
		if n.more != nil {
			n.below = n.more()
		}
		p.nodes(indent+below, n.below)
	}
}

// line writes one line, cut to the width. The writer keeps its first error.
func (p *printer) line(text string) {
	text = render.Plain(text)
	if p.width > 0 && render.Cells(text) > p.width {
		cells := 0
		for i, r := range text {
			if cells += render.Cells(string(r)); cells >= p.width {
				text = text[:i] + "…"
				break
			}
		}
	}
	_, _ = p.out.WriteString(text + "\n")
}
