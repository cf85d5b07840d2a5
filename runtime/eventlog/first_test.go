package eventlog

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestRoomOfAKilledWriter: what a killed writer has left behind the records is kept where it is zeros, and
// cut off where anything else lies there, however far behind.
func TestRoomOfAKilledWriter(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "first", "second")
	stray, err := os.ReadFile(segmentsOf(t, l.dir, 0)[0])
	if err != nil {
		t.Fatal(err)
	}
	w := l.topics["t"].partitions[0].writing
	end, size := w.size, int64(len(stray))
	stray = bytes.Clone(stray[headerSize:end]) // whole records
	for _, at := range []int64{0, 1, 5000, size - end - 1} {
		dir := copyDir(t, l.dir)
		path := segmentsOf(t, dir, 0)[0]
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		if at > 0 {
			_, err = f.WriteAt(stray[:min(int64(len(stray)), size-end-at)], end+at)
		}
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
		writer, cuts, taken := start(t, dir, one()), 0, 0
		wreck(writer, func(op string, _ int) (int, error) {
			switch op {
			case "truncate":
				cuts++
			case "allocate":
				taken++
			}
			return 0, nil
		})
		put(t, writer, "third")
		if (cuts > 0) != (at > 0) || taken == 0 {
			t.Errorf("stray bytes at %d: cut off %d times, room taken %d times", at, cuts, taken)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if behind := b[writer.topics["t"].partitions[0].writing.size:]; len(bytes.Trim(behind, "\x00")) > 0 {
			t.Errorf("stray bytes at %d were kept", at)
		}
		holds(t, start(t, copyDir(t, dir), one()), "first", "second", "third")
	}
}

// TestRoomThatIsNotThere: zeros that are no room are cut off as anything else is.
func TestRoomThatIsNotThere(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "first")
	writer, cuts := start(t, copyDir(t, l.dir), one()), 0
	wreck(writer, func(op string, _ int) (int, error) {
		if op == "truncate" {
			cuts++
		} else if op == "allocate" {
			return 0, errQuota
		}
		return 0, nil
	})
	put(t, writer, "second")
	if holds(t, writer, "first", "second"); cuts == 0 {
		t.Error("room that could not be taken was kept")
	}
}

// tornEverywhere returns a copy of a log in which each partition ends in something torn.
func tornEverywhere(t *testing.T, l *Log) (dir string) {
	t.Helper()
	dir = copyDir(t, l.dir)
	if err := os.Remove(filepath.Join(dir, journalFile)); err != nil { // what it has is in the segments
		t.Fatal(err)
	}
	for p, of := range l.topics["t"].partitions {
		f, err := os.OpenFile(segmentsOf(t, dir, p)[0], os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteAt([]byte("torn"), of.writing.size)
		if err := errors.Join(err, f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestPartitionsAreMadeReadyTogether: a round of many that are first written waits for several of them at a
// time, and one that cannot be made ready fails alone.
func TestPartitionsAreMadeReadyTogether(t *testing.T) {
	const partitions = 24
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	if err := l.Publish(t.Context(), touching(partitions)...); err != nil {
		t.Fatal(err)
	}
	dir := tornEverywhere(t, l)
	var found []int32
	o := Options{Partitions: partitions, OnRecover: func(r Recovery) { found = append(found, r.Partition) }}
	again := start(t, dir, &o)
	var under, most atomic.Int32
	var broken atomic.Bool
	broken.Store(true)
	again.open = func(path string, flag int) (file, error) {
		if !strings.HasSuffix(path, logSuffix) {
			return openFile(path, flag)
		}
		n := under.Add(1)
		defer under.Add(-1)
		for limit := time.Now().Add(50 * time.Millisecond); n == 1 && most.Load() < 2 && time.Now().Before(limit); {
			time.Sleep(time.Millisecond)
			n = under.Load()
		}
		most.Store(max(most.Load(), n))
		if broken.Load() && strings.HasPrefix(path, filepath.Join(dir, topicsDir, "t", "7")+string(filepath.Separator)) {
			return nil, errBroken
		}
		return openFile(path, flag)
	}
	if err := again.Publish(t.Context(), touching(partitions)...); !errors.Is(err, errBroken) || errors.Is(err, driver.ErrUnknownOutcome) {
		t.Errorf("one partition cannot be opened: %v", err)
	}
	broken.Store(false)
	if err := again.Publish(t.Context(), touching(partitions)...); err != nil {
		t.Error(err)
	}
	for p := range partitions {
		want := 3
		if p == 7 {
			want = 2
		}
		if got, err := all(again, p, 0); err != nil || len(got) != want {
			t.Errorf("partition %d has %d messages, %v; want %d", p, len(got), err, want)
		}
	}
	slices.Sort(found)
	if len(slices.Compact(slices.Clone(found))) != partitions || len(found) != partitions {
		t.Errorf("told of %v", found)
	}
	if most.Load() < 2 {
		t.Error("partitions are made ready one after the other")
	}
}
