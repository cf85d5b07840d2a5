package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// handful is how many deliveries Receive returns at most. When a partition is
// taken away, what was handed out has to be finished first: the fewer the
// sooner.
const handful = 256

// receiver is one member of a group.
type receiver struct {
	transport *Transport
	cluster   *cluster
	log       *slog.Logger
	group     string
	topics    []string // wanted, sorted
	start     driver.Start
	// begin is where partitions ended when the subscription began, for a group
	// that starts at the latest message. A partition that is not in it came
	// later and is read from its beginning.
	begin map[topicPartition]int64
	// counts has the partitions of each topic that exists, as known before
	// joining: when more are seen later nobody has been given them.
	counts map[string]int

	feed       *feed
	deliveries []driver.Delivery // of the last Receive
	room       room

	// leaving ends when Close is called.
	leaving     context.Context
	leave       context.CancelFunc
	connections connections

	mu     sync.Mutex
	term   *term         // the latest, nil before the first
	unkept error         // why the acknowledgements of one that has ended may not be durable
	done   chan struct{} // closed when the member has left
}

// Subscribe joins a consumer group. It returns when the topics may be read as
// far as a broker tells before joining; what is found out later (no right to
// use the group, say) is an error of Receive. A topic that does not exist yet is
// waited for, and read from its beginning when it comes. The error matches
// driver.ErrInvalid when the group is not set or an address cannot be a topic.
func (t *Transport) Subscribe(ctx context.Context, s driver.Subscription) (driver.Receiver, error) {
	topics, err := checkSubscription(s)
	if err != nil {
		return nil, err
	}
	r := newReceiver(t, s, topics)
	if err := t.register(r); err != nil {
		return nil, err
	}
	if err := r.prepare(ctx); err != nil {
		t.unregister(r)
		close(r.done)
		return nil, failed(err, "subscribing to %v as group %s", topics, s.Group)
	}
	go r.run()
	return r, nil
}

func checkSubscription(s driver.Subscription) ([]string, error) {
	if s.Transactional {
		return nil, fmt.Errorf("kafka: transactions are not supported: %w: %w", driver.ErrInvalid, errors.ErrUnsupported)
	}
	if s.Group == "" {
		return nil, fmt.Errorf("kafka: the subscription has no group, set runtime.Options.Group (or runtime.Group for one consumer): %w",
			driver.ErrInvalid)
	}
	if len(s.Addresses) == 0 {
		return nil, fmt.Errorf("kafka: the subscription has no address: %w", driver.ErrInvalid)
	}
	topics := slices.Clone(s.Addresses)
	slices.Sort(topics)
	topics = slices.Compact(topics)
	for _, topic := range topics {
		if err := checkTopic(topic); err != nil {
			return nil, err
		}
	}
	return topics, nil
}

func newReceiver(t *Transport, s driver.Subscription, topics []string) *receiver {
	leaving, leave := context.WithCancel(context.Background())
	return &receiver{
		transport: t,
		cluster:   t.cluster,
		log:       t.cluster.config.Logger.With("group", s.Group),
		group:     s.Group,
		topics:    topics,
		start:     s.Start,
		feed:      newFeed(),
		leaving:   leaving,
		leave:     leave,
		done:      make(chan struct{}),
	}
}

// prepare asks about the topics and takes note of where they end.
func (r *receiver) prepare(ctx context.Context) error {
	infos, err := r.cluster.describe(ctx, r.topics)
	if err != nil {
		return err
	}
	var partitions []topicPartition
	for _, info := range infos {
		if err := info.err(); err != nil && reactTo(err) == giveUp {
			return fmt.Errorf("topic %s: %w", info.name, err)
		}
		for i := range info.leaders {
			partitions = append(partitions, topicPartition{info.name, int32(i)})
		}
	}
	if r.start != driver.StartLatest {
		return nil
	}
	r.begin, err = r.cluster.offsets(ctx, timeLatest, partitions)
	return err
}

// Receive returns the next deliveries, all of one partition.
func (r *receiver) Receive(ctx context.Context) ([]driver.Delivery, error) {
	clear(r.deliveries) // who waits keeps no messages
	r.deliveries = r.deliveries[:0]
	for len(r.deliveries) == 0 {
		err := r.feed.pop(ctx, handful, func(c *chunk, messages []driver.Message) {
			r.deliveries = c.share.hand(messages, c.until(messages), &r.room, r.deliveries)
		})
		if err != nil {
			return nil, err
		}
	}
	return r.deliveries, nil
}

// Close stops receiving, commits what was acknowledged and leaves the group.
func (r *receiver) Close(ctx context.Context) error {
	r.feed.end(io.EOF)
	r.leave()
	defer r.transport.unregister(r)
	select {
	case <-r.done:
		return nil
	case <-ctx.Done():
	}
	r.connections.close()
	return fmt.Errorf("kafka: leaving group %s: %w", r.group, ctx.Err())
}
