package runtime_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// cause publishes what a message causes: once for its key, and once for its
// partition.
func (x *trial) cause(ctx context.Context, m *member, in *runtime.Incoming) error {
	for _, address := range []string{"out", "audit"} {
		out := &driver.Message{Address: address, Key: in.Message().Key, Value: in.Value()}
		if err := m.conn.PublishMessage(ctx, out); err != nil {
			return err
		}
	}
	return nil
}

// handleBatch handles each message of a batch, of a key until one fails. What they
// cause is published for each, or with the context of the batch.
func (x *trial) handleBatch(m *member, batch []*runtime.Incoming, ctx context.Context) error {
	whole := rand.IntN(2) == 0
	errs, failed := make(runtime.BatchError, len(batch)), map[string]bool{}
	for i, in := range batch {
		with := in.Context()
		if whole {
			with = ctx
		}
		key := string(in.Message().Key)
		if errs[i] = errOnPurpose; failed[key] {
			continue
		}
		if errs[i] = x.handle(m, in, in.Context()); errs[i] == nil && x.guarantee == runtime.ExactlyOnce {
			errs[i] = x.cause(with, m, in)
		}
		failed[key] = errs[i] != nil
	}
	if len(failed) > 0 {
		return errs
	}
	return nil
}

// checkUnits holds what was published by handlers against the model: each message
// that was handled has caused one message at each address, those of a key in
// order, and each dead letter none and lies there once.
func (x *trial) checkUnits() {
	dead := map[string]int{}
	for _, m := range stored(x.t, x.broker, "dead") {
		dead[string(m.Value)]++
	}
	for _, address := range []string{"out", "audit"} {
		count, last := map[string]int{}, map[string]int{}
		for _, m := range stored(x.t, x.broker, address) {
			key, n, _ := x.of(string(m.Value))
			if count[string(m.Value)]++; n < last[key] && !strings.HasPrefix(key, "due-") {
				x.t.Errorf("%s: %s comes behind number %d", address, m.Value, last[key])
			}
			last[key] = n
		}
		x.each(func(text string) {
			if count[text]+dead[text] != 1 {
				x.t.Errorf("%s has caused %d messages at %s and is %d dead letters", text, count[text], address, dead[text])
			}
		})
	}
}

// each calls f with all messages, until the trial has failed.
func (x *trial) each(f func(text string)) {
	var all []string
	for key, list := range x.keys {
		for n := range list {
			all = append(all, key+"="+strconv.Itoa(n))
		}
	}
	slices.Sort(all)
	for _, text := range all {
		if f(text); x.t.Failed() {
			return
		}
	}
}
