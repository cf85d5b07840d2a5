package lint

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
)

var channelAddressQuery = &Rule{
	Code:     "channel-address-query",
	Severity: diag.Error,
	Title:    "an address holds a query or a fragment",
	Doc: `An address names a place on the broker. Query parameters and fragments shall not
be part of it (AsyncAPI 2.6 "Channels Object", 3.1 "Channel Object"): describe them in the binding of the
protocol.`,
	Bad: `
channels:
  prices:
    address: /prices?symbol=eur`,
	Good: `
channels:
  prices:
    address: /prices
    bindings:
      ws:
        query:
          type: object
          properties:
            symbol:
              type: string`,
	Check: checkChannelAddressQuery,
}

func checkChannelAddressQuery(p *Pass) {
	for _, c := range p.Doc.Channels {
		address := c.Address
		if i := strings.IndexAny(address.Value, "?#"); i >= 0 {
			rest := address.Part(i, len(address.Value))
			p.Reportf(rest, "an address cannot hold a query or a fragment").
				WithHelp("leave %q out and describe it in the channel's bindings", rest.Value)
		}
	}
}
