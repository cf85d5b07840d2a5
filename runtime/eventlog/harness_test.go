package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// start opens a log that is closed with the test. A disk that has failed is tried at
// once, however often.
func start(t testing.TB, dir string, o *Options) *Log {
	t.Helper()
	l, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	l.pause = 0
	t.Cleanup(func() { stop(t, l) })
	return l
}

func stop(t testing.TB, l *Log) {
	t.Helper()
	if err := l.Close(context.Background()); err != nil {
		t.Errorf("closing the log: %v", err)
	}
}

// one is the options of logs with one partition a topic.
func one() *Options { return &Options{Partitions: 1} }

// put publishes values at topic "t", without keys.
func put(t testing.TB, l *Log, values ...string) {
	t.Helper()
	if err := l.Publish(context.Background(), messagesOf(values...)...); err != nil {
		t.Fatal(err)
	}
}

func messagesOf(values ...string) []*driver.Message {
	out := make([]*driver.Message, len(values))
	for i, v := range values {
		out[i] = &driver.Message{Address: "t", Value: []byte(v)}
	}
	return out
}

// numbered returns n values from prefix-from on.
func numbered(prefix string, from, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("%s-%d", prefix, from+i)
	}
	return out
}

// all reads a partition of topic "t" to its end, or to damage.
func all(l *Log, partition int, from int64) ([]*driver.Message, error) {
	return allFrom(l, "t", partition, from)
}

// allOf reads a partition from its start to its end, or to damage.
func allOf(l *Log, topic string, partition int) ([]*driver.Message, error) {
	return allFrom(l, topic, partition, 0)
}

// allFrom reads a partition to its end, or to damage; nothing when there is no
// such topic.
func allFrom(l *Log, topic string, partition int, from int64) ([]*driver.Message, error) {
	r, err := l.Reader(topic, partition, from)
	if errors.Is(err, driver.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var out []*driver.Message
	for {
		batch, err := r.Read()
		if err != nil || len(batch) == 0 {
			return out, err
		}
		out = append(out, batch...)
	}
}

// holds checks that partition 0 of topic "t" has these values, from offset 0.
func holds(t testing.TB, l *Log, want ...string) {
	t.Helper()
	got, err := all(l, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, want)
}

func same(t testing.TB, got []*driver.Message, want []string) {
	t.Helper()
	for i, m := range got {
		if i >= len(want) || string(m.Value) != want[i] {
			t.Fatalf("message %d is %.40q; there are %d, want %d", i, m.Value, len(got), len(want))
		}
		if i > 0 && m.Offset <= got[i-1].Offset {
			t.Fatalf("offset %d comes after %d", m.Offset, got[i-1].Offset)
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d", len(got), len(want))
	}
}

// segmentsOf lists the segment files of a partition of topic "t".
func segmentsOf(t testing.TB, dir string, partition int) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(partitionPath(dir, "t", partition), "*"+logSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// marksOf returns the path of the file with the marks of topic "t".
func marksOf(dir string) string { return filepath.Join(dir, topicsDir, "t", marksFile) }

// setMark puts something in the place of the mark of a partition of topic "t"; nothing loses it.
func setMark(t testing.TB, dir string, partition int, b []byte) {
	t.Helper()
	unsettle(t, dir)
	f, err := os.OpenFile(marksOf(dir), os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.WriteAt(append(b, make([]byte, markSlot-len(b))...), int64(partition)*markSlot)
	if err = errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
}

// unsettle has a log that nobody writes not known to be as it should: as after a power cut.
func unsettle(t testing.TB, dir string) {
	t.Helper()
	if err := os.Truncate(filepath.Join(dir, unsettledFile), 0); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// copyDir copies a log, as a power cut would leave it or a test wants it.
func copyDir(t testing.TB, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "copy")
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if lock, err := takeLock(filepath.Join(to, writerLock)); err != nil { // else whoever writes waits for another one
		t.Fatal(err)
	} else if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	return to
}

// long returns a value of n bytes that begins with what it is told.
func long(prefix string, n int) string { return prefix + strings.Repeat("x", max(0, n-len(prefix))) }
