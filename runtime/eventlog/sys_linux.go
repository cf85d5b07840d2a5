package eventlog

import (
	"os"
	"strings"
	"syscall"
)

// allocate makes a file size bytes long with room on the disk, as zeros.
func allocate(f *os.File, from, size int64) error {
	err := ignoringEINTR(func() error { return syscall.Fallocate(int(f.Fd()), 0, from, size-from) })
	if err == syscall.EOPNOTSUPP || err == syscall.ENOSYS {
		return nil // the file system cannot: writing will make room
	}
	return err
}

// syncData makes a file's bytes, and its size, durable.
func syncData(f *os.File) error {
	return ignoringEINTR(func() error { return syscall.Fdatasync(int(f.Fd())) })
}

func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != syscall.EINTR {
			return err
		}
	}
}

// linksOf returns how many names a directory has, which are two and one for each directory in it
// where the file system counts them; else 1.
func linksOf(info os.FileInfo) int {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Nlink)
	}
	return 1
}

// identityOf tells a file from all others that there are.
func identityOf(info os.FileInfo) (device, number uint64) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(s.Dev), s.Ino
	}
	return 0, 0
}

// changeOf returns when a file was last changed, in nanoseconds since 1970.
func changeOf(info os.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctim.Nano()
	}
	return 0
}

// bootID names the time since the system was started; empty where that is not known.
func bootID() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
