package runtime

import "time"

// takeBatch waits for a batch, which may come from several lanes. Nil is that
// work is over.
func (ls *lanes) takeBatch(b Batch) []*hand {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	defer ls.rouse()
	for !ls.over {
		if ls.enough(b) {
			if hands := ls.collect(b.Size, b.Size); hands != nil {
				if ls.bucket != nil {
					ls.bucket.take(time.Now()) // as one handler of single messages does
				}
				return hands
			}
		}
		ls.await()
	}
	return nil
}

// enough reports whether a batch is to be begun: it is full, its first message has
// waited for the window, or it would wait for what does not come.
func (ls *lanes) enough(b Batch) bool {
	n, since, held := ls.available(b.Size)
	switch {
	case n == 0, !ls.mayStart():
		return false
	case n >= b.Size || held || ls.ended() || ls.ctx.Err() != nil:
		return true
	}
	left := b.Window - time.Since(since)
	if left > 0 && ls.woken != since {
		ls.woken = since
		time.AfterFunc(left, ls.wakeAll)
	}
	return left <= 0
}

// unspent puts back the token of a batch whose handler was not called.
func (ls *lanes) unspent() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	if ls.bucket != nil {
		ls.bucket.putBack()
	}
}

// wakeAll lets all workers look again.
func (ls *lanes) wakeAll() {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	ls.wake.Broadcast()
}

// available returns how many messages could be begun, as far as most, and since when the
// first waits. They are held up when no more comes for them before some are done: a
// partition is paused for them, or the window is full of them.
func (ls *lanes) available(most int) (n int, since time.Time, held bool) {
	for i := 0; i < ls.ready.Len() && n < most; i++ {
		l := *ls.ready.At(i)
		if l.failures > 0 {
			n++ // what has failed comes by itself
		} else {
			n += l.jobs.Len()
		}
		if i == 0 || l.since.Before(since) {
			since = l.since
		}
		held = held || l.tooLong != nil
	}
	return min(n, most), since, held || ls.running == 0 && ls.full()
}

// waits notes when the first job came that is to be in a batch.
func (l *lane) waits() {
	if l.since.IsZero() {
		l.since = time.Now()
	}
}

// collect takes the first jobs of ready lanes, at most perLane of each.
func (ls *lanes) collect(most, perLane int) []*hand {
	var hands []*hand
	for most > 0 {
		h := &hand{}
		if !ls.seize(h, min(most, perLane)) {
			break
		}
		most -= h.jobs.Len()
		hands = append(hands, h)
	}
	return hands
}
