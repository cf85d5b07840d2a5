package kafka

import (
	"context"

	"github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Extents is driver.Measurer: it asks the partitions' leaders for both ends of
// what has been committed.
func (t *Transport) Extents(ctx context.Context, address string) ([]driver.Extent, error) {
	if t.isClosed() {
		return nil, driver.ErrClosed
	}
	if err := checkTopic(address); err != nil {
		return nil, err
	}
	out, err := t.cluster.extents(ctx, address)
	if err != nil {
		return nil, failed(err, "extents of %s", address)
	}
	return out, nil
}

func (c *cluster) extents(ctx context.Context, topic string) ([]driver.Extent, error) {
	infos, err := c.describe(ctx, []string{topic})
	if err != nil {
		return nil, err
	}
	var partitions []topicPartition
	for _, info := range infos {
		if err := info.err(); err != nil {
			return nil, err
		}
		for i := range info.leaders {
			partitions = append(partitions, topicPartition{topic, int32(i)})
		}
	}
	if len(partitions) == 0 {
		return nil, kafka.UnknownTopicOrPartition
	}
	first, err := c.offsets(ctx, timeEarliest, partitions)
	if err != nil {
		return nil, err
	}
	next, err := c.offsets(ctx, timeLatest, partitions)
	if err != nil {
		return nil, err
	}
	var out []driver.Extent
	for _, p := range partitions {
		out = append(out, driver.Extent{Partition: p.partition, First: first[p], Next: next[p]})
	}
	return out, nil
}
