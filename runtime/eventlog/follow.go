package eventlog

import "time"

// follower looks for what other processes write to partitions that somebody
// here waits for. It runs while there are such partitions.
type follower struct {
	partitions map[*partition]int // by how many wait
	running    bool
}

// follow lets the partition be looked at until unfollow is called as often.
func (l *Log) follow(p *partition) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.followed.partitions[p]++
	if !l.followed.running && !l.closed {
		l.followed.running = true
		l.background.Go(l.poll)
	}
}

func (l *Log) unfollow(p *partition) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.followed.partitions[p]--; l.followed.partitions[p] == 0 {
		delete(l.followed.partitions, p)
	}
}

// poll is the goroutine.
func (l *Log) poll() {
	tick := time.NewTicker(l.options.Poll)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-l.done:
			return
		}
		l.mu.Lock()
		if len(l.followed.partitions) == 0 {
			l.followed.running = false
			l.mu.Unlock()
			return
		}
		ps := make([]*partition, 0, len(l.followed.partitions))
		if l.writer == nil {
			for p := range l.followed.partitions {
				ps = append(ps, p)
			}
		}
		l.mu.Unlock()
		for _, p := range ps {
			_ = p.look() // who reads is told what is wrong
		}
	}
}

// look takes up what another process has written.
func (p *partition) look() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writing != nil {
		return nil
	}
	return p.refresh()
}
