package edit

import (
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Document is a document and what is to become of it. Operations follow one
// another: each sees what those before it have done. It is not safe for
// concurrent use.
type Document struct {
	doc   *layout.Doc
	root  *node
	style style
	news  string // the line break of the text
}

// node is a value as it is to be. Nodes that nothing is done to are not opened.
type node struct {
	old   *layout.Node // where it is written, or what it replaces; nil when it is new
	fresh *syntax.Node // what it is when it is not what old says
	kids  []*child     // of an object or array that has been opened
	open  bool
	names map[string]*child // of an object that has been searched
}

// child is a member or item.
type child struct {
	old   *layout.Entry // where it is written; nil when it is new
	home  *node         // what it was written in
	name  string
	value *node
}

// Open reads a document to be edited. The Document is nil when the findings have
// errors: a text with mistakes cannot be edited safely.
func Open(f *source.File) (*Document, diag.List) {
	doc, found := layout.Parse(f)
	if doc == nil {
		return nil, found
	}
	return &Document{doc: doc, root: &node{old: doc.Root}, style: styleOf(doc), news: doc.Newline()}, found
}

// kind is what a value is.
func (n *node) kind() syntax.Kind {
	if n.fresh != nil {
		return n.fresh.Kind
	}
	return n.old.Value.Kind
}

// children opens an object or array; other values have none.
func (n *node) children() []*child {
	if n.open {
		return n.kids
	}
	if k := n.kind(); k != syntax.Mapping && k != syntax.Sequence {
		return nil
	}
	n.open = true
	switch {
	case n.fresh != nil:
		for _, m := range n.fresh.Members {
			n.kids = append(n.kids, &child{name: m.Key.Text, value: &node{fresh: m.Value}})
		}
		for _, item := range n.fresh.Items {
			n.kids = append(n.kids, &child{value: &node{fresh: item}})
		}
	default:
		for _, e := range n.old.Entries {
			n.kids = append(n.kids, &child{old: e, home: n, name: e.Name, value: &node{old: e.Value}})
		}
	}
	return n.kids
}

// value is the value with all that has been done to it.
func (n *node) value() *syntax.Node {
	switch {
	case !n.open && n.fresh != nil:
		return n.fresh
	case !n.open:
		return n.old.Value
	}
	v := &syntax.Node{Kind: n.kind()}
	if n.merges() {
		return n.merged(v)
	}
	for _, c := range n.kids {
		if v.Kind == syntax.Sequence {
			v.Items = append(v.Items, c.value.value())
		} else {
			v.Members = append(v.Members, Member(c.name, c.value.value()))
		}
	}
	return v
}

// merged is the value of an object with a merge key, the keys of which stay as
// they are.
func (n *node) merged(v *syntax.Node) *syntax.Node {
	for _, m := range n.old.Value.Members {
		i := slices.IndexFunc(n.kids, func(c *child) bool { return c.name == m.Key.Text && !c.old.Merge })
		if i >= 0 {
			m.Value = n.kids[i].value.value()
		}
		v.Members = append(v.Members, m)
	}
	return v
}

// merges tells whether an object has a merge key.
func (n *node) merges() bool {
	return n.fresh == nil && slices.ContainsFunc(n.old.Entries, func(e *layout.Entry) bool { return e.Merge })
}

// step finds a child by one token of a pointer. The child is nil when there is
// none, and the number then that of an item to be appended, or -1.
func (n *node) step(token string) (*child, int) {
	kids := n.children()
	if n.kind() == syntax.Sequence {
		i := index(token, len(kids))
		if i < 0 || i == len(kids) {
			return nil, i
		}
		return kids[i], i
	}
	if n.names == nil {
		n.names = make(map[string]*child, len(kids))
		for _, c := range kids {
			if c.old == nil || !c.old.Merge {
				n.names[c.name] = c
			}
		}
	}
	c := n.names[token]
	if c == nil {
		return nil, -1
	}
	return c, slices.Index(kids, c)
}

// add puts a child before the one with a number.
func (n *node) add(c *child, at int) {
	n.kids = slices.Insert(n.kids, at, c)
	if n.names != nil {
		n.names[c.name] = c
	}
}

// drop takes out the child with a number.
func (n *node) drop(at int) {
	delete(n.names, n.kids[at].name)
	n.kids = slices.Delete(n.kids, at, at+1)
}

// index reads a token as the number of an item; "-" is the one behind the last.
func index(token string, length int) int {
	if token == "-" {
		return length
	}
	n := 0
	for i, c := range token {
		if c < '0' || c > '9' || i > 0 && token[0] == '0' || i > 8 {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	if token == "" || n > length {
		return -1
	}
	return n
}

// way is where a pointer leads: the last value that is there, and the token that
// leads on from it.
type way struct {
	in    *node
	token string
	child *child // nil when there is none yet
	at    int    // its number, or where an item would go
}

// find goes along a pointer, all of which must exist but for the last token.
// Whatever is used in several places ends the way.
func (d *Document) find(pointer string) (way, error) {
	if pointer != "" && pointer[0] != '/' {
		return way{}, fmt.Errorf("%q is not a JSON Pointer: it must begin with a slash", pointer)
	}
	w := way{child: &child{value: d.root}}
	path := ""
	for _, token := range resolve.Tokens(pointer) {
		if w.child == nil {
			return way{}, missing(w, path)
		}
		w.in, w.token = w.child.value, token
		if err := d.enter(w.in, path); err != nil {
			return way{}, err
		}
		w.child, w.at = w.in.step(token)
		path += "/" + source.EscapeToken(token)
	}
	return w, nil
}

// enter tells whether what is in a value may be changed.
func (d *Document) enter(n *node, path string) error {
	if n.fresh == nil {
		if n.old.Style == layout.Alias {
			return fmt.Errorf("%s is %s: %w; change it where it is marked with &%s", title(path), d.text(n.old), ErrShared,
				d.text(n.old)[1:])
		}
		if name := d.anchor(n.old); name != "" {
			return fmt.Errorf("%s is marked as &%s, which aliases refer to: %w", title(path), name, ErrShared)
		}
	}
	if k := n.kind(); k != syntax.Mapping && k != syntax.Sequence {
		return fmt.Errorf("%s is a %s and has nothing in it: %w", title(path), k, ErrNotFound)
	}
	return nil
}

func title(path string) string {
	if path == "" {
		return "the document"
	}
	return path
}

func (d *Document) text(n *layout.Node) string { return d.doc.Slice(n.Start, n.End) }

// anchor is the name that a value is marked with, if aliases refer to it.
func (d *Document) anchor(n *layout.Node) string {
	for _, p := range n.Props {
		if name := d.doc.Slice(p.Start, p.End); name[0] == '&' && d.doc.Anchors[name[1:]] {
			return name[1:]
		}
	}
	return ""
}

// anchorWithin is the first name that anything in a value is marked with, if
// aliases refer to it.
func (d *Document) anchorWithin(n *layout.Node) string {
	if len(d.doc.Anchors) == 0 || n == nil {
		return ""
	}
	if name := d.anchor(n); name != "" {
		return name
	}
	for _, e := range n.Entries {
		if name := d.anchorWithin(e.Key); name != "" {
			return name
		}
		if name := d.anchorWithin(e.Value); name != "" {
			return name
		}
	}
	return ""
}

// missing says at which token a pointer leads nowhere.
func missing(w way, path string) error {
	if w.in.kind() == syntax.Sequence {
		return fmt.Errorf("%s: %w: the array has %d items", path, ErrNotFound, len(w.in.kids))
	}
	var names []string
	for _, c := range w.in.kids {
		names = append(names, c.name)
	}
	if near := diag.Nearest(w.token, names); near != "" {
		return fmt.Errorf("%s: %w; did you mean %q?", path, ErrNotFound, near)
	}
	return fmt.Errorf("%s: %w", path, ErrNotFound)
}
