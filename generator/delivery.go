package generator

import (
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// deliveryPolicy is what the document says of how an operation's messages are
// delivered, nil when it says nothing.
func (p *planner) deliveryPolicy(o *operation) *delivery.Policy {
	policy, said := delivery.Of(o.spec, func(at source.Spanner, format string, args ...any) *diag.Diagnostic {
		return p.found.Errorf(at, "delivery-policy", format, args...)
	})
	if !said || len(policy.Lines()) == 0 {
		return nil
	}
	return &policy
}

// deliveryDoc says in a consumer's comment what the document says of delivery.
func deliveryDoc(p *delivery.Policy) ir.Doc {
	if p == nil {
		return nil
	}
	return ir.Doc{
		{Text: "Unless opts or the options of conn say otherwise, messages are delivered as the document says:"},
		{Kind: ir.List, Items: p.Lines()},
	}
}
