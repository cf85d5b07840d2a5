package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// readersOf are the ways to be handed what comes to topic "t". Each returns how many
// messages were handed out, none when there are none and it does not wait.
func readersOf(t *testing.T, l *Log) map[string]func() (int, error) {
	ctx := t.Context()
	tap, err := l.Transport().Tap(ctx, driver.TapOptions{Start: driver.StartLatest})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tap.Close(context.Background()) })
	s := driver.Subscription{Addresses: []string{"t"}, Group: "g", Start: driver.StartLatest}
	member, err := l.Transport().Subscribe(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = member.Close(context.Background()) })
	r, err := l.newReplay("t", ReplayOptions{Live: true, Offset: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return map[string]func() (int, error){
		"tap":    func() (int, error) { got, err := tap.Receive(ctx); return len(got), err },
		"member": func() (int, error) { got, err := member.Receive(ctx); return len(got), err },
		"replay": func() (int, error) {
			return r.pass(ctx, ctx, func(context.Context, *driver.Message) error { return nil })
		},
	}
}

// TestOthersAreNotLookedAt: who is handed a message of one partition does not look
// at those where nothing has come, however many there are. They are locked here, so
// that whoever looks at them does not come back.
func TestOthersAreNotLookedAt(t *testing.T) {
	const partitions = 20
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	if err := l.Publish(t.Context(), touching(partitions)...); err != nil {
		t.Fatal(err)
	}
	m := touching(1)[0]
	readers := readersOf(t, l)
	if err := l.Publish(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for name, receive := range readers {
		if n, err := receive(); n != 1 || err != nil { // all have been looked at then
			t.Fatalf("%s: %d messages, %v", name, n, err)
		}
	}
	published := l.topics["t"].choose(m.Key, 0)
	for _, p := range l.topics["t"].partitions {
		if p != published {
			p.mu.Lock()
			defer p.mu.Unlock()
		}
	}
	if err := l.Publish(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for name, receive := range readers {
		done := make(chan int, 1)
		go func() { n, _ := receive(); done <- n }()
		select {
		case n := <-done:
			if n != 1 {
				t.Errorf("%s: %d messages", name, n)
			}
		case <-time.After(10 * time.Second):
			t.Errorf("%s looks at partitions where nothing has come", name)
		}
	}
}

// TestTapTakesUpWhatItCouldNotRead: a topic that a tap could not read when it found it
// is watched once it can.
func TestTapTakesUpWhatItCouldNotRead(t *testing.T) {
	writer := start(t, t.TempDir(), &Options{Partitions: 2})
	reader := start(t, writer.dir, nil)
	tap, err := reader.newTap(driver.TapOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tap.Close(t.Context()) }()
	put(t, writer, numbered("v", 0, 20)...)
	if err := writer.Publish(t.Context(), &driver.Message{Address: "u", Value: []byte("other")}); err != nil {
		t.Fatal(err)
	}
	for number := range 2 {
		at, aside := partitionPath(writer.dir, "t", number), filepath.Join(writer.dir, "aside")
		if err := errors.Join(os.Rename(at, aside), os.Symlink(aside, at)); err != nil {
			t.Fatal(err)
		}
		if err := tap.discover(driver.StartEarliest); err == nil {
			t.Fatal("links are followed")
		}
		if got := tap.Addresses(); !slices.Contains(got, "u") {
			t.Errorf("only %q are watched", got)
		}
		if err := errors.Join(os.Remove(at), os.Rename(aside, at)); err != nil {
			t.Fatal(err)
		}
		if _, err := reader.topic("t"); err != nil { // then it is a partition that cannot be read
			t.Fatal(err)
		}
	}
	if err := tap.discover(driver.StartEarliest); err != nil {
		t.Fatal(err)
	}
	n := 0
	for batch, err := tap.collect(); len(batch) > 0; batch, err = tap.collect() {
		if n += len(batch); err != nil {
			t.Fatal(err)
		}
	}
	if n != 21 {
		t.Errorf("%d messages were read", n)
	}
}

// TestTapOfLargeMessages: one call has few messages when they are large, and all of
// them come.
func TestTapOfLargeMessages(t *testing.T) {
	const n = 7
	l := start(t, t.TempDir(), &Options{Partitions: 3})
	for i := range n {
		m := &driver.Message{Address: "t", Key: fmt.Append(nil, i), Value: make([]byte, maxRead*3/5)}
		if err := l.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	tap, err := l.Transport().Tap(t.Context(), driver.TapOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for left := n; left > 0; {
		got, err := tap.Receive(t.Context())
		if err != nil || len(got) > 2 {
			t.Fatalf("%d messages of %d bytes at once (%v)", len(got), maxRead*3/5, err)
		}
		left -= len(got)
	}
}

// TestTapPassesDamage: a partition that is damaged is told of, and of the others what
// comes.
func TestTapPassesDamage(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	sound := 40 - divided(t, l, 40)
	damage(t, l)
	tap, err := l.Transport().Tap(t.Context(), driver.TapOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for told := 0; told < 2; {
		got, err := tap.Receive(t.Context())
		switch {
		case err == nil:
			for _, m := range got {
				sound -= int64(m.Partition) // 0 is the damaged one
			}
		case !errors.Is(err, ErrCorrupt) || !errors.Is(err, driver.ErrPartition):
			t.Fatal(err)
		default:
			told++
		}
	}
	if sound != 0 {
		t.Errorf("%d sound messages are missing", sound)
	}
}

// TestLookingWhileFilesGo: another process that knows the segments of a partition looks
// again when their files are gone.
func TestLookingWhileFilesGo(t *testing.T) {
	l := start(t, t.TempDir(), small())
	for i := range 60 {
		put(t, l, long(fmt.Sprint(i), 5000))
	}
	reader := start(t, l.dir, &Options{ReadOnly: true})
	if _, err := reader.Topics(); err != nil {
		t.Fatal(err)
	}
	first, err := l.DropBefore("t", 0, 30)
	if err != nil || first == 0 {
		t.Fatalf("from %d on, %v", first, err)
	}
	if at, err := reader.OffsetAt("t", 0, time.Time{}); err != nil || at != first {
		t.Errorf("the oldest is %d, %v, want %d", at, err, first)
	}
	if _, err = l.DropBefore("t", 0, 50); err != nil {
		t.Fatal(err)
	}
	if info, err := reader.Topics(); err != nil || info[0].Partitions[0].Start <= first {
		t.Errorf("%+v, %v", info, err)
	}
}

// TestLookingWhileASegmentIsMade: a file without a header of which nobody was promised
// anything is no damage.
func TestLookingWhileASegmentIsMade(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "one", "two")
	stop(t, l)
	made := partitionPath(l.dir, "u", 0)
	if err := errors.Join(os.MkdirAll(made, dirMode), os.WriteFile(filepath.Join(made, segmentName(0)), nil, fileMode)); err != nil {
		t.Fatal(err)
	}
	reader := start(t, l.dir, &Options{ReadOnly: true})
	if v, problems := problemsOf(t, reader); len(problems) > 0 || v.Messages != 2 {
		t.Errorf("%+v, %d messages", problems, v.Messages)
	}
	to := filepath.Join(t.TempDir(), "backup")
	if _, err := reader.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if v, problems := problemsOf(t, start(t, to, nil)); len(problems) > 0 || v.Messages != 2 {
		t.Errorf("in the backup: %+v, %d messages", problems, v.Messages)
	}
}
