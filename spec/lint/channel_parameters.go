package lint

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var channelParameters = &Rule{
	Code:     "channel-parameters",
	Severity: diag.Error,
	Title:    "an address and its parameters differ",
	Doc: `Every {expression} of an address must be a parameter of the channel, and every
parameter must stand in the address (AsyncAPI 3.1 "Parameters Object"): else an address cannot be built, or a value
goes nowhere.`,
	Bad: `
channels:
  lights:
    address: lights/{lightId}
    parameters:
      light: {}`,
	Good: `
channels:
  lights:
    address: lights/{lightId}
    parameters:
      lightId: {}`,
	Check: checkChannelParameters,
}

func checkChannelParameters(p *Pass) {
	for _, c := range p.Doc.Channels {
		if !c.Address.IsSet() {
			reportWithoutAddress(p, c)
			continue
		}
		var declared []spec.Text
		for _, parameter := range c.Parameters {
			declared = append(declared, parameter.Key)
		}
		p.compareExpressions("parameter", c.Address, c.Address.Expressions(), declared)
	}
}

// reportWithoutAddress reports parameters of a channel that has no address for
// them to stand in.
func reportWithoutAddress(p *Pass, c *spec.Channel) {
	for _, parameter := range c.Parameters {
		p.Reportf(parameter.Key, "the parameter %q is not used: the channel has no address", parameter.Key.Value).
			WithHelp("give the channel an address with {%s} in it", parameter.Key.Value)
	}
}
