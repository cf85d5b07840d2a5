package eventlog

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// entries is what a disk has of directories. Once a sync of one has failed it counts
// for nothing until the directory was changed.
type entries struct {
	mu    sync.Mutex
	fails string          // the end of the path of directories that cannot be synced
	lost  map[string]bool // what could not be synced and was not synced with a change since
	seen  []string        // what was synced with a change, or failed
}

var errBroken = errors.New("pretending that the disk is broken")

// under puts them under a log.
func (d *entries) under(l *Log) *Log {
	l.folders.sync = func(path string) error {
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.fails != "" && strings.HasSuffix(path, d.fails) {
			d.lost[path] = true
			return errBroken
		}
		if _, err := os.Stat(filepath.Join(path, stirred)); err == nil {
			delete(d.lost, path)
			d.seen = append(d.seen, path)
		}
		return syncDir(path)
	}
	return l
}

// TestFailedSyncOfADirectoryIsRepeated: what is acknowledged after a directory could
// not be synced lies in directories that have been synced with a change since.
func TestFailedSyncOfADirectoryIsRepeated(t *testing.T) {
	publish := func(l *Log) error { return l.Publish(context.Background(), touching(4)...) }
	join := func(l *Log) error {
		s := driver.Subscription{Addresses: []string{"t"}, Group: "g"}
		r, err := l.Transport().Subscribe(context.Background(), s)
		if err != nil {
			return err
		}
		return r.Close(context.Background())
	}
	for _, test := range []struct {
		dir string
		do  func(*Log) error
	}{
		{"/above", publish}, {"/log", publish}, {"/topics", publish}, {"/t/2", publish},
		{"/topics", join}, {"/log", join}, {"/groups", join}, {"/groups/g", join},
	} {
		dir := filepath.Join(t.TempDir(), "above", "log")
		d := &entries{lost: map[string]bool{}, fails: test.dir}
		l := d.under(start(t, dir, nil))
		for range 2 {
			if err := test.do(l); !errors.Is(err, errBroken) {
				t.Errorf("%s: %v", test.dir, err)
			}
		}
		d.fails = ""
		if err := test.do(l); err != nil || len(d.lost) > 0 {
			t.Errorf("%s: acknowledged, and %v may be lost, %v", test.dir, d.lost, err)
		}
	}
}

// TestKilledAfterADirectoryWasLost: nor does the next process trust what it finds.
func TestKilledAfterADirectoryWasLost(t *testing.T) {
	for _, dir := range []string{"/log", "/topics", "/t/0"} {
		l := start(t, filepath.Join(t.TempDir(), "log"), one())
		d := &entries{lost: map[string]bool{}, fails: dir}
		if err := d.under(l).Publish(t.Context(), messagesOf("a")...); !errors.Is(err, errBroken) {
			t.Fatal(dir, err)
		}
		if l.writer != nil { // the process is killed
			if err := l.writer.lock.file.Close(); err != nil {
				t.Fatal(err)
			}
			l.mu.Lock()
			l.writer = nil
			l.mu.Unlock()
		}
		if dir == "/t/0" { // before it has deleted the segment
			begun := filepath.Join(partitionPath(l.dir, "t", 0), segmentName(0))
			if err := os.WriteFile(begun, header{}.bytes(), fileMode); err != nil {
				t.Fatal(err)
			}
		}
		d.fails = ""
		put(t, d.under(start(t, l.dir, one())), "b")
		if len(d.lost) > 0 {
			t.Errorf("acknowledged, and %v may be lost", d.lost)
		}
	}
}

// TestSoundDirectoriesAreLeftAlone: nothing is made in directories of which no sync
// has failed.
func TestSoundDirectoriesAreLeftAlone(t *testing.T) {
	d := &entries{lost: map[string]bool{}}
	l := d.under(start(t, t.TempDir(), nil))
	put(t, l, numbered("a", 0, 100)...)
	stop(t, l)
	l = d.under(start(t, l.dir, nil))
	put(t, l, numbered("b", 0, 100)...)
	if len(d.seen) > 0 {
		t.Errorf("changed %v", d.seen)
	}
}

// TestTruncateIsCompleted: a truncation that could not be made durable is not
// reported as done, nor is anything acknowledged behind it, before each of its steps
// was repeated and synced.
func TestTruncateIsCompleted(t *testing.T) {
	again := map[string]func(l *Log) error{
		"truncate": func(l *Log) error { return l.Truncate("t", 0, 10) },
		"publish":  func(l *Log) error { return l.Publish(t.Context(), messagesOf("new")...) },
	}
	for _, fails := range []string{marksFile, ".log", "/t/0", "topics/t"} {
		for name, do := range again {
			l := start(t, t.TempDir(), &Options{Partitions: 1, SegmentBytes: 64 << 10})
			d := (&entries{lost: map[string]bool{}})
			d.under(l)
			var ops []string
			broken := false
			l.open = func(path string, flag int) (file, error) {
				f, err := openFile(path, flag)
				return faulty{f, func(op string, _ int) (int, error) {
					ops = append(ops, op+" "+filepath.Base(path))
					if broken && op == "sync" && strings.HasSuffix(path, fails) {
						return 0, errBroken
					}
					return 0, nil
				}}, err
			}
			for i := range 40 { // of several segments
				put(t, l, long(numbered("v", i, 1)[0], 5000))
			}
			broken, d.fails = true, fails
			for range 2 {
				if err := again["truncate"](l); !errors.Is(err, errBroken) {
					t.Fatalf("%s cannot be synced: %v", fails, err)
				}
			}
			broken, d.fails, ops = false, "", nil
			if err := do(l); err != nil || len(d.lost) > 0 {
				t.Errorf("%s could not be synced, then %s: %v, %v may be lost", fails, name, err, d.lost)
			}
			cut := filepath.Base(segmentsOf(t, l.dir, 0)[0])
			for _, want := range []string{"write marks", "sync marks", "truncate " + cut, "sync " + cut} {
				if !slices.Contains(ops, want) {
					t.Errorf("%s could not be synced, then %s without %q: %v", fails, name, want, ops)
				}
			}
			if got, err := all(l, 0, 0); err != nil || len(got) != map[string]int{"truncate": 10, "publish": 11}[name] {
				t.Errorf("%d messages, %v", len(got), err)
			}
		}
	}
}

// TestNoTopicBeforeItsRoot: a topic is not made before the directory of all topics is
// durable: who makes the next, perhaps another process, takes that from its being there.
func TestNoTopicBeforeItsRoot(t *testing.T) {
	l := start(t, filepath.Join(t.TempDir(), "log"), one())
	d := &entries{lost: map[string]bool{}}
	d.under(l)
	if err := os.MkdirAll(filepath.Join(l.dir, topicsDir), dirMode); err != nil { // by who was killed then
		t.Fatal(err)
	}
	d.fails = "/log"
	if err := l.Transport().Provision(t.Context(), 1, "t"); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if names, err := l.names(); err != nil || len(names) > 0 {
		t.Errorf("there are %q, %v", names, err)
	}
}
