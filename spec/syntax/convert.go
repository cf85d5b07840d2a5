package syntax

import (
	"go.yaml.in/yaml/v3"

	"github.com/asyncwire/asyncwire/spec/source"
)

// converter makes nodes of the YAML library's nodes. It works through the
// document in the order of the text.
type converter struct {
	*yamlText
	file     *source.File
	cursor   *cursor
	found    *findings
	anchored map[*yaml.Node]*built // what each anchor names; nil while it is being read
	added    int                   // nodes that aliases and merge keys have added so far
	overfull bool                  // added is beyond its limit, and that has been said
	stopped  bool                  // nothing sound can come of the document any more
}

// built is a converted node with what only the conversion needs to know. The
// node is nil when it cannot be used.
type built struct {
	node   *Node
	end    int // offset behind the text that stands here: the value, or its alias
	size   int // nodes in it, aliases followed
	height int // levels of arrays and objects in it, aliases followed
}

// include counts a child in.
func (b *built) include(child built) {
	b.end = max(b.end, child.end)
	b.size += child.size
	b.height = max(b.height, child.height)
}

// value converts one node within depth-1 arrays and objects.
func (c *converter) value(n *yaml.Node, depth int) built {
	if n.Kind == yaml.AliasNode {
		return c.alias(n, depth)
	}
	if depth > MaxDepth && !c.stopped && n.Kind != yaml.ScalarNode {
		reportDepth(c.found, c.word(c.cursor.at(n.Line, n.Column)))
		c.stopped = true
	}
	if c.stopped {
		return built{}
	}
	if n.Anchor != "" {
		c.anchored[n] = nil
	}
	var b built
	switch n.Kind {
	case yaml.MappingNode:
		b = c.mapping(n, depth)
	case yaml.SequenceNode:
		b = c.sequence(n, depth)
	default:
		b = c.scalar(n)
	}
	if n.Anchor != "" {
		c.anchored[n] = &b
	}
	return b
}

// alias yields what its anchor names, the very node.
func (c *converter) alias(n *yaml.Node, depth int) built {
	at := c.aliasSpan(n)
	b, ok := c.anchored[n.Alias]
	switch {
	case c.stopped || !ok:
		return built{end: at.End}
	case b == nil:
		anchor := c.cursor.at(n.Alias.Line, n.Alias.Column)
		c.found.errorf(at, "alias-cycle", "alias *%s stands inside of the value it names", n.Value).
			Note(c.span(anchor, anchor+1+len(n.Value)), "the value begins here").
			WithHelp("describe recursive data with a $ref")
		return built{end: at.End}
	case depth+b.height-1 > MaxDepth:
		reportDepth(c.found, at)
		c.stopped = true
		return built{end: at.End}
	case b.node == nil || !c.afford(b.size, at):
		return built{end: at.End}
	}
	return built{node: b.node, end: at.End, size: b.size, height: b.height}
}

// afford tells whether the document may grow by that many nodes that are not
// written there.
func (c *converter) afford(size int, at source.Span) bool {
	if c.added+size <= MaxAdded {
		c.added += size
		return true
	}
	if !c.overfull {
		c.found.errorf(at, "alias-limit", "the aliases of this document stand for more than %d values", MaxAdded).
			WithHelp("use $ref instead of aliases that contain aliases")
	}
	c.overfull = true
	return false
}

func (c *converter) sequence(n *yaml.Node, depth int) built {
	start, end := c.content(n)
	c.checkTag(n, tagSequence)
	b := built{end: end, size: 1}
	node := &Node{Kind: Sequence}
	if len(n.Content) > 0 {
		node.Items = make([]*Node, 0, len(n.Content))
	}
	for _, item := range n.Content {
		child := c.value(item, depth+1)
		b.include(child)
		if child.node != nil {
			node.Items = append(node.Items, child.node)
		}
	}
	return c.finish(n, node, start, b)
}

func (c *converter) mapping(n *yaml.Node, depth int) built {
	start, end := c.content(n)
	c.checkTag(n, tagMapping)
	b := built{end: end, size: 1}
	members := newMembers(len(n.Content)/2, c.found)
	var merged *merge
	for i := 0; i+1 < len(n.Content) && !c.stopped; i += 2 {
		key, isText := c.key(n.Content[i], depth)
		b.end = max(b.end, key.At.End)
		child := c.value(n.Content[i+1], depth+1)
		b.include(child)
		switch {
		case isText && n.Content[i].Tag == tagMerge:
			if _, taken := members.lookup(key.Text); !taken {
				merged = &merge{key: key, value: child.node, at: len(members.list)}
			}
			members.add(key, nil)
		case isText:
			members.add(key, child.node)
		}
	}
	node := &Node{Kind: Mapping}
	members.finish(node)
	c.merge(node, merged)
	return c.finish(n, node, start, b)
}

// finish completes an array or object whose children have been read.
func (c *converter) finish(n *yaml.Node, node *Node, start int, b built) built {
	if n.Style&yaml.FlowStyle != 0 && (c.text[start] == '{' || c.text[start] == '[') {
		b.end = c.closing(max(b.end, start+1))
	}
	b.node = node
	b.height++
	node.At = c.span(start, b.end)
	return b
}

// key reads a mapping's key. It reports false when the key is not text or
// cannot be used.
func (c *converter) key(n *yaml.Node, depth int) (Key, bool) {
	scalar, at := n, source.Span{}
	if n.Kind == yaml.AliasNode {
		scalar, at = n.Alias, c.aliasSpan(n)
	}
	if scalar.Kind != yaml.ScalarNode {
		end := c.value(n, depth+1).end
		if at.IsZero() {
			start, _ := c.content(n)
			at = c.span(start, end)
		}
		c.found.errorf(at, "key-not-text", "a key must be text, not an %s", yamlKind(scalar)).
			WithHelp("put the key in quotes if it is meant as text")
		return Key{At: at}, false
	}
	if at.IsZero() {
		at = c.scalarSpan(n)
	}
	if n.Anchor != "" {
		b := c.resolved(n, at)
		c.anchored[n] = &b
	}
	return Key{Text: c.textOf(scalar), At: at}, !c.unknown[at.Start]
}

func yamlKind(n *yaml.Node) Kind {
	if n.Kind == yaml.SequenceNode {
		return Sequence
	}
	return Mapping
}
