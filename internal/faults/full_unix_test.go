//go:build unix

package faults

import (
	"errors"
	"syscall"
)

// isFull tells whether a write has failed for want of room.
func isFull(err error) bool { return errors.Is(err, syscall.EFBIG) }
