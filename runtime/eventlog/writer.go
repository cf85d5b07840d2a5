package eventlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// current returns the committer, nil where this Log does not write.
func (l *Log) current() (*committer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, driver.ErrClosed
	}
	return l.writer, nil
}

// write returns the committer, and becomes the writer before if nobody is.
func (l *Log) write() (*committer, error) {
	if c, err := l.current(); c != nil || err != nil {
		return c, err
	}
	if l.options.ReadOnly {
		return nil, ErrReadOnly
	}
	l.opening.Lock()
	defer l.opening.Unlock()
	if c, err := l.current(); c != nil || err != nil {
		return c, err
	}
	c, err := l.beginWriting()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writer, l.lost, l.followed.fresh = c, nil, true
	if !l.closed {
		l.background.Go(func() { l.catchUp(c) })
	}
	return c, nil
}

// beginWriting becomes the writer. opening is held.
func (l *Log) beginWriting() (*committer, error) {
	if err := l.makeTopics(); err != nil {
		return nil, err
	}
	lock, err := l.lockWriter()
	if err != nil {
		return nil, err
	}
	l.awaitFormer(lock)
	lock.say()
	if err := l.unsettled.take(l.dir, l.options.Sync == Always); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	j, err := l.playJournal(lock)
	if err != nil {
		return nil, errors.Join(err, l.unsettled.close(false, false), lock.Close())
	}
	if err := l.showUnits(j); err != nil {
		return nil, errors.Join(err, j.abandon(), l.retireAll(), l.unsettled.close(false, false), lock.Close())
	}
	l.sweep()
	return startCommitter(l, lock, j), nil
}

// known returns the topics that were loaded.
func (l *Log) known() []*topic {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Collect(maps.Values(l.topics))
}

// retireAll undoes what made partitions ready to be written.
func (l *Log) retireAll() error {
	var errs []error
	for _, t := range l.known() {
		errs = append(errs, t.retire())
	}
	return errors.Join(errs...)
}

// lockWriter takes the writer's lock, without saying so. Others hold it for a moment when they
// settle the end of a log that nobody writes; so it tries for a while.
func (l *Log) lockWriter() (*lock, error) {
	path := filepath.Join(l.dir, writerLock)
	for try := 0; ; try++ {
		lock, err := openLock(path)
		if err == nil {
			return lock, nil
		}
		if !errors.Is(err, ErrLocked) {
			return nil, fmt.Errorf("%s: %w", path, typed(err))
		}
		if try == lockTries {
			return nil, holderOf(path, "")
		}
		time.Sleep(lockWait)
	}
}

const (
	lockTries = 20
	lockWait  = 10 * time.Millisecond
)

// settle makes what a dead writer left readable to groups: without one, nobody
// knows how much of it is durable. When another process writes, that does so, when it
// first has something for a partition. It tells of which slots partitions may be unsettled still.
func (l *Log) settle(topics []*topic) (unsure slots, err error) {
	c, err := l.current()
	if c == nil && err == nil {
		l.opening.Lock()
		defer l.opening.Unlock()
		c, err = l.current()
	}
	switch {
	case err != nil:
		return anySlot, err
	case c != nil:
		return l.settleAmid(c, topics)
	}
	lock, err := openLock(filepath.Join(l.dir, writerLock))
	if errors.Is(err, ErrLocked) {
		return anySlot, nil
	}
	if err != nil {
		return anySlot, err
	}
	if unsure = unsettledIn(l.dir); unsure == (slots{}) {
		return unsure, lock.Close()
	}
	l.awaitFormer(lock)
	lock.say()
	return unsure, l.settleFor(lock, topics, &unsure)
}

// settleAmid is settle where this Log writes. Whoever has the turn makes partitions ready, some at a time, since nobody
// else syncs segments meanwhile: what a failed sync has given up on would seem to be durable by another one.
func (l *Log) settleAmid(c *committer, topics []*topic) (unsure slots, err error) {
	unsure = l.unsettled.unsure()
	for _, t := range topics {
		all, err := t.notAsLeft(&unsure)
		for some := range slices.Chunk(all, mostAtOnce) {
			if err == nil {
				err = c.do(func() error { return t.makeReady(some) })
			}
		}
		if errors.Is(err, ErrLocked) {
			return anySlot, nil // another one writes by now
		}
		if err != nil {
			return unsure, err
		}
	}
	return unsure, nil
}

// settleFor is settle where nobody writes, and whoever did has not left a settled log. Where it is known
// which partitions are, the journal stays as it is, for the next that writes: syncing what it has takes longer than
// everything else. opening is held.
func (l *Log) settleFor(lock *lock, topics []*topic, unsure *slots) error {
	j, err := l.playJournal(lock)
	if err == nil {
		var more []*topic
		more, err = l.unitTopics(j)
		topics = slices.Concat(topics, slices.DeleteFunc(more, func(t *topic) bool { return slices.Contains(topics, t) }))
	}
	all := *unsure == anySlot
	if err == nil && all {
		err = unlessFull(j.checkpoint())
	}
	for _, t := range topics {
		if err == nil {
			err = t.settleAll(unsure) // no partition that lacks what the journal has
		}
	}
	for _, t := range topics {
		err = errors.Join(err, t.retire())
	}
	if j != nil && err == nil && all {
		err = unlessFull(j.close()) // it stays where it has what there is no room for
	} else if j != nil {
		err = errors.Join(err, j.abandon())
	}
	l.bell.close()
	return errors.Join(err, lock.Close())
}

// aside does something that a disk which hangs would hold up. When ctx ends, or closing the log was given up,
// it goes on by itself; what has come of it then is undone, unless that is nil.
func (l *Log) aside(ctx context.Context, do func() error, undo func()) error {
	over, left := make(chan error), make(chan struct{})
	defer close(left)
	go func() {
		err := do()
		select {
		case over <- err:
		case <-left:
			if err == nil && undo != nil {
				undo()
			}
		}
	}()
	select {
	case err := <-over:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-l.closing.left:
		return driver.ErrClosed
	}
}
