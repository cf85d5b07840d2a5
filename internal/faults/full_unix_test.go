//go:build unix

package faults

import (
	"errors"
	"os/signal"
	"syscall"
)

// limitFiles lets no file of this process grow beyond a size, as if the disk was
// full; zero lets them grow again.
func limitFiles(size uint64) error {
	signal.Ignore(syscall.SIGXFSZ)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	if limit.Cur = limit.Max; size > 0 {
		limit.Cur = size
	}
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit)
}

// isFull tells whether a write has failed for want of room.
func isFull(err error) bool { return errors.Is(err, syscall.EFBIG) }
