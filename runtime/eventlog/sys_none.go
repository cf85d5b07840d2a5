//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd || windows)

package eventlog

import (
	"errors"
	"os"
	"syscall"
)

// Errors of the system that also mean a full disk.
const (
	errQuota    = syscall.ENOSPC
	errFileSize = syscall.ENOSPC
)

// plainly are the flags that open no link: there are none here, so that
// openRegular looks before.
const plainly = 0

// lockFile refuses: without locks two processes could write.
func lockFile(*os.File) error { return errors.ErrUnsupported }

// syncDir has no known meaning here.
func syncDir(string) error { return nil }
