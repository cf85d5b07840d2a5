package lint

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

var yamlAmbiguous = &Rule{
	Code:     "yaml-ambiguous",
	Severity: diag.Warning,
	Title:    "a value is another one in YAML 1.1",
	Doc: `AsyncAPI documents are YAML 1.2, where yes, no, on, off, y, n and 12:30 are text and 0777 is a number like any
other. Many tools still read YAML 1.1, where the words are booleans, 12:30 is 750 and 0777 is 511. Reported are values that are
compared or copied (enum, const, default, examples) and names; texts for people are let be.`,
	Bad: `
type: string
enum: [on, off]`,
	Good: `
type: string
enum: ["on", "off"]`,
	Check: checkYAMLAmbiguous,
}

func checkYAMLAmbiguous(p *Pass) {
	for _, s := range p.Schemas() {
		p.ambiguousSchema(s)
	}
	for m := range p.Doc.AllMessages() {
		for _, e := range m.Examples {
			p.ambiguousNodes(e.Headers, e.Payload)
		}
	}
	for s := range p.Doc.AllServers() {
		p.ambiguousName(s.Key)
		for _, v := range s.Variables {
			p.ambiguousName(v.Key)
			p.ambiguousTexts(append(append(v.Enum[:len(v.Enum):len(v.Enum)], v.Examples...), v.Default))
		}
	}
	for c := range p.Doc.AllChannels() {
		p.ambiguousChannel(c)
	}
	for o := range p.Doc.AllOperations() {
		p.ambiguousName(o.Key)
	}
}

func (p *Pass) ambiguousChannel(c *spec.Channel) {
	p.ambiguousName(c.Key)
	for _, m := range c.Messages {
		p.ambiguousName(m.Key)
	}
	for _, cp := range c.Parameters {
		p.ambiguousName(cp.Key)
		v := cp.Parameter
		p.ambiguousTexts(append(append(v.Enum[:len(v.Enum):len(v.Enum)], v.Examples...), v.Default))
	}
}

func (p *Pass) ambiguousSchema(s *schema.Schema) {
	for _, property := range s.Properties {
		p.ambiguousKey(syntax.Key{Text: property.Name.Text, At: property.Name.At})
	}
	p.ambiguousNodes(s.Default)
	p.ambiguousNodes(s.Const)
	p.ambiguousNodes(s.Enum...)
	p.ambiguousNodes(s.Examples...)
}

// ambiguousNodes reports the values and keys in some values, which may be nil.
func (p *Pass) ambiguousNodes(nodes ...*syntax.Node) {
	for _, n := range nodes {
		if n == nil {
			continue
		}
		if kind, value, differs := n.InYAML11(); differs {
			p.ambiguous(n.At, n.Kind, kind, value)
		}
		for _, m := range n.Members {
			p.ambiguousKey(m.Key)
			p.ambiguousNodes(m.Value)
		}
		p.ambiguousNodes(n.Items...)
	}
}

func (p *Pass) ambiguousTexts(texts []spec.Text) {
	for _, t := range texts {
		if t.IsSet() {
			p.ambiguousNodes(&syntax.Node{Kind: syntax.String, Text: t.Value, At: t.At})
		}
	}
}

func (p *Pass) ambiguousName(t spec.Text) {
	if t.IsSet() {
		p.ambiguousKey(syntax.Key{Text: t.Value, At: t.At})
	}
}

func (p *Pass) ambiguousKey(k syntax.Key) {
	if kind, value, differs := k.InYAML11(); differs {
		p.ambiguous(k.At, syntax.String, kind, value)
	}
}

// ambiguous reports what is written at a place, which is one kind of value here
// and another in YAML 1.1.
func (p *Pass) ambiguous(at source.Span, here, there syntax.Kind, value string) {
	if p.judge.wrong[at] {
		return // has been reported, and what it was meant to be
	}
	written := at.Text()
	what := "text"
	if here == syntax.Number {
		what = "a decimal number"
	}
	if there == syntax.String {
		value = "text"
	}
	d := p.Reportf(at, "%s is %s here, and %s for tools that read YAML 1.1", written, what, value)
	if here == syntax.Number {
		d.WithHelp("write it without the leading 0, or in quotes if it is text")
		return
	}
	d.WithHelp("put it in quotes").WithFix(at, `"`+written+`"`)
}
