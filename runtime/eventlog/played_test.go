package eventlog

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestPlayedSegmentLosesItsBytes: what the journal had for a partition, and was put into its segment, is put there again
// when the sync fails that is to make the partition ready, and the disk has given up on it: nothing else gets its offsets.
func TestPlayedSegmentLosesItsBytes(t *testing.T) {
	l := start(t, journalAlone(t, 3, false), nil)
	disk := newPlatter()
	disk.reverts = true
	l.open = disk.open
	disk.failing(func(path string) bool { return strings.HasSuffix(path, logSuffix) })
	if l.Publish(t.Context(), touching(3)...) == nil {
		t.Fatal("a sync failed, and nobody was told")
	}
	disk.failing(nil)
	if got, err := all(l, 0, 0); err != nil || len(got) != 1 {
		t.Errorf("there are %d messages, %v", len(got), err)
	}
	if err := l.Publish(t.Context(), touching(3)...); err != nil {
		t.Fatal(err)
	}
	for p := range 3 {
		if got, err := all(l, p, 0); err != nil || len(got) != 2 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
}

// TestPlayedSegmentsAreNotSynced: so is what was put into segments that nobody has made ready when the journal was to be
// emptied, and a sync of them has failed.
func TestPlayedSegmentsAreNotSynced(t *testing.T) {
	l := start(t, journalAlone(t, 3, false), nil)
	disk := newPlatter()
	disk.reverts = true
	l.open = disk.open
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	disk.failing(func(path string) bool { return strings.HasSuffix(path, logSuffix) })
	if forget(l) == nil {
		t.Fatal("a sync failed, and nobody was told")
	}
	disk.failing(nil)
	for p := range 3 {
		if got, err := all(l, p, 0); err != nil || len(got) != 1 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
	if err := errors.Join(l.Publish(t.Context(), touching(3)...), forget(l)); err != nil {
		t.Fatal(err)
	}
	if l.backlog.Load() != nil {
		t.Error("what is durable is kept for another time")
	}
	for p := range 3 {
		if got, err := all(l, p, 0); err != nil || len(got) != 2 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
}

// besides opens a log of which the journal alone has the messages, on a disk where the first sync of a segment fails, and has
// not returned before something else is through that is begun then, or has not come through for a while.
func besides(t *testing.T, do func(l *Log)) (l *Log, disk *platter) {
	l, err := Open(journalAlone(t, 2, false), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close(context.Background()) })
	l.pause, disk = 0, newPlatter()
	disk.reverts = true
	disk.failing(func(path string) bool { return filepath.Dir(path) == partitionPath(l.dir, "t", 0) })
	var first sync.Once
	l.open = func(path string, flag int) (file, error) {
		f, err := disk.open(path, flag)
		if err != nil {
			return nil, err
		}
		return awaiting{f, func(err error) {
			if err != nil {
				first.Do(func() {
					disk.failing(nil)
					over := make(chan struct{})
					go func() {
						defer close(over)
						do(l)
					}()
					select {
					case <-over:
					case <-time.After(50 * time.Millisecond):
					}
				})
			}
		}}, nil
	}
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	return l, disk
}

// awaiting is a file whose syncs return when something else is done that is told what came of them.
type awaiting struct {
	file
	synced func(error)
}

func (f awaiting) SyncData() error {
	err := f.file.SyncData()
	f.synced(err)
	return err
}

// TestJournalIsEmptiedWhileASyncFails: the sync fails that is to make a partition ready, and the disk gives up on what the
// journal had for it. A sync of the same segment succeeds before anybody knows, and the journal keeps what it has.
func TestJournalIsEmptiedWhileASyncFails(t *testing.T) {
	forgotten := make(chan struct{})
	l, disk := besides(t, func(l *Log) {
		defer close(forgotten)
		_ = forget(l)
	})
	if _, err := l.topicsOf([]string{"t"}); err == nil {
		t.Fatal("a sync failed, and nobody was told")
	}
	<-forgotten
	killed := &lossy{t: t, disk: disk, dir: l.dir, o: &Options{Partitions: 2}, log: l}
	if got, err := all(killed.cut(), 0, 0); err != nil || len(got) != 1 {
		t.Errorf("there are %d messages, %v", len(got), err)
	}
}

// TestPartitionIsMadeReadyWhileASyncFails: the sync fails that is to empty the journal, and a partition is looked through
// before anybody knows: it does not end before what the disk has given up on.
func TestPartitionIsMadeReadyWhileASyncFails(t *testing.T) {
	joined := make(chan error, 1)
	l, _ := besides(t, func(l *Log) {
		_, err := l.topicsOf([]string{"t"})
		joined <- err
	})
	if err := l.backlog.Load().rest(); err != nil { // nothing is left to be put there then
		t.Fatal(err)
	}
	if forget(l) == nil {
		t.Fatal("a sync failed, and nobody was told")
	}
	if err := <-joined; err != nil {
		t.Fatal(err)
	}
	if err := l.Publish(t.Context(), touching(2)...); err != nil {
		t.Fatal(err)
	}
	if got, err := all(l, 0, 0); err != nil || len(got) != 2 {
		t.Errorf("there are %d messages, %v", len(got), err)
	}
}
