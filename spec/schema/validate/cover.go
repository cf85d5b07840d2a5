package validate

import (
	"strconv"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/check"
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

// coverage is the facts of a schema, and which parts of its normal form they are.
type coverage struct {
	once  sync.Once
	facts []Fact
	slots []int32 // of a part → index of the fact, -1 for none
}

// Facts lists what the schema says texts may have, in the order in which schemas
// are first met. The list is the validator's own and must not be changed.
func (v *Validator) Facts() []Fact {
	v.cover.once.Do(v.findFacts)
	return v.cover.facts
}

func (v *Validator) findFacts() {
	b := factBuilder{coverage: &v.cover, known: map[factKey]int32{}}
	parts := v.judge.Parts()
	for i, s := range v.schemas {
		name := strconv.Itoa(i)
		b.described = places(s.Properties)
		for len(b.slots) < len(parts) && parts[len(b.slots)].Schema == name {
			b.part(s, parts[len(b.slots)])
		}
		b.bounds(s)
	}
}

type factBuilder struct {
	*coverage
	known     map[factKey]int32
	described map[string]source.Span // the properties of the schema at hand
}

// places are where properties are described.
func places(list []schema.Property) map[string]source.Span {
	at := make(map[string]source.Span, len(list))
	for _, p := range list {
		at[p.Name.Text] = p.Name.At
	}
	return at
}

// factKey tells facts apart; schemas reached in several dynamic scopes stand in
// the set several times.
type factKey struct {
	schema *schema.Schema
	part   string
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

// part adds a slot for a part of the normal form of a schema.
func (b *factBuilder) part(s *schema.Schema, p check.Part) {
	at := "/" + p.Keyword + "/" + strconv.Itoa(p.Index)
	switch p.Keyword {
	case "properties":
		b.field(s, p)
	case "enum":
		b.slot(s, at, Fact{Kind: FactValue, At: s.Enum[p.Index].At, Name: p.Name})
	case "anyOf":
		b.branch(s, at, s.AnyOf[p.Index], p)
	case "oneOf":
		b.branch(s, at, s.OneOf[p.Index], p)
	case "then":
		b.slot(s, "/then", Fact{Kind: FactBranch, At: s.Then.At, Name: "then"})
	case "else":
		b.slot(s, "/else", Fact{Kind: FactBranch, At: s.Else.At, Name: "else"})
	}
}

func (b *factBuilder) field(s *schema.Schema, p check.Part) {
	f := Fact{Kind: FactField, Name: p.Name, Required: p.Required}
	at, ok := b.described[p.Name]
	part := "/properties/" + source.EscapeToken(p.Name)
	switch {
	case !ok && p.Required:
		at, part = s.KeyAt("required"), "/required/"+source.EscapeToken(p.Name)
	case !ok:
		part = "" // only a dependency names it
	}
	f.At = at
	b.slot(s, part, f)
}

func (b *factBuilder) branch(s *schema.Schema, at string, of *schema.Schema, p check.Part) {
	name := p.Keyword + " #" + strconv.Itoa(p.Index+1)
	if of := of.Deref(); of != nil && titleOf(of) != "" {
		name += " " + strconv.Quote(titleOf(of))
	}
	b.slot(s, at, Fact{Kind: FactBranch, At: of.At, Name: name})
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
	var ok bool
	if r.touched, ok = r.v.judge.Touch(r.touched[:0], data); ok {
		r.count()
	}
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
