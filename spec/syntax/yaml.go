package syntax

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

const (
	// maxRepairs is how often a text is read again after a mistake that can be
	// stepped over.
	maxRepairs = 10
	// maxDirectives is how many lines may begin with "%". The library compares
	// each %TAG with all others.
	maxDirectives = 1000
)

// parseYAML reads the YAML document of a file.
func parseYAML(f *source.File, text []byte) (*Node, *findings) {
	c := &converter{file: f, found: new(findings), anchored: map[*yaml.Node]*built{}}
	if bytes.Count(text, []byte("\n%")) > maxDirectives {
		c.found.errorf(startOf(f), codeTooLarge, "the document has more than %d directives", maxDirectives)
		return nil, c.found
	}
	c.yamlText = newYAMLText(f, text, c.found)
	c.cursor = newCursor(f, c.text)
	dec, root := c.decode()
	if root == nil {
		return nil, c.found
	}
	b := c.value(root, 1)
	c.checkRest(dec, b.end)
	if c.stopped {
		return nil, c.found
	}
	return b.node, c.found
}

// decode has the library read the first document of the stream. The node is nil
// when it cannot be read or there is none, which has become a finding.
func (c *converter) decode() (*yaml.Decoder, *yaml.Node) {
	for n := 1; ; n++ {
		dec := yaml.NewDecoder(bytes.NewReader(c.text))
		doc, err := next(dec)
		switch {
		case errors.Is(err, io.EOF):
			if len(c.found.list) == 0 { // else it is empty but for what cannot be read
				reportEmpty(c.found, c.file)
			}
			return nil, nil
		case err == nil:
			return dec, doc.Content[0]
		case n > maxRepairs || !c.repair(whyOf(dec, err, c.cursor)):
			c.explain(whyOf(dec, err, c.cursor))
			return nil, nil
		}
	}
}

// next reads one document.
func next(dec *yaml.Decoder) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the YAML library failed: %v", r)
		}
	}()
	doc = new(yaml.Node)
	if err := dec.Decode(doc); err != nil {
		return nil, err
	}
	if len(doc.Content) == 0 {
		return nil, errors.New("the YAML library returned nothing")
	}
	return doc, nil
}

// repair changes the text so that reading it again gets beyond the mistake.
func (c *converter) repair(w why) bool {
	defer func() { c.cursor.text = c.text }()
	switch {
	case w.anchor != "":
		return c.dropAlias(w)
	case w.problem == "found invalid Unicode character escape code", w.problem == "found unknown escape character":
		return c.hideEscapes()
	case w.problem == "found incompatible YAML document":
		return c.hideVersion(w.problemAt)
	}
	if tab := c.tabBefore(w); tab >= 0 {
		return c.hideTabs(c.lineStart(tab), c.indentEnd(tab))
	}
	return false
}

// dropAlias reports an alias that names nothing and makes of it a scalar that
// is left out.
func (c *converter) dropAlias(w why) bool {
	at := c.span(w.problemAt, w.problemAt+len("*")+len(w.anchor))
	if string(c.text[at.Start:at.End]) != "*"+w.anchor {
		return false
	}
	reportUnknownAlias(c.found, at, w.anchor)
	c.own()
	copy(c.text[at.Start:], bytes.Repeat([]byte("~"), at.End-at.Start))
	c.unknown[at.Start] = true
	return true
}

func reportUnknownAlias(found *findings, at source.Span, name string) *diag.Diagnostic {
	return found.errorf(at, "alias-unknown", "alias *%s names nothing that is defined above it", name).
		WithHelp("mark the value that is meant with &%s, or put the text in quotes if no alias is meant", name)
}

// checkRest sees to it that nothing stands behind the first document, which
// ends at an offset.
func (c *converter) checkRest(dec *yaml.Decoder, end int) {
	for {
		doc, err := next(dec)
		if errors.Is(err, io.EOF) {
			return
		}
		if err == nil && isNothing(doc.Content[0]) {
			continue // it was a closing "---"
		}
		second, ok := c.secondDocument(end)
		if !ok {
			c.explain(whyOf(dec, err, c.cursor))
			c.stopped = true
			return
		}
		c.found.errorf(second, "several-documents", "a second document begins here, which is not read").
			WithHelp("keep one document in a file")
		return
	}
}

func isNothing(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Value == "" && n.Style == 0 && n.Anchor == ""
}

// secondDocument is the first line behind an offset that begins a document, or
// what follows the end of one.
func (c *converter) secondDocument(end int) (source.Span, bool) {
	for line := c.file.Position(end).Line; line <= c.file.Lines(); line++ {
		start := c.file.LineStart(line)
		marker := c.word(start)
		if start < end {
			continue
		}
		switch string(c.text[marker.Start:marker.End]) {
		case "---":
			return marker, true
		case "...":
			start = c.skip(marker.End, "")
			return c.word(start), true
		}
	}
	return source.Span{}, false
}
