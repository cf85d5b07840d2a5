package runtime

import (
	"context"
	"math/rand/v2"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// numbered is a delivery of which only the message matters.
type numbered struct{ m driver.Message }

func (n *numbered) Message() *driver.Message   { return &n.m }
func (n *numbered) Ack(context.Context) error  { return nil }
func (n *numbered) Nack(context.Context) error { return nil }

// jobsOf returns deliveries of one key; their offsets count up in each
// partition.
func jobsOf(partitions ...int32) []driver.Delivery {
	next := map[int32]int64{}
	var out []driver.Delivery
	for _, p := range partitions {
		out = append(out, &numbered{driver.Message{Partition: p, Offset: next[p]}})
		next[p]++
	}
	return out
}

// put queues deliveries as far as there is room.
func put(ls *lanes, batch []driver.Delivery) int { return ls.put(batch, ls.lookAt(batch)) }

// logRules are those of a log whose window has room for so many.
func logRules(window int) laneRules { return laneRules{window: window, gaps: true, now: time.Now} }

// TestSharedLane: keys of several partitions may share a lane by chance. When
// work ends, the line of each partition holds for its own messages.
func TestSharedLane(t *testing.T) {
	ls := newLanes(t.Context(), logRules(100))
	shared := ls.newLane()
	deliveries := jobsOf(2, 1, 0, 2, 0)
	for _, d := range deliveries {
		ls.byID[ls.partOf(d.Message()).salt] = shared // those of messages without a key
	}
	deliveries[4].Message().Key = []byte("a lane of its own")
	put(ls, deliveries)
	var one, other hand
	ls.take(&one, 0, outcome{}, 1)
	ls.take(&other, 0, outcome{}, 1)
	if one.jobs.First().number != 0 || other.jobs.First().number != 4 {
		t.Fatalf("began with %d and %d", one.jobs.First().number, other.jobs.First().number)
	}
	ls.stop()
	ls.giveUp(&other, 1, outcome{})
	// Partition 0 has begun with 4: 2 is finished first. 1 and 3 are not begun.
	ls.take(&one, 1, outcome{}, 1)
	if one.jobs.First().number != 2 {
		t.Fatalf("went on with %d", one.jobs.First().number)
	}
	ls.giveUp(&one, 1, outcome{})
	<-ls.idle
	running, rest := ls.close()
	if running != 0 || len(rest) != 2 || rest[0].number != 1 || rest[1].number != 3 {
		t.Errorf("%d running, %v given back", running, rest)
	}
	if ls.take(&one, 0, outcome{}, 1) {
		t.Error("a worker got work after the end")
	}
}

// TestNothingIsForgotten lets workers take jobs, with failures, while work is
// brought to an end at a random moment in a random way: every job is finished
// or given back, in order, and only once.
func TestNothingIsForgotten(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 4))
		rules := logRules(10 + r.IntN(100))
		rules.gaps = r.IntN(2) == 0
		rules.perLane, rules.pauser = 1+r.IntN(20), unheeded{}
		rules.dues = dueRules{name: "due", most: time.Duration(r.IntN(2)) * time.Minute}
		if r.IntN(2) == 0 {
			rules.dues.stations = []RetryAddress{{"retry", time.Second}}
		}
		ls := newLanes(t.Context(), rules)
		count := map[driver.Delivery]int{}
		workers := workAt(ls, count)
		var all []driver.Delivery
		for range 200 {
			p := r.Int32N(3)
			all = append(all, &numbered{driver.Message{Partition: p, Key: []byte{byte(r.IntN(6))}, Headers: dueAt(r)}})
		}
		all = all[:feed(ls, all, r)]
		if r.IntN(3) == 0 && len(all) > 0 {
			ls.halt(uint64(r.IntN(len(all))))
		}
		if r.IntN(2) == 0 {
			ls.stop()
			<-ls.idle
		}
		_, rest := ls.close()
		workers.Wait()
		if !slices.IsSortedFunc(rest, func(a, b job) int { return int(a.number) - int(b.number) }) {
			t.Fatalf("seed %d: given back out of order", seed)
		}
		// What ran when close was called is settled later.
		for _, j := range ls.aside {
			count[j.delivery]++
		}
		for i, d := range all {
			if count[d] != 1 {
				t.Fatalf("seed %d: job %d of %d was finished or given back %d times", seed, i, len(all), count[d])
			}
		}
	}
}

// dueAt returns headers of a message that is due at once, soon or some day.
func dueAt(r *rand.Rand) []Header {
	wait := []time.Duration{0, 0, 0, 0, time.Duration(r.IntN(2000)) * time.Microsecond, time.Hour}[r.IntN(6)]
	if wait == 0 {
		return nil
	}
	return []Header{{Key: "due", Value: []byte(time.Now().Add(wait).UTC().Format(time.RFC3339Nano))}}
}

// unheeded is a receiver that does not pause.
type unheeded struct{ driver.Receiver }

func (unheeded) Pause(string, int32, bool) {}

// workAt starts workers that fail now and then, and count what they finish.
func workAt(ls *lanes, count map[driver.Delivery]int) *sync.WaitGroup {
	var mu sync.Mutex
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			var h hand
			done, o := 0, outcome{}
			for ls.take(&h, done, o, 1+rand.IntN(5)) {
				o = outcome{}
				for done = 0; done < h.jobs.Len() && ls.begin(&h, done); done++ {
					if rand.IntN(5) == 0 {
						o = outcome{verdict: failed, delay: time.Duration(rand.IntN(100)) * time.Microsecond}
						break
					}
					mu.Lock()
					count[h.jobs.At(done).delivery]++
					mu.Unlock()
				}
			}
		})
	}
	return &workers
}

// feed puts deliveries in batches as there is room, all or fewer, and returns
// how many.
func feed(ls *lanes, all []driver.Delivery, r *rand.Rand) int {
	for fed := 0; ; {
		n := put(ls, all[fed:fed+min(len(all)-fed, 1+r.IntN(20))])
		if fed += n; fed == len(all) || r.IntN(12) == 0 {
			return fed
		}
		if n == 0 {
			<-ls.room
		}
	}
}

func TestIDs(t *testing.T) {
	at := time.Date(2022, 2, 22, 19, 22, 22, 500, time.UTC) // that of RFC 9562, appendix A.6
	var made ids
	next := func() string { return string(made.append(nil, at)) }
	form := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	var ids []string
	for range 5000 { // more than there are fractions of a millisecond
		ids = append(ids, next())
	}
	if !form.MatchString(ids[0]) || ids[0][:18] != "017f22e2-79b0-7002" {
		t.Errorf("%s is no version 7 UUID of %v", ids[0], at)
	}
	for i := range ids[1:] {
		if ids[i] >= ids[i+1] {
			t.Fatalf("%s is not before %s", ids[i], ids[i+1])
		}
	}
	at = at.Add(time.Hour)
	if id := next(); id <= ids[len(ids)-1] {
		t.Errorf("%s, an hour later, is not after %s", id, ids[len(ids)-1])
	}
	at = at.Add(-2 * time.Hour) // the clock is set back
	if a, b := next(), next(); a >= b {
		t.Errorf("%s is not before %s", a, b)
	}
}

func TestRetryWait(t *testing.T) {
	const ms = time.Millisecond
	cases := []struct {
		retry    Retry
		failures int
		most     time.Duration
	}{
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5}, 1, 100 * ms},
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5}, 5, 1600 * ms},
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5}, 9, 25_600 * ms},
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5}, 10, 30_000 * ms},
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5}, 1 << 30, 30_000 * ms},
		{Retry{Min: 5 * ms, Max: 5 * ms, Jitter: 0.5}, 3, 5 * ms},
		{Retry{Min: 50 * ms, Max: 5 * ms, Jitter: 0.5}, 1, 5 * ms},
		{Retry{Min: 1, Max: 1<<63 - 1, Jitter: 0.5}, 63, 1 << 62},
		{Retry{Min: 1, Max: 1<<63 - 1, Jitter: 0.5}, 64, 1<<63 - 1},
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5, Factor: 3}, 4, 2700 * ms},
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5, Factor: 1}, 40, 100 * ms},
		{Retry{Min: 100 * ms, Max: 30_000 * ms, Jitter: 0.5, Factor: 1.5}, 3, 225 * ms},
	}
	for _, c := range cases {
		seen := map[time.Duration]bool{}
		for range 50 {
			d := c.retry.wait(c.failures)
			if d < c.most/2 || d > c.most {
				t.Errorf("after %d failures with %+v the wait is %v, want %v to %v", c.failures, c.retry, d, c.most/2, c.most)
			}
			seen[d] = true
		}
		if len(seen) < 2 {
			t.Errorf("after %d failures the wait is always the same", c.failures)
		}
	}
}

func TestDefaults(t *testing.T) {
	d := (*Options)(nil).withDefaults()
	if d.Source == "" || d.Group != "" || d.Logger == nil || d.Now == nil ||
		d.DrainTimeout != 20*time.Second || d.OnUndecodable != nil {
		t.Errorf("defaults are %+v", d)
	}
	set := Options{Source: "/s", Group: "g", DrainTimeout: 1}
	if d = set.withDefaults(); d.Source != "/s" || d.Group != "g" || d.DrainTimeout != 1 {
		t.Errorf("options became %+v", d)
	}
	if d = (&Options{DrainTimeout: -1, Source: "/s"}).withDefaults(); d.DrainTimeout != 20*time.Second || d.Group != "" {
		t.Errorf("options became %+v", d)
	}
}

// TestRoomIsToldInTime: with work for others who found no room are told when a
// quarter of the window is free, and without at once, however little it is.
func TestRoomIsToldInTime(t *testing.T) {
	told := func(ls *lanes) bool {
		select {
		case <-ls.room:
			return true
		default:
			return false
		}
	}
	ls := newLanes(t.Context(), logRules(8))
	put(ls, keyed("a", "b", "c", "d", "e", "f", "g", "h"))
	var h hand
	ls.take(&h, 0, outcome{}, 1)
	if !ls.isFull() {
		t.Fatal("there is room")
	}
	for done := range 2 {
		if told(ls) {
			t.Fatalf("%d are done and room is told", done)
		}
		ls.take(&h, 1, outcome{}, 1)
	}
	if !told(ls) {
		t.Error("a quarter is free, and nobody is told")
	}
	put(ls, keyed("a", "b"))
	last := h
	for ls.ready.Len() > 0 {
		var other hand
		ls.take(&other, 0, outcome{}, 1)
		ls.giveUp(&other, 0, outcome{verdict: failed, delay: time.Hour})
	}
	if !ls.isFull() || told(ls) {
		t.Fatal("nothing is done and room is told")
	}
	ls.giveUp(&last, 1, outcome{})
	if !told(ls) {
		t.Error("there is no work, and nobody is told of room for one message")
	}
	ls.close()
}

// TestEachInItsPartition puts messages of two addresses, as partitions take turns, in as many
// goes as there is room for: each counts in the partition that it is of.
func TestEachInItsPartition(t *testing.T) {
	ls := newLanes(t.Context(), logRules(3))
	var batch []driver.Delivery
	for i, at := range []place{{"a", 0}, {"a", 0}, {"b", 0}, {"b", 0}, {"b", 1}, {"a", 0}, {"a", 0}, {"a", 1}, {"a", 1}} {
		batch = append(batch, &numbered{driver.Message{Address: at.address, Partition: at.partition, Offset: int64(i)}})
	}
	looks := ls.lookAt(batch)
	for i := 0; i < len(batch); {
		n := ls.put(batch[i:], looks[i:])
		i += n
		for n > 0 {
			var h hand
			ls.take(&h, 0, outcome{}, 100)
			for i := range h.jobs.Len() {
				j := h.jobs.At(i)
				if m := j.message(); j.part.place != (place{m.Address, m.Partition}) {
					t.Errorf("%v/%d counts in %v", m.Address, m.Partition, j.part.place)
				}
			}
			n -= h.jobs.Len()
			ls.giveUp(&h, h.jobs.Len(), outcome{})
		}
	}
	for _, p := range ls.parts {
		if p.jobs != 0 {
			t.Errorf("%d are left in %v", p.jobs, p.place)
		}
	}
}
