package eventlog

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
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
	looked(t, l)
	put(t, l, "last")
	stop(t, l)
	if unsettledIn(dir) != (slots{}) {
		t.Fatal("the log is not settled")
	}
}

// looked waits until the writer has looked at all that it has taken over.
func looked(t testing.TB, l *Log) {
	t.Helper()
	for until := time.Now().Add(10 * time.Second); l.unsettled.unsure() != (slots{}); time.Sleep(time.Millisecond) {
		if time.Now().After(until) {
			t.Fatal("the writer does not look at all partitions")
		}
	}
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
	if unsettledIn(dir) != (slots{}) {
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
	flip := func(at int, sealed bool) func(string) error {
		return func(path string) error {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b[at] ^= 1
			if sum := unsettledSize - 4; sealed {
				binary.LittleEndian.PutUint32(b[sum:], crc32.Checksum(b[:sum], castagnoli))
			}
			return os.WriteFile(path, b, fileMode)
		}
	}
	head := len(unsettledMagic)
	for name, disturb := range map[string]func(path string) error{
		"another start of the system": flip(head+16, true),
		"another disk":                flip(head, true),
		"a later version":             flip(head-1, true),
		"damage":                      flip(unsettledSize-5, false),
		"what was cut off":            func(path string) error { return os.Truncate(path, int64(unsettledSize-1)) },
		"more than there was":         func(path string) error { return os.Truncate(path, int64(unsettledSize+1)) },
		"nothing":                     os.Remove,
		"a copy that was put back": func(path string) error {
			b, err := os.ReadFile(path)
			time.Sleep(2 * unsettledLate)
			return errors.Join(err, os.WriteFile(path, b, fileMode))
		},
		"a copy": func(path string) error {
			b, err := os.ReadFile(path)
			return errors.Join(err, os.WriteFile(path+"~", b, fileMode), os.Rename(path+"~", path))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			settledLog(t, dir, 2)
			path := filepath.Join(dir, unsettledFile)
			said, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			setMark(t, dir, 0, mark{base: 0, size: headerSize}.bytes(nil))
			setMark(t, dir, 1, nil)
			for try := 0; unsettledIn(dir) != (slots{}); try++ {
				if try == 10 { // each of them took too long
					t.Fatal("what it said does not count")
				}
				at, sum := unsettledBits-8, unsettledSize-4
				binary.LittleEndian.PutUint64(said[at:], uint64(time.Now().UnixNano()))
				binary.LittleEndian.PutUint32(said[sum:], crc32.Checksum(said[:sum], castagnoli))
				if err := os.WriteFile(path, said, fileMode); err != nil {
					t.Fatal(err)
				}
			}
			if err := disturb(path); err != nil {
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
	if says := unsettledIn(dir); says == (slots{}) || says == anySlot {
		t.Errorf("a mark was not written: %x", says)
	}
	l = start(t, dir, nil)
	take(t, join(t, l, "g", driver.StartEarliest, "t"), 7)
	dir = t.TempDir()
	settledLog(t, dir, 2)
	l = start(t, dir, nil)
	l.open = refuseSegments
	if err := l.Publish(t.Context(), messagesOf("v")...); err == nil {
		t.Fatal("a segment that cannot be opened was written")
	}
	stop(t, l)
	if says := unsettledIn(dir); says == (slots{}) || says == anySlot {
		t.Errorf("a partition could not be made ready: %x", says)
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
	l := start(t, dir, nil)
	if err := l.becomeWriter(); err != nil {
		t.Fatal(err)
	}
	file := l.unsettled.file
	other, err := os.Open(file.Name()) // nothing can be written to it
	if err != nil {
		t.Fatal(err)
	}
	l.unsettled.file = other
	for range 2 {
		if err := l.Publish(t.Context(), messagesOf("refused")...); err == nil {
			t.Error("the file says still that the log is settled")
		}
	}
	l.unsettled.file = file
	put(t, l, "stored")
	holds(t, l, long("", partValue), "last", "stored")
	if err := other.Close(); err != nil {
		t.Error(err)
	}
}

// TestSettledByWhoWrites: what a writer that has lost its lock has seen says nothing of what the next one leaves.
func TestSettledByWhoWrites(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "v")
	c := l.writer
	l.depose(c)
	l.showWhole(c, newBreather(), 0)
	if l.unsettled.unsure() != anySlot {
		t.Error("another one may write")
	}
	put(t, l, "v")
}

// TestUnsettledWaitsForNobody: a partition that is being made ready, which a disk may draw out, holds up nobody who
// publishes to others.
func TestUnsettledWaitsForNobody(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	if err := l.Publish(t.Context(), touching(2)...); err != nil {
		t.Fatal(err)
	}
	p := l.topics["t"].choose(touching(2)[1].Key, 0)
	if err := l.unsettled.begin(p); err != nil {
		t.Fatal(err)
	}
	p.mu.Lock()
	over := make(chan error, 1)
	go func() { over <- l.Publish(t.Context(), touching(2)[0]) }()
	select {
	case err := <-over:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(5 * time.Second):
		t.Error("it waits for another partition")
	}
	p.mu.Unlock()
}
