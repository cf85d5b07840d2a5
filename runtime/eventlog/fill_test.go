package eventlog

import (
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

// startWet opens a log whose segments are wetFiles.
func startWet(t *testing.T) (l *Log, first *int, zeroes *int64) {
	first, zeroes = new(int), new(int64)
	l = start(t, t.TempDir(), one())
	mu, wet, open := new(sync.Mutex), new(int64), l.open
	l.open = func(path string, flag int) (file, error) {
		f, err := open(path, flag)
		if err != nil || !strings.HasSuffix(path, logSuffix) {
			return f, err
		}
		return &wetFile{file: f, mu: mu, wet: wet, first: first, zeroes: zeroes}, nil
	}
	return l, first, zeroes
}

// TestSmallRoundsFindTheirBytesWritten: few syncs of rounds that are small have to tell the
// file system that room is used now.
func TestSmallRoundsFindTheirBytesWritten(t *testing.T) {
	l, first, _ := startWet(t)
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

// TestLargeRoundsAreWrittenOnce: what a large round will be written to is not filled.
func TestLargeRoundsAreWrittenOnce(t *testing.T) {
	l, _, zeroes := startWet(t)
	for range 20 {
		put(t, l, strings.Repeat("x", fillsRound))
	}
	if *zeroes > 0 {
		t.Errorf("%d bytes of zeros were written", *zeroes)
	}
}
