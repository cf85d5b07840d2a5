package eventlog

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// listening is a Log that follows all partitions of a topic that another one
// writes, and is made to look around by the test alone.
type listening struct {
	t     *testing.T
	log   *Log
	heard ear
}

func listen(t *testing.T, dir string) *listening {
	log := start(t, dir, &Options{ReadOnly: true, Poll: time.Hour})
	topic, err := log.topic("t")
	if err != nil || topic == nil {
		t.Fatal(topic, err)
	}
	for _, p := range topic.partitions {
		if err := p.load(); err != nil {
			t.Fatal(err)
		}
		log.follow(p)
	}
	l := &listening{t: t, log: log}
	t.Cleanup(l.heard.close)
	l.look()
	return l
}

// look looks around; the time at which it looks at everything does not come.
func (l *listening) look() {
	if !l.log.lookAround(&l.heard) {
		l.t.Error("there is nothing to follow")
	}
	l.heard.all = time.Now().Add(time.Hour)
}

// ends are where the partitions end.
func (l *listening) ends() (out []int64) {
	for _, p := range l.log.topics["t"].partitions {
		_, end := p.bounds()
		out = append(out, end)
	}
	return out
}

// news are the numbers of the partitions that would be looked at now.
func (l *listening) news() (out []int32) {
	for _, p := range l.log.followedIn(l.heard.listen(l.log.dir)) {
		out = append(out, p.number)
	}
	slices.Sort(out)
	return out
}

// TestOneFileTellsOfChanges: who reads many partitions that another process writes
// looks at those that have something new, whoever writes them, and at no others.
func TestOneFileTellsOfChanges(t *testing.T) {
	const n = 40
	dir := t.TempDir()
	var want []int64
	publish := func(l *Log, partitions ...int) {
		for _, p := range partitions {
			if err := l.Publish(context.Background(), touching(n)[p]); err != nil {
				t.Fatal(err)
			}
			want[p]++
		}
	}
	w := start(t, dir, &Options{Partitions: n})
	if err := w.Publish(t.Context(), touching(n)...); err != nil {
		t.Fatal(err)
	}
	want = make([]int64, n)
	for i := range want {
		want[i] = 1
	}
	l := listen(t, dir)
	check := func(when string) {
		t.Helper()
		if l.look(); slices.Compare(sorted(l.ends()), sorted(want)) != 0 {
			t.Errorf("%s: the partitions end at %v, want %v", when, l.ends(), want)
		}
	}
	check("at the beginning")
	if got := l.news(); got != nil {
		t.Errorf("nothing was written, and %v are looked at", got)
	}
	publish(w, 7)
	if got := l.news(); len(got) != 1 {
		t.Errorf("one was written, and %v are looked at", got)
	}
	l.heard.all = time.Time{} // what was listened to is over
	check("after one")
	publish(w, 3, 4, 3)
	check("after some")
	stop(t, w)
	w = start(t, dir, &Options{Partitions: n})
	l.look() // what the new writer has found
	publish(w, 5)
	check("by another writer")
	stop(t, w)

	for name, spoil := range map[string]func(path string) error{
		"missing": os.Remove,
		"short":   func(path string) error { return os.Truncate(path, 5) },
		"a link": func(path string) error {
			return errors.Join(os.Remove(path), os.Symlink(filepath.Join(dir, writerLock), path))
		},
		"a directory": func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, dirMode)) },
	} {
		if err := spoil(filepath.Join(dir, changesFile)); err != nil {
			t.Fatal(err)
		}
		w = start(t, dir, &Options{Partitions: n})
		l.heard.all = time.Time{} // a second has passed
		l.look()
		publish(w, 1)
		l.look()
		publish(w, 1, 2)
		check(name)
		stop(t, w)
		if err := os.RemoveAll(filepath.Join(dir, changesFile)); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, changesFile), nil, fileMode); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBellRingsOnceForMany: what is noted is told with one write when the bell rings,
// all of it and nothing else.
func TestBellRingsOnceForMany(t *testing.T) {
	dir := t.TempDir()
	var b bell
	defer b.close()
	var heard ear
	defer heard.close()
	tell := func(slots ...uint16) {
		t.Helper()
		for _, slot := range slots {
			b.note(dir, slot)
		}
		if heard.file != nil {
			if early, all := heard.listen(dir); early != nil || all {
				t.Errorf("%v was heard before the bell rang", early)
			}
		}
		b.ring()
		if heard.file == nil {
			heard.begin(dir)
		} else if rang, all := heard.listen(dir); !slices.Equal(rang, slots) || all {
			t.Errorf("%v was heard, want %v", rang, slots)
		}
		heard.all = time.Now().Add(time.Hour)
	}
	tell(9)
	tell(3, 70, 1023)
	tell(0)
	tell(4, 5)
	tell(1023)
	b.close()
	tell(8, 9)
}

func sorted(list []int64) []int64 { return slices.Sorted(slices.Values(list)) }

// TestOpeningRingsForWhatIsWritten: a process that takes over a log tells the others
// of what it changes, and not of each partition that it finds.
func TestOpeningRingsForWhatIsWritten(t *testing.T) {
	const partitions = 40
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	if err := l.Publish(t.Context(), touching(partitions)...); err != nil {
		t.Fatal(err)
	}
	left := start(t, copyDir(t, l.dir), &Options{Partitions: partitions}) // as one that was killed left it
	before := rings(t, left.dir)
	if err := left.Publish(t.Context(), touching(1)...); err != nil {
		t.Fatal(err)
	}
	if now := rings(t, left.dir); now != before+1 {
		t.Errorf("one message was told of %d times", now-before)
	}
}

// rings returns how often others were told of anything.
func rings(t *testing.T, dir string) (n uint32) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, changesFile))
	if err != nil {
		t.Fatal(err)
	}
	for ; len(b) > 0; b = b[4:] {
		n += binary.LittleEndian.Uint32(b)
	}
	return n
}
