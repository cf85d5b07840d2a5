package kafka

import (
	"context"
	"fmt"
	"slices"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/createtopics"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// brokerDefault lets the broker decide on a number in CreateTopics.
const brokerDefault = -1

// Provision creates the topics that do not exist yet, with so many partitions
// each (the broker's default when it is 0) and the broker's default of replicas,
// and returns when every one of them has leaders. Topics that exist are left as
// they are.
func (t *Transport) Provision(ctx context.Context, partitions int, addresses ...string) error {
	for _, a := range addresses {
		if err := checkTopic(a); err != nil {
			return err
		}
	}
	if partitions < 0 || partitions >= maxPartitions {
		return fmt.Errorf("kafka: a topic of %d partitions: %w", partitions, driver.ErrInvalid)
	}
	if t.isClosed() {
		return fmt.Errorf("kafka: provision: %w", driver.ErrClosed)
	}
	if len(addresses) == 0 {
		return nil
	}
	topics := slices.Clone(addresses)
	slices.Sort(topics)
	return t.cluster.create(ctx, or(partitions, brokerDefault), slices.Compact(topics))
}

// create creates what is missing until all of it is there.
func (c *cluster) create(ctx context.Context, partitions int, topics []string) error {
	for attempt := 0; ; attempt++ {
		missing, err := c.missing(ctx, topics)
		if err == nil && len(missing) == 0 {
			return nil
		}
		if err == nil {
			err = c.createOnce(ctx, partitions, missing)
		}
		if err == nil {
			err = kafka.LeaderNotAvailable // until the next look
		}
		if reactTo(err) == giveUp || !pause(ctx, attempt, c.config.Timeouts.retryPause()) {
			return failed(err, "creating topics %v", missing)
		}
	}
}

// missing returns the topics that cannot be used yet.
func (c *cluster) missing(ctx context.Context, topics []string) ([]string, error) {
	infos, err := c.describe(ctx, topics)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, info := range infos {
		if err := info.err(); err != nil && reactTo(err) == giveUp {
			return nil, fmt.Errorf("topic %s: %w", info.name, err)
		}
		if info.err() != nil || slices.Contains(info.leaders, noLeader) {
			out = append(out, info.name)
		}
	}
	return out, nil
}

// createOnce asks the controller to create topics. One that exists already is
// not an error: it only has no leader yet.
func (c *cluster) createOnce(ctx context.Context, partitions int, topics []string) error {
	m, err := c.metadata(ctx, []string{})
	if err != nil {
		return err
	}
	r := &createtopics.Request{TimeoutMs: int32(c.config.Timeouts.Request.Milliseconds())}
	for _, topic := range topics {
		r.Topics = append(r.Topics, createtopics.RequestTopic{
			Name: topic, NumPartitions: int32(partitions), ReplicationFactor: brokerDefault,
		})
	}
	answer, err := c.ask(ctx, m.ControllerID, r)
	if err != nil {
		return err
	}
	res, ok := answer.(*createtopics.Response)
	if !ok {
		return fmt.Errorf("request to create topics answered by %T", answer)
	}
	for _, t := range res.Topics {
		if code := kafka.Error(t.ErrorCode); code != 0 && code != kafka.TopicAlreadyExists {
			return fmt.Errorf("topic %s: %s: %w", t.Name, t.ErrorMessage, code)
		}
	}
	return nil
}
