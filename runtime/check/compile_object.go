package check

import "strings"

// objectRules compiles the rules for objects, nil when there are none.
func (c *compiler) objectRules(s Schema) *objectRules {
	b := objectBuilder{compiler: c, o: &objectRules{additional: anyNode, names: none, max: unlimited}, numbers: map[string]int{}}
	for _, r := range s {
		b.properties(r)
	}
	for _, r := range s {
		b.others(r)
	}
	for _, r := range s {
		b.dependent(r)
	}
	if !b.some {
		return nil
	}
	o := b.o
	o.index = newNameIndex(o.known)
	o.simple = len(o.patterns) == 0 && o.names == none
	return o
}

// objectBuilder gathers the rules for objects: properties first, since texts are
// expected to have them in their order.
type objectBuilder struct {
	*compiler
	o       *objectRules
	numbers map[string]int
	some    bool
}

func (b *objectBuilder) properties(r Rule) {
	list, ok := r.(Properties)
	if !ok {
		return
	}
	b.some = true
	for _, p := range list {
		i := b.mention(p.Name)
		b.o.known[i].node = b.node(p.Schema)
	}
}

func (b *objectBuilder) others(r Rule) {
	o, found := b.o, true
	switch r := r.(type) {
	case Required:
		for _, name := range r {
			o.required.add(b.mention(name))
		}
	case PatternProperties:
		for _, p := range r {
			if compiled := b.pattern("patternProperties", p.Pattern); compiled != nil {
				o.patterns = append(o.patterns, patternRule{compiled, b.node(p.Schema)})
			}
		}
	case AdditionalProperties:
		o.whole = true
		if o.closed = b.isFalse(Schema(r)); !o.closed {
			o.additional = b.node(Schema(r))
		}
	case PropertyNames:
		o.names = b.node(Schema(r))
	case MinProperties:
		o.min = limit(int64(r))
	case MaxProperties:
		o.max = limit(int64(r))
	default:
		found = false
	}
	b.some = b.some || found
}

func (b *objectBuilder) dependent(r Rule) {
	var list []Dependency
	of := ruleDependencies
	switch r := r.(type) {
	case Dependencies:
		list = r
	case DependentSchemas:
		list = r
	case DependentRequired:
		list, of = r, ruleDependentRequired
	}
	for _, dep := range list {
		b.some = true
		d := dependency{trigger: b.mention(dep.Name), rule: of, node: b.optional(dep.Schema)}
		for _, name := range dep.Names {
			d.names = append(d.names, b.mention(name))
		}
		b.o.depends = append(b.o.depends, d)
	}
}

// mention returns the number of a known property, which is added when it is
// new.
func (b *objectBuilder) mention(name string) int {
	if i, ok := b.numbers[name]; ok {
		return i
	}
	i := len(b.o.known)
	b.numbers[name] = i
	b.o.known = append(b.o.known, property{name: name, raw: rawKey(name), node: none})
	return i
}

// rawKey returns a key with the colon as compact JSON text writes it, "" when the name needs
// escapes.
func rawKey(name string) string {
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
		return ""
	}
	return `"` + name + `":`
}

// combineRules compiles combinators, nil when there are none.
func (c *compiler) combineRules(n *node, s Schema) *combineRules {
	r, some := &combineRules{not: none, cond: none, then: none, other: none, first: none, properties: none, items: none}, false
	for _, of := range s {
		some = c.combinator(r, of) || c.leftover(r, of) || some
	}
	if !some {
		return nil
	}
	for _, of := range s {
		if d, ok := of.(Discriminator); ok {
			r.named = newNaming(r, d)
		}
	}
	if n.number != nil || n.text != nil || n.array != nil || n.object != nil || n.values != nil {
		return r
	}
	switch lone := r.not == none && r.cond == none && r.leftovers == nil && r.named == nil && r.fits == nil; {
	case len(r.all) > 0:
		r.first, r.all = r.all[0], r.all[1:]
	case lone && (len(r.any) == 0) != (len(r.one) == 0):
		r.choice = true
	}
	return r
}

// combinator compiles a rule that combines schemas, and tells whether it is one.
func (c *compiler) combinator(r *combineRules, of Rule) bool {
	switch of := of.(type) {
	case Ref:
		r.all = append([]nodeID{c.node(Schema{of})}, r.all...)
	case AllOf:
		r.all = append(r.all, c.list(of)...)
	case AnyOf:
		r.any = c.list(of)
	case OneOf:
		r.one = c.list(of)
	case Not:
		r.not = c.node(Schema(of))
	case FitsIn:
		r.fits = append(r.fits, c.node(Schema(of)))
	case If:
		r.cond, r.then, r.other = c.node(of.If), c.optional(of.Then), c.optional(of.Else)
	default:
		return false
	}
	return true
}

// leftover compiles a rule for what others do not evaluate.
func (c *compiler) leftover(r *combineRules, of Rule) bool {
	left := leftovers{}
	if r.leftovers != nil {
		left = *r.leftovers
	}
	switch of := of.(type) {
	case UnevaluatedProperties:
		r.properties, left.noProperties = c.node(Schema(of)), c.isFalse(Schema(of))
	case UnevaluatedItems:
		r.items, left.noItems = c.node(Schema(of)), c.isFalse(Schema(of))
	default:
		return false
	}
	r.leftovers = &left
	return true
}
