package eventlog

import (
	"fmt"
	"os"
	goruntime "runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// work counts what is done with the files of segments.
type work struct{ opened, read atomic.Int64 }

// counted is a file whose reads are counted.
type counted struct {
	file
	work *work
}

func (c counted) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.file.ReadAt(b, at)
	c.work.read.Add(int64(n))
	return n, err
}

// count counts from now on.
func count(l *Log) *work {
	w := &work{}
	l.open = func(path string, flag int) (file, error) {
		w.opened.Add(1)
		f, err := openFile(path, flag)
		return counted{f, w}, err
	}
	return w
}

// ofSegments makes a log of many segments, a second a message.
func ofSegments(t *testing.T, n int) *Log {
	l := start(t, t.TempDir(), small())
	batch := make([]*driver.Message, 16)
	for i := range n {
		for k := range batch {
			at := i*len(batch) + k
			batch[k] = &driver.Message{Address: "t", Value: []byte(long(fmt.Sprint(at), 4000)), Time: driver.At(time.Unix(int64(at), 0))}
		}
		if err := l.Publish(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// TestWorkDoesNotGrowWithTheLog: of a log with ten times as many segments no
// more is read to open it, after a stop and after a crash, to find a time, and
// to read at an offset.
func TestWorkDoesNotGrowWithTheLog(t *testing.T) {
	steps := []string{"publish", "time", "read"}
	of := func(dir string, n int) (out []work) {
		l := start(t, dir, small())
		w := count(l)
		out = make([]work, len(steps))
		for i, step := range steps {
			w.opened.Store(0)
			w.read.Store(0)
			var err error
			switch middle := int64(n * 8); step {
			case "publish":
				err = l.Publish(t.Context(), messagesOf("more")...)
			case "time":
				var at int64
				if at, err = l.OffsetAt("t", 0, time.Unix(middle, 0)); at != middle {
					t.Errorf("%d messages: found offset %d, want %d", n*16, at, middle)
				}
			case "read":
				var r *Reader
				if r, err = l.Reader("t", 0, middle); err == nil {
					_, err = r.Read()
					r.Close()
				}
			}
			if err != nil {
				t.Fatalf("%s: %v", step, err)
			}
			out[i].opened.Store(w.opened.Load())
			out[i].read.Store(w.read.Load())
		}
		stop(t, l)
		return out
	}
	var clean, crashed [2][]work
	for i, n := range []int{8, 80} {
		l := ofSegments(t, n)
		crashed[i] = of(copyDir(t, l.dir), n)
		stop(t, l)
		clean[i] = of(l.dir, n)
	}
	for i, step := range steps {
		for how, w := range map[string][2][]work{"clean": clean, "crashed": crashed} {
			small, large := &w[0][i], &w[1][i]
			if large.opened.Load() > small.opened.Load()+1 || large.read.Load() > small.read.Load()+2*chunkSize {
				t.Errorf("%s, %s: %d files and %d bytes, with ten times as many segments %d and %d",
					step, how, small.opened.Load(), small.read.Load(), large.opened.Load(), large.read.Load())
			}
		}
	}
}

// TestFewIndexesAreHeld: a log that was read all over holds no index that lies in a
// file, and those of a few segments that have none.
func TestFewIndexesAreHeld(t *testing.T) {
	l := ofSegments(t, 100)
	held := func() (n int) {
		for at := int64(5); at < 1600; at += 16 {
			r, err := l.Reader("t", 0, at)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := r.Read(); err != nil || got[0].Offset != at {
				t.Fatalf("at %d: %v", at, err)
			}
			r.Close()
		}
		l.background.Wait() // files that are missing are written again
		for _, s := range l.topics["t"].partitions[0].segments {
			if s.index != nil && !s.active {
				n++
			}
		}
		return n
	}
	if n := held(); n != 0 {
		t.Errorf("%d indexes are held, with files", n)
	}
	for _, s := range segmentsOf(t, l.dir, 0) {
		_ = os.Remove(indexPath(s))
	}
	if n := held(); n == 0 || n > mostIndexes {
		t.Errorf("%d indexes are held, without files", n)
	}
}

// TestTimesThatGoBack: with clocks that jump, some indexes gone and the oldest
// segments dropped, a time is found where a walk over all messages finds it.
func TestTimesThatGoBack(t *testing.T) {
	jumps := []int64{0, 1000, 500, -300, 5000, 20, 2000, 2000, 1 << 40, 0, 7}
	l := start(t, t.TempDir(), small())
	for i := range 40 {
		for k := range 16 {
			at := time.Unix(jumps[i%len(jumps)]+int64(i*3+k), 0)
			m := &driver.Message{Address: "t", Value: []byte(long("", 4000)), Time: driver.At(at)}
			if err := l.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(l *Log, when string) {
		t.Helper()
		messages, err := all(l, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for at := int64(-400); at < 6000; at += 37 {
			want := int64(640)
			for _, m := range messages {
				if m.Time.Time().Unix() >= at {
					want = m.Offset
					break
				}
			}
			if got, err := l.OffsetAt("t", 0, time.Unix(at, 0)); err != nil || got != want {
				t.Fatalf("%s, time %d: offset %d, want %d, %v", when, at, got, want, err)
			}
		}
	}
	check(l, "as written")
	for i, s := range segmentsOf(t, l.dir, 0) {
		if i%3 == 0 {
			_ = os.Remove(indexPath(s))
		}
	}
	stop(t, l)
	check(start(t, l.dir, &Options{ReadOnly: true}), "read elsewhere")
	again := start(t, l.dir, small())
	if _, err := again.DropBefore("t", 0, 300); err != nil {
		t.Fatal(err)
	}
	check(again, "dropped")
	if _, err := again.Compact(t.Context(), "t", nil); err != nil {
		t.Fatal(err)
	}
	check(again, "compacted")
	stop(t, again)
	check(start(t, l.dir, &Options{ReadOnly: true}), "compacted, read elsewhere")
}

// TestReadFromTheEnd: who began at the end of a partition reads of what comes nothing but that in another
// process, and nothing from the file here.
func TestReadFromTheEnd(t *testing.T) {
	l := start(t, t.TempDir(), one())
	value := long("", 1000)
	for range 300 {
		put(t, l, value)
	}
	stop(t, l)
	l = start(t, l.dir, one())
	here := count(l)
	put(t, l, value)
	other := start(t, l.dir, &Options{ReadOnly: true, Poll: time.Millisecond})
	there := count(other)
	var readers []*Reader
	for _, log := range []*Log{l, other} {
		r, err := log.Reader("t", 0, 301)
		if err == nil {
			err = r.Wait(t.Context()) // from now on it is told
		}
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		readers = append(readers, r)
	}
	feedIn(t, l, 1)
	committer := exactReader(t, l)
	done := takeN(t, committer, 1)[0]
	for i, store := range []func(){func() { put(t, l, value) }, func() { commitOne(t, committer, done) }} {
		here.read.Store(0)
		there.read.Store(0)
		store()
		readNext(t, readers[0], 301+int64(i), here, 0)
		readNext(t, readers[1], 301+int64(i), there, 4*1000)
	}
}

// readNext reads the message at an offset, and holds what is read from files for it to a bound.
func readNext(t *testing.T, r *Reader, offset int64, w *work, most int64) {
	t.Helper()
	got, err := r.Read()
	for err == nil && len(got) == 0 {
		if err = r.Wait(t.Context()); err == nil {
			got, err = r.Read()
		}
	}
	if err != nil || len(got) != 1 || got[0].Offset != offset || w.read.Load() > most {
		t.Errorf("%d messages, %v, after %d bytes", len(got), err, w.read.Load())
	}
}

// TestJoiningTakesMemoryTogether: joining a group takes no memory for each partition apart, and
// nothing is due in those that have nothing for it.
func TestJoiningTakesMemoryTogether(t *testing.T) {
	const partitions = 1000
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	for _, group := range []string{"first", "second"} { // with the first what is told of the partitions grows
		topics, err := l.topicsOf([]string{"t"})
		if err != nil {
			t.Fatal(err)
		}
		r := &receiver{log: l, watcher: newWatcher(), done: make(chan struct{})}
		var before, after goruntime.MemStats
		goruntime.ReadMemStats(&before)
		if err := l.join(r, driver.Subscription{Group: group}, topics); err != nil {
			t.Fatal(err)
		}
		goruntime.ReadMemStats(&after)
		if took := after.Mallocs - before.Mallocs; group == "second" && took > partitions {
			t.Errorf("memory was taken %d times for %d partitions", took, partitions)
		}
		if n := r.watcher.waiting(); n > 0 {
			t.Errorf("%d partitions are to be looked at", n)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}
