package lint

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var channelAddressUnique = &Rule{
	Code:     "channel-address-unique",
	Severity: diag.Warning,
	Title:    "two channels share an address",
	Doc: `What arrives at a shared address belongs to both channels, so a consumer of one
meets messages that only the other describes. Merge the channels, or give each its own address or server.`,
	Bad: `
channels:
  placed:
    address: orders
  cancelled:
    address: orders`,
	Good: `
channels:
  placed:
    address: orders.placed
  cancelled:
    address: orders.cancelled`,
	Check: checkChannelAddressUnique,
}

func checkChannelAddressUnique(p *Pass) {
	known := map[string][]*spec.Channel{}
	for _, c := range p.Doc.Channels {
		if !c.Address.IsSet() {
			continue
		}
		others := known[c.Address.Value]
		if i := slices.IndexFunc(others, func(o *spec.Channel) bool { return meet(o, c) }); i >= 0 {
			d := p.Reportf(c.Address, "the channel %q has this address too", others[i].Key.Value).
				WithHelp("merge the channels or tell them apart by address or server")
			if others[i].Address.At != c.Address.At {
				d.Note(others[i].Address, "first used here")
			}
		}
		known[c.Address.Value] = append(others, c)
	}
}

// meet tells whether two channels share a server. A channel that names none is
// on all of them.
func meet(a, b *spec.Channel) bool {
	if len(a.Servers) == 0 || len(b.Servers) == 0 {
		return true
	}
	return slices.ContainsFunc(a.Servers, func(s *spec.Server) bool { return slices.Contains(b.Servers, s) })
}
