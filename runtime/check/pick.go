package check

import (
	"reflect"
	"unsafe"
)

// Sum says how values of one of several types lie in an interface, for a Plan; see Layout.
type Sum struct {
	Branches []Branch
	Pick     *Pick
	Leaves   int     // how many Picks are Is or Try
	Rules    **Rules // that a Try names; may be nil where there is none
}

// Branch is one type that a Sum can be.
type Branch struct {
	Type reflect.Type
	// Methods is the first word of the interface, whose second points to the value.
	Methods unsafe.Pointer
	Direct  bool  // the second is the value itself, which is a pointer
	Place   Place // of the value
}

// PickBy is what a Pick looks at.
type PickBy uint8

// What a Pick looks at.
const (
	PickIs      PickBy = iota // nothing: the value is of one branch
	PickTry                   // the rules of branches
	PickKind                  // the kind of the value
	PickMember                // the text of a member of an object
	PickPresent               // whether an object has a member
)

// Pick is a way to find the branch of a value that is valid.
type Pick struct {
	By     PickBy
	Leaf   int    // the number of one that Is or Tries
	Branch int    // of one that Is
	Name   string // of a member
	Kinds  []KindPick
	Texts  map[string]*Pick // of a member
	Yes    *Pick            // for values with a member
	Else   *Pick            // for all others, nil for none
	Tries  []Try
}

// KindPick is where values of some types lead.
type KindPick struct {
	Types Types
	Pick  *Pick
}

// Try is a branch, and the name of the rules that tell whether a value is of it; "" for a
// branch that needs no asking.
type Try struct {
	Rules  string
	Branch int
}

// nearby is how far ahead a member is sought, in bytes: alternatives within alternatives
// would look at what lies within each time. Nor is it known behind one value that ends farther
// away that nothing follows.
const nearby = 4 << 10

// where a member is that is sought.
const (
	nowhere = -1 // it is not there
	unknown = -2 // not nearby, or the text is not valid
)

// sure tells whether it leads each value somewhere.
func (p *Pick) sure() bool {
	if p == nil || p.By == PickIs || p.By == PickTry {
		return p != nil
	}
	return p.By != PickKind && p.Else.sure()
}

// unsure is where it leads that a member was not found nearby.
var unsure = &Pick{}

// pick returns the Pick that Is or Tries for the value at pos, which need not have been
// judged: of what is not valid any. It returns nil where there is none, and unsure where
// it is not known.
func (w *walker) pick(p *Pick, pos int) *Pick {
	if p == nil {
		return nil
	}
	switch p.By {
	case PickKind:
		for i := range p.Kinds {
			if p.Kinds[i].Types&kinds[byteAt(w.data, pos)] != 0 {
				return w.pick(p.Kinds[i].Pick, pos)
			}
		}
		return nil
	case PickMember:
		switch at := w.seek(pos, p.Name); {
		case at == unknown:
			return unsure
		case byteAt(w.data, at) == '"':
			end, kind := w.scanString(at)
			if end < 0 {
				return unsure
			}
			if to := w.pick(p.Texts[w.text(at, end, kind)], pos); to != nil {
				return to
			}
		}
		return w.pick(p.Else, pos)
	case PickPresent:
		switch at := w.seek(pos, p.Name); {
		case at == unknown:
			return unsure
		case at >= 0:
			if to := w.pick(p.Yes, pos); to != nil {
				return to
			}
		}
		return w.pick(p.Else, pos)
	}
	return p
}

// seek returns where the value of a member begins in the object at pos, which need not have
// been judged.
func (w *walker) seek(pos int, name string) int {
	data := w.data
	if byteAt(data, pos) != '{' {
		return nowhere
	}
	limit := pos + nearby
	for pos = w.space(pos + 1); byteAt(data, pos) == '"'; pos = w.space(pos + 1) {
		end, kind := w.scanString(pos)
		if end < 0 {
			return unknown
		}
		w.fuel -= (end - pos) >> 6
		hit := w.text(pos, end, kind) == name
		if pos = w.space(end); byteAt(data, pos) != ':' {
			return unknown
		}
		if pos = w.space(pos + 1); hit {
			return pos
		}
		if pos, _ = w.try(anyNode, pos); pos < 0 || pos >= limit {
			return unknown
		}
		if pos = w.space(pos); byteAt(data, pos) != ',' {
			break
		}
	}
	if byteAt(data, pos) != '}' {
		return unknown
	}
	return nowhere
}
