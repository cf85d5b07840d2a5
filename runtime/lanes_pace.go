package runtime

import "time"

// pace is how quick handlers are. While they are, one worker is through with its jobs before
// another has woken up, and so it is left alone, unless messages come faster than it
// handles them. That no other key waits for long behind a handler that is slow after all is
// seen to by somebody who looks.
type pace struct {
	known   bool   // that handlers have a pace: workers handle messages one by one
	quick   int    // samples in a row that were quick
	takes   uint64 // how many times a worker took jobs of a lane
	seen    uint64 // takes, when it was looked last
	watched bool   // it will be looked again
	slow    int    // running lanes that had been so for a while when it was looked
}

const (
	// quickTime is how long a quick handler takes, with all that is done around it.
	quickTime = time.Microsecond
	// quickSamples is how many samples have to be quick before handlers are.
	quickSamples = 8
	// sampleEvery is of how many takes one is a sample.
	sampleEvery = 16
	// paceWatch is after how long it is looked whether handlers are quick still. A worker
	// that has not taken anything anew by then is not.
	paceWatch = 500 * time.Microsecond
)

// alone reports whether a worker that is awake sees to all that is ready.
func (ls *lanes) alone() bool {
	if ls.pace.quick < quickSamples || ls.running <= ls.pace.slow || ls.inFlight > ls.window-ls.window/4 || ls.ended() {
		return false
	}
	if !ls.pace.watched {
		ls.pace.seen = ls.pace.takes
		ls.watchPace()
	}
	return true
}

// watchPace has somebody look after a while whether workers have gone on.
func (ls *lanes) watchPace() {
	ls.pace.watched = true
	time.AfterFunc(paceWatch, func() {
		ls.mu.Lock()
		defer ls.mu.Unlock()
		p := &ls.pace
		p.watched = false
		switch {
		case ls.ready.Len() == 0 || ls.over:
		case p.takes == p.seen:
			p.quick, p.slow = 0, ls.running
			ls.rouse()
		default:
			p.seen = p.takes
			ls.watchPace()
		}
	})
}

// took begins a sample, now and then, of how long the jobs take that a worker took.
func (ls *lanes) took(h *hand) {
	if ls.pace.takes++; ls.pace.known && ls.pace.takes%sampleEvery == 0 {
		h.since = time.Now()
	}
}

// handled ends a sample, in which so many jobs were handled.
func (ls *lanes) handled(h *hand, jobs int) {
	p := &ls.pace
	p.slow = min(p.slow, ls.running)
	if h.since.IsZero() {
		return
	}
	if jobs == 0 || time.Since(h.since) > time.Duration(jobs)*quickTime {
		p.quick = 0
	} else if p.quick < quickSamples {
		p.quick++
	}
	h.since = time.Time{}
}
