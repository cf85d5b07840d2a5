package eventlog

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// keyed publishes a message to a partition of topic "t", which has four.
func keyed(t *testing.T, l *Log, partition int, value string) {
	t.Helper()
	for _, m := range touching(4) {
		if share.Partition(m.Key, 4) == partition {
			m.Value = []byte(value)
			if err := l.Publish(context.Background(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestOldMarksAreCaughtUp: a power cut takes marks, which are never synced. Who consumes
// in another process is given what lies behind them although the writer is told to
// write to another partition alone.
func TestOldMarksAreCaughtUp(t *testing.T) {
	for _, rolled := range []bool{false, true} {
		o := small()
		o.Partitions = 4
		l := start(t, t.TempDir(), o)
		for p := range 4 {
			keyed(t, l, p, fmt.Sprint("known ", p))
		}
		old := map[int][]byte{}
		for _, p := range []int{1, 2} {
			b, err := os.ReadFile(marksOf(l.dir))
			if err != nil {
				t.Fatal(err)
			}
			old[p] = b[p*markSlot:][:markSize]
		}
		want := 1
		for i := 0; i == 0 || rolled && i < 30; i++ {
			keyed(t, l, 1, long(fmt.Sprint("later ", i), 4000))
			want++
		}
		dir := copyDir(t, l.dir) // a crash leaves room that is not used
		for p, b := range old {
			setMark(t, dir, p, b)
		}
		writer := start(t, dir, o)
		keyed(t, writer, 0, "of another partition")
		reader := start(t, dir, &Options{Poll: time.Millisecond})
		r := member(t, reader, "g")
		seen := 0
		for _, d := range take(t, r, want+4) {
			if d.Message().Partition == 1 {
				seen++
			}
		}
		if seen != want {
			t.Errorf("rolled %v: %d messages behind the mark, want %d", rolled, seen, want)
		}
		writer.background.Wait()
		for p, prepared := range []bool{true, true, false, false} {
			if got := writer.topics["t"].partitions[p].prepared(); got != prepared {
				t.Errorf("rolled %v: partition %d was opened: %v", rolled, p, got)
			}
		}
	}
}

// indexFiles are the files of the indexes of a log's sealed segments, as they were written.
type indexFiles struct {
	dir   string
	paths []string
	want  [][]byte
}

// indexed writes a log whose messages have the seconds before n for their times, and stops it.
func indexed(t *testing.T, n int) *indexFiles {
	t.Helper()
	x := &indexFiles{dir: t.TempDir()}
	l := start(t, x.dir, small())
	for i := range n {
		m := &driver.Message{Address: "t", Value: []byte(long("", 4000)), Time: driver.At(time.Unix(int64(i), 0))}
		if err := l.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	stop(t, l)
	segments := segmentsOf(t, x.dir, 0)
	for _, path := range segments[:len(segments)-1] {
		b, err := os.ReadFile(indexPath(path))
		if err != nil {
			t.Fatal(err)
		}
		x.paths, x.want = append(x.paths, indexPath(path)), append(x.want, b)
	}
	return x
}

// harm does something to all of the files.
func (x *indexFiles) harm(t *testing.T, how func(path string) error) {
	t.Helper()
	for _, path := range x.paths {
		if err := how(path); err != nil {
			t.Fatal(err)
		}
	}
}

// whole returns how many files are as they were.
func (x *indexFiles) whole() (n int) {
	for i, path := range x.paths {
		if got, err := os.ReadFile(path); err == nil && bytes.Equal(got, x.want[i]) {
			n++
		}
	}
	return n
}

// look looks a second up and waits for what that makes the log do.
func look(t *testing.T, l *Log, second int64) {
	t.Helper()
	if at, err := l.OffsetAt("t", 0, time.Unix(second, 0)); err != nil || at != second {
		t.Fatalf("%d is at %d, %v", second, at, err)
	}
	l.background.Wait()
}

// TestIndexFilesAreMended: files of indexes that are missing, damaged or of less than
// the segment has are written again by the writer when something is looked up, as they
// were; nobody else touches them.
func TestIndexFilesAreMended(t *testing.T) {
	for name, harm := range map[string]func(path string) error{
		"missing": os.Remove,
		"damaged": func(path string) error { return os.WriteFile(path, []byte("no index at all"), fileMode) },
		"old": func(path string) error {
			base, _ := segmentBase(strings.TrimSuffix(filepath.Base(path), indexSuffix) + logSuffix)
			return newIndex(base, loadIndex(path, base).earlier).save(path, base)
		},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 100
			files := indexed(t, n)
			files.harm(t, harm)
			before := files.whole()
			look(t, start(t, files.dir, &Options{ReadOnly: true}), n/2)
			if got := files.whole(); got != before {
				t.Fatalf("a reader has mended %d files", got-before)
			}
			writer := start(t, files.dir, small())
			put(t, writer, "becomes the writer")
			writer.background.Wait()
			for second := range int64(n - 40) {
				look(t, writer, second)
			}
			if got := files.whole(); got < len(files.paths)/2 {
				t.Errorf("%d of %d files are as they were", got, len(files.paths))
			}
		})
	}
}

// TestIndexFilesThatCannotBeMended are tried again, though not with each message that is
// looked up, while what they lack is held in memory too.
func TestIndexFilesThatCannotBeMended(t *testing.T) {
	files := indexed(t, 50)
	files.harm(t, os.Remove)
	files.harm(t, func(path string) error { return os.Mkdir(path+madeSuffix, dirMode) })
	writer := start(t, files.dir, small())
	put(t, writer, "becomes the writer")
	begun := time.Now()
	look(t, writer, 1)
	if got := files.whole(); got > 0 {
		t.Fatalf("%d files were written where none can be", got)
	}
	files.harm(t, func(path string) error { return os.Remove(path + madeSuffix) })
	look(t, writer, 1)
	if got := files.whole(); got > 0 && time.Since(begun) < mendAgain {
		t.Errorf("%d files are tried again at once", got)
	}
	for limit := time.Now().Add(30 * time.Second); files.whole() == 0; time.Sleep(10 * time.Millisecond) {
		look(t, writer, 1)
		if time.Now().After(limit) {
			t.Fatal("they are not tried again")
		}
	}
}
