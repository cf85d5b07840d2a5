package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// joinPause is how long a member waits before it joins again after an error.
const joinPause = 250 * time.Millisecond

// run is a member of the group until the receiver is closed or the group cannot
// be used.
func (r *receiver) run() {
	defer close(r.done)
	for r.leaving.Err() == nil {
		err := r.awaitTopics()
		if err == nil {
			err = r.member()
		}
		if err != nil && r.leaving.Err() == nil {
			r.feed.end(failed(err, "receiving as group %s", r.group))
			return
		}
	}
}

// awaitTopics waits until one of the topics exists. kafka-go's group would join
// without a pause, again and again, for the sake of one that does not.
func (r *receiver) awaitTopics() error {
	for waited := false; ; waited = true {
		counts, err := r.count(r.leaving)
		switch {
		case err != nil && reactTo(err) == giveUp:
			return err
		case err != nil:
			r.log.Warn("asking about topics failed, trying again", "error", err)
		case len(counts) > 0:
			r.counts = counts
			return nil
		case !waited:
			r.log.Info("no topic exists yet, waiting", "topics", r.topics)
		}
		if !wait(r.leaving, r.cluster.config.Timeouts.Discovery) {
			return r.leaving.Err()
		}
	}
}

// count returns how many partitions the topics have that exist.
func (r *receiver) count(ctx context.Context) (map[string]int, error) {
	infos, err := r.cluster.describe(ctx, r.topics)
	if err != nil {
		return nil, err
	}
	counts := map[string]int{}
	for _, info := range infos {
		if err := info.err(); err == nil {
			counts[info.name] = len(info.leaders)
		} else if reactTo(err) == giveUp {
			return nil, fmt.Errorf("topic %s: %w", info.name, err)
		}
	}
	return counts, nil
}

// member joins the group with the topics that exist, and works through its
// generations until these topics are no longer the ones that exist. An error is
// one that does not pass.
func (r *receiver) member() error {
	group, err := kafka.NewConsumerGroup(r.groupConfig())
	if err != nil {
		return err
	}
	defer group.Close()
	// Closing the group from outside is the only way to end a generation
	// without joining the next one.
	ctx, quit := context.WithCancel(r.leaving)
	defer quit()
	defer context.AfterFunc(ctx, func() { group.Close() })()
	for told := ""; ; {
		gen, err := group.Next(ctx)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && hopeless(err):
			return err
		case err != nil:
			told = r.tell(told, err)
			continue
		}
		told = ""
		if r.generation(gen, quit) {
			return nil
		}
	}
}

// tell logs why joining failed, once as long as the reason stays the same. It
// returns what is told.
func (r *receiver) tell(told string, err error) string {
	level := slog.LevelWarn
	if err.Error() == told {
		level = slog.LevelDebug
	}
	r.log.Log(context.Background(), level, "joining the group failed, trying again", "error", err)
	return err.Error()
}

// hopeless tells whether an error of the group will not pass.
func hopeless(err error) bool {
	word := meaning(codeOf(err))
	return errors.Is(word, driver.ErrUnauthorized) || errors.Is(word, driver.ErrInvalid)
}

// generation works through one generation. It reports true when the group is
// being left.
func (r *receiver) generation(g *kafka.Generation, quit func()) bool {
	term := newTerm(r, g)
	r.follow(term)
	g.Start(term.run)
	select {
	case <-term.over:
	case <-term.otherTopics:
		quit()
		<-term.over
		return true
	}
	return r.leaving.Err() != nil
}

func (r *receiver) groupConfig() kafka.ConsumerGroupConfig {
	c := r.cluster.config
	topics := make([]string, 0, len(r.counts))
	for _, topic := range r.topics {
		if r.counts[topic] > 0 {
			topics = append(topics, topic)
		}
	}
	return kafka.ConsumerGroupConfig{
		ID:      r.group,
		Brokers: c.Brokers,
		Topics:  topics,
		Dialer: &kafka.Dialer{
			ClientID:      c.ClientID,
			Timeout:       c.Timeouts.Dial,
			TLS:           c.TLS,
			SASLMechanism: c.SASL,
			DialFunc:      r.connections.dial,
		},
		HeartbeatInterval: c.Timeouts.Heartbeat,
		SessionTimeout:    c.Timeouts.Session,
		RebalanceTimeout:  c.Timeouts.Rebalance,
		JoinGroupBackoff:  joinPause,
		Timeout:           c.Timeouts.Request,
		// A group without a position is recognised by this value; where it
		// begins is worked out by term.positions.
		StartOffset: kafka.FirstOffset,
		ErrorLogger: kafka.LoggerFunc(func(format string, args ...any) {
			r.log.Debug("group: " + fmt.Sprintf(format, args...))
		}),
	}
}

// sameCounts tells whether the same topics exist, and whether they have the same
// partitions.
func (r *receiver) sameCounts(now map[string]int) (topics, partitions bool) {
	topics = len(now) == len(r.counts)
	for topic := range now {
		topics = topics && r.counts[topic] > 0
	}
	return topics, maps.Equal(now, r.counts)
}

// wait waits for d and reports false when ctx ended before.
func wait(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
