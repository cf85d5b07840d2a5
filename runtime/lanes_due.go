package runtime

import (
	"cmp"
	"slices"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// dueRules are how lanes hold back what is not due. A due time is a header,
// which anybody may have written: it holds up neither other keys nor memory.
type dueRules struct {
	name     string         // the header of the attribute duetime; empty: nothing is held back
	expiry   string         // that of expirytime
	most     time.Duration  // what would wait longer is refused; not positive is no bound
	group    string         // of the consumer
	retries  []RetryAddress // of the policy
	stations []RetryAddress // those that have a delay, the shortest first
}

// stationsOf returns the retry addresses where messages can wait.
func stationsOf(list []RetryAddress) []RetryAddress {
	out := slices.DeleteFunc(slices.Clone(list), func(r RetryAddress) bool { return r.Delay <= 0 })
	slices.SortStableFunc(out, func(a, b RetryAddress) int { return cmp.Compare(a.Delay, b.Delay) })
	return out
}

// rest returns how long messages wait at an address where they do, else 0.
func (r *dueRules) rest(address string) time.Duration {
	for _, s := range r.stations {
		if s.Address == address {
			return s.Delay
		}
	}
	return 0
}

// station returns the retry address for a message that waits so long: the one
// that takes it furthest, nil when there are none.
func (r *dueRules) station(wait time.Duration) *RetryAddress {
	if len(r.stations) == 0 {
		return nil
	}
	best := &r.stations[0]
	for i := range r.stations {
		if r.stations[i].Delay <= wait {
			best = &r.stations[i]
		}
	}
	return best
}

// told reports whether a message says when it is due, and when its time is over.
func (r *dueRules) told(m *driver.Message) (all traits) {
	for i := range m.Headers {
		switch m.Headers[i].Key {
		case r.name, HeaderDue:
			if r.name != "" {
				all |= timed
			}
		case r.expiry:
			all |= expires
		}
	}
	return all
}

// due returns when a message is to be handled at the earliest, zero when it
// does not say. What a letter says holds for its retry address no longer than
// messages wait there.
func (r *dueRules) due(m *driver.Message, now time.Time) time.Time {
	if !r.told(m).have(timed) || r.ofOthers(m) {
		return time.Time{}
	}
	own, rest := lastTime(m.Headers, r.name), r.rest(m.Address)
	if rest == 0 {
		return own // a letter has nothing to say elsewhere
	}
	letter := lastTime(m.Headers, HeaderDue)
	if letter.Sub(now) > rest {
		letter = now.Add(rest)
	}
	if letter.After(own) {
		return letter
	}
	return own
}

// ofOthers reports whether another group has put a message to a retry address, that says
// when it is due there: the groups of a channel may share one.
func (r *dueRules) ofOthers(m *driver.Message) bool {
	at := func(a RetryAddress) bool { return a.Address == m.Address }
	if !slices.ContainsFunc(r.retries, at) {
		return false
	}
	i := lastHeader(m.Headers, HeaderGroup)
	return i >= 0 && string(m.Headers[i].Value) != r.group
}

// tooFar reports whether a message that would wait so long at the address is
// refused.
func (r *dueRules) tooFar(address string, wait time.Duration) bool {
	return r.most > 0 && wait > max(r.most, r.rest(address))
}

// longestTime is how many bytes the text of a time has at most.
const longestTime = 64

// lastTime returns the time that the last header of that name tells, zero when it
// tells none.
func lastTime(headers []Header, name string) time.Time {
	i := lastHeader(headers, name)
	if i < 0 || len(headers[i].Value) > longestTime {
		return time.Time{}
	}
	return moment(string(headers[i].Value))
}

// delay returns how long a message has to wait until it is due.
func (ls *lanes) delay(m *driver.Message) time.Duration {
	now := ls.now()
	if due := ls.dues.due(m, now); !due.IsZero() {
		return due.Sub(now)
	}
	return 0
}

// postpone parks a message in a lane of its own until it is due. What would
// wait too long is refused instead. When too many wait it goes to a retry
// address, and its partition is paused where there is none; a message that
// waits at a retry address goes on to the next after the delay of that one.
func (ls *lanes) postpone(j job, wait time.Duration) {
	m := j.message()
	rest := ls.dues.rest(m.Address)
	l := ls.newLoose()
	switch {
	case ls.dues.tooFar(m.Address, wait), rest == 0 && len(ls.dues.stations) > 0 && ls.crowded(j.size):
		j.move = &move{}
		l.jobs.Push(j)
		ls.inFlight++
		ls.bytes += int64(j.size)
		ls.makeReady(l)
		return
	}
	if ls.crowded(j.size) && ls.pauser != nil && !j.part.crowded {
		j.part.crowded = true
		ls.crowds = append(ls.crowds, j.part)
		ls.leaveOut(j.part)
	}
	l.delayed, l.state = true, laneParked
	l.rests = &resting{since: time.Now(), letter: min(rest, lastTime(m.Headers, HeaderDue).Sub(ls.now()))}
	l.jobs.Push(j)
	ls.delayed++
	ls.delayedBytes += int64(j.size)
	if !ls.watch(l) {
		ls.setTimer(l, 0)
	}
}

// resting is what a message that waits at a retry address goes by. How long it
// rests there is a time that passes, on whatever clock; when it is due is what the
// clock of the system shows, which may be set while it waits.
type resting struct {
	since  time.Time     // when it came
	letter time.Duration // how long its letter lets it wait from then on
}

// A message that waits for a time of day is looked after so often, in case the
// clock was set; and not more often than that, though the clock should stand.
const (
	lookAtClock  = time.Minute
	leastWaiting = 10 * time.Millisecond
)

// watch sets the timer of a message that has to wait, and reports whether it has.
func (ls *lanes) watch(l *lane) bool {
	left := ls.remains(l)
	if left <= 0 {
		return false
	}
	ls.setTimer(l, min(max(left, leastWaiting), lookAtClock))
	return true
}

// remains returns how long the message of a lane has to wait yet. One that is due
// after it has rested is moved on then.
func (ls *lanes) remains(l *lane) time.Duration {
	j := l.jobs.First()
	wait := lastTime(j.message().Headers, ls.dues.name).Sub(ls.now())
	rest := ls.dues.rest(j.message().Address)
	if j.move = nil; rest == 0 {
		return wait
	}
	rested := time.Since(l.rests.since)
	if wait > rest-rested {
		j.move = &move{}
		return rest - rested
	}
	return max(wait, l.rests.letter-rested)
}

// crowded reports whether as many messages wait for their time as may, when one
// of that size comes.
func (ls *lanes) crowded(size int32) bool {
	return ls.delayed >= ls.window || ls.maxBytes > 0 && ls.delayed > 0 && ls.delayedBytes+int64(size) > ls.maxBytes/2
}

// arrive counts a message that is due now among those in flight.
func (ls *lanes) arrive(l *lane) {
	l.delayed = false
	j := l.jobs.First()
	ls.noLonger(j.size)
	ls.inFlight++
	ls.bytes += int64(j.size)
}

// noLonger takes a message out of those that wait for their time, and lets
// partitions go on that were left out for too many.
func (ls *lanes) noLonger(size int32) {
	ls.delayed--
	ls.delayedBytes -= int64(size)
	if len(ls.crowds) == 0 || ls.delayed > ls.window/2 || ls.delayed > 0 && ls.maxBytes > 0 && ls.delayedBytes > ls.maxBytes/4 {
		return
	}
	list := ls.crowds
	ls.crowds = nil
	for _, p := range list {
		p.crowded = false
	}
	for _, p := range list {
		ls.goOn(p)
	}
}

// lookEveryStashed is after how many messages that come for a paused partition
// it is looked for others that have gone to another member.
const lookEveryStashed = 64

// again keeps a partition paused for which messages come: a pause ends with an
// assignment, and the partition may have come back. Then messages of before
// that wait for their time are not ours any more.
func (ls *lanes) again(p *part) {
	if !p.crowded || p.stash.Len()%lookEveryStashed != 1 {
		return
	}
	ls.pauser.Pause(p.address, p.partition, true)
	var gone []*lane
	for l := range ls.loose {
		if l.delayed && revoked(l.jobs.First().delivery) {
			gone = append(gone, l)
		}
	}
	for _, l := range gone {
		l.timer.Stop()
		ls.leave(l)
		ls.retire(l)
	}
}
