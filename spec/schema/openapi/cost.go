package openapi

import (
	"net/url"
	"strings"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// The work that the model may be given for one document. Its loader walks
// through what a reference leads to once for each reference, and decodes every
// level of nesting anew.
const (
	maxText  = 8 << 20 // bytes of JSON, of all files together
	maxNodes = 1 << 19 // values, aliases written out
	maxFiles = 100
	maxSteps = 1 << 19 // objects that references lead through
	maxScans = 1 << 26 // bytes of scalars times the level that they stand on
	maxVisit = 1 << 23 // objects times the places that each is validated from
)

// budget is what the files of a document, given to the model so far, will cost.
type budget struct {
	nodes, scans, steps int
	objects             int
	roots               int // schemas that are validated with all that they refer to
	outward             int // references into other files
}

// affords takes another file into account and tells whether it is not too much.
func (b *budget) affords(root resolve.Place) bool {
	c := cost{root: root, sizes: map[*syntax.Node]int{}, known: map[string]int{}}
	if schemas := resolve.Walk(root, "/components/schemas").Node; schemas != nil {
		c.roots = len(schemas.Members)
	}
	objects := c.add(root.Node, 1)
	if b.nodes += c.nodes; b.nodes > maxNodes {
		return false
	}
	b.steps += b.outward * objects // each may lead here
	for _, ref := range c.refs {
		if b.steps += c.steps(ref); b.steps > maxSteps {
			return false
		}
		if !strings.HasPrefix(ref, "#") {
			b.outward++
		}
	}
	b.scans += c.scans
	b.objects += objects
	b.roots += c.roots
	return b.scans <= maxScans && b.steps <= maxSteps && b.roots*b.objects <= maxVisit
}

// cost tells how much work one file will be for the model.
type cost struct {
	root  resolve.Place
	nodes int
	scans int
	roots int
	refs  []string
	sizes map[*syntax.Node]int // objects in a value
	known map[string]int       // steps that a reference takes
}

// add counts what is in a value and returns how many objects are.
func (c *cost) add(n *syntax.Node, depth int) int {
	if c.nodes++; c.nodes > maxNodes {
		return 0
	}
	c.scans += (len(n.Text) + 8) * depth
	objects := 0
	if n.Kind == syntax.Mapping {
		objects = 1
	}
	for _, m := range n.Members {
		if m.Key.Text == "$ref" && m.Value.Kind == syntax.String {
			c.refs = append(c.refs, m.Value.Text)
		}
		if m.Key.Text == "schema" {
			c.roots++
		}
		c.scans += len(m.Key.Text) * depth
		objects += c.add(m.Value, depth+1)
	}
	for _, item := range n.Items {
		objects += c.add(item, depth+1)
	}
	c.sizes[n] = objects
	return objects
}

// steps are the objects that a reference leads through, those behind further
// references in its place among them. What another file holds is not known and
// counted as all of this one.
func (c *cost) steps(ref string) int {
	if known, ok := c.known[ref]; ok {
		return known
	}
	c.known[ref] = 1 // for references that lead back
	file, fragment, _ := strings.Cut(ref, "#")
	if file != "" {
		return c.keep(ref, 1+c.sizes[c.root.Node])
	}
	pointer, err := url.PathUnescape(fragment)
	if err != nil || pointer != "" && pointer[0] != '/' {
		return 1
	}
	target := resolve.Walk(c.root, pointer)
	steps := 1 + c.sizes[target.Node]
	if next := target.Ref(); next != nil {
		steps += c.steps(next.Text)
	}
	return c.keep(ref, steps)
}

func (c *cost) keep(ref string, steps int) int {
	c.known[ref] = min(steps, maxSteps+1)
	return c.known[ref]
}
