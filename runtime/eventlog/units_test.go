package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// exactReader subscribes to "in" for transactions.
func exactReader(t *testing.T, l *Log) driver.Committer {
	t.Helper()
	r, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"in"}, Group: "g", Transactional: true})
	if err != nil {
		t.Fatal(err)
	}
	return r.(driver.Committer)
}

// feedIn publishes n messages to "in", with values from 0 on.
func feedIn(t *testing.T, l *Log, n int) {
	t.Helper()
	for i := range n {
		if err := l.Publish(t.Context(), &driver.Message{Address: "in", Value: fmt.Append(nil, i)}); err != nil {
			t.Fatal(err)
		}
	}
}

// takeN receives n deliveries.
func takeN(t *testing.T, r driver.Receiver, n int) []driver.Delivery {
	t.Helper()
	var out []driver.Delivery
	for len(out) < n {
		batch, err := r.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, batch...)
	}
	return out
}

// commitOne commits a delivery with one message to "t".
func commitOne(t *testing.T, r driver.Committer, d driver.Delivery) {
	t.Helper()
	if err := r.Commit(t.Context(), []driver.Delivery{d}, messagesOf("of "+string(d.Message().Value))...); err != nil {
		t.Fatal(err)
	}
}

// valuesLeft returns what the next one gets.
func valuesLeft(t *testing.T, l *Log, n int) string {
	t.Helper()
	r := exactReader(t, l)
	defer r.Close(context.Background())
	var out []string
	for _, d := range takeN(t, r, n) {
		out = append(out, string(d.Message().Value))
	}
	return strings.Join(out, " ")
}

// TestUnitsAreRefused: units need the writer's lock, and a log that is synced.
func TestUnitsAreRefused(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, one())
	put(t, l, "v")
	other := start(t, dir, one())
	subscribe := func(l *Log) error {
		_, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"in"}, Group: "g", Transactional: true})
		return err
	}
	var locked *LockedError
	if err := subscribe(other); !errors.As(err, &locked) || locked.Process != os.Getpid() {
		t.Errorf("a second log: %v", err)
	}
	plain, err := other.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"t"}, Group: "p"})
	if err != nil {
		t.Fatal(err)
	}
	got := takeN(t, plain, 1)
	if err := plain.(driver.Committer).Commit(t.Context(), got, messagesOf("never")...); !errors.Is(err, ErrLocked) {
		t.Errorf("committing without the writer's lock: %v", err)
	}
	if err := got[0].Ack(t.Context()); err != nil {
		t.Error(err)
	}
	unsynced := start(t, t.TempDir(), &Options{Sync: None})
	if err := subscribe(unsynced); !errors.Is(err, driver.ErrInvalid) || !errors.Is(err, errors.ErrUnsupported) || unsynced.Transport().Features().Transactions {
		t.Errorf("a log that is not synced: %v", err)
	}
	holds(t, l, "v")
}

// failing lets the writes or syncs of files fail whose paths end with suffix.
type failing struct {
	mu            sync.Mutex
	suffix        string
	writes, syncs error
	cuts          error // of Truncate
}

type failingFile struct {
	file
	path string
	f    *failing
}

func (f *failing) open(path string, flag int) (file, error) {
	of, err := openFile(path, flag)
	if err != nil {
		return nil, err
	}
	return failingFile{of, path, f}, nil
}

func (f *failing) set(suffix string, writes, syncs, cuts error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.suffix, f.writes, f.syncs, f.cuts = suffix, writes, syncs, cuts
}

func (f failingFile) fails(of func(*failing) error) error {
	f.f.mu.Lock()
	defer f.f.mu.Unlock()
	if f.f.suffix == "" || !strings.HasSuffix(f.path, f.f.suffix) {
		return nil
	}
	return of(f.f)
}

func (f failingFile) WriteAt(b []byte, at int64) (int, error) {
	if err := f.fails(func(f *failing) error { return f.writes }); err != nil {
		n, _ := f.file.WriteAt(b[:len(b)/2], at) // and a part of it is there
		return n, err
	}
	return f.file.WriteAt(b, at)
}

func (f failingFile) SyncData() error {
	return errors.Join(f.fails(func(f *failing) error { return f.syncs }), f.file.SyncData())
}

func (f failingFile) Truncate(n int64) error {
	if err := f.fails(func(f *failing) error { return f.cuts }); err != nil {
		return err
	}
	return f.file.Truncate(n)
}

// TestUnitsWithoutRoom: a unit that the journal has no room for is not stored, and
// can be later; one that the journal has is stored, whatever becomes of the
// segments, and nothing comes between.
func TestUnitsWithoutRoom(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, one())
	f := &failing{}
	l.open = f.open
	feedIn(t, l, 6)
	put(t, l, "first")
	r := exactReader(t, l)
	got := takeN(t, r, 6)
	commitOne(t, r, got[5]) // opens the files
	full := syscall.ENOSPC
	f.set(journalFile, full, nil, nil)
	if err := r.Commit(t.Context(), got[:1], messagesOf("never")...); !errors.Is(err, ErrFull) {
		t.Fatalf("a journal without room: %v", err)
	}
	f.set(journalFile, nil, errors.New("the disk is broken"), nil)
	if err := r.Commit(t.Context(), got[3:4], messagesOf("never")...); !errors.Is(err, driver.ErrUnknownOutcome) {
		t.Fatalf("a journal that cannot be synced: %v", err)
	}
	if err := r.Commit(t.Context(), got[4:5], messagesOf("never")...); err == nil || errors.Is(err, driver.ErrUnknownOutcome) {
		t.Errorf("what cannot be taken back may be stored, so nothing else is: %v", err)
	}
	f.set("", nil, nil, nil)
	commitOne(t, r, got[0])
	holds(t, l, "first", "of 5", "of 0")
	f.set(segmentName(0), full, nil, full) // all segments
	commitOne(t, r, got[1])                // the journal has it
	holds(t, l, "first", "of 5", "of 0")
	if err := l.Publish(t.Context(), messagesOf("between")...); !errors.Is(err, ErrFull) {
		t.Errorf("publishing while a unit waits to be written: %v", err)
	}
	if err := r.Commit(t.Context(), got[2:3]); !errors.Is(err, ErrFull) {
		t.Errorf("committing while a unit waits to be written: %v", err)
	}
	if _, err := l.Backup(t.Context(), filepath.Join(t.TempDir(), "b")); err == nil {
		t.Error("a backup holds the group's place and not what it published")
	}
	copied := copyDir(t, dir)
	f.set("", nil, nil, nil)
	commitOne(t, r, got[2])
	put(t, l, "behind")
	holds(t, l, "first", "of 5", "of 0", "of 1", "of 2", "behind")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := valuesLeft(t, l, 2); left != "3 4" {
		t.Errorf("%q come again", left)
	}
	again := start(t, copied, one())
	var problems []string
	if _, err := again.Verify(t.Context(), func(p Problem) { problems = append(problems, fmt.Sprint(p.Code, p.Harmless)) }); err != nil ||
		fmt.Sprint(problems) != "[waiting-unitstrue]" {
		t.Errorf("a log that a crash has left: %q, %v", problems, err)
	}
	if _, err := again.Backup(t.Context(), filepath.Join(t.TempDir(), "b")); !errors.Is(err, errUnits) {
		t.Errorf("a backup of it: %v", err)
	}
	if left := valuesLeft(t, again, 3); left != "2 3 4" {
		t.Errorf("after a crash %q come again", left)
	}
	holds(t, again, "first", "of 5", "of 0", "of 1")
}

// TestUnitsAndOtherMoves: a group that was sent back stays there, whatever the
// journal still has of it; a truncated partition takes with it what was done there.
func TestUnitsAndOtherMoves(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, one())
	feedIn(t, l, 8)
	r := exactReader(t, l)
	got := takeN(t, r, 8)
	for _, i := range []int{0, 1, 2, 5, 7} {
		commitOne(t, r, got[i])
	}
	if err := l.SetPositions("g", Position{"in", 0, 0}); !errors.Is(err, ErrLocked) {
		t.Errorf("moving a group that is at work: %v", err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Truncate("in", 0, 6); err != nil {
		t.Fatal(err)
	}
	if at, err := l.standings(filepath.Join(dir, groupsDir, "g")); err != nil || fmt.Sprint(at[spot{"in", 0}].Progress) != "{6 [3 4]}" {
		t.Errorf("after a truncation the group is at %+v, %v", at, err)
	}
	feedIn(t, l, 1)
	if left := valuesLeft(t, l, 3); left != "3 4 0" {
		t.Errorf("%q come again", left)
	}
	r = exactReader(t, l)
	commitOne(t, r, takeN(t, r, 1)[0])
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.SetPositions("g", Position{"in", 0, 1}); err != nil {
		t.Fatal(err)
	}
	for _, log := range []*Log{l, start(t, copyDir(t, dir), one())} { // the copy plays the journal
		if left := valuesLeft(t, log, 6); left != "1 2 3 4 5 0" {
			t.Errorf("after the group was sent back %q come", left)
		}
	}
}

// TestBackupOfUnits: a backup of a log under units, taken by who writes it, holds
// of each unit all or nothing.
func TestBackupOfUnits(t *testing.T) {
	const n = 300
	dir := t.TempDir()
	l := start(t, dir, &Options{Partitions: 3})
	feedIn(t, l, n)
	r := exactReader(t, l)
	var done atomic.Bool
	var all sync.WaitGroup
	all.Go(func() {
		defer done.Store(true)
		for _, d := range takeN(t, r, n) {
			out := &driver.Message{Address: "t", Key: d.Message().Value, Value: d.Message().Value}
			if err := r.Commit(t.Context(), []driver.Delivery{d}, out); err != nil {
				t.Error(err)
			}
		}
	})
	backups := 0
	for last := false; !last; backups++ {
		last = done.Load()
		to := filepath.Join(t.TempDir(), "b")
		if _, err := l.Backup(t.Context(), to); err != nil {
			t.Fatal(err)
		}
		b := start(t, to, nil)
		at, err := b.standings(filepath.Join(to, groupsDir, "g"))
		if err != nil {
			t.Fatal(err)
		}
		committed, stored := 0, 0
		for p := range 3 {
			in, err := allOf(b, "in", p)
			out, failed := allOf(b, "t", p)
			if err = errors.Join(err, failed); err != nil {
				t.Fatal(err)
			}
			stored += len(out)
			for _, m := range in {
				if at[spot{"in", int32(p)}].Done(m.Offset) {
					committed++
				}
			}
		}
		if committed != stored {
			t.Errorf("backup %d: %d are done, and %d outputs there", backups, committed, stored)
		}
	}
	all.Wait()
	t.Logf("%d backups", backups)
}

// TestUnitsOfADeadWriter: where a group is that a killed process has moved is known
// to who opens it before the journal is played, and to who plays it then.
func TestUnitsOfADeadWriter(t *testing.T) {
	l := start(t, t.TempDir(), one())
	feedIn(t, l, 5)
	r := exactReader(t, l)
	got := takeN(t, r, 5)
	before := copyDir(t, filepath.Join(l.dir, groupsDir))
	for _, i := range []int{0, 2, 3} {
		commitOne(t, r, got[i])
	}
	dir := copyDir(t, l.dir)
	if err := errors.Join(os.RemoveAll(filepath.Join(dir, groupsDir)), os.CopyFS(filepath.Join(dir, groupsDir), os.DirFS(before))); err != nil {
		t.Fatal(err) // it was killed before its positions were written
	}
	lock, err := takeLock(filepath.Join(dir, writerLock)) // somebody is about to play the journal
	if err != nil {
		t.Fatal(err)
	}
	reader := start(t, dir, one())
	if ps, err := reader.Positions("g"); err != nil || len(ps) != 1 || ps[0].Offset != 1 {
		t.Errorf("the group is at %+v, %v", ps, err)
	}
	left, err := reader.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"in"}, Group: "g"})
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for _, d := range takeN(t, left, 2) {
		values = append(values, string(d.Message().Value))
	}
	if fmt.Sprint(values) != "[1 4]" {
		t.Errorf("%q come again", values)
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	writer := start(t, dir, one())
	put(t, writer, "behind") // while another has the group
	holds(t, writer, "of 0", "of 2", "of 3", "behind")
	if err := left.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := valuesLeft(t, writer, 2); left != "1 4" {
		t.Errorf("%q come again", left)
	}
}

// TestBackupDoesNotWaitForMoreUnits: a backup waits until the segments have the units
// that the journal had when it began, however many others come in the meantime.
func TestBackupDoesNotWaitForMoreUnits(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, one())
	feedIn(t, l, 3)
	r := exactReader(t, l)
	got := takeN(t, r, 3)
	commitOne(t, r, got[0])
	_, begun, err := l.missing(journalEnd{})
	if err != nil || begun.entries != 1 {
		t.Fatal(begun, err)
	}
	segments := make(map[string][]byte)
	for _, path := range segmentsOf(t, dir, 0) {
		if segments[path], err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	commitOne(t, r, got[1])
	behind := copyDir(t, dir)
	for path, text := range segments { // as they are while the second is being written
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(behind, rel), text, fileMode); err != nil {
			t.Fatal(err)
		}
	}
	reader := start(t, behind, &Options{ReadOnly: true})
	for until, want := range map[journalEnd]int{{}: 1, begun: 0, {begun.generation + 1, 2}: 0} {
		if n, _, err := reader.missing(until); n != want || err != nil {
			t.Errorf("up to %+v the segments lack %d units, want %d; %v", until, n, want, err)
		}
	}
}
