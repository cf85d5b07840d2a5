package generator

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec/schema"
)

const deprecated = "Deprecated: the document marks it as deprecated."

// outdated begins a text whose first words are that its thing is deprecated.
var outdated = regexp.MustCompile(`(?i)^\s*deprecated[:.,!]\s+`)

// words is what the document says about a thing.
type words struct {
	title, text string
	deprecated  bool
	instead     ir.Doc // what it says of why it is deprecated
}

// sorted takes a text that begins by saying that its thing is deprecated for
// what it is: Go has a paragraph of its own for that.
func (w words) sorted() words {
	if lead := outdated.FindString(w.text); lead != "" && len(lead) < len(w.text) {
		w.instead, w.text, w.deprecated = verbatim(w.text[len(lead):]), "", true
	}
	return w
}

// doc writes a doc comment whose first sentence begins with the name: from the
// description, else the title, else the fallback.
func (w words) doc(name, fallback string) ir.Doc {
	var out ir.Doc
	switch {
	case strings.TrimSpace(w.text) != "":
		out = about(name, markdown(w.text))
	case w.title != "" && naming.Exported(w.title) != name:
		out = about(name, ir.Text(w.title))
	default:
		out = ir.Text(fallback)
	}
	return out
}

// closing adds the paragraphs that end a doc comment.
func (w words) closing(d ir.Doc, limits string) ir.Doc {
	if limits != "" {
		d = addSentence(d, limits)
	}
	switch {
	case len(w.instead) > 0 && w.instead[0].Kind == ir.Paragraph:
		w.instead[0].Text = "Deprecated: " + w.instead[0].Text
		return append(d, w.instead...)
	case w.deprecated:
		return append(d, ir.Block{Text: deprecated})
	}
	return append(d, w.instead...)
}

// addSentence puts a sentence at the end of a doc comment, within its first
// paragraph where it has no other. What is said of deprecation stays the last.
func addSentence(d ir.Doc, sentence string) ir.Doc {
	if i := slices.IndexFunc(d, func(b ir.Block) bool { return strings.HasPrefix(b.Text, "Deprecated: ") }); i >= 0 {
		return append(addSentence(slices.Clone(d[:i]), sentence), d[i:]...)
	}
	if len(d) == 1 && d[0].Kind == ir.Paragraph {
		return ir.Text(d[0].Text + " " + sentence)
	}
	return append(d, ir.Block{Text: sentence})
}

// wordsOf is what is said about a schema where it is used, else at the schema
// itself.
func wordsOf(s *schema.Schema) words {
	if s == nil {
		return words{}
	}
	w := words{title: s.Title, text: s.Description, deprecated: s.Deprecated}
	target := s.Deref()
	if w.text == "" && w.title == "" {
		w.title = target.Title
	}
	if w.text == "" {
		w.text = target.Description
	}
	w.deprecated = w.deprecated || target.Deprecated
	return w.sorted()
}

// typeDoc is the doc comment of a type.
func (p *planner) typeDoc(e *entity) ir.Doc {
	s, said := e.shape.schema, e.shape.said
	w := wordsOf(said)
	fallback := fmt.Sprintf("%s is schema %s of the document.", e.Name(), s.Name)
	if s.Name == "" {
		fallback = fmt.Sprintf("%s is a schema of the document.", e.Name())
	}
	if e.at.what != "" && s.Name == "" {
		what := e.at.what
		if e.at.owner != nil {
			what = strings.ReplaceAll(what, "%s", e.at.stem())
		}
		verb := "is"
		if e.headers != nil {
			verb = "are"
		}
		fallback = fmt.Sprintf("%s %s %s.", e.Name(), verb, what)
	}
	limits := ""
	if e.shape.kind != kindEnum {
		limits = constraints(said, settable(said))
	}
	return w.closing(w.doc(e.Name(), fallback), limits)
}

// fieldDoc is the doc comment of a field, which SetDefaults sets or not; there may be none.
func (p *planner) fieldDoc(name string, m member, isSet bool) ir.Doc {
	if m.schema == nil {
		return nil
	}
	w := wordsOf(m.schema)
	doc := w.doc(name, "")
	if u := p.use(m.schema); u.entity != nil && m.schema.Ref == nil && u.said == m.schema {
		doc = firstSentence(doc) // the type, which stands below, says the rest
	}
	return w.closing(doc, p.limits(m.schema, isSet))
}

// limits are the constraints of a member that its type does not state.
func (p *planner) limits(s *schema.Schema, isSet bool) string {
	u := p.use(s)
	if u.entity != nil && u.kind != kindEnum {
		return ""
	}
	if isSet {
		return constraints(s.Deref(), defaultNode(s))
	}
	return constraints(s.Deref(), nil)
}

// messageDoc is the doc comment of an envelope.
func messageDoc(m *message) ir.Doc {
	s := m.spec
	first := m.Names()[0] + " carries message " + m.wire()
	if m.spec.Title.Value != "" && naming.Exported(m.spec.Title.Value) != naming.Exported(m.wire()) {
		first += " (" + strings.TrimSpace(m.spec.Title.Value) + ")"
	}
	out := ir.Text(first + ".")
	out = append(out, verbatim(s.Summary.Value)...)
	if s.Description.Value != s.Summary.Value {
		out = append(out, verbatim(s.Description.Value)...)
	}
	return words{deprecated: s.Deprecated}.closing(out, "")
}

// verbatim is text of the document as paragraphs of their own.
func verbatim(text string) ir.Doc {
	out := markdown(text)
	if len(out) > 0 && out[0].Kind == ir.Paragraph {
		out[0].Text = sentence(out[0].Text)
	}
	return out
}

// parameterDoc is the doc comment of a parameter's type. Where channels
// describe the parameter differently it says nothing about its meaning.
func parameterDoc(a *parameter) ir.Doc {
	fallback := fmt.Sprintf("%s is parameter %s of an address.", a.Name(), a.name)
	w := words{}
	byDefault := ""
	for i, s := range a.specs {
		if i > 0 && (s.Description.Value != w.text || s.Default.Value != byDefault) {
			return ir.Text(fallback)
		}
		w.text, byDefault = s.Description.Value, s.Default.Value
	}
	out := w.doc(a.Name(), fallback)
	if byDefault != "" {
		out = addSentence(out, fmt.Sprintf("The document's default is %q.", byDefault))
	}
	return out
}

// operationWords are the paragraphs that the document has about an operation
// and its channel, each once.
func operationWords(o *operation) ir.Doc {
	var out ir.Doc
	seen := map[string]bool{}
	c := o.spec.Channel
	for _, text := range []string{o.spec.Summary.Value, o.spec.Description.Value, c.Summary.Value, c.Description.Value} {
		if text = strings.TrimSpace(text); text != "" && !seen[text] {
			seen[text] = true
			out = append(out, verbatim(text)...)
		}
	}
	return out
}

// side says which side of an operation the described application is on.
func side(o *operation, producer bool) string {
	sends := o.spec.Action.String() == "send"
	switch {
	case sends && producer:
		return "This is the described application's own side."
	case sends:
		return "The described application is on the other side: it sends."
	case producer:
		return "The described application is on the other side: it receives."
	}
	return "This is the described application's own side."
}

func (o *operation) called() string { return "operation " + o.spec.Key.Value }

func producerDoc(name string, o *operation) ir.Doc {
	out := ir.Text(fmt.Sprintf("%s sends the messages of %s. %s", name, o.called(), side(o, true)))
	return append(out, operationWords(o)...)
}

func consumerDoc(name string, o *operation) ir.Doc {
	out := ir.Text(fmt.Sprintf("%s handles the messages of %s until ctx ends, and returns nil when all that was begun is done. %s",
		name, o.called(), side(o, false)))
	handler := "handle"
	if len(o.messages) > 1 {
		handler = "its handler"
	}
	out = append(out, ir.Block{Text: "A message is done when " + handler + " returns nil; until then it is delivered again."})
	return append(out, operationWords(o)...)
}

func channelDoc(name string, o *operation) ir.Doc {
	return ir.Text(fmt.Sprintf("%s is where the messages of %s travel.", name, o.called()))
}

// packageDoc is the comment of the package.
func (p *planner) packageDoc(name string) ir.Doc {
	info := p.doc.Info
	title := strings.TrimSpace(info.Title.Value)
	if title == "" {
		title = "a document without a title"
	}
	if info.Version.Value != "" {
		title += ", version " + info.Version.Value
	}
	out := ir.Text(fmt.Sprintf("Package %s holds the typed messages, producers and consumers of %s.", name, title))
	return append(out, verbatim(info.Description.Value)...)
}
