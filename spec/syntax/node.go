package syntax

import (
	"github.com/asyncwire/asyncwire/spec/source"
)

// Kind is what a node is in the JSON data model.
type Kind uint8

// The kinds of the JSON data model.
const (
	Null Kind = iota + 1
	Bool
	Number
	String
	Sequence
	Mapping
)

var kindNames = [...]string{Null: "null", Bool: "boolean", Number: "number", String: "string", Sequence: "array", Mapping: "object"}

// String is the kind's name in JSON's words.
func (k Kind) String() string {
	if int(k) < len(kindNames) && kindNames[k] != "" {
		return kindNames[k]
	}
	return "nothing"
}

// Phrase is the kind as a sentence names it: "an object", "a string", "null".
func (k Kind) Phrase() string {
	switch k {
	case Null:
		return "null"
	case Sequence, Mapping:
		return "an " + k.String()
	}
	return "a " + k.String()
}

// Node is one value of a document. Nodes are shared: a YAML alias yields the
// very node its anchor names, so a tree may be a graph, but never a cycle.
// A node must not be changed once parsed.
type Node struct {
	Kind Kind
	// At is the text of the value itself, without anchor and tag. An array or
	// object in block style reaches from its first child to the end of its last,
	// one in brackets from bracket to bracket, a block scalar from its indicator
	// to its last visible character. A value left empty is a span of no length.
	At source.Span
	// Text is a scalar's value: the decoded text of a string, the literal of a
	// number as JSON writes it, "true" or "false".
	Text    string
	Members []Member // of a Mapping, in document order, keys unique
	Items   []*Node  // of a Sequence

	index map[string]int32 // number of each member by its key, when they are many
}

// Member is one key of a mapping and its value.
type Member struct {
	Key   Key
	Value *Node
}

// Key is a mapping's key with its own place.
type Key struct {
	Text string
	At   source.Span
}

// Span makes a Key a source.Spanner.
func (k Key) Span() source.Span { return k.At }

// Span makes a Node a source.Spanner.
func (n *Node) Span() source.Span { return n.At }

// Get returns the value under a key, or nil.
func (n *Node) Get(key string) *Node {
	if m := n.Member(key); m != nil {
		return m.Value
	}
	return nil
}

// Member returns the member with that key, or nil.
func (n *Node) Member(key string) *Member {
	if n == nil {
		return nil
	}
	if n.index != nil {
		if i, ok := n.index[key]; ok {
			return &n.Members[i]
		}
		return nil
	}
	for i := range n.Members {
		if n.Members[i].Key.Text == key {
			return &n.Members[i]
		}
	}
	return nil
}

// reindex brings the index up to date with the members.
func (n *Node) reindex() {
	n.index = nil
	if len(n.Members) <= indexFrom {
		return
	}
	n.index = make(map[string]int32, len(n.Members))
	for i := range n.Members {
		n.index[n.Members[i].Key.Text] = int32(i)
	}
}
