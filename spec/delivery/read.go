package delivery

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// The values of the members that are words.
func guarantees() []string {
	return []string{"at-most-once", "at-least-once", "effectively-once", "exactly-once"}
}

func orderings() []string { return []string{"key", "partition", "none"} }

// The bounds of what can be said: beyond them nobody means it.
const (
	maxCount     = 1 << 24
	maxAddresses = 32
	maxAddress   = 1024 // bytes
	maxBrief     = 40   // bytes of a value that a finding repeats
)

// Read reads the extension's value and reports what is wrong with it; that is
// left out of the policy. Nil says nothing.
func Read(n *syntax.Node, report Report) Policy {
	var p Policy
	if n == nil {
		return p
	}
	r := reader{report: report}
	r.object(n, Extension, fields{
		{"guarantee", func(n *syntax.Node) { r.word(n, &p.Guarantee, guarantees()) }},
		{"ordering", func(n *syntax.Node) { r.word(n, &p.Ordering, orderings()) }},
		{"concurrency", func(n *syntax.Node) { r.count(n, &p.Concurrency) }},
		{"max-in-flight", func(n *syntax.Node) { r.count(n, &p.MaxInFlight) }},
		{"max-in-flight-bytes", func(n *syntax.Node) { r.bytes(n, &p.MaxInFlightBytes) }},
		{"max-per-key", func(n *syntax.Node) { r.count(n, &p.MaxPerKey) }},
		{"attempt-timeout", func(n *syntax.Node) { r.orNone(n, &p.AttemptTimeout) }},
		{"ttl", func(n *syntax.Node) { r.orNone(n, &p.TTL) }},
		{"max-delay", func(n *syntax.Node) { r.orNone(n, &p.MaxDelay) }},
		{"rate", func(n *syntax.Node) { r.rate(n, &p) }},
		{"retry", func(n *syntax.Node) { r.retry(n, &p) }},
		{"retry-addresses", func(n *syntax.Node) { r.addresses(n, &p) }},
		{"dead-letter", func(n *syntax.Node) { r.deadLetter(n, &p) }},
		{"inbox", func(n *syntax.Node) { r.inbox(n, &p) }},
	})
	return p
}

// field is a member that an object may have.
type field struct {
	name string
	read func(*syntax.Node)
}

type fields []field

// reader reads values and reports what is wrong with them.
type reader struct {
	report Report
	member string // that is being read
}

// want reports that the member being read has a value that it cannot have.
func (r *reader) want(n *syntax.Node, format string, args ...any) *diag.Diagnostic {
	is := n.Kind.Phrase()
	switch {
	case n.Kind == syntax.String && len(n.Text) <= maxBrief:
		is = strconv.Quote(n.Text)
	case n.Kind == syntax.Number && len(n.Text) <= maxBrief:
		is = n.Text
	}
	return r.report(n, "%q must be %s, is %s", r.member, fmt.Sprintf(format, args...), is)
}

// object reads the members of an object.
func (r *reader) object(n *syntax.Node, what string, known fields) {
	if n.Kind != syntax.Mapping {
		r.report(n, "%s must be an object, is %s", what, n.Kind.Phrase())
		return
	}
	var names []string
	for _, f := range known {
		names = append(names, f.name)
	}
	for _, m := range n.Members {
		found := false
		for _, f := range known {
			if f.name == m.Key.Text {
				r.member = f.name
				f.read(m.Value)
				found = true
			}
		}
		if !found && !strings.HasPrefix(m.Key.Text, "x-") {
			d := r.report(m.Key, "%s has no member %q", what, m.Key.Text)
			if d.Suggest(m.Key, m.Key.Text, names) == "" {
				d.WithHelp("want %s", diag.OrList(names))
			}
		}
	}
}

// word reads one of a few words.
func (r *reader) word(n *syntax.Node, to *string, words []string) {
	for _, w := range words {
		if n.Kind == syntax.String && n.Text == w {
			*to = w
			return
		}
	}
	d := r.want(n, "%s", diag.OrList(words))
	if n.Kind == syntax.String {
		d.Suggest(n, n.Text, words)
	}
}

// count reads a whole number that is at least 1.
func (r *reader) count(n *syntax.Node, to *int) {
	if v, err := strconv.ParseUint(n.Text, 10, 31); n.Kind == syntax.Number && err == nil && 1 <= v && v <= maxCount {
		*to = int(v)
		return
	}
	r.want(n, "a whole number from 1 to %d", maxCount)
}

// isNone reports whether a value says that there is none.
func isNone(n *syntax.Node) bool { return n.Kind == syntax.String && n.Text == "none" }

// sizePattern is a number of bytes with its unit.
var sizePattern = regexp.MustCompile(`^([0-9]{1,15}) ?(B|KiB|MiB|GiB)$`)

// bytes reads a number of bytes, or none.
func (r *reader) bytes(n *syntax.Node, to *int64) {
	if isNone(n) {
		*to = None
		return
	}
	text, unit := n.Text, "B"
	if m := sizePattern.FindStringSubmatch(n.Text); n.Kind == syntax.String && m != nil {
		text, unit = m[1], m[2]
	} else if n.Kind != syntax.Number {
		text = ""
	}
	v, err := strconv.ParseInt(text, 10, 64)
	shift := map[string]uint{"B": 0, "KiB": 10, "MiB": 20, "GiB": 30}[unit]
	if err != nil || v < 1 || v > math.MaxInt64>>20>>shift {
		r.want(n, "a number of bytes, such as 1048576 or 64MiB, or none")
		return
	}
	*to = v << shift
}

// time reads a duration.
func (r *reader) time(n *syntax.Node, to *time.Duration, least time.Duration, or string) {
	d, err := time.ParseDuration(n.Text)
	if n.Kind != syntax.String || err != nil || d < least {
		r.want(n, "a duration such as 500ms, 30s or 1h30m%s", or)
		return
	}
	*to = d
}

// orNone reads a duration, or none.
func (r *reader) orNone(n *syntax.Node, to *time.Duration) {
	if isNone(n) {
		*to = None
		return
	}
	r.time(n, to, 1, ", or none")
}

// number reads a number above 0.
func (r *reader) number(n *syntax.Node, to *float64, most float64, what string) {
	v, err := strconv.ParseFloat(n.Text, 64)
	if n.Kind != syntax.Number || err != nil || v <= 0 || v > most {
		r.want(n, "%s", what)
		return
	}
	*to = v
}

// rate reads messages per second, or an object with them and a burst.
func (r *reader) rate(n *syntax.Node, p *Policy) {
	const what = "a number of messages per second, or none"
	switch {
	case isNone(n):
		p.PerSecond = None
	case n.Kind == syntax.Mapping:
		r.object(n, "rate", fields{
			{"per-second", func(n *syntax.Node) { r.number(n, &p.PerSecond, 1e9, "a number of messages per second") }},
			{"burst", func(n *syntax.Node) { r.count(n, &p.Burst) }},
		})
		if p.Burst > 0 && p.PerSecond == 0 && n.Get("per-second") == nil {
			p.Burst = 0
			r.report(n, "rate has a burst, but no per-second")
		}
	default:
		r.number(n, &p.PerSecond, 1e9, what)
	}
}

// What retry.factor may be.
const (
	maxFactor  = 1000
	wantFactor = "a number from 1 to 1000, by which waits grow"
)

// retry reads when and how often a message is tried in its place.
func (r *reader) retry(n *syntax.Node, p *Policy) {
	r.object(n, "retry", fields{
		{"attempts", func(n *syntax.Node) {
			if n.Kind == syntax.String && n.Text == "endless" {
				p.Attempts = None
				return
			}
			if v, err := strconv.ParseUint(n.Text, 10, 31); n.Kind == syntax.Number && err == nil && 1 <= v && v <= maxCount {
				p.Attempts = int(v)
				return
			}
			r.want(n, "a whole number from 1 to %d, or endless", maxCount)
		}},
		{"first", func(n *syntax.Node) { r.time(n, &p.RetryFirst, 1, "") }},
		{"max", func(n *syntax.Node) { r.time(n, &p.RetryMax, 1, "") }},
		{"factor", func(n *syntax.Node) {
			if r.number(n, &p.Factor, maxFactor, wantFactor); p.Factor > 0 && p.Factor < 1 {
				p.Factor = 0
				r.want(n, "%s", wantFactor)
			}
		}},
		{"jitter", func(n *syntax.Node) {
			if n.Kind == syntax.Number && strings.Trim(n.Text, "0.") == "" {
				p.Jitter = None
				return
			}
			r.number(n, &p.Jitter, 1, "a share from 0 to 1, such as 0.5")
		}},
	})
	if p.RetryMax > 0 && p.RetryMax < p.RetryFirst {
		r.report(n.Get("max"), "max is less than first")
	}
}

// addresses reads where messages wait.
func (r *reader) addresses(n *syntax.Node, p *Policy) {
	if n.Kind != syntax.Sequence {
		r.report(n, "retry-addresses must be an array, is %s", n.Kind.Phrase())
		return
	}
	if len(n.Items) > maxAddresses {
		r.report(n, "%d retry addresses are too many: at most %d", len(n.Items), maxAddresses)
		return
	}
	p.RetryAddresses = []RetryAddress{}
	at := map[string]source.Spanner{}
	for _, item := range n.Items {
		var a RetryAddress
		r.object(item, "a retry address", fields{
			{"address", func(n *syntax.Node) { r.address(n, &a.Address) }},
			{"delay", func(n *syntax.Node) { r.time(n, &a.Delay, 0, "") }},
		})
		if item.Kind == syntax.Mapping && item.Get("address") == nil {
			r.report(item, "a retry address needs an address")
		}
		if a.Address == "" {
			continue
		}
		if first, twice := at[a.Address]; twice {
			r.report(item.Get("address"), "%q is a retry address already", a.Address).Note(first, "the first is here")
			continue
		}
		at[a.Address] = item
		p.RetryAddresses = append(p.RetryAddresses, a)
	}
}

// addressPattern are the expressions that an address may hold.
var addressPattern = regexp.MustCompile(`\{(address|group)\}`)

// address reads an address with its expressions.
func (r *reader) address(n *syntax.Node, to *string) {
	rest := addressPattern.ReplaceAllString(n.Text, "")
	switch {
	case n.Kind != syntax.String || n.Text == "" || len(n.Text) > maxAddress:
		r.want(n, "an address, such as \"{address}.retry\"")
	case strings.ContainsAny(rest, "{}"):
		r.report(n, "%q may hold {address} and {group} alone", r.member).
			WithHelp("{address} is the channel's address with its parameters filled in, {group} the consumer group")
	default:
		*to = n.Text
	}
}

// deadLetter reads where messages go that cannot be handled.
func (r *reader) deadLetter(n *syntax.Node, p *Policy) {
	switch {
	case n.Kind == syntax.String && n.Text == "drop":
		p.DeadLetter = Drop
		return
	case isNone(n):
		p.DeadLetter = NoDeadLetter
		return
	}
	var address string
	r.address(n, &address)
	switch {
	case address == "{address}":
		r.report(n, "dead letters cannot go where they come from")
	case address == Drop:
		r.want(n, "an address, drop or none")
	default:
		p.DeadLetter = address
	}
}

// inbox reads how many messages are remembered.
func (r *reader) inbox(n *syntax.Node, p *Policy) {
	r.object(n, "inbox", fields{{"window", func(n *syntax.Node) { r.count(n, &p.InboxWindow) }}})
}
