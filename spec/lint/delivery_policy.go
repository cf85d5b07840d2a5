package lint

import (
	"cmp"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

var deliveryPolicy = &Rule{
	Code:     "delivery-policy",
	Severity: diag.Error,
	Title:    "x-asyncwire-delivery says what cannot be",
	Doc: `The extension x-asyncwire-delivery of an operation or a channel says how its
messages are delivered: guarantee, order, retries, dead letters (docs/delivery-extension.md). What cannot be read is
left out, so that a slip would go unnoticed until messages are lost or handled twice.`,
	Bad: `
channels:
  orders:
    address: orders
    x-asyncwire-delivery:
      garantee: at-least-once
      retry:
        attempts: 5
        first: 1 second`,
	Good: `
channels:
  orders:
    address: orders
    x-asyncwire-delivery:
      guarantee: at-least-once
      retry:
        attempts: 5
        first: 1s
      dead-letter: "{address}.dlq"`,
	Check: checkDeliveryPolicy,
}

func checkDeliveryPolicy(p *Pass) {
	faulty := map[*syntax.Node]bool{}
	read := func(extensions []syntax.Member) {
		n, before := delivery.Find(extensions), len(*p.found)
		delivery.Read(n, p.Reportf)
		faulty[n] = len(*p.found) > before
	}
	for _, c := range p.Doc.Channels {
		read(c.Extensions)
	}
	for _, o := range p.Doc.Operations {
		read(o.Extensions)
		policy, said := delivery.Of(o, unheard)
		if said && !faulty[delivery.Find(o.Extensions)] && (o.Channel == nil || !faulty[delivery.Find(o.Channel.Extensions)]) {
			p.checkEnd(o, policy)
		}
	}
}

// unheard is for what has been reported already.
func unheard(source.Spanner, string, ...any) *diag.Diagnostic { return new(diag.Diagnostic) }

// checkEnd warns of policies that the runtime refuses, unless code completes
// them.
func (p *Pass) checkEnd(o *spec.Operation, policy delivery.Policy) {
	at := delivery.Find(o.Extensions)
	if at == nil {
		at = delivery.Find(o.Channel.Extensions)
	}
	warn := func(help, format string, args ...any) {
		p.Reportf(at, format, args...).WithHelp("%s", help).Severity = diag.Warning
	}
	nowhere := (policy.DeadLetter == "" || policy.DeadLetter == delivery.NoDeadLetter) && policy.Guarantee != "at-most-once"
	switch {
	case nowhere && policy.Attempts > 0:
		warn("give a dead-letter address, or drop", "attempts end after %d, but it is not said where messages go then", policy.Attempts)
	case policy.Attempts < 0 && len(policy.RetryAddresses) > 0:
		warn("say after how many attempts a message goes there", "the retry addresses are never used: attempts have no end")
	case nowhere && len(policy.RetryAddresses) > 0:
		warn("give a dead-letter address, or drop", "the retry addresses end, but it is not said where messages go then")
	case policy.RetryMax > 0 && policy.RetryMax < policy.RetryFirst:
		warn("say both at one place", "of the operation and its channel, retry.max is less than retry.first")
	}
	if address, why := circle(o.Channel, policy); why != "" {
		warn("give each an address of its own", "%q is %s", address, why)
	}
}

// circle returns an address that cannot be moved to, and why; both are empty when
// there is none.
func circle(c *spec.Channel, policy delivery.Policy) (address, why string) {
	own := "{address}"
	if c != nil {
		own = cmp.Or(c.Address.Value, own)
	}
	const from, again = "where the messages come from, and cannot be where they are moved to", "a retry address, and cannot be another place to move to"
	taken := map[string]string{own: from}
	places := []string{}
	for _, r := range policy.RetryAddresses {
		places = append(places, r.Address)
	}
	for _, address = range append(places, policy.DeadLetter) {
		address = strings.ReplaceAll(address, "{address}", own)
		if why = taken[address]; why != "" {
			return address, why
		}
		taken[address] = again
	}
	return "", ""
}
