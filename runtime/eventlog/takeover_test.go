package eventlog

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestWhatAnotherWroteBeforeItWasTakenOver: a group here is given what another process has written last
// before this one became the writer, also of partitions that nobody writes any more.
func TestWhatAnotherWroteBeforeItWasTakenOver(t *testing.T) {
	dir := t.TempDir()
	publish := func(l *Log, partition int) {
		t.Helper()
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Key: keyFor(partition), Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
	}
	other := start(t, dir, &Options{Partitions: 2})
	publish(other, 0)
	l := start(t, dir, &Options{Partitions: 2, Poll: 200 * time.Millisecond})
	r := member(t, l, "g")
	take(t, r, 1)
	publish(other, 0)
	stop(t, other)
	publish(l, 1)
	take(t, r, 2)
}

// TestWhatWasNotTold: so is what no mark tells of, since the other was killed before that.
func TestWhatWasNotTold(t *testing.T) {
	dir := t.TempDir()
	to := func(l *Log, partition int) error {
		return l.Publish(t.Context(), &driver.Message{Address: "t", Key: keyFor(partition), Value: []byte("v")})
	}
	other, err := Open(dir, &Options{Partitions: 2})
	if err != nil {
		t.Fatal(err)
	}
	var broken atomic.Bool
	other.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil || !strings.HasSuffix(path, marksFile) {
			return f, err
		}
		return faulty{f, func(op string, _ int) (int, error) {
			if broken.Load() {
				return 0, errBroken
			}
			return 0, nil
		}}, nil
	}
	if err := to(other, 0); err != nil {
		t.Fatal(err)
	}
	l := start(t, dir, &Options{Partitions: 2, Poll: 50 * time.Millisecond})
	r := member(t, l, "g")
	take(t, r, 1)
	broken.Store(true)
	if err := to(other, 0); err != nil {
		t.Fatal(err)
	}
	err = other.writer.do(func() error {
		other.writer.lost = true // so that closing it writes nothing
		return nil
	})
	if closing := other.Close(context.Background()); err != nil || !errors.Is(closing, ErrLocked) {
		t.Fatal(err, closing)
	}
	if err := to(l, 1); err != nil {
		t.Fatal(err)
	}
	take(t, r, 2)
}
