package eventlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// unreadable is a file of a disk that fails to read for a while.
type unreadable struct {
	file
	left *int // reads until one fails; none does when that is negative
}

func (f unreadable) ReadAt(b []byte, at int64) (int, error) {
	if *f.left--; *f.left == 0 {
		return 0, &os.PathError{Op: "read", Err: syscall.EIO}
	}
	return f.file.ReadAt(b, at)
}

// TestReadsThatFail: a disk that fails to read, whenever it does so while a log is taken over that was killed, and
// compacted, takes nothing of what it has.
func TestReadsThatFail(t *testing.T) {
	long := strings.Repeat("-", 1<<10)
	values, from := numbered(long, 0, 200), t.TempDir()
	o := &Options{Partitions: 1, SegmentBytes: 64 << 10}
	l := start(t, from, o)
	for some := range slices.Chunk(values, 20) {
		put(t, l, some...)
	}
	killed := copyDir(t, from)
	for n := 1; ; n++ {
		dir, left := copyDir(t, killed), n
		want := values
		hurt, err := Open(dir, o)
		if err != nil {
			t.Fatal(err)
		}
		hurt.pause = 0
		hurt.open = func(path string, flag int) (file, error) {
			f, err := openFile(path, flag)
			return unreadable{f, &left}, err
		}
		if hurt.Publish(context.Background(), messagesOf("new")...) == nil {
			want = append(want[:len(want):len(want)], "new")
		}
		if _, err := hurt.Compact(context.Background(), "t", nil); err != nil && !errors.Is(err, syscall.EIO) {
			t.Error(err)
		}
		if err := hurt.Close(context.Background()); err != nil && !errors.Is(err, syscall.EIO) {
			t.Error(err)
		}
		got, err := all(start(t, dir, o), 0, 0)
		if err != nil || len(got) < len(want) {
			t.Errorf("read %d failed: of %d messages %d are left, %v", n, len(want), len(got), err)
		}
		if left > 0 {
			break
		}
	}
}

// TestTakingOverWhatIsBeingRead: a segment that somebody here reads becomes the writer's when the one behind it was only
// begun. Who reads it leaves the writer its file.
func TestTakingOverWhatIsBeingRead(t *testing.T) {
	from := t.TempDir()
	put(t, start(t, from, one()), "first", "second")
	dir := copyDir(t, from)
	begun := filepath.Join(partitionPath(dir, "t", 0), segmentName(2))
	if err := os.WriteFile(begun, nil, fileMode); err != nil {
		t.Fatal(err)
	}
	l := start(t, dir, one())
	r, err := l.Reader("t", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []string{"first", "second"})
	put(t, l, "third")
	r.Close()
	put(t, l, "fourth")
	holds(t, l, "first", "second", "third", "fourth")
}
