package contracttest

import (
	"context"
	"fmt"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// closing is how long a tap may take to close after the watch has ended.
const closing = 5 * time.Second

// verifier is one run. One goroutine uses it.
type verifier struct {
	plan       *plan
	findings   *collector
	counts     *tally
	targets    map[string]*target
	mediaTypes mediaTypes
	typeHeader string // of the CloudEvents type; "" when the protocol has none
	scratch    []byte // for headers and keys as JSON
	text       []byte // for payloads of text as JSON
	seen       int
}

// target is a concrete address and what the document says about it.
type target struct {
	route  *route // nil: the address is none of ours
	values []string
	loose  bool
}

func newVerifier(p *plan) *verifier {
	v := &verifier{
		plan:       p,
		findings:   newCollector(p.found),
		counts:     newTally(p),
		targets:    map[string]*target{},
		mediaTypes: mediaTypes{},
	}
	if p.features.AttributePrefix != "" {
		v.typeHeader = p.features.AttributePrefix + "type"
	}
	return v
}

func (v *verifier) report() *Report {
	r := v.counts.report()
	r.Findings = v.findings.list()
	return r
}

// watch receives until the context ends or max messages were seen.
func (v *verifier) watch(ctx context.Context, tap driver.Tap, o *Options) error {
	for o.Max <= 0 || v.seen < o.Max {
		batch, err := tap.Receive(ctx)
		for _, m := range batch {
			if o.Max > 0 && v.seen >= o.Max {
				break
			}
			v.take(m)
		}
		if o.Progress != nil && len(batch) > 0 {
			o.Progress(v.seen)
		}
		switch {
		case err != nil && ctx.Err() != nil:
			return nil
		case err != nil:
			return fmt.Errorf("watch the broker: %w", err)
		}
	}
	return nil
}

// take judges one message and counts it.
func (v *verifier) take(m *driver.Message) {
	t := v.target(m.Address)
	if t.route == nil || !t.route.watched() {
		return
	}
	if t.route.kind != "" {
		v.counts.letter(t.route, m)
		return
	}
	if len(t.route.messages) == 0 {
		v.count(t.route, nil, m, unchecked, []string{"the channel declares no message"})
		return
	}
	msg, miss := v.match(t.route, m)
	if miss != nil {
		v.missed(t.route, m, miss)
		v.count(t.route, nil, m, unknown, nil)
		return
	}
	if !msg.channel.chosen {
		return // another channel's, at an address that both share
	}
	what, why := v.judge(t, msg, m)
	v.count(t.route, msg, m, what, why)
}

func (v *verifier) count(r *route, msg *message, m *driver.Message, what outcome, why []string) {
	v.seen++
	v.counts.add(r, msg, m.Address, what, why)
}

// maxTargets bounds the memory for addresses, which parameters may make many.
const maxTargets = 100_000

func (v *verifier) target(address string) *target {
	if t, ok := v.targets[address]; ok {
		return t
	}
	r, values, loose := v.plan.find(address)
	t := &target{route: r, values: values, loose: loose}
	if len(v.targets) < maxTargets {
		v.targets[address] = t
	}
	return t
}

// about begins an error about a live message: which it is and where it lies.
func (v *verifier) about(ch *channel, msg *message, m *driver.Message, text string) *diag.Diagnostic {
	d := (&diag.Diagnostic{Severity: diag.Error, Message: text}).With("channel", ch.id)
	if msg != nil {
		d.With("message", msg.name)
	}
	d.With("topic", m.Address)
	if v.plan.features.Partitions {
		d.With("partition", fmt.Sprint(m.Partition))
	}
	return d.With("offset", fmt.Sprint(m.Offset))
}

// headersText is the message's headers as one JSON object; it is valid until
// the next call.
func (v *verifier) headersText(m *driver.Message, msg *message) (object []byte, repeated []string) {
	object, repeated = appendHeaders(v.scratch[:0], m.Headers, msg.shape, v.plan.features.AttributePrefix)
	v.scratch = object
	return object, repeated
}
