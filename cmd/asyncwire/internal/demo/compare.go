package demo

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// position is where a message lies on the broker.
type position struct {
	topic     string
	partition int32
	offset    int64
}

func (p position) String() string { return fmt.Sprintf("%s/%d/%d", p.topic, p.partition, p.offset) }

// breachAt identifies a finding about a message: what is broken, and where the
// message lies. Planted breaches and findings are compared by it.
type breachAt struct {
	code          diag.Code
	position      string
	pointer, rule string
}

// Comparison is the plan held against the findings, one by one.
type Comparison struct {
	// Found are the planted messages that were reported as planned.
	Found []*Message
	// Missed are those that were not.
	Missed []*Message
	// Extra are the findings that nobody planted.
	Extra diag.List
}

// Exact tells whether exactly the planted breaches were found.
func (c *Comparison) Exact() bool { return len(c.Missed) == 0 && len(c.Extra) == 0 }

// compare holds the findings against what was planted. Remarks and warnings that
// are not about a message do not count.
func compare(planted []*Message, lies map[string]position, found diag.List) *Comparison {
	open := map[breachAt]diag.List{}
	out := &Comparison{}
	for _, d := range found {
		if id, ok := identify(d); ok {
			open[id] = append(open[id], d)
		} else if d.Severity == diag.Error {
			out.Extra.Add(d)
		}
	}
	for _, m := range planted {
		id := breachAt{m.Breach.Code, lies[m.ID].String(), m.Breach.Pointer, m.Breach.Rule}
		if len(open[id]) == 0 {
			out.Missed = append(out.Missed, m)
			continue
		}
		open[id] = open[id][1:]
		out.Found = append(out.Found, m)
	}
	for _, rest := range open {
		out.Extra.Add(rest...)
	}
	out.Extra = out.Extra.Sorted()
	return out
}

// identify reads a finding about a message.
func identify(d *diag.Diagnostic) (breachAt, bool) {
	facts := map[string]string{}
	for _, p := range d.Properties {
		facts[p.Name] = p.Value
	}
	if facts["topic"] == "" || d.Severity == diag.Info {
		return breachAt{}, false
	}
	at := facts["topic"] + "/" + facts["partition"] + "/" + facts["offset"]
	return breachAt{d.Code, at, facts["pointer"], facts["rule"]}, true
}

// locate notes where those of the messages lie that are among what passed.
func locate(lies map[string]position, messages []*Message, passed []*driver.Message) {
	for _, p := range passed {
		for _, h := range p.Headers {
			id := string(h.Value)
			if h.Key == attributePrefix+"id" && slices.ContainsFunc(messages, func(m *Message) bool { return m.ID == id }) {
				lies[id] = position{p.Address, p.Partition, p.Offset}
			}
		}
	}
}

// where names a message's place for people: topic, partition and offset.
func (p position) where() string {
	return p.topic + " partition " + strconv.Itoa(int(p.partition)) + " offset " + strconv.FormatInt(p.offset, 10)
}
