package eventlog

import (
	"os"
	"strings"
	"sync"
	"testing"
)

// wetFile knows how far its file was written, and counts the syncs of what was never
// written before.
type wetFile struct {
	file
	mu     *sync.Mutex
	wet    *int64 // up to where it was written and synced
	end    int64  // up to where it was written since
	first  *int   // syncs behind which more is wet than before
	zeroes *int64 // bytes written beyond the records
}

func (f *wetFile) WriteAt(b []byte, at int64) (int, error) {
	f.mu.Lock()
	f.end = max(f.end, at+int64(len(b)))
	if strings.Trim(string(b), "\x00") == "" {
		*f.zeroes += int64(len(b))
	}
	f.mu.Unlock()
	return f.file.WriteAt(b, at)
}

func (f *wetFile) SyncData() error {
	f.mu.Lock()
	if f.end > *f.wet {
		*f.wet = f.end
		*f.first++
	}
	f.mu.Unlock()
	return f.file.SyncData()
}

// startWet opens a log with so many partitions, whose files with that ending are wetFiles.
func startWet(t *testing.T, partitions int, ending string) (l *Log, first *int, zeroes *int64) {
	first, zeroes = new(int), new(int64)
	l = start(t, t.TempDir(), &Options{Partitions: partitions})
	mu, wet, open := new(sync.Mutex), new(int64), l.open
	l.open = func(path string, flag int) (file, error) {
		f, err := open(path, flag)
		if err != nil || !strings.HasSuffix(path, ending) {
			return f, err
		}
		return &wetFile{file: f, mu: mu, wet: wet, first: first, zeroes: zeroes}, nil
	}
	return l, first, zeroes
}

// TestSmallRoundsFindTheirBytesWritten: few syncs of rounds that are small have to tell the
// file system that room is used now.
func TestSmallRoundsFindTheirBytesWritten(t *testing.T) {
	l, first, _ := startWet(t, 1, logSuffix)
	const rounds = 200
	for range rounds {
		put(t, l, strings.Repeat("x", 1000))
	}
	if most := 3 + rounds*1100/fillAhead; *first > most { // with the header's, and that of the first record
		t.Errorf("%d of %d syncs had bytes that were never written, want at most %d", *first, rounds, most)
	}
	if got, err := all(l, 0, 0); err != nil || len(got) != rounds {
		t.Errorf("%d messages, %v", len(got), err)
	}
}

// TestRoundsOfManyFindTheJournalWritten: few syncs of the journal have to tell the file system
// that room is used now, and what was filled ahead is taken for no entry after a crash.
func TestRoundsOfManyFindTheJournalWritten(t *testing.T) {
	const rounds, partitions = 200, 8
	l, first, zeroes := startWet(t, partitions, journalFile)
	for range rounds {
		if err := l.Publish(t.Context(), touching(partitions)...); err != nil {
			t.Fatal(err)
		}
	}
	size := l.writer.journal.size
	if most := 5 + int(size/mostFilled); *first > most { // doubling at first
		t.Errorf("%d of %d syncs had bytes that were never written, want at most %d", *first, rounds, most)
	}
	if most := size + mostFilled; *zeroes > most {
		t.Errorf("%d bytes of zeros were written, want at most %d", *zeroes, most)
	}
	crashed := start(t, copyDir(t, l.dir), &Options{Partitions: partitions})
	for p := range partitions {
		if got, err := all(crashed, p, 0); err != nil || len(got) != rounds {
			t.Errorf("partition %d: %d messages, %v", p, len(got), err)
		}
	}
}

// TestLargeRoundsAreWrittenOnce: what a large round will be written to is not filled.
func TestLargeRoundsAreWrittenOnce(t *testing.T) {
	l, _, zeroes := startWet(t, 1, logSuffix)
	for range 20 {
		put(t, l, strings.Repeat("x", fillsRound))
	}
	if *zeroes > 0 {
		t.Errorf("%d bytes of zeros were written", *zeroes)
	}
}

// roomless is a file of a system that cannot take room.
type roomless struct{ file }

func (roomless) Allocate(int64, int64) error { return nil }

// TestFillWithoutRoom: where the system cannot take room, zeros behind the records are no
// damage after a crash, and are gone from a log that was closed.
func TestFillWithoutRoom(t *testing.T) {
	l := start(t, t.TempDir(), one())
	l.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil {
			return nil, err
		}
		return roomless{f}, nil
	}
	put(t, l, "first")
	put(t, l, "second")
	crashed := start(t, copyDir(t, l.dir), one())
	if _, problems := problemsOf(t, crashed); len(problems) > 0 {
		t.Errorf("after a crash: %+v", problems)
	}
	put(t, crashed, "third")
	holds(t, crashed, "first", "second", "third")
	stop(t, l)
	for _, path := range segmentsOf(t, l.dir, 0) {
		if info, err := os.Stat(path); err != nil || info.Size() > 1000 {
			t.Errorf("closed: %v, %v", info, err)
		}
	}
}
