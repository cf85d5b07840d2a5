package delivery_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// read reads a policy from YAML.
func read(t testing.TB, text string) (delivery.Policy, diag.List) {
	t.Helper()
	n, found := syntax.Parse(source.NewFile("delivery.yaml", []byte(text)))
	if n == nil {
		return delivery.Policy{}, found
	}
	p := delivery.Read(n, func(at source.Spanner, format string, args ...any) *diag.Diagnostic {
		return found.Errorf(at, "delivery-policy", format, args...)
	})
	return p, found
}

// member returns extensions with the policy among them.
func member(t testing.TB, text string) []syntax.Member {
	t.Helper()
	n, found := syntax.Parse(source.NewFile("delivery.yaml", []byte(text)))
	if len(found) > 0 {
		t.Fatal(found)
	}
	return []syntax.Member{{Key: syntax.Key{Text: "x-other"}, Value: n}, {Key: syntax.Key{Text: delivery.Extension}, Value: n}}
}

// TestOf: an operation's own policy counts more than its channel's, field by
// field; what can be none says so over what is said below.
func TestOf(t *testing.T) {
	with := func(text string) []syntax.Member { return member(t, text) }
	o := &spec.Operation{
		Extensions: with("{ordering: none, ttl: none, rate: none, retry: {attempts: endless}, retry-addresses: [], dead-letter: drop}"),
		Channel: &spec.Channel{Extensions: with("{guarantee: at-most-once, ordering: key, ttl: 1h, rate: {per-second: 5, burst: 2}, " +
			"retry: {attempts: 3, first: 1s}, retry-addresses: [{address: a, delay: 1s}], dead-letter: b, max-in-flight-bytes: 2 KiB}")},
	}
	p, said := delivery.Of(o, func(at source.Spanner, format string, args ...any) *diag.Diagnostic {
		t.Errorf(format, args...)
		return new(diag.Diagnostic)
	})
	want := delivery.Policy{
		Guarantee: "at-most-once", Ordering: "none", TTL: delivery.None, PerSecond: delivery.None, Attempts: delivery.None,
		RetryFirst: time.Second, RetryAddresses: []delivery.RetryAddress{}, DeadLetter: delivery.Drop, MaxInFlightBytes: 2048,
	}
	if !said || !reflect.DeepEqual(p, want) {
		t.Errorf("%+v, want %+v", p, want)
	}
	lines := []string{"at-most-once", "order by none", "at most 2048 bytes in flight", "ttl none", "rate none",
		"attempts without end, first after 1s", "no retry addresses", "dead letters dropped"}
	if got := p.Lines(); !slices.Equal(got, lines) {
		t.Errorf("%q", got)
	}
	if _, said := delivery.Of(&spec.Operation{}, nil); said {
		t.Error("nothing is said, and a policy is found")
	}
}

// TestLinesOfARate: a burst is said where the document says one.
func TestLinesOfARate(t *testing.T) {
	for text, want := range map[string]string{
		"{rate: 2.5}": "rate 2.5/s", "{rate: {per-second: 100, burst: 3}}": "rate 100/s, burst 3", "{rate: none}": "rate none",
	} {
		p, found := read(t, text)
		if lines := p.Lines(); len(found) > 0 || !slices.Equal(lines, []string{want}) {
			t.Errorf("%s: %q, %v", text, lines, found)
		}
	}
}

// FuzzRead: whatever the extension holds, what is reported has a place and a
// sentence, and what is not reported is within its bounds.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"{guarantee: at-least-once, ordering: key, concurrency: 3}", "{max-in-flight-bytes: 9007199254740993GiB}", "[]", "null", "{retry: []}",
		"{retry: {attempts: 1e3, first: -1s, jitter: 0.0}}", "{rate: 1e400}", "{rate: {burst: 1}}", "{retry-addresses: [1, {}, {address: '{x}'}]}",
		"{dead-letter: '-'}", "{inbox: {window: 99999999999999999999}}", "{ttl: 9999999h}", "a: &a {b: *a}", "{retry: {first: 2s, max: 1s}}",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, found := read(t, text)
		for _, d := range found {
			if d.Message == "" || d.At.File == nil {
				t.Errorf("%q: %v", text, d)
			}
		}
		counts := []int{p.Concurrency, p.MaxInFlight, p.MaxPerKey, p.Burst, p.InboxWindow}
		if slices.Min(counts) < 0 || p.MaxInFlightBytes < delivery.None || p.TTL < delivery.None || p.MaxDelay < delivery.None || p.AttemptTimeout < delivery.None ||
			p.RetryFirst < 0 || p.RetryMax < 0 || p.Attempts < delivery.None || p.Jitter > 1 || p.PerSecond > 1e9 {
			t.Errorf("%q is read as %+v", text, p)
		}
		for _, line := range p.Lines() {
			if line == "" {
				t.Errorf("%q has an empty line", text)
			}
		}
	})
}

// TestNoDeadLetter: an operation has none, though its channel has.
func TestNoDeadLetter(t *testing.T) {
	p, _ := delivery.Of(&spec.Operation{
		Extensions: member(t, "{dead-letter: none}"), Channel: &spec.Channel{Extensions: member(t, "{dead-letter: b}")},
	}, nil)
	if lines := p.Lines(); p.DeadLetter != runtime.NoDeadLetter || p.Buried() || !slices.Equal(lines, []string{"no dead letters"}) {
		t.Errorf("%+v, %q", p, lines)
	}
}
