package runtime

import (
	"cmp"
	"context"
	"hash/maphash"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// lanes orders the work of one consumer. Messages of one key, and messages
// without a key of one partition, form a lane: they are worked at one after
// the other, in the order of their arrival. Different lanes are worked at
// concurrently. A lane whose first message failed is parked until its time
// has come; the others do not notice.
//
// Messages are numbered as they arrive. When work is to end, lines are drawn
// through the numbers: what is before them is still worked at, the rest is set
// aside to be given back.
type lanes struct {
	window int             // how many messages may be in flight
	room   chan struct{}   // has an element when put may find room
	idle   chan struct{}   // closed when work is to end and nothing is left to do
	ctx    context.Context // work stops when it ends
	gaps   bool            // the transport's position cannot pass a gap

	mu       sync.Mutex
	wake     sync.Cond // a lane is ready, or work is over
	waiting  int       // workers that wait for wake
	seed     maphash.Seed
	byID     map[uint64]*lane
	ready    fifo[*lane]
	spare    []*lane          // retired lanes for reuse
	arrived  uint64           // number of the next message
	begun    map[int32]uint64 // by partition: one past the last number that was begun
	inFlight int              // queued, parked or running
	running  int
	limit    uint64           // messages from this number on are not worked at
	limits   map[int32]uint64 // the same by partition, after stop
	aside    []job            // not worked at, to be given back
	over     bool             // workers go home
}

// noLimit is the line behind all messages.
const noLimit = math.MaxUint64

// job is one delivery in the order of arrival.
type job struct {
	delivery  driver.Delivery
	number    uint64
	partition int32
}

// lane is a queue of jobs of which only the first is worked at.
type lane struct {
	id       uint64
	jobs     fifo[job]
	state    laneState
	failures int         // of the first job
	timer    *time.Timer // when parked
}

type laneState uint8

const (
	laneIdle    laneState = iota // not in lanes.ready
	laneReady                    // in lanes.ready
	laneRunning                  // a worker has its first job
	laneParked                   // waits for its timer
)

// outcome is what became of an attempt at a lane's first job.
type outcome struct {
	verdict verdict
	delay   time.Duration // before the next attempt, for failed
}

type verdict uint8

const (
	finished verdict = iota // the job is over
	failed                  // try again
	refused                 // cannot be handled, and halt has been called; give it back
)

func newLanes(ctx context.Context, window int, gaps bool) *lanes {
	ls := &lanes{
		window: window,
		room:   make(chan struct{}, 1),
		idle:   make(chan struct{}),
		ctx:    ctx,
		gaps:   gaps,
		seed:   maphash.MakeSeed(),
		byID:   map[uint64]*lane{},
		begun:  map[int32]uint64{},
		limit:  noLimit,
	}
	ls.wake.L = &ls.mu
	return ls
}

// laneID returns the lane of a message. Two keys that share an id by chance
// share a lane, which keeps both orders.
func (ls *lanes) laneID(m *driver.Message) uint64 {
	partition := uint64(uint32(m.Partition))
	if len(m.Key) == 0 {
		return partition
	}
	return maphash.Bytes(ls.seed, m.Key) ^ (partition+1)*0x9e3779b97f4a7c15
}

// put queues deliveries as far as there is room, and returns how many. When
// there is none for all, room will tell.
func (ls *lanes) put(batch []driver.Delivery) int {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.ending() {
		return 0
	}
	n := min(len(batch), max(0, ls.window-ls.inFlight))
	for _, d := range batch[:n] {
		ls.add(d)
	}
	return n
}

// full reports whether there is no room.
func (ls *lanes) full() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return ls.inFlight >= ls.window
}

// add queues one delivery in its lane.
func (ls *lanes) add(d driver.Delivery) {
	m := d.Message()
	id := ls.laneID(m)
	l := ls.byID[id]
	if l == nil {
		l = ls.newLane(id)
	}
	l.jobs.push(job{delivery: d, number: ls.arrived, partition: m.Partition})
	ls.arrived++
	ls.inFlight++
	if l.state == laneIdle {
		ls.makeReady(l)
	}
}

// newLane returns an empty lane, a spare one when there is.
func (ls *lanes) newLane(id uint64) *lane {
	var l *lane
	if n := len(ls.spare); n > 0 {
		l, ls.spare = ls.spare[n-1], ls.spare[:n-1]
	} else {
		l = &lane{}
	}
	l.id, l.state, l.failures = id, laneIdle, 0
	ls.byID[id] = l
	return l
}

// makeReady puts a lane in line for a worker.
func (ls *lanes) makeReady(l *lane) {
	l.state = laneReady
	ls.ready.push(l)
	if ls.waiting > 0 {
		ls.wake.Signal()
	}
}

// take gives a worker the first job of a lane, and how often that has failed.
// Before, it settles the lane the worker had (nil at first). It blocks until
// there is a job, and returns a nil lane when work is over.
func (ls *lanes) take(had *lane, o outcome) (*lane, job, int) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if had != nil {
		ls.settle(had, o)
	}
	for !ls.over {
		l, ok := ls.ready.pop()
		if !ok {
			ls.waiting++
			ls.wake.Wait()
			ls.waiting--
			continue
		}
		if !ls.ending() && ls.ctx.Err() != nil {
			ls.stopLocked()
		}
		if ls.clear(l); l.jobs.len() == 0 {
			ls.retire(l)
			continue
		}
		l.state = laneRunning
		ls.running++
		j := *l.jobs.first()
		ls.begun[j.partition] = max(ls.begun[j.partition], j.number+1)
		return l, j, l.failures
	}
	return nil, job{}, 0
}

// giveUp settles the lane of a worker that does not come back.
func (ls *lanes) giveUp(had *lane, o outcome) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.settle(had, o)
}

// settle ends an attempt at the first job of a lane.
func (ls *lanes) settle(l *lane, o outcome) {
	ls.running--
	l.state = laneIdle
	j := *l.jobs.first()
	switch {
	case o.verdict == finished:
		ls.drop(l)
	case o.verdict == refused || ls.limits != nil || ls.beyond(j):
		ls.aside = append(ls.aside, j)
		ls.drop(l)
		ls.fence(j)
	default:
		ls.park(l, o.delay)
		return
	}
	if l.jobs.len() == 0 {
		ls.retire(l)
	} else {
		ls.makeReady(l)
	}
}

// drop takes the first job out of a lane.
func (ls *lanes) drop(l *lane) {
	l.jobs.pop()
	l.failures = 0
	ls.inFlight--
	select {
	case ls.room <- struct{}{}:
	default:
	}
	ls.checkIdle()
}

// checkIdle closes idle when work is to end and nothing is left to do.
func (ls *lanes) checkIdle() {
	if !ls.ending() || ls.inFlight > 0 {
		return
	}
	select {
	case <-ls.idle:
	default:
		close(ls.idle)
	}
}

// park lets a lane wait before its first job is tried again.
func (ls *lanes) park(l *lane, delay time.Duration) {
	l.state = laneParked
	l.failures++
	var timer *time.Timer
	timer = time.AfterFunc(delay, func() {
		ls.mu.Lock()
		defer ls.mu.Unlock()
		if l.state == laneParked && l.timer == timer {
			ls.makeReady(l)
		}
	})
	l.timer = timer
}

// retire forgets an empty lane.
func (ls *lanes) retire(l *lane) {
	delete(ls.byID, l.id)
	l.state, l.timer = laneIdle, nil
	ls.spare = append(ls.spare, l)
}

// ending reports whether a line has been drawn.
func (ls *lanes) ending() bool { return ls.limit != noLimit || ls.limits != nil }

// beyond reports whether a job is behind the line.
func (ls *lanes) beyond(j job) bool {
	return j.number >= ls.limit || ls.limits != nil && j.number >= ls.limits[j.partition]
}

// halt draws a line before the message with that number, which cannot be
// handled: what arrived before it is worked at until it is done.
func (ls *lanes) halt(number uint64) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.limit = min(ls.limit, number)
	ls.cutAll()
}

// stop draws a line behind what has begun. On a transport whose position
// cannot pass a gap, what arrived in a partition before that is finished too,
// so that nothing that is done comes again; but what has failed is not tried
// again, and nothing behind it is begun.
func (ls *lanes) stop() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.stopLocked()
}

func (ls *lanes) stopLocked() {
	if ls.limits != nil {
		return
	}
	ls.limits = map[int32]uint64{}
	if ls.gaps {
		maps.Copy(ls.limits, ls.begun)
	}
	for _, l := range ls.byID {
		if l.state == laneParked || l.state == laneReady && l.failures > 0 {
			j := *l.jobs.first()
			ls.limits[j.partition] = min(ls.limits[j.partition], j.number)
		}
	}
	ls.cutAll()
}

// fence draws the line of a partition before a job that was set aside after
// stop: no position will pass it.
func (ls *lanes) fence(j job) {
	if ls.limits != nil && j.number < ls.limits[j.partition] {
		ls.limits[j.partition] = j.number
		ls.cutAll()
	}
}

// cutAll sets aside what is beyond the line, running jobs aside.
func (ls *lanes) cutAll() {
	for _, l := range ls.byID {
		if l.state == laneRunning {
			ls.cut(l, 1)
			continue
		}
		ls.cut(l, 0)
		if l.state == laneParked && l.jobs.len() == 0 {
			l.timer.Stop()
			ls.retire(l)
		}
	}
	ls.checkIdle()
}

// cut sets aside the jobs beyond the line at a lane's end, all but keep.
func (ls *lanes) cut(l *lane, keep int) {
	for l.jobs.len() > keep && ls.beyond(*l.jobs.last()) {
		ls.aside = append(ls.aside, *l.jobs.last())
		l.jobs.popLast()
		ls.inFlight--
	}
}

// clear sets aside the jobs beyond the line at a lane's beginning. They are
// there when keys of two partitions share a lane.
func (ls *lanes) clear(l *lane) {
	for l.jobs.len() > 0 && ls.beyond(*l.jobs.first()) {
		ls.aside = append(ls.aside, *l.jobs.first())
		ls.drop(l)
	}
}

// close sends the workers home. It returns how many are still at a job, and
// what has to be given back, in the order of arrival.
func (ls *lanes) close() (running int, giveBack []job) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.over = true
	ls.limit = 0
	ls.cutAll()
	ls.wake.Broadcast()
	slices.SortFunc(ls.aside, func(a, b job) int { return cmp.Compare(a.number, b.number) })
	return ls.running, slices.Clone(ls.aside)
}
