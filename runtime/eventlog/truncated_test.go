package eventlog

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestTruncationsAmongLostSyncs truncates partitions while syncs fail at random, processes
// are killed and the power is cut: what was acknowledged and not truncated is there, and
// nothing of what was truncated.
func TestTruncationsAmongLostSyncs(t *testing.T) {
	for seed := range uint64(rounds(12, 400)) {
		truncations(t, seed)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func truncations(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 53))
	disk := newPlatter()
	disk.reverts = r.IntN(2) == 0
	n := []int{4, many}[r.IntN(2)]
	l := &lossy{t: t, disk: disk, dir: filepath.Join(t.TempDir(), "log"), o: &Options{Partitions: n, SegmentBytes: 64 << 10}, acked: map[int]string{}}
	l.where = map[int]int{}
	log := l.open()
	l.fine(l.toAll(log))
	gone := map[string]bool{}
	only := []string{"", journalFile, logSuffix, marksFile}[r.IntN(4)]
	faults := rand.New(rand.NewPCG(seed, 54))
	for range 80 {
		disk.failing(func(path string) bool { return strings.HasSuffix(path, only) && faults.IntN(6) == 0 })
		switch r.IntN(9) {
		case 0:
			_ = forget(log)
		case 1:
			disk.failing(nil)
			l.kill()
			log = l.open()
			l.fine(l.to(log, 0))
		case 2, 3:
			_ = l.toAll(log)
		case 4, 5:
			l.truncate(log, r, gone)
		default:
			_ = l.to(log, r.IntN(n))
		}
	}
	disk.failing(nil)
	l.fine(l.toAll(log), l.to(log, 3))
	again := l.cut()
	for p := range l.o.Partitions {
		list, err := all(again, p, 0)
		if err != nil {
			t.Error(err)
		}
		for _, m := range list {
			if gone[string(m.Value)] {
				t.Errorf("partition %d has %.10s, which was truncated", p, m.Value)
			}
		}
	}
	stop(t, again)
	l.close()
}

// truncate truncates a partition somewhere. When that fails, what was to go may be there.
// What goes may be more than is seen: a mark that was not synced tells of less.
func (l *lossy) truncate(log *Log, r *rand.Rand, gone map[string]bool) {
	p := r.IntN(l.o.Partitions)
	list, err := all(log, p, 0)
	if err != nil || len(list) == 0 {
		return
	}
	from := r.IntN(len(list))
	failed := log.Truncate("t", p, list[from].Offset)
	for _, m := range list[from:] {
		gone[string(m.Value)] = failed == nil
	}
	first, _ := strconv.Atoi(strings.Fields(string(list[from].Value))[0])
	for n, value := range l.acked {
		if l.where[n] == p && n >= first {
			delete(l.acked, n)
			gone[value] = failed == nil
		}
	}
}

// TestFailedTruncationHidesNothing: what lies before a truncation that could not be made
// durable is read, though the mark may be an old one by then.
func TestFailedTruncationHidesNothing(t *testing.T) {
	eachLossy(t, &Options{Partitions: 1}, func(l *lossy) {
		log := l.open()
		l.fine(l.to(log, 0), l.to(log, 0), log.Truncate("t", 0, 1))
		for range 5 {
			l.fine(l.to(log, 0))
		}
		l.fails(marksFile, func() error { return log.Truncate("t", 0, 4) })
		if list, err := all(log, 0, 0); err != nil || len(list) != 4 {
			l.t.Errorf("%d messages of 4, %v", len(list), err)
		}
		l.fine(l.to(log, 0))
		if list, err := all(log, 0, 0); err != nil || len(list) != 5 {
			l.t.Errorf("%d messages of 5, %v", len(list), err)
		}
	})
}

// TestBoundsWhileTruncating: a group that is joined meanwhile finds a partition's end before or
// after, never an empty partition, at whose start it would begin again.
func TestBoundsWhileTruncating(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 1, Sync: None})
	put(t, l, numbered("v", 0, 6)...)
	p := l.topics["t"].partitions[0]
	least := int64(6)
	done, looks := make(chan struct{}), sync.WaitGroup{}
	looks.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
				_, end := p.bounds()
				least = min(end, least)
			}
		}
	})
	for range rounds(300, 3000) {
		if err := l.Truncate("t", 0, 5); err != nil {
			t.Fatal(err)
		}
		put(t, l, "again")
	}
	close(done)
	if looks.Wait(); least < 5 {
		t.Errorf("the end was at %d", least)
	}
}

// TestJoiningWhileTruncating: a group that is joined while a partition is truncated is given what comes then.
func TestJoiningWhileTruncating(t *testing.T) {
	l := start(t, t.TempDir(), one())
	joined := make(chan driver.Receiver, 1)
	var truncating atomic.Bool
	wreck(l, func(op string, _ int) (int, error) {
		if op != "truncate" || !truncating.CompareAndSwap(true, false) {
			return 0, nil
		}
		go func() {
			r, err := l.Transport().Subscribe(context.Background(), driver.Subscription{Addresses: []string{"t"}, Group: "g", Start: driver.StartLatest})
			if err != nil {
				t.Error(err)
			}
			joined <- r
		}()
		select {
		case r := <-joined:
			joined <- r
		case <-time.After(100 * time.Millisecond): // it waits
		}
		return 0, nil
	})
	put(t, l, numbered("v", 0, 10)...)
	truncating.Store(true)
	if err := l.Truncate("t", 0, 5); err != nil {
		t.Fatal(err)
	}
	r := <-joined
	put(t, l, "then")
	if m := take(t, r, 1)[0].Message(); string(m.Value) != "then" || m.Offset != 5 {
		t.Errorf("%s at %d", m.Value, m.Offset)
	}
}

// TestGroupOfAnotherProcessThatJoinsATruncation: a group that another process joins at the end, once the groups
// were sent back and before the partition is truncated, goes back with it: it is given what gets the
// offsets that were taken away, with what it holds and what it has acknowledged meanwhile.
func TestGroupOfAnotherProcessThatJoinsATruncation(t *testing.T) {
	for i := range 4 {
		holds, late := i%2 == 0, i < 2 // late: it sees no more than what was published behind the truncation
		dir := t.TempDir()
		poll := map[bool]time.Duration{false: time.Millisecond, true: 300 * time.Millisecond}[late]
		l, other := start(t, dir, one()), start(t, dir, &Options{Partitions: 1, Poll: poll})
		put(t, l, numbered("old", 0, 10)...)
		var r driver.Receiver
		var held []driver.Delivery
		truncateWhile(t, l, func() {
			if !holds {
				r = join(t, other, "g", driver.StartLatest, "t")
				return
			}
			r = join(t, other, "g", driver.StartEarliest, "t")
			held = take(t, r, 10)
			for _, d := range held[1:] {
				if err := d.Ack(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		})
		if r == nil {
			t.Fatal("nobody has joined")
		}
		put(t, l, "new-5", "new-6", "new-7")
		want := []string{"new-5", "new-6", "new-7"}
		if holds { // the first was not acknowledged: from there on all is handed out again
			want = append(numbered("old", 0, 5), want...)
		}
		for i, d := range take(t, r, len(want)) {
			if got := string(d.Message().Value); got != want[i] {
				t.Errorf("message %d is %q, want %q", i, got, want[i])
			}
			if err := d.Ack(t.Context()); err != nil {
				t.Error(err)
			}
		}
		if holds && !errors.Is(held[0].Ack(t.Context()), driver.ErrStale) {
			t.Error("what was handed out before the truncation counts")
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if at, err := other.Positions("g"); err != nil || at[0].Offset != 8 {
			t.Errorf("the group is at %v, %v", at, err)
		}
	}
}

// truncateWhile truncates a partition at offset 5, and does something when the groups were
// sent back and its mark is about to be written.
func truncateWhile(t *testing.T, l *Log, do func()) {
	t.Helper()
	marks := &l.topics["t"].marks
	marks.mu.Lock()
	var once sync.Once
	marks.file = faulty{marks.file, func(op string, _ int) (int, error) {
		if op == "write" {
			once.Do(do)
		}
		return 0, nil
	}}
	marks.mu.Unlock()
	if err := l.Truncate("t", 0, 5); err != nil {
		t.Fatal(err)
	}
}

// TestLostMarkIsNoTruncation: a group of another process stays where it is when the mark of a partition that was once
// truncated is lost.
func TestLostMarkIsNoTruncation(t *testing.T) {
	dir := t.TempDir()
	l, other := start(t, dir, one()), start(t, dir, &Options{Partitions: 1, Poll: time.Millisecond})
	put(t, l, numbered("v", 0, 10)...)
	if err := l.Truncate("t", 0, 5); err != nil {
		t.Fatal(err)
	}
	r := join(t, other, "g", driver.StartEarliest, "t")
	for _, d := range take(t, r, 5) {
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(marksOf(dir)); err != nil {
		t.Fatal(err)
	}
	put(t, l, "then")
	if m := take(t, r, 1)[0].Message(); string(m.Value) != "then" || m.Offset != 5 {
		t.Errorf("%s at %d", m.Value, m.Offset)
	}
}

// TestHeirOfWhatWasTruncated: who waits for a partition has it once what was handed out of it is no more.
func TestHeirOfWhatWasTruncated(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	if err := l.Publish(t.Context(), touching(2)...); err != nil {
		t.Fatal(err)
	}
	take(t, member(t, l, "g"), 2)
	member(t, l, "g")
	l.sharing.Lock()
	defer l.sharing.Unlock()
	for i := range l.groups["g"].cursors[l.topics["t"]] {
		c := &l.groups["g"].cursors[l.topics["t"]][i]
		if heir := c.heir; heir != nil {
			if c.begin(c.owner); c.owner != heir || c.heir != nil {
				t.Error("the owner keeps it")
			}
			return
		}
	}
	t.Fatal("nobody waits")
}

// TestGroupThatJoinsATruncationAndIsKilled: a group that another process joins once the groups were sent back,
// and that is killed before it hears of the truncation, goes back when it is joined again, however far
// the partition has come by then, and whoever has truncated it once more. Where it was sent on purpose it stays.
func TestGroupThatJoinsATruncationAndIsKilled(t *testing.T) {
	for name, c := range map[string]struct {
		then func(l *Log) error
		want string
	}{
		"joined again":         {func(*Log) error { return nil }, "new-5"},
		"truncated once more":  {func(l *Log) error { return l.Truncate("t", 0, 15) }, "new-5"},
		"truncated behind it":  {func(l *Log) error { return l.Truncate("t", 0, 4) }, "last"},
		"sent somewhere":       {func(l *Log) error { return l.SetPositions("g", Position{"t", 0, 8}) }, "new-8"},
		"in a backup restored": {nil, "new-5"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			l := start(t, dir, one())
			other, err := Open(dir, &Options{Partitions: 1, Poll: time.Hour})
			if err != nil {
				t.Fatal(err)
			}
			put(t, l, numbered("old", 0, 10)...)
			whileTruncating(l, func() { join(t, other, "g", driver.StartLatest, "t") })
			if err := l.Truncate("t", 0, 5); err != nil {
				t.Fatal(err)
			}
			put(t, l, numbered("new", 5, 12)...)
			kill(t, other)
			if c.then == nil {
				to := filepath.Join(t.TempDir(), "backup")
				if _, err := l.Backup(t.Context(), to); err != nil {
					t.Fatal(err)
				}
				l = start(t, to, one())
			} else if err := c.then(l); err != nil {
				t.Fatal(err)
			}
			put(t, l, "last")
			if got := string(take(t, join(t, l, "g", driver.StartLatest, "t"), 1)[0].Message().Value); got != c.want {
				t.Errorf("the group goes on with %q, want %q", got, c.want)
			}
		})
	}
}

// whileTruncating does something once the groups were sent back for the next truncation of topic "t".
func whileTruncating(l *Log, do func()) {
	var once sync.Once
	m := &l.topics["t"].marks
	m.mu.Lock()
	defer m.mu.Unlock()
	m.file = faulty{m.file, func(op string, _ int) (int, error) {
		if op == "write" {
			once.Do(do)
		}
		return 0, nil
	}}
}

// kill lets go of the groups of a log, which does nothing more.
func kill(t *testing.T, l *Log) {
	t.Helper()
	for _, g := range l.groups {
		g.positions.disk.Lock() // so that nothing is written
		if err := g.positions.lock.file.Close(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(g.positions.disk.Unlock)
	}
}

// TestTruncationThatIsRefused moves no group, whatever the reason.
func TestTruncationThatIsRefused(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, numbered("v", 0, 10)...)
	at := Position{"t", 0, 9}
	for _, g := range []string{"a", "c"} {
		if err := l.SetPositions(g, at); err != nil {
			t.Fatal(err)
		}
	}
	r := join(t, l, "b", driver.StartLatest, "t")
	refused := func(what error) {
		t.Helper()
		if err := l.Truncate("t", 0, 5); !errors.Is(err, what) {
			t.Errorf("%v, want %v", err, what)
		}
		for _, g := range []string{"a", "c"} {
			if ps, err := l.Positions(g); err != nil || len(ps) != 1 || ps[0] != at {
				t.Errorf("group %s is at %v, %v", g, ps, err)
			}
		}
	}
	refused(ErrLocked)
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	path := segmentsOf(t, l.dir, 0)[0]
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("damage"), headerSize+frameSize); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	refused(ErrCorrupt)
}

// TestTruncateWithoutSegments: of a partition that has lost its segments, nothing is there to truncate.
func TestTruncateWithoutSegments(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "a", "b")
	stop(t, l)
	for _, path := range segmentsOf(t, l.dir, 0) {
		if err := removeSegment(path); err != nil {
			t.Fatal(err)
		}
	}
	l = start(t, l.dir, nil)
	if err := l.Truncate("t", 0, 1); err != nil {
		t.Error(err)
	}
	put(t, l, "c")
	if start, end, err := l.Bounds("t", 0); err != nil || start != 2 || end != 3 {
		t.Errorf("%d to %d, %v", start, end, err)
	}
}
