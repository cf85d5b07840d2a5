// Package contracttest holds live traffic to an AsyncAPI document: it taps the
// addresses of the document's channels, matches each message that passes to the
// document, checks it, and reports what was seen, what passed, what failed, what
// could not be checked and why, and what the document does not know.
//
// Watching leaves no trace on the broker: no consumer group is joined, nothing
// is acknowledged and nothing is created. Memory is bounded: messages are judged
// one by one and dropped, and findings of one rule are kept up to a limit.
//
// It imports spec and what spec stands on, schema/validate, diag/render and
// runtime/driver.
//
//	report, err := contracttest.Verify(ctx, doc, transport, &contracttest.Options{For: time.Minute})
//	if err != nil {
//		return err // the broker failed, or there was nothing to watch
//	}
//	report.WriteText(os.Stdout)
//	if !report.Clean() {
//		os.Exit(1)
//	}
package contracttest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// What can keep Verify from watching at all; test with errors.Is.
var (
	// ErrCannotTap: the transport is not a driver.Tapper.
	ErrCannotTap = errors.New("the transport cannot be watched without taking part")
	// ErrNoChannel: no channel of the document is to be watched, or one that
	// Options.Channels names does not exist.
	ErrNoChannel = errors.New("no channel to watch")
)

// Options says what to watch and for how long. The zero value watches every
// channel that has an address until the context ends.
type Options struct {
	// Server limits watching to the channels that live on it. Nil is all.
	Server *spec.Server
	// Channels limits watching to these channel ids. Empty is all.
	Channels []string
	// For is how long to watch after Ready returned. Zero is until the context
	// ends or Max messages were seen.
	For time.Duration
	// Max is the number of messages after which watching ends. Zero is no limit.
	Max int
	// Start is where to begin at addresses that exist already: the oldest
	// message kept (the zero value), or only what arrives from now on.
	Start driver.Start
	// Schemas says what of schemas is checked. Nil is the default.
	Schemas *validate.Options
	// Ready, when set, is called once every position is taken, with the
	// addresses being watched: what is published from then on is seen.
	Ready func(addresses []string)
	// Progress, when set, is called after each batch with the number of
	// messages seen so far. It must not block for long.
	Progress func(seen int)
}

// Verify watches the transport's broker until ctx ends, Options.For has elapsed
// or Options.Max messages were seen, and reports how the traffic kept the
// document's promises. That ctx ends while watching is a normal end, not an
// error. On an error of the broker while watching, the report on what was seen
// so far is returned beside the error; on an error before that it is nil. When
// the broker cannot be reached as the watch ends, that is such an error: a tap
// bears interruptions, so that it might have missed the rest.
//
// A document may be verified several times at once; o may be nil.
func Verify(ctx context.Context, doc *spec.Document, t driver.Transport, o *Options) (*Report, error) {
	if o == nil {
		o = &Options{}
	}
	tapper, ok := t.(driver.Tapper)
	if !ok {
		return nil, ErrCannotTap
	}
	p, err := newPlan(doc, t.Features(), o)
	if err != nil {
		return nil, err
	}
	tap, err := tapper.Tap(ctx, driver.TapOptions{Match: p.watches, Start: o.Start})
	if err != nil {
		return nil, fmt.Errorf("start watching the broker: %w", err)
	}
	defer closeTap(ctx, tap)
	if o.Ready != nil {
		o.Ready(tap.Addresses())
	}
	watching, cancel := ctx, context.CancelFunc(func() {})
	if o.For > 0 {
		watching, cancel = context.WithTimeout(ctx, o.For)
	}
	defer cancel()
	v := newVerifier(p)
	if err = v.watch(watching, tap, o); err == nil && watching.Err() != nil {
		err = reach(ctx, tapper)
	}
	return v.report(), err
}

// reach tells whether the broker is there, though the watch has ended.
func reach(ctx context.Context, tapper driver.Tapper) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	tap, err := tapper.Tap(ctx, driver.TapOptions{Match: func(string) bool { return false }, Start: driver.StartLatest})
	if err != nil {
		return fmt.Errorf("the broker was out of reach when the watch ended: %w", err)
	}
	closeTap(ctx, tap)
	return nil
}

// closeTap gives the tap a moment to close, though the watch has ended. What
// goes wrong then does not change what was seen.
func closeTap(ctx context.Context, tap driver.Tap) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closing)
	defer cancel()
	_ = tap.Close(ctx)
}
