// Package validate judges JSON text by a schema that was compiled once. It
// walks the bytes: nothing is decoded into values first, and a valid text of an
// ordinary schema costs no allocation.
//
// The text must be strict JSON (RFC 8259): duplicate keys, invalid UTF-8, lone
// surrogates, a byte order mark and trailing bytes are violations, and so is
// nesting beyond a limit. Numbers are judged by their decimal text, exactly.
//
// It imports source, diag, syntax and schema.
//
//	v, findings := validate.Compile(s, &validate.Options{})
//	if findings.HasErrors() { … }
//	if !v.Valid(data) {
//		for _, broken := range v.Validate(data).Violations {
//			fmt.Println(broken.Pointer, broken.Message)
//		}
//	}
package validate

import (
	"sync"

	"github.com/asyncwire/asyncwire/spec/source"
)

// How deep arrays and objects may nest.
const (
	DefaultMaxDepth = 512
	LargestMaxDepth = 10_000
)

// DefaultMaxSize is how large a text may be, in bytes.
const DefaultMaxSize = 64 << 20

// MaxViolations is the most violations that one verdict lists.
const MaxViolations = 1000

// Options change what is checked. The zero value is the default.
type Options struct {
	// NoFormats leaves the keywords "format", "contentEncoding" and
	// "contentMediaType" unchecked.
	NoFormats bool
	// AllFormats checks them in schemas of 2019-09 and later too, where they are
	// annotations by default. NoFormats comes first.
	AllFormats bool
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

// Validator is a compiled schema. It is safe for concurrent use.
type Validator struct {
	prog  []node
	root  nodeID
	laws  laws
	cover coverage
	idle  sync.Pool // *walker
}

// Verdict is what Validate says; no violations means valid.
type Verdict struct {
	Violations []Violation // by offset
}

// Valid tells whether nothing is wrong.
func (v Verdict) Valid() bool { return len(v.Violations) == 0 }

// Violation is one rule that the text breaks.
type Violation struct {
	// Pointer is the JSON Pointer (RFC 6901) to the value that breaks it; a
	// missing property is reported at the object that lacks it.
	Pointer string
	// Offset is where that value begins in the text, in bytes.
	Offset int
	// Keyword is the schema keyword that is broken, or one of these: "json"
	// (not JSON at all), "byte-order-mark", "trailing-bytes", "utf-8",
	// "surrogate", "duplicate-key", "max-depth", "max-size", "number-too-long",
	// "too-costly" (the schema asks for more work than one text may cause) and
	// "false" (the schema false).
	Keyword string
	// At is the place of the keyword in the document; nowhere for those that
	// are no keywords.
	At source.Span
	// Message says in plain words what is expected and what is there.
	Message string
}

// OfText tells whether the violation is one of the text as a whole, which then
// is not one JSON value: nothing can be looked up in it.
func (v Violation) OfText() bool {
	switch v.Keyword {
	case "json", "byte-order-mark", "trailing-bytes", "max-size":
		return true
	}
	return false
}

// Valid tells whether data is one JSON value that keeps the schema. It stops at
// the first thing that is wrong.
func (v *Validator) Valid(data []byte) bool {
	w := v.walker(data)
	ok := w.document()
	v.release(w)
	return ok
}

// Validate tells everything in data that breaks the schema, up to
// MaxViolations. When the bytes are not JSON it says that alone.
func (v *Validator) Validate(data []byte) Verdict {
	if v.Valid(data) {
		return Verdict{}
	}
	w := v.walker(data)
	w.report = &report{}
	w.document()
	verdict := Verdict{Violations: w.report.finish(w)}
	v.release(w)
	return verdict
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
	if max(cap(w.scratch), cap(w.keys), cap(w.hashes), cap(w.words), cap(w.active)) > maxKept || w.memo != nil {
		return // made for an unusual text
	}
	if w.searcher != nil {
		if w.searcher.text = ""; cap(w.searcher.frames) > maxKept {
			w.searcher = nil
		}
	}
	w.data, w.report, w.cover, w.touched, w.spent = nil, nil, nil, nil, nil
	w.depth, w.activeFrom, w.spentAt = 0, 0, 0
	w.costly, w.trusted = false, false
	w.keys, w.words, w.active, w.scratch, w.hashes = w.keys[:0], w.words[:0], w.active[:0], w.scratch[:0], w.hashes[:0]
	v.idle.Put(w)
}
