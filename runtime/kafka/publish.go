package kafka

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// publisher puts messages into the lanes of their partitions.
type publisher struct {
	cluster   *cluster
	producers *producers
	budget    *budget
	encoder   encoder
	// life ends when Close has waited long enough.
	life    context.Context
	kill    context.CancelFunc
	workers sync.WaitGroup

	mu     sync.Mutex
	closed bool
	calls  sync.WaitGroup
	topics map[string]*outlet
}

func newPublisher(c *cluster) *publisher {
	life, kill := context.WithCancel(context.Background())
	return &publisher{
		cluster:   c,
		producers: newProducers(c),
		budget:    newBudget(c.config.MaxBufferedBytes),
		encoder:   encoder{compression: c.config.Compression},
		life:      life,
		kill:      kill,
		topics:    map[string]*outlet{},
	}
}

// enter registers a call, unless the publisher was closed.
func (p *publisher) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.calls.Add(1)
	return true
}

// close refuses new calls, lets those under way finish while ctx allows, and
// then ends them.
func (p *publisher) close(ctx context.Context) {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	finished := make(chan struct{})
	go func() {
		p.calls.Wait()
		p.workers.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	p.kill()
	<-finished
}

// publish is Transport.Publish.
func (p *publisher) publish(ctx context.Context, messages []*driver.Message) error {
	if !p.enter() {
		return fmt.Errorf("kafka: publish: %w", driver.ErrClosed)
	}
	defer p.calls.Done()
	if err := contextEnded(ctx, "publish"); err != nil {
		return err
	}
	if len(messages) == 0 {
		return nil
	}
	size, err := check(messages)
	if err != nil {
		return err
	}
	outlets, err := p.locate(ctx, messages)
	if err != nil {
		return err
	}
	taken, err := p.budget.take(ctx, size)
	if err != nil {
		return fmt.Errorf("kafka: publish: waiting for %d bytes of buffer: %w", size, err)
	}
	defer p.budget.give(taken)
	return p.dispatch(messages, outlets).wait(ctx)
}

// check refuses what can never be stored, before anything is sent, and returns
// how much memory the messages take.
func check(messages []*driver.Message) (int, error) {
	size, last := 0, ""
	for i, m := range messages {
		if m == nil {
			return 0, fmt.Errorf("kafka: publish: message %d is nil: %w", i, driver.ErrInvalid)
		}
		if i == 0 || m.Address != last {
			if err := checkTopic(m.Address); err != nil {
				return 0, err
			}
			last = m.Address
		}
		n := recordSize(m)
		if n > maxRecord {
			return 0, fmt.Errorf("kafka: publish: message %d of %d bytes to %s: %w", i, n, m.Address, driver.ErrTooLarge)
		}
		size += n
	}
	return size, nil
}

// maxRecord is what no broker takes: the default of its socket.request.max.bytes,
// beyond which it closes the connection without an answer.
const maxRecord = 100<<20 - 1<<10

// locate finds the outlets of all messages.
func (p *publisher) locate(ctx context.Context, messages []*driver.Message) (map[string]*outlet, error) {
	outlets := map[string]*outlet{}
	for _, m := range messages {
		if outlets[m.Address] != nil {
			continue
		}
		info := p.cluster.known(m.Address)
		if info == nil || time.Since(info.at) > topicAge {
			var err error
			if info, err = p.find(ctx, m.Address); err != nil {
				return nil, err
			}
		}
		outlets[m.Address] = p.outlet(info)
	}
	return outlets, nil
}

// outlet returns the outlet of a topic, with a lane for each of its partitions.
func (p *publisher) outlet(info *topicInfo) *outlet {
	p.mu.Lock()
	defer p.mu.Unlock()
	o := p.topics[info.name]
	if o == nil {
		o = &outlet{sticky: -1}
		p.topics[info.name] = o
	}
	o.update(p, info)
	return o
}

// find asks for a topic until it exists, for as long as a topic may take to
// come into being, and for other reasons as long as publishing may take.
func (p *publisher) find(ctx context.Context, topic string) (*topicInfo, error) {
	limits := p.cluster.config.Timeouts
	ctx, cancel := either(ctx, p.life)
	defer cancel()
	start, since := time.Now(), time.Time{}
	for attempt := 0; ; attempt++ {
		info, err := p.cluster.topic(ctx, topic, since)
		if err == nil {
			return info, nil
		}
		since = time.Now()
		limit := limits.Publish
		if meaning(codeOf(err)) == driver.ErrNotFound {
			limit = limits.Topic
		}
		if reactTo(err) == giveUp || since.Sub(start) > limit || !pause(ctx, attempt, limits.retryPause()) {
			if ended := ctx.Err(); ended != nil {
				return nil, p.interrupted(fmt.Errorf("kafka: publish: looking for topic %s: %w", topic, ended))
			}
			return nil, failed(err, "publish: looking for topic %s", topic)
		}
	}
}

// interrupted adds that the transport was closed when that is the reason.
func (p *publisher) interrupted(err error) error {
	if p.life.Err() != nil {
		return fmt.Errorf("%w: %w", err, driver.ErrClosed)
	}
	return err
}

// dispatch puts messages into lanes, all of them before any lane starts, so
// that they go out together.
func (p *publisher) dispatch(messages []*driver.Message, outlets map[string]*outlet) *call {
	c := newCall(len(messages))
	var due []*lane
	o, address := outlets[messages[0].Address], messages[0].Address
	for i, m := range messages {
		if m.Address != address {
			o, address = outlets[m.Address], m.Address
		}
		it := &c.items[i]
		*it = item{message: m, call: c, size: recordSize(m)}
		it.lane = o.lane(m, it.size)
		if it.lane.put(it) {
			due = append(due, it.lane)
		}
	}
	for _, l := range due {
		l.kick()
	}
	return c
}
