package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// naming is the discriminator of an OpenAPI schema with alternatives: an object
// is judged by the one alternative that its property names, and is invalid when
// it names none (OpenAPI 3.0.3 "Discriminator Object": "validation SHOULD
// fail"). Other values are judged as without it.
type naming struct {
	property string
	any      bool // the alternatives are those of anyOf
	branches map[string]nodeID
}

// newNaming compiles a discriminator over alternatives that have been compiled.
func newNaming(r *combineRules, of Discriminator) *naming {
	branches := r.one
	d := &naming{property: of.Property, any: len(r.one) == 0, branches: make(map[string]nodeID, len(of.Names))}
	if d.any {
		branches = r.any
	}
	for _, name := range of.Names {
		if name.Branch >= 0 && name.Branch < len(branches) {
			d.branches[name.Value] = branches[name.Branch]
		}
	}
	return d
}

// alternatives judges a value, which has been scanned, by the anyOf and oneOf of
// a schema with a discriminator.
func (w *walker) alternatives(n *node, c *combineRules, pos, end int) bool {
	named := c.named
	if w.data[pos] != '{' {
		named = nil
	}
	if len(c.any) > 0 && (named == nil || !named.any) && !w.anyOf(n, c, pos, end) {
		return false
	}
	if len(c.one) > 0 && (named == nil || named.any) && !w.oneOf(n, c, pos, end) {
		return false
	}
	return named == nil || w.named(n, c, pos, end)
}

// named judges an object by the alternative that it names.
func (w *walker) named(n *node, c *combineRules, pos, end int) bool {
	d := c.named
	at := w.find(pos, d.property)
	if at < 0 {
		return w.failWith(n, ruleDiscriminator, pos, end, func() string {
			return fmt.Sprintf("property %q is missing, which names the schema that the object is of", d.property)
		})
	}
	stringEnd, kind := at, textKind(0)
	if w.data[at] == '"' {
		stringEnd, kind = w.scanString(at)
	}
	if stringEnd > at {
		if id, ok := d.branches[w.text(at, stringEnd, kind)]; ok {
			w.touchNamed(n, c, id)
			return w.value(id, pos) >= 0
		}
	}
	return w.misnamed(n, d, at)
}

// touchNamed notes that a value names an alternative.
func (w *walker) touchNamed(n *node, c *combineRules, id nodeID) {
	if w.cover == nil {
		return
	}
	first, branches := w.cover.nodes[n.id].one, c.one
	if c.named.any {
		first, branches = w.cover.nodes[n.id].any, c.any
	}
	w.touch(first + int32(slices.Index(branches, id)))
}

// misnamed reports a property that names no alternative; its value begins at at.
func (w *walker) misnamed(n *node, d *naming, at int) bool {
	if w.report == nil {
		return false
	}
	end, _ := w.try(anyNode, at)
	w.report.path = append(w.report.path, step{key: []byte(d.property), named: true})
	w.report.add(w, n, ruleDiscriminator, at, end, fmt.Sprintf("%s names no schema: names are %s", excerpt(w.data[at:end]), d.names()))
	w.report.path = w.report.path[:len(w.report.path)-1]
	return true
}

// names are the values that name a schema, for a message.
func (d *naming) names() string {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(d.branches)) {
		names = append(names, strconv.Quote(name))
	}
	if len(names) > maxBranches {
		names = append(names[:maxBranches], "…")
	}
	return strings.Join(names, ", ")
}

// find returns where the value of a property begins in the object at pos, which
// has been scanned, or stop.
func (w *walker) find(pos int, name string) int {
	report, trusted := w.report, w.trusted
	w.report, w.trusted = nil, true
	defer func() { w.report, w.trusted = report, trusted }()
	for at := w.space(pos + 1); at < len(w.data) && w.data[at] == '"'; {
		end, kind := w.scanString(at)
		if end < 0 {
			return stop
		}
		w.fuel -= (end - at) >> 6
		hit := w.text(at, end, kind) == name
		at = w.space(w.space(end) + 1)
		if hit {
			return at
		}
		if at = w.skip(at); at < 0 {
			return stop
		}
		if at = w.space(at); at < len(w.data) && w.data[at] == ',' {
			at = w.space(at + 1)
		}
	}
	return stop
}
