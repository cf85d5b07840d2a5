package generator

import (
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// operationDecls plans the declarations of one operation.
func (p *planner) operationDecls(o *operation) *ir.Operation {
	names := o.Names()
	out := &ir.Operation{
		ID: o.spec.Key.Value, Name: o.stem, Sends: o.spec.Action == spec.Send, Arguments: p.arguments(o),
		Channel: &ir.Channel{Name: names[3], Address: o.address, Bound: o.bound, Groups: groupsOf(o.spec), Params: p.channelParams(names[3], o.args),
			Doc: channelDoc(names[3], o)},
	}
	out.Delivery = p.deliveryVar(names[4], o)
	for _, m := range o.messages {
		out.Messages = append(out.Messages, m.ir)
	}
	out.Producer = &ir.Producer{
		Operation: out, Name: names[0], Doc: producerDoc(names[0], o),
		New: names[1], NewDoc: ir.Text(names[1] + " returns a producer that sends over conn."),
		Methods: publishMethods(o),
	}
	out.Consumer = &ir.Consumer{Operation: out, Name: names[2], Doc: append(consumerDoc(names[2], o), deliveryDoc(out.Delivery)...)}
	if len(o.messages) > 1 {
		out.Consumer.Handlers = handlers(names[5], names[2], o)
	}
	return out
}

// channelParams returns the parameters, with the values of their enums and what else
// judges them.
func (p *planner) channelParams(channel string, args []*argument) []ir.ChannelParam {
	var out []ir.ChannelParam
	for _, a := range args {
		one := ir.ChannelParam{Name: a.wire}
		if a.typ != nil {
			one.Values = a.typ.enum
		}
		if name := a.rulesName(channel); p.judging[name] {
			one.Rules, one.Kinds = name, kindsOf(a.schema.TextTypes())&^check.String
		}
		out = append(out, one)
	}
	return out
}

// rulesName is what the rules of a parameter are called, which is no name of a type.
func (a *argument) rulesName(channel string) string { return channel + " " + a.wire }

// paramRoots are the schemas of parameters that say more than that their values are text,
// or are listed.
func (p *planner) paramRoots() (roots []validate.Root) {
	for _, o := range p.operations {
		for _, a := range o.args {
			if a.schema == nil {
				continue
			}
			more := *a.schema
			more.Enum, more.Const = nil, nil
			root := validate.Root{Name: a.rulesName(o.Names()[3]), Schema: &more, Bare: true}
			set, found := validate.Normal([]validate.Root{root}, nil, nil)
			if found.HasErrors() || slices.ContainsFunc(set[0].Schema, func(r check.Rule) bool { return r != check.String }) {
				roots = append(roots, root)
			}
		}
	}
	return roots
}

// arguments names the parameters of the address within the functions that take
// them.
func (p *planner) arguments(o *operation) []*ir.Argument {
	scope := p.scope.Within()
	scope.Reserve("ctx", "conn", "p", "e", "opts", "headers", "payload", "handle", "handlers", "m", "c",
		"context", "json", "runtime", "time")
	var claims []*naming.Claim
	for _, a := range o.args {
		claims = append(claims, naming.Simple(0, a.wire,
			naming.Unexported(a.wire), naming.Unexported(naming.Join(naming.Exported(a.wire), "Param")),
			naming.Unexported(naming.Spelled(a.wire)), naming.Unexported(naming.Cased(a.wire)), naming.Unexported(naming.Hex(a.wire))))
	}
	scope.Settle(claims)
	var out []*ir.Argument
	for i, a := range o.args {
		arg := &ir.Argument{Name: claims[i].Name(), Wire: a.wire}
		if a.typ != nil {
			arg.Type = a.typ.ir
		}
		out = append(out, arg)
	}
	return out
}

// publishMethods plans the methods of a producer. With several messages their
// names say which message they send.
func publishMethods(o *operation) []*ir.PublishMethods {
	if len(o.messages) == 1 {
		return []*ir.PublishMethods{publishMethod(o.messages[0], "Publish", "PublishEnvelope")}
	}
	scope := naming.Universe()
	var claims []*naming.Claim
	for _, m := range o.messages {
		c := &naming.Claim{Key: m.Key}
		for _, stem := range []string{m.stem, m.stem + "Message"} {
			c.Try(func() []string { return []string{"Publish" + stem, "Publish" + stem + "Envelope"} })
		}
		claims = append(claims, c)
	}
	scope.Settle(claims)
	var out []*ir.PublishMethods
	for i, m := range o.messages {
		out = append(out, publishMethod(m, claims[i].Names()[0], claims[i].Names()[1]))
	}
	return out
}

func publishMethod(m *message, name, envelope string) *ir.PublishMethods {
	return &ir.PublishMethods{
		Message: m.ir, Name: name, Envelope: envelope,
		Headers:     m.ir.Headers != nil && m.ir.Headers.Required(),
		Doc:         ir.Text(name + " sends a payload as message " + m.wire() + "."),
		EnvelopeDoc: ir.Text(envelope + " sends message " + m.wire() + " with the attributes and headers that e has."),
	}
}

// handlers plans the functions of a consumer of several messages, a field for each.
func handlers(name, consume string, o *operation) *ir.Handlers {
	out := &ir.Handlers{Name: name, Doc: ir.Text(name + " are the functions that " + consume + " hands the messages to. None may be nil.")}
	var claims []*naming.Claim
	for _, m := range o.messages { // two have one stem where nothing but a hash tells them apart
		claims = append(claims, naming.Simple(0, m.Key, m.stem))
	}
	naming.Universe().Settle(claims)
	for i, m := range o.messages {
		out.Fields = append(out.Fields, &ir.Handler{Name: claims[i].Name(), Message: m.ir})
	}
	return out
}
