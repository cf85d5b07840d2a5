package eventlog

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// eachStep does something to a log of a topic "t" with one partition, and returns copies of it as a kill before each write, sync and
// truncation of a file would leave it, and before each sync of a directory, and the last as it is then.
func eachStep(t *testing.T, l *Log, do func() error) (copies []string) {
	t.Helper()
	under := false
	copied := func() {
		if under {
			copies = append(copies, copyDir(t, l.dir))
		}
	}
	step := func(string, int) (int, error) { copied(); return 0, nil }
	wreck(l, step)
	for _, topic := range l.topics {
		topic.marks.file = faulty{topic.marks.file, step}
	}
	l.folders.sync = func(path string) error { copied(); return syncDir(path) }
	under = true
	err := do()
	copied()
	if under = false; err != nil {
		t.Fatal(err)
	}
	return copies
}

// valuesOf reads partition 0 of topic "t", in which nothing may be wrong.
func valuesOf(t *testing.T, l *Log) (values []string) {
	t.Helper()
	got, err := all(l, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got {
		values = append(values, string(m.Value))
	}
	return values
}

// TestKilledAtEachStepOfATruncation: what lies before it is there, all or a part of what lies behind is, in order, and
// a group misses nothing: neither of what is left nor of what comes then.
func TestKilledAtEachStepOfATruncation(t *testing.T) {
	l := start(t, t.TempDir(), small())
	var old []string
	for i := range 40 {
		old = append(old, long(fmt.Sprint(i, "-"), 5000))
		put(t, l, old[i])
	}
	if err := l.SetPositions("g", Position{"t", 0, 30}); err != nil {
		t.Fatal(err)
	}
	copies := eachStep(t, l, func() error { return l.Truncate("t", 0, 5) })
	if len(copies) < 5 {
		t.Fatalf("%d steps", len(copies))
	}
	for i, dir := range copies {
		reading := start(t, dir, &Options{ReadOnly: true}) // another process, meanwhile
		if n := len(valuesOf(t, reading)); n < 5 || n > 40 {
			t.Errorf("step %d: %d messages are seen", i, n)
		}
		again := start(t, dir, small())
		put(t, again, "new")
		got := valuesOf(t, again)
		left := len(got) - 1
		if left < 5 || i == len(copies)-1 && left != 5 || got[left] != "new" || strings.Join(got[:left], "") != strings.Join(old[:left], "") {
			t.Errorf("step %d: %d messages, the last of which is %.10s", i, len(got), got[left])
		}
		at, err := again.Positions("g")
		if err != nil || at[0].Offset != 5 && at[0].Offset != 30 || at[0].Offset > int64(left) {
			t.Errorf("step %d: the group is at %v of %d, %v", i, at, left, err)
		}
		if took := take(t, member(t, again, "g"), left+1-int(at[0].Offset)); string(took[len(took)-1].Message().Value) != "new" {
			t.Errorf("step %d: the group is handed %d messages, and not the last", i, len(took))
		}
		if now := valuesOf(t, reading); len(now) != len(got) {
			t.Errorf("step %d: who reads elsewhere sees %d messages of %d", i, len(now), len(got))
		}
	}
}

// TestKilledAtEachStepOfACompaction: the last message of each key is there, in order and once, and so is what comes then,
// also for who was reading elsewhere; what was left half done is gone with the next compaction.
func TestKilledAtEachStepOfACompaction(t *testing.T) {
	l := start(t, t.TempDir(), small())
	const n, keys = 60, 7
	for i := range n {
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Key: fmt.Append(nil, i%keys), Value: []byte(long(fmt.Sprint(i, "-"), 5000))}); err != nil {
			t.Fatal(err)
		}
	}
	reading := start(t, l.dir, &Options{ReadOnly: true})
	copies := eachStep(t, l, func() error { _, err := l.Compact(t.Context(), "t", nil); return err })
	for i, dir := range copies {
		again := start(t, dir, small())
		put(t, again, "new")
		for range 2 {
			got, err := all(again, 0, 0)
			if err != nil {
				t.Fatal(i, err)
			}
			last := map[string]string{}
			for j, m := range got {
				if j > 0 && m.Offset <= got[j-1].Offset {
					t.Fatalf("step %d: offset %d comes after %d", i, m.Offset, got[j-1].Offset)
				}
				last[string(m.Key)] = string(m.Value)
			}
			for k := range keys {
				if want := n - 1 - (n-1-k)%keys; !strings.HasPrefix(last[fmt.Sprint(k)], fmt.Sprint(want, "-")) {
					t.Errorf("step %d: the last of key %d is %.5s, want that of %d", i, k, last[fmt.Sprint(k)], want)
				}
			}
			if last[""] != "new" {
				t.Errorf("step %d: what was published then is gone", i)
			}
			if _, err := again.Compact(t.Context(), "t", nil); err != nil {
				t.Fatal(i, err)
			}
		}
		if made, _ := filepath.Glob(filepath.Join(partitionPath(dir, "t", 0), "*"+madeSuffix)); len(made) > 0 {
			t.Errorf("step %d: %v is left", i, made)
		}
		if _, err := os.Stat(filepath.Join(partitionPath(dir, "t", 0), compactingFile)); err == nil {
			t.Errorf("step %d: a compaction seems to be under way", i)
		}
	}
	if values := valuesOf(t, reading); len(values) < keys {
		t.Errorf("who was reading elsewhere sees %d messages", len(values))
	}
}
