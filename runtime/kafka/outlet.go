package kafka

import (
	"math/rand/v2"
	"sync"

	"github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// stickyBytes is after how much a partition that was picked for messages
// without a key is changed for another. It also changes with every request, so
// that a slow trickle is spread and a flood still makes big batches.
const stickyBytes = 64 << 10

// outlet is a topic to publish to. It picks partitions.
type outlet struct {
	balancer kafka.Murmur2Balancer

	mu     sync.Mutex
	info   *topicInfo
	lanes  []*lane // by partition
	sticky int32   // where messages without a key go, -1 before there are any
	bytes  int     // how much went there
}

// update takes over what is known of the topic now.
func (o *outlet) update(p *publisher, info *topicInfo) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.info = info
	for len(o.lanes) < len(info.ids) {
		o.lanes = append(o.lanes, &lane{
			publisher: p,
			outlet:    o,
			at:        topicPartition{info.name, int32(len(o.lanes))},
			maxBatch:  p.cluster.config.MaxBatchBytes,
			id:        none,
			spent:     true,
		})
	}
}

// lane picks the partition of a message: by its key as the Java client does,
// without a key one that has a leader.
func (o *outlet) lane(m *driver.Message, size int) *lane {
	o.mu.Lock()
	defer o.mu.Unlock()
	if m.Key != nil {
		return o.lanes[o.balancer.Balance(kafka.Message{Key: m.Key}, o.info.ids...)]
	}
	if o.sticky < 0 || int(o.sticky) >= len(o.info.ids) || o.bytes > stickyBytes {
		o.sticky, o.bytes = pick(o.info, o.sticky), 0
	}
	o.bytes += size
	return o.lanes[o.sticky]
}

// flushed notes that a partition is sending what it has.
func (o *outlet) flushed(partition int32) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.sticky == partition {
		o.bytes = stickyBytes + 1
	}
}

// pick returns a random partition that has a leader and is not the last one;
// when there is none, any partition.
func pick(info *topicInfo, last int32) int32 {
	n := len(info.leaders)
	first := rand.IntN(n)
	for i := range n {
		p := int32((first + i) % n)
		if info.leaders[p] >= 0 && p != last {
			return p
		}
	}
	if last >= 0 && int(last) < n {
		return last
	}
	return int32(first)
}
