package edit

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
)

// style is how a document is mostly written.
type style struct {
	unit     int   // by how much objects are indented
	sequence int   // by how much arrays are indented below their key
	quote    quote // of text that needs quotes
	colon    string
	comma    string
}

// tally counts what is written how.
type tally struct {
	doc                        *layout.Doc
	units, sequences           map[int]int
	singles, doubles           int
	tight, loose               int // colons in brackets without and with a space
	closeCommas, distantCommas int
}

func styleOf(doc *layout.Doc) style {
	t := &tally{doc: doc, units: map[int]int{}, sequences: map[int]int{}}
	t.count(doc.Root, -1, false)
	s := style{unit: most(t.units, 2), quote: double, colon: " ", comma: " "}
	s.sequence = most(t.sequences, s.unit)
	if t.singles > t.doubles {
		s.quote = single
	}
	if doc.JSON {
		s.quote = double
		if t.tight > t.loose {
			s.colon = ""
		}
		if t.closeCommas > t.distantCommas || t.tight > 0 && t.loose == 0 && t.distantCommas == 0 {
			s.comma = ""
		}
	}
	return s
}

// most is the number that is counted most often.
func most(counts map[int]int, otherwise int) int {
	best := otherwise
	for n, count := range counts {
		if count > counts[best] || count == counts[best] && n < best && counts[best] > 0 {
			best = n
		}
	}
	return best
}

// count counts what is in a value within a block mapping at a column.
func (t *tally) count(n *layout.Node, outer int, flow bool) {
	switch {
	case n.Style == layout.SingleQuoted:
		t.singles++
	case n.Style == layout.DoubleQuoted:
		t.doubles++
	case n.Style == layout.BlockMapping && outer >= 0 && n.Indent > outer && n.Indent-outer < 10:
		t.units[n.Indent-outer]++
	case n.Style == layout.BlockSequence && outer >= 0 && n.Indent-outer < 10:
		t.sequences[n.Indent-outer]++
	}
	inner := -1
	if n.Style == layout.BlockMapping {
		inner = n.Indent
	}
	for i, e := range n.Entries {
		if n.Style.IsFlow() {
			t.countGaps(n, i)
		}
		if e.Key != nil {
			t.count(e.Key, -1, flow)
		}
		t.count(e.Value, inner, flow || n.Style.IsFlow())
	}
}

func (t *tally) countGaps(n *layout.Node, i int) {
	e := n.Entries[i]
	if e.Colon >= 0 && e.Value.Style != layout.Empty {
		if e.Value.Outset() == e.Colon+1 {
			t.tight++
		} else {
			t.loose++
		}
	}
	if i+1 < len(n.Entries) && e.Comma >= 0 {
		gap := t.doc.Slice(e.Comma+1, n.Entries[i+1].Start())
		switch {
		case gap == "":
			t.closeCommas++
		case !strings.ContainsAny(gap, "\r\n"):
			t.distantCommas++
		}
	}
}
