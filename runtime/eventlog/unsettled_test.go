package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// unlisted returns a partition that is not as its mark tells and that the file does not name, "" when there is none, and
// how many the file names of how many.
func unlisted(dir string, topics ...string) (fault string, named, of int) {
	says := unsettledIn(dir)
	var marks markReader
	defer marks.close()
	for _, topic := range topics {
		path := filepath.Join(dir, topicsDir, topic)
		n, err := countPartitions(path)
		if err != nil {
			continue // it is not there yet
		}
		of += n
		for i := range n {
			if says.has(slotOf(topic, i)) {
				named++
			} else if _, whole := lookBehind(&marks, path, int32(i)); !whole && says == unsettledIn(dir) {
				fault = fmt.Sprint(spot{topic, int32(i)})
			}
		}
	}
	return fault, named, of
}

// TestUnsettledIsTold: before each write, and with each that fails, the file of what is unsettled names every partition
// that is not as its mark tells, whatever is done to the log, so that a kill at any of them is no harm.
func TestUnsettledIsTold(t *testing.T) {
	if boot() == "" {
		t.Skip("it is not known when the system was started")
	}
	checked, named, of := 0, 0, 0
	for seed := range uint64(rounds(3, 100)) {
		r := rand.New(rand.NewPCG(seed, 61))
		w := &watched{t: t, dir: t.TempDir(), faults: rand.New(rand.NewPCG(seed, 62)), o: &Options{Partitions: []int{1, 3, many}[r.IntN(3)], SegmentBytes: 64 << 10}}
		for range 4 {
			w.live(r)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
		checked, named, of = checked+w.checked, named+w.named, of+w.of
	}
	if checked < 1000 || 4*named > 3*of {
		t.Errorf("in %d looks at %d partitions %d were named", checked, of, named)
	}
}

// watched is a log whose files are looked at before each write.
type watched struct {
	t      *testing.T
	dir    string
	o      *Options
	faults *rand.Rand
	faulty atomic.Int32 // one in so many writes fails; 0 is none

	busy               atomic.Bool
	checked, named, of int
}

// look is done before each write.
func (w *watched) look(_ string, bytes int) (int, error) {
	if !w.busy.CompareAndSwap(false, true) {
		return 0, nil // another looks
	}
	defer w.busy.Store(false)
	fault, named, of := unlisted(w.dir, "t", "u")
	if fault != "" {
		w.t.Errorf("%s is not as its mark tells, and not named", fault)
	}
	w.checked, w.named, w.of = w.checked+1, w.named+named, w.of+of
	if n := int(w.faulty.Load()); n > 0 && w.faults.IntN(n) == 0 {
		return w.faults.IntN(bytes + 1), errBroken
	}
	return 0, nil
}

// live is the life of one process.
func (w *watched) live(r *rand.Rand) {
	l := start(w.t, w.dir, w.o)
	wreck(l, w.look)
	if r.IntN(3) > 0 { // all is looked at before anything else is done
		if err := l.becomeWriter(); err != nil {
			w.t.Fatal(err)
		}
		for i := 0; i < 50 && l.unsettled.unsure() != (slots{}); i++ { // what has failed before may be in the way
			time.Sleep(time.Millisecond)
		}
	}
	for range 30 {
		if w.faulty.Store(0); r.IntN(4) == 0 {
			w.faulty.Store(int32(4 + r.IntN(12)))
		}
		w.step(l, r)
	}
	w.faulty.Store(0)
	if r.IntN(4) == 0 {
		w.faulty.Store(3)
	}
	_ = l.Close(context.Background()) // what could not be stored is told of
	w.faulty.Store(0)
	if fault, _, _ := unlisted(w.dir, "t", "u"); fault != "" {
		w.t.Errorf("%s was not left as its mark tells, and is not named", fault)
	}
}

// step does something to the log. What has failed is tried again by others.
func (w *watched) step(l *Log, r *rand.Rand) {
	ctx, topic, partition := context.Background(), []string{"t", "u"}[r.IntN(2)], r.IntN(w.o.Partitions)
	message := func(n int) *driver.Message {
		return &driver.Message{Address: topic, Key: fmt.Append(nil, r.IntN(5)), Value: []byte(long("", r.IntN(n)))}
	}
	switch r.IntN(12) {
	case 0:
		_, end, err := l.Bounds(topic, partition)
		if err == nil && end > 0 {
			_ = l.Truncate(topic, partition, r.Int64N(end))
		}
	case 1:
		_, _ = l.DropBefore(topic, partition, 1<<40)
	case 2:
		_, _ = l.Compact(ctx, topic, nil)
	case 3, 4:
		w.unit(l, message(5000), message(5000))
	case 5, 6:
		batch := touching(w.o.Partitions)
		for _, m := range batch {
			m.Address = topic
		}
		_ = l.Publish(ctx, batch...)
	default:
		_ = l.Publish(ctx, message(30_000), message(5000))
	}
}

// unit stores messages as one.
func (w *watched) unit(l *Log, messages ...*driver.Message) {
	ctx := context.Background()
	r, err := l.Transport().Subscribe(ctx, driver.Subscription{Addresses: []string{"t"}, Group: "g", Start: driver.StartLatest, Transactional: true})
	if err != nil {
		return
	}
	_ = errors.Join(r.(driver.Committer).Commit(ctx, nil, messages...), r.Close(ctx))
}

// TestUnsettledAfterKills: wherever a writer is killed, each partition that is not named is as its mark tells, and what was
// acknowledged is found without looking into those.
func TestUnsettledAfterKills(t *testing.T) {
	if boot() == "" {
		t.Skip("it is not known when the system was started")
	}
	dir, acked := t.TempDir(), map[string]int{}
	r := rand.New(rand.NewPCG(71, 72))
	few := 0
	for round := range rounds(12, 120) {
		for _, line := range killed(t, fmt.Sprint("writers ", dir, " ", r.Uint64()), 150_000_000) {
			var key string
			var n int
			if _, err := fmt.Sscan(line, &key, &n); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			acked[key] = max(acked[key], n+1)
		}
		fault, named, of := unlisted(dir, "t", "u")
		if fault != "" {
			t.Fatalf("round %d: %s is not as its mark tells, and not named", round, fault)
		}
		if named < of {
			few++
		}
		l := start(t, dir, nil)
		checkHistory(t, fmt.Sprint("round ", round), recoveredHistory(t, l, killedMany), acked)
		stop(t, l)
	}
	if few == 0 {
		t.Error("nothing is ever known of what a writer has left that was killed")
	}
}

// TestFirstGroupAfterAKill: it is joined without looking into partitions that the killed writer has left as their marks
// tell, and without putting into the segments again what the journal has.
func TestFirstGroupAfterAKill(t *testing.T) {
	const n = 40
	dir := t.TempDir()
	settledLog(t, dir, n)
	for range 2 { // the second is not known to be settled by what the first has said when it ended
		killed(t, fmt.Sprint("leaver ", dir, " ", n), 0)
	}
	l := start(t, dir, nil)
	var opened []string
	l.open = func(path string, flag int) (file, error) {
		if strings.HasSuffix(path, logSuffix) {
			opened = append(opened, path)
		}
		return openFile(path, flag)
	}
	r := join(t, l, "late", driver.StartLatest, "t")
	if len(opened) > 0 {
		t.Errorf("%d segments were opened", len(opened))
	}
	other := start(t, dir, nil)
	if err := other.Publish(t.Context(), touching(n)...); err != nil {
		t.Fatal(err)
	}
	take(t, r, n)
	l.open = openFile
	take(t, join(t, l, "early", driver.StartEarliest, "t"), 4*n+1)
}
