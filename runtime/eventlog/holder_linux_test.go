package eventlog

import (
	"syscall"
	"testing"
)

// TestLockIsHeldWithoutFiles: a writer that may open no more files goes on being the writer.
func TestLockIsHeldWithoutFiles(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, "v")
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	none := limit
	none.Cur = 0
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &none); err != nil {
		t.Fatal(err)
	}
	held := l.writer.lock.held()
	if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if !held {
		t.Error("the lock counts as lost")
	}
}
