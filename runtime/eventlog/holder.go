package eventlog

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// LockedError says who has a lock. It matches ErrLocked.
type LockedError struct {
	// Path is the lock's file.
	Path string
	// Group is the consumer group that it is for; empty for the writer's.
	Group string
	// Process is the number of the process that has it, Program its name and
	// Since when it took it. They are zero when that is not known.
	Process int
	Program string
	Since   time.Time
}

// Error tells what is locked and by whom.
func (e *LockedError) Error() string {
	what, by := "the log is written", "another process"
	if e.Group != "" {
		what = fmt.Sprintf("group %q is in use", e.Group)
	}
	if e.Process > 0 {
		by = fmt.Sprintf("%s, process %d, since %s", e.Program, e.Process, e.Since.Local().Format(time.DateTime))
		switch {
		case e.Process != os.Getpid():
		case e.Group != "":
			by = "a consumer in this process"
		default:
			by = "another Log in this process"
		}
	}
	return fmt.Sprintf("%s: locked: %s by %s", e.Path, what, by)
}

// Unwrap returns ErrLocked.
func (e *LockedError) Unwrap() error { return ErrLocked }

// mostHolder is how long what a holder says of itself may be.
const mostHolder = 300

// lock is a lock that is held.
type lock struct {
	file *os.File
	path string
	said string // what its file says of the holder; empty when there was no room
}

// takeLock opens, or makes, a lock file and takes its lock, which ends with the
// process at the latest. It writes into it who has it, for those who wait.
func takeLock(path string) (*lock, error) {
	l, err := openLock(path)
	if err != nil {
		return nil, err
	}
	l.say()
	return l, nil
}

// openLock is takeLock for who leaves in the file what it says.
func openLock(path string) (*lock, error) {
	f, err := openRegular(path, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return &lock{file: f, path: path}, nil
}

// say writes into the file who has the lock. That there is no room for it is no error.
func (l *lock) say() {
	text := fmt.Sprintf("%d %s %s %016x %s\n",
		os.Getpid(), time.Now().UTC().Format(time.RFC3339), plainName(filepath.Base(os.Args[0])), rand.Uint64(), l.identity())
	if l.write(text) == nil {
		l.said = text
	}
}

// identity tells the file from all others, as long as somebody has it open.
func (l *lock) identity() string {
	info, err := l.file.Stat()
	if err != nil {
		return ""
	}
	device, number := identityOf(info)
	return fmt.Sprintf("%x-%x", device, number)
}

// strange tells whether nobody has said in the file who has the lock, or that was said in another one.
func (l *lock) strange() bool {
	text, err := readFull(l.file, make([]byte, mostHolder), 0)
	return err == nil && !strings.HasSuffix(string(text), " "+l.identity()+"\n")
}

// write puts something into the file in place of what it says.
func (l *lock) write(text string) error {
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err := l.file.WriteAt([]byte(text), 0)
	return err
}

// held tells whether nobody else has taken the lock since: because its file was
// deleted or replaced, or by a file system that forgets locks. It opens nothing: that this
// process may open no more files takes the lock from nobody.
func (l *lock) held() bool {
	if l.said == "" {
		return true // there is nothing to tell by
	}
	mine, err := l.file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Lstat(l.path)
	if err != nil || !os.SameFile(mine, there) {
		return false
	}
	text := make([]byte, mostHolder)
	n, _ := l.file.ReadAt(text, 0)
	return string(text[:n]) == l.said
}

// Close lets go of the lock.
func (l *lock) Close() error { return l.file.Close() }

// plainName keeps of a program's name what may stand on any terminal.
func plainName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return '?'
		}
		return r
	}, name)
	return name[:min(len(name), 100)]
}

// holderOf returns what a lock's file says of its holder.
func holderOf(path, group string) *LockedError {
	e := &LockedError{Path: path, Group: group}
	text, err := readFile(path, mostHolder)
	if err != nil {
		return e
	}
	said := strings.Split(string(text), " ")
	if len(said) < 3 {
		return e
	}
	process, err := strconv.Atoi(said[0])
	at, failed := time.Parse(time.RFC3339, said[1])
	if err != nil || failed != nil || process <= 0 {
		return e
	}
	e.Process, e.Program, e.Since = process, plainName(said[2]), at
	return e
}
