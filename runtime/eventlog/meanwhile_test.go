package eventlog

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// many is how many parts a round has that is written to the segments while the journal is
// synced.
const many = 3 * partsForOne

// prepared publishes a message to each of many partitions, and returns the log.
func prepared(t *testing.T, hook func(path string, f file) file) *Log {
	t.Helper()
	l := start(t, t.TempDir(), &Options{Partitions: many})
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil {
			return nil, err
		}
		return hook(path, f), nil
	}
	if err := l.Publish(t.Context(), touching(many)...); err != nil {
		t.Fatal(err)
	}
	return l
}

// ends checks how many messages each partition has for who reads the log.
func ends(t *testing.T, who string, l *Log, want int64) {
	t.Helper()
	for p := range many {
		if _, end, err := l.Bounds("t", p); err != nil || end != want {
			t.Fatalf("%s: partition %d ends at %d, %v; want %d", who, p, end, err, want)
		}
	}
}

// heldFile lets writes of segments wait until the journal was synced, and somebody has looked.
type heldFile struct {
	file
	segment bool
	armed   *atomic.Bool
	synced  chan struct{} // the journal was
	looked  chan struct{}
}

func (f heldFile) WriteAt(b []byte, at int64) (int, error) {
	if f.segment && f.armed.Load() {
		<-f.looked
	}
	return f.file.WriteAt(b, at)
}

func (f heldFile) SyncData() error {
	err := f.file.SyncData()
	if !f.segment && f.armed.Load() {
		close(f.synced)
	}
	return err
}

// TestKilledBetweenJournalAndSegments: a round that the journal has and the segments lack
// is seen by nobody; after a kill it is there as a whole, and nothing is damaged.
func TestKilledBetweenJournalAndSegments(t *testing.T) {
	armed, synced, looked := new(atomic.Bool), make(chan struct{}), make(chan struct{})
	l := prepared(t, func(path string, f file) file {
		name := filepath.Base(path)
		if name != journalFile && !strings.HasSuffix(name, logSuffix) {
			return f
		}
		return heldFile{f, name != journalFile, armed, synced, looked}
	})
	armed.Store(true)
	published := make(chan error, 1)
	go func() { published <- l.Publish(t.Context(), touching(many)...) }()
	<-synced
	elsewhere := start(t, l.dir, &Options{ReadOnly: true})
	ends(t, "this process", l, 1)
	ends(t, "another process", elsewhere, 1)
	killed := copyDir(t, l.dir)
	armed.Store(false)
	close(looked)
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	ends(t, "this process, published", l, 2)
	ends(t, "another process, published", start(t, l.dir, &Options{ReadOnly: true}), 2)
	reader := start(t, killed, &Options{ReadOnly: true})
	ends(t, "killed", reader, 1)
	stop(t, reader)
	o := &Options{Partitions: many, OnRecover: func(r Recovery) {
		if r.Damage != nil {
			t.Error(r.Damage)
		}
	}}
	writer := start(t, killed, o)
	if err := writer.Publish(t.Context(), touching(many)...); err != nil {
		t.Fatal(err)
	}
	ends(t, "killed, and started again", writer, 3)
	for p := range many {
		if got, err := all(writer, p, 0); err != nil || len(got) != 3 {
			t.Errorf("partition %d has %d messages, %v", p, len(got), err)
		}
	}
}

// TestRefusedAndNotTakenBack: what a segment did not take while the journal was synced may be
// played until it was taken back from the journal: nobody is told that it is not stored,
// nothing is stored behind it, and then all goes on.
func TestRefusedAndNotTakenBack(t *testing.T) {
	var bad atomic.Bool
	l := prepared(t, func(path string, f file) file {
		fails := map[string]string{journalFile: "truncate"}[filepath.Base(path)]
		if strings.Contains(path, filepath.Join("t", "5", "0")) {
			fails = "write"
		}
		return faulty{f, func(op string, _ int) (int, error) {
			if bad.Load() && op == fails {
				return 0, errBroken
			}
			return 0, nil
		}}
	})
	bad.Store(true)
	batch := touching(many)
	at := slices.IndexFunc(batch, func(m *driver.Message) bool { return share.Partition(m.Key, many) == 5 })
	batch[0], batch[at] = batch[at], batch[0] // whose failure is the one that is told
	err := l.Publish(t.Context(), batch...)
	if !errors.Is(err, driver.ErrUnknownOutcome) || !strings.Contains(fmt.Sprint(err), "partition 5") {
		t.Errorf("what may be played is %v", err)
	}
	ends(t, "refused", l, 1)
	for _, m := range touching(many) {
		if err := l.Publish(t.Context(), m); err == nil || errors.Is(err, driver.ErrUnknownOutcome) {
			t.Errorf("published before the journal was in order: %v", err)
		}
	}
	killed := start(t, copyDir(t, l.dir), &Options{Partitions: many})
	bad.Store(false)
	for _, l := range []*Log{l, killed} {
		if err := l.Publish(t.Context(), touching(many)...); err != nil {
			t.Fatal(err)
		}
	}
	ends(t, "mended", l, 2)
	ends(t, "mended, and killed", start(t, copyDir(t, l.dir), &Options{Partitions: many}), 2)
	ends(t, "killed", killed, 3)
}

// TestSegmentsFirstWithoutRoom: where no room can be taken for a round, whoever plays the
// journal after a crash might find none: so the segments have it first.
func TestSegmentsFirstWithoutRoom(t *testing.T) {
	var armed, late atomic.Bool
	var left atomic.Int32
	l := prepared(t, func(path string, f file) file {
		journal := filepath.Base(path) == journalFile
		return faulty{f, func(op string, _ int) (int, error) {
			switch {
			case !armed.Load():
			case op == "allocate":
				return 0, errQuota
			case op == "write" && strings.HasSuffix(path, logSuffix):
				left.Add(-1)
			case op == "write" && journal && left.Load() > 0:
				late.Store(true)
			}
			return 0, nil
		}}
	})
	large := touching(many)
	for _, m := range large {
		m.Value = []byte(long("", firstRoom)) // beyond the room that there is
	}
	left.Store(many)
	armed.Store(true)
	if err := l.Publish(t.Context(), large...); err != nil {
		t.Fatal(err)
	}
	if late.Load() {
		t.Error("the journal was written while segments lacked the round")
	}
}

// TestWhereThePublisherGoes: rounds for now this partition and now that are made durable by the
// journal, and those for one are synced in place, once it is the one of several in succession.
func TestWhereThePublisherGoes(t *testing.T) {
	var segments, journal atomic.Int32
	l := prepared(t, func(path string, f file) file {
		return faulty{f, func(op string, _ int) (int, error) {
			switch {
			case op == "sync" && filepath.Base(path) == journalFile:
				journal.Add(1)
			case op == "sync":
				segments.Add(1)
			}
			return 0, nil
		}}
	})
	all := touching(3)
	publish := func(what string, wantJournal, wantSegments int32, messages ...*driver.Message) {
		t.Helper()
		segments.Store(0)
		journal.Store(0)
		if err := l.Publish(t.Context(), messages...); err != nil {
			t.Fatal(err)
		}
		if journal.Load() != wantJournal || segments.Load() != wantSegments {
			t.Errorf("%s: %d syncs of the journal, %d of segments", what, journal.Load(), segments.Load())
		}
	}
	for range 2 {
		publish("two partitions", 1, 0, all[:2]...)
		for range staysAfter {
			publish("first one", 1, 0, all[0])
			publish("then another", 1, 0, all[2])
		}
		for range staysAfter {
			publish("the same again", 1, 0, all[2])
		}
		for range 3 {
			publish("only the same", 0, 1, all[2])
		}
	}
	large := *all[0]
	large.Value = []byte(long("", journalLarge))
	publish("a large one", 0, 1, &large)
}
