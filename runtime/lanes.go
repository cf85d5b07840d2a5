package runtime

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/fifo"
)

// lanes orders the work of one consumer. Messages of one key, and messages
// without a key of one partition, form a lane: they are worked at one after
// the other, in the order of their arrival. Different lanes are worked at
// concurrently. A lane whose first message failed is parked until its time
// has come; the others do not notice. Where a policy asks for another order a
// lane is a partition, or a single message; so is the lane of a message that
// is not due yet.
//
// Messages are numbered as they arrive. When work is to end, lines are drawn
// through the numbers: what is before them is still worked at, the rest is set
// aside to be given back.
type lanes struct {
	laneRules
	room chan struct{}   // has an element when put may find room
	idle chan struct{}   // closed when work is to end and nothing is left to do
	ctx  context.Context // work stops when it ends

	looks   []look       // of who puts
	ending  atomic.Bool  // a line has been drawn: nothing is begun without looking
	waiting atomic.Int32 // workers that wait for wake; it changes under mu

	_            [64]byte // what is above is read for each job, and what is below is written
	mu           sync.Mutex
	wake         sync.Cond // a lane is ready, or work is over
	roused       bool      // one of them was woken and has not come yet
	byID         map[uint64]*lane
	loose        map[*lane]struct{} // lanes of a single message
	parts        map[place]*part
	last         *part  // the one looked for last
	many         int    // parts from which on idle ones are forgotten
	salts        uint64 // how many parts there have been
	ready        fifo.Queue[*lane]
	recent       [recentLanes]*lane // of byID, by the lowest bits of their ids
	retired      fifo.Queue[*lane]  // of byID, that were empty once
	spare        []*lane            // for reuse
	arrived      uint64             // number of the next message
	inFlight     int                // queued, parked or running
	short        bool               // somebody found no room
	bytes        int64              // of what is in flight
	delayed      int                // not due yet
	delayedBytes int64
	crowds       []*part // paused because too many are not due yet
	stashed      int     // of paused partitions
	stashedBytes int64
	running      int     // lanes that a worker has
	limit        uint64  // messages from this number on are not worked at
	stopped      bool    // parts have limits too
	aside        []job   // not worked at, to be given back
	over         bool    // workers go home
	sealed       bool    // nothing more is put
	bucket       *bucket // nil is no limit of the rate
	refill       bool    // somebody will wake when the bucket has a token
	ahead        ahead
	woken        time.Time // since when a batch gathers whose workers will be woken in time
}

// laneRules are what lanes go by.
type laneRules struct {
	window   int      // how many messages may be in flight
	maxBytes int64    // and how many bytes; not positive is no bound
	perLane  int      // with more in one lane its partition is paused
	ordering Ordering // zero is PerKey
	gaps     bool     // the transport's position cannot pass a gap
	kept     bool     // messages were acknowledged as they came: they are not given back
	together bool     // a worker handles all jobs it takes at once
	dues     dueRules
	prefix   string        // of the headers of attributes
	pauser   driver.Pauser // nil when partitions cannot be paused
	now      func() time.Time
}

// maxStash is how many messages of paused partitions may come beyond a window:
// what a receiver had fetched already.
const maxStash = 4096

// noLimit is the line behind all messages.
const noLimit = math.MaxUint64

// place names a partition.
type place struct {
	address   string
	partition int32
}

// part is one partition that messages came from.
type part struct {
	place
	salt    uint64                      // of the lanes of its keys
	jobs    int                         // in lanes
	begun   uint64                      // one past the last number that was begun
	limit   uint64                      // messages of the partition from this number on are not worked at
	full    int                         // lanes that are too long
	crowded bool                        // too many of its messages are not due yet
	ahead   int                         // not fetched yet
	behind  bool                        // too many are not
	paused  bool                        // the receiver was told
	stash   fifo.Queue[driver.Delivery] // what came nevertheless
}

// job is one delivery in the order of arrival.
type job struct {
	delivery driver.Delivery
	number   uint64
	size     int32 // in bytes, as look says
	traits   traits
	part     *part
	move     *move // what is left to do; nil: to handle it
}

// message returns what was delivered.
func (j *job) message() *driver.Message { return delivered(j.delivery, j.traits) }

// lane is a queue of jobs of which only the first is worked at.
type lane struct {
	id       uint64
	loose    bool     // not in lanes.byID
	delayed  bool     // waits until it is due
	rests    *resting // when delayed
	jobs     fifo.Queue[job]
	state    laneState
	failures int          // of the first job
	started  atomic.Int32 // how many of the jobs that a worker took it has begun
	timer    *time.Timer  // when parked
	tooLong  *part        // the partition that is paused for it
	retired  bool         // in lanes.retired
	since    time.Time    // when the first job came that no batch has taken; zero: there is none
}

type laneState uint8

const (
	laneIdle    laneState = iota // not in lanes.ready
	laneReady                    // in lanes.ready
	laneRunning                  // a worker has its first jobs
	laneParked                   // waits for its timer
)

// outcome is what became of an attempt at a job.
type outcome struct {
	verdict verdict
	delay   time.Duration // before the next attempt, for failed
	move    *move         // what is left to do then
}

type verdict uint8

const (
	finished verdict = iota // the job is over
	failed                  // try again
	refused                 // cannot be handled, and halt has been called; give it back
)

func newLanes(ctx context.Context, rules laneRules) *lanes {
	ls := &lanes{
		laneRules: rules,
		room:      make(chan struct{}, 1),
		idle:      make(chan struct{}),
		ctx:       ctx,
		byID:      map[uint64]*lane{},
		loose:     map[*lane]struct{}{},
		parts:     map[place]*part{},
		limit:     noLimit,
	}
	if ls.perLane <= 0 {
		ls.perLane = ls.window
	} else if ls.pauser != nil { // some room stays for other partitions
		ls.perLane = max(1, min(ls.perLane, ls.window-max(2, ls.window/4)))
	}
	ls.wake.L = &ls.mu
	return ls
}

// partOf returns the partition of a message.
func (ls *lanes) partOf(m *driver.Message) *part {
	at := place{m.Address, m.Partition}
	if ls.last != nil && ls.last.place == at {
		return ls.last
	}
	p := ls.parts[at]
	if p == nil {
		ls.forgetIdle()
		ls.salts++
		p = &part{place: at, salt: ls.salts * 0x9e3779b97f4a7c15, limit: noLimit}
		ls.parts[at] = p
	}
	ls.last = p
	return p
}

// fewParts is how many partitions are remembered in any case.
const fewParts = 64

// forgetIdle forgets the partitions of which nothing is left, once there are
// many: they may have gone to other members.
func (ls *lanes) forgetIdle() {
	if len(ls.parts) < max(ls.many, fewParts) || ls.ended() {
		return
	}
	for at, p := range ls.parts {
		if p.jobs == 0 && p.stash.Len() == 0 && p.ahead == 0 && !p.paused {
			delete(ls.parts, at)
		}
	}
	ls.last, ls.many = nil, 2*len(ls.parts)
}

// put queues deliveries as far as there is room, and returns how many. When
// there is none for all, room will tell.
func (ls *lanes) put(batch []driver.Delivery, looks []look) int {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	var p *part
	for i, d := range batch {
		if ls.ended() || ls.full() {
			ls.short = true
			return i
		}
		p = ls.admit(d, looks[i], p)
	}
	return len(batch)
}

// insist queues deliveries whatever room there is, and also after stop: they
// were acknowledged.
func (ls *lanes) insist(batch []driver.Delivery) {
	looks := ls.lookAt(batch)
	ls.mu.Lock()
	defer ls.mu.Unlock()
	var p *part
	for i, d := range batch {
		p = ls.admit(d, looks[i], p)
	}
}

// seal says that nothing more will be put.
func (ls *lanes) seal() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.sealed = true
	ls.checkIdle()
}

// admit queues a delivery, in the stash when its partition is paused, and returns that. The
// partition of the delivery before it is last, nil when it is the first.
func (ls *lanes) admit(d driver.Delivery, seen look, last *part) *part {
	p := last
	if p == nil || !seen.traits.have(alike) {
		p = ls.partOf(delivered(d, seen.traits))
	}
	if p.paused && !ls.ended() {
		p.stash.Push(d)
		ls.stashed++
		ls.stashedBytes += int64(seen.size)
		ls.again(p)
		return p
	}
	ls.add(d, seen, p)
	return p
}

// full reports whether there is no room for another message.
func (ls *lanes) full() bool {
	return ls.inFlight >= ls.window || ls.stashed >= ls.window+maxStash ||
		ls.maxBytes > 0 && max(ls.bytes, ls.stashedBytes) >= ls.maxBytes || ls.pauser == nil && ls.crowded(0)
}

// isFull reports, to who does not hold the lock, whether nothing more is to be received.
func (ls *lanes) isFull() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.short = ls.full() || ls.muchAhead()
	return ls.short
}

// add queues one delivery in its lane.
func (ls *lanes) add(d driver.Delivery, seen look, p *part) {
	number := ls.arrived
	ls.arrived++
	p.jobs++
	if seen.traits.have(timed) {
		if wait := ls.delay(delivered(d, seen.traits)); wait > 0 {
			ls.postpone(job{delivery: d, number: number, size: seen.size, traits: seen.traits, part: p}, wait)
			return
		}
	}
	ls.inFlight++
	ls.bytes += int64(seen.size)
	l := ls.laneOf(seen.key ^ p.salt)
	j := l.jobs.Extend()
	j.delivery, j.number, j.size, j.traits = d, number, seen.size, seen.traits
	if j.part != p {
		j.part = p
	}
	if l.state == laneIdle {
		ls.makeReady(l)
	}
	if ls.together {
		if l.waits(); ls.waiting.Load() > 0 {
			ls.wake.Broadcast() // a batch may be full now
		}
	}
	if l.jobs.Len() > ls.perLane && l.tooLong == nil && ls.pauser != nil {
		ls.pause(l, p)
	}
}

// laneOf returns the lane with that id, unless each message has one of its own.
func (ls *lanes) laneOf(id uint64) *lane {
	if ls.ordering == Unordered {
		return ls.newLoose()
	}
	recent := &ls.recent[id%recentLanes]
	if l := *recent; l != nil && l.id == id {
		return l
	}
	l := ls.byID[id]
	if l == nil {
		l = ls.newLane()
		l.id = id
		ls.byID[id] = l
	}
	*recent = l
	return l
}

// newLane returns an empty lane, a spare one when there is.
func (ls *lanes) newLane() *lane {
	if n := len(ls.spare); n > 0 {
		l := ls.spare[n-1]
		ls.spare = ls.spare[:n-1]
		return l
	}
	return &lane{}
}

// newLoose returns a lane for a single message.
func (ls *lanes) newLoose() *lane {
	l := ls.newLane()
	l.loose = true
	ls.loose[l] = struct{}{}
	return l
}

// recentLanes is how many lanes are found without looking them up, and how many
// empty ones are kept for the next message of their key.
const recentLanes = 256

// fewJobs is for how many jobs an empty lane keeps its memory.
const fewJobs = 64

// retire puts an empty lane aside, and forgets the one that was for longest.
func (ls *lanes) retire(l *lane) {
	l.state, l.timer, l.failures, l.delayed, l.since = laneIdle, nil, 0, false, time.Time{}
	l.jobs.Shrink(fewJobs)
	switch {
	case l.loose:
		delete(ls.loose, l)
		l.loose = false
		ls.spare = append(ls.spare, l)
	case !l.retired:
		l.retired = true
		ls.retired.Push(l)
		if ls.retired.Len() > recentLanes {
			ls.forget()
		}
	}
}

// forget forgets the lane that was empty for longest, unless it is in use again.
func (ls *lanes) forget() {
	l, _ := ls.retired.Pop()
	l.retired = false
	if l.jobs.Len() > 0 || l.state != laneIdle {
		return
	}
	delete(ls.byID, l.id)
	if recent := &ls.recent[l.id%recentLanes]; *recent == l {
		*recent = nil
	}
	ls.spare = append(ls.spare, l)
}

// pause has the receiver leave out a partition, because too many messages wait
// behind one of a key.
func (ls *lanes) pause(l *lane, p *part) {
	l.tooLong = p
	p.full++
	ls.leaveOut(p)
}

// leaveOut has the receiver leave out a partition.
func (ls *lanes) leaveOut(p *part) {
	if !p.paused {
		p.paused = true
		ls.pauser.Pause(p.address, p.partition, true)
	}
}

// relieve lets a partition go on when none of its lanes is too long any more.
func (ls *lanes) relieve(l *lane) {
	p := l.tooLong
	l.tooLong = nil
	p.full--
	ls.goOn(p)
}

// goOn lets a partition go on when nothing holds it up any more: first with
// what came while it was paused.
func (ls *lanes) goOn(p *part) {
	for !p.held() && p.stash.Len() > 0 && !ls.ended() {
		d, seen := ls.unstash(p)
		ls.add(d, seen, p)
	}
	if !p.held() && p.stash.Len() == 0 && p.paused {
		p.paused = false
		ls.pauser.Pause(p.address, p.partition, false)
	}
}

// held reports whether there is a reason to leave a partition out.
func (p *part) held() bool { return p.full > 0 || p.crowded || p.behind }

// unstash takes the first delivery out of a stash.
func (ls *lanes) unstash(p *part) (driver.Delivery, look) {
	d, _ := p.stash.Pop()
	seen, _ := ls.lookAtOne(d)
	ls.stashed--
	ls.stashedBytes -= int64(seen.size)
	return d, seen
}
