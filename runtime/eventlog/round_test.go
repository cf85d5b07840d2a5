package eventlog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// keyFor returns a key whose messages lie in a partition of two.
func keyFor(partition int) []byte {
	for i := 0; ; i++ {
		if key := fmt.Append(nil, i); share.Partition(key, 2) == partition {
			return key
		}
	}
}

// TestFailureOfAnotherPartition: of a round that several publishers share, the
// one whose partition could not be written is told so, and the others are not:
// they would publish again what is stored.
func TestFailureOfAnotherPartition(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	var full atomic.Bool
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil || !strings.Contains(path, filepath.Join("t", "1")) {
			return f, err
		}
		return faulty{f, func(op string, _ int) (int, error) {
			if full.Load() && op == "write" {
				return 0, fmt.Errorf("pretending: %w", errQuota)
			}
			return 0, nil
		}}, nil
	}
	to := func(partition int) error {
		return l.Publish(t.Context(), &driver.Message{Address: "t", Key: keyFor(partition), Value: []byte("v")})
	}
	if err := errors.Join(to(0), to(1)); err != nil {
		t.Fatal(err)
	}
	full.Store(true)
	inRound := make(chan struct{})
	go l.writer.do(func() error { <-inRound; return nil }) // the next round waits for this
	calls := func() uint64 {
		l.writer.mu.Lock()
		defer l.writer.mu.Unlock()
		return l.writer.calls
	}
	before := calls()
	fine, failing := make(chan error, 1), make(chan error, 1)
	go func() { fine <- to(0) }()
	go func() { failing <- to(1) }()
	for calls() < before+2 {
		goruntime.Gosched()
	}
	close(inRound)
	if err := <-fine; err != nil {
		t.Errorf("what is stored was refused: %v", err)
	}
	if err := <-failing; !errors.Is(err, ErrFull) {
		t.Errorf("a full disk is %v", err)
	}
	full.Store(false)
}

// TestFailuresInARound: messages for many partitions are published together on a
// disk whose writes and syncs fail at random, of journal and segments. What was
// acknowledged is there, in order and once, also after a crash; what failed may be
// there in part.
func TestFailuresInARound(t *testing.T) {
	for seed := range uint64(rounds(10, 300)) {
		r := rand.New(rand.NewPCG(seed, 13))
		n := []int{5, 3 * partsForOne}[seed%2] // those are written while the journal is synced
		o := &Options{Partitions: n, SegmentBytes: 64 << 10}
		l := start(t, t.TempDir(), o)
		bad := atomic.Bool{}
		only := []string{"", journalFile, logSuffix}[r.IntN(3)]
		l.open = func(path string, flag int) (file, error) {
			f, err := openFile(path, flag)
			if err != nil || !strings.HasSuffix(path, only) {
				return f, err
			}
			return faulty{f, func(op string, n int) (int, error) {
				if bad.Load() && rand.IntN(25) == 0 && (op == "sync" || op == "write") {
					return rand.IntN(n + 1), errors.New("pretending that the disk is broken")
				}
				return 0, nil
			}}, nil
		}
		acked := publishRounds(t, l, r, n, &bad)
		bad.Store(false)
		crashed := copyDir(t, l.dir)
		_ = l.Close(t.Context())
		for _, dir := range []string{l.dir, crashed} {
			again := start(t, dir, o)
			if _, err := again.topicsOf([]string{"t"}); err != nil {
				t.Fatal(err)
			}
			checkRounds(t, fmt.Sprint("seed ", seed), again, n, acked)
			if err := again.Publish(t.Context(), touching(n)...); err != nil {
				t.Errorf("seed %d: publishing again: %v", seed, err)
			}
			stop(t, again)
		}
	}
}

// publishRounds publishes batches for all partitions, and returns the numbers of
// those that were acknowledged.
func publishRounds(t *testing.T, l *Log, r *rand.Rand, partitions int, bad *atomic.Bool) map[int]bool {
	acked := map[int]bool{}
	for n := range 60 {
		bad.Store(n > 2)
		var batch []*driver.Message
		for _, m := range touching(partitions)[:1+r.IntN(partitions)] {
			m.Value = []byte(long(fmt.Sprint(n, " "), r.IntN(6000)))
			batch = append(batch, m)
		}
		if err := l.Publish(t.Context(), batch...); err == nil {
			for _, m := range batch {
				acked[n*partitions+share.Partition(m.Key, partitions)] = true
			}
		}
	}
	return acked
}

// checkRounds checks that what was acknowledged is there, once and in order.
func checkRounds(t *testing.T, when string, l *Log, partitions int, acked map[int]bool) {
	t.Helper()
	seen := map[int]bool{}
	for p := range partitions {
		got, err := all(l, p, 0)
		if err != nil {
			t.Fatalf("%s: %v", when, err)
		}
		last := -1
		for _, m := range got {
			var n int
			if _, err := fmt.Sscan(string(m.Value), &n); err != nil || n <= last {
				t.Fatalf("%s: partition %d: %d comes after %d, %v", when, p, n, last, err)
			}
			last = n
			seen[n*partitions+p] = true
		}
	}
	for id := range acked {
		if !seen[id] {
			t.Fatalf("%s: message %d of partition %d was acknowledged and is gone", when, id/partitions, id%partitions)
		}
	}
}

// TestRefusedInARound: what a segment did not take is known not to be stored, also
// after a crash, although the round has a journal.
func TestRefusedInARound(t *testing.T) {
	for _, n := range []int{2, 3, 8, 2 * partsForOne, 40} {
		l := start(t, t.TempDir(), &Options{Partitions: n})
		bad := atomic.Bool{}
		l.open = func(path string, flag int) (file, error) {
			f, err := openFile(path, flag)
			if err != nil || !strings.Contains(path, filepath.Join("t", "1", "0")) {
				return f, err
			}
			return faulty{f, func(op string, _ int) (int, error) {
				if bad.Load() && op == "write" {
					return 0, fmt.Errorf("pretending: %w", errQuota)
				}
				return 0, nil
			}}, nil
		}
		for _, full := range []bool{false, true, false, true} {
			bad.Store(full)
			if err := l.Publish(t.Context(), touching(n)...); errors.Is(err, ErrFull) != full || errors.Is(err, driver.ErrUnknownOutcome) {
				t.Errorf("%d partitions, full %v: %v", n, full, err)
			}
		}
		for _, log := range []*Log{l, start(t, copyDir(t, l.dir), &Options{Partitions: n})} {
			if _, err := log.topicsOf([]string{"t"}); err != nil {
				t.Fatal(err)
			}
			for p := range n {
				want := 4
				if p == 1 {
					want = 2
				}
				if got, err := all(log, p, 0); err != nil || len(got) != want {
					t.Errorf("%d partitions: partition %d has %d messages, %v; want %d", n, p, len(got), err, want)
				}
			}
		}
	}
}
