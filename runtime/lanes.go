package runtime

import (
	"hash/maphash"
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
// Messages are numbered as they arrive. halt draws a line: those before it are
// still worked at, those after it are set aside to be given back.
type lanes struct {
	window int           // how many messages may be in flight
	room   chan struct{} // has an element when put may find room
	idle   chan struct{} // closed when nothing is left to do after halt

	mu       sync.Mutex
	wake     sync.Cond // a lane is ready, or work is over
	waiting  int       // workers that wait for wake
	seed     maphash.Seed
	byID     map[uint64]*lane
	ready    fifo[*lane]
	spare    []*lane // retired lanes for reuse
	arrived  uint64  // number of the next message
	inFlight int     // queued, parked or running
	running  int
	limit    uint64 // messages from this number on are not worked at
	aside    []job  // not worked at, to be given back
	over     bool   // workers go home
}

// noLimit is lanes.limit before halt.
const noLimit = math.MaxUint64

// job is one delivery in the order of arrival.
type job struct {
	delivery driver.Delivery
	number   uint64
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
	laneIdle    laneState = iota // not in lanes.ready; empty, or about to be made ready
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
	refused                 // cannot be handled: halt has been called; give it back
)

func newLanes(window int) *lanes {
	ls := &lanes{
		window: window,
		room:   make(chan struct{}, 1),
		idle:   make(chan struct{}),
		seed:   maphash.MakeSeed(),
		byID:   map[uint64]*lane{},
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
	if ls.limit != noLimit {
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
	id := ls.laneID(d.Message())
	l := ls.byID[id]
	if l == nil {
		l = ls.newLane(id)
	}
	l.jobs.push(job{delivery: d, number: ls.arrived})
	ls.arrived++
	ls.inFlight++
	if l.state == laneIdle {
		ls.makeReady(l)
	}
}

// newLane returns an empty lane, a spare one when there is.
func (ls *lanes) newLane(id uint64) *lane {
	l := &lane{}
	if n := len(ls.spare); n > 0 {
		l, ls.spare = ls.spare[n-1], ls.spare[:n-1]
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
	for {
		if ls.over {
			return nil, job{}, 0
		}
		if l, ok := ls.ready.pop(); ok {
			if l.jobs.len() == 0 {
				ls.retire(l)
				continue
			}
			l.state = laneRunning
			ls.running++
			return l, *l.jobs.first(), l.failures
		}
		ls.waiting++
		ls.wake.Wait()
		ls.waiting--
	}
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
	number := l.jobs.first().number
	switch {
	case o.verdict == finished:
		ls.drop(l)
	case o.verdict == refused || number >= ls.limit:
		ls.aside = append(ls.aside, *l.jobs.first())
		ls.drop(l)
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
	ls.left(1)
}

// left notes that so many jobs are no longer in flight.
func (ls *lanes) left(n int) {
	ls.inFlight -= n
	select {
	case ls.room <- struct{}{}:
	default:
	}
	ls.checkIdle()
}

// checkIdle closes idle when nothing is left to do.
func (ls *lanes) checkIdle() {
	if ls.limit == noLimit || ls.inFlight > 0 {
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

// halt draws the line before the message with that number: later ones, and it
// itself, are set aside unless they are running. A line further back replaces
// an earlier one.
func (ls *lanes) halt(number uint64) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if number >= ls.limit {
		return
	}
	ls.limit = number
	for _, l := range ls.byID {
		ls.cut(l)
	}
	ls.checkIdle()
}

// cut sets aside what is beyond the line in one lane. Workers and take retire
// the lane when nothing is left.
func (ls *lanes) cut(l *lane) {
	keep := 0
	if l.state == laneRunning {
		keep = 1
	}
	for l.jobs.len() > keep && l.jobs.last().number >= ls.limit {
		ls.aside = append(ls.aside, *l.jobs.last())
		l.jobs.popLast()
		ls.inFlight--
	}
	if l.state == laneParked && l.jobs.len() == 0 {
		l.timer.Stop()
		l.state, l.timer = laneIdle, nil
		delete(ls.byID, l.id)
	}
}

// close sends the workers home. It returns how many are still at a job, and
// what has to be given back, in the order of arrival: it is closed for jobs
// that are settled later.
func (ls *lanes) close() (running int, giveBack []job) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.over = true
	ls.limit = 0
	for _, l := range ls.byID {
		ls.cut(l)
	}
	ls.wake.Broadcast()
	slices.SortFunc(ls.aside, func(a, b job) int { return int(int64(a.number) - int64(b.number)) })
	return ls.running, slices.Clone(ls.aside)
}
