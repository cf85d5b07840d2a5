package eventlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// journalAlone leaves a log as a power cut may: of a message in each of so many
// partitions the journal has all, and the segments nothing; nor are there marks, unless
// marked.
func journalAlone(t *testing.T, partitions int, marked bool) (dir string) {
	t.Helper()
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	if err := l.Publish(t.Context(), touching(partitions)...); err != nil {
		t.Fatal(err)
	}
	dir = copyDir(t, l.dir)
	for p := range partitions {
		for _, segment := range segmentsOf(t, dir, p) {
			if err := os.Truncate(segment, headerSize); err != nil {
				t.Fatal(err)
			}
		}
		if marked {
			continue
		}
		setMark(t, dir, p, nil)
	}
	return dir
}

// breakFirst lets writes of partition 1 fail until the result is false.
func breakFirst(l *Log) *atomic.Bool {
	broken := new(atomic.Bool)
	broken.Store(true)
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil || !strings.Contains(path, filepath.Join("t", "1")+string(filepath.Separator)) {
			return f, err
		}
		return faulty{f, func(op string, _ int) (int, error) {
			if broken.Load() && op == "write" {
				return 0, errBroken
			}
			return 0, nil
		}}, nil
	}
	return broken
}

// TestJournalIsPlayedByPartition: what the journal has for a partition is there when it
// is read or written, and soon when nobody does; one that cannot be written holds up no
// other, and what it lacks is not forgotten.
func TestJournalIsPlayedByPartition(t *testing.T) {
	const n = 120
	dir := journalAlone(t, n, false)
	l := start(t, dir, nil)
	broken := breakFirst(l)
	to := func(partition int) error {
		for _, m := range touching(n) {
			if p, err := l.partition("t", partition); err != nil || p.topic.choose(m.Key, 0) == p {
				return errors.Join(err, l.Publish(t.Context(), m))
			}
		}
		return driver.ErrNotFound
	}
	if err := to(0); err != nil {
		t.Fatal(err)
	}
	for partition, want := range map[int]int{0: 2, n - 1: 1} {
		if got, err := all(l, partition, 0); err != nil || len(got) != want {
			t.Errorf("partition %d has %d messages, %v", partition, len(got), err)
		}
	}
	if to(1) == nil {
		t.Error("a partition was written that lacks what was published before")
	}
	other := start(t, dir, &Options{ReadOnly: true})
	for p := 2; p < n; p++ {
		untilOne(t, other, p)
	}
	if err := l.writer.do(l.writer.journal.checkpoint); err == nil {
		t.Error("the journal was forgotten while a segment lacks what it has")
	}
	broken.Store(false)
	if err := to(1); err != nil {
		t.Fatal(err)
	}
	if err := forget(l); err != nil {
		t.Fatal(err)
	}
	if got, err := all(l, 1, 0); err != nil || len(got) != 2 {
		t.Errorf("partition 1 has %d messages, %v", len(got), err)
	}
}

// untilOne waits until a log has one message in a partition.
func untilOne(t *testing.T, l *Log, partition int) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, end, err := l.Bounds("t", partition); err == nil && end == 1 {
			return
		} else if time.Now().After(until) {
			t.Fatalf("partition %d has %d messages, %v", partition, end, err)
		}
	}
}

// TestJournalIsPlayedAgain: what could not be put into a segment when the log was opened
// is there soon after it can, though nobody reads or writes it.
func TestJournalIsPlayedAgain(t *testing.T) {
	dir := journalAlone(t, 3, true)
	l := start(t, dir, nil)
	broken := breakFirst(l)
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	other := start(t, dir, &Options{ReadOnly: true})
	for until := time.Now().Add(10 * time.Second); len(l.backlog.Load().left()) > 1; time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("one partition holds up another")
		}
	}
	if got, err := all(other, 1, 0); len(got) != 0 {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	broken.Store(false)
	for until := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if got, err := all(other, 1, 0); err == nil && len(got) == 1 {
			break
		} else if time.Now().After(until) {
			t.Fatalf("there are %d messages for another process, %v", len(got), err)
		}
	}
}

// TestJournalThatCannotBeEmptied: a full journal with what a segment lacks takes no more,
// and rounds go on without it until it can be emptied.
func TestJournalThatCannotBeEmptied(t *testing.T) {
	l := start(t, journalAlone(t, 5, false), nil)
	broken := breakFirst(l)
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	in := func(do func(j *journal)) (size int64) {
		err := l.writer.do(func() error { do(l.writer.journal); size = l.writer.journal.size; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return size
	}
	others := func() {
		t.Helper()
		var batch []*driver.Message
		for _, m := range touching(5) {
			if share.Partition(m.Key, 5) != 1 {
				batch = append(batch, m)
			}
		}
		if err := l.Publish(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
	}
	look := func(*journal) {}
	before := in(look)
	if others(); in(look) <= before {
		t.Fatal("the journal was not used")
	}
	const full = journalFull + 1
	in(func(j *journal) { j.size = full })
	for range 3 {
		if others(); in(look) != full {
			t.Fatalf("the journal has %d bytes", in(look))
		}
	}
	broken.Store(false)
	for until := time.Now().Add(10 * time.Second); in(look) == full; time.Sleep(10 * time.Millisecond) {
		if others(); time.Now().After(until) {
			t.Fatal("the journal is not emptied")
		}
	}
	for p := range 5 {
		if got, err := all(l, p, 0); err != nil || len(got) == 0 || p != 1 && len(got) < 5 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
}

// TestCrashesWhileTheJournalIsPlayed: what was acknowledged before and since is there once,
// however far who went on had come with the journal.
func TestCrashesWhileTheJournalIsPlayed(t *testing.T) {
	const n = 40
	dir, want := journalAlone(t, n, false), map[string]int{}
	for i := range rounds(6, 100) {
		l := start(t, dir, nil)
		for j := range 3 {
			m := touching(n)[(i*7+j)%n]
			m.Value = fmt.Appendf(nil, "%d of life %d", j, i)
			if err := l.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			want[string(m.Value)] = 1
		}
		time.Sleep(time.Duration(i%6) * time.Millisecond)
		dir = copyDir(t, dir)
	}
	l, got := start(t, dir, nil), map[string]int{}
	put(t, l, "last")
	for p := range n {
		messages, err := all(l, p, 0)
		if err != nil || len(messages) == 0 || string(messages[0].Value) != long("", partValue) {
			t.Fatalf("partition %d has %d messages, %v", p, len(messages), err)
		}
		for _, m := range messages[1:] {
			got[string(m.Value)]++
		}
	}
	if delete(got, "last"); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestBackupHasWhatTheJournalHas: a backup that the writer takes has all that was
// acknowledged before a power cut, however old the marks are, or there is none.
func TestBackupHasWhatTheJournalHas(t *testing.T) {
	const n = 120
	dir := journalAlone(t, n, false)
	for p := range n {
		setMark(t, dir, p, mark{size: headerSize}.bytes(nil))
	}
	l := start(t, dir, nil)
	broken := breakFirst(l)
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	if b, err := l.Backup(t.Context(), filepath.Join(t.TempDir(), "without")); !errors.Is(err, errBroken) {
		t.Errorf("%+v, %v, though a segment lacks what the journal has", b, err)
	}
	broken.Store(false)
	to := filepath.Join(t.TempDir(), "backup")
	if _, err := l.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if v, problems := problemsOf(t, start(t, to, nil)); len(problems) > 0 || v.Messages != n {
		t.Errorf("%d of %d messages, %+v", v.Messages, n, problems)
	}
}

// TestJournalIsPlayedAtTheEnd: a log that is closed before all was played leaves nothing
// out.
func TestJournalIsPlayedAtTheEnd(t *testing.T) {
	const n = 120
	dir := journalAlone(t, n, false)
	l := start(t, dir, nil)
	put(t, l, "another")
	stop(t, l)
	if _, err := os.Stat(filepath.Join(dir, journalFile)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the journal is left: %v", err)
	}
	l, sum := start(t, dir, nil), 0
	for p := range n {
		got, err := all(l, p, 0)
		if err != nil || len(got) == 0 {
			t.Fatalf("partition %d has %d messages, %v", p, len(got), err)
		}
		sum += len(got)
	}
	if sum != n+1 {
		t.Errorf("%d messages, want %d", sum, n+1)
	}
}

// journalRead takes the writer's lock of a log until the test ends, and reads the
// journal, of which nothing is played yet.
func journalRead(t *testing.T, l *Log) *journal {
	t.Helper()
	lock, err := l.lockWriter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = lock.Close() })
	lock.say()
	j, err := l.playJournal(lock)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestJournalOfAnother: a process whose lock was taken by another plays nothing more.
func TestJournalOfAnother(t *testing.T) {
	dir := journalAlone(t, 3, false)
	l := start(t, dir, nil)
	l.guard = 0
	j := journalRead(t, l)
	defer func() { _ = j.file.Close() }()
	if err := os.WriteFile(filepath.Join(dir, writerLock), []byte("1 another"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := l.backlog.Load().play(spot{"t", 1}); !errors.Is(err, ErrLocked) {
		t.Errorf("somebody else has the lock: %v", err)
	}
	if info, err := os.Stat(segmentsOf(t, dir, 1)[0]); err != nil || info.Size() != headerSize {
		t.Errorf("a segment was written: %v", err)
	}
}

// TestNothingIsPlayedOfALogGivenUp: who puts something into a segment is through before
// another may write the log, and nobody begins afterwards.
func TestNothingIsPlayedOfALogGivenUp(t *testing.T) {
	l := start(t, journalAlone(t, 3, false), nil)
	writes, goOn := make(chan struct{}), make(chan struct{})
	wreck(l, func(op string, _ int) (int, error) {
		if op == "write" {
			writes <- struct{}{}
			<-goOn
		}
		return 0, nil
	})
	j := journalRead(t, l)
	b, played, given := l.backlog.Load(), make(chan error, 1), make(chan error, 1)
	go func() { played <- b.play(spot{"t", 1}) }()
	<-writes
	go func() { given <- j.abandon() }()
	select {
	case <-given:
		t.Error("the log was given up while a segment was written")
	case <-time.After(50 * time.Millisecond):
	}
	close(goOn)
	if err := <-played; err != nil {
		t.Error(err)
	}
	if !t.Failed() {
		if err := <-given; err != nil {
			t.Error(err)
		}
	}
	if err := b.play(spot{"t", 2}); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("the log was given up: %v", err)
	}
	if info, err := os.Stat(segmentsOf(t, l.dir, 2)[0]); err != nil || info.Size() != headerSize {
		t.Errorf("a segment was written: %v", err)
	}
}

// TestDroppingMakesRoomForTheJournal: what is old can be dropped of a partition whose end
// has no room for what the journal has.
func TestDroppingMakesRoomForTheJournal(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 3, SegmentBytes: 64 << 10})
	const n = 20
	for range n {
		batch := touching(3)
		for _, m := range batch {
			m.Value = []byte(long("", 5000))
		}
		if err := l.Publish(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
	}
	dir := copyDir(t, l.dir)
	segments := segmentsOf(t, dir, 0)
	last := segments[len(segments)-1]
	base, _ := segmentBase(filepath.Base(last))
	if err := os.Truncate(last, headerSize); err != nil || base == 0 {
		t.Fatal(base, err)
	}
	var full atomic.Bool
	full.Store(true)
	l = start(t, dir, &Options{SegmentBytes: 64 << 10, Retention: Retention{Bytes: 1}})
	wreck(l, func(op string, _ int) (int, error) {
		if full.Load() && op == "write" {
			return 0, errQuota
		}
		return 0, nil
	})
	if err := l.Retain(t.Context()); err != nil {
		t.Error(err)
	}
	if left := segmentsOf(t, dir, 0); len(left) != 1 || left[0] != last {
		t.Errorf("%v are left", left)
	}
	full.Store(false)
	if at, err := l.DropBefore("t", 0, base); err != nil || at != base {
		t.Errorf("from %d on, %v", at, err)
	}
	if got, err := all(l, 0, base); err != nil || int64(len(got)) != n-base {
		t.Errorf("%d messages of %d, %v", len(got), n-base, err)
	}
}

// TestJournalWaitsForRoom: where a segment has no room for what the journal has, its
// partition is not taken for one that ends before, by who writes or who subscribes.
func TestJournalWaitsForRoom(t *testing.T) {
	for _, writes := range []bool{false, true} {
		dir := journalAlone(t, 3, true)
		var full atomic.Bool
		full.Store(true)
		l := start(t, dir, &Options{OnRecover: func(r Recovery) { t.Errorf("recovered %+v", r) }})
		wreck(l, func(op string, n int) (int, error) {
			if full.Load() && op == "write" {
				return 0, errQuota
			}
			return 0, nil
		})
		if writes {
			if err := l.becomeWriter(); err != nil {
				t.Fatal(err)
			}
		}
		join := func() error {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			r, err := l.Transport().Subscribe(ctx, driver.Subscription{Addresses: []string{"t"}, Group: "g"})
			for n := 0; err == nil && n < 3; {
				var got []driver.Delivery
				got, err = r.Receive(ctx)
				n += len(got)
			}
			return err
		}
		if err := join(); !errors.Is(err, ErrFull) {
			t.Errorf("there is no room, and subscribing is %v", err)
		}
		full.Store(false)
		if err := join(); err != nil {
			t.Error(err)
		}
	}
}
