package contracttest

import (
	"cmp"
	"slices"
)

// maxReasons is how many different reasons for being unchecked are told apart
// for one message; content types of live messages could make many.
const maxReasons = 16

// otherReasons is what the rest is counted under.
const otherReasons = "other reasons"

// tally counts by channel, address and message.
type tally struct {
	total    Counts
	channels []*channelTally
	of       map[*channel]*channelTally
	letters  map[string]*letterTally // by address
}

type channelTally struct {
	channel   *channel
	total     countsOf
	messages  map[*message]*countsOf
	addresses map[string]*addressTally
}

type addressTally struct {
	total    countsOf
	messages map[*message]*countsOf // nil is the unknown ones
}

type countsOf struct {
	Counts
	reasons map[string]int
}

func newTally(p *plan) *tally {
	t := &tally{of: map[*channel]*channelTally{}, letters: map[string]*letterTally{}}
	for _, c := range p.channels {
		ct := &channelTally{channel: c, messages: map[*message]*countsOf{}, addresses: map[string]*addressTally{}}
		t.channels = append(t.channels, ct)
		t.of[c] = ct
	}
	return t
}

// add counts one message. A message that is not known counts for the first
// channel of the route that was chosen.
func (t *tally) add(r *route, msg *message, address string, what outcome, why []string) {
	var ct *channelTally
	if msg != nil {
		ct = t.of[msg.channel]
	} else {
		ct = t.of[r.channels[slices.IndexFunc(r.channels, func(c *channel) bool { return c.chosen })]]
	}
	at := ct.addresses[address]
	if at == nil {
		at = &addressTally{messages: map[*message]*countsOf{}}
		ct.addresses[address] = at
	}
	t.total.add(what)
	for _, c := range []*countsOf{&ct.total, entry(ct.messages, msg), &at.total, entry(at.messages, msg)} {
		c.add(what)
		c.because(why)
	}
}

func entry(m map[*message]*countsOf, msg *message) *countsOf {
	c := m[msg]
	if c == nil {
		c = &countsOf{}
		m[msg] = c
	}
	return c
}

func (c *Counts) add(what outcome) {
	c.Seen++
	switch what {
	case passed:
		c.Passed++
	case failed:
		c.Failed++
	case unchecked:
		c.Unchecked++
	case unknown:
		c.Unknown++
	}
}

func (c *countsOf) because(why []string) {
	for _, reason := range why {
		if c.reasons == nil {
			c.reasons = map[string]int{}
		}
		if _, known := c.reasons[reason]; !known && len(c.reasons) >= maxReasons {
			reason = otherReasons
		}
		c.reasons[reason]++
	}
}

// report turns the counts into their final form.
func (t *tally) report() *Report {
	r := &Report{Counts: t.total, Letters: t.letterReports()}
	for _, ct := range t.channels {
		r.Channels = append(r.Channels, ct.report())
	}
	return r
}

func (ct *channelTally) report() ChannelReport {
	c := ct.channel
	out := ChannelReport{
		Channel: c.id, Address: c.address, Counts: ct.total.Counts, NotWatched: c.notWatched,
		Messages: []MessageReport{}, Addresses: []AddressReport{},
	}
	for _, m := range c.messages {
		out.Messages = append(out.Messages, messageReport(m.name, ct.messages[m]))
	}
	if unknown := ct.messages[nil]; unknown != nil {
		out.Messages = append(out.Messages, messageReport("", unknown))
	}
	for address, at := range ct.addresses {
		out.Addresses = append(out.Addresses, at.report(address, c.messages))
	}
	slices.SortFunc(out.Addresses, func(a, b AddressReport) int { return cmp.Compare(a.Address, b.Address) })
	return out
}

func (at *addressTally) report(address string, known []*message) AddressReport {
	out := AddressReport{Address: address, Counts: at.total.Counts, Messages: []MessageReport{}}
	for _, m := range known {
		if c := at.messages[m]; c != nil {
			out.Messages = append(out.Messages, messageReport(m.name, c))
		}
	}
	if unknown := at.messages[nil]; unknown != nil {
		out.Messages = append(out.Messages, messageReport("", unknown))
	}
	return out
}

func messageReport(name string, c *countsOf) MessageReport {
	out := MessageReport{Message: name}
	if c == nil {
		return out
	}
	out.Counts = c.Counts
	for reason, n := range c.reasons {
		out.UncheckedBecause = append(out.UncheckedBecause, Reason{Reason: reason, Count: n})
	}
	slices.SortFunc(out.UncheckedBecause, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return out
}
