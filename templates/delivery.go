package templates

import (
	"strings"
	"time"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/templates/internal/snip"
)

// declared returns, for an operation whose document says how its messages are
// delivered, the statement before they are consumed:
//
//	opts = append([]runtime.ConsumeOption{runtime.Declared(TurnOnDelivery)}, opts...)
func (e emitter) declared(d *ir.Delivery) []jen.Code {
	if d == nil {
		return nil
	}
	option := jen.Index().Add(e.rt.ConsumeOption()).Values(e.rt.Name("Declared").Call(jen.Id(d.Name)))
	return []jen.Code{jen.Id("opts").Op("=").Append(option, jen.Id("opts").Op("..."))}
}

// expires returns, for an operation whose messages expire, the statement before
// they are published. It comes behind the caller's options, since it yields to
// what they say:
//
//	opts = append(opts[:len(opts):len(opts)], runtime.DeclaredTTL(24*time.Hour))
func (e emitter) expires(d *ir.Delivery) []jen.Code {
	if d == nil || d.Policy.TTL <= 0 {
		return nil
	}
	opts := func() *jen.Statement { return jen.Id("opts") }
	all := opts().Index(jen.Empty(), jen.Len(opts()), jen.Len(opts()))
	return []jen.Code{opts().Op("=").Append(all, e.rt.Name("DeclaredTTL").Call(duration(d.Policy.TTL)))}
}

// delivery returns:
//
//	// TurnOnDelivery is …
//	var TurnOnDelivery = runtime.Policy{
//		Guarantee: runtime.AtLeastOnce,
//	}
func (e emitter) delivery(d *ir.Delivery) *jen.Statement {
	return snip.Doc(d.Doc, 0).Var().Id(d.Name).Op("=").Add(e.policy(d.Policy))
}

// policy returns the literal of a policy, with what it says alone.
func (e emitter) policy(p *delivery.Policy) *jen.Statement {
	var members []snip.Member
	add := func(said bool, name string, value func() *jen.Statement) {
		if said {
			members = append(members, snip.Member{Name: name, Value: value()})
		}
	}
	lit := func(v any) func() *jen.Statement { return func() *jen.Statement { return jen.Lit(v) } }
	add(p.Guarantee != "", "Guarantee", func() *jen.Statement { return e.rt.Name(constant(p.Guarantee)) })
	add(p.Ordering != "", "Ordering", func() *jen.Statement { return e.rt.Name(ordering(p.Ordering)) })
	add(p.Concurrency != 0, "Concurrency", lit(p.Concurrency))
	add(p.MaxInFlight != 0, "MaxInFlight", lit(p.MaxInFlight))
	add(p.MaxInFlightBytes != 0, "MaxInFlightBytes", lit(int(p.MaxInFlightBytes)))
	add(p.MaxPerKey != 0, "MaxPerKey", lit(p.MaxPerKey))
	add(p.AttemptTimeout != 0, "AttemptTimeout", func() *jen.Statement { return duration(p.AttemptTimeout) })
	add(p.TTL != 0, "TTL", func() *jen.Statement { return duration(p.TTL) })
	add(p.MaxDelay != 0, "MaxDelay", func() *jen.Statement { return duration(p.MaxDelay) })
	add(p.PerSecond != 0, "Rate", func() *jen.Statement { return e.rate(p) })
	retry := e.retry(p)
	add(retry != nil, "Retry", func() *jen.Statement { return retry })
	add(p.RetryAddresses != nil, "RetryAddresses", func() *jen.Statement { return e.retryAddresses(p) })
	switch p.DeadLetter {
	case "":
	case delivery.Drop:
		members = append(members, snip.Member{Name: "DeadLetter", Value: e.rt.Name("Drop")})
	case delivery.NoDeadLetter:
		members = append(members, snip.Member{Name: "DeadLetter", Value: e.rt.Name("NoDeadLetter")})
	default:
		members = append(members, snip.Member{Name: "DeadLetter", Value: jen.Lit(p.DeadLetter)})
	}
	add(p.InboxWindow != 0, "InboxWindow", lit(p.InboxWindow))
	return snip.Literal(e.rt.Name("Policy"), members...)
}

// constant is the runtime's constant of a guarantee: AtLeastOnce.
func constant(word string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(word, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}

// ordering is the runtime's constant of an ordering.
func ordering(word string) string {
	switch word {
	case "key":
		return "PerKey"
	case "partition":
		return "PerPartition"
	}
	return "Unordered"
}

// rate returns: runtime.Rate{PerSecond: 100, Burst: 20}
func (e emitter) rate(p *delivery.Policy) *jen.Statement {
	members := []snip.Member{{Name: "PerSecond", Value: float(p.PerSecond)}}
	if p.Burst != 0 {
		members = append(members, snip.Member{Name: "Burst", Value: jen.Lit(p.Burst)})
	}
	return snip.Inline(e.rt.Name("Rate"), members...)
}

// float is a literal that is written as people do: 100, not 100.0.
func float(v float64) *jen.Statement {
	if v == float64(int32(v)) {
		return jen.Lit(int(v))
	}
	return jen.Lit(v)
}

// retry returns the literal runtime.Retry{…}, nil when nothing is said.
func (e emitter) retry(p *delivery.Policy) *jen.Statement {
	var members []snip.Member
	if p.RetryFirst != 0 {
		members = append(members, snip.Member{Name: "Min", Value: duration(p.RetryFirst)})
	}
	if p.RetryMax != 0 {
		members = append(members, snip.Member{Name: "Max", Value: duration(p.RetryMax)})
	}
	if p.Attempts != 0 {
		members = append(members, snip.Member{Name: "Attempts", Value: jen.Lit(p.Attempts)})
	}
	if p.Jitter != 0 {
		members = append(members, snip.Member{Name: "Jitter", Value: float(p.Jitter)})
	}
	if p.Factor != 0 {
		members = append(members, snip.Member{Name: "Factor", Value: float(p.Factor)})
	}
	if members == nil {
		return nil
	}
	return snip.Inline(e.rt.Name("Retry"), members...)
}

// retryAddresses returns: []runtime.RetryAddress{{Address: "…", Delay: time.Minute}}
func (e emitter) retryAddresses(p *delivery.Policy) *jen.Statement {
	var values []jen.Code
	for _, a := range p.RetryAddresses {
		values = append(values, snip.Inline(jen.Null(),
			snip.Member{Name: "Address", Value: jen.Lit(a.Address)}, snip.Member{Name: "Delay", Value: duration(a.Delay)}))
	}
	list := jen.Index().Add(e.rt.Name("RetryAddress"))
	if len(values) == 0 {
		return list.Values()
	}
	return list.Add(snip.Lines(values...))
}

// duration returns a time in its largest unit: 90 * time.Second; -1 is none.
func duration(d time.Duration) *jen.Statement {
	if d <= 0 {
		return jen.Lit(int(d))
	}
	for _, unit := range []struct {
		name string
		size time.Duration
	}{{"Hour", time.Hour}, {"Minute", time.Minute}, {"Second", time.Second}, {"Millisecond", time.Millisecond}, {"Microsecond", time.Microsecond}} {
		if d%unit.size == 0 {
			of := jen.Qual("time", unit.name)
			if n := d / unit.size; n > 1 {
				return jen.Lit(int(n)).Op("*").Add(of)
			}
			return of
		}
	}
	return jen.Lit(int(d))
}
