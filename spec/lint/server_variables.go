package lint

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var serverVariables = &Rule{
	Code:     "server-variables",
	Severity: diag.Warning,
	Title:    "a server's address and its variables differ",
	Doc: `Every {expression} of a server's host and pathname, or of its url in 2.x, should be
one of its variables, and every variable should stand there: else nobody can tell where to connect. The standard
does not demand it, so a document that differs is not invalid.`,
	Bad: `
servers:
  production:
    host: '{region}.broker.example.com'
    protocol: kafka
    variables:
      zone:
        default: eu`,
	Good: `
servers:
  production:
    host: '{region}.broker.example.com'
    protocol: kafka
    variables:
      region:
        default: eu`,
	Check: checkServerVariables,
}

func checkServerVariables(p *Pass) {
	for s := range p.Doc.AllServers() {
		if !s.Host.IsSet() {
			continue
		}
		var declared []spec.Text
		for _, v := range s.Variables {
			declared = append(declared, v.Key)
		}
		p.compareExpressions("variable", s.Host, append(s.Host.Expressions(), s.Pathname.Expressions()...), declared)
	}
}
