package eventlog

import (
	"fmt"
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
		if e.Process == os.Getpid() {
			by = "another Log in this process"
		}
	}
	return fmt.Sprintf("%s: locked: %s by %s", e.Path, what, by)
}

// Unwrap returns ErrLocked.
func (e *LockedError) Unwrap() error { return ErrLocked }

// mostHolder is how long what a holder says of itself may be.
const mostHolder = 300

// sayHolder writes into a lock's file who has it, for those who wait. Without
// room on the disk it says nothing.
func sayHolder(f *os.File) {
	text := fmt.Sprintf("%d %s %s\n", os.Getpid(), time.Now().UTC().Format(time.RFC3339), plainName(filepath.Base(os.Args[0])))
	if f.Truncate(0) == nil {
		_, _ = f.WriteAt([]byte(text), 0)
	}
}

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
	number, rest, _ := strings.Cut(strings.TrimSuffix(string(text), "\n"), " ")
	since, program, whole := strings.Cut(rest, " ")
	process, err := strconv.Atoi(number)
	at, failed := time.Parse(time.RFC3339, since)
	if !whole || err != nil || failed != nil || process <= 0 {
		return e
	}
	e.Process, e.Program, e.Since = process, plainName(program), at
	return e
}
