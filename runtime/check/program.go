package check

import (
	"math"
)

// nodeID is the index of a node in its program.
type nodeID int32

// Nodes that every program begins with.
const (
	none    nodeID = iota - 1 // no node at all
	anyNode                   // takes every value
)

// node is one compiled schema. Parts that a schema does not have are nil, and
// the walker passes over them.
type node struct {
	id      nodeID
	types   Types // of what it takes
	never   bool  // the schema false
	text    *textRules
	number  *numberRules
	array   *arrayRules
	object  *objectRules
	values  []*valueRules // enum and const
	combine *combineRules
	about   *about
}

const everyType = Null | Boolean | Integer | Number | String | Array | Object

// about is what messages say of a node.
type about struct {
	schema, title string
	asked         Types  // as the schema writes them
	format        string // and so on: as the schema writes them
	fits          string
	encoding      string
	media         string
	multiple      string
}

// textRules restrict strings. Lengths count code points.
type textRules struct {
	min, max int
	counts   bool // min or max is set
	reads    bool // one of the others is
	pattern  *pattern
	fixed    *fixedText // that of pattern, where nothing else is asked of a text
	format   *format
	own      *format // of the schema, where format is what a Go type holds of it
	fits     bool    // format is what a Go type holds
	encoding *format
	media    *format
}

// numberRules restrict numbers.
type numberRules struct {
	bounds   []bound
	multiple *divisor
	whole    bool // only integers
	// simple is set when numbers within both edges are within all bounds.
	simple    bool
	low, high edge
	wholeFor  rule // the rule that asks for integers
}

// bound is one of the four limits, or one that a format implies.
type bound struct {
	side    rule // of the four limits
	rule    rule // what it belongs to
	limit   decimal
	literal string
	short   bool // fixedPoint is the limit as well
	fixedPoint
}

// arrayRules restrict arrays.
type arrayRules struct {
	tuple    []nodeID
	rest     nodeID // of the items behind the tuple
	each     *node  // rest, where there is no tuple
	closed   bool   // nothing may stand behind the tuple
	restRule rule   // which says so
	min, max int
	unique   bool
	contains nodeID
	// How many items may be of the kind that contains asks for, and how many are
	// worth counting.
	least, most, wanted int
	fewRule             rule // that too few break
	// What the rules evaluate, for unevaluatedItems: whole means every item, marks
	// those that contains asks for.
	whole, marks bool
}

// objectRules restrict objects.
type objectRules struct {
	known      []property
	quick      []quickProperty // the first of known, where they may be quick
	base       int             // see walker.order
	lean       bool            // an object breaks no rule if its members do not and all that are wanted are present
	wanted     uint64          // the first of required
	index      nameIndex
	required   bitset
	patterns   []patternRule
	additional nodeID
	closed     bool // no additional properties
	names      nodeID
	min, max   int
	depends    []dependency
	// simple is set when a known property's value is judged by its node alone,
	// and its key by nothing.
	simple bool
	// whole is set when the rules evaluate every property, for
	// unevaluatedProperties.
	whole bool
}

// property is a name that the schema mentions, in the order of the document.
type property struct {
	name string
	// raw is the key with the colon as compact JSON text writes it; "" when the
	// name needs escapes.
	raw  string
	node nodeID // none when "properties" does not mention the name
}

type patternRule struct {
	pattern *pattern
	node    nodeID
}

// dependency holds when the trigger, a known property, is present.
type dependency struct {
	trigger int
	rule    rule  // that asks for names
	names   []int // known properties that must be present as well
	node    nodeID
}

// combineRules combine the verdicts of other nodes on the same value.
type combineRules struct {
	all, any, one []nodeID
	not           nodeID
	cond          nodeID
	then, other   nodeID
	// choice is set when the node is nothing but one anyOf or oneOf, so that
	// its branches can judge bytes nobody has scanned before.
	choice bool
	named  *naming // says which of one or any counts, nil when nothing does
	// first is walked in place of the node's own rules, which are none.
	first nodeID
	// fits judge last, and evaluate nothing.
	fits []nodeID

	// What judges the properties and items that nothing else has evaluated.
	properties, items nodeID
	leftovers         *leftovers // nil when neither is set
}

// leftovers tells what must not remain unevaluated.
type leftovers struct {
	noProperties, noItems bool
}

// none and unlimited stand for absent limits.
const unlimited = math.MaxInt

var noObject = &objectRules{additional: anyNode, names: none, max: unlimited}

var noArray = &arrayRules{rest: anyNode, max: unlimited, most: unlimited, contains: none}

// bitset is a set of small integers.
type bitset []uint64

func (s bitset) has(i int) bool { return i>>6 < len(s) && s[i>>6]&(1<<(i&63)) != 0 }

func (s *bitset) add(i int) {
	for i>>6 >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[i>>6] |= 1 << (i & 63)
}

// nameIndex finds a name among the known properties: open addressing over a
// table whose slots hold the property's number plus one.
type nameIndex struct {
	slots []int32
}

func newNameIndex(known []property) nameIndex {
	size := 4
	for size < 2*len(known) {
		size *= 2
	}
	x := nameIndex{slots: make([]int32, size)}
	for i := range known {
		at := nameHash(known[i].name)
		for ; x.slots[at&uint32(size-1)] != 0; at++ {
		}
		x.slots[at&uint32(size-1)] = int32(i + 1)
	}
	return x
}

// nameHash is FNV-1a. The table holds the schema's names alone, so a message
// cannot make its chains longer.
func nameHash(name string) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h ^ h>>15
}

// find returns the number of a name, or -1.
func (x nameIndex) find(known []property, name string) int {
	if len(known) == 0 {
		return -1
	}
	mask := uint32(len(x.slots) - 1)
	for at := nameHash(name); ; at++ {
		slot := x.slots[at&mask]
		if slot == 0 {
			return -1
		}
		if known[slot-1].name == name {
			return int(slot - 1)
		}
	}
}
