package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
	"github.com/twmb/franz-go/pkg/kfake"
)

// partitions is how many each topic of the demo has.
const partitions = 3

// broker is a Kafka that lives in this process and forgets everything when the
// demo ends.
type broker struct {
	cluster   *kfake.Cluster
	transport *kafka.Transport
}

func startBroker(ctx context.Context, topics []string) (*broker, error) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		return nil, fmt.Errorf("start the embedded broker: %w", err)
	}
	b := &broker{cluster: cluster}
	if b.transport, err = kafka.Open(ctx, kafka.Config{Brokers: cluster.ListenAddrs(), ClientID: "asyncwire-demo"}); err != nil {
		cluster.Close()
		return nil, fmt.Errorf("reach the embedded broker: %w", err)
	}
	if err := b.transport.Provision(ctx, partitions, topics...); err != nil {
		b.close(ctx)
		return nil, fmt.Errorf("create the topics: %w", err)
	}
	return b, nil
}

// address is where the broker listens, as a program takes it.
func (b *broker) address() string { return strings.Join(b.cluster.ListenAddrs(), ",") }

func (b *broker) close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
	defer cancel()
	_ = b.transport.Close(ctx) // all is in this process and goes with it
	b.cluster.Close()
}

// positions reads the topics from their beginning until each of the messages
// has been met, and returns where each lies.
func (b *broker) positions(ctx context.Context, messages []*Message) (map[string]position, error) {
	tap, err := b.transport.Tap(ctx, driver.TapOptions{Match: func(string) bool { return true }, Start: driver.StartEarliest})
	if err != nil {
		return nil, fmt.Errorf("read the topics: %w", err)
	}
	defer func() { _ = tap.Close(context.WithoutCancel(ctx)) }()
	lies := map[string]position{}
	for len(lies) < len(messages) {
		passed, err := tap.Receive(ctx)
		locate(lies, messages, passed)
		if err != nil {
			return lies, fmt.Errorf("read the topics: %d of %d planted messages are there: %w", len(lies), len(messages), err)
		}
	}
	return lies, nil
}
