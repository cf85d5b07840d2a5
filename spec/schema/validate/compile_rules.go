package validate

import (
	"encoding/base64"
	"math"
	"strings"

	"github.com/asyncwire/asyncwire/spec/schema"
)

// numberRules compiles the rules for numbers, nil when there are none.
func (c *compiler) numberRules(s *schema.Schema) *numberRules {
	r := &numberRules{}
	c.bound(r, ruleMinimum, s.Minimum)
	c.bound(r, ruleExclusiveMinimum, s.ExclusiveMinimum)
	c.bound(r, ruleMaximum, s.Maximum)
	c.bound(r, ruleExclusiveMaximum, s.ExclusiveMaximum)
	if s.MultipleOf != nil {
		d, err := newDivisor([]byte(s.MultipleOf.Text))
		if err != nil {
			c.found.Errorf(s.MultipleOf.At, codeNumber, "this number is too long to divide by")
		}
		r.multiple = &d
	}
	if limits, ok := numberFormats[s.Format]; ok && c.asserts(s.FormatsAsserted()) {
		c.formatBound(r, ruleMinimum, limits.Low)
		c.formatBound(r, ruleMaximum, limits.High)
		r.whole, r.wholeFor = limits.Whole, ruleFormat
	}
	if s.Types.Has(schema.TypeInteger) && !s.Types.Has(schema.TypeNumber) {
		r.whole, r.wholeFor = true, ruleType
	}
	if len(r.bounds) == 0 && r.multiple == nil && !r.whole {
		return nil
	}
	return r
}

func (c *compiler) bound(r *numberRules, side rule, limit *schema.Literal) {
	if limit != nil {
		c.addBound(r, side, side, limit.Text, c.decimal([]byte(limit.Text), limit.At))
	}
}

func (c *compiler) formatBound(r *numberRules, side rule, limit string) {
	c.addBound(r, side, ruleFormat, limit, parseDecimal([]byte(limit)))
}

func (c *compiler) addBound(r *numberRules, side, of rule, literal string, limit decimal) {
	b := bound{side: side, rule: of, limit: limit, literal: literal}
	b.fixedPoint, b.short = limit.short()
	r.bounds = append(r.bounds, b)
}

// asserts tells whether formats, or contents, restrict values where the schema
// says so of them.
func (c *compiler) asserts(bySchema bool) bool {
	return !c.options.NoFormats && (c.options.AllFormats || bySchema)
}

// textRules compiles the rules for strings, nil when there are none.
func (c *compiler) textRules(s *schema.Schema) *textRules {
	r := &textRules{min: limit(s.MinLength, 0), max: limit(s.MaxLength, unlimited)}
	r.counts = s.MinLength != nil || s.MaxLength != nil
	if s.Pattern != nil {
		r.pattern = c.pattern(s.Pattern)
	}
	if c.asserts(s.FormatsAsserted()) {
		if r.format = c.formats[s.Format]; r.format != nil && r.format.since2019 && s.Dialect.FormatsAsserted() {
			r.format = nil
		}
		c.noteFormat(s)
	}
	if c.asserts(s.Dialect.FormatsAsserted()) {
		r.encoding = c.contents[strings.ToLower(s.ContentEncoding)]
		r.media = c.mediaType(s)
	}
	r.reads = r.pattern != nil || r.format != nil || r.encoding != nil || r.media != nil
	if !r.reads && !r.counts {
		return nil
	}
	return r
}

// noteFormat tells that a format which nobody knows restricts nothing.
func (c *compiler) noteFormat(s *schema.Schema) {
	_, ofNumbers := numberFormats[s.Format]
	if s.Format == "" || ofNumbers || c.formats[s.Format] != nil || annotatingFormats[s.Format] || c.noted[s] {
		return
	}
	c.noted[s] = true
	c.found.Infof(s.KeyAt("format"), codeFormat, "the format %q is not known and restricts nothing", clip(s.Format))
}

// mediaType checks content of a media type as it stands, or behind an encoding
// that can be undone.
func (c *compiler) mediaType(s *schema.Schema) *format {
	name, _, _ := strings.Cut(s.ContentMediaType, ";")
	media := c.contents[strings.ToLower(strings.TrimSpace(name))]
	switch {
	case media == nil || s.ContentEncoding == "":
		return media
	case !strings.EqualFold(s.ContentEncoding, "base64"):
		return nil
	}
	return &format{check: func(text string) bool {
		decoded, err := base64.StdEncoding.DecodeString(text)
		return err != nil || media.check(string(decoded)) // a bad encoding is reported for itself
	}}
}

// limit is a count's value as an int.
func limit(c *schema.Count, absent int) int {
	if c == nil {
		return absent
	}
	if c.N > math.MaxInt {
		return math.MaxInt
	}
	return int(c.N)
}

// arrayRules compiles the rules for arrays, nil when there are none.
func (c *compiler) arrayRules(s *schema.Schema) *arrayRules {
	if !hasArrayRules(s) {
		return nil
	}
	r := &arrayRules{
		rest:     anyNode,
		min:      limit(s.MinItems, 0),
		max:      limit(s.MaxItems, unlimited),
		unique:   s.UniqueItems,
		contains: c.optional(s.Contains),
		whole:    s.Items != nil || s.TupleItems != nil && s.AdditionalItems != nil,
	}
	c.containsLimits(r, s)
	switch {
	case s.TupleItems == nil:
		r.rest = c.node(s.Items)
	case c.isFalse(s.AdditionalItems):
		r.tuple, r.closed = c.list(s.TupleItems), true
	default:
		r.tuple, r.rest = c.list(s.TupleItems), c.node(s.AdditionalItems)
	}
	return r
}

// containsLimits compiles how many items must be, and may be, of the kind that
// contains asks for.
func (c *compiler) containsLimits(r *arrayRules, s *schema.Schema) {
	if s.Contains == nil {
		return
	}
	r.least, r.most = limit(s.MinContains, 1), limit(s.MaxContains, unlimited)
	if r.wanted = r.least; r.most != unlimited {
		r.wanted = max(r.least, r.most+1)
	}
	r.marks = s.Dialect == schema.Draft202012
}

// isFalse tells whether a schema is the schema false.
func (c *compiler) isFalse(s *schema.Schema) bool {
	s, _ = c.deref(s, c.scope)
	return s != nil && s.Bool != nil && !*s.Bool
}

// objectRules compiles the rules for objects, nil when there are none.
func (c *compiler) objectRules(s *schema.Schema) *objectRules {
	if !hasObjectRules(s) {
		return nil
	}
	o := &objectRules{
		additional: anyNode,
		closed:     c.isFalse(s.AdditionalProperties),
		names:      c.optional(s.PropertyNames),
		min:        limit(s.MinProperties, 0),
		max:        limit(s.MaxProperties, unlimited),
		whole:      s.AdditionalProperties != nil,
	}
	if !o.closed {
		o.additional = c.node(s.AdditionalProperties)
	}
	numbers := map[string]int{}
	for _, p := range s.Properties {
		i := o.mention(numbers, p.Name.Text)
		o.known[i].node = c.node(p.Schema)
	}
	for _, name := range s.Required {
		o.required.add(o.mention(numbers, name.Text))
	}
	for _, p := range s.PatternProperties {
		if compiled := c.pattern(&p.Pattern); compiled != nil {
			o.patterns = append(o.patterns, patternRule{compiled, c.node(p.Schema)})
		}
	}
	for _, dep := range s.Dependencies {
		d := dependency{trigger: o.mention(numbers, dep.Name.Text), node: c.optional(dep.Schema)}
		for _, name := range dep.Names {
			d.names = append(d.names, o.mention(numbers, name.Text))
		}
		o.depends = append(o.depends, d)
	}
	o.index = newNameIndex(o.known)
	o.simple = len(o.patterns) == 0 && o.names == none
	for i := range o.known[:min(len(o.known), 64)] {
		if p := &o.known[i]; o.simple && p.node != none {
			p.quick = p.raw
		}
	}
	return o
}

// mention returns the number of a known property, which is added when it is
// new.
func (o *objectRules) mention(numbers map[string]int, name string) int {
	if i, ok := numbers[name]; ok {
		return i
	}
	i := len(o.known)
	numbers[name] = i
	p := property{name: name, node: none}
	if !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
		p.raw = `"` + name + `":`
	}
	o.known = append(o.known, p)
	return i
}

// combineRules compiles combinators, nil when there are none.
func (c *compiler) combineRules(n *node, s *schema.Schema) *combineRules {
	if s.AllOf == nil && s.AnyOf == nil && s.OneOf == nil && s.Not == nil && s.If == nil && !hasUnevaluated(s) {
		return nil
	}
	r := &combineRules{
		all: c.list(s.AllOf), any: c.list(s.AnyOf), one: c.list(s.OneOf),
		not: c.optional(s.Not), cond: none, then: c.optional(s.Then), other: c.optional(s.Else), first: none,
		properties: c.optional(s.UnevaluatedProperties), items: c.optional(s.UnevaluatedItems),
	}
	r.named = c.naming(s)
	if s.If != nil && (s.Then != nil || s.Else != nil || !s.Dialect.FormatsAsserted()) {
		r.cond = c.node(s.If) // since 2019-09 it tells what is evaluated, even alone
	}
	if r.properties != none || r.items != none {
		r.leftovers = &leftovers{
			noProperties: c.isFalse(s.UnevaluatedProperties), noItems: c.isFalse(s.UnevaluatedItems),
		}
	}
	if n.number != nil || n.text != nil || n.array != nil || n.object != nil || n.values != nil {
		return r
	}
	switch lone := r.not == none && r.cond == none && r.leftovers == nil && r.named == nil; {
	case len(r.all) > 0:
		r.first, r.all = r.all[0], r.all[1:]
	case lone && (len(r.any) == 0) != (len(r.one) == 0):
		r.choice = true
	}
	return r
}

// sameValue lists the nodes that judge the very value that n judges.
func (n *node) sameValue() []nodeID {
	var ids []nodeID
	if r := n.combine; r != nil {
		ids = append(append(append(ids, r.all...), r.any...), r.one...)
		ids = append(ids, r.not, r.cond, r.then, r.other, r.first)
	}
	if n.object != nil {
		for _, d := range n.object.depends {
			ids = append(ids, d.node)
		}
	}
	return ids
}

func (c *compiler) endless(s *schema.Schema) {
	c.found.Errorf(s, codeEndless, "this schema leads back to itself without going into the value").
		WithHelp("values would be judged by it for ever: let the recursion pass through properties or items")
}

// findEndless reports schemas that lead back to themselves without going into
// the value: judging by them would never end.
func (c *compiler) findEndless() {
	const (
		unseen = iota
		open
		done
	)
	state := make([]uint8, len(c.nodes))
	type visit struct {
		id   nodeID
		next []nodeID
	}
	for root := range c.nodes {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		stack := []visit{{nodeID(root), c.nodes[root].sameValue()}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.next) == 0 {
				state[top.id] = done
				stack = stack[:len(stack)-1]
				continue
			}
			id := top.next[0]
			top.next = top.next[1:]
			switch {
			case id == none:
			case state[id] == open:
				c.endless(c.nodes[id].schema)
			case state[id] == unseen:
				state[id] = open
				stack = append(stack, visit{id, c.nodes[id].sameValue()})
			}
		}
	}
}
