package contracttest

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/delivery"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// LetterKind is what an address of x-asyncwire-delivery is for.
type LetterKind string

// The kinds of LetterReport.
const (
	DeadLetters LetterKind = "dead-letter"
	Retries     LetterKind = "retry"
)

// noun says what is at an address of that kind.
func (k LetterKind) noun() string {
	if k == Retries {
		return "retries"
	}
	return "dead letters"
}

// settledNotes are the notes about dead letters that were redriven or dropped.
// They are no messages of the document, and are not watched.
const settledNotes LetterKind = "settled"

// LetterReport is what was seen at an address to which consumers of the document's
// channels move what they cannot handle. It was judged where it came from, and
// breaks the document more often than not, so that it is counted apart.
type LetterReport struct {
	Address string     `json:"address"`
	Kind    LetterKind `json:"kind"`
	// Channels are the ids of those whose messages are moved there, in document
	// order.
	Channels []string `json:"channels"`
	Seen     int      `json:"seen"`
	// Classes are why they were moved, most frequent first.
	Classes []LetterClass `json:"classes"`
}

// LetterClass is a class of failures as the header runtime.HeaderClass has it,
// and how many letters are of it. The class is "none" for messages that say
// nothing of that kind, and "other" for words that are not the runtime's.
type LetterClass struct {
	Class string `json:"class"`
	Count int    `json:"count"`
}

// addLetters adds the addresses that x-asyncwire-delivery names for the messages
// of a channel. What the document declares as a channel is one.
func (p *plan) addLetters(operations []*spec.Operation) {
	for _, o := range operations {
		c := p.channelOf(o)
		if c == nil {
			continue
		}
		policy, _ := delivery.Of(o, ignored)
		for _, r := range policy.RetryAddresses {
			p.addLetter(c, r.Address, Retries)
		}
		if to := policy.DeadLetter; policy.Buried() {
			p.addLetter(c, to, DeadLetters)
			p.addLetter(c, to+runtime.SettledSuffix, settledNotes)
		}
	}
}

// ignored takes findings that are for lint to tell.
func ignored(source.Spanner, string, ...any) *diag.Diagnostic { return new(diag.Diagnostic) }

func (p *plan) channelOf(o *spec.Operation) *channel {
	for _, r := range p.routes {
		for _, c := range r.channels {
			if r.kind == "" && c.spec == o.Channel {
				return c
			}
		}
	}
	return nil
}

// groupParameter stands for the consumer group, which code may choose. A document
// cannot name a parameter so.
const groupParameter = "{\x00group}"

func (p *plan) addLetter(c *channel, address string, kind LetterKind) {
	address = strings.NewReplacer("{address}", c.address, "{group}", groupParameter).Replace(address)
	t := newTemplate(address, c.spec.Parameters)
	for _, r := range p.routes {
		if r.template.strict.String() != t.strict.String() {
			continue
		}
		if r.kind != "" && !slices.Contains(r.channels, c) {
			r.channels = append(r.channels, c)
		}
		return
	}
	p.routes = append(p.routes, &route{template: t, channels: []*channel{c}, kind: kind})
}

// letterTally counts what was seen at one address of letters.
type letterTally struct {
	route   *route
	seen    int
	classes map[string]int
}

// letter counts a message that was moved.
func (t *tally) letter(r *route, m *driver.Message) {
	at := t.letters[m.Address]
	if at == nil {
		at = &letterTally{route: r, classes: map[string]int{}}
		t.letters[m.Address] = at
	}
	at.seen++
	at.classes[classOf(m)]++
}

// classOf is the class of a letter. A header may say anything, so that words
// which are not the runtime's are one.
func classOf(m *driver.Message) string {
	l, ok := runtime.LetterOf(m)
	if !ok || l.Class == "" {
		return "none"
	}
	for _, c := range runtime.Classes() {
		if c.String() == l.Class {
			return l.Class
		}
	}
	return "other"
}

// letterReports are the addresses with letters, sorted.
func (t *tally) letterReports() []LetterReport {
	var out []LetterReport
	for _, address := range slices.Sorted(maps.Keys(t.letters)) {
		at := t.letters[address]
		r := LetterReport{Address: address, Kind: at.route.kind, Seen: at.seen}
		for _, c := range at.route.channels {
			r.Channels = append(r.Channels, c.id)
		}
		for class, n := range at.classes {
			r.Classes = append(r.Classes, LetterClass{Class: class, Count: n})
		}
		slices.SortFunc(r.Classes, func(a, b LetterClass) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Class, b.Class))
		})
		out = append(out, r)
	}
	return out
}
