package eventlog

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// tornMarks is a file of marks whose writes are counted; of those with more than one mark it writes a
// part while tears says so.
type tornMarks struct {
	file
	of *tearing
}

type tearing struct {
	calls int
	tears func(n int) int // how much of n bytes is written; nil writes all
	after func()          // what is done then
}

// open is an opener.
func (t *tearing) open(path string, flag int) (file, error) {
	f, err := openFile(path, flag)
	if err != nil || !strings.HasSuffix(path, marksFile) {
		return f, err
	}
	return tornMarks{f, t}, nil
}

func (c tornMarks) WriteAt(b []byte, at int64) (int, error) {
	c.of.calls++
	if c.of.tears == nil || len(b) <= markSlot {
		return c.file.WriteAt(b, at)
	}
	n, _ := c.file.WriteAt(b[:c.of.tears(len(b))], at)
	c.of.after()
	return n, errBroken
}

// TestMarksOfARound writes marks of many partitions together, all of them and no others, also
// where that fails in the middle. A process that is killed there has lost nothing.
func TestMarksOfARound(t *testing.T) {
	const partitions = 300
	r := rand.New(rand.NewPCG(1, 7))
	f := &tearing{}
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	l.open = f.open
	messages := touching(partitions)
	partitionOf := func(m *driver.Message) int { return share.Partition(m.Key, partitions) }
	never, damaged := partitionOf(messages[0]), partitionOf(messages[1])
	ends := make([]int64, partitions)
	publish := func(messages []*driver.Message) {
		t.Helper()
		f.calls = 0
		if err := l.Publish(t.Context(), messages...); err != nil {
			t.Fatal(err)
		}
		for _, m := range messages {
			ends[partitionOf(m)]++
		}
		for p, end := range ends {
			m, ok, there := readMark(filepath.Dir(marksOf(l.dir)), int32(p))
			if p != damaged && (m.next != end || ok != (p != never) || m.unsynced) || there != (p != never) {
				t.Fatalf("partition %d ends at %d: its mark is %+v, %v, %v", p, end, m, ok, there)
			}
		}
	}
	publish(messages[1:])
	setMark(t, l.dir, damaged, bytes.Repeat([]byte("?"), markSize))
	messages = messages[2:]
	some := func() []*driver.Message {
		r.Shuffle(len(messages), func(i, k int) { messages[i], messages[k] = messages[k], messages[i] })
		return messages[:20+r.IntN(100)]
	}
	for range 20 {
		if publish(some()); f.calls > 1+partitions/marksBetween {
			t.Errorf("%d calls", f.calls)
		}
	}
	for range rounds(4, 40) {
		var killed string
		f.tears, f.after = r.IntN, func() { killed = copyDir(t, l.dir) }
		before := append([]int64(nil), ends...)
		publish(some())
		lostNothing(t, killed, before, ends)
	}
	if b, err := os.ReadFile(marksOf(l.dir)); err != nil || !bytes.HasPrefix(b[damaged*markSlot:], bytes.Repeat([]byte("?"), markSize)) {
		t.Errorf("the mark of another partition was changed, %v", err)
	}
}

// lostNothing opens a log whose writer was killed while its partitions went from one end to
// another, to read it and to go on writing.
func lostNothing(t *testing.T, dir string, before, ends []int64) {
	t.Helper()
	sound := func(r Recovery) {
		if r.Damage != nil {
			t.Errorf("told of %+v", r)
		}
	}
	for _, o := range []Options{{ReadOnly: true}, {Partitions: len(ends), OnRecover: sound}} {
		l := start(t, dir, &o)
		for p, end := range ends {
			if _, got, err := l.Bounds("t", p); err != nil || got != end && got != before[p] {
				t.Errorf("partition %d went from %d to %d and ends at %d, %v", p, before[p], end, got, err)
			}
		}
		if o.ReadOnly {
			continue
		}
		if err := l.Publish(t.Context(), touching(len(ends))...); err != nil {
			t.Fatal(err)
		}
		for p, end := range ends {
			if got, err := all(l, p, 0); err != nil || int64(len(got)) != end+1 {
				t.Errorf("partition %d has %d messages, %v; want %d", p, len(got), err, end+1)
			}
		}
	}
}

// TestMarksOfTopics writes those of one round for several topics.
func TestMarksOfTopics(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 4})
	for n := range int64(3) {
		var batch []*driver.Message
		for _, m := range touching(4) {
			for _, address := range []string{"b", "a", "t"} {
				m := *m
				m.Address = address
				batch = append(batch, &m)
			}
		}
		if err := l.Publish(t.Context(), batch...); err != nil {
			t.Fatal(err)
		}
		for _, topic := range l.topics {
			for p := range topic.partitions {
				if m, ok, _ := readMark(topic.dir, int32(p)); !ok || m.next != n+1 {
					t.Errorf("%s, partition %d: %+v, %v; want %d", topic.name, p, m, ok, n+1)
				}
			}
		}
	}
}
