//go:build unix

// Package fulldisk makes the disk seem full to the files of a test's process.
package fulldisk

import (
	"os/signal"
	"syscall"
)

// Begin lets no file of this process grow beyond a size, until End.
func Begin(size uint64) error {
	signal.Ignore(syscall.SIGXFSZ)
	return limit(func(l *syscall.Rlimit) { l.Cur = size })
}

// End lets files grow again.
func End() error { return limit(func(l *syscall.Rlimit) { l.Cur = l.Max }) }

func limit(set func(*syscall.Rlimit)) error {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		return err
	}
	set(&l)
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l)
}
