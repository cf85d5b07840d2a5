package ir

// Doc is a doc comment, block by block. Its text is plain: a printer breaks it
// into lines and makes sure that it stays a comment.
type Doc []Block

// BlockKind is what a block of a doc comment is.
type BlockKind uint8

// The kinds of blocks that Go's doc comments know.
const (
	Paragraph BlockKind = iota
	Heading
	List
	Code
)

// Block is one block of a doc comment.
type Block struct {
	Kind  BlockKind
	Text  string   // of a paragraph or heading
	Items []string // of a list; the lines of a code block
}

// Text returns a doc comment of the given paragraphs, without the empty ones.
func Text(paragraphs ...string) Doc {
	var d Doc
	for _, p := range paragraphs {
		if p != "" {
			d = append(d, Block{Text: p})
		}
	}
	return d
}
