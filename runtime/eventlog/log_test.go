package eventlog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

func TestWhatIsPublishedIsThereAfterReopening(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for round := range 5 {
		l := start(t, dir, one())
		values := numbered(fmt.Sprint("r", round), 0, 10)
		put(t, l, values...)
		want = append(want, values...)
		holds(t, l, want...)
		stop(t, l)
	}
	holds(t, start(t, dir, one()), want...)
}

func TestEverythingOfAMessageIsKept(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, one())
	at := time.Date(2024, 2, 29, 1, 2, 3, 4005, time.UTC)
	in := []*driver.Message{
		{Address: "t", Key: []byte("k"), Value: []byte("v"), Time: driver.At(at),
			Headers: []driver.Header{{Key: "a", Value: []byte("1")}, {Key: "a"}, {Key: "", Value: []byte{}}}},
		{Address: "t", Key: []byte{}, Value: []byte{}},
		{Address: "t"},
	}
	if err := l.Publish(t.Context(), in...); err != nil {
		t.Fatal(err)
	}
	stop(t, l)
	got, err := all(start(t, dir, one()), 0, 0)
	if err != nil || len(got) != 3 {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	m := got[0]
	if string(m.Key) != "k" || string(m.Value) != "v" || m.Time != driver.At(at) || m.Address != "t" || len(m.Headers) != 3 {
		t.Errorf("read %+v", m)
	}
	if h := m.Headers; string(h[0].Value) != "1" || h[1].Value != nil || h[2].Value == nil || h[1].Key != "a" {
		t.Errorf("headers %+v", m.Headers)
	}
	if got[1].Key == nil || got[1].Value == nil || got[2].Key != nil || got[2].Value != nil || time.Since(got[2].Time.Time()) > time.Hour {
		t.Errorf("nil and empty are mixed up: %+v %+v", got[1], got[2])
	}
}

func TestSegmentsFollowOneAnother(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, &Options{Partitions: 1, SegmentBytes: 64 << 10})
	var want []string
	for i := range 100 {
		want = append(want, long(fmt.Sprint("v", i, "-"), 5000))
		put(t, l, want[i])
	}
	if n := len(segmentsOf(t, dir, 0)); n < 5 {
		t.Fatalf("%d segments", n)
	}
	holds(t, l, want...)
	for from := range int64(100) {
		got, err := all(l, 0, from)
		if err != nil {
			t.Fatal(err)
		}
		same(t, got, want[from:])
	}
	stop(t, l)
	again := start(t, dir, &Options{Partitions: 1, SegmentBytes: 64 << 10})
	holds(t, again, want...)
	put(t, again, "more")
	holds(t, again, append(want, "more")...)
	if start, end, err := again.Bounds("t", 0); start != 0 || end != 101 || err != nil {
		t.Errorf("bounds %d to %d, %v", start, end, err)
	}
}

func TestRecordsLargerThanWhatIsReadAtOnce(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, &Options{Partitions: 1, SegmentBytes: 64 << 10})
	var want []string
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 40 {
		want = append(want, long(fmt.Sprint(i), r.IntN(300_000)))
	}
	put(t, l, want[:20]...)
	for _, v := range want[20:] {
		put(t, l, v)
	}
	holds(t, l, want...)
	stop(t, l)
	holds(t, start(t, dir, nil), want...)
}

func TestIndexIsNeverTrusted(t *testing.T) {
	dir := t.TempDir()
	l := start(t, dir, &Options{Partitions: 1, SegmentBytes: 256 << 10})
	want := numbered(long("v", 200), 0, 5000)
	for i := 0; i < len(want); i += 50 {
		put(t, l, want[i:i+50]...)
	}
	stop(t, l)
	wrecks := map[string]func(path string, base int64) error{
		"missing": func(path string, _ int64) error { return os.Remove(path) },
		"empty":   func(path string, _ int64) error { return os.WriteFile(path, nil, 0o644) },
		"flipped": func(path string, _ int64) error {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b[100] ^= 1
			return os.WriteFile(path, b, 0o644)
		},
		"cut": func(path string, _ int64) error {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			return os.WriteFile(path, b[:len(b)-9], 0o644)
		},
		"a lie": func(path string, base int64) error {
			x := newIndex(base, math.MinInt64)
			for i := range int64(8) {
				x.add(headerSize+(i+1)*indexEvery, x.next+7, 10, 0)
			}
			return x.save(path, base)
		},
	}
	for name, wreck := range wrecks {
		wrecked := copyDir(t, dir)
		for _, s := range segmentsOf(t, wrecked, 0) {
			base, _ := segmentBase(filepath.Base(s))
			if err := wreck(indexPath(s), base); err != nil && !errors.Is(err, os.ErrNotExist) {
				t.Fatal(err)
			}
		}
		l := start(t, wrecked, &Options{ReadOnly: true})
		for from := int64(0); from < 5000; from += 333 {
			got, err := all(l, 0, from)
			if err != nil {
				t.Fatalf("index %s, from %d: %v", name, from, err)
			}
			same(t, got, want[from:])
		}
	}
}

func TestOffsetsByTime(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 1, SegmentBytes: 64 << 10})
	begin := time.Unix(1_700_000_000, 0)
	r := rand.New(rand.NewPCG(3, 3))
	var times []time.Time
	var batch []*driver.Message
	for i := range 3000 {
		at := begin.Add(time.Duration(i)*time.Second + time.Duration(r.IntN(5000))*time.Millisecond)
		times = append(times, at)
		if batch = append(batch, &driver.Message{Address: "t", Time: driver.At(at), Value: bytes.Repeat([]byte("x"), 100)}); len(batch) == 50 {
			if err := l.Publish(t.Context(), batch...); err != nil {
				t.Fatal(err)
			}
			batch = nil
		}
	}
	for range 200 {
		at := begin.Add(time.Duration(r.IntN(3100)-50) * time.Second)
		want := int64(len(times))
		for i, o := range times {
			if !o.Before(at) {
				want = int64(i)
				break
			}
		}
		if got, err := l.OffsetAt("t", 0, at); err != nil || got != want {
			t.Fatalf("first at %v: %d, %v; want %d", at, got, err, want)
		}
	}
}

// TestTimesBeyondNanoseconds: a time that nanoseconds since 1970 cannot say is the
// last or the first that they can, not another one.
func TestTimesBeyondNanoseconds(t *testing.T) {
	l := start(t, t.TempDir(), one())
	year := func(n int) time.Time { return time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC) }
	for _, y := range []int{1, 2024, 9999} {
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Time: driver.At(year(y).Add(1))}); err != nil {
			t.Fatal(err)
		}
	}
	for y, want := range map[int]int64{-5000: 0, 1: 0, 1900: 1, 2025: 2, 2300: 2, 9999: 2} {
		if got, err := l.OffsetAt("t", 0, year(y)); err != nil || got != want {
			t.Errorf("first of the year %d: %d, %v; want %d", y, got, err, want)
		}
	}
	got, err := all(l, 0, 0)
	if err != nil || len(got) != 3 || got[0].Time.Time().Year() != 1677 || got[2].Time.Time().Year() != 2262 {
		t.Errorf("read %v, %v", got, err)
	}
}

func TestManyPublishers(t *testing.T) {
	const publishers, each = 16, 40
	l := start(t, t.TempDir(), &Options{Partitions: 4, MaxPending: 1000})
	var wait sync.WaitGroup
	for p := range publishers {
		wait.Go(func() {
			for i := range each {
				m := &driver.Message{Address: "t", Key: fmt.Append(nil, p), Value: fmt.Append(nil, p, " ", i)}
				if err := l.Publish(t.Context(), m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	next := map[string]int{}
	for p := range 4 {
		got, err := all(l, p, 0)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range got {
			key := string(m.Key)
			if m.Offset != int64(i) || string(m.Value) != fmt.Sprint(key, " ", next[key]) {
				t.Fatalf("partition %d, message %d: %q at offset %d", p, i, m.Value, m.Offset)
			}
			next[key]++
		}
	}
	for p := range publishers {
		if n := next[fmt.Sprint(p)]; n != each {
			t.Errorf("publisher %d: %d messages", p, n)
		}
	}
}

func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	first, second := start(t, dir, one()), start(t, dir, one())
	put(t, first, "a")
	if err := second.Publish(t.Context(), messagesOf("b")...); !errors.Is(err, ErrLocked) {
		t.Errorf("a second writer: %v", err)
	}
	holds(t, second, "a")
	stop(t, first)
	put(t, second, "b")
	holds(t, second, "a", "b")
	reader := start(t, dir, &Options{ReadOnly: true})
	if err := reader.Publish(t.Context(), messagesOf("c")...); !errors.Is(err, ErrReadOnly) || !errors.Is(err, driver.ErrUnauthorized) {
		t.Errorf("writing to a log open for reading: %v", err)
	}
}

func TestReadersElsewhereFollow(t *testing.T) {
	dir := t.TempDir()
	writer := start(t, dir, &Options{Partitions: 1, SegmentBytes: 64 << 10})
	put(t, writer, "first")
	reader := start(t, dir, &Options{ReadOnly: true, Poll: time.Millisecond})
	r, err := reader.Reader("t", 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	go func() {
		for i := range 300 {
			put(t, writer, long(fmt.Sprint(i, "-"), 1000))
		}
	}()
	for n := 0; n < 301; {
		batch, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range batch {
			if m.Offset != int64(n) || n > 0 && !bytes.HasPrefix(m.Value, fmt.Append(nil, n-1, "-")) {
				t.Fatalf("message %d is %.20q at offset %d", n, m.Value, m.Offset)
			}
			n++
		}
		if len(batch) == 0 {
			if err := r.Wait(ctx); err != nil {
				t.Fatalf("after %d: %v", n, err)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	l := start(t, t.TempDir(), &Options{MaxBytes: 10})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	big := &driver.Message{Address: "t", Value: make([]byte, 11)}
	cases := map[string]struct{ err, want error }{
		"no address": {l.Publish(t.Context(), &driver.Message{}), driver.ErrInvalid},
		"too large":  {l.Publish(t.Context(), messagesOf("ok")[0], big), driver.ErrTooLarge},
		"long name":  {l.Publish(t.Context(), &driver.Message{Address: long("a", 300)}), driver.ErrInvalid},
		"ended":      {l.Publish(ended, messagesOf("x")...), context.Canceled},
		"no handler": {l.Replay(t.Context(), "t", ReplayOptions{}, nil), driver.ErrInvalid},
	}
	for name, c := range cases {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	if names, err := l.names(); len(names) > 0 || err != nil {
		t.Errorf("refused calls left %q, %v", names, err)
	}
	stop(t, l)
	if err := l.Publish(t.Context(), messagesOf("x")...); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestNamesStayInTheirDirectory(t *testing.T) {
	seen := map[string]string{}
	names := []string{"a", "A", "..", ".", "../../etc", "/", "a/b", `a\b`, "con", "CON", "com1.x", "nul", "a.", ".a", "a b", "%41", "!a", "ü", "a\x00b", "~", "a~"}
	for _, name := range names {
		file, err := escape(name)
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if back, ok := unescape(file); !ok || back != name {
			t.Errorf("%q becomes %q and then %q", name, file, back)
		}
		if other, ok := seen[file]; ok || bytes.ContainsAny([]byte(file), `/\~ABCDEFGHIJKLMNOPQRSTUVWXYZ`) || file[0] == '.' || reserved(file) {
			t.Errorf("%q becomes %q, like %q", name, file, other)
		}
		seen[file] = name
	}
}

// TestPartitionsAreBounded: a topic that could not be read again is not made.
func TestPartitionsAreBounded(t *testing.T) {
	if l, err := Open(t.TempDir(), &Options{Partitions: maxPartitions + 1}); !errors.Is(err, driver.ErrInvalid) {
		t.Errorf("%v, %v", l, err)
	}
	start(t, t.TempDir(), &Options{Partitions: maxPartitions})
}
