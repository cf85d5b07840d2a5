package generator

import (
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
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

// groupsOf returns the consumer groups that the bindings of an operation name: of
// Kafka, where its schema of them leaves one value, or one of several as the
// default. What sends has none.
func groupsOf(o *spec.Operation) []ir.BoundGroup {
	if o.Action != spec.Receive {
		return nil
	}
	const protocol = "kafka"
	var values []*syntax.Node
	if s := o.Bindings.Protocol(protocol).Schema("groupId").Deref(); s != nil {
		if values = s.Enum; s.Const != nil {
			values = []*syntax.Node{s.Const}
		}
		if len(values) != 1 && s.Default != nil {
			values = []*syntax.Node{s.Default}
		}
	}
	if len(values) != 1 || values[0].Kind != syntax.String || values[0].Text == "" {
		return nil
	}
	return []ir.BoundGroup{{Protocol: protocol, Group: values[0].Text}}
}

// deliveryVar plans the variable that has the policy of an operation, nil when the document says nothing.
func (p *planner) deliveryVar(name string, o *operation) *ir.Delivery {
	policy := p.deliveryPolicy(o)
	if policy == nil {
		return nil
	}
	doc := name + " is what the document says of how the messages of " + o.called() +
		" are delivered. Its consumer goes by it; runtime.Declared hands it to batches and to Pull."
	return &ir.Delivery{Name: name, Doc: ir.Text(doc), Policy: policy}
}

// deliveryDoc says in a consumer's comment what the document says of delivery.
func deliveryDoc(d *ir.Delivery) ir.Doc {
	if d == nil {
		return nil
	}
	return ir.Doc{
		{Text: "Unless opts or the options of conn say otherwise, messages are delivered as the document says:"},
		{Kind: ir.List, Items: d.Policy.Lines()},
	}
}
