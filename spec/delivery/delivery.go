// Package delivery reads x-asyncwire-delivery: what a document says of how the
// messages of an operation, or of all operations on a channel, are delivered. It
// knows the names and values of the extension, and nothing of how the runtime
// keeps them.
//
//	policy := delivery.Of(operation, func(at source.Spanner, format string, args ...any) *diag.Diagnostic {
//		return found.Errorf(at, "delivery-policy", format, args...)
//	})
//
// It imports source, diag, syntax and spec.
package delivery

import (
	"strconv"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Extension is the member of an operation or a channel that has a policy.
const Extension = "x-asyncwire-delivery"

// None is what a field holds that says there is none: no limit, no end, no
// address.
const None = -1

// Policy is how messages are delivered. What is zero is not said. None stands
// where a number or a time may say that there is none.
type Policy struct {
	// Guarantee is at-most-once, at-least-once, effectively-once or
	// exactly-once; Ordering is key, partition or none.
	Guarantee, Ordering string
	Concurrency         int
	MaxInFlight         int
	MaxInFlightBytes    int64 // may be None
	MaxPerKey           int
	AttemptTimeout, TTL time.Duration // may be None
	MaxDelay            time.Duration // of a due time; may be None
	PerSecond           float64       // may be None
	Burst               int
	// Attempts in place, the first wait between them, the longest, and the share
	// of a wait that chance takes off. Attempts and Jitter may be None.
	Attempts       int
	RetryFirst     time.Duration
	RetryMax       time.Duration
	Jitter         float64
	Factor         float64        // by what each wait is longer than the one before
	RetryAddresses []RetryAddress // empty and not nil: none
	DeadLetter     string         // Drop lets dead letters go, NoDeadLetter is none
	InboxWindow    int
}

// Drop is the DeadLetter of a policy that lets go what cannot be handled.
const Drop = "-"

// NoDeadLetter is the DeadLetter of a policy that says there is none, whatever is said
// below it.
const NoDeadLetter = "{none}"

// Buried reports whether dead letters go to an address.
func (p Policy) Buried() bool {
	return p.DeadLetter != "" && p.DeadLetter != Drop && p.DeadLetter != NoDeadLetter
}

// RetryAddress is where messages wait before they are tried again.
type RetryAddress struct {
	Address string
	Delay   time.Duration
}

// Report makes a finding.
type Report func(at source.Spanner, format string, args ...any) *diag.Diagnostic

// Find returns the extension among others, and nil where there is none.
func Find(extensions []syntax.Member) *syntax.Node {
	for _, m := range extensions {
		if m.Key.Text == Extension {
			return m.Value
		}
	}
	return nil
}

// Of returns the policy of an operation: what it says itself, and for the rest
// what its channel says. The second result tells whether either says anything.
func Of(o *spec.Operation, report Report) (Policy, bool) {
	own := Find(o.Extensions)
	var shared *syntax.Node
	if o.Channel != nil {
		shared = Find(o.Channel.Extensions)
	}
	return Read(own, report).over(Read(shared, report)), own != nil || shared != nil
}

// over returns p with what it does not say taken from base.
func (p Policy) over(base Policy) Policy {
	inherit(&p.Guarantee, base.Guarantee)
	inherit(&p.Ordering, base.Ordering)
	inherit(&p.Concurrency, base.Concurrency)
	inherit(&p.MaxInFlight, base.MaxInFlight)
	inherit(&p.MaxInFlightBytes, base.MaxInFlightBytes)
	inherit(&p.MaxPerKey, base.MaxPerKey)
	inherit(&p.AttemptTimeout, base.AttemptTimeout)
	inherit(&p.TTL, base.TTL)
	inherit(&p.MaxDelay, base.MaxDelay)
	if p.PerSecond == 0 && p.Burst == 0 {
		p.PerSecond, p.Burst = base.PerSecond, base.Burst
	}
	inherit(&p.Attempts, base.Attempts)
	inherit(&p.RetryFirst, base.RetryFirst)
	inherit(&p.RetryMax, base.RetryMax)
	inherit(&p.Jitter, base.Jitter)
	inherit(&p.Factor, base.Factor)
	if p.RetryAddresses == nil {
		p.RetryAddresses = base.RetryAddresses
	}
	inherit(&p.DeadLetter, base.DeadLetter)
	inherit(&p.InboxWindow, base.InboxWindow)
	return p
}

func inherit[T comparable](v *T, base T) {
	var zero T
	if *v == zero {
		*v = base
	}
}

// Sent is what of the policy means something to who sends the messages: the rest
// is how they are handled where they are received.
func (p Policy) Sent() Policy { return Policy{TTL: p.TTL} }

// Lines says the policy in words, a sentence part a line, for people.
func (p Policy) Lines() []string {
	var out []string
	say := func(said bool, text string) {
		if said {
			out = append(out, text)
		}
	}
	say(p.Guarantee != "", p.Guarantee)
	say(p.Ordering != "", "order by "+p.Ordering)
	say(p.Concurrency != 0, "concurrency "+strconv.Itoa(p.Concurrency))
	say(p.MaxInFlight != 0, "at most "+strconv.Itoa(p.MaxInFlight)+" in flight")
	say(p.MaxInFlightBytes > 0, "at most "+strconv.FormatInt(p.MaxInFlightBytes, 10)+" bytes in flight")
	say(p.MaxInFlightBytes < 0, "no limit of bytes in flight")
	say(p.MaxPerKey != 0, "at most "+strconv.Itoa(p.MaxPerKey)+" of a key")
	say(p.AttemptTimeout != 0, "attempt timeout "+span(p.AttemptTimeout))
	say(p.TTL != 0, "ttl "+span(p.TTL))
	say(p.MaxDelay != 0, "max delay "+span(p.MaxDelay))
	say(p.PerSecond > 0, p.rateText())
	say(p.PerSecond < 0, "rate none")
	say(p.retries(), p.retryText())
	for _, r := range p.RetryAddresses {
		out = append(out, "retry at "+r.Address+" after "+span(r.Delay))
	}
	say(p.RetryAddresses != nil && len(p.RetryAddresses) == 0, "no retry addresses")
	say(p.DeadLetter == Drop, "dead letters dropped")
	say(p.DeadLetter == NoDeadLetter, "no dead letters")
	say(p.Buried(), "dead letters to "+p.DeadLetter)
	say(p.InboxWindow != 0, "inbox of "+strconv.Itoa(p.InboxWindow))
	return out
}

// rateText is the line about the rate.
func (p Policy) rateText() string {
	text := "rate " + strconv.FormatFloat(p.PerSecond, 'g', -1, 64) + "/s"
	if p.Burst > 0 {
		text += ", burst " + strconv.Itoa(p.Burst)
	}
	return text
}

func (p Policy) retries() bool {
	return p.Attempts != 0 || p.RetryFirst != 0 || p.RetryMax != 0 || p.Jitter != 0 || p.Factor != 0
}

// retryText is the line about attempts.
func (p Policy) retryText() string {
	text := "attempts"
	switch {
	case p.Attempts > 0:
		text = diag.Counted(p.Attempts, "attempt")
	case p.Attempts < 0:
		text = "attempts without end"
	}
	if p.RetryFirst != 0 {
		text += ", first after " + span(p.RetryFirst)
	}
	if p.RetryMax != 0 {
		text += ", at most " + span(p.RetryMax) + " apart"
	}
	if p.Factor != 0 {
		text += ", each " + strconv.FormatFloat(p.Factor, 'g', -1, 64) + " times the one before"
	}
	return text
}

func span(d time.Duration) string {
	if d < 0 {
		return "none"
	}
	text := d.String()
	for _, nothing := range []string{"m0s", "h0m"} {
		if rest, ok := strings.CutSuffix(text, nothing); ok {
			text = rest + nothing[:1]
		}
	}
	return text
}
