package eventlog

import (
	"os"
	"syscall"
	"unsafe"
)

// Errors of the system that also mean a full disk.
const (
	errQuota    = syscall.Errno(1295) // ERROR_DISK_QUOTA_EXCEEDED
	errFileSize = syscall.Errno(112)  // ERROR_DISK_FULL
)

const (
	lockExclusively = 2 // LOCKFILE_EXCLUSIVE_LOCK
	lockAtOnce      = 1 // LOCKFILE_FAIL_IMMEDIATELY
	lockViolation   = syscall.Errno(33)
)

// plainly are the flags that open no link: there are none here, so that
// openRegular looks before.
const plainly = 0

// lockFile takes the lock of an open file without waiting. It is let go when
// the file is closed, also by the end of the process.
func lockFile(f *os.File) error {
	call := syscall.NewLazyDLL("kernel32.dll").NewProc("LockFileEx")
	over := syscall.Overlapped{Offset: 1 << 30} // what the file says of its holder stays readable
	ok, _, err := call.Call(f.Fd(), lockExclusively|lockAtOnce, 0, 1, 0, uintptr(unsafe.Pointer(&over)))
	switch {
	case ok != 0:
		return nil
	case err == lockViolation || err == syscall.ERROR_IO_PENDING:
		return ErrLocked
	}
	return err
}

// syncDir has no meaning on Windows.
func syncDir(string) error { return nil }
