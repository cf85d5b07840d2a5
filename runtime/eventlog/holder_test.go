package eventlog

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestWhoHasTheLock: who is refused is told which process has the lock; when
// that was killed the lock is free, whatever the file says.
func TestWhoHasTheLock(t *testing.T) {
	dir := t.TempDir()
	writer := running(t, "writer "+dir+" 1")
	consumer := running(t, "consumer "+dir+" 1")
	l := start(t, dir, killedOptions())
	for group, process := range map[string]*exec.Cmd{"": writer, "g": consumer} {
		err := l.Publish(t.Context(), messagesOf("v")...)
		if group != "" {
			_, err = l.Transport().Subscribe(t.Context(), driver.Subscription{Addresses: []string{"t"}, Group: group})
		}
		var held *LockedError
		if !errors.Is(err, ErrLocked) || !errors.As(err, &held) || held.Process != process.Process.Pid || held.Group != group ||
			held.Program != filepath.Base(os.Args[0]) || held.Since.IsZero() || !strings.Contains(err.Error(), held.Path) {
			t.Errorf("group %q: %v", group, err)
		}
		if err := process.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = process.Wait()
	}
	put(t, l, "v")
	if err := l.SetPositions("g", Position{"t", 0, 0}); err != nil {
		t.Error(err)
	}
	member(t, l, "g")
	if err := l.SetPositions("g", Position{"t", 0, 0}); !errors.Is(err, ErrLocked) || !strings.HasSuffix(err.Error(), "by a consumer in this process") {
		t.Error(err)
	}
	if err := start(t, dir, nil).Publish(t.Context(), messagesOf("v")...); !errors.Is(err, ErrLocked) ||
		!strings.HasSuffix(err.Error(), "by another Log in this process") {
		t.Error(err)
	}
}

// TestHolderIsNotBelieved: whatever a lock's file says, the error is one line of
// what can be shown.
func TestHolderIsNotBelieved(t *testing.T) {
	for _, text := range []string{
		"", "x", "12", "12 2026", "-4 2026-11-21T10:00:00Z shop", "12 2026-11-21T10:00:00Z \x1b[31m\nevil",
		"12 2026-11-21T10:00:00Z " + strings.Repeat("x", 250), strings.Repeat("9", 5000),
	} {
		path := filepath.Join(t.TempDir(), "lock")
		if err := os.WriteFile(path, []byte(text), fileMode); err != nil {
			t.Fatal(err)
		}
		err := holderOf(path, "g")
		if said := err.Error(); strings.ContainsAny(said, "\x1b\n") || len(said) > len(path)+300 || !errors.Is(err, ErrLocked) {
			t.Errorf("%.40q: %q", text, said)
		}
	}
}

// running starts a child that is killed with the test, and waits until it is
// ready.
func running(t *testing.T, job string) *exec.Cmd {
	t.Helper()
	c, out := process(t, job)
	if _, err := out.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = out.WriteTo(io.Discard) }() // what else it says
	return c
}
