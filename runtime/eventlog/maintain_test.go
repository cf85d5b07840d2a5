package eventlog

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/clock"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// small are the options of a log whose segments are soon full.
func small() *Options { return &Options{Partitions: 1, SegmentBytes: 64 << 10} }

// problemsOf verifies a log.
func problemsOf(t testing.TB, l *Log) (Verification, []Problem) {
	t.Helper()
	var out []Problem
	v, err := l.Verify(context.Background(), func(p Problem) { out = append(out, p) })
	if err != nil {
		t.Fatal(err)
	}
	return v, out
}

func TestRetentionBySize(t *testing.T) {
	o := small()
	o.Retention.Bytes = 200 << 10
	l := start(t, t.TempDir(), o)
	for i := range 200 {
		put(t, l, long(fmt.Sprint(i, "-"), 5000))
	}
	first, end, err := l.Bounds("t", 0)
	if err != nil || first == 0 || end != 200 {
		t.Fatalf("%d to %d, %v", first, end, err)
	}
	info, err := l.Topics()
	if err != nil || info[0].Partitions[0].Bytes > 300<<10 || info[0].Partitions[0].Bytes < 100<<10 {
		t.Errorf("%+v, %v", info, err)
	}
	got, err := all(l, 0, 0)
	if err != nil || len(got) != int(end-first) || got[0].Offset != first {
		t.Errorf("read %d, %v", len(got), err)
	}
	if _, problems := problemsOf(t, l); len(problems) > 0 {
		t.Errorf("problems %+v", problems)
	}
}

// TestRetentionOfWhatIsEmpty: it has nothing to look at in partitions that nothing was
// published to, and in one that the disk has no room to begin.
func TestRetentionOfWhatIsEmpty(t *testing.T) {
	var full atomic.Bool
	full.Store(true)
	l := start(t, t.TempDir(), &Options{Partitions: 2, Retention: Retention{Age: time.Hour}})
	wreck(l, func(op string, _ int) (int, error) {
		if op == "write" && full.Load() {
			return 0, fmt.Errorf("pretending: %w", errQuota)
		}
		return 0, nil
	})
	if err := l.Publish(t.Context(), messagesOf("never")...); !errors.Is(err, ErrFull) {
		t.Errorf("on a full disk: %v", err)
	}
	full.Store(false)
	put(t, l, "first")
	if err := l.Retain(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRetentionByAge(t *testing.T) {
	o := small()
	l := start(t, t.TempDir(), o)
	old := time.Now().Add(-time.Hour)
	for i := range 60 {
		m := &driver.Message{Address: "t", Value: []byte(long(fmt.Sprint(i), 5000)), Time: driver.At(old.Add(time.Duration(i) * 2 * time.Minute))}
		if err := l.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	l.options.Retention.Age = 10 * time.Minute
	if err := l.Retain(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, end, err := l.Bounds("t", 0)
	if err != nil || first == 0 || first > 26 || end != 60 {
		t.Errorf("%d to %d, %v", first, end, err)
	}
}

// TestRetentionWhenTheClockIsSet: ten years ahead and back drops nothing, and what was
// published meanwhile, dated by that clock, does not keep what is behind it for as long.
func TestRetentionWhenTheClockIsSet(t *testing.T) {
	const decade = 10 * 365 * 24 * time.Hour
	begin := time.Now()
	o := small()
	o.Retention.Age, o.Sync = 10*time.Hour, None
	l := start(t, t.TempDir(), o)
	var set, gone time.Duration
	l.clock = clock.NewSteady(o.Retention.patience(), func() (time.Time, time.Duration) { return begin.Add(gone + set), gone })
	fill := func() { // about two segments, in an hour
		for i := range 4 {
			gone += time.Hour / 4
			m := &driver.Message{Address: "t", Value: []byte(long(fmt.Sprint(i), 30_000)), Time: driver.At(begin.Add(gone + set))}
			if err := l.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	kept := func(what string, least, most int64) {
		t.Helper()
		if err := l.Retain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if first, end, err := l.Bounds("t", 0); err != nil || first < least || first > most {
			t.Errorf("%s: %d to %d are kept, want from %d to %d on, %v", what, first, end, least, most, err)
		}
	}
	for range 5 {
		fill()
	}
	set = decade
	for range 2 { // messages 20 to 27
		fill()
		kept("ahead", 0, 0)
	}
	set = 0
	fill()
	kept("and back", 0, 0)
	for range 12 { // twenty hours in all, of which ten are kept
		fill()
	}
	kept("twelve hours later", 36, 40)
	set = decade
	kept("ahead again", 36, 40)
	gone += 10 * time.Hour
	kept("in earnest", 76, 80)
}

func TestTruncate(t *testing.T) {
	want := make([]string, 60)
	for i := range want {
		want[i] = long(fmt.Sprint(i, "-"), 5000)
	}
	for _, offset := range []int64{0, 1, 11, 12, 13, 14, 30, 59, 60, 100} {
		l := start(t, t.TempDir(), small())
		for _, v := range want {
			put(t, l, v)
		}
		if err := l.SetPositions("g", Position{"t", 0, 59}, Position{"u", 0, 59}); err != nil {
			t.Fatal(err)
		}
		if err := l.Truncate("t", 0, offset); err != nil {
			t.Fatalf("truncating at %d: %v", offset, err)
		}
		left := want[:min(offset, 60)]
		holds(t, l, left...)
		put(t, l, "next")
		holds(t, l, slices.Concat(left, []string{"next"})...)
		ps, err := l.Positions("g")
		if err != nil || ps[0].Offset != min(offset, 59) || ps[1].Offset != 59 {
			t.Errorf("truncated at %d: positions %+v, %v", offset, ps, err)
		}
		stop(t, l)
		again := start(t, l.dir, &Options{Partitions: 1, OnRecover: func(r Recovery) { t.Errorf("recovered %+v", r) }})
		put(t, again, "last")
		holds(t, again, slices.Concat(left, []string{"next", "last"})...)
		if _, problems := problemsOf(t, again); len(problems) > 0 {
			t.Errorf("truncated at %d: problems %+v", offset, problems)
		}
	}
}

func TestDropBefore(t *testing.T) {
	l := start(t, t.TempDir(), small())
	for i := range 60 {
		put(t, l, long(fmt.Sprint(i), 5000))
	}
	first, err := l.DropBefore("t", 0, 30)
	if err != nil || first <= 12 || first > 30 {
		t.Fatalf("dropped up to %d, %v", first, err)
	}
	got, err := all(l, 0, 0)
	if err != nil || got[0].Offset != first || len(got) != int(60-first) {
		t.Errorf("%d left, %v", len(got), err)
	}
}

func TestBackupWhileWriting(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 3, SegmentBytes: 64 << 10})
	ctx, cancel := context.WithCancel(t.Context())
	written := make(chan int)
	started := make(chan struct{})
	go func() {
		n := 0
		for ; ctx.Err() == nil; n++ {
			m := &driver.Message{Address: "t", Key: []byte("k"), Value: []byte(long(fmt.Sprint(n, "-"), 1000))}
			if err := l.Publish(context.Background(), m); err != nil {
				t.Error(err)
			}
			if n == 300 {
				close(started)
			}
		}
		written <- n
	}()
	<-started
	if err := l.SetPositions("g", Position{"t", 1, 7}); err != nil {
		t.Fatal(err)
	}
	to, again := filepath.Join(t.TempDir(), "backup"), filepath.Join(t.TempDir(), "restored")
	b, err := l.Backup(t.Context(), to)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	n := <-written
	if b.Messages() < 300 || b.Messages() > int64(n) || b.Groups != 1 {
		t.Errorf("the backup has %d messages of %d, and %d groups", b.Messages(), n, b.Groups)
	}
	if _, err := l.Backup(t.Context(), to); !errors.Is(err, driver.ErrInvalid) {
		t.Errorf("a backup over another: %v", err)
	}
	if _, err := Restore(t.Context(), to, again); err != nil {
		t.Fatal(err)
	}
	r := start(t, again, one())
	got, err := all(r, share.Partition([]byte("k"), 3), 0)
	if err != nil || int64(len(got)) != b.Messages() {
		t.Fatalf("restored %d of %d, %v", len(got), b.Messages(), err)
	}
	for i, m := range got {
		if string(m.Value[:len(fmt.Sprint(i, "-"))]) != fmt.Sprint(i, "-") {
			t.Fatalf("message %d is %.20q", i, m.Value)
		}
	}
	if ps, err := r.Positions("g"); err != nil || len(ps) != 1 || ps[0].Offset != 7 {
		t.Errorf("positions %+v, %v", ps, err)
	}
	put(t, r, "goes on")
}

// TestBackupTouchesNothingElse: what is made is made under a name of its own, and
// nothing of it is left.
func TestBackupTouchesNothingElse(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "v")
	dir := t.TempDir()
	kept := filepath.Join(dir, "backup~", "kept")
	if err := errors.Join(os.Mkdir(filepath.Dir(kept), 0o755), os.WriteFile(kept, nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "backup")
	if _, err := l.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), to, filepath.Join(dir, "new", "log")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Errorf("a neighbour's file: %v", err)
	}
	for where, want := range map[string]int{dir: 3, filepath.Join(dir, "new"): 1} {
		if entries, err := os.ReadDir(where); err != nil || len(entries) != want {
			t.Errorf("%s holds %v, %v; want %d", where, entries, err, want)
		}
	}
}

func TestDamagedBackupIsNotRestored(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, numbered("v", 0, 20)...)
	to := filepath.Join(t.TempDir(), "backup")
	if _, err := l.Backup(t.Context(), to); err != nil {
		t.Fatal(err)
	}
	segment := segmentsOf(t, to, 0)[0]
	b, err := os.ReadFile(segment)
	if err != nil {
		t.Fatal(err)
	}
	for name, wrecked := range map[string][]byte{
		"flipped":   append(append([]byte{}, b[:200]...), append([]byte{b[200] ^ 1}, b[201:]...)...),
		"shortened": b[:len(b)-1],
	} {
		if err := os.WriteFile(segment, wrecked, 0o644); err != nil {
			t.Fatal(err)
		}
		again := filepath.Join(t.TempDir(), "again")
		if _, err := Restore(t.Context(), to, again); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(again); err == nil {
			t.Errorf("%s: something was left", name)
		}
	}
}

func TestVerifyFindsEveryDamage(t *testing.T) {
	l := start(t, t.TempDir(), small())
	for i := range 60 {
		put(t, l, long(fmt.Sprint(i), 5000))
	}
	if err := l.SetPositions("g", Position{"t", 0, 61}); err != nil {
		t.Fatal(err)
	}
	stop(t, l)
	segments := segmentsOf(t, l.dir, 0)
	flip := func(path string, at int64) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[at] ^= 4
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	flip(segments[0], 6000)
	flip(segments[0], 30000)
	flip(segments[1], 20)
	if err := os.Remove(segments[3]); err != nil {
		t.Fatal(err)
	}
	v, problems := problemsOf(t, start(t, l.dir, &Options{ReadOnly: true}))
	var codes []string
	for _, p := range problems {
		codes = append(codes, fmt.Sprint(p.Code, " ", p.Offset))
	}
	want := []string{"damaged-record 1", "damaged-record 5", "damaged-record 13", "missing-records 39", "lost-position 61"}
	if !slices.Equal(codes, want) || v.Topics != 1 || v.Groups != 1 {
		t.Errorf("problems %q, %+v", codes, v)
	}
}

// TestVerifyWhileHandled: a group that handles what was published after Verify had come
// to the partition is not beyond its end.
func TestVerifyWhileHandled(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "before")
	for _, who := range []*Log{l, start(t, l.dir, &Options{ReadOnly: true})} {
		v := verification{log: who, ends: map[spot]int64{}, tell: func(p Problem) { t.Errorf("%+v", p) }}
		topic, err := who.existing("t")
		if err != nil {
			t.Fatal(err)
		}
		if err := v.partition(t.Context(), topic.partitions[0]); err != nil {
			t.Fatal(err)
		}
		put(t, l, "meanwhile")
		_, end, err := l.Bounds("t", 0)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.SetPositions("other", Position{"t", 0, end}); err != nil {
			t.Fatal(err)
		}
		if err := v.groups(); err != nil {
			t.Error(err)
		}
	}
}

// TestReplayThenLive replays from an offset while messages are published: no
// gap, nothing twice, and the past is told from what comes.
func TestReplayThenLive(t *testing.T) {
	l := start(t, t.TempDir(), small())
	put(t, l, numbered("v", 0, 100)...)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	next := int64(40)
	err := l.Replay(ctx, "t", ReplayOptions{Offset: 40, Live: true}, func(ctx context.Context, m *driver.Message) error {
		if m.Offset != next || runtime.Replaying(ctx) != (next < 100) {
			t.Errorf("offset %d, want %d; replaying %v", m.Offset, next, runtime.Replaying(ctx))
		}
		if next == 60 || next == 120 {
			put(t, l, numbered("w", int(next), 50)...)
		}
		if next++; next == 200 {
			cancel()
		}
		return nil
	})
	if err != nil || next != 200 {
		t.Errorf("replayed up to %d, %v", next, err)
	}
	n := 0
	count := func(context.Context, *driver.Message) error { n++; return nil }
	if err := l.Replay(t.Context(), "t", ReplayOptions{Offset: 150}, count); err != nil || n != 50 {
		t.Errorf("replayed %d, %v", n, err)
	}
	stopping := errors.New("enough")
	err = l.Replay(t.Context(), "t", ReplayOptions{}, func(context.Context, *driver.Message) error { return stopping })
	if !errors.Is(err, stopping) {
		t.Errorf("the handler's error became %v", err)
	}
}

// TestReplayOfWhatIsBeingMade replays a topic while somebody makes it: it is not there,
// or there.
func TestReplayOfWhatIsBeingMade(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Sync: None})
	for i := range 100 {
		topic := fmt.Sprint("t", i)
		made := make(chan error, 1)
		go func() { made <- l.Publish(t.Context(), &driver.Message{Address: topic}) }()
		for err := driver.ErrNotFound; err != nil; {
			err = l.Replay(t.Context(), topic, ReplayOptions{}, func(context.Context, *driver.Message) error { return nil })
			if err != nil && !errors.Is(err, driver.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if err := <-made; err != nil {
			t.Fatal(err)
		}
	}
}

// TestReadersElsewhereSurviveMaintenance: another process has looked at files
// that are then compacted and dropped.
func TestReadersElsewhereSurviveMaintenance(t *testing.T) {
	l := start(t, t.TempDir(), small())
	fill := func() {
		for i := range 60 {
			m := &driver.Message{Address: "t", Key: fmt.Append(nil, i%30), Value: []byte(long(fmt.Sprint(i), 5000))}
			if err := l.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	fill()
	reader := start(t, l.dir, &Options{ReadOnly: true})
	r, err := reader.Reader("t", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	batch, err := r.Read()
	if err != nil || len(batch) == 0 {
		t.Fatal(len(batch), err)
	}
	last := batch[len(batch)-1].Offset
	for range 2 {
		fill()
		if _, err := l.Compact(t.Context(), "t", nil); err != nil {
			t.Fatal(err)
		}
		_, end, err := reader.Bounds("t", 0)
		if err != nil {
			t.Fatal(err)
		}
		for last < end-1 {
			if batch, err = r.Read(); err != nil || len(batch) == 0 {
				t.Fatalf("behind offset %d of %d: %d, %v", last, end, len(batch), err)
			}
			if batch[0].Offset <= last {
				t.Fatalf("offset %d comes after %d", batch[0].Offset, last)
			}
			last = batch[len(batch)-1].Offset
		}
	}
	first, err := l.DropBefore("t", 0, 170)
	if err != nil || first == 0 {
		t.Fatal(first, err)
	}
	got, err := all(reader, 0, 0)
	if err != nil || len(got) == 0 || got[0].Offset < first || got[len(got)-1].Offset != 179 {
		t.Fatalf("after dropping up to %d: %d, %v", first, len(got), err)
	}
}
