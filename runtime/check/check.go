// Package check judges JSON text by schemas that are written as Go values. It
// walks the bytes: nothing is decoded into values first, and a valid text of an
// ordinary schema costs no allocation.
//
// The text must be strict JSON (RFC 8259): duplicate keys, invalid UTF-8, lone
// surrogates, a byte order mark and trailing bytes are violations, and so is
// nesting beyond a limit. Numbers are judged by their decimal text, exactly.
//
// It imports the standard library alone.
//
//	var rules = check.NewRules(check.Set{
//		{"Order", check.Schema{
//			check.Object,
//			check.Required{"id"},
//			check.Properties{
//				{"id", check.Schema{check.String, check.MinLength(1)}},
//				{"parent", check.Schema{check.Ref("Order")}},
//			},
//		}},
//	})
//
//	err := rules.Of("Order").Check(data)
//
// The same rules as text, which generated code has and which compilers take in
// less time, are described at ReadRules.
package check

import (
	"sync"
	"sync/atomic"
)

// How deep arrays and objects may nest.
const (
	DefaultMaxDepth = 512
	LargestMaxDepth = 10_000
)

// DefaultMaxSize is how large a text may be, in bytes.
const DefaultMaxSize = 64 << 20

// MaxViolations is the most violations that one text is told of.
const MaxViolations = 1000

// Limits change what texts may be, whatever their schema. The zero value is the
// default.
type Limits struct {
	// Allow lets texts break laws that are kept by default.
	Allow Laxity
	// MaxSize is how large a text may be, in bytes; 0 means DefaultMaxSize.
	MaxSize int
	// MaxDepth is how deep arrays and objects may nest; 0 means
	// DefaultMaxDepth, and what is above LargestMaxDepth counts as that.
	MaxDepth int
}

// Laxity is a set of laws of RFC 8259 that texts may break.
type Laxity uint8

const (
	// AllowDuplicateKeys takes objects with equal names (§4). Every value that
	// such a name has is judged.
	AllowDuplicateKeys Laxity = 1 << iota
	// AllowInvalidUTF8 takes strings with bytes that are not UTF-8 (§8.1).
	AllowInvalidUTF8
	// AllowLoneSurrogates takes escapes for half of a surrogate pair (§8.2).
	AllowLoneSurrogates
	// AllowTrailingBytes does not look at what stands behind the value (§2).
	AllowTrailingBytes
	// AllowByteOrderMark passes over U+FEFF at the start (§8.1).
	AllowByteOrderMark
)

// laws are what a validator asks of texts apart from its schema.
type laws struct {
	maxDepth, maxSize int
	allow             Laxity
}

// laws fills in the defaults.
func (l Limits) laws() laws {
	out := laws{maxDepth: min(l.MaxDepth, LargestMaxDepth), maxSize: l.MaxSize, allow: l.Allow}
	if out.maxDepth <= 0 {
		out.maxDepth = DefaultMaxDepth
	}
	if out.maxSize <= 0 {
		out.maxSize = DefaultMaxSize
	}
	return out
}

// Any returns the validator of any JSON value, the same each time: it judges texts
// by the laws of JSON alone.
func Any() *Validator { return anyRules.Of("") }

var anyRules = NewRules(Set{{}})

// Validator is a compiled schema. It is safe for concurrent use.
type Validator struct {
	name  string // in its set
	prog  []node
	root  nodeID
	laws  laws
	slots *slots
	idle  sync.Pool // *walker

	planned atomic.Pointer[Layout] // that of a Plan
}

// Allows tells whether texts may break a law.
func (v *Validator) Allows(law Laxity) bool { return v.laws.allow&law != 0 }

// Valid tells whether data is one JSON value that keeps the schema. It stops at
// the first thing that is wrong.
func (v *Validator) Valid(data []byte) bool {
	w := v.walker(data)
	ok := w.document()
	v.release(w)
	return ok
}

// Check returns nil when data is one JSON value that keeps the schema, else an
// *Error that tells everything that is wrong, up to MaxViolations. When the bytes
// are not JSON it says that alone.
func (v *Validator) Check(data []byte) error {
	if v.Valid(data) {
		return nil
	}
	w := v.walker(data)
	w.report = &report{}
	w.document()
	found := w.report.finish(w)
	v.release(w)
	return &Error{Violations: found}
}

// maxKept bounds the buffers that an idle walker keeps, in elements.
const maxKept = 1 << 14

func (v *Validator) walker(data []byte) *walker {
	w, ok := v.idle.Get().(*walker)
	if !ok {
		w = &walker{prog: v.prog, root: v.root, laws: v.laws}
	}
	w.data = data
	w.fuel = fuelBase + min(fuelPerByte*len(data), fuelMax) + 2*len(data)
	w.full = w.fuel
	return w
}

func (v *Validator) release(w *walker) {
	if max(cap(w.scratch), cap(w.keys), cap(w.hashes), cap(w.words), cap(w.active), cap(w.spans)) > maxKept || w.memo != nil {
		return // made for an unusual text
	}
	if w.searcher != nil {
		if w.searcher.text = ""; cap(w.searcher.frames) > maxKept {
			w.searcher = nil
		}
	}
	w.data, w.report, w.cover, w.touched, w.spent = nil, nil, nil, nil, nil
	w.depth, w.activeFrom, w.spentAt, w.trying, w.beyond = 0, 0, 0, 0, false
	w.costly, w.trusted = false, false
	w.keys, w.words, w.active, w.scratch, w.hashes = w.keys[:0], w.words[:0], w.active[:0], w.scratch[:0], w.hashes[:0]
	v.idle.Put(w)
}
