package eventlog

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// mine tells whether this process still is the writer. Where locks are forgotten,
// or their files deleted, two would write over each other's records. Once it is not,
// the log gives up what it writes, and follows the other.
func (c *committer) mine() error {
	if !c.lost && time.Since(c.looked) >= c.log.guard {
		c.lost, c.looked = !c.lock.held(), time.Now()
	}
	if !c.lost {
		return nil
	}
	c.depose()
	return c.taken()
}

// sure is mine for what is done rarely, and to files by their names: these may be another writer's by now,
// though it has just been made sure that the lock is held.
func (c *committer) sure() error {
	c.looked = time.Time{}
	return c.mine()
}

// stillMine is mine behind what a disk that hangs, or a process that was stopped, may have drawn out.
func (c *committer) stillMine() error {
	err := c.mine()
	if err != nil {
		err = fmt.Errorf("%w: %w", driver.ErrUnknownOutcome, err)
	}
	return err
}

// awaitFormer gives a writer whose lock was lost, since its file was deleted or another one is in its place, the time in
// which it finds that out: it would write to the same places. A file in which nobody has said anything, or that is a copy, says
// so in a log that was written.
func (l *Log) awaitFormer(lock *lock) {
	if lock.strange() && l.everWritten() {
		time.Sleep(2 * guardEvery)
	}
}

// everWritten tells whether anybody has written the log: then there are marks.
func (l *Log) everWritten() bool {
	names, err := l.names()
	return err != nil || slices.ContainsFunc(names, func(name string) bool {
		file, err := escape(name)
		if err == nil {
			_, err = os.Lstat(filepath.Join(l.dir, topicsDir, file, marksFile))
		}
		return err == nil
	})
}

// taken says that somebody else has the lock.
func (c *committer) taken() error {
	return fmt.Errorf("the lock was lost: %w", holderOf(c.lock.path, ""))
}

// depose lets the log give up what it writes, soon: whoever has the turn may be the caller.
func (c *committer) depose() { c.deposed.Do(func() { go c.log.depose(c) }) }

// depose leaves the files to the writer that there is now, and reads what that writes. Whoever
// publishes becomes the writer anew, once that is gone.
func (l *Log) depose(c *committer) {
	l.mu.Lock()
	if l.closed || l.writer != c {
		l.mu.Unlock()
		return // who closes it leaves them alone, too
	}
	l.background.Add(1)
	l.mu.Unlock()
	defer l.background.Done()
	lost := c.taken()
	c.end(lost)
	err := errors.Join(lost, c.abandon(), l.unsettled.close(false, false), c.lock.Close())
	l.bell.close()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lost, l.writer, l.followed.fresh = err, nil, true
}

// end lets nothing be stored any more but what was taken, and waits for that. Who comes later is
// told why.
func (c *committer) end(why error) {
	c.mu.Lock()
	c.closing = true
	if c.gone == nil {
		c.gone = why
	}
	c.work.Signal()
	c.makeWay()
	c.mu.Unlock()
	<-c.ended
}

// abandon closes the files of a log that somebody else writes, and leaves them as
// they are. What is known of them may not be so any more.
func (c *committer) abandon() (err error) {
	err = c.journal.abandon()
	for _, t := range c.log.known() {
		err = errors.Join(err, t.each(c.abandonOne), t.marks.close())
	}
	return err
}

// abandonOne is abandon for one partition.
func (c *committer) abandonOne(p *partition) error {
	c.unwritten(p)
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.writing
	p.writing, p.cutting, p.segments, p.loaded, p.listed = nil, nil, nil, false, false
	if w == nil {
		return nil
	}
	w.torn = true // so that nothing is cut off
	return w.close()
}

// guardEvery is how often it is made sure, beside what is written, that the lock
// is held.
const guardEvery = 100 * time.Millisecond

// guarded makes sure, now and then, that the lock is held of a log that somebody here reads and
// nobody writes to: else it would not be seen what another one writes.
func (f *follower) guarded(c *committer) {
	if time.Since(f.looked) < c.log.guard {
		return
	}
	if f.looked = time.Now(); !c.lock.held() {
		c.depose()
	}
}
