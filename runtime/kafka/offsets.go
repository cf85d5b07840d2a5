package kafka

import (
	"context"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol/listoffsets"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// The timestamps that stand for the ends of a log in a ListOffsets request.
const (
	timeEarliest int64 = -2
	timeLatest   int64 = -1
)

func timeOf(s driver.Start) int64 {
	if s == driver.StartLatest {
		return timeLatest
	}
	return timeEarliest
}

// offsets finds the offset of a point in time in each partition, asking again
// as long as ctx allows and it is worth it.
func (c *cluster) offsets(ctx context.Context, at int64, partitions []topicPartition) (map[topicPartition]int64, error) {
	found := make(map[topicPartition]int64, len(partitions))
	open, since := partitions, time.Time{}
	for attempt := 0; ; attempt++ {
		started := time.Now()
		var err error
		open, err = c.offsetsOnce(ctx, at, open, since, found)
		if len(open) == 0 {
			return found, nil
		}
		if reactTo(err) == giveUp || !pause(ctx, attempt, c.config.Timeouts.retryPause()) {
			return nil, err
		}
		since = started
	}
}

// offsetsOnce makes one attempt: it adds to found, and returns what is left with
// the first reason.
func (c *cluster) offsetsOnce(
	ctx context.Context, at int64, partitions []topicPartition, since time.Time, found map[topicPartition]int64,
) (left []topicPartition, first error) {
	leaders := map[int32][]topicPartition{}
	fail := func(err error, ps ...topicPartition) {
		left = append(left, ps...)
		if first == nil || reactTo(err) == giveUp {
			first = err
		}
	}
	for _, p := range partitions {
		leader, err := c.leader(ctx, p, since)
		if err != nil {
			fail(err, p)
			continue
		}
		leaders[leader] = append(leaders[leader], p)
	}
	for leader, ps := range leaders {
		res, err := c.listOffsets(ctx, leader, at, ps)
		if err != nil {
			fail(err, ps...)
			continue
		}
		for _, p := range ps {
			switch r, ok := res[p]; {
			case !ok:
				fail(fmt.Errorf("the broker did not answer for %s", p), p)
			case r.ErrorCode != 0:
				fail(kafka.Error(r.ErrorCode), p)
			default:
				found[p] = r.Offset
			}
		}
	}
	return left, first
}

// listOffsets asks one broker.
func (c *cluster) listOffsets(
	ctx context.Context, broker int32, at int64, partitions []topicPartition,
) (map[topicPartition]listoffsets.ResponsePartition, error) {
	r := &listoffsets.Request{ReplicaID: -1, IsolationLevel: readCommitted}
	index := map[string]int{}
	for _, p := range partitions {
		i, ok := index[p.topic]
		if !ok {
			i = len(r.Topics)
			index[p.topic] = i
			r.Topics = append(r.Topics, listoffsets.RequestTopic{Topic: p.topic})
		}
		r.Topics[i].Partitions = append(r.Topics[i].Partitions, listoffsets.RequestPartition{
			Partition: p.partition, CurrentLeaderEpoch: -1, Timestamp: at,
		})
	}
	m, err := c.ask(ctx, broker, r)
	if err != nil {
		return nil, err
	}
	res, ok := m.(*listoffsets.Response)
	if !ok {
		return nil, fmt.Errorf("offset request answered by %T", m)
	}
	out := map[topicPartition]listoffsets.ResponsePartition{}
	for _, t := range res.Topics {
		for _, p := range t.Partitions {
			out[topicPartition{t.Topic, p.Partition}] = p
		}
	}
	return out, nil
}
