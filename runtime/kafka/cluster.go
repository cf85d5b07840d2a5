package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/metadata"
)

// topicAge is how old what we know of a topic may get before it is asked for
// again: a topic that got more partitions is noticed within it.
const topicAge = time.Minute

// maxPartitions is more than any topic has; it bounds what an answer can make us
// allocate.
const maxPartitions = 1 << 20

// noLeader stands for the broker of a partition that nobody leads.
const noLeader int32 = -1

// cluster sends requests and knows who leads what. Its methods may be called
// concurrently.
type cluster struct {
	transport *kafka.Transport
	config    Config
	// open ends when the cluster is closed. What is done for several callers
	// at once runs under it.
	open context.Context
	end  context.CancelFunc

	mu     sync.Mutex
	topics map[string]*topicInfo
	asking map[string]*asking
}

// asking is a metadata request that others wait for too.
type asking struct {
	done chan struct{}
	info *topicInfo
	err  error
}

// topicInfo is what a broker said about a topic. It is never changed.
type topicInfo struct {
	name     string
	code     kafka.Error // 0 when the topic exists
	internal bool
	leaders  []int32 // broker of each partition
	ids      []int   // 0, 1, 2, … as many as there are partitions
	at       time.Time
}

// err returns why the topic cannot be used, or nil.
func (t *topicInfo) err() error {
	if t.code != 0 {
		return t.code
	}
	if len(t.leaders) == 0 {
		return kafka.LeaderNotAvailable
	}
	return nil
}

func newCluster(c Config) *cluster {
	open, end := context.WithCancel(context.Background())
	return &cluster{
		config: c,
		open:   open,
		end:    end,
		topics: map[string]*topicInfo{},
		asking: map[string]*asking{},
		transport: &kafka.Transport{
			ClientID:    c.ClientID,
			TLS:         c.TLS,
			SASL:        c.SASL,
			DialTimeout: c.Timeouts.Dial,
			// The Transport has to know the brokers alone: the empty list asks
			// for no topics, where nil would ask for all of them.
			MetadataTopics: []string{},
			MetadataTTL:    3 * time.Second,
			Context:        open,
		},
	}
}

// close ends every connection that is not in use, and the others when they
// become idle.
func (c *cluster) close() {
	c.end()
	c.transport.CloseIdleConnections()
}

// send sends one request and waits for its answer, no longer than extra beyond
// the request timeout.
func (c *cluster) send(ctx context.Context, extra time.Duration, e *exchange) (protocol.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeouts.Request+extra)
	defer cancel()
	e.clientID = c.config.ClientID
	m, err := c.transport.RoundTrip(ctx, kafka.TCP(c.config.Brokers...), e)
	if a, ok := m.(*answer); ok {
		m = a.message
	}
	return m, err
}

// ask sends a request in kafka-go's own layout.
func (c *cluster) ask(ctx context.Context, broker int32, m protocol.Message) (protocol.Message, error) {
	return c.send(ctx, 0, &exchange{broker: broker, request: m})
}

// metadata asks for the named topics, or for all when names is nil.
func (c *cluster) metadata(ctx context.Context, names []string) (*metadata.Response, error) {
	res, err := c.ask(ctx, anyBroker, &metadata.Request{TopicNames: names})
	if err != nil {
		return nil, err
	}
	m, ok := res.(*metadata.Response)
	if !ok {
		return nil, fmt.Errorf("metadata request answered by %T", res)
	}
	return m, nil
}

// describe asks for the named topics, or for all when names is nil, and keeps
// what exists. The result is sorted by name.
func (c *cluster) describe(ctx context.Context, names []string) ([]*topicInfo, error) {
	m, err := c.metadata(ctx, names)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	infos := make([]*topicInfo, 0, len(m.Topics))
	for i := range m.Topics {
		infos = append(infos, newTopicInfo(&m.Topics[i], now))
	}
	slices.SortFunc(infos, func(a, b *topicInfo) int { return strings.Compare(a.name, b.name) })
	c.keep(infos)
	return infos, nil
}

func newTopicInfo(t *metadata.ResponseTopic, at time.Time) *topicInfo {
	info := &topicInfo{name: t.Name, code: kafka.Error(t.ErrorCode), internal: t.IsInternal, at: at}
	for _, p := range t.Partitions {
		if p.PartitionIndex < 0 || p.PartitionIndex >= maxPartitions {
			continue
		}
		for int(p.PartitionIndex) >= len(info.leaders) {
			info.ids = append(info.ids, len(info.leaders))
			info.leaders = append(info.leaders, noLeader)
		}
		info.leaders[p.PartitionIndex] = p.LeaderID
	}
	return info
}

// keep remembers topics that exist and forgets those that do not.
func (c *cluster) keep(infos []*topicInfo) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, info := range infos {
		if info.err() != nil {
			delete(c.topics, info.name)
			continue
		}
		c.topics[info.name] = info
	}
}

// known returns what is remembered of a topic, or nil.
func (c *cluster) known(topic string) *topicInfo {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.topics[topic]
}

// topic returns what is known of a topic since a point in time, asking a broker
// when that is nothing. The error is that of the request or of the topic.
func (c *cluster) topic(ctx context.Context, name string, since time.Time) (*topicInfo, error) {
	c.mu.Lock()
	if info := c.topics[name]; info != nil && info.at.After(since) {
		if time.Since(info.at) > topicAge {
			c.join(name)
		}
		c.mu.Unlock()
		return info, nil
	}
	a := c.join(name)
	c.mu.Unlock()

	select {
	case <-a.done:
		return a.info, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// join starts asking for a topic, or joins those who wait for the same. The
// caller holds mu.
func (c *cluster) join(name string) *asking {
	if a := c.asking[name]; a != nil {
		return a
	}
	a := &asking{done: make(chan struct{})}
	c.asking[name] = a
	go func() {
		a.info, a.err = c.one(name)
		c.mu.Lock()
		delete(c.asking, name)
		c.mu.Unlock()
		close(a.done)
	}()
	return a
}

// one asks for one topic. It belongs to all who wait, so that none of their
// contexts ends it.
func (c *cluster) one(name string) (*topicInfo, error) {
	infos, err := c.describe(c.open, []string{name})
	if err != nil {
		return nil, err
	}
	if len(infos) != 1 {
		return nil, errors.New("the broker did not answer for the topic")
	}
	return infos[0], infos[0].err()
}

// leader returns the broker that leads a partition, as known since a point in
// time.
func (c *cluster) leader(ctx context.Context, p topicPartition, since time.Time) (int32, error) {
	info, err := c.topic(ctx, p.topic, since)
	switch {
	case err != nil:
		return noLeader, err
	case int(p.partition) >= len(info.leaders):
		return noLeader, kafka.UnknownTopicOrPartition
	case info.leaders[p.partition] < 0:
		return noLeader, errNoLeader
	}
	return info.leaders[p.partition], nil
}

// pause waits before another attempt: some milliseconds first, then longer up
// to most, always by a random part of it. It reports false when ctx ended.
func pause(ctx context.Context, attempt int, most time.Duration) bool {
	t := time.NewTimer(backoff(attempt, most))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
