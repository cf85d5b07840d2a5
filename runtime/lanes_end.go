package runtime

import (
	"cmp"
	"slices"
)

// ended reports whether a line has been drawn.
func (ls *lanes) ended() bool { return ls.limit != noLimit || ls.stopped }

// beyond reports whether a job is behind the line.
func (ls *lanes) beyond(j job) bool { return j.number >= ls.limit || j.number >= j.part.limit }

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
// again, and nothing behind it is begun. What was acknowledged when it came is
// finished, unless it is not due yet.
func (ls *lanes) stop() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.stopLocked()
}

func (ls *lanes) stopLocked() {
	if ls.stopped {
		return
	}
	ls.stopped = true
	ls.ending.Store(true) // before started is read: see begin
	for l := range ls.each {
		if l.state == laneRunning {
			ls.began(l, int(l.started.Load()))
		}
	}
	for _, p := range ls.parts {
		switch {
		case ls.kept:
		case ls.gaps:
			p.limit = p.begun
		default:
			p.limit = 0
		}
	}
	for l := range ls.each {
		if waits := l.state == laneParked || l.state == laneReady && l.failures > 0; waits && !ls.kept && l.jobs.Len() > 0 {
			j := l.jobs.First()
			j.part.limit = min(j.part.limit, j.number)
		}
	}
	ls.cutAll()
}

// each yields all lanes.
func (ls *lanes) each(yield func(*lane) bool) {
	for _, l := range ls.byID {
		if !yield(l) {
			return
		}
	}
	for l := range ls.loose {
		if !yield(l) {
			return
		}
	}
}

// fence draws the line of a partition before a job that was set aside after
// stop: no position will pass it.
func (ls *lanes) fence(j job) {
	if ls.stopped && !ls.kept && j.number < j.part.limit {
		j.part.limit = j.number
		ls.cutAll()
	}
}

// cutAll sets aside what is beyond the line, what has begun aside.
func (ls *lanes) cutAll() {
	ls.ending.Store(true)
	ls.emptyStashes()
	for l := range ls.each {
		switch {
		case l.state == laneRunning:
			ls.cut(l, int(l.started.Load()))
			continue
		case l.delayed:
			ls.setAside(l)
		default:
			ls.cut(l, 0)
		}
		if l.state == laneParked && l.jobs.Len() == 0 {
			l.timer.Stop()
			ls.retire(l)
		}
	}
	ls.checkIdle()
	ls.wake.Broadcast()
}

// emptyStashes sets aside what came for paused partitions, or lets it be
// worked at when it cannot be given back.
func (ls *lanes) emptyStashes() {
	for _, p := range ls.parts {
		for p.stash.Len() > 0 {
			d, seen := ls.unstash(p)
			if ls.kept {
				ls.add(d, seen, p)
				continue
			}
			ls.aside = append(ls.aside, job{delivery: d, number: ls.arrived, traits: seen.traits, part: p})
			ls.arrived++
		}
	}
}

// setAside sets aside a message that is not due yet: nobody waits for it.
func (ls *lanes) setAside(l *lane) {
	j := *l.jobs.First()
	l.jobs.PopLast()
	ls.aside = append(ls.aside, j)
	ls.left(l, j.part, j.size)
}

// cut sets aside the jobs beyond the line at a lane's end, all but keep.
func (ls *lanes) cut(l *lane, keep int) {
	for l.jobs.Len() > keep && ls.beyond(*l.jobs.Last()) {
		j := *l.jobs.Last()
		ls.aside = append(ls.aside, j)
		l.jobs.PopLast()
		ls.left(l, j.part, j.size)
	}
}

// clear sets aside the jobs beyond the line at a lane's beginning. They are
// there when keys of two partitions share a lane.
func (ls *lanes) clear(l *lane) {
	for l.jobs.Len() > 0 && ls.beyond(*l.jobs.First()) {
		ls.aside = append(ls.aside, *l.jobs.First())
		ls.drop(l)
	}
}

// close sends the workers home. It returns how many jobs are still being worked
// at, and what has to be given back, in the order of arrival.
func (ls *lanes) close() (running int, giveBack []job) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for ls.ahead.drawing { // what is acknowledged is handed out
		ls.wake.Wait()
	}
	ls.over = true
	ls.limit = 0
	ls.cutAll()
	slices.SortFunc(ls.aside, func(a, b job) int { return cmp.Compare(a.number, b.number) })
	return ls.atWork(), slices.Clone(ls.aside)
}

// atWork returns how many jobs are being worked at: one of each lane that a
// worker has, or all it has begun when they are handled together.
func (ls *lanes) atWork() int {
	if !ls.together {
		return ls.running
	}
	n := 0
	for l := range ls.each {
		if l.state == laneRunning {
			n += int(l.started.Load())
		}
	}
	return n
}
