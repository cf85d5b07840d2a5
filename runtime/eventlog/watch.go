package eventlog

import (
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/internal/fifo"
)

// watcher is told which partitions have more to read, so that who reads many looks
// at those alone. A partition is in its queue once, however often it is told of.
type watcher struct {
	wake chan struct{} // has an element when somebody was told of something

	mu     sync.Mutex // nothing else is locked while it is held
	raised fifo.Queue[*alert]
}

// alert is how a partition tells a watcher.
type alert struct {
	p  *partition
	of *watcher

	// Guarded by the watcher's mu.
	raised bool // is in its queue
	gone   bool // counts no more
}

func newWatcher() *watcher { return &watcher{wake: make(chan struct{}, 1)} }

// raise tells the watcher that there may be something to read.
func (a *alert) raise() {
	w := a.of
	w.mu.Lock()
	if !a.raised {
		a.raised = true
		w.raised.Push(a)
	}
	w.mu.Unlock()
	notify(w.wake)
}

// waiting returns how many partitions there are to look at.
func (w *watcher) waiting() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.raised.Len()
}

// next takes the partition that was told of first. Whoever takes it reads it
// afterwards, so that what comes in between is told of again.
func (w *watcher) next() (*alert, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		a, ok := w.raised.Pop()
		if !ok {
			return nil, false
		}
		if a.raised = false; !a.gone {
			return a, true
		}
	}
}

// watch lets a watcher be told of what comes from now on.
func (p *partition) watch(w *watcher) *alert {
	a := new(alert)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watchHeld(a, w)
	return a
}

// watchHeld is watch with an alert that is made. p.mu is held.
func (p *partition) watchHeld(a *alert, w *watcher) {
	a.p, a.of = p, w
	p.alerts = append(p.alerts, a)
}

// unwatch undoes watch.
func (p *partition) unwatch(a *alert) {
	p.mu.Lock()
	p.alerts = slices.DeleteFunc(p.alerts, func(o *alert) bool { return o == a })
	p.mu.Unlock()
	a.of.mu.Lock()
	a.gone = true
	a.of.mu.Unlock()
}

// notify wakes one goroutine that waits for c.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
