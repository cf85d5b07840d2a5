package codec

import (
	"fmt"
	"reflect"
	"strings"
	"sync/atomic"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// Sum says which types an interface stands for, and how those of JSON values are told apart:
// it is read by that. Generated code has one for each interface that is one of several types,
// and a type that reads and writes it:
//
//	// sumShape says which types a Shape is one of, and how they are told apart.
//	var sumShape = codec.Sum{
//		Of:       (*jsonShape)(nil),
//		Branches: []any{(*Circle)(nil), (*Square)(nil), (*ShapeText)(nil)},
//		Kinds: `
//			struct
//			struct
//			string`,
//		Text:     `{"kinds": {"object": {"member": "kind", "texts": {"circle": 0, "square": 1}}, "string": 2}}`,
//	}
//
//	// jsonShape is a Shape that is read and written by itself.
//	type jsonShape struct{ Shape Shape }
//
//	func (v *jsonShape) CodeJSON(j *codec.JSON) {
//		if !j.Sum(unsafe.Pointer(v), &sumShape) {
//			WriteShape(j.Writer(), v.Shape)
//		}
//	}
//
// It is not changed once it is used, and is used concurrently.
type Sum struct {
	Of       any   // a nil pointer to a struct of nothing but the interface, which is read by it
	Branches []any // nil pointers to the types
	// Kinds has a line for each type that says what it is, as that of a field of a
	// Struct does, without a name.
	Kinds string
	Sums  []Value // as those of a Struct, and so are:
	Maps  []Map
	Rules **check.Rules // where alternatives are tried
	// Text is how the branch of a value is found, as JSON: its number; or an object
	// that says what to look at, and for each outcome how to go on. "kinds" has the kinds
	// of values, several with spaces between them; "member" is a member, of which "texts"
	// has the texts, "else" is for others; "present" is a member as well, "then" is for
	// objects that have it and "else" for others; "try" has the rules of branches with
	// their numbers: the first that a value keeps counts, "" are kept by all.
	Text string

	made  atomic.Pointer[madeSum]
	plans plans
}

// madeSum is what is worked out of a Sum.
type madeSum struct {
	typ      reflect.Type
	branches []madeBranch
	pick     *check.Pick
	leaves   int
	rules    **check.Rules
}

// madeBranch is how values of one branch are read.
type madeBranch struct {
	methods unsafe.Pointer // of an interface with such a value
	direct  bool           // which lies in the interface itself: it is a pointer
	*made
}

// Sum reads the interface that p points to, as s says, and tells whether it did so: else it
// is to be written.
//
//go:noinline
func (j *JSON) Sum(p unsafe.Pointer, s *Sum) bool {
	switch v := unkept(p); {
	case j.r == nil:
		return false
	case j.asks != nil:
		j.asks.sum = s
	case j.r.err == nil && (j.r.by == nil || !j.r.onePass(v, s)):
		j.r.sum(v, s.get())
	}
	return true
}

// get returns what is worked out of s, and does so if need be.
func (s *Sum) get() *madeSum {
	if m := s.made.Load(); m != nil {
		return m
	}
	m := &madeSum{typ: reflect.TypeOf(s.Of).Elem().Field(0).Type, rules: s.Rules}
	lines := strings.Split(strings.TrimSpace(s.Kinds), "\n")
	for i, of := range s.Branches {
		m.branches = append(m.branches, makeBranch(of, m.typ, lines[i], &parts{s.Sums, s.Maps}))
	}
	m.pick = m.parse(NewReader(s.Text))
	s.made.CompareAndSwap(nil, m)
	return s.made.Load()
}

// makeBranch works out how values of a branch are read.
func makeBranch(of any, as reflect.Type, line string, in *parts) madeBranch {
	typ, holder := reflect.TypeOf(of).Elem(), reflect.New(as)
	var b madeBranch
	holder.Elem().Set(reflect.Zero(typ))
	w := (*words)(holder.UnsafePointer())
	b.methods, b.direct = w.methods, w.data == nil
	if b.made = typeOf(typ, strings.Fields(line), in); b.made == nil {
		panic(fmt.Sprintf("codec: %s is not what this line says: %s", typ, line))
	}
	return b
}

// typesByName are the types that a text of a Sum names.
var typesByName = map[string]check.Types{
	"null": check.Null, "boolean": check.Boolean, "number": check.Number, "string": check.String, "array": check.Array, "object": check.Object,
}

// typesOf are the types of a kind.
var typesOf = [...]check.Types{
	None: 0, Null: check.Null, Boolean: check.Boolean, Number: check.Number, String: check.String, Array: check.Array, Object: check.Object,
}

// parse reads a way to find a branch.
func (m *madeSum) parse(r *Reader) *check.Pick {
	switch r.Peek() {
	case Null:
		r.Skip()
		return nil
	case Number:
		return m.leaf(&check.Pick{By: check.PickIs, Branch: int(r.Int32())})
	}
	p := &check.Pick{}
	for r.Object(); r.Member(); {
		switch key := string(r.Key()); key {
		case "kinds":
			p.By = check.PickKind
			for r.Object(); r.Member(); {
				k := check.KindPick{}
				for name := range strings.FieldsSeq(string(r.Key())) {
					k.Types |= typesByName[name]
				}
				k.Pick = m.parse(r)
				p.Kinds = append(p.Kinds, k)
			}
		case "member", "present":
			p.By = check.PickMember
			if key == "present" {
				p.By = check.PickPresent
			}
			p.Name = r.String()
		case "texts":
			p.Texts = map[string]*check.Pick{}
			for r.Object(); r.Member(); {
				text := string(r.Key())
				p.Texts[text] = m.parse(r)
			}
		case "then":
			p.Yes = m.parse(r)
		case "else":
			p.Else = m.parse(r)
		case "try":
			m.leaf(p).By = check.PickTry
			for r.Object(); r.Member(); {
				rules := string(r.Key())
				p.Tries = append(p.Tries, check.Try{Rules: rules, Branch: int(r.Int32())})
			}
		}
	}
	return p
}

// leaf numbers a Pick that leads to no other.
func (m *madeSum) leaf(p *check.Pick) *check.Pick {
	p.Leaf = m.leaves
	m.leaves++
	return p
}

// sum reads a value of one of several types into the interface at p.
func (r *Reader) sum(p unsafe.Pointer, m *madeSum) {
	i := m.branch(r, m.pick)
	if i < 0 {
		r.Fail("is no " + m.typ.Name())
		*(*words)(p) = words{}
		return
	}
	b := &m.branches[i]
	v := reflect.New(b.typ).UnsafePointer()
	r.value(b.made, v, true)
	if b.direct {
		v = *(*unsafe.Pointer)(v)
	}
	*(*words)(p) = words{b.methods, v}
}

// branch returns the number of the branch that the next value is of, -1 where it is of none.
func (m *madeSum) branch(r *Reader, p *check.Pick) int {
	if p == nil {
		return -1
	}
	switch p.By {
	case check.PickIs:
		return p.Branch
	case check.PickTry:
		for _, t := range p.Tries {
			if t.Rules == "" || r.Holds((*m.rules).Of(t.Rules)) {
				return t.Branch
			}
		}
		return -1
	case check.PickKind:
		for _, k := range p.Kinds {
			if k.Types&typesOf[r.Peek()] != 0 {
				return m.branch(r, k.Pick)
			}
		}
		return -1
	case check.PickMember:
		if text, ok := r.LookString(p.Name); ok {
			if i := m.branch(r, p.Texts[string(text)]); i >= 0 {
				return i
			}
		}
	case check.PickPresent:
		if r.Look(p.Name) != None {
			if i := m.branch(r, p.Yes); i >= 0 {
				return i
			}
		}
	}
	return m.branch(r, p.Else)
}
