package runtime

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Guarantee says how often a message is handled when things break.
type Guarantee uint8

// The guarantees. The zero Guarantee is inherited.
const (
	// AtMostOnce acknowledges before the handler is called: what breaks is lost,
	// and nothing is handled twice.
	AtMostOnce Guarantee = iota + 1
	// AtLeastOnce acknowledges after the handler returned nil: nothing is lost,
	// and what breaks may be handled twice.
	AtLeastOnce
	// EffectivelyOnce is AtLeastOnce with an Inbox that knows what was handled.
	EffectivelyOnce
	// ExactlyOnce stores the acknowledgement of a message and what its handler has
	// published with its context, through the same Conn, as one: after any crash
	// both are there or neither. It needs a transport with transactions
	// (driver.Features: memory, file); elsewhere it is refused.
	//
	// What a handler publishes is kept back until it returns nil, or a fetched
	// message is acknowledged; errors, panics and timeouts discard it, and the next
	// attempt begins anew. It may be MaxUnitMessages and MaxUnitBytes (UnitError).
	// Publish returns when the message is kept: what a transport refuses is the
	// failure of the attempt. A move to a retry or dead letter address is such a unit
	// too. Messages of one key are published in the order of their handlers; keys do
	// not wait for one another. A batch is one unit: see BatchHandler.
	//
	// Other effects of a handler, and what it publishes to another Conn or with
	// another context, are outside: a crash, and a failed attempt, repeats them.
	ExactlyOnce
)

// String returns the guarantee's name: at-most-once and so on.
func (g Guarantee) String() string {
	return nameOf(g, "at-most-once", "at-least-once", "effectively-once", "exactly-once")
}

// Ordering says which messages wait for one another.
type Ordering uint8

// The orderings. The zero Ordering is inherited.
const (
	// PerKey: messages with equal keys, and those without a key of one
	// partition, are handled one after the other in the order they were published.
	PerKey Ordering = iota + 1
	// PerPartition: all messages of a partition are.
	PerPartition
	// Unordered: none are.
	Unordered
)

// String returns the ordering's name: key, partition or none.
func (o Ordering) String() string { return nameOf(o, "key", "partition", "none") }

// nameOf returns the v-th name, or inherited for zero.
func nameOf[T ~uint8](v T, names ...string) string {
	switch n := int(v); {
	case n == 0:
		return "inherited"
	case n <= len(names):
		return names[n-1]
	}
	return strconv.Itoa(int(v))
}

// Drop is the dead letter address of messages that are acknowledged, counted,
// logged and gone.
const Drop = "-"

// NoDeadLetter is the dead letter address where there is none, though one is
// inherited: no address can be written so.
const NoDeadLetter = "{none}"

// Policy says how the messages of a consumer are delivered. A zero field is
// inherited: what a ConsumeOption leaves open is taken from Options.Policy,
// then from the document, then from the defaults told here. Where nothing is a
// choice too, a negative number makes it.
//
// Addresses may hold {address} and {group}: the channel's address and the
// consumer's group.
type Policy struct {
	// Guarantee: default AtLeastOnce.
	Guarantee Guarantee
	// Ordering: default PerKey.
	Ordering Ordering
	// Concurrency is how many handlers of one consumer run at a time, as far as
	// MaxInFlight lets there be messages for them. Default: 16.
	Concurrency int
	// MaxInFlight is how many messages of one consumer may be received and not
	// yet done; while there are as many, no more are received. Default: 1024, or
	// Concurrency where that is more.
	MaxInFlight int
	// MaxInFlightBytes bounds them by the sizes of keys, values and headers;
	// one message is let in whatever its size. Negative is no bound.
	// Default: 64 MiB.
	MaxInFlightBytes int64
	// MaxPerKey is how many messages of one key may wait in the window; with
	// more, the partition of that key is paused, and others go on. More than three
	// quarters of MaxInFlight are as that many. Default: a quarter of MaxInFlight.
	MaxPerKey int
	// AttemptTimeout is how long a handler may take; then its context ends. One
	// that goes on nevertheless keeps its key waiting, and nobody else.
	// Negative, and the default, is no limit.
	AttemptTimeout time.Duration
	// TTL is how long after its time a message is worth being handled. Then, and
	// after the time of its attribute expirytime, it is a dead letter, or
	// dropped when there is no address for those. Negative, and the default, is
	// for ever.
	TTL time.Duration
	// MaxDelay is how far ahead the due time of a message may be (see Due): one
	// that is due later is not waited for, but has failed for good with
	// ErrNotDue. Beside those in flight MaxInFlight messages, and half of
	// MaxInFlightBytes, may wait for their time; what is more goes to a retry
	// address that has a delay, and pauses its partition where there is none.
	// Negative is no bound. Default: 24 hours.
	MaxDelay time.Duration
	// Rate is how many handlers, or batches, are started per second, and of a Puller how
	// many messages are fetched. What expired, is moved, known to the inbox, left out by
	// middleware or cannot be decoded starts none. The default is no limit.
	Rate Rate
	// Retry says how often and when a failed message is tried again in its place.
	Retry Retry
	// RetryAddresses are where a message goes, one after the other, after its
	// attempts in place have failed; at each it waits for the delay and is tried
	// once. The consumer subscribes to them too. Messages behind it with the same
	// key go on without it. Nil is inherited, empty is none. Default: none.
	RetryAddresses []RetryAddress
	// DeadLetter is the address of messages that cannot be handled, with the
	// reason in their headers (see Letter); Drop lets them go. NoDeadLetter, and the
	// default, is none: then failed messages are retried for ever, and a message that
	// can never be handled stops the consumer.
	DeadLetter string
	// InboxWindow is how many ids of messages the Inbox remembers for a group at
	// least. Default: 65536.
	InboxWindow int
}

// Rate is a number per second with bursts. A negative PerSecond is no limit.
type Rate struct {
	PerSecond float64
	// Burst is how many may be started at once after a pause. Default: what a
	// tenth of a second allows, at least one.
	Burst int
}

// String returns the rate: 100/s, burst 10.
func (r Rate) String() string {
	if r.PerSecond <= 0 {
		return noneText
	}
	return strconv.FormatFloat(r.PerSecond, 'g', -1, 64) + "/s, burst " + strconv.Itoa(r.burst())
}

// burst returns Burst or its default.
func (r Rate) burst() int {
	if r.Burst > 0 {
		return r.Burst
	}
	return max(1, int(min(r.PerSecond/10, math.MaxInt32)))
}

// RetryAddress is a place where failed messages wait.
type RetryAddress struct {
	Address string
	// Delay is how long a message waits there before it is tried again.
	Delay time.Duration
}

const noneText = "none"

// maxFactor bounds Retry.Factor.
const maxFactor = 1000

// Over returns p with the fields that are zero taken from base.
func (p Policy) Over(base Policy) Policy {
	inherit(&p.Guarantee, base.Guarantee)
	inherit(&p.Ordering, base.Ordering)
	inherit(&p.Concurrency, base.Concurrency)
	inherit(&p.MaxInFlight, base.MaxInFlight)
	inherit(&p.MaxInFlightBytes, base.MaxInFlightBytes)
	inherit(&p.MaxPerKey, base.MaxPerKey)
	inherit(&p.AttemptTimeout, base.AttemptTimeout)
	inherit(&p.TTL, base.TTL)
	inherit(&p.MaxDelay, base.MaxDelay)
	inherit(&p.Rate, base.Rate)
	inherit(&p.Retry.Min, base.Retry.Min)
	inherit(&p.Retry.Max, base.Retry.Max)
	inherit(&p.Retry.Attempts, base.Retry.Attempts)
	inherit(&p.Retry.Jitter, base.Retry.Jitter)
	inherit(&p.Retry.Factor, base.Retry.Factor)
	if p.RetryAddresses == nil {
		p.RetryAddresses = base.RetryAddresses
	}
	inherit(&p.DeadLetter, base.DeadLetter)
	inherit(&p.InboxWindow, base.InboxWindow)
	return p
}

// inherit sets v when it is zero.
func inherit[T comparable](v *T, base T) {
	var zero T
	if *v == zero {
		*v = base
	}
}

// withDefaults fills in what nobody has said.
func (p Policy) withDefaults() Policy {
	p = p.Over(Policy{
		Guarantee: AtLeastOnce, Ordering: PerKey,
		Concurrency: 16, MaxInFlightBytes: 64 << 20,
		AttemptTimeout: -1, TTL: -1, MaxDelay: 24 * time.Hour, Rate: Rate{PerSecond: -1},
		Retry: Retry{Jitter: 0.5, Factor: defaultFactor}, RetryAddresses: []RetryAddress{}, DeadLetter: NoDeadLetter,
		InboxWindow: 1 << 16,
	})
	inherit(&p.MaxInFlight, max(1024, p.Concurrency))
	p.Retry.waitDefaults()
	inherit(&p.MaxPerKey, max(1, p.MaxInFlight/4))
	if p.Retry.Attempts == 0 {
		p.Retry.Attempts = -1
		if p.DeadLetter != NoDeadLetter || len(p.RetryAddresses) > 0 {
			p.Retry.Attempts = 5
		}
	}
	if p.Guarantee == AtMostOnce {
		p.Retry.Attempts, p.RetryAddresses = 1, []RetryAddress{}
	}
	return p
}

// mostAtOnce bounds Policy.Concurrency and Policy.MaxInFlight.
const mostAtOnce = 1 << 24

// Validate checks a policy, which may leave fields to be inherited. Its error
// names each field that is wrong, and matches driver.ErrInvalid.
func (p Policy) Validate() error { return errors.Join(p.validFields(), p.validTemplates()) }

// refusals are what is wrong with a policy.
type refusals []error

func (e *refusals) refuse(wrong bool, field, why string) {
	if wrong {
		*e = append(*e, fmt.Errorf("policy: %s %s: %w", field, why, driver.ErrInvalid))
	}
}

// validTemplates checks addresses that are not concrete yet: braces that hold nothing
// known are a slip, by which messages would go where nobody looks.
func (p Policy) validTemplates() error {
	var e refusals
	known := strings.NewReplacer("{address}", "", "{group}", "")
	odd := func(address string) bool { return strings.ContainsAny(known.Replace(address), "{}") }
	const why = "has braces that hold neither address nor group"
	e.refuse(odd(p.DeadLetter) && p.DeadLetter != NoDeadLetter, "DeadLetter", why)
	for i, r := range p.RetryAddresses {
		e.refuse(odd(r.Address), fmt.Sprintf("RetryAddresses[%d].Address", i), why)
	}
	return errors.Join(e...)
}

// validFields checks all else.
func (p Policy) validFields() error {
	var e refusals
	refuse := e.refuse
	refuse(p.Guarantee > ExactlyOnce, "Guarantee", "is unknown")
	refuse(p.Ordering > Unordered, "Ordering", "is unknown")
	refuse(p.Concurrency < 0, "Concurrency", "is negative")
	refuse(p.Concurrency > mostAtOnce, "Concurrency", "is more than 16777216")
	refuse(p.MaxInFlight < 0, "MaxInFlight", "is negative")
	refuse(p.MaxInFlight > mostAtOnce, "MaxInFlight", "is more than 16777216")
	refuse(p.MaxPerKey < 0, "MaxPerKey", "is negative")
	refuse(p.InboxWindow < 0, "InboxWindow", "is negative")
	refuse(math.IsNaN(p.Rate.PerSecond) || math.IsInf(p.Rate.PerSecond, 0), "Rate.PerSecond", "is not a number")
	refuse(p.Rate.Burst < 0, "Rate.Burst", "is negative")
	refuse(p.Rate.Burst > 0 && p.Rate.PerSecond == 0, "Rate.Burst", "is that of no rate: say PerSecond too")
	refuse(p.Retry.Min < 0, "Retry.Min", "is negative")
	refuse(p.Retry.Max < 0, "Retry.Max", "is negative")
	refuse(p.Retry.Max > 0 && p.Retry.Max < p.Retry.Min, "Retry.Max", fmt.Sprintf("is %v, less than Retry.Min, %v", p.Retry.Max, p.Retry.Min))
	refuse(math.IsNaN(p.Retry.Jitter) || p.Retry.Jitter > 1, "Retry.Jitter", "is more than 1")
	refuse(p.Retry.Factor != 0 && !(p.Retry.Factor >= 1 && p.Retry.Factor <= maxFactor), "Retry.Factor", "is not from 1 to 1000")
	for i, r := range p.RetryAddresses {
		field := fmt.Sprintf("RetryAddresses[%d]", i)
		refuse(r.Address == "" || r.Address == Drop, field+".Address", "is no address")
		refuse(r.Delay < 0, field+".Delay", "is negative")
		refuse(r.Address != "" && r.Address == p.DeadLetter, field+".Address", "is the dead letter address too")
		same := func(other RetryAddress) bool { return other.Address == r.Address }
		refuse(slices.ContainsFunc(p.RetryAddresses[:i], same), field+".Address", "is there twice")
	}
	return errors.Join(e...)
}

// validate checks a policy that has its defaults and concrete addresses, for a channel's
// address.
func (p Policy) validate(address string) error {
	if err := p.validFields(); err != nil {
		return err
	}
	endless, nowhere := p.Retry.Attempts < 0, p.DeadLetter == NoDeadLetter
	switch {
	case !endless && nowhere && len(p.RetryAddresses) > 0:
		return fmt.Errorf("policy: RetryAddresses end, but there is no DeadLetter (an address, or Drop): %w", driver.ErrInvalid)
	case !endless && nowhere && p.Guarantee != AtMostOnce:
		return fmt.Errorf("policy: Retry.Attempts ends, but there is no DeadLetter (an address, or Drop): "+
			"give one, or a negative number of attempts: %w", driver.ErrInvalid)
	case endless && len(p.RetryAddresses) > 0:
		return fmt.Errorf("policy: RetryAddresses are never used, since Retry.Attempts has no end: %w", driver.ErrInvalid)
	case p.DeadLetter == address:
		return fmt.Errorf("policy: DeadLetter is the address that is consumed: %w", driver.ErrInvalid)
	}
	for i, r := range p.RetryAddresses {
		if r.Address == address {
			return fmt.Errorf("policy: RetryAddresses[%d].Address is the address that is consumed: %w", i, driver.ErrInvalid)
		}
	}
	return nil
}

// workers returns how many handlers can be at work at a time.
func (p Policy) workers() int { return min(p.Concurrency, p.MaxInFlight) }

// at returns p with its addresses made concrete.
func (p Policy) at(address, group string) Policy {
	r := strings.NewReplacer("{address}", address, "{group}", group)
	p.DeadLetter = r.Replace(p.DeadLetter)
	p.RetryAddresses = slices.Clone(p.RetryAddresses)
	for i := range p.RetryAddresses {
		p.RetryAddresses[i].Address = r.Replace(p.RetryAddresses[i].Address)
	}
	return p
}

// String returns the policy, a line a field; what is inherited is left out.
func (p Policy) String() string {
	var b strings.Builder
	line := func(name, value string) { b.WriteString(policyLine(name, value)) }
	line("guarantee", ifSet(p.Guarantee, p.Guarantee.String()))
	line("ordering", ifSet(p.Ordering, p.Ordering.String()))
	line("concurrency", ifSet(p.Concurrency, strconv.Itoa(p.Concurrency)))
	line("max-in-flight", p.windowText())
	line("max-per-key", ifSet(p.MaxPerKey, strconv.Itoa(p.MaxPerKey)))
	line("attempt-timeout", spanText(p.AttemptTimeout))
	line("ttl", spanText(p.TTL))
	line("max-delay", spanText(p.MaxDelay))
	line("rate", ifSet(p.Rate, p.Rate.String()))
	line("retry", p.Retry.text())
	for _, r := range p.RetryAddresses {
		line("retry-address", r.Address+" after "+r.Delay.String())
	}
	if p.RetryAddresses != nil && len(p.RetryAddresses) == 0 {
		line("retry-address", noneText)
	}
	switch p.DeadLetter {
	case Drop:
		line("dead-letter", "drop")
	case NoDeadLetter:
		line("dead-letter", noneText)
	default:
		line("dead-letter", p.DeadLetter)
	}
	line("inbox-window", ifSet(p.InboxWindow, strconv.Itoa(p.InboxWindow)))
	return b.String()
}

// policyLine is a line of a policy's text; of what is not said there is none.
func policyLine(name, value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf("%-18s %s\n", name, value)
}

// ifSet returns s unless v is zero.
func ifSet[T comparable](v T, s string) string {
	var zero T
	if v == zero {
		return ""
	}
	return s
}

// spanText returns a time that may be inherited or none.
func spanText(d time.Duration) string {
	if d < 0 {
		return noneText
	}
	return ifSet(d, d.String())
}

// windowText returns the bounds of the window.
func (p Policy) windowText() string {
	var parts []string
	if p.MaxInFlight > 0 {
		parts = append(parts, strconv.Itoa(p.MaxInFlight)+" messages")
	}
	switch {
	case p.MaxInFlightBytes > 0:
		parts = append(parts, strconv.FormatInt(p.MaxInFlightBytes, 10)+" bytes")
	case p.MaxInFlightBytes < 0:
		parts = append(parts, "any number of bytes")
	}
	return strings.Join(parts, ", ")
}
