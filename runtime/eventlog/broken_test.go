package eventlog

import (
	"errors"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestBrokenDiskIsLeftAlone: with a disk that stays broken most of what is published
// is refused without trying, and known not to be stored; when the disk works again so
// does the log, by itself.
func TestBrokenDiskIsLeftAlone(t *testing.T) {
	for name, publish := range map[string]func(l *Log) error{
		"one partition": func(l *Log) error { return l.Publish(t.Context(), touching(1)...) },
		"the journal":   func(l *Log) error { return l.Publish(t.Context(), touching(4)...) },
		"a unit": func(l *Log) error {
			r, err := l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"in"}, Group: "g", Transactional: true})
			if err != nil {
				return err
			}
			return errors.Join(r.(driver.Committer).Commit(t.Context(), nil, touching(4)...), r.Close(t.Context()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := start(t, t.TempDir(), nil)
			if err := publish(l); err != nil {
				t.Fatal(err)
			}
			l.pause = mostPause
			broken, tried := new(atomic.Bool), new(atomic.Int64)
			fault := func(op string, _ int) (int, error) {
				if op != "sync" || !broken.Load() {
					return 0, nil
				}
				tried.Add(1)
				return 0, errBroken
			}
			reopen(l, fault)
			broken.Store(true)
			begun := time.Now()
			for range 2 { // until nothing can be stored
				if publish(l) == nil {
					t.Fatal("a sync failed, and nobody was told")
				}
			}
			first, unknown := tried.Load(), 0
			for range 100 {
				err := publish(l)
				if err == nil {
					t.Fatal("a sync failed, and nobody was told")
				}
				if errors.Is(err, driver.ErrUnknownOutcome) {
					unknown++
				}
			}
			pauses := int64(time.Since(begun)/mostPause) + 1
			if more := tried.Load() - first; more > pauses*first || int64(unknown) > pauses {
				t.Errorf("%d syncs at first, then %d in %d pauses; %d outcomes unknown", first, more, pauses, unknown)
			}
			broken.Store(false)
			for limit := time.Now().Add(30 * time.Second); publish(l) != nil; {
				if time.Now().After(limit) {
					t.Fatal("the disk works, and the log does not")
				}
			}
			if err := publish(l); err != nil {
				t.Error(err)
			}
		})
	}
}

// reopen puts a fault under the files that a log has open for writing.
func reopen(l *Log, fault func(op string, n int) (int, error)) {
	wreck(l, fault)
	under := func(f file) file {
		if f == nil {
			return nil
		}
		return faulty{f, fault}
	}
	l.writer.journal.file = under(l.writer.journal.file)
	for _, t := range l.topics {
		for _, p := range t.partitions {
			if w := p.writing; w != nil && w.active != nil {
				w.file = under(w.file)
				w.active.file = w.file
			}
		}
	}
}

// TestNothingIsWrittenWithoutAMark: who reads in another process reads all that is written to a
// partition without a mark, durable or not. So nothing is written before there is one, however
// often that is tried.
func TestNothingIsWrittenWithoutAMark(t *testing.T) {
	l := start(t, t.TempDir(), one())
	f := &failing{}
	l.open = f.open
	f.set(marksFile, syscall.ENOSPC, nil, nil)
	for range 3 {
		if err := l.Publish(t.Context(), messagesOf("never")...); !errors.Is(err, ErrFull) {
			t.Errorf("without a mark: %v", err)
		}
		elsewhere := start(t, l.dir, &Options{ReadOnly: true})
		if _, end, err := elsewhere.Bounds("t", 0); err != nil || end != 0 {
			t.Errorf("another process reads up to %d, %v", end, err)
		}
	}
	f.set("", nil, nil, nil)
	put(t, l, "stored")
	f.set(marksFile, syscall.ENOSPC, nil, nil)
	put(t, l, "and more") // others wait
	f.set("", nil, nil, nil)
	holds(t, l, "stored", "and more")
}
