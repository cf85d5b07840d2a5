package kafka

import (
	"context"
	"fmt"
	"sync"

	"github.com/segmentio/kafka-go/protocol/initproducerid"
)

// producer is an identity under which a broker recognises a batch that it has
// stored already. Each partition counts the records sent under it.
type producer struct {
	id    int64
	epoch int16
}

// none is the producer before there is one.
var none = producer{id: -1, epoch: -1}

// producers hands out the identity that all partitions share until it is worn
// out in one of them: when what became of a batch is unknown and the batch is
// given up, the sequence of its partition has a hole that no broker accepts, so
// that the partition goes on under a new identity.
type producers struct {
	cluster *cluster

	mu      sync.Mutex
	current producer
}

func newProducers(c *cluster) *producers { return &producers{cluster: c, current: none} }

// other returns an identity that is not worn. It retries what is worth it until
// ctx ends.
func (p *producers) other(ctx context.Context, worn producer) (producer, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current != worn && p.current != none {
		return p.current, nil
	}
	for attempt := 0; ; attempt++ {
		fresh, err := p.request(ctx)
		if err == nil {
			p.current = fresh
			return fresh, nil
		}
		if reactTo(err) == giveUp || !pause(ctx, attempt, p.cluster.config.Timeouts.retryPause()) {
			return none, err
		}
	}
}

// request asks a broker for an identity. A broker that has just started answers
// with an error and the id -1, which must never be used.
func (p *producers) request(ctx context.Context) (producer, error) {
	m, err := p.cluster.ask(ctx, anyBroker, &initproducerid.Request{ProducerID: -1, ProducerEpoch: -1})
	if err != nil {
		return none, err
	}
	res, ok := m.(*initproducerid.Response)
	switch {
	case !ok:
		return none, fmt.Errorf("request for a producer id answered by %T", m)
	case res.ErrorCode != 0:
		return none, errOf(res.ErrorCode)
	case res.ProducerID < 0:
		return none, fmt.Errorf("the broker gave the producer id %d", res.ProducerID)
	}
	return producer{id: res.ProducerID, epoch: res.ProducerEpoch}, nil
}
