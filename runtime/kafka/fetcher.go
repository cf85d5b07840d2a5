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

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// requestsPerBroker bounds how many fetch requests one broker has from a fetcher
// at a time. More than one lets a partition that has room again be asked for
// while others wait for messages to come.
const requestsPerBroker = 3

// faultsAllowed is how often in a row undecodable data of a partition is fetched
// again (it may have been damaged on the way) before the reader is told.
const faultsAllowed = 5

// maxFetchPause is the longest pause before a partition is asked for again after
// an error.
const maxFetchPause = 2 * time.Second

// stream is one partition being read. It is guarded by the fetcher's mu, except
// that a request that is under way owns offset.
type stream struct {
	at       topicPartition
	offset   int64 // the next to ask for
	busy     bool  // a request is under way
	gone     bool  // no longer wanted
	alone    bool  // its next batch is too large to share an answer
	held     int   // bytes that wait for the reader
	failures int   // in a row
	after    time.Time
	since    time.Time // what is known about the leader before is stale
	// owner is what the sink keeps with it.
	owner any
}

// sink gets what a fetcher reads. Its methods are called one at a time for one
// stream, concurrently for several.
type sink interface {
	// deliver gets messages, possibly none, and the offset after all that was
	// read with them. Release is due for the size.
	deliver(s *stream, messages []driver.Message, next int64, size int)
	// moved tells that reading goes on at another offset than it was to.
	moved(s *stream, from, to int64)
	// fail tells that reading cannot go on at all.
	fail(err error)
}

// fetcher reads partitions from their leaders, for a sink, until its context
// ends.
type fetcher struct {
	cluster *cluster
	sink    sink
	// start is where reading goes on when an offset is beyond the end of the
	// log: the topic was created anew, or the log has lost its end.
	start driver.Start

	wake chan struct{}
	work sync.WaitGroup

	mu       sync.Mutex
	streams  map[topicPartition]*stream
	requests map[int32]int // under way, by broker
	asking   bool          // for metadata
}

func newFetcher(c *cluster, s sink, start driver.Start) *fetcher {
	return &fetcher{
		cluster: c, sink: s, start: start,
		wake:     make(chan struct{}, 1),
		streams:  map[topicPartition]*stream{},
		requests: map[int32]int{},
	}
}

// add begins to read a partition.
func (f *fetcher) add(p topicPartition, offset int64, owner any) {
	f.mu.Lock()
	f.streams[p] = &stream{at: p, offset: offset, owner: owner}
	f.mu.Unlock()
	f.poke()
}

// remove stops reading a partition.
func (f *fetcher) remove(p topicPartition) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s := f.streams[p]; s != nil {
		s.gone = true
		delete(f.streams, p)
	}
}

// release notes that the reader has taken so many bytes.
func (f *fetcher) release(s *stream, size int) {
	f.mu.Lock()
	s.held -= size
	f.mu.Unlock()
	f.poke()
}

// poke lets run look again.
func (f *fetcher) poke() {
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

// run fetches until ctx ends. When it has returned the sink is left alone.
func (f *fetcher) run(ctx context.Context) {
	defer f.work.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(f.launch(ctx, time.Now()))
		select {
		case <-f.wake:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
}

// launch starts all requests that can be started, and returns how long there is
// nothing to do unless something wakes.
func (f *fetcher) launch(ctx context.Context, now time.Time) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	ready := map[int32][]*stream{}
	var unknown []string
	wait := time.Hour
	for _, s := range f.streams {
		switch {
		case s.busy || s.held >= 2*f.cluster.config.MaxFetchBytes:
		case now.Before(s.after):
			wait = min(wait, s.after.Sub(now))
		default:
			if leader, ok := f.leader(s); ok {
				ready[leader] = append(ready[leader], s)
			} else {
				unknown = append(unknown, s.at.topic)
			}
		}
	}
	for broker, streams := range ready {
		f.share(ctx, broker, streams)
	}
	if len(unknown) > 0 && !f.asking {
		f.asking = true
		f.work.Go(func() { f.locate(ctx, unknown) })
	}
	return wait
}

// share starts requests to one broker. The caller holds mu.
func (f *fetcher) share(ctx context.Context, broker int32, streams []*stream) {
	together := streams[:0:0]
	for _, s := range streams {
		if !s.alone {
			together = append(together, s)
		} else if f.requests[broker] < requestsPerBroker {
			f.begin(ctx, broker, []*stream{s})
		}
	}
	if len(together) > 0 && f.requests[broker] < requestsPerBroker {
		f.begin(ctx, broker, together)
	}
}

// leader returns who leads the partition as far as is known.
func (f *fetcher) leader(s *stream) (int32, bool) {
	info := f.cluster.known(s.at.topic)
	if info == nil || !info.at.After(s.since) || int(s.at.partition) >= len(info.leaders) {
		return noLeader, false
	}
	leader := info.leaders[s.at.partition]
	return leader, leader >= 0
}

// locate asks for topics whose leaders are not known.
func (f *fetcher) locate(ctx context.Context, topics []string) {
	slices.Sort(topics)
	_, err := f.cluster.describe(ctx, slices.Compact(topics))
	if err != nil && ctx.Err() == nil {
		f.cluster.config.Logger.Warn("looking for partition leaders failed, trying again", "error", err)
	}
	f.mu.Lock()
	f.asking = false
	now := time.Now()
	for _, s := range f.streams {
		if _, ok := f.leader(s); !ok {
			f.postpone(s, now)
		}
	}
	f.mu.Unlock()
	f.poke()
}

// postpone lets a stream rest before the next attempt. The caller holds mu.
func (f *fetcher) postpone(s *stream, now time.Time) {
	s.after = now.Add(backoff(s.failures, maxFetchPause))
	s.failures++
}

// begin starts one request. The caller holds mu.
func (f *fetcher) begin(ctx context.Context, broker int32, streams []*stream) {
	slices.SortFunc(streams, func(a, b *stream) int {
		if c := strings.Compare(a.at.topic, b.at.topic); c != 0 {
			return c
		}
		return int(a.at.partition - b.at.partition)
	})
	wants := make([]want, len(streams))
	for i, s := range streams {
		s.busy = true
		wants[i] = want{at: s.at, offset: s.offset}
	}
	f.requests[broker]++
	f.work.Go(func() {
		f.request(ctx, broker, streams, wants)
		f.mu.Lock()
		f.requests[broker]--
		f.mu.Unlock()
		f.poke()
	})
}

// request makes one request and passes on what it brings.
func (f *fetcher) request(ctx context.Context, broker int32, streams []*stream, wants []want) {
	began := time.Now()
	answers, err := f.cluster.fetch(ctx, broker, wants)
	if ctx.Err() != nil {
		return
	}
	byPartition := make(map[topicPartition]*fetched, len(answers))
	for i := range answers {
		byPartition[answers[i].at] = &answers[i]
	}
	for _, s := range streams {
		result := err
		if a := byPartition[s.at]; a != nil && err == nil {
			result = f.accept(ctx, s, a)
		} else if err == nil {
			result = fmt.Errorf("the broker did not answer for %s", s.at)
		}
		f.settle(ctx, s, result, began)
	}
}

// accept passes on what a broker answered for one partition.
func (f *fetcher) accept(ctx context.Context, s *stream, a *fetched) error {
	if kafka.Error(a.code) == kafka.OffsetOutOfRange {
		return f.reposition(ctx, s)
	}
	if a.code != 0 {
		return kafka.Error(a.code)
	}
	d := decoder{at: s.at, from: s.offset, aborted: a.aborted}
	messages, next, err := d.decode(a.records)
	if f.advance(s, next, len(a.records)) {
		f.sink.deliver(s, messages, next, len(a.records))
	}
	return err
}

// advance notes how far an answer got a stream, and reports whether that is
// farther than before. A broker guarantees a whole batch only to the first
// partition in a request that has any, so that a stream which got nothing but
// the beginning of one asks alone.
func (f *fetcher) advance(s *stream, next int64, size int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.gone || next <= s.offset {
		s.alone = size > 0
		return false
	}
	s.alone = false
	s.offset = next
	s.held += size
	return true
}

// settle ends a request of a stream.
func (f *fetcher) settle(ctx context.Context, s *stream, err error, began time.Time) {
	if f.rest(ctx, s, err, began) {
		f.sink.fail(failed(err, "receiving from %s", s.at))
	}
}

// rest lets a stream be asked for again after a pause, and reports whether that
// is of no use.
func (f *fetcher) rest(ctx context.Context, s *stream, err error, began time.Time) (hopeless bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.busy = false
	if err == nil {
		s.failures = 0
		return false
	}
	if s.gone || ctx.Err() != nil {
		return false
	}
	s.since = began
	hopeless = reactTo(err) == giveUp || errors.Is(err, errCorrupt) && s.failures >= faultsAllowed
	f.postpone(s, time.Now())
	f.cluster.config.Logger.Debug("fetching again", "at", s.at.String(), "attempt", s.failures, "error", err)
	return hopeless
}

// reposition finds out where to go on when the offset is not in the log.
//
// Before the log's start, because retention has removed what was there, that is
// the start: nothing that is left is skipped. Beyond the end it is where the
// subscription starts.
func (f *fetcher) reposition(ctx context.Context, s *stream) error {
	one := []topicPartition{s.at}
	earliest, err := f.cluster.offsets(ctx, timeEarliest, one)
	if err != nil {
		return err
	}
	latest, err := f.cluster.offsets(ctx, timeLatest, one)
	if err != nil {
		return err
	}
	from, to := s.offset, earliest[s.at]
	switch {
	case from < to:
	case from <= latest[s.at]:
		return kafka.OffsetNotAvailable // in range after all: ask again
	case f.start == driver.StartLatest:
		to = latest[s.at]
	}
	s.offset = to
	f.cluster.config.Logger.Warn("position is not in the log, going on elsewhere",
		"at", s.at.String(), "position", from, "now", to, "first", earliest[s.at], "end", latest[s.at])
	f.sink.moved(s, from, to)
	return nil
}
