package runtime

import (
	"context"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// ahead is what was received before anybody fetches it, and is not acknowledged yet
// (AtMostOnce of a Puller). Of each partition it is acknowledged in the order in which
// it came, when somebody waits for it and nothing of its key is open: so all that is
// acknowledged is handed out.
type ahead struct {
	ack     func([]driver.Delivery) []driver.Delivery // returns what may be handed out
	waiting []driver.Delivery
	drawing bool // somebody acknowledges
}

// offer lets what was received be fetched, and waits until all of it was. When ctx ends
// before it returns the rest.
func (ls *lanes) offer(ctx context.Context, batch []driver.Delivery) (rest []driver.Delivery) {
	if len(batch) == 0 {
		return nil
	}
	ls.mu.Lock()
	ls.ahead.waiting = slices.Clone(batch)
	ls.wake.Broadcast()
	ls.mu.Unlock()
	for {
		select {
		case <-ls.room:
			if ls.allFetched() {
				return nil
			}
		case <-ctx.Done():
			ls.mu.Lock()
			defer ls.mu.Unlock()
			rest, ls.ahead.waiting = ls.ahead.waiting, nil
			return rest
		}
	}
}

// allFetched reports whether all that was offered was fetched.
func (ls *lanes) allFetched() bool {
	ls.mu.Lock()
	defer ls.mu.Unlock()
	return len(ls.ahead.waiting) == 0
}

// draw acknowledges what can be handed out, at most so many messages, and takes it. It
// gives the lock back meanwhile, and reports whether it did.
func (ls *lanes) draw(most int) (hands []*hand, drew bool) {
	if ls.ahead.drawing || len(ls.ahead.waiting) == 0 {
		return nil, false
	}
	picks := ls.pick(most)
	if len(picks) == 0 {
		return nil, false
	}
	if len(ls.ahead.waiting) == 0 {
		ls.short = true
		ls.tell()
	}
	ls.ahead.drawing = true
	ls.mu.Unlock()
	picks = ls.ahead.ack(picks)
	ls.mu.Lock()
	ls.ahead.drawing = false
	for _, d := range picks {
		seen := ls.lookAtOne(d)
		ls.add(d, seen, ls.partOf(delivered(d, seen.carried)))
	}
	hands = ls.collect(most, 1)
	ls.wake.Broadcast()
	return hands, true
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
	held, taken := map[*part]bool{}, map[uint64]bool{}
	rest := ls.ahead.waiting[:0]
	for i, d := range ls.ahead.waiting {
		if len(picks) == most {
			rest = append(rest, ls.ahead.waiting[i:]...)
			break
		}
		seen := ls.lookAtOne(d)
		m := delivered(d, seen.carried)
		p := ls.partOf(m)
		id, free := seen.key^p.salt, true
		if wait := seen.timed && ls.delay(m) > 0; !wait && ls.ordering != Unordered {
			l := ls.byID[id]
			free = (l == nil || l.jobs.Len() == 0) && !taken[id]
		}
		if held[p] || !free {
			held[p] = true
			rest = append(rest, d)
			continue
		}
		taken[id] = true
		picks = append(picks, d)
	}
	clear(ls.ahead.waiting[len(rest):])
	ls.ahead.waiting = rest
	return picks
}
