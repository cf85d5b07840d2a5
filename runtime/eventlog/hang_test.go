package eventlog

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// soon fails when something waits for the disk.
func soon(t *testing.T, what string, do func() error) (err error) {
	t.Helper()
	over := make(chan error, 1)
	go func() { over <- do() }()
	select {
	case err = <-over:
	case <-time.After(10 * time.Second):
		t.Errorf("%s waits for the disk", what)
	}
	return err
}

// TestMembersGoOnWhileADiskHangs: while positions are made durable, or a member leaves,
// what is acknowledged or given back is, and other groups receive.
func TestMembersGoOnWhileADiskHangs(t *testing.T) {
	for _, leaving := range []bool{false, true} {
		l, hang, hung, released := hanging(t)
		put(t, l, "second", "third")
		r, other := member(t, l, "g"), member(t, l, "other")
		got := take(t, r, 3)
		if err := got[0].Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
		hang.Store(true)
		ended := make(chan error, 1)
		go func() {
			if leaving {
				ended <- r.Close(context.Background())
			} else {
				ended <- r.(driver.Flusher).Flush(context.Background())
			}
		}()
		<-hung
		err := errors.Join(
			soon(t, "Ack", func() error { return got[1].Ack(context.Background()) }),
			soon(t, "Nack", func() error { return got[2].Nack(context.Background()) }))
		if stale := errors.Is(err, driver.ErrStale); stale != leaving || !stale && err != nil {
			t.Errorf("leaving %v: %v", leaving, err)
		}
		if err := soon(t, "another group", func() error { return take(t, other, 1)[0].Ack(context.Background()) }); err != nil {
			t.Error(err)
		}
		released <- struct{}{}
		if err := errors.Join(<-ended, r.Close(t.Context()), other.Close(t.Context())); err != nil {
			t.Error(err)
		}
		want := int64(2)
		if leaving {
			want = 1
		}
		for group, want := range map[string]int64{"g": want, "other": 1} {
			if at, err := l.Positions(group); err != nil || len(at) != 1 || at[0].Offset != want {
				t.Errorf("leaving %v: %s is at %v, %v; want %d", leaving, group, at, err, want)
			}
		}
	}
}

// TestClosingALogThatIsBeingJoined: who joins while the log is closed leaves with it, and the group
// is free; nobody joins afterwards.
func TestClosingALogThatIsBeingJoined(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, one())
	put(t, l, "first")
	topics, err := l.topicsOf([]string{"t"})
	if err != nil {
		t.Fatal(err)
	}
	hung, released, group := make(chan struct{}), make(chan struct{}), filepath.Join(dir, groupsDir, "g")
	var first sync.Once
	l.folders.sync = func(path string) error {
		if path == group {
			first.Do(func() {
				close(hung)
				<-released
			})
		}
		return syncDir(path)
	}
	join := func(group string) (*receiver, error) {
		r := &receiver{log: l, watcher: newWatcher(), done: make(chan struct{})}
		return r, l.join(r, driver.Subscription{Group: group}, topics)
	}
	joined, closed := make(chan *receiver, 1), make(chan error, 1)
	go func() {
		r, err := join("g")
		if err != nil {
			t.Error(err)
		}
		joined <- r
	}()
	<-hung
	go func() { closed <- l.Close(context.Background()) }()
	<-l.done
	select { // it finds no member, unless it waits for who joins
	case err := <-closed:
		t.Errorf("it was closed while somebody joined: %v", err)
		closed <- nil
	case <-time.After(50 * time.Millisecond):
	}
	close(released)
	r := <-joined
	if err := <-closed; err != nil {
		t.Error(err)
	}
	if err := soon(t, "Receive", func() error { _, err := r.Receive(context.Background()); return err }); !errors.Is(err, io.EOF) {
		t.Errorf("receiving from a log that was closed: %v", err)
	}
	if _, err := join("late"); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("joining a log that was closed: %v", err)
	}
	again := start(t, dir, one())
	if err := member(t, again, "g").Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestCommitDoesNotWaitForADiskThatHangs: it returns when its context ends, and the unit
// is stored by itself. So do those who wait for another's.
func TestCommitDoesNotWaitForADiskThatHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	feedIn(t, l, 3)
	r := exactReader(t, l)
	got := takeN(t, r, 3)
	out := &driver.Message{Address: "out", Value: []byte("v")}
	if err := r.Commit(t.Context(), got[:1], out); err != nil {
		t.Fatal(err)
	}
	hang.Store(true)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	late := func(d driver.Delivery) {
		t.Helper()
		err := soon(t, "Commit", func() error { return r.Commit(ctx, []driver.Delivery{d}, out) })
		if !errors.Is(err, driver.ErrUnknownOutcome) || !errors.Is(err, ctx.Err()) {
			t.Errorf("while the disk hangs: %v", err)
		}
		if err := r.Commit(context.Background(), []driver.Delivery{d}); !errors.Is(err, driver.ErrStale) {
			t.Errorf("of a delivery of which nobody knows: %v", err)
		}
	}
	go func() { <-hung }()
	late(got[1])
	ctx, cancel = context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	late(got[2])
	if err := r.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("closing while a unit is stored: %v", err)
	}
	released <- struct{}{}
	if err := r.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if at, err := l.Positions("g"); err != nil || len(at) != 1 || at[0].Offset != 3 {
		t.Errorf("the group is at %v, %v", at, err)
	}
	if _, end, err := l.Bounds("out", 0); err != nil || end != 3 {
		t.Errorf("%d messages of 3 were stored, %v", end, err)
	}
}

// TestClosingLetsGoOfThoseWhoWaitForADiskThatHangs: who waits for another's round, for as long as it takes, is told
// that nobody knows once closing the log was given up; what was taken is stored by itself.
func TestClosingLetsGoOfThoseWhoWaitForADiskThatHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	feedIn(t, l, 1)
	r := exactReader(t, l)
	got := takeN(t, r, 1)
	hang.Store(true)
	itself, waiting := make(chan error, 1), make(chan error, 2)
	go func() { itself <- l.Publish(context.Background(), messagesOf("itself")...) }()
	<-hung
	go func() { waiting <- l.Publish(context.Background(), messagesOf("waits")...) }()
	go func() { waiting <- r.Commit(context.Background(), got) }()
	for c := l.writer; ; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		taken := len(c.units) == 1 && len(c.dirty) == 1
		c.mu.Unlock()
		if taken {
			break
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := soon(t, "Close", func() error { return l.Close(ctx) }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("closing: %v", err)
	}
	for range 2 {
		if err := soon(t, "who waits", func() error { return <-waiting }); !errors.Is(err, driver.ErrUnknownOutcome) || !errors.Is(err, driver.ErrClosed) {
			t.Errorf("while the disk hangs: %v", err)
		}
	}
	released <- struct{}{}
	if err := errors.Join(<-itself, l.Close(t.Context())); err != nil {
		t.Error(err)
	}
	again := start(t, l.dir, nil)
	if at, err := again.Positions("g"); err != nil || len(at) != 1 || at[0].Offset != 1 {
		t.Errorf("the group is at %v, %v", at, err)
	}
	holds(t, again, "first", "itself", "waits")
}

// TestFetchedDoesNotWaitForADiskThatHangs: Ack returns when its context ends, and the
// message is done when the disk has answered.
func TestFetchedDoesNotWaitForADiskThatHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	feedIn(t, l, 2)
	p, err := runtime.Pull(t.Context(), runtime.Open(l.Transport(), &runtime.Options{Policy: runtime.Policy{Guarantee: runtime.ExactlyOnce}}),
		&runtime.Channel{Address: "in"}, nil, runtime.Group("g"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []error{nil, context.Canceled} {
		list, err := p.Fetch(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		if want != nil {
			hang.Store(true)
			go func() { <-hung; cancel() }()
		}
		err = soon(t, "Ack", func() error { return list[0].Ack(ctx) })
		if !errors.Is(err, want) || errors.Is(err, runtime.ErrUnknownOutcome) != (want != nil) {
			t.Errorf("%v, want %v", err, want)
		}
		cancel()
	}
	released <- struct{}{}
	put(t, l, "behind")
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if at, err := l.Positions("g"); err != nil || len(at) != 1 || at[0].Offset != 2 {
		t.Errorf("the group is at %v, %v", at, err)
	}
}

// TestConsumingAtMostOnceEndsWhileADiskHangs: a consumer that is told to stop does, within
// the time that a drain has, though its acknowledgements do not become durable.
func TestConsumingAtMostOnceEndsWhileADiskHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	feedIn(t, l, 1)
	hang.Store(true)
	conn := runtime.Open(l.Transport(), &runtime.Options{
		DrainTimeout: 10 * time.Millisecond, Policy: runtime.Policy{Guarantee: runtime.AtMostOnce},
	})
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-hung; cancel() }()
	err := soon(t, "Consume", func() error {
		return runtime.Consume(ctx, conn, &runtime.Channel{Address: "in"}, nil, []runtime.Route{
			runtime.Handle("", func(context.Context, *runtime.Incoming) error { return nil }),
		}, runtime.Group("g"))
	})
	if !errors.Is(err, context.DeadlineExceeded) { // of leaving the group
		t.Error(err)
	}
	released <- struct{}{}
}

// TestFetchAtMostOnceDoesNotWaitForADiskThatHangs: it returns when its context ends, and
// what was acknowledged meanwhile is handed out with the next call.
func TestFetchAtMostOnceDoesNotWaitForADiskThatHangs(t *testing.T) {
	l, hang, hung, released := hanging(t)
	feedIn(t, l, 1)
	p, err := runtime.Pull(t.Context(), runtime.Open(l.Transport(), &runtime.Options{Policy: runtime.Policy{Guarantee: runtime.AtMostOnce}}),
		&runtime.Channel{Address: "in"}, nil, runtime.Group("g"))
	if err != nil {
		t.Fatal(err)
	}
	hang.Store(true)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-hung; cancel() }()
	if err := soon(t, "Fetch", func() error { _, err := p.Fetch(ctx, 1); return err }); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	released <- struct{}{}
	if list, err := p.Fetch(t.Context(), 1); err != nil || len(list) != 1 || string(list[0].Value()) != "0" {
		t.Errorf("%d messages, %v", len(list), err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFirstPublishOnADiskThatHangs: who finds the log being opened for writing, or a topic being made, waits for no longer than
// its context says, and closing for no longer than it may; who was patient is told then. None of it was stored.
func TestFirstPublishOnADiskThatHangs(t *testing.T) {
	for _, open := range []bool{false, true} {
		l := start(t, filepath.Join(t.TempDir(), "log"), one())
		if open {
			put(t, l, "first")
		}
		hung, released := make(chan struct{}), make(chan struct{})
		var first sync.Once
		l.folders.sync = func(path string) error {
			first.Do(func() {
				close(hung)
				<-released
			})
			return syncDir(path)
		}
		late := &driver.Message{Address: "late", Value: []byte("v")}
		patient := make(chan error, 1)
		go func() { patient <- l.Publish(context.Background(), late) }()
		<-hung
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		tr := l.Transport()
		for what, do := range map[string]func() error{
			"Publish":   func() error { return l.Publish(ctx, &driver.Message{Address: "other", Value: []byte("v")}) },
			"Provision": func() error { return tr.Provision(ctx, 1, "other") },
			"Subscribe": func() error {
				_, err := tr.Subscribe(ctx, driver.Subscription{Addresses: []string{"other"}, Group: "g"})
				return err
			},
			"Close": func() error { return l.Close(ctx) },
		} {
			if err := soon(t, what, do); !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, driver.ErrClosed) || errors.Is(err, driver.ErrUnknownOutcome) {
				t.Errorf("open %v: %s: %v", open, what, err)
			}
		}
		if err := soon(t, "who is patient", func() error { return <-patient }); !errors.Is(err, driver.ErrClosed) || errors.Is(err, driver.ErrUnknownOutcome) {
			t.Errorf("open %v: %v", open, err)
		}
		close(released)
		if err := l.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if got, err := allOf(start(t, l.dir, one()), "late", 0); err != nil || len(got) > 0 {
			t.Errorf("open %v: %d messages were stored, %v", open, len(got), err)
		}
	}
}

// TestConsumersGoOnWhileASegmentIsBegun: while the disk hangs under a new segment, or under the first of a partition that is made
// ready, what is acknowledged is, and what is there is received.
func TestConsumersGoOnWhileASegmentIsBegun(t *testing.T) {
	for _, first := range []bool{false, true} {
		l := start(t, t.TempDir(), small())
		put(t, l, long("first", 1000), "second")
		if first { // what has no mark is looked through
			stop(t, l)
			setMark(t, l.dir, 0, nil)
			l = start(t, l.dir, small())
		}
		hung, released := make(chan struct{}), make(chan struct{})
		var hang atomic.Bool
		wreck(l, func(op string, _ int) (int, error) {
			if op == "sync" && hang.Swap(false) {
				close(hung)
				<-released
			}
			return 0, nil
		})
		l.folders.sync = func(path string) error {
			if hang.Swap(false) {
				close(hung)
				<-released
			}
			return syncDir(path)
		}
		var r driver.Receiver
		var got []driver.Delivery
		if !first {
			r = member(t, l, "g")
			got = take(t, r, 2)
		}
		hang.Store(true)
		published := make(chan error, 1)
		go func() { published <- l.Publish(context.Background(), messagesOf(long("large", 64<<10))...) }()
		<-hung
		if first {
			reader, err := l.Reader("t", 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			err = soon(t, "Read", func() error { _, err := reader.Read(); return err })
			if err != nil {
				t.Error(err)
			}
			reader.Close()
		} else {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			if err := soon(t, "Receive", func() error { _, err := r.Receive(ctx); return err }); !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
			cancel()
			if err := soon(t, "Ack", func() error { return got[0].Ack(context.Background()) }); err != nil {
				t.Error(err)
			}
		}
		close(released)
		if err := <-published; err != nil {
			t.Error(err)
		}
	}
}
