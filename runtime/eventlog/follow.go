package eventlog

import (
	"slices"
	"strings"
	"time"
)

// follower looks for what other processes write to partitions that somebody
// here waits for. It runs while there are such partitions.
type follower struct {
	slots   [][]*partition // by slot; none until there is one
	count   int            // of partitions
	running bool
	looked  time.Time // when it was made sure that the lock is held, by poll
	fresh   bool      // one is new, or the writer is: what was told of them may have been missed
}

// follow lets partitions be looked at until unfollow is called as often.
func (l *Log) follow(ps ...*partition) {
	if len(ps) == 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &l.followed
	if f.slots == nil {
		f.slots = make([][]*partition, changesSlots)
	}
	for _, p := range ps {
		if p.followers++; p.followers == 1 {
			f.slots[p.slot], f.count = append(f.slots[p.slot], p), f.count+1
		}
	}
	f.fresh = true
	if !f.running && !l.closed {
		f.running = true
		l.background.Go(l.poll)
	}
}

func (l *Log) unfollow(ps ...*partition) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &l.followed
	for _, p := range ps {
		if p.followers--; p.followers == 0 {
			in := f.slots[p.slot]
			f.slots[p.slot], f.count = slices.DeleteFunc(in, func(o *partition) bool { return o == p }), f.count-1
		}
	}
}

// poll is the goroutine.
func (l *Log) poll() {
	tick := time.NewTicker(l.options.Poll)
	defer tick.Stop()
	var heard ear
	defer heard.close()
	for {
		select {
		case <-tick.C:
		case <-l.done:
			return
		}
		if !l.lookAround(&heard) {
			return
		}
	}
}

// lookAround looks at the partitions that are followed and may have something new.
// It reports false when there are none to follow. Who writes has nothing to look for, once it
// has seen what the writer before it has left.
func (l *Log) lookAround(heard *ear) bool {
	l.mu.Lock()
	idle, writer := l.followed.count == 0, l.writer
	fresh := l.followed.fresh
	l.followed.fresh = false
	if idle {
		l.followed.running = false
	}
	l.mu.Unlock()
	if writer != nil && !idle {
		l.followed.guarded(writer)
	}
	if idle || writer != nil && !fresh {
		return !idle
	}
	rang, all := heard.listen(l.dir)
	ps := l.followedIn(rang, all || fresh)
	slices.SortFunc(ps, func(a, b *partition) int { return strings.Compare(a.topic.dir, b.topic.dir) })
	var marks markReader
	defer marks.close()
	for _, p := range ps {
		_ = p.look(&marks) // who reads is told what is wrong
	}
	return true
}

// followedIn returns the partitions that are followed in some slots, or in all.
func (l *Log) followedIn(slots []uint16, all bool) []*partition {
	if !all && len(slots) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if all || l.followed.count == 0 {
		return slices.Concat(l.followed.slots...)
	}
	var ps []*partition
	for _, slot := range slots {
		ps = append(ps, l.followed.slots[slot]...)
	}
	return ps
}

// look takes up what another process has written.
func (p *partition) look(marks *markReader) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writing != nil {
		return nil
	}
	return p.refresh(marks, false)
}
