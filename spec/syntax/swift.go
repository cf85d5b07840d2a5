package syntax

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/source"
)

// swift reads the part of YAML that documents are mostly written in: objects
// and lists in blocks, plain, quoted and block scalars, brackets, comments. It
// makes the very tree that the converter makes of the YAML library's nodes,
// several times as fast and with a fraction of the memory, or it gives up: at a
// mistake, and at whatever is rare, such as anchors, tags, directives, tabs
// between values and a second document. The library reads the text then, so that
// findings come from one place alone. Every method that returns a nil node or
// false has given up.
type swift struct {
	file  *source.File
	text  string
	pos   int
	line  int // offset of the line that pos is on, when it is among the blocks
	col   int // column of pos, counted from 0, at the beginning of a block; -1 at the end
	depth int // arrays and objects that are open

	members []Member // of the objects that are open, one behind another
	items   []*Node  // of the arrays that are open
	scratch []byte   // a scalar that is not what is written
	cut     slabs
}

// parseSwiftly returns the tree of a document without mistakes, or nil when it
// gives up.
func parseSwiftly(f *source.File, text []byte) *Node {
	body := firstBlock(text)
	if !tame(text, body) {
		return nil
	}
	p := &swift{file: f, text: shared(f, text), pos: body, line: body}
	if !p.next() || p.col < 0 {
		return nil
	}
	n := p.block(-1)
	if n == nil || p.col >= 0 || n.Kind < Sequence {
		return nil
	}
	return n
}

// block reads the value that begins at pos, in column col, and what follows up
// to the next line with content. The columns of blocks around it are parent at
// most.
func (p *swift) block(parent int) *Node {
	switch c := p.text[p.pos]; {
	case c == '-' && p.blankAt(p.pos+1):
		return p.sequence(p.col)
	case c == '[' || c == '{':
		return p.ended(p.flow())
	case c == '|' || c == '>':
		return p.ended(p.blockScalar(parent))
	}
	col, start := p.col, p.pos
	key, isKey := p.key()
	if isKey {
		return p.mapping(col, key)
	}
	p.pos = start
	return p.ended(p.inlineScalar(parent))
}

// ended returns n once nothing but white space and comments have been found
// behind it on its line.
func (p *swift) ended(n *Node) *Node {
	if n == nil || !p.next() {
		return nil
	}
	return n
}

// mapping reads the object in column col whose first key has been read, up to
// its colon.
func (p *swift) mapping(col int, key Key) *Node {
	if p.depth++; p.depth > MaxDepth {
		return nil
	}
	start, first := key.At.Start, len(p.members)
	for {
		value := p.value(col)
		if value == nil {
			return nil
		}
		p.members = append(p.members, Member{Key: key, Value: value})
		if p.col != col {
			break
		}
		var ok bool
		if key, ok = p.key(); !ok {
			return nil
		}
	}
	if p.col > col {
		return nil
	}
	return p.object(start, p.members[len(p.members)-1].Value.At.End, first)
}

// object closes an object whose members begin at number first.
func (p *swift) object(start, end, first int) *Node {
	p.depth--
	n := p.node(Mapping, "", start, end)
	n.Members = p.cut.members(p.members[first:])
	p.members = p.members[:first]
	n.reindex()
	if !n.distinct() {
		return nil
	}
	return n
}

// distinct tells whether no key is there twice.
func (n *Node) distinct() bool {
	if n.index != nil {
		return len(n.index) == len(n.Members)
	}
	for i := range n.Members {
		for j := range i {
			if n.Members[i].Key.Text == n.Members[j].Key.Text {
				return false
			}
		}
	}
	return true
}

// value reads what stands behind the colon of a key in column col.
func (p *swift) value(col int) *Node {
	at := p.pos
	switch p.skipSpaces(); {
	case p.atLineEnd(at):
		if p.pos = at; !p.next() {
			return nil
		}
		if p.col == col && p.atItem() {
			return p.sequence(col)
		}
		return p.below(col, at)
	case p.text[p.pos] == '[' || p.text[p.pos] == '{':
		return p.ended(p.flow())
	case p.text[p.pos] == '|' || p.text[p.pos] == '>':
		return p.ended(p.blockScalar(col))
	}
	return p.ended(p.inlineScalar(col))
}

// below reads the value that begins on a line of its own, which must be indented
// by more than col, or else is nothing that stands at an offset.
func (p *swift) below(col, at int) *Node {
	if p.col > col {
		return p.block(col)
	}
	return p.node(Null, "", at, at)
}

// sequence reads the array whose first dash comes next, in column col.
func (p *swift) sequence(col int) *Node {
	if p.depth++; p.depth > MaxDepth {
		return nil
	}
	start, first := p.pos, len(p.items)
	for {
		item := p.item(col)
		if item == nil || p.col > col {
			return nil
		}
		p.items = append(p.items, item)
		if p.col < col || !p.atItem() {
			break
		}
	}
	return p.array(start, p.items[len(p.items)-1].At.End, first)
}

// array closes an array whose items begin at number first.
func (p *swift) array(start, end, first int) *Node {
	p.depth--
	n := p.node(Sequence, "", start, end)
	n.Items = p.cut.items(p.items[first:])
	p.items = p.items[:first]
	return n
}

// item reads the item of an array in column col whose dash comes next.
func (p *swift) item(col int) *Node {
	p.pos++
	at := p.pos
	if p.skipSpaces(); p.atLineEnd(at) {
		if p.pos = at; !p.next() {
			return nil
		}
		return p.below(col, at)
	}
	if p.col = p.pos - p.line; p.text[p.pos] == '\t' {
		return nil
	}
	return p.block(col)
}

// longestKey is the longest key that is read. The library allows a few more
// characters.
const longestKey = 1000

// key reads a key with its colon. It reports false, having moved anywhere, when
// there is none.
func (p *swift) key() (Key, bool) {
	start := p.pos
	var text string
	if c := p.text[start]; c == '"' || c == '\'' {
		var ok bool
		if text, ok = p.quoted(); !ok || strings.IndexByte(p.text[start:p.pos], '\n') >= 0 {
			return Key{}, false
		}
	} else {
		if !p.startsPlain() {
			return Key{}, false
		}
		text = p.text[start:p.plainLine()]
	}
	end := start + len(text)
	if c := p.text[start]; c == '"' || c == '\'' {
		end = p.pos
		p.skipSpaces()
	}
	if !p.atColon() || p.pos-start > longestKey || text == "<<" {
		return Key{}, false
	}
	p.pos++
	return Key{Text: text, At: p.span(start, end)}, true
}

// next moves from the end of a value to the next line that has content. It gives
// up when something is left on the line, or at a tab.
func (p *swift) next() bool {
	begin := p.pos
	for i := p.pos; ; {
		for i < len(p.text) && p.text[i] == ' ' {
			i++
		}
		if i < len(p.text) && p.text[i] == '#' && (i > begin || i == p.line) {
			i = lineEnd(p.text, i)
		}
		switch {
		case i == len(p.text):
			p.pos, p.col = i, -1
			return true
		case p.text[i] == '\r' || p.text[i] == '\n':
			i = behindBreak(p.text, i)
			p.line = i
			continue
		}
		p.pos, p.col = i, i-p.line
		return begin <= p.line && p.text[i] != '\t'
	}
}

func (p *swift) skipSpaces() {
	for p.pos < len(p.text) && p.text[p.pos] == ' ' {
		p.pos++
	}
}

// atLineEnd tells whether nothing but a comment comes on this line; from is
// where white space began.
func (p *swift) atLineEnd(from int) bool {
	if p.pos >= len(p.text) {
		return true
	}
	c := p.text[p.pos]
	return c == '\n' || c == '\r' || c == '#' && p.pos > from
}

// atItem tells whether the dash of an array's item comes next.
func (p *swift) atItem() bool {
	return p.text[p.pos] == '-' && p.blankAt(p.pos+1)
}

// atColon tells whether the colon behind a key comes next.
func (p *swift) atColon() bool {
	return p.pos < len(p.text) && p.text[p.pos] == ':' && p.blankAt(p.pos+1)
}

// blankAt tells whether white space, or nothing, is at an offset.
func (p *swift) blankAt(i int) bool { return i >= len(p.text) || isBlank(p.text[i]) }

func (p *swift) span(start, end int) source.Span {
	return source.Span{File: p.file, Start: start, End: end}
}

func (p *swift) node(kind Kind, text string, start, end int) *Node {
	n := p.cut.node()
	n.Kind, n.Text, n.At = kind, text, p.span(start, end)
	return n
}

// lineEnd is the offset of the line feed that ends the line at i, or of the end.
func lineEnd(text string, i int) int {
	if j := strings.IndexByte(text[i:], '\n'); j >= 0 {
		return i + j
	}
	return len(text)
}

// behindBreak is the offset behind the line break at i.
func behindBreak(text string, i int) int {
	if text[i] == '\r' {
		i++
	}
	return i + 1
}
