package runtime

import (
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// The CloudEvents extension attributes that say when a message is to be
// handled, as RFC 3339.
const (
	expiryAttribute = "expirytime"
	dueAttribute    = "duetime"
)

// Expires says until when a message is worth being handled: then it is a dead
// letter of its consumers, or dropped. It travels as the attribute expirytime. The zero
// time is never, whatever the document says.
func Expires(at time.Time) PublishOption {
	if at.IsZero() {
		at = lastMoment
	}
	return extension(expiryAttribute, momentText(at))
}

// errOver is the error of a message whose time is over before it is tried.
var errOver = mark(ErrExpired, ClassExpired)

// errOfOthers is the error of a message at a retry address that another group has put there.
var errOfOthers = fmt.Errorf("it is at the retry address for another group: %w", ErrSkip)

// unwanted returns why a message is not to be tried, nil when it is. It does not look at
// the message for nothing, which may be far from this processor yet.
func (k *consumer) unwanted(j *job, m *driver.Message) error {
	switch {
	case j.traits.have(timed) && k.lanes.dues.ofOthers(m):
		return errOfOthers
	case k.expired(j, m):
		return errOver
	}
	return nil
}

// untried takes back the attempt that was begun.
func (in *Incoming) untried(why error) error {
	in.attempt--
	return why
}

// lastMoment is the last that RFC 3339 has digits for.
var lastMoment = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// momentText writes a moment for consumers. Years that RFC 3339 has no digits for are the
// first or the last that it has: written otherwise nobody could read them, and what is
// due in ages would be handled at once.
func momentText(at time.Time) string {
	at = at.UTC()
	switch year := at.Year(); {
	case year < 0:
		at = time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC)
	case year > 9999:
		at = lastMoment
	}
	return at.Format(time.RFC3339Nano)
}

// ErrNotDue says that a message is due further ahead than Policy.MaxDelay: it
// will not be handled (ClassPermanent), whatever Options.Classify says.
var ErrNotDue = errors.New("due too far ahead")

// errWaits is why a message is at a retry address that has not failed.
var errWaits = errors.New("not due yet")

// displace moves a message that is not due and cannot wait where it is: to a
// retry address, or among the dead letters when it would wait too long.
func (k *consumer) displace(j *job) outcome {
	m, now, dues := j.message(), k.options.Now(), &k.lanes.dues
	in := new(Incoming)
	ctx := in.begin(k.origin, m, 0)
	due := dues.due(m, now)
	to := dues.station(due.Sub(now))
	if to == nil || dues.tooFar(m.Address, due.Sub(now)) {
		at := due.UTC().Format(time.RFC3339)
		return k.fail(ctx, j, in, Permanent(fmt.Errorf("%w: at %s, the policy allows %v", ErrNotDue, at, dues.most)))
	}
	l := k.letter(in, 0, errWaits)
	l.Class, l.Due = "", due
	if latest := now.Add(to.Delay); due.After(latest) {
		l.Due = latest
	}
	moved := *j
	moved.move = &move{out: l.On(m, to.Address), kind: EventRetried, err: errWaits, about: about(in, errWaits)}
	return k.deliverMove(&moved, 0)
}

// Due says when a message is to be handled at the earliest. It travels as the
// attribute duetime. Consumers hold it back while others pass: it does not keep
// the order of its key. How far ahead it may be says Policy.MaxDelay.
func Due(at time.Time) PublishOption {
	return extension(dueAttribute, momentText(at))
}

// extension sets an attribute without changing the map of the envelope.
func extension(name, value string) PublishOption {
	return func(a *Attributes) {
		extensions := maps.Clone(a.Extensions)
		if extensions == nil {
			extensions = make(map[string]string, 1)
		}
		extensions[name] = value
		a.Extensions = extensions
	}
}
