package eventlog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// A log is settled when every partition is as its mark tells: nothing lies behind that, and no
// mark is missing where there is a segment. Who joins a group where nobody writes has to know, and
// to look at every partition for it takes 30 µs for each. So a writer that stops, and knows it, says so
// in the file of its lock, in place of its name; the next that writes puts its own there before
// it does anything. Neither is synced, as no mark is: what was said before the system was started anew
// counts for nothing.

// boot names the time since the system was started. Where it is not known no log is settled.
var boot = sync.OnceValue(bootID)

// settledText is what the file of the writer's lock says of a settled log.
func settledText(boot string) string { return "settled " + boot + "\n" }

// settled tells whether the last that had the lock has left a settled log.
func (l *lock) settled() bool {
	b := make([]byte, mostHolder)
	n, _ := l.file.ReadAt(b, 0)
	return boot() != "" && string(b[:n]) == settledText(boot())
}

// settle says that the log is settled. When that fails it is not known.
func (l *lock) settle() {
	if boot() != "" {
		_ = l.write(settledText(boot()))
	}
}

// leftSettled tells whether the log was left settled by the last writer. Its lock is held, and its
// file not written yet.
func (l *Log) leftSettled(lock *lock) bool {
	if !lock.settled() {
		return false
	}
	_, err := os.Lstat(filepath.Join(l.dir, journalFile))
	return errors.Is(err, fs.ErrNotExist)
}

// sound tells whether there is nothing that a sync has failed for.
func (l *Log) sound() bool { return l.folders.doubts.Load() == 0 && !l.shaken.Load() }

// writes tells whether this Log writes a partition: then what there is says nothing of how it is left.
func (l *Log) writes(name string, number int) bool {
	t, err := l.topic(name)
	return err == nil && t != nil && number < len(t.partitions) && t.partitions[number].prepared()
}

// leave notes whether the partition is left as its mark tells. p.mu is held.
func (p *partition) leave(w *writing) {
	if p.cutting != nil || w != nil && !w.told() {
		p.log.settled.Store(false)
	}
}

// told tells whether the mark says what there is.
func (w *writing) told() bool {
	return w.last == w.now() && (w.active == nil || w.marked && !w.torn && !w.unsure && !w.last.unsynced)
}
