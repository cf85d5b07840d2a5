package eventlog

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// settledLog makes a log with messages in every partition, and one in a topic that has
// partitions without, which is left settled.
func settledLog(t *testing.T, dir string, partitions int) {
	t.Helper()
	if boot() == "" {
		t.Skip("it is not known when the system was started: no log is settled")
	}
	l := start(t, dir, &Options{Partitions: partitions})
	if err := l.Publish(t.Context(), append(touching(partitions), &driver.Message{Address: "few", Value: []byte("v")})...); err != nil {
		t.Fatal(err)
	}
	for until := time.Now().Add(10 * time.Second); !l.settled.Load(); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the writer does not look at all partitions")
		}
	}
	put(t, l, "last")
	stop(t, l)
	if !says(t, dir, settledText(boot())) {
		t.Fatal("the log is not settled")
	}
}

// says tells whether the file of the writer's lock says something.
func says(t *testing.T, dir, what string) bool {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, writerLock))
	if err != nil {
		t.Fatal(err)
	}
	return string(b) == what
}

// join joins a group of a log that nobody writes.
func join(t *testing.T, l *Log, group string, begin driver.Start, topics ...string) driver.Receiver {
	t.Helper()
	r, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: topics, Group: group, Start: begin})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestJoiningASettledLog: where the last writer has left a log as it should, who joins a group looks into
// no partition, stands where it would otherwise, is given what is published then, and leaves the log as it was.
func TestJoiningASettledLog(t *testing.T) {
	const n = 20
	dir := t.TempDir()
	settledLog(t, dir, n)
	l := start(t, dir, &Options{Poll: time.Second}) // which looks into partitions that have no mark
	r := join(t, l, "late", driver.StartLatest, "t", "few")
	if !says(t, dir, settledText(boot())) {
		t.Error("the log was settled before a group was joined")
	}
	for _, name := range []string{"t", "few"} {
		for _, p := range l.topics[name].partitions {
			p.mu.Lock()
			if p.listed {
				t.Errorf("%s, partition %d was looked into", name, p.number)
			}
			p.mu.Unlock()
		}
	}
	take(t, join(t, start(t, dir, nil), "early", driver.StartEarliest, "t", "few"), n+2)
	other := start(t, dir, nil)
	if err := other.Publish(t.Context(), append(touching(n), &driver.Message{Address: "few", Value: []byte("v")})...); err != nil {
		t.Fatal(err)
	}
	take(t, r, n+1)
}

// TestNotSettled: where anything is not as it should, or may not be, a group is given all the same what
// no mark tells of.
func TestNotSettled(t *testing.T) {
	for name, disturb := range map[string]func(dir string) error{
		"another start of the system": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, writerLock), []byte(settledText("another")), fileMode)
		},
		"another writer": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, writerLock), []byte("1 another"), fileMode)
		},
		"a journal": func(dir string) error { return os.WriteFile(filepath.Join(dir, journalFile), nil, fileMode) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			settledLog(t, dir, 2)
			said, err := os.ReadFile(filepath.Join(dir, writerLock))
			if err != nil {
				t.Fatal(err)
			}
			setMark(t, dir, 0, mark{base: 0, size: headerSize}.bytes(nil))
			setMark(t, dir, 1, nil)
			if err := errors.Join(os.WriteFile(filepath.Join(dir, writerLock), said, fileMode), disturb(dir)); err != nil {
				t.Fatal(err)
			}
			take(t, join(t, start(t, dir, nil), "g", driver.StartEarliest, "t"), 3)
		})
	}
}

// TestNotLeftSettled: a writer that knows of something that is not as it should, or cannot know, does not say that
// the log is settled.
func TestNotLeftSettled(t *testing.T) {
	dir := t.TempDir()
	settledLog(t, dir, 2)
	l := start(t, dir, nil)
	var broken atomic.Bool
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil || !strings.HasSuffix(path, marksFile) {
			return f, err
		}
		return faulty{f, func(string, int) (int, error) {
			if broken.Load() {
				return 0, errBroken
			}
			return 0, nil
		}}, nil
	}
	put(t, l, "first")
	broken.Store(true)
	put(t, l, "not told of", "nor", "this")
	stop(t, l)
	if says(t, dir, settledText(boot())) {
		t.Error("a mark was not written")
	}
	l = start(t, dir, nil)
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	stop(t, l)
	if l.settled.Load() != says(t, dir, settledText(boot())) {
		t.Error("it was not known whether the log was settled")
	}
	dir = t.TempDir()
	settledLog(t, dir, 2)
	l = start(t, dir, nil)
	l.open = refuseSegments
	if err := l.Publish(t.Context(), messagesOf("v")...); err == nil {
		t.Fatal("a segment that cannot be opened was written")
	}
	stop(t, l)
	if l.settled.Load() {
		t.Error("a partition could not be made ready")
	}
}

// refuseSegments opens everything else.
func refuseSegments(path string, flag int) (file, error) {
	if strings.HasSuffix(path, logSuffix) {
		return nil, errBroken
	}
	return openFile(path, flag)
}

// TestJoiningASettledLogWithoutMarks: what has become of the file of marks since, or cannot be read of it, is not
// taken for partitions without messages: a group stays where it was.
func TestJoiningASettledLogWithoutMarks(t *testing.T) {
	for name, lose := range map[string]func(path string) error{
		"gone":       os.Remove,
		"unreadable": func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, dirMode)) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			settledLog(t, dir, 2)
			l := start(t, dir, nil)
			for p := range int32(2) {
				if err := l.SetPositions("g", Position{"t", p, 1}); err != nil {
					t.Fatal(err)
				}
			}
			if err := lose(marksOf(dir)); err != nil {
				t.Fatal(err)
			}
			r := join(t, l, "g", driver.StartEarliest, "t")
			if d := take(t, r, 1); len(d) != 1 || string(d[0].Message().Value) != "last" {
				t.Errorf("%d messages are handed out, the first of which is %.20q", len(d), d[0].Message().Value)
			}
			if err := r.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			at, err := l.Positions("g")
			if err != nil || len(at) != 2 || at[0].Offset != 1 || at[1].Offset != 1 {
				t.Errorf("the group is at %v, %v", at, err)
			}
		})
	}
}

// TestUnsettledOrRefused: who cannot take back that the log is settled does not write.
func TestUnsettledOrRefused(t *testing.T) {
	dir := t.TempDir()
	settledLog(t, dir, 1)
	path := filepath.Join(dir, writerLock)
	f, err := os.Open(path) // nothing can be written to it
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	l := &lock{file: f, path: path}
	if err := l.say(); err == nil {
		t.Error("the file says still that the log is settled")
	}
	unsettle(t, dir)
	if err := l.say(); err != nil || l.said != "" {
		t.Errorf("there is nothing to take back: %q, %v", l.said, err)
	}
}

// TestSettledByWhoWrites: what a writer that has lost its lock has seen says nothing of what the next one leaves.
func TestSettledByWhoWrites(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "v")
	c := l.writer
	l.depose(c)
	l.settled.Store(false)
	l.showWhole(c, newBreather(), 0)
	if l.settled.Load() {
		t.Error("another one may write")
	}
	put(t, l, "v")
}
