package kafka

import (
	"bytes"
	"context"
	"errors"
	"time"

	"github.com/segmentio/kafka-go"
)

// trial is a batch whose outcome is not known yet, through all attempts.
type trial struct {
	lane    *lane
	batch   []byte
	count   int32
	stamped bool
	// lent: a connection may still be writing the batch.
	lent bool
	// lost: an attempt may have stored the batch without our learning of it.
	lost bool
	// since is from when on what is known about the leader is good enough.
	since time.Time
	// unknown is when the topic was first said not to exist.
	unknown time.Time
}

// run makes attempts until one succeeds, there is no hope, or ctx ends.
func (t *trial) run(ctx context.Context) error {
	c := t.lane.publisher.cluster
	for attempt := 0; ; attempt++ {
		at := time.Now()
		err := t.attempt(ctx)
		if err == nil || !t.again(err, at) {
			return err
		}
		c.config.Logger.Debug("publishing again", "at", t.lane.at.String(), "attempt", attempt+1, "error", err)
		if !pause(ctx, attempt, c.config.Timeouts.retryPause()) {
			return err
		}
	}
}

// attempt sends the batch once.
func (t *trial) attempt(ctx context.Context) error {
	l := t.lane
	leader, err := l.publisher.cluster.leader(ctx, l.at, t.since)
	if err != nil {
		return err
	}
	if err := t.stamp(ctx); err != nil {
		return err
	}
	err = l.publisher.cluster.produce(ctx, leader, l.at, t.batch)
	t.note(err)
	return err
}

// note remembers what an attempt may have left behind.
func (t *trial) note(err error) {
	code := codeOf(err)
	switch {
	case err == nil, neverSent(err):
	case code == 0:
		t.lent, t.lost = true, true
	case code == kafka.RequestTimedOut, code == kafka.NotEnoughReplicasAfterAppend, code == kafka.NetworkException:
		t.lost = true
	case react(code) == split:
		t.lost = false // no attempt can have been accepted
	}
}

// stamp gives the batch its producer and sequence. Both stay the same through
// all attempts, which is how the broker recognises the batch, unless the broker
// says that it does not know the producer (any more).
func (t *trial) stamp(ctx context.Context) error {
	l := t.lane
	if l.spent {
		id, err := l.publisher.producers.other(ctx, l.id)
		if err != nil {
			return err
		}
		l.id, l.spent, l.sequence, t.stamped = id, false, 0, false
	}
	if t.stamped {
		return nil
	}
	if t.lent {
		t.batch = bytes.Clone(t.batch)
		t.lent = false
	}
	stamp(t.batch, l.id, l.sequence)
	t.stamped = true
	return nil
}

// again tells whether another attempt is of use, and prepares it.
func (t *trial) again(err error, at time.Time) bool {
	if errors.Is(err, kafka.UnknownTopicOrPartition) {
		if t.unknown.IsZero() {
			t.unknown = at
		}
		if time.Since(t.unknown) > t.lane.publisher.cluster.config.Timeouts.Topic {
			return false
		}
	}
	switch reactTo(err) {
	case retry, relocate:
		t.since = at
		return true
	case renew:
		t.lane.spent = true
		return true
	}
	return false
}
