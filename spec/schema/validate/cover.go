package validate

import (
	"strconv"
	"sync"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// FactKind tells what a Fact is about.
type FactKind uint8

const (
	// FactField is a property that the schema describes or requires.
	FactField FactKind = iota
	// FactValue is one value of an enum.
	FactValue
	// FactBranch is one alternative of anyOf or oneOf, or then, or else.
	FactBranch
	// FactBound is a limit on numbers, lengths or counts. No text touches it.
	FactBound
)

// String names the kind in messages.
func (k FactKind) String() string { return [...]string{"field", "enum value", "branch", "bound"}[k] }

// Fact is something that a schema says texts may have.
type Fact struct {
	Kind FactKind
	// Pointer is the JSON Pointer to the keyword's part in the file At is in: the
	// two tell facts apart, and stay the same while the schema does.
	Pointer string
	At      source.Span
	// Name is the property's name, the value as JSON, the name or number of the
	// branch, or the bound's keyword with its limit.
	Name string
	// Required is set for properties that must be present.
	Required bool
}

// coverage is the facts of a program, and where the walker finds them.
type coverage struct {
	once  sync.Once
	facts []Fact
	slots []int32 // of what the walker marks → index of the fact, -1 for none
	nodes []nodeFacts
}

// nodeFacts are the first slots of a node's facts by what they are about; what a
// node does not have is never looked up.
type nodeFacts struct {
	fields, values, any, one, then, other int32
}

// Facts lists what the schema says texts may have, in the order in which schemas
// are first met. The list is the validator's own and must not be changed.
func (v *Validator) Facts() []Fact {
	v.cover.once.Do(v.findFacts)
	return v.cover.facts
}

func (v *Validator) findFacts() {
	b := factBuilder{coverage: &v.cover, known: map[factKey]int32{}}
	b.nodes = make([]nodeFacts, len(v.prog))
	for i := range v.prog {
		if n := &v.prog[i]; n.schema != nil && n.schema.Bool == nil {
			b.node(n)
		}
	}
}

type factBuilder struct {
	*coverage
	known map[factKey]int32
}

// factKey tells facts apart; schemas reached in several dynamic scopes have
// several nodes.
type factKey struct {
	schema *schema.Schema
	part   string
}

func (b *factBuilder) node(n *node) {
	own := &b.nodes[n.id]
	own.fields = int32(len(b.slots))
	if n.object != nil {
		b.fields(n)
	}
	own.values = int32(len(b.slots))
	b.values(n)
	if n.combine != nil {
		own.any = b.branches(n.schema, "anyOf", n.schema.AnyOf)
		own.one = b.branches(n.schema, "oneOf", n.schema.OneOf)
		own.then = b.branch(n.schema, "then", n.schema.Then)
		own.other = b.branch(n.schema, "else", n.schema.Else)
	}
	b.bounds(n.schema)
}

// slot adds a slot for a fact about a part of a schema; a part that is "" has
// none.
func (b *factBuilder) slot(s *schema.Schema, part string, f Fact) {
	index := int32(-1)
	if part != "" {
		key := factKey{s, part}
		var again bool
		if index, again = b.known[key]; !again {
			index = int32(len(b.facts))
			b.known[key] = index
			f.Pointer = s.Pointer + part
			b.facts = append(b.facts, f)
		}
	}
	b.slots = append(b.slots, index)
}

func (b *factBuilder) fields(n *node) {
	s := n.schema
	described := make(map[string]source.Span, len(s.Properties))
	for _, p := range s.Properties {
		described[p.Name.Text] = p.Name.At
	}
	for i := range n.object.known {
		name, required := n.object.known[i].name, n.object.required.has(i)
		at, ok := described[name]
		part := "/properties/" + source.EscapeToken(name)
		switch {
		case !ok && required:
			at, part = s.KeyAt("required"), "/required/"+source.EscapeToken(name)
		case !ok:
			part = "" // only a dependency names it
		}
		b.slot(s, part, Fact{Kind: FactField, At: at, Name: name, Required: required})
	}
}

// values adds the values of an enum; a const has no others to miss.
func (b *factBuilder) values(n *node) {
	if len(n.values) == 0 || n.values[0].rule != ruleEnum {
		return
	}
	for i, shown := range n.values[0].shown {
		b.slot(n.schema, "/enum/"+strconv.Itoa(i), Fact{Kind: FactValue, At: n.schema.Enum[i].At, Name: shown})
	}
}

func (b *factBuilder) branches(s *schema.Schema, keyword string, list []*schema.Schema) int32 {
	first := int32(len(b.slots))
	for i, of := range list {
		number := strconv.Itoa(i)
		b.slot(s, "/"+keyword+"/"+number, Fact{Kind: FactBranch, At: of.At, Name: keyword + " " + branchTitle(of.Deref(), i)})
	}
	return first
}

// branch adds then or else, which may be absent.
func (b *factBuilder) branch(s *schema.Schema, keyword string, of *schema.Schema) int32 {
	first := int32(len(b.slots))
	if of != nil && s.If != nil {
		b.slot(s, "/"+keyword, Fact{Kind: FactBranch, At: of.At, Name: keyword})
	}
	return first
}

// bounds adds limits, which have no slots.
func (b *factBuilder) bounds(s *schema.Schema) {
	add := func(keyword, limit string) {
		key := factKey{s, "/" + keyword}
		if _, again := b.known[key]; again {
			return
		}
		b.known[key] = -1
		b.facts = append(b.facts, Fact{Kind: FactBound, Pointer: s.Pointer + "/" + keyword, At: s.KeyAt(keyword), Name: keyword + " " + limit})
	}
	for _, l := range []struct {
		keyword string
		limit   *schema.Literal
	}{
		{"minimum", s.Minimum}, {"exclusiveMinimum", s.ExclusiveMinimum}, {"maximum", s.Maximum}, {"exclusiveMaximum", s.ExclusiveMaximum},
	} {
		if l.limit != nil {
			add(l.keyword, l.limit.Text)
		}
	}
	for _, c := range []struct {
		keyword string
		count   *schema.Count
	}{
		{"minLength", s.MinLength}, {"maxLength", s.MaxLength}, {"minItems", s.MinItems}, {"maxItems", s.MaxItems},
		{"minProperties", s.MinProperties}, {"maxProperties", s.MaxProperties},
	} {
		if c.count != nil {
			add(c.keyword, strconv.FormatUint(c.count.N, 10))
		}
	}
}

// Recorder judges texts as its validator does, and counts what those that are
// valid touch. Of anyOf it sees every branch that holds. It belongs to one
// goroutine; those of several are merged in the end.
type Recorder struct {
	v       *Validator
	text    uint64
	counts  []uint64
	last    []uint64 // the text that touched a fact last
	touched []int32
}

// NewRecorder returns a recorder that has seen nothing.
func (v *Validator) NewRecorder() *Recorder {
	n := len(v.Facts())
	return &Recorder{v: v, counts: make([]uint64, n), last: make([]uint64, n)}
}

// Valid is Validator.Valid, and counts what a valid text touches. Of texts that
// take extraordinary work to judge it may miss some.
func (r *Recorder) Valid(data []byte) bool {
	w := r.v.walker(data)
	w.cover, w.touched = &r.v.cover, r.touched[:0]
	ok := w.document()
	if r.touched = w.touched; ok {
		r.count()
	}
	r.v.release(w)
	return ok
}

func (r *Recorder) count() {
	r.text++
	for _, slot := range r.touched {
		if fact := r.v.cover.slots[slot]; fact >= 0 && r.last[fact] != r.text {
			r.last[fact] = r.text
			r.counts[fact]++
		}
	}
}

// Counts tells for each of the validator's Facts how many texts have touched
// it. The slice is the caller's.
func (r *Recorder) Counts() []uint64 { return append([]uint64(nil), r.counts...) }

// Texts is how many valid texts have been counted.
func (r *Recorder) Texts() uint64 { return r.text }

// Merge adds what another recorder of the same validator has counted.
func (r *Recorder) Merge(other *Recorder) {
	if r.v != other.v {
		panic("validate: recorders of different validators cannot be merged")
	}
	for i, n := range other.counts {
		r.counts[i] += n
	}
	r.text += other.text
	clear(r.last)
}

// maxTouched bounds what is noted of one text.
const maxTouched = 1 << 20

// touch notes that the text touches the fact of a slot.
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
	if held && n.schema.Then != nil {
		w.touch(slots.then)
	} else if !held && n.schema.Else != nil {
		w.touch(slots.other)
	}
}
