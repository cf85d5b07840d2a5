package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// lossy is a log on a disk that gives up on what it could not sync.
type lossy struct {
	t     *testing.T
	disk  *platter
	dir   string
	o     *Options
	acked map[int]string // by number
	where map[int]int    // in which partition; nil where nobody asks
	n     int
	log   *Log // that was opened last
	old   []*Log
}

// eachLossy runs a test on disks that show what they have given up on, and on
// those that do not.
func eachLossy(t *testing.T, o *Options, do func(*lossy)) {
	for _, reverts := range []bool{false, true} {
		t.Run(fmt.Sprint("gone for readers ", reverts), func(t *testing.T) {
			disk := newPlatter()
			disk.reverts = reverts
			do(&lossy{t: t, disk: disk, dir: t.TempDir(), o: o, acked: map[int]string{}})
		})
	}
}

// open opens the log as the next process does. What a process before had open it
// still has, as one that was killed: nothing of it is written any more.
func (l *lossy) open() *Log {
	l.t.Helper()
	log, err := Open(l.dir, l.o)
	if err != nil {
		l.t.Fatal(err)
	}
	log.open, log.pause = l.disk.open, 0
	l.log, l.old = log, append(l.old, log)
	return log
}

// close gives up the files of those that were killed, which is all they still do:
// somebody else has the lock, and the power is off.
func (l *lossy) close() {
	for _, log := range l.old {
		_ = log.Close(context.Background())
	}
}

// kill lets go of the locks of the log, and of nothing else; what it does by itself ends.
func (l *lossy) kill() {
	w := l.log.writer
	_ = w.do(func() error { w.lost = true; return nil }) // it stores and cuts off nothing more
	l.log.backlog.Load().giveUp()
	_ = w.lock.file.Close()
	for _, g := range l.log.groups {
		_ = g.positions.lock.file.Close()
	}
}

// to publishes a message to a partition of topic "t", and notes whether that was
// acknowledged.
func (l *lossy) to(log *Log, partition int) error {
	key := 0
	for share.Partition(fmt.Append(nil, key), l.o.Partitions) != partition {
		key++
	}
	l.n++
	value := long(fmt.Sprint(l.n, " "), 5000)
	err := log.Publish(context.Background(), &driver.Message{Address: "t", Key: fmt.Append(nil, key), Value: []byte(value)})
	if err == nil {
		l.acknowledged(l.n, value, partition)
	}
	return err
}

// stay publishes to a partition until its segment is synced for each message.
func (l *lossy) stay(log *Log, partition int) (err error) {
	for range staysAfter + 1 {
		err = errors.Join(err, l.to(log, partition))
	}
	return err
}

// toAll publishes a message to each partition, which the journal makes durable.
func (l *lossy) toAll(log *Log) error {
	l.n++
	batch := touching(l.o.Partitions)
	for i, m := range batch {
		m.Value = []byte(long(fmt.Sprint(l.n+i, " all "), 5000))
	}
	err := log.Publish(context.Background(), batch...)
	for i, m := range batch {
		if err == nil {
			l.acknowledged(l.n+i, string(m.Value), share.Partition(m.Key, l.o.Partitions))
		}
	}
	l.n += len(batch)
	return err
}

// acknowledged notes a message that was.
func (l *lossy) acknowledged(n int, value string, partition int) {
	if l.acked[n] = value; l.where != nil {
		l.where[n] = partition
	}
}

// fine fails the test for errors.
func (l *lossy) fine(errs ...error) {
	l.t.Helper()
	if err := errors.Join(errs...); err != nil {
		l.t.Fatal(err)
	}
}

// fails fails syncs of files whose path ends like that, while something is done, which
// is to fail.
func (l *lossy) fails(suffix string, do func() error) {
	l.t.Helper()
	l.disk.failing(func(path string) bool { return strings.HasSuffix(path, suffix) })
	defer l.disk.failing(nil)
	if do() == nil {
		l.t.Fatal("a sync failed, and nobody was told")
	}
}

// forget lets the journal be emptied.
func forget(log *Log) error {
	return log.writer.do(log.writer.journal.reset)
}

// cut cuts the power, and holds the log to what was acknowledged.
func (l *lossy) cut() *Log {
	l.t.Helper()
	l.kill()
	l.disk.cut(l.t, rand.New(rand.NewPCG(1, 2)))
	unsettle(l.t, l.dir)
	o := *l.o
	o.OnRecover = func(r Recovery) {
		if r.Damage != nil {
			l.t.Error(r.Damage)
		}
	}
	log := start(l.t, l.dir, &o)
	if _, err := log.topicsOf([]string{"t"}); err != nil {
		l.t.Fatal(err)
	}
	seen := map[string]bool{}
	for p := range l.o.Partitions {
		got, err := all(log, p, 0)
		if err != nil {
			l.t.Error(err)
		}
		for _, m := range got {
			seen[string(m.Value)] = true
		}
	}
	for n := range l.n + 1 {
		if value, ok := l.acked[n]; ok && !seen[value] {
			l.t.Errorf("message %d of %d was acknowledged and is gone", n, l.n)
		}
	}
	return log
}

// TestSyncLosesTheJournalsBytes: a sync of a segment fails that had to store what the
// journal has as well. The journal is not forgotten before that is written again.
func TestSyncLosesTheJournalsBytes(t *testing.T) {
	eachLossy(t, &Options{Partitions: 4}, func(l *lossy) {
		log := l.open()
		l.fine(l.toAll(log), l.stay(log, 2))
		l.fails(logSuffix, func() error { return l.to(log, 2) })
		l.fine(l.to(log, 2), forget(log), l.to(log, 2))
		l.cut()
	})
}

// TestCheckpointLosesSegments: the segments cannot be synced when the journal is to
// be emptied. It stays what it is until they are written again, and the log goes on.
func TestCheckpointLosesSegments(t *testing.T) {
	eachLossy(t, &Options{Partitions: 4}, func(l *lossy) {
		log := l.open()
		l.fine(l.toAll(log), l.to(log, 1))
		l.fails(logSuffix, func() error { return forget(log) })
		l.fails(logSuffix, func() error { return l.toAll(log) })
		l.fine(l.toAll(log), forget(log), l.to(log, 1))
		l.cut()
	})
}

// TestRollLosesSegments: a segment cannot be synced when another is to follow it.
func TestRollLosesSegments(t *testing.T) {
	eachLossy(t, &Options{Partitions: 4, SegmentBytes: 64 << 10}, func(l *lossy) {
		log := l.open()
		for range 13 {
			l.fine(l.toAll(log))
		}
		l.fails(logSuffix, func() error { return l.toAll(log) })
		l.fine(l.toAll(log), forget(log), l.toAll(log))
		l.cut()
	})
}

// TestKilledAfterLostSync: what the next process finds in the system's memory is not
// durable because a sync succeeds.
func TestKilledAfterLostSync(t *testing.T) {
	eachLossy(t, &Options{Partitions: 4}, func(l *lossy) {
		log := l.open()
		l.fine(l.to(log, 1))
		l.fails(logSuffix, func() error { return l.to(log, 1) })
		l.kill()
		log = l.open()
		l.fine(l.to(log, 1), l.to(log, 1))
		l.cut()
	})
}

// TestJournalPlayedAfterLostSync: nor is what the journal has.
func TestJournalPlayedAfterLostSync(t *testing.T) {
	for _, again := range []bool{false, true} {
		eachLossy(t, &Options{Partitions: 4}, func(l *lossy) {
			log := l.open()
			l.fine(l.toAll(log), l.toAll(log), l.stay(log, 1))
			l.fails(logSuffix, func() error { return l.to(log, 1) })
			l.kill()
			log = l.open()
			l.fine(l.to(log, 0))
			if again { // what was played cannot be synced either
				l.fails(logSuffix, func() error { return forget(log) })
			}
			l.fine(forget(log), l.toAll(log))
			l.cut()
		})
	}
}

// TestJournalLosesItsHeader: a journal that could not be begun anew is, with the next
// round.
func TestJournalLosesItsHeader(t *testing.T) {
	eachLossy(t, &Options{Partitions: 4}, func(l *lossy) {
		log := l.open()
		l.fine(l.toAll(log))
		l.fails(journalFile, func() error { return forget(log) })
		l.fine(l.toAll(log), l.toAll(log))
		l.cut()
	})
}

// TestJournalLosesARound: a round that the journal could not sync, nor take back, is
// not played later, and what follows it is stored.
func TestJournalLosesARound(t *testing.T) {
	eachLossy(t, &Options{Partitions: 4}, func(l *lossy) {
		log := l.open()
		l.fine(l.toAll(log))
		l.fails(journalFile, func() error {
			if err := l.toAll(log); !errors.Is(err, driver.ErrUnknownOutcome) {
				l.t.Errorf("a round that may be there: %v", err)
			}
			err := l.to(log, 0)
			if errors.Is(err, driver.ErrUnknownOutcome) {
				l.t.Errorf("what was not begun is known not to be there: %v", err)
			}
			return err
		})
		l.fine(l.toAll(log), l.to(log, 0), forget(log), l.toAll(log))
		l.cut()
	})
}

// TestUnsyncedLogLosesASegment: of a log that is not synced nothing is lost in between.
func TestUnsyncedLogLosesASegment(t *testing.T) {
	disk := newPlatter()
	l := &lossy{t: t, disk: disk, dir: t.TempDir(), o: &Options{Partitions: 1, SegmentBytes: 64 << 10, Sync: None}, acked: map[int]string{}}
	log := l.open()
	for range 13 {
		l.fine(l.to(log, 0))
	}
	l.fails(logSuffix, func() error { return l.to(log, 0) })
	l.fine(l.to(log, 0), l.to(log, 0), log.Close(context.Background()))
	l.cut()
}

// TestPositionsLoseAUnit: where a group is does not go back to before a unit because
// a sync of its file has failed, with members or without.
func TestPositionsLoseAUnit(t *testing.T) {
	for _, closed := range []bool{false, true} {
		eachLossy(t, &Options{Partitions: 1}, func(l *lossy) {
			log := l.open()
			feedIn(l.t, log, 4)
			r := exactReader(l.t, log)
			got := takeN(l.t, r, 4)
			commitOne(l.t, r, got[0])
			commitOne(l.t, r, got[1])
			if closed {
				l.fails(positionsFile, func() error { return r.Close(context.Background()) })
			} else {
				l.fails(positionsFile, func() error { return forget(log) })
			}
			l.fine(forget(log))
			if !closed {
				commitOne(l.t, r, got[2])
				l.fine(forget(log))
			}
			again := l.cut()
			want := map[bool]string{false: "3", true: "2 3"}[closed]
			if left := valuesLeft(l.t, again, len(strings.Fields(want))); left != want {
				l.t.Errorf("%q come again, want %q", left, want)
			}
		})
	}
}

// TestLostSyncs lets syncs of all files and writes of segments fail at random, kills processes
// and cuts the power: what was acknowledged is there, also where rounds are written to the
// segments while the journal is synced.
func TestLostSyncs(t *testing.T) {
	for seed := range uint64(rounds(12, 400)) {
		r := rand.New(rand.NewPCG(seed, 51))
		disk := newPlatter()
		disk.reverts = r.IntN(2) == 0
		n := []int{4, many}[r.IntN(2)]
		l := &lossy{t: t, disk: disk, dir: filepath.Join(t.TempDir(), "log"), o: &Options{Partitions: n, SegmentBytes: 64 << 10}, acked: map[int]string{}}
		log := l.open()
		l.fine(l.toAll(log))
		only := []string{"", journalFile, logSuffix}[r.IntN(3)]
		faults := rand.New(rand.NewPCG(seed, 52)) // the disk's own: the log works beside the test
		for range 80 {
			disk.failing(func(path string) bool { return strings.HasSuffix(path, only) && faults.IntN(6) == 0 })
			disk.refusing(func(path string) bool { return strings.HasSuffix(path, logSuffix) && faults.IntN(20*n) == 0 })
			switch r.IntN(8) {
			case 0:
				_ = forget(log)
			case 1:
				disk.failing(nil)
				l.kill()
				log = l.open()
				l.fine(l.to(log, 0))
			case 2, 3, 4:
				_ = l.toAll(log)
			default:
				_ = l.to(log, r.IntN(n))
			}
		}
		disk.failing(nil)
		l.fine(l.toAll(log), l.to(log, 3))
		stop(t, l.cut())
		l.close()
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// TestFirstRecordsOfOthers: another process is not shown the first records of a
// partition before they are durable.
func TestFirstRecordsOfOthers(t *testing.T) {
	eachLossy(t, &Options{Partitions: 1}, func(l *lossy) {
		log := l.open()
		created := false
		l.disk.failing(func(path string) bool { // the second sync: the first is that of the header
			was := created
			created = created || strings.HasSuffix(path, logSuffix)
			return was
		})
		if l.to(log, 0) == nil {
			l.t.Fatal("a sync failed, and nobody was told")
		}
		other := start(l.t, l.dir, &Options{ReadOnly: true})
		if _, end, err := other.Bounds("t", 0); err != nil || end != 0 {
			l.t.Errorf("another process is shown %d messages, %v", end, err)
		}
	})
}

// TestTruncateIsSynced: a truncation that could not be made durable is none.
func TestTruncateIsSynced(t *testing.T) {
	eachLossy(t, &Options{Partitions: 1}, func(l *lossy) {
		log := l.open()
		l.fine(l.to(log, 0), l.to(log, 0))
		l.fails(logSuffix, func() error { return log.Truncate("t", 0, 1) })
	})
}
