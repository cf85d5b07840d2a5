package generator

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// The ranks of names: on a clash the lower one keeps its name.
const (
	rankComponent = iota // schemas under components of the document
	rankSchema           // schemas that have a name elsewhere
	rankMessage
	rankOperation
	rankParameter
	rankInline // schemas named after their title or place
	rankValue  // constants
)

// name gives everything of the package its name.
func (p *planner) name() {
	p.scope = naming.Universe()
	p.scope.Reserve(rulesName)
	p.scope.Reserve(ruleSetName)
	var claims []*naming.Claim
	for _, m := range p.messages {
		p.claimMessage(m)
		claims = append(claims, m.Claim)
	}
	for _, e := range p.entities {
		p.claimEntity(e)
		claims = append(claims, e.Claim)
	}
	for _, o := range p.operations {
		p.claimOperation(o)
		claims = append(claims, o.Claim)
	}
	for _, a := range p.parameters {
		claimParameter(a)
		claims = append(claims, a.Claim)
	}
	p.scope.Settle(claims)
	for _, e := range p.entities {
		if !e.at.member {
			p.gotName(e.shape.schema, e.Name())
		}
	}
	p.nameValues()
}

// forms adds the forms of a name: as it reads, with its symbols spelled out,
// with its case, letter by letter.
func forms(c *naming.Claim, names func(stem string) []string, texts ...string) {
	for _, form := range []func(string) string{naming.Exported, naming.Spelled, naming.Cased, naming.Verbatim} {
		for _, text := range texts {
			if text != "" {
				c.Try(func() []string { return names(form(text)) })
			}
		}
	}
}

// claimEntity wants a schema's key, else its title, else the name of its place.
func (p *planner) claimEntity(e *entity) {
	s := e.shape.schema
	names := func(name string) []string {
		if e.shape.kind == kindSum {
			return []string{name, "Validate" + name, "Read" + name, "Write" + name, "Unmarshal" + name}
		}
		return []string{name, "Validate" + name}
	}
	e.Rank = rankInline
	e.Parent = e.at.owner
	if own := p.goName(s); own != "" && !e.at.member {
		e.Try(func() []string { return names(own) })
	}
	path, file := p.pathName(s.Origin)
	switch {
	case s.Name != "":
		if e.Rank = rankSchema; p.isComponent(s.Origin) {
			e.Rank = rankComponent
		}
		forms(e.Claim, names, s.Name, path, file+" "+s.Name)
	case e.at.isRoot():
		forms(e.Claim, names, titleName(s.Title), path, file+" "+path)
	default:
		if title := titleName(s.Title); title != "" {
			e.Try(func() []string { return names(naming.Exported(title)) })
		}
		e.Try(func() []string { return names(e.at.name(e.at.path)) })
		e.Try(func() []string { return names(e.at.name(e.at.spelled)) })
		forms(e.Claim, names, path)
	}
}

// titleName is the title where it is short enough to be a name.
func titleName(title string) string {
	if words := naming.Words(title); len(words) == 0 || len(words) > 5 || utf8.RuneCountInString(title) > 40 || strings.ContainsAny(title, ".:;!?\n") {
		return ""
	}
	return title
}

// claimMessage wants the message's name, else its key.
func (p *planner) claimMessage(m *message) {
	names := func(stem string) []string {
		m.stem = stem
		return []string{stem + "Envelope", "Validate" + stem + "Envelope"}
	}
	path, file := p.pathName(m.spec.Origin)
	forms(m.Claim, names, append(m.texts(), path, file+" "+path)...)
}

// texts are what a message is called, the best first.
func (m *message) texts() []string {
	s := m.spec
	out := []string{s.Name.Value, s.Key, s.ID.Value}
	for _, key := range m.keys {
		out = append(out, strings.TrimSuffix(key, ".message"))
	}
	return slices.DeleteFunc(out, func(t string) bool { return t == "" })
}

// wire is the name that a message travels under.
func (m *message) wire() string {
	for _, name := range append([]string{m.spec.Name.Value, m.spec.Key, m.spec.ID.Value}, m.keys...) {
		if name != "" {
			return name
		}
	}
	return "message"
}

// claimOperation wants the operation's id without the verb that only says what
// its action says.
func (p *planner) claimOperation(o *operation) {
	names := func(stem string) []string {
		o.stem = stem
		out := []string{stem + "Producer", "New" + stem + "Producer", "Consume" + stem, stem + "Channel", stem + "Delivery"}
		if len(o.messages) > 1 {
			out = append(out, stem+"Handlers")
		}
		return out
	}
	id := o.spec.Key.Value
	if short := withoutVerb(id, o.spec.Action); short != "" {
		o.Try(func() []string { return names(naming.Exported(short)) })
	}
	forms(o.Claim, names, id, o.spec.Action.String()+" "+id, id+" operation")
}

// verbs are the words that say what an action says.
var verbs = map[spec.Action][]string{
	spec.Receive: {"receive", "receives", "consume", "consumes", "on", "handle", "handles", "subscribe", "process", "listen", "recv"},
	spec.Send:    {"send", "sends", "publish", "publishes", "emit", "emits", "produce", "produces", "announce", "notify", "pub"},
}

// withoutVerb drops the verb in front of an operation's id, or returns "".
func withoutVerb(id string, action spec.Action) string {
	words := naming.Words(id)
	if len(words) < 2 || !slices.Contains(verbs[action], words[0]) {
		return ""
	}
	start := strings.IndexFunc(id, func(r rune) bool { return r == rune(words[0][0]) || r == rune(words[0][0]-'a'+'A') })
	return id[start+len(words[0]):]
}

// claimParameter wants the parameter's name. Of several parameters with one
// name each takes that of an operation that has it.
func claimParameter(a *parameter) {
	names := func(name string) []string { return []string{name} }
	texts := []string{a.name, a.name + " parameter"}
	var users []string
	for _, o := range a.operations {
		users = append(users, o.spec.Key.Value)
	}
	if len(users) > 0 {
		texts = append(texts, slices.Min(users)+" "+a.name)
	}
	forms(a.Claim, names, texts...)
}

// nameValues names the constants of all enums.
func (p *planner) nameValues() {
	var claims []*naming.Claim
	for _, e := range p.entities {
		for _, v := range e.shape.values {
			c := claimValue(e.Name(), e.shape.wordOf(v))
			e.values = append(e.values, c)
			claims = append(claims, c)
		}
	}
	for _, a := range p.parameters {
		for _, text := range a.enum {
			c := claimValue(a.Name(), text)
			a.values = append(a.values, c)
			claims = append(claims, c)
		}
	}
	p.scope.Settle(claims)
}

// wordOf is what a constant is called.
func (sh *shape) wordOf(v enumValue) string {
	isNumber := v.text != "" && strings.Contains("-0123456789", v.text[:1])
	if textual[sh.basic] || !isNumber {
		return v.text
	}
	return numberWords(v.text)
}

// claimValue wants the name of the type with the value behind it.
func claimValue(typ, value string) *naming.Claim {
	c := &naming.Claim{Rank: rankValue, Key: typ + "." + value}
	add := func(parts ...string) { c.Try(func() []string { return []string{naming.Join(parts...)} }) }
	// Behind the name of the type a digit may stand in front.
	bare := func(name string) string {
		if len(name) > 1 && name[0] == 'X' && name[1] >= '0' && name[1] <= '9' {
			return name[1:]
		}
		return name
	}
	add(typ, bare(naming.Exported(value)))
	add(typ, bare(naming.Spelled(value)))
	add(typ, "Value", bare(naming.Spelled(value)))
	add(typ, naming.Cased(value))
	add(typ, naming.Verbatim(value))
	add(typ, naming.Hex(value))
	return c
}

// keyAt identifies a type: by its schema and, where that was made of several, by
// its place.
func (p *planner) keyAt(s *schema.Schema, at place) string {
	if p.made[s] {
		return p.key(s.Origin) + "@" + at.path
	}
	return p.key(s.Origin)
}

// key identifies an object of the document, wherever it is checked out.
func (p *planner) key(o source.Origin) string { return p.fileOf(o) + "#" + o.Pointer }

// fileOf is an object's file, relative to the document's.
func (p *planner) fileOf(o source.Origin) string {
	if o.At.File == nil || p.doc.At.File == nil || o.At.File == p.doc.At.File {
		return ""
	}
	rel, err := filepath.Rel(filepath.Dir(p.doc.At.File.URI()), o.At.File.URI())
	if err != nil {
		return o.At.File.URI()
	}
	return filepath.ToSlash(rel)
}

// isComponent tells whether an object lies under components of the document.
func (p *planner) isComponent(o source.Origin) bool {
	return p.fileOf(o) == "" && strings.HasPrefix(o.Pointer, "/components/schemas/") && strings.Count(o.Pointer, "/") <= 4
}

// structural are the parts of a JSON Pointer that say nothing about what is
// there.
var structural = map[string]bool{
	"components": true, "schemas": true, "messages": true, "channels": true, "operations": true, "message": true,
	"properties": true, "definitions": true, "$defs": true, "allOf": true, "oneOf": true, "anyOf": true, "items": true,
	"schema": true, "messageTraits": true, "traits": true, "publish": true, "subscribe": true, "": true,
}

// pathName makes words of an object's place: those of its pointer, and those of
// its file.
func (p *planner) pathName(o source.Origin) (pointer, file string) {
	var parts []string
	for token := range strings.SplitSeq(o.Pointer, "/") {
		token = source.UnescapeToken(token)
		if !structural[token] {
			parts = append(parts, token)
		}
	}
	file = path.Base(p.fileOf(o))
	if o.At.File != nil && file == "." {
		file = path.Base(filepath.ToSlash(o.At.File.Name()))
	}
	file, _, _ = strings.Cut(file, ".")
	if len(parts) == 0 {
		return file, file
	}
	return strings.Join(parts, " "), file
}
