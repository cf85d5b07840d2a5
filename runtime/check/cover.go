package check

import "sync"

// Part is something in a schema that a text may touch.
type Part struct {
	Schema  string // the name of the schema of the set
	Keyword string // "properties", "enum", "anyOf", "oneOf", "then" or "else"
	// Name is the property, or the value as a message shows it.
	Name string
	// Index counts the values of an Enum, or the branches, from 0.
	Index int
	// Required is set for properties that must be present.
	Required bool
}

// slots is the parts of a program, and where the walker finds them.
type slots struct {
	once  sync.Once
	parts []Part
	nodes []nodeSlots
}

// nodeSlots are the first slots of a node's parts by what they are about; what a
// node does not have is never looked up.
type nodeSlots struct {
	fields, values, any, one, then, other int32
}

// Parts lists the parts of all schemas of the validator's set, in the order in
// which schemas are first met. The list is the validator's own and must not be
// changed.
func (v *Validator) Parts() []Part {
	v.slots.once.Do(func() { v.slots.find(v.prog) })
	return v.slots.parts
}

func (s *slots) find(prog []node) {
	s.nodes = make([]nodeSlots, len(prog))
	for i := range prog {
		if prog[i].about != nil {
			s.node(&prog[i])
		}
	}
}

func (s *slots) node(n *node) {
	own, name := &s.nodes[n.id], n.about.schema
	own.fields = int32(len(s.parts))
	if o := n.object; o != nil {
		for i := range o.known {
			s.parts = append(s.parts, Part{Schema: name, Keyword: "properties", Name: o.known[i].name, Required: o.required.has(i)})
		}
	}
	own.values = int32(len(s.parts))
	if len(n.values) > 0 && n.values[0].rule == ruleEnum {
		for i, text := range n.values[0].texts {
			s.parts = append(s.parts, Part{Schema: name, Keyword: "enum", Name: excerpt([]byte(text)), Index: i})
		}
	}
	if n.combine == nil {
		return
	}
	own.any = s.branches(name, "anyOf", len(n.combine.any))
	own.one = s.branches(name, "oneOf", len(n.combine.one))
	own.then = s.branches(name, "then", present(n.combine.then))
	own.other = s.branches(name, "else", present(n.combine.other))
}

func (s *slots) branches(name, keyword string, count int) int32 {
	first := int32(len(s.parts))
	for i := range count {
		s.parts = append(s.parts, Part{Schema: name, Keyword: keyword, Index: i})
	}
	return first
}

func present(id nodeID) int {
	if id == none {
		return 0
	}
	return 1
}

// Touch is Valid, and appends to touched which of the validator's Parts a valid
// text touches, by index; some may be named several times. Of AnyOf it sees every
// branch that holds. Of texts that take extraordinary work to judge it may miss
// some.
func (v *Validator) Touch(touched []int32, data []byte) ([]int32, bool) {
	v.Parts()
	w := v.walker(data)
	w.cover, w.touched = v.slots, touched[len(touched):]
	ok := w.document()
	if ok {
		touched = append(touched, w.touched...)
	}
	v.release(w)
	return touched, ok
}

// maxTouched bounds what is noted of one text.
const maxTouched = 1 << 20

// touch notes that the text touches the part of a slot.
func (w *walker) touch(slot int32) {
	if len(w.touched) < maxTouched {
		w.touched = append(w.touched, slot)
	}
}

// touchValue notes which value of an enum stands in the text.
func (w *walker) touchValue(n *node, position int32) {
	if n.values[0].rule == ruleEnum {
		w.touch(w.cover.nodes[n.id].values + position)
	}
}

// touchBranches notes every branch that holds and tells whether one does.
func (w *walker) touchBranches(ids []nodeID, first int32, pos int) bool {
	some := false
	for i, id := range ids {
		if w.holds(id, pos) {
			w.touch(first + int32(i))
			some = true
		}
	}
	return some
}

// touchCondition notes the branch of a condition that judges the value.
func (w *walker) touchCondition(n *node, held bool) {
	slots := &w.cover.nodes[n.id]
	if held && n.combine.then != none {
		w.touch(slots.then)
	} else if !held && n.combine.other != none {
		w.touch(slots.other)
	}
}
