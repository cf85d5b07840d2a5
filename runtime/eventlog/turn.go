package eventlog

import (
	"fmt"
	"runtime/debug"
)

// turn is what whoever has it writes.
type turn struct {
	round *round
	size  int // of all that waits, with the round
	units []*unit
	tasks []task
}

// do lets the goroutine run something between rounds, and returns its error.
func (c *committer) do(run func() error) error {
	t := task{run: run, done: make(chan error, 1)}
	c.mu.Lock()
	if c.closing {
		defer c.mu.Unlock()
		return c.gone
	}
	c.tasks = append(c.tasks, t)
	c.start(false)
	c.mu.Unlock()
	return <-t.done
}

// run is the goroutine.
func (c *committer) run() {
	defer close(c.ended)
	for {
		c.mu.Lock()
		for c.busy || c.idle() && !c.closing {
			c.work.Wait()
		}
		if c.idle() {
			c.mu.Unlock()
			return
		}
		t := c.begin()
		c.mu.Unlock()
		c.write(t)
	}
}

// idle tells that there is nothing to do. c.mu is held.
func (c *committer) idle() bool { return len(c.dirty) == 0 && len(c.tasks) == 0 && len(c.units) == 0 }

// quiet tells that whoever comes is alone: nobody writes or waits, and nobody shared
// the last round. c.mu is held.
func (c *committer) quiet() bool { return !c.busy && !c.crowded && c.idle() }

// start lets what has come be written: by the caller, who has the turn then if it is
// alone, else by the goroutine. c.mu is held.
func (c *committer) start(alone bool) *turn {
	if alone {
		return c.begin()
	}
	if !c.busy { // else whoever has the turn does so in the end
		c.work.Signal()
	}
	return nil
}

// begin takes the turn, and what there is to write. c.mu is held.
func (c *committer) begin() *turn {
	t := &turn{round: c.round, size: c.pending, tasks: c.tasks, units: c.takeUnits()}
	c.busy, c.tasks = true, nil
	c.writing = c.writing[:0]
	for i, p := range c.dirty {
		c.writing = append(c.writing, writeStep{p: p, records: p.buffer})
		p.buffer, p.dirty = nil, false
		c.dirty[i] = nil
	}
	c.dirty = c.dirty[:0]
	if len(c.writing) > 0 {
		c.round = newRound()
	}
	return t
}

// write writes what there is, and gives up the turn. A panic ends the process, as it does
// in the goroutine: a caller who recovered from it would keep the turn forever.
func (c *committer) write(t *turn) {
	defer func() {
		if cause := recover(); cause != nil {
			stack := debug.Stack()
			go panic(fmt.Sprintf("%v\n\n%s", cause, stack))
			select {}
		}
	}()
	c.applyLate()
	c.store(t.round)
	c.storeUnits(t.units)
	for _, task := range t.tasks {
		err := c.sure()
		if err == nil {
			err = task.run()
		}
		task.done <- err
	}
	if len(c.applying) == 0 && !c.journal.uncut && !c.lost {
		c.log.unsettled.end()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.finish(t)
	if c.busy = false; c.closing || !c.idle() {
		c.work.Signal()
	}
}

// finish tells the publishers of a round, and lets others have its room. c.mu is
// held.
func (c *committer) finish(t *turn) {
	c.crowded = len(t.units) > 1
	if len(c.writing) == 0 {
		return
	}
	c.crowded = c.crowded || t.round.calls > 1
	c.pending -= t.size
	for i := range c.writing {
		s := &c.writing[i]
		s.p.written = s.p.written || s.err == nil
		c.recycle(s.records)
		*s = writeStep{}
	}
	c.makeWay()
	close(t.round.done)
}

// makeWay lets those who wait for room look again. c.mu is held.
func (c *committer) makeWay() {
	if c.room != nil {
		close(c.room)
		c.room = nil
	}
}
