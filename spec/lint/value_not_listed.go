package lint

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var valueNotListed = &Rule{
	Code:     "value-not-listed",
	Severity: diag.Error,
	Title:    "a default or an example is none of the listed values",
	Doc: `The enum of a server variable or of a channel's parameter is the limited set that its values are
from (AsyncAPI 3.1 "Server Variable Object" and "Parameter Object", enum). A default or an example outside of the set
contradicts it.`,
	Bad: `
variables:
  port:
    enum: ['9092', '9093']
    default: '9094'`,
	Good: `
variables:
  port:
    enum: ['9092', '9093']
    default: '9092'`,
	Check: checkValueNotListed,
}

func checkValueNotListed(p *Pass) {
	for s := range p.Doc.AllServers() {
		for _, v := range s.Variables {
			p.checkListed(v.Enum, v.Default, v.Examples)
		}
	}
	for _, v := range p.Doc.Components.ServerVariables {
		p.checkListed(v.Value.Enum, v.Value.Default, v.Value.Examples)
	}
	for c := range p.Doc.AllChannels() {
		for _, parameter := range c.Parameters {
			q := parameter.Parameter
			p.checkListed(q.Enum, q.Default, q.Examples)
		}
	}
	for _, parameter := range p.Doc.Components.Parameters {
		q := parameter.Value
		p.checkListed(q.Enum, q.Default, q.Examples)
	}
}

// checkListed reports what is not in the enum of an object, where it has one.
func (p *Pass) checkListed(enum []spec.Text, byDefault spec.Text, examples []spec.Text) {
	if len(enum) == 0 {
		return
	}
	listed := values(enum)
	known := make(map[string]bool, len(listed))
	for _, value := range listed {
		known[value] = true
	}
	check := func(what string, t spec.Text) {
		if !t.IsSet() || known[t.Value] {
			return
		}
		d := p.Reportf(t, "the %s %q is none of the values under \"enum\"", what, t.Value).
			Note(enum[0], "they begin here")
		if near := p.hints.Nearest(t.Value, listed); near != "" {
			d.WithHelp("did you mean %q?", near)
		}
	}
	check("default", byDefault)
	for _, e := range examples {
		check("example", e)
	}
}
