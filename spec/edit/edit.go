// Package edit changes documents in place. What is asked for in terms of values
// (set this one, rename that key) becomes the fewest possible edits of the text,
// so that comments, order, quotes, indentation and everything else that was not
// meant to change does not. What is new is written in the style of what stands
// around it: block or flow YAML, or JSON.
//
// It imports source, diag, syntax, layout and resolve.
//
//	doc, found := edit.Open(source.NewFile("orders.yaml", text))
//	err := doc.Set("/info/version", edit.String("1.2.0"))
//	text, err := doc.Text()
package edit

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Reasons why an operation is refused. The errors that are returned match them
// and say more.
var (
	ErrNotFound = errors.New("there is no such value")
	ErrExists   = errors.New("the key is taken")
	ErrWrongUse = errors.New("this cannot be done to such a value")
	// ErrShared tells that the value is written once and used in several places,
	// by an alias or a merge key, so that a change here would change it there.
	ErrShared = errors.New("the value is used in several places")
	// ErrConflict tells that two edits touch the same text.
	ErrConflict = errors.New("two edits touch the same text")
	// ErrFault tells that a result was not what was meant, which is a mistake of
	// this package. Nothing has been changed then.
	ErrFault = errors.New("internal error: the edited text does not mean what it should")
)

// Edit replaces the bytes [Start, End) of a text.
type Edit struct {
	Start, End int
	New        string
}

// Apply applies edits, in any order, to a text, which is left as it is. Edits
// that touch the same bytes fail with ErrConflict; several that insert at one
// place do so one after another.
func Apply(text []byte, edits []Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortStableFunc(sorted, func(a, b Edit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(min(a.End-a.Start, 1), min(b.End-b.Start, 1)))
	})
	var b bytes.Buffer
	at := 0
	for _, e := range sorted {
		if e.Start < at || e.End < e.Start || e.End > len(text) {
			return nil, fmt.Errorf("%w at byte %d", ErrConflict, e.Start)
		}
		b.Write(text[at:e.Start])
		b.WriteString(e.New)
		at = e.End
	}
	b.Write(text[at:])
	return b.Bytes(), nil
}

// String is a value that is text.
func String(text string) *syntax.Node { return &syntax.Node{Kind: syntax.String, Text: text} }

// Number is a value that is a number, in JSON's notation.
func Number(literal string) *syntax.Node { return &syntax.Node{Kind: syntax.Number, Text: literal} }

// Bool is true or false.
func Bool(b bool) *syntax.Node {
	return &syntax.Node{Kind: syntax.Bool, Text: fmt.Sprint(b)}
}

// Null is no value.
func Null() *syntax.Node { return &syntax.Node{Kind: syntax.Null} }

// Array is a value that is an array.
func Array(items ...*syntax.Node) *syntax.Node {
	return &syntax.Node{Kind: syntax.Sequence, Items: items}
}

// Object is a value that is an object. Keys must be different.
func Object(members ...syntax.Member) *syntax.Node {
	return &syntax.Node{Kind: syntax.Mapping, Members: members}
}

// Member is a member for Object.
func Member(key string, value *syntax.Node) syntax.Member {
	return syntax.Member{Key: syntax.Key{Text: key}, Value: value}
}

// repeat is n times a space.
func repeat(n int) string { return strings.Repeat(" ", max(n, 0)) }
