package templates

import (
	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// channel returns:
//
//	// TurnOnChannel is where the messages of operation turnOn travel.
//	var TurnOnChannel = runtime.Channel{
//		Address: "smartylighting.{streetlightId}.turn.on",
//		Bound: []runtime.BoundAddress{
//			{Protocol: "kafka", Address: "lights"},
//		},
//	}
func (e emitter) channel(c *ir.Channel) *jen.Statement {
	members := []snip.Member{{Name: "Address", Value: jen.Lit(c.Address)}}
	literal := snip.Inline
	if len(c.Bound) > 0 {
		members = append(members, snip.Member{Name: "Bound", Value: e.bound(c.Bound)})
		literal = snip.Literal
	}
	if len(c.Groups) > 0 {
		members = append(members, snip.Member{Name: "Groups", Value: e.groups(c.Groups)})
		literal = snip.Literal
	}
	if len(c.Values) > 0 {
		members = append(members, snip.Member{Name: "Values", Value: e.values(c.Values)})
		literal = snip.Literal
	}
	return snip.Doc(c.Doc, 0).Var().Id(c.Name).Op("=").Add(literal(e.rt.Channel(), members...))
}

// values returns: []runtime.ParamValues{{Name: "warehouse", Values: []string{"lyon", "turin"}}}
func (e emitter) values(params []ir.ParamValues) *jen.Statement {
	var out []jen.Code
	for _, p := range params {
		var values []jen.Code
		for _, v := range p.Values {
			values = append(values, jen.Lit(v))
		}
		out = append(out, snip.Inline(jen.Null(), snip.Member{Name: "Name", Value: jen.Lit(p.Name)},
			snip.Member{Name: "Values", Value: jen.Index().String().Values(values...)}))
	}
	return jen.Index().Add(e.rt.Name("ParamValues")).Add(snip.Lines(out...))
}

// groups returns: []runtime.BoundGroup{{Protocol: "kafka", Group: "lights"}}
func (e emitter) groups(groups []ir.BoundGroup) *jen.Statement {
	var values []jen.Code
	for _, g := range groups {
		values = append(values, snip.Inline(jen.Null(),
			snip.Member{Name: "Protocol", Value: jen.Lit(g.Protocol)}, snip.Member{Name: "Group", Value: jen.Lit(g.Group)}))
	}
	return jen.Index().Add(e.rt.Name("BoundGroup")).Add(snip.Lines(values...))
}

func (e emitter) bound(addresses []ir.BoundAddress) *jen.Statement {
	var values []jen.Code
	for _, b := range addresses {
		values = append(values, snip.Inline(jen.Null(),
			snip.Member{Name: "Protocol", Value: jen.Lit(b.Protocol)},
			snip.Member{Name: "Address", Value: jen.Lit(b.Address)}))
	}
	return jen.Index().Add(e.rt.BoundAddress()).Add(snip.Lines(values...))
}

// params returns the values of the address's parameters, or nil:
//
//	[]runtime.Param{{Name: "streetlightId", Value: string(streetlightID)}}
func (e emitter) params(o *ir.Operation) *jen.Statement {
	if len(o.Arguments) == 0 {
		return jen.Nil()
	}
	var values []jen.Code
	for _, a := range o.Arguments {
		value := jen.Id(a.Name)
		if a.Type != nil {
			value = jen.String().Call(value)
		}
		values = append(values, snip.Inline(jen.Null(),
			snip.Member{Name: "Name", Value: jen.Lit(a.Wire)}, snip.Member{Name: "Value", Value: value}))
	}
	return jen.Index().Add(e.rt.Param()).Values(values...)
}

// arguments returns the address's parameters as those of a function.
func (e emitter) arguments(o *ir.Operation) []jen.Code {
	var out []jen.Code
	for _, a := range o.Arguments {
		typ := jen.String()
		if a.Type != nil {
			typ = jen.Id(a.Type.Name)
		}
		out = append(out, jen.Id(a.Name).Add(typ))
	}
	return out
}
