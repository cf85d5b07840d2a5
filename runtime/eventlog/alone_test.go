package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"runtime/debug"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// synced is a log of which a test is told when it syncs something.
func synced(t *testing.T, told func()) *Log {
	l := start(t, t.TempDir(), one())
	wreck(l, func(op string, _ int) (int, error) {
		if op == "sync" {
			told()
		}
		return 0, nil
	})
	return l
}

// crowd publishes from several goroutines in one round.
func crowd(t *testing.T, l *Log, n int) {
	c := l.writer
	c.mu.Lock()
	c.busy = true
	before := c.calls
	c.mu.Unlock()
	all := make(chan error, n)
	for range n {
		go func() { all <- l.Publish(context.Background(), messagesOf("one of many")...) }()
	}
	for waiting := false; !waiting; goruntime.Gosched() {
		c.mu.Lock()
		if waiting = c.calls == before+uint64(n); waiting {
			c.busy = false
			c.work.Signal()
		}
		c.mu.Unlock()
	}
	for range n {
		if err := <-all; err != nil {
			t.Fatal(err)
		}
	}
}

// TestWhoIsAloneWritesItself: who publishes or commits alone does what there is to
// do; with a context that may end, the first time, and in company the goroutine does.
func TestWhoIsAloneWritesItself(t *testing.T) {
	var by atomic.Value
	l := synced(t, func() { by.Store(string(debug.Stack())) })
	expect := func(itself bool, what string, err error) {
		t.Helper()
		stack, _ := by.Load().(string)
		if strings.Contains(stack, ".TestWhoIsAloneWritesItself(") != itself || err != nil {
			t.Errorf("%s: %v, itself %v\n%s", what, err, !itself, stack)
		}
	}
	publish := func(ctx context.Context) error { return l.Publish(ctx, messagesOf("v")...) }
	patient := context.Background()
	expect(false, "the first time", publish(patient))
	expect(true, "alone", publish(patient))
	expect(false, "with a context that may end", publish(t.Context()))
	crowd(t, l, 3)
	expect(false, "behind several", publish(patient))
	expect(true, "alone again", publish(patient))
	r, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"t"}, Group: "g", Transactional: true})
	if err != nil {
		t.Fatal(err)
	}
	commit := r.(driver.Committer).Commit
	expect(true, "a unit", commit(patient, take(t, r, 1)[:1], messagesOf("v")...))
	expect(false, "a unit with a context that may end", commit(t.Context(), nil, messagesOf("v")...))
	expect(false, "a task", l.writer.do(l.writer.journal.reset))
}

// TestBehindATruncationTheLogWrites: who is alone does not make ready what a truncation that
// failed has left, which is told to OnRecover and waits for more than a round.
func TestBehindATruncationTheLogWrites(t *testing.T) {
	var by atomic.Value
	var broken atomic.Bool
	l := start(t, t.TempDir(), one())
	wreck(l, func(op string, _ int) (int, error) {
		if op == "sync" {
			by.Store(string(debug.Stack()))
			if broken.Load() {
				return 0, errBroken
			}
		}
		return 0, nil
	})
	itself := func(want bool) {
		t.Helper()
		put(t, l, "v")
		if stack := by.Load().(string); strings.Contains(stack, ".TestBehindATruncationTheLogWrites(") != want {
			t.Errorf("want itself %v\n%s", want, stack)
		}
	}
	itself(false)
	itself(true)
	broken.Store(true)
	if err := l.Truncate("t", 0, 1); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	broken.Store(false)
	itself(false)
	itself(true)
	holds(t, l, "v", "v", "v")
}

// hanging opens a log with one message, whose next sync hangs once hang is set: it tells so
// on hung, and goes on when it is released.
func hanging(t *testing.T) (l *Log, hang *atomic.Bool, hung, released chan struct{}) {
	hang, hung, released = new(atomic.Bool), make(chan struct{}), make(chan struct{})
	l = synced(t, func() {
		if hang.Swap(false) {
			hung <- struct{}{}
			<-released
		}
	})
	put(t, l, "first")
	return l, hang, hung, released
}

// TestDiskThatHangs: it holds up who writes, and nobody whose context ends, whether alone or waiting
// for another's round.
func TestDiskThatHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	late := func(ctx context.Context) {
		t.Helper()
		err := soon(t, "Publish", func() error { return l.Publish(ctx, messagesOf("late")...) })
		if !errors.Is(err, driver.ErrUnknownOutcome) || !errors.Is(err, ctx.Err()) {
			t.Errorf("while the disk hangs: %v", err)
		}
	}
	ended := make(chan error, 1)
	hang.Store(true)
	go func() { ended <- l.Publish(context.Background(), messagesOf("itself")...) }()
	<-hung
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	late(ctx)
	released <- struct{}{}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	put(t, l, "behind")
	for range 2 {
		put(t, l, "alone") // what was late has not been crowded
		hang.Store(true)
		ctx, cancel = context.WithCancel(t.Context())
		go func() { <-hung; cancel() }()
		late(ctx)
		released <- struct{}{}
	}
	put(t, l, "last")
	holds(t, l, "first", "itself", "late", "behind", "alone", "late", "alone", "late", "last")
}

// TestCloseDoesNotWaitForADiskThatHangs: it returns when its context ends, also while
// the log itself waits for the disk.
func TestCloseDoesNotWaitForADiskThatHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	hang.Store(true)
	ended := make(chan error, 1)
	go func() { ended <- l.Publish(context.Background(), messagesOf("itself")...) }()
	<-hung
	waiting := make(chan struct{})
	l.background.Go(func() {
		close(waiting)
		_ = l.writer.do(func() error { return nil })
	})
	<-waiting
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- l.Close(ctx) }()
	select {
	case err := <-closed:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while the disk hangs: %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("Close waits for the disk")
	}
	released <- struct{}{}
	if err := <-ended; err != nil {
		t.Error(err)
	}
	stop(t, l) // waits for what goes on
	lock, err := takeLock(filepath.Join(l.dir, writerLock))
	if err != nil {
		t.Fatal(err)
	}
	if err := lock.Close(); err != nil {
		t.Error(err)
	}
}

// TestReceiversDoNotWaitForADiskThatHangs: they return when the context ends, also while
// another of the log waits for the disk, and have left their groups when it goes on.
func TestReceiversDoNotWaitForADiskThatHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	r, other := member(t, l, "g"), member(t, l, "other")
	for _, d := range take(t, r, 1) {
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	hang.Store(true)
	ended := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithCancel(context.Background())
		go func() { <-hung; cancel() }()
		ended <- r.Close(ctx)
	}()
	late := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s while the disk hangs: %v", what, err)
		}
	}
	select {
	case err := <-ended:
		late("closing", err)
	case <-time.After(10 * time.Second):
		released <- struct{}{}
		t.Fatal("Close waits for the disk")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	late("flushing", r.(driver.Flusher).Flush(ctx))
	late("closing another", other.Close(ctx))
	released <- struct{}{}
	if err := errors.Join(r.Close(t.Context()), other.Close(t.Context())); err != nil {
		t.Error(err)
	}
	if at, err := l.Positions("g"); err != nil || len(at) != 1 || at[0].Offset != 1 {
		t.Errorf("the group is at %v, %v", at, err)
	}
	if lock, err := takeLock(filepath.Join(l.dir, groupsDir, "g", positionsLock)); err != nil {
		t.Error(err)
	} else if err := lock.Close(); err != nil {
		t.Error(err)
	}
}

// TestPanicEndsTheProcess: whoever writes alone and recovers from a panic would keep all
// others from writing.
func TestPanicEndsTheProcess(t *testing.T) {
	dir := t.TempDir()
	c := exec.Command(os.Args[0], "-test.run=^$")
	c.Env = append(os.Environ(), fmt.Sprint(childVariable, "=panic ", dir, " 0"))
	said, err := c.CombinedOutput()
	if err == nil || strings.Contains(string(said), "recovered") || !strings.Contains(string(said), "in the middle of a round") {
		t.Errorf("%v\n%s", err, said)
	}
	l := start(t, dir, one())
	put(t, l, "third")
	holds(t, l, "first", "second", "third")
}

// panicAlone is a process that recovers from a panic while it writes.
func panicAlone(dir string) error {
	var broken atomic.Bool
	l, err := Open(dir, one())
	if err != nil {
		return err
	}
	wreck(l, func(op string, _ int) (int, error) {
		if op == "sync" && broken.Load() {
			panic("in the middle of a round")
		}
		return 0, nil
	})
	if err := l.Publish(context.Background(), messagesOf("first")...); err != nil {
		return err
	}
	broken.Store(true)
	defer func() { fmt.Println("recovered", recover() != nil) }()
	return l.Publish(context.Background(), messagesOf("second")...)
}
