package check

import (
	"fmt"
	"slices"
	"strings"
)

// facts are what is known of a value that is to be read.
type facts struct {
	types   Types // that it may be of
	members []fact
}

// with returns the facts with one more.
func (f facts) with(more fact) facts {
	f.members = append(slices.Clip(f.members), more)
	return f
}

// fact is what is known of a member.
type fact struct {
	name    string
	text    string // of a member
	is      bool   // it has that text
	present bool
}

// choose returns the alternatives that a value is of about which something is known: one of
// each choice, where no other can hold or prefer takes one of several, and which others it must
// not be of then. The rest is what else there is to judge by, allOf apart; it is nil where there
// is nothing.
func (b *planner) choose(c *combineRules, known facts, prefer func([]nodeID) nodeID) (chosen, denied []nodeID, rest *combineRules) {
	r := *c
	r.all, r.first, r.choice = nil, none, false
	for _, list := range []*[]nodeID{&r.one, &r.any} {
		named := c.named != nil && c.named.any == (list == &r.any) && known.types&Object != 0
		left := b.left(*list, known)
		if named {
			left = slices.DeleteFunc(left, func(id nodeID) bool { return known.types != Object || !c.named.leads(known.members, id) })
		}
		if len(left) == 0 || len(left) > 1 && prefer == nil {
			continue
		}
		best := left[0]
		if len(left) > 1 {
			best = prefer(left)
		}
		if at := slices.Index(left, best); list == &r.one && !named { // it may be there twice
			denied = append(denied, slices.Delete(left, at, at+1)...)
		}
		chosen = append(chosen, best)
		*list = nil
	}
	if c.named != nil && (c.named.any && r.any == nil || !c.named.any && r.one == nil) {
		r.named = nil
	}
	if len(r.any)+len(r.one)+len(r.fits) == 0 && r.not == none && r.cond == none && r.leftovers == nil {
		return chosen, denied, nil
	}
	return chosen, denied, &r
}

// left are the alternatives that a value can be of about which this is known.
func (b *planner) left(alternatives []nodeID, known facts) []nodeID {
	return slices.DeleteFunc(slices.Clone(alternatives), func(id nodeID) bool { return b.excludes(&b.v.prog[id], known, map[*node]bool{}) })
}

// leads tells whether a discriminator names an alternative, by what is known.
func (d *naming) leads(known []fact, id nodeID) bool {
	for _, f := range known {
		if f.is && f.name == d.property {
			named, ok := d.branches[f.text]
			return ok && named == id // that of a schema that takes all is zero
		}
	}
	return false
}

// excludes tells whether a node judges no value of which this is known to be valid. Those met
// before do not.
func (b *planner) excludes(n *node, known facts, met map[*node]bool) bool {
	if met[n] {
		return false
	}
	met[n] = true
	if n.types&known.types == 0 {
		return true
	}
	if o := n.object; o != nil && known.types == Object {
		for _, f := range known.members {
			if b.denies(o, f) {
				return true
			}
		}
	}
	c := n.combine
	if c == nil {
		return false
	}
	each := func(id nodeID) bool { return b.excludes(&b.v.prog[id], known, met) }
	all := func(ids []nodeID) bool {
		return len(ids) > 0 && !slices.ContainsFunc(ids, func(id nodeID) bool { return !each(id) })
	}
	return slices.ContainsFunc(c.each(), each) || all(c.one) || all(c.any)
}

// denies tells whether no object of which this is known keeps the rules.
func (b *planner) denies(o *objectRules, f fact) bool {
	i := o.index.find(o.known, f.name)
	if !f.present {
		return i >= 0 && o.required.has(i)
	}
	m := merger{planner: b}
	ids, ok := m.within(o, f.name)
	if !ok {
		return o.closed && o.simple // else it is not known
	}
	for _, id := range ids {
		if n := &b.v.prog[id]; n.types == 0 || f.is && rawKey(f.text) != "" && !b.holds(id, `"`+f.text+`"`) {
			return true
		}
	}
	return false
}

// holds tells whether a value keeps the rules of a node, or that takes too much work.
func (b *planner) holds(id nodeID, text string) bool {
	w := b.v.walker([]byte(text))
	end, _ := w.try(id, 0)
	costly := w.costly || w.fuel < 0
	b.v.release(w)
	return end >= 0 || costly
}

// gathering puts together the nodes that judge one value, of which something is known.
type gathering struct {
	*planner
	known facts
	whole bool  // a node is not taken apart that has rules and combinators
	types Types // that the value may be of
	met   map[*node]bool
	rich  []*node // which ask for more than types
}

// both returns a node that judges values as several do, and takes no other types.
func (b *planner) both(ids []nodeID) *node {
	g := gathering{planner: b, known: facts{types: everyType}, whole: true, types: everyType, met: map[*node]bool{}}
	for _, id := range ids {
		g.add(&b.v.prog[id])
	}
	return g.node()
}

// narrow returns a node that judges values of which something is known as n does. It
// mostly has fewer rules, and no combinators where one of their nodes says all that there is to
// say.
func (b *planner) narrow(n *node, known facts) *node {
	if n.combine == nil && n.types&^known.types == 0 {
		return n
	}
	g := gathering{planner: b, known: known, types: known.types, met: map[*node]bool{}}
	if g.add(n); len(g.rich) == 1 || !slices.ContainsFunc(g.rich, func(n *node) bool { return n.id < 0 }) {
		return g.node()
	}
	return n
}

func (g *gathering) add(n *node) {
	if g.met[n] {
		return
	}
	g.met[n] = true
	g.types &= n.types
	ruled, c := n.rules(g.known.types), n.combine
	if c == nil {
		if ruled {
			g.rich = append(g.rich, n)
		}
		return
	}
	chosen, _, rest := g.choose(c, g.known, nil)
	if rest != nil || ruled && g.whole {
		g.rich = append(g.rich, n)
		return
	}
	if ruled {
		g.rich = append(g.rich, g.alone(n))
	}
	for _, id := range append(c.each(), chosen...) {
		g.add(&g.v.prog[id])
	}
}

// node returns what was gathered as one node. Where one of them alone asks for more than
// types, it is that one; several are of the program.
func (g *gathering) node() *node {
	switch len(g.rich) {
	case 0:
		return g.typed(&g.v.prog[anyNode], g.types)
	case 1:
		return g.typed(g.rich[0], g.types)
	}
	ids := make([]nodeID, len(g.rich))
	for i, n := range g.rich {
		ids[i] = n.id
	}
	return g.joint(g.types, ids)
}

// rules tells whether a node has rules of its own for values of some types.
func (n *node) rules(types Types) bool {
	return n.values != nil || n.text != nil && types&String != 0 || n.number != nil && types&numeric != 0 ||
		n.array != nil && types&Array != 0 || n.object != nil && types&Object != 0
}

// alone returns a node without combinators.
func (b *planner) alone(n *node) *node {
	key := fmt.Sprint("alone ", n.id)
	if b.made.nodes[key] == nil {
		alone := *n
		alone.combine, alone.id = nil, b.made.next()
		b.made.nodes[key] = &alone
	}
	return b.made.nodes[key]
}

// typed returns n with fewer types. What others leave unevaluated is sought by the number of
// the node, which has to be one of the program's.
func (b *planner) typed(n *node, types Types) *node {
	switch types &= n.types; {
	case types == n.types:
		return n
	case n.combine != nil && n.combine.leftovers != nil:
		return b.joint(types, []nodeID{n.id})
	}
	key := fmt.Sprint(n.id, types)
	if b.made.nodes[key] == nil {
		fewer := *n
		fewer.types, fewer.id = types, b.made.next()
		b.made.nodes[key] = &fewer
	}
	return b.made.nodes[key]
}

// joint returns a node that is allOf others.
func (b *planner) joint(types Types, ids []nodeID) *node {
	key := strings.Join(strings.Fields(fmt.Sprint(types, ids)), " ")
	if b.made.nodes[key] == nil {
		c := noCombine
		c.all, c.first = ids[1:], ids[0]
		b.made.nodes[key] = &node{id: b.made.next(), types: types, combine: &c}
	}
	return b.made.nodes[key]
}

// noCombine are combinators that ask for nothing.
var noCombine = combineRules{first: none, not: none, cond: none, then: none, other: none, properties: none, items: none}
