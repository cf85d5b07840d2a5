package templates

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// channel returns:
//
//	// TurnOnChannel is where the messages of operation turnOn travel.
//	var TurnOnChannel = runtime.Channel{
//		Address: "smartylighting.{streetlightId}.turn.on",
//		Params:  []runtime.ChannelParam{{Name: "streetlightId"}},
//		Bound: []runtime.BoundAddress{
//			{Protocol: "kafka", Address: "lights"},
//		},
//	}
func (e emitter) channel(c *ir.Channel) *jen.Statement {
	members := []snip.Member{{Name: "Address", Value: jen.Lit(c.Address)}}
	literal := snip.Inline
	if len(c.Params) > 0 {
		members = append(members, snip.Member{Name: "Params", Value: e.params(c.Params)})
		if slices.ContainsFunc(c.Params, func(p ir.ChannelParam) bool { return len(p.Values) > 0 || p.Rules != "" }) {
			literal = snip.Literal
		}
	}
	if len(c.Bound) > 0 {
		members = append(members, snip.Member{Name: "Bound", Value: e.bound(c.Bound)})
		literal = snip.Literal
	}
	if len(c.Groups) > 0 {
		members = append(members, snip.Member{Name: "Groups", Value: e.groups(c.Groups)})
		literal = snip.Literal
	}
	return snip.Doc(c.Doc, 0).Var().Id(c.Name).Op("=").Add(literal(e.rt.Channel(), members...))
}

// params returns:
//
//	[]runtime.ChannelParam{{Name: "streetlightId"}}
//	[]runtime.ChannelParam{
//		{Name: "warehouse", Values: []string{"lyon", "turin"}},
//		{Name: "line", Rules: rules, Schema: "TurnOnChannel line", Kinds: check.Number},
//	}
func (e emitter) params(params []ir.ChannelParam) *jen.Statement {
	lines := false
	var out []jen.Code
	for _, p := range params {
		members := []snip.Member{{Name: "Name", Value: jen.Lit(p.Name)}}
		if len(p.Values) > 0 {
			var values []jen.Code
			for _, v := range p.Values {
				values = append(values, jen.Lit(v))
			}
			lines = true
			members = append(members, snip.Member{Name: "Values", Value: jen.Index().String().Values(values...)})
		}
		if p.Rules != "" {
			lines = true
			members = append(members, snip.Member{Name: "Rules", Value: jen.Id("rules")}, snip.Member{Name: "Schema", Value: jen.Lit(p.Rules)})
			if p.Kinds != 0 {
				members = append(members, snip.Member{Name: "Kinds", Value: e.kinds(p.Kinds)})
			}
		}
		out = append(out, snip.Inline(jen.Null(), members...))
	}
	list := jen.Index().Add(e.rt.Name("ChannelParam"))
	if lines {
		return list.Add(snip.Lines(out...))
	}
	return list.Values(out...)
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
