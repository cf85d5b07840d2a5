package parse

import (
	"net/url"
	"regexp"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// text reads the string at p, which what names in messages. A value that YAML
// does not take for a string is a mistake that quotes cure.
func (r *reader) text(p resolve.Place, what string) spec.Text {
	if p.Node == nil || !r.isKind(p, what, syntax.String) {
		return spec.Text{}
	}
	return spec.Text{Value: p.Node.Text, At: p.Node.At}
}

// isKind tells whether the node at p is of a kind, and reports when it is not.
func (r *reader) isKind(p resolve.Place, what string, want syntax.Kind) bool {
	if p.Node.Kind != want {
		r.wrongKind(p, what, want)
	}
	return p.Node.Kind == want
}

func (r *reader) wrongKind(p resolve.Place, what string, want syntax.Kind) {
	if want == syntax.Mapping {
		r.refs.Excuse(p.Node)
	}
	at := p.Node.At
	if p.Node.Kind == syntax.Null && at.Start == at.End && !p.Key.IsZero() {
		r.found.Errorf(p.Key, "wrong-kind", "%s must be %s, is empty", what, want.Phrase()).
			WithHelp("give it a value or leave the key out")
		return
	}
	d := r.found.Errorf(wrongText(p), "wrong-kind", "%s must be %s, is %s", what, want.Phrase(), p.Node.Kind.Phrase())
	if word, help, ok := p.Node.MeantBoolean(); ok && want == syntax.Bool {
		d.WithHelp("%s", help).WithFix(p.Node, word)
	}
	if want == syntax.String && p.Ref() != nil && what != quoted("$ref") {
		d.WithHelp("a reference cannot stand for a text: write the text itself")
	}
	if want == syntax.String && (p.Node.Kind == syntax.Number || p.Node.Kind == syntax.Bool) {
		d.WithHelp("quote it: %q", at.Text()).WithFix(at, `"`+at.Text()+`"`)
	}
}

// wrongText is the text that is wrong where a value of another kind should be:
// the value, or what stands for it where it may be long.
func wrongText(p resolve.Place) source.Span {
	switch at := p.Node.At; {
	case p.Node.Kind == syntax.Sequence, p.Node.Kind == syntax.Mapping, at.Start == at.End:
		return head(p)
	default:
		return top(at)
	}
}

// isBroken tells whether one of the maps is no object, which is reported where
// the map is read: what is not found in it is no mistake of its own.
func (r *reader) isBroken(maps ...resolve.Place) bool {
	for _, m := range maps {
		if m.Node != nil && m.Node.Kind != syntax.Mapping {
			return true
		}
	}
	return false
}

// oneOf reports a text that is none of some words.
func (r *reader) oneOf(t spec.Text, what string, words []string) bool {
	for _, w := range words {
		if t.Value == w {
			return true
		}
	}
	d := r.found.Errorf(t, "wrong-value", "%s must be %s, is %q", what, alternatives(words), brief(t.Value))
	d.Suggest(t, t.Value, words)
	return false
}

// distinct returns the texts of an array and reports those that are there twice.
func (r *reader) distinct(texts []spec.Text) []spec.Text {
	first := map[string]spec.Text{}
	for _, t := range texts {
		if other, twice := first[t.Value]; twice {
			r.found.Errorf(t, "duplicate-item", "%q is listed twice", brief(t.Value)).Note(other, "first listed here")
			continue
		}
		first[t.Value] = t
	}
	return texts
}

// suggest adds the name in a map that a wrong one may be a slip of.
func (r *reader) suggest(d *diag.Diagnostic, name string, names *syntax.Node) {
	if near := r.refs.Nearest(name, names); near != "" {
		d.WithHelp("did you mean %q?", near)
	}
}

// nameForm is what the keys of a map may look like.
type nameForm uint8

const (
	anyName    nameForm = iota
	plainName           // letters, digits, _ and -
	dottedName          // and dots
)

var nameForms = [...]struct {
	pattern *regexp.Regexp
	words   string
}{
	anyName:    {regexp.MustCompile(``), ""},
	plainName:  {regexp.MustCompile(`^[A-Za-z0-9_-]+$`), "letters, digits, _ and -"},
	dottedName: {regexp.MustCompile(`^[A-Za-z0-9._-]+$`), "letters, digits, dots, _ and -"},
}

func (r *reader) checkName(name spec.Text, key string, form nameForm) {
	if !nameForms[form].pattern.MatchString(name.Value) {
		r.found.Errorf(name, "invalid-name", "a name in %q must be of %s, is %q", key, nameForms[form].words, brief(name.Value))
	}
}

// head is the smallest text that stands for the object at p: the key it is
// under, or else its first key, or else the beginning of its text.
func head(p resolve.Place) source.Span {
	if !p.Key.IsZero() {
		return p.Key
	}
	n := p.Node
	for n.Kind == syntax.Sequence && len(n.Items) > 0 {
		n = n.Items[0]
	}
	if n.Kind == syntax.Mapping && len(n.Members) > 0 {
		return n.Members[0].Key.At
	}
	return top(n.At)
}

// top is the first line of a text.
func top(at source.Span) source.Span {
	if end := strings.IndexByte(at.Text(), '\n'); end >= 0 {
		at.End = at.Start + end
	}
	return at
}

// componentKey is the key in components of what a trail of references ends at,
// or "" when it passes no component. The last one counts.
func componentKey(trail []resolve.Place) string {
	for i := len(trail) - 1; i >= 0; i-- {
		if !strings.HasPrefix(trail[i].Pointer, "/components/") {
			continue
		}
		if tokens := resolve.Tokens(trail[i].Pointer); len(tokens) == 3 {
			return tokens[2]
		}
	}
	return ""
}

// isURI tells whether s is an absolute URI (RFC 3986), as far as a slip would
// show. Braces are let pass: documents are full of templates.
func isURI(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Scheme != "" && len(s) > len(u.Scheme)+1 && !strings.ContainsAny(s, " \t\r\n<>\"")
}

// isEmail tells whether s has the shape of an address (RFC 5321 "Mailbox").
func isEmail(s string) bool {
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1 && !strings.ContainsAny(s, " \t\r\n")
}

func quoted(key string) string { return `"` + key + `"` }

// withArticle puts "a" or "an" before the name of an object.
func withArticle(name string) string {
	if strings.HasSuffix(name, "bindings") {
		return name
	}
	if strings.IndexByte("aeiou", name[0]) >= 0 {
		return "an " + name
	}
	return "a " + name
}

// alternatives lists words in a sentence.
func alternatives(words []string) string {
	if len(words) == 1 {
		return quoted(words[0])
	}
	return `one of "` + strings.Join(words, `", "`) + `"`
}

// excerpt shows a node in a message.
func excerpt(n *syntax.Node) string {
	switch n.Kind {
	case syntax.Sequence, syntax.Mapping:
		return n.Kind.Phrase()
	case syntax.Null:
		return "nothing"
	}
	return quoted(brief(n.Text))
}

// brief cuts a text that is too long for a message.
func brief(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}
