package eventlog

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// lockLosses are how a process loses its lock to another.
var lockLosses = map[string]func(l *Log) error{
	"deleted":   func(l *Log) error { return os.Remove(filepath.Join(l.dir, writerLock)) },
	"forgotten": func(l *Log) error { return l.writer.lock.file.Close() },
}

// TestLostLock: a writer whose lock was forgotten, or its file deleted, while
// another one writes stores nothing more, and leaves alone what the other has
// stored.
func TestLostLock(t *testing.T) {
	for name, lose := range lockLosses {
		l := start(t, t.TempDir(), &Options{Partitions: 4})
		l.guard = 0
		if err := l.Publish(t.Context(), touching(4)...); err != nil { // with a journal
			t.Fatal(err)
		}
		if err := lose(l); err != nil {
			t.Fatal(err)
		}
		other := start(t, l.dir, &Options{Partitions: 4})
		for range 3 {
			if err := other.Publish(t.Context(), touching(4)...); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := l.Publish(t.Context(), touching(4)...); !errors.Is(err, ErrLocked) {
				t.Errorf("%s: publishing: %v", name, err)
			}
		}
		if _, err := l.DropBefore("t", 0, 1); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: dropping: %v", name, err)
		}
		if err := l.Close(context.Background()); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: closing: %v", name, err)
		}
		if err := other.Publish(t.Context(), touching(4)...); err != nil {
			t.Fatal(err)
		}
		stop(t, other)
		again := start(t, l.dir, &Options{ReadOnly: true})
		if v, problems := problemsOf(t, again); v.Messages != 20 || len(problems) > 0 {
			t.Errorf("%s: %d messages of 20, %+v", name, v.Messages, problems)
		}
	}
}

// TestWritingAcrossALostLock: where the file of the lock is deleted while a process writes, or another one is put in its
// place, what either acknowledges is there, once: the next writer waits until the first has found out.
func TestWritingAcrossALostLock(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"deleted": os.Remove,
		"replaced": func(path string) error {
			return errors.Join(os.WriteFile(path+"~", nil, fileMode), os.Rename(path+"~", path))
		},
		"replaced by a copy": func(path string) error {
			text, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path+"~", text, fileMode), os.Rename(path+"~", path))
		},
	} {
		l := start(t, t.TempDir(), &Options{Partitions: 20, SegmentBytes: 64 << 10})
		acked, stop := make(chan map[string]int), make(chan struct{})
		publish := func(l *Log, who string) {
			of := map[string]int{}
			for i := 0; ; i++ {
				m := touching(20)[i%20]
				m.Value = []byte(long(fmt.Sprint(who, i, " "), 1000))
				err := l.Publish(context.Background(), m)
				select {
				case <-stop:
					acked <- of
					return
				default:
				}
				if err == nil {
					of[string(m.Value)] = 1
				} else {
					time.Sleep(time.Millisecond)
				}
			}
		}
		go publish(l, "a")
		time.Sleep(100 * time.Millisecond)
		if err := lose(filepath.Join(l.dir, writerLock)); err != nil {
			t.Fatal(err)
		}
		other := start(t, l.dir, &Options{SegmentBytes: 64 << 10})
		go publish(other, "b")
		time.Sleep(400 * time.Millisecond)
		close(stop)
		want := <-acked
		maps.Copy(want, <-acked)
		_ = l.Close(t.Context())
		_ = other.Close(t.Context())
		again := start(t, l.dir, nil)
		put(t, again, "last")
		got := map[string]int{}
		for p := range 20 {
			messages, err := all(again, p, 0)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			for _, m := range messages {
				got[string(m.Value)]++
			}
		}
		for value := range want {
			if got[value] != 1 {
				t.Fatalf("%s: %.10s was acknowledged, and is there %d times", name, value, got[value])
			}
		}
	}
}

// TestLockLostWhileADiskHangs: a round that a disk has drawn out until another one writes is not told of, nor
// is what the other has stored hidden by its mark.
func TestLockLostWhileADiskHangs(t *testing.T) {
	for _, unit := range []bool{false, true} {
		l, hang, hung, released := hanging(t)
		r := exactReader(t, l)
		hang.Store(true)
		ended := make(chan error, 1)
		go func() {
			if unit {
				ended <- r.Commit(context.Background(), nil, messagesOf("hangs")...)
			} else {
				ended <- l.Publish(context.Background(), messagesOf("hangs")...)
			}
		}()
		<-hung
		if err := os.Remove(filepath.Join(l.dir, writerLock)); err != nil {
			t.Fatal(err)
		}
		other := start(t, l.dir, one())
		put(t, other, "second", "third")
		released <- struct{}{}
		if err := <-ended; !errors.Is(err, driver.ErrUnknownOutcome) || !errors.Is(err, ErrLocked) {
			t.Errorf("unit %v: what the other may have written over: %v", unit, err)
		}
		got, err := all(start(t, l.dir, &Options{ReadOnly: true}), 0, 0)
		if n := len(got); err != nil || n < 3 || string(got[n-1].Value) != "third" {
			t.Errorf("unit %v: %d messages are seen, %v", unit, n, err)
		}
		_ = l.Close(t.Context())
	}
}

// TestLostLockIsFollowed: a process whose lock was lost gives its groups what the new writer stores, though it
// publishes nothing itself, and becomes the writer anew when that is gone.
func TestLostLockIsFollowed(t *testing.T) {
	for name, lose := range lockLosses {
		l := start(t, t.TempDir(), &Options{Partitions: 4, Poll: time.Millisecond})
		l.guard = time.Millisecond
		if err := l.Publish(t.Context(), touching(4)...); err != nil {
			t.Fatal(err)
		}
		r := member(t, l, "g")
		take(t, r, 4)
		if err := lose(l); err != nil {
			t.Fatal(err)
		}
		other := start(t, l.dir, &Options{Partitions: 4})
		for range 3 {
			if err := other.Publish(t.Context(), touching(4)...); err != nil {
				t.Fatal(err)
			}
			for _, d := range take(t, r, 4) {
				if err := d.Ack(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := l.Publish(t.Context(), touching(4)...); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: publishing: %v", name, err)
		}
		stop(t, other)
		if err := l.Publish(t.Context(), touching(4)...); err != nil {
			t.Errorf("%s: publishing when the other is gone: %v", name, err)
		}
		take(t, r, 4)
		if v, problems := problemsOf(t, l); v.Messages != 20 || len(problems) > 0 {
			t.Errorf("%s: %d messages of 20, %+v", name, v.Messages, problems)
		}
		stop(t, l)
	}
}

// TestReadingDuringMaintenance: while messages are published, old ones dropped,
// the rest compacted and the log backed up, reading at any offset and finding any
// time works, and offsets ascend.
func TestReadingDuringMaintenance(t *testing.T) {
	o := small()
	o.Retention.Bytes = 700 << 10
	o.Sync = None
	l := start(t, t.TempDir(), o)
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	for i := range 100 {
		put(t, l, long(fmt.Sprint(i), 4000))
	}
	for g := range 3 {
		work.Go(func() {
			r := rand.New(rand.NewPCG(uint64(g), 7))
			for ctx.Err() == nil {
				readSome(t, l, r)
			}
		})
	}
	maintain := func(what string, do func() error) {
		work.Go(func() {
			for ctx.Err() == nil {
				if err := do(); err != nil && ctx.Err() == nil {
					t.Errorf("%s: %v", what, err)
					cancel()
				}
			}
		})
	}
	maintain("compacting", func() error { _, err := l.Compact(context.Background(), "t", nil); return err })
	maintain("backup", func() error {
		to := filepath.Join(t.TempDir(), "backup")
		_, err := l.Backup(context.Background(), to)
		return errors.Join(err, os.RemoveAll(to))
	})
	for i := range rounds(1500, 30_000) {
		m := &driver.Message{Address: "t", Key: fmt.Append(nil, i%5), Value: []byte(long(fmt.Sprint(i), 4000))}
		if err := l.Publish(ctx, m); err != nil {
			t.Error(err)
			break
		}
	}
	cancel()
	work.Wait()
	if _, problems := problemsOf(t, l); len(problems) > 0 {
		t.Errorf("%+v", problems)
	}
}

// readSome reads a few batches from somewhere, and finds a time.
func readSome(t *testing.T, l *Log, r *rand.Rand) {
	first, end, err := l.Bounds("t", 0)
	if err != nil {
		t.Error(err)
		return
	}
	from := first + r.Int64N(max(1, end-first))
	reader, err := l.Reader("t", 0, from)
	if err != nil {
		t.Error(err)
		return
	}
	defer reader.Close()
	last := from - 1
	for range 20 {
		batch, err := reader.Read()
		if err != nil {
			t.Errorf("from %d: %v", from, err)
			return
		}
		for _, m := range batch {
			if m.Offset <= last {
				t.Errorf("offset %d comes after %d", m.Offset, last)
			}
			last = m.Offset
		}
	}
	if _, err := l.OffsetAt("t", 0, time.Now().Add(-time.Duration(r.Int64N(int64(time.Second))))); err != nil {
		t.Errorf("finding a time: %v", err)
	}
}

// TestTruncateKnowsNewGroups: a group that has just begun is in the way, though
// it has acknowledged nothing.
func TestTruncateKnowsNewGroups(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "one", "two")
	r, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"t"}, Group: "new"})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Truncate("t", 0, 1); !errors.Is(err, ErrLocked) {
		t.Errorf("truncating under a group: %v", err)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := l.Truncate("t", 0, 1); err != nil {
		t.Error(err)
	}
}

// TestBackupElsewhere: a backup, or what is restored, does not become a part of
// the log that it is made of.
func TestBackupElsewhere(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "one")
	backup := filepath.Join(t.TempDir(), "backup")
	if _, err := l.Backup(t.Context(), backup); err != nil {
		t.Fatal(err)
	}
	for _, within := range []string{".", "backup", "topics/backup", "topics/t/1"} {
		if _, err := l.Backup(t.Context(), filepath.Join(l.dir, within)); !errors.Is(err, driver.ErrInvalid) {
			t.Errorf("a backup in %s: %v", within, err)
		}
		if _, err := Restore(t.Context(), backup, filepath.Join(backup, within)); !errors.Is(err, driver.ErrInvalid) {
			t.Errorf("restored in %s: %v", within, err)
		}
	}
	if info, err := l.Topics(); err != nil || len(info) != 1 || len(info[0].Partitions) != 1 {
		t.Errorf("%+v, %v", info, err)
	}
}

// TestReadersBeforeTheWriter: who reads a partition before it is first written
// does not close the writer's files.
func TestReadersBeforeTheWriter(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "one", "two")
	stop(t, l)
	l = start(t, l.dir, one())
	r, err := l.Reader("t", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := r.Read(); err != nil || len(got) != 2 {
		t.Fatalf("%d, %v", len(got), err)
	}
	put(t, l, "three")
	if got, err := r.Read(); err != nil || len(got) != 1 || string(got[0].Value) != "three" {
		t.Fatalf("%d, %v", len(got), err)
	}
	r.Close()
	put(t, l, "four")
	holds(t, l, "one", "two", "three", "four")
}
