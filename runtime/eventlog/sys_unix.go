//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package eventlog

import (
	"errors"
	"os"
	"syscall"
)

// Errors of the system that also mean a full disk.
const (
	errQuota    = syscall.EDQUOT
	errFileSize = syscall.EFBIG
)

// plainly are the flags that open no link, and wait for no other end of a pipe.
const plainly = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

// lockFile takes the lock of an open file without waiting. It is let go when
// the file is closed, also by the end of the process.
func lockFile(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return ErrLocked
	}
	return err
}

// syncDir makes the entries of a directory durable.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
