package kafka

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// term is one generation of the group as this member lives through it.
type term struct {
	receiver    *receiver
	generation  *kafka.Generation
	log         *slog.Logger
	assignment  *assignment
	fetcher     *fetcher
	otherTopics chan struct{} // closed when the topics are others than those joined with
	over        chan struct{} // closed when the term has ended
	committing  sync.Mutex    // so that no position is followed by an older one
}

func newTerm(r *receiver, g *kafka.Generation) *term {
	t := &term{
		receiver:    r,
		generation:  g,
		log:         r.log.With("generation", g.ID),
		assignment:  newAssignment(),
		otherTopics: make(chan struct{}),
		over:        make(chan struct{}),
	}
	t.fetcher = newFetcher(r.cluster, t, r.start)
	return t
}

// run is called by the generation. While it has not returned the group waits,
// up to the rebalance timeout, before it gives the partitions to others, and
// still takes our commits.
func (t *term) run(generation context.Context) {
	defer close(t.over)
	ctx, stop := context.WithCancel(generation)
	defer stop()
	if err := t.begin(ctx); err != nil {
		t.log.Warn("finding the group's positions failed, joining again", "error", err)
		wait(ctx, joinPause)
		t.assignment.end()
		return
	}
	var work sync.WaitGroup
	work.Go(func() { t.fetcher.run(ctx) })
	work.Go(func() { t.watch(ctx, stop) })
	t.commitUntil(ctx)
	t.withdraw()
	work.Wait()
	t.withdraw()
	t.drain()
	t.assignment.end()
	t.receiver.remains(t.commit())
}

// begin finds out where to read, and starts reading as soon as run does.
func (t *term) begin(ctx context.Context) error {
	known, fresh, err := t.positions(ctx)
	if err != nil {
		return err
	}
	t.assignment.keep(known)
	for _, positions := range []map[topicPartition]int64{known, fresh} {
		for p, offset := range positions {
			t.fetcher.add(p, offset, t.assignment.add(p, offset))
		}
	}
	t.log.Info("partitions assigned", "count", len(known)+len(fresh), "new", len(fresh))
	_ = t.commit() // logged; tried again with the next
	return nil
}

// positions returns where to begin in each partition: known is what need not be
// committed, fresh is what has to be at once, because it would be another place
// if it was worked out again later.
func (t *term) positions(ctx context.Context) (known, fresh map[topicPartition]int64, err error) {
	known, fresh = map[topicPartition]int64{}, map[topicPartition]int64{}
	var unknown []topicPartition
	for topic, partitions := range t.generation.Assignments {
		for _, a := range partitions {
			p := topicPartition{topic, int32(a.ID)}
			end, old := t.receiver.begin[p]
			switch {
			case a.Offset >= 0:
				known[p] = a.Offset
			case old:
				fresh[p] = end
			default:
				unknown = append(unknown, p)
			}
		}
	}
	if len(unknown) == 0 {
		return known, fresh, nil
	}
	first, err := t.receiver.cluster.offsets(ctx, timeEarliest, unknown)
	for p, offset := range first {
		known[p] = offset
	}
	return known, fresh, err
}

// commitUntil commits from time to time until ctx ends.
func (t *term) commitUntil(ctx context.Context) {
	ticker := time.NewTicker(t.receiver.cluster.config.Timeouts.Commit)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			_ = t.commit() // logged; tried again with the next
		case <-ctx.Done():
			return
		}
	}
}

// commit makes the positions durable that are not yet. A failure is logged too.
func (t *term) commit() error {
	t.committing.Lock()
	defer t.committing.Unlock()
	progress := t.assignment.progress()
	if len(progress) == 0 {
		return nil
	}
	offsets := map[string]map[int]int64{}
	for p, offset := range progress {
		if offsets[p.topic] == nil {
			offsets[p.topic] = map[int]int64{}
		}
		offsets[p.topic][int(p.partition)] = offset
	}
	if err := t.generation.CommitOffsets(offsets); err != nil {
		t.log.Warn("committing failed", "error", err)
		return err
	}
	t.assignment.keep(progress)
	return nil
}

// watch looks for new topics and partitions until ctx ends, and calls stop when
// there are more partitions than were shared out.
func (t *term) watch(ctx context.Context, stop func()) {
	for wait(ctx, t.receiver.cluster.config.Timeouts.Discovery) {
		counts, err := t.receiver.count(ctx)
		if err != nil {
			t.log.Debug("looking for new partitions failed", "error", err)
			continue
		}
		topics, partitions := t.receiver.sameCounts(counts)
		if !topics {
			t.log.Info("topics came or went, joining anew")
			close(t.otherTopics)
			return
		}
		if !partitions {
			t.log.Info("the number of partitions has changed, joining again")
			stop()
			return
		}
	}
}

// withdraw takes back what was not handed out.
func (t *term) withdraw() {
	t.receiver.feed.drop(func(c *chunk) bool { return c.share.assignment == t.assignment })
}

// drain waits for what was handed out, unless the receiver is being closed.
// Meanwhile it counts the partitions again, so that the next term can tell
// whether there are more than were shared out for it.
func (t *term) drain() {
	budget := t.receiver.cluster.config.Timeouts.drain()
	ctx, cancel := context.WithTimeout(t.receiver.leaving, budget)
	defer cancel()
	var work sync.WaitGroup
	work.Go(func() { t.recount(ctx) })
	_ = t.commit() // in case the group does not wait for us
	left := t.assignment.drain(budget, t.receiver.leaving.Done())
	if left > 0 && t.receiver.leaving.Err() == nil {
		t.log.Warn("giving back partitions with messages in hand, they will be delivered again",
			"messages", left, "waited", budget)
	}
	work.Wait()
}

// recount takes note of the partitions of the topics joined with.
func (t *term) recount(ctx context.Context) {
	counts, err := t.receiver.count(ctx)
	if err != nil {
		return
	}
	for topic, n := range counts {
		if t.receiver.counts[topic] > 0 {
			t.receiver.counts[topic] = n
		}
	}
}

// deliver queues what was fetched.
func (t *term) deliver(s *stream, messages []driver.Message, next int64, size int) {
	t.receiver.feed.push(&chunk{
		fetcher: t.fetcher, stream: s, share: s.owner.(*share), messages: messages, next: next, size: size,
	})
}

// moved goes on at another offset: what was handed out before does not count.
func (t *term) moved(s *stream, _, to int64) { s.owner = t.assignment.add(s.at, to) }

// fail ends receiving.
func (t *term) fail(err error) { t.receiver.feed.end(err) }
