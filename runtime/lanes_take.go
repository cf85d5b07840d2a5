package runtime

import (
	"time"

	"github.com/asyncwire/asyncwire/runtime/internal/fifo"
)

// hand is what a worker has of a lane: its first jobs, to be worked at in
// order.
type hand struct {
	lane     *lane
	jobs     fifo.Queue[job] // as they lie in the lane
	failures int             // of the first
	spent    bool            // a handler was started, for which a token was taken
}

// maxRun is how many jobs of one lane a worker takes at once.
const maxRun = 32

// maxRunTime is how long a worker stays with the jobs it took of one lane
// before it looks for others, when no worker is left that would.
const maxRunTime = time.Millisecond

// lookEvery is after how many jobs it looks whether that is so.
const lookEvery = 4

// late reports whether a worker is to look for other lanes: nobody else has been
// there to do so for maxRunTime, since a time which is filled in when that begins.
func (ls *lanes) late(since *time.Time) bool {
	switch {
	case ls.waiting.Load() > 0:
		*since = time.Time{}
		return false
	case since.IsZero():
		*since = time.Now()
		return false
	}
	return time.Since(*since) > maxRunTime
}

// makeReady puts a lane in line for a worker.
func (ls *lanes) makeReady(l *lane) {
	l.state = laneReady
	if ls.together {
		l.waits()
	}
	ls.ready.Push(l)
	ls.rouse()
}

// rouse wakes a worker when there is work for it. Only one is on its way at a
// time; when it comes it rouses the next, if there is more: so workers that are
// quick are not outnumbered by those that wake up in vain.
func (ls *lanes) rouse() {
	if ls.waiting.Load() > 0 && !ls.roused && ls.ready.Len() > 0 {
		ls.roused = true
		ls.wake.Signal()
	}
}

// take puts the next lane's first jobs, at most so many, into a worker's hand.
// Before, it settles what the worker had: the first done jobs are over, and o
// is what became of the next one. It blocks until there is a job, and reports
// false when work is over.
func (ls *lanes) take(h *hand, done int, o outcome, most int) bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	defer ls.rouse()
	if h.lane != nil {
		ls.settle(h, done, o)
	}
	for !ls.over {
		if ls.seize(h, most) {
			return true
		}
		ls.await()
	}
	return false
}

// await waits for a change: there is no work, or not as much as is wanted.
func (ls *lanes) await() {
	ls.tell()
	ls.waiting.Add(1)
	ls.wake.Wait()
	ls.waiting.Add(-1)
	ls.roused = false
}

// seize takes the next lane's first jobs when a lane is ready.
func (ls *lanes) seize(h *hand, most int) bool {
	for {
		if ls.ready.Len() == 0 || !ls.mayStart() {
			return false
		}
		l, _ := ls.ready.Pop()
		if !ls.ended() && ls.ctx.Err() != nil {
			ls.stopLocked()
		}
		if ls.clear(l); l.jobs.Len() == 0 {
			ls.retire(l)
			continue
		}
		ls.hold(l, h, most)
		return true
	}
}

// hold gives a worker the first jobs of a lane. The first has begun with that.
func (ls *lanes) hold(l *lane, h *hand, most int) {
	if ls.ended() || l.failures > 0 || ls.paced() {
		most = 1
	}
	h.lane, h.failures, h.jobs, h.spent = l, l.failures, l.jobs.Head(most), false
	l.state = laneRunning
	begun := 1
	if ls.together {
		if begun = h.jobs.Len(); begun == l.jobs.Len() {
			l.since = time.Time{}
		}
	}
	l.started.Store(int32(begun))
	ls.running++
	if ls.paced() {
		ls.bucket.take(time.Now())
	}
	ls.began(l, begun)
}

// begin reports whether the worker may begin with the i-th job in its hand:
// the first it has begun, the others not when a line has been drawn meanwhile.
func (ls *lanes) begin(h *hand, i int) bool {
	if i == 0 {
		return true
	}
	if ls.ctx.Err() != nil {
		return false
	}
	h.lane.started.Store(int32(i) + 1)
	return !ls.ending.Load() // looked at after started is told: see stopLocked
}

// began notes that the first n jobs of a lane were begun.
func (ls *lanes) began(l *lane, n int) {
	for i := range min(n, l.jobs.Len()) {
		j := l.jobs.At(i)
		j.part.begun = max(j.part.begun, j.number+1)
	}
}

// paced reports whether each message takes a token of the rate; else it is a batch that does.
func (ls *lanes) paced() bool { return ls.bucket != nil && !ls.together }

// mayStart reports whether the rate allows another handler, and otherwise lets
// workers be woken when it does.
func (ls *lanes) mayStart() bool {
	if ls.bucket == nil {
		return true
	}
	wait := ls.bucket.wait(time.Now())
	if wait <= 0 {
		return true
	}
	if !ls.refill {
		ls.refill = true
		time.AfterFunc(wait, func() {
			ls.mu.Lock()
			defer ls.mu.Unlock()
			ls.refill = false
			ls.wake.Broadcast()
		})
	}
	return false
}

// giveUp settles the hand of a worker that does not take another.
func (ls *lanes) giveUp(h *hand, done int, o outcome) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.settle(h, done, o)
}

// settle ends a worker's time with a lane: so many of its jobs are over, and o
// is what became of the one after them, finished when it was not begun.
func (ls *lanes) settle(h *hand, done int, o outcome) {
	l := h.lane
	if len(ls.ahead.waiting) > 0 {
		ls.wake.Broadcast() // what comes next of its key may be
	}
	h.lane = nil
	h.jobs = fifo.Queue[job]{} // a worker that waits keeps no messages
	if ls.running--; ls.paced() && !h.spent {
		ls.bucket.putBack()
	}
	ls.began(l, done)
	for range done {
		ls.leave(l)
	}
	if done > 0 {
		l.failures = 0
		ls.tellRoom()
		ls.checkIdle()
	}
	if o.verdict != finished && !ls.fail(l, o) {
		return
	}
	l.state = laneIdle
	if ls.ended() {
		ls.cut(l, 0) // what the worker has not begun after all
		ls.checkIdle()
	}
	if l.jobs.Len() == 0 {
		ls.retire(l)
	} else {
		ls.makeReady(l)
	}
}

// fail parks a lane whose first job failed, or sets the job aside when it is
// not to be tried again. It reports whether the lane can go on.
func (ls *lanes) fail(l *lane, o outcome) bool {
	ls.began(l, 1)
	first := l.jobs.First()
	first.move = o.move
	j := *first
	if o.verdict == failed && !(ls.stopped && !ls.kept) && !ls.beyond(j) {
		l.failures++
		l.state = laneParked
		ls.setTimer(l, o.delay)
		return false
	}
	ls.aside = append(ls.aside, j)
	ls.drop(l)
	l.state = laneIdle
	ls.fence(j)
	return true
}

// setTimer makes a parked lane ready after a delay.
func (ls *lanes) setTimer(l *lane, delay time.Duration) {
	var timer *time.Timer
	timer = time.AfterFunc(delay, func() {
		ls.mu.Lock()
		defer ls.mu.Unlock()
		if l.state != laneParked || l.timer != timer {
			return
		}
		if l.delayed {
			if ls.watch(l) {
				return
			}
			ls.arrive(l)
			ls.tellRoom()
		}
		ls.makeReady(l)
	})
	l.timer = timer
}

// drop takes the first job out of a lane.
func (ls *lanes) drop(l *lane) {
	l.failures = 0
	ls.leave(l)
	ls.tellRoom()
	ls.checkIdle()
}

// leave takes the first job out of a lane.
func (ls *lanes) leave(l *lane) {
	j := l.jobs.First()
	part, size := j.part, j.size
	j.delivery = nil
	if j.move != nil {
		j.move = nil
	}
	l.jobs.Drop()
	ls.left(l, part, size)
}

// left takes a job that has left its lane out of the books.
func (ls *lanes) left(l *lane, part *part, size int32) {
	part.jobs--
	if l.delayed {
		ls.noLonger(size)
	} else {
		ls.inFlight--
		ls.bytes -= int64(size)
	}
	if l.tooLong != nil && l.jobs.Len() <= ls.perLane/2 {
		ls.relieve(l)
	}
}

// tellRoom says that there may be room, to who found none. While there is work
// for workers it waits until a quarter of the window is free: waking up for each
// message costs more than handling it.
func (ls *lanes) tellRoom() {
	busy := ls.inFlight > ls.window-ls.window/4 || ls.maxBytes > 0 && ls.bytes > ls.maxBytes-ls.maxBytes/4
	if !busy || ls.ready.Len() == 0 {
		ls.tell()
	}
}

// tell is tellRoom at once.
func (ls *lanes) tell() {
	if !ls.short {
		return
	}
	ls.short = false
	select {
	case ls.room <- struct{}{}:
	default:
	}
}

// checkIdle closes idle when work is to end and nothing is left to do.
func (ls *lanes) checkIdle() {
	if !ls.ended() || ls.inFlight > 0 || ls.delayed > 0 || ls.stashed > 0 || ls.kept && !ls.sealed {
		return
	}
	select {
	case <-ls.idle:
	default:
		close(ls.idle)
	}
}
