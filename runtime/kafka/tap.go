package kafka

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// tap watches topics without a group.
type tap struct {
	transport *Transport
	options   driver.TapOptions
	feed      *feed
	fetcher   *fetcher
	messages  []*driver.Message // of the last Receive
	room      room
	stop      context.CancelFunc
	done      chan struct{}

	mu      sync.Mutex
	watched map[topicPartition]bool
}

// Tap watches the topics that Match selects; internal ones are left out. When it
// returns every position is taken. Topics and partitions that come later are
// found after about Config.Timeouts.Discovery and read from their beginning. It
// reads committed messages, and leaves no trace on the brokers.
func (t *Transport) Tap(ctx context.Context, o driver.TapOptions) (driver.Tap, error) {
	life, stop := context.WithCancel(context.Background())
	p := &tap{
		transport: t,
		options:   o,
		feed:      newFeed(),
		stop:      stop,
		done:      make(chan struct{}),
		watched:   map[topicPartition]bool{},
	}
	p.fetcher = newFetcher(t.cluster, p, o.Start)
	if err := t.register(p); err != nil {
		stop()
		return nil, err
	}
	if err := p.look(ctx, o.Start); err != nil {
		stop()
		t.unregister(p)
		return nil, failed(err, "tap")
	}
	go p.run(life)
	return p, nil
}

func (p *tap) run(ctx context.Context) {
	defer close(p.done)
	var work sync.WaitGroup
	work.Go(func() { p.fetcher.run(ctx) })
	timeouts := p.transport.cluster.config.Timeouts
	for wait(ctx, timeouts.Discovery) {
		limited, cancel := context.WithTimeout(ctx, timeouts.Request)
		err := p.look(limited, driver.StartEarliest)
		cancel()
		if err != nil && ctx.Err() == nil {
			p.transport.cluster.config.Logger.Warn("tap: looking for topics failed, trying again", "error", err)
		}
	}
	work.Wait()
}

// look finds out what there is to watch, begins with what is new and stops with
// what is gone.
func (p *tap) look(ctx context.Context, start driver.Start) error {
	infos, err := p.transport.cluster.describe(ctx, nil)
	if err != nil {
		return err
	}
	exists := map[topicPartition]bool{}
	for _, info := range infos {
		if info.err() != nil || internal(info) || !p.options.Match(info.name) {
			continue
		}
		for i := range info.leaders {
			exists[topicPartition{info.name, int32(i)}] = true
		}
	}
	fresh, gone := p.compare(exists)
	for _, at := range gone {
		p.fetcher.remove(at)
	}
	offsets, err := p.transport.cluster.offsets(ctx, timeOf(start), fresh)
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for at, offset := range offsets {
		p.watched[at] = true
		p.fetcher.add(at, offset, nil)
	}
	return nil
}

// internal tells whether a topic is one of Kafka's own.
func internal(info *topicInfo) bool { return info.internal || strings.HasPrefix(info.name, "__") }

// compare returns what is not watched yet, and what was and is gone; the latter
// is forgotten.
func (p *tap) compare(exists map[topicPartition]bool) (fresh, gone []topicPartition) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for at := range exists {
		if !p.watched[at] {
			fresh = append(fresh, at)
		}
	}
	for at := range p.watched {
		if !exists[at] {
			gone = append(gone, at)
			delete(p.watched, at)
		}
	}
	return fresh, gone
}

// Addresses lists the topics being watched.
func (p *tap) Addresses() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var topics []string
	for at := range p.watched {
		topics = append(topics, at.topic)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// Receive returns the next messages, all of one partition.
func (p *tap) Receive(ctx context.Context) ([]*driver.Message, error) {
	clear(p.messages)
	p.messages = p.messages[:0]
	for len(p.messages) == 0 {
		err := p.feed.pop(ctx, handful, func(_ *chunk, messages []driver.Message) {
			for i := range messages {
				p.messages = append(p.messages, &p.room.keep(&messages[i]).message)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	return p.messages, nil
}

// Close stops watching.
func (p *tap) Close(ctx context.Context) error {
	p.feed.end(io.EOF)
	p.stop()
	defer p.transport.unregister(p)
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *tap) deliver(s *stream, messages []driver.Message, next int64, size int) {
	p.feed.push(&chunk{fetcher: p.fetcher, stream: s, messages: messages, next: next, size: size})
}

func (p *tap) moved(*stream, int64, int64) {}

func (p *tap) fail(err error) { p.feed.end(err) }
