package runtime

import (
	"context"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// ahead is what was received before anybody fetches it, and is not acknowledged yet
// (AtMostOnce of a Puller). Of each partition it is acknowledged in the order in which
// it came, when somebody waits for it and nothing of its key is open: so all that is
// acknowledged is handed out.
type ahead struct {
	ack     func([]driver.Delivery) []driver.Delivery // returns what may be handed out
	slow    bool                                      // ack waits for a disk or a broker
	waiting []driver.Delivery
	bytes   int64 // of what waits
	behind  int   // of what waits, those of partitions that are left out for it
	drawing bool  // somebody acknowledges
}

// offer lets what was received be fetched. A partition of which too much waits, perhaps
// behind a key that is open, is left out, so that there is room for others.
func (ls *lanes) offer(batch []driver.Delivery) {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	for _, d := range batch {
		seen, m := ls.lookAtOne(d)
		ls.ahead.bytes += int64(seen.size)
		p := ls.partOf(m)
		switch p.ahead++; {
		case p.behind:
			ls.ahead.behind++
		case p.ahead > ls.perLane && ls.pauser != nil:
			p.behind = true
			ls.ahead.behind += p.ahead
			ls.leaveOut(p)
		}
	}
	ls.ahead.waiting = append(ls.ahead.waiting, batch...)
	ls.wake.Broadcast()
}

// muchAhead reports whether no more is to be received until some of it was fetched. As many
// as the window has may wait besides, of partitions that are left out.
func (ls *lanes) muchAhead() bool {
	n := len(ls.ahead.waiting)
	return n > 0 && (ls.inFlight+n-min(ls.ahead.behind, ls.window) >= ls.window || ls.maxBytes > 0 && ls.bytes+ls.ahead.bytes >= ls.maxBytes)
}

// notFetched takes what nobody has fetched, once work is over.
func (ls *lanes) notFetched() []driver.Delivery {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	rest := ls.ahead.waiting
	ls.ahead.waiting, ls.ahead.bytes = nil, 0
	return rest
}

// draw acknowledges what can be handed out, at most so many messages, and takes it. It
// gives the lock back meanwhile, and reports whether it did. When ctx ends first that goes
// on by itself, for who comes next.
func (ls *lanes) draw(ctx context.Context, most int) (hands []*hand, drew bool) {
	if ls.ahead.drawing || len(ls.ahead.waiting) == 0 {
		return nil, false
	}
	picks := ls.pick(most)
	if len(picks) == 0 {
		return nil, false
	}
	ls.ahead.drawing = true
	ls.mu.Unlock()
	picks, known := ls.acked(ctx, picks)
	ls.mu.Lock()
	if known {
		ls.drawn(picks)
		hands = ls.collect(most, 1)
	}
	return hands, true
}

// acked acknowledges what was picked. It is not known what may be handed out when ctx has
// ended before.
func (ls *lanes) acked(ctx context.Context, picks []driver.Delivery) (out []driver.Delivery, known bool) {
	if !ls.ahead.slow || ctx.Done() == nil {
		return ls.ahead.ack(picks), true
	}
	over := make(chan []driver.Delivery, 1)
	go func() { over <- ls.ahead.ack(picks) }()
	select {
	case out = <-over:
		return out, true
	case <-ctx.Done():
		go func() {
			picks := <-over
			ls.mu.Lock()
			defer ls.mu.Unlock()
			ls.drawn(picks)
		}()
		return nil, false
	}
}

// drawn queues what was acknowledged.
func (ls *lanes) drawn(picks []driver.Delivery) {
	ls.ahead.drawing = false
	for _, d := range picks {
		seen, m := ls.lookAtOne(d)
		ls.add(d, seen, ls.partOf(m))
	}
	ls.tell()
	ls.wake.Broadcast()
}

// noLongerAhead lets a partition go on when enough of what waited of it is taken.
func (ls *lanes) noLongerAhead(p *part) {
	p.ahead--
	if !p.behind {
		return
	}
	if ls.ahead.behind--; p.ahead <= ls.perLane/2 {
		p.behind = false
		ls.ahead.behind -= p.ahead
		ls.goOn(p)
	}
}

// pick takes out of what waits what can be handed out at once, or is not due yet: of
// each partition what comes first, as far as nothing else of its lane is open.
func (ls *lanes) pick(most int) (picks []driver.Delivery) {
	switch {
	case ls.full() || !ls.mayStart():
		return nil
	case ls.bucket != nil:
		most = 1
	}
	most = min(most, ls.window-ls.inFlight)
	held, taken := map[place]bool{}, map[uint64]bool{}
	rest := ls.ahead.waiting[:0]
	for i, d := range ls.ahead.waiting {
		if len(picks) == most {
			rest = append(rest, ls.ahead.waiting[i:]...)
			break
		}
		seen, m := ls.lookAtOne(d)
		p := ls.partOf(m)
		id, free := seen.key^p.salt, true
		if wait := seen.traits.have(timed) && ls.delay(m) > 0; !wait && ls.ordering != Unordered {
			l := ls.byID[id]
			free = (l == nil || l.jobs.Len() == 0) && !taken[id]
		}
		if held[p.place] || !free {
			held[p.place] = true
			rest = append(rest, d)
			continue
		}
		taken[id] = true
		ls.ahead.bytes -= int64(seen.size)
		ls.noLongerAhead(p)
		picks = append(picks, d)
	}
	clear(ls.ahead.waiting[len(rest):])
	ls.ahead.waiting = rest
	return picks
}
