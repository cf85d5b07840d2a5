//go:build unix

package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/fulldisk"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/inbox"
)

// full makes the disk full until room is called, or the test ends.
func full(t *testing.T, size uint64) (room func()) {
	t.Helper()
	if err := fulldisk.Begin(size); err != nil {
		t.Fatal(err)
	}
	room = func() {
		if err := fulldisk.End(); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(room)
	return room
}

// TestFullDisk: on a full disk an inbox has nothing handled that it could not note,
// and it goes on when there is room, with all that it knows.
func TestFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox")
	f := open(t, path, nil)
	fill(t, f, 10)
	room := full(t, header+10*record+20)
	calls := 0
	try := func() (bool, error) {
		return f.Once(t.Context(), runtime.InboxEntry{Group: "g", Source: "s", ID: "late"}, func(context.Context) error {
			calls++
			return nil
		})
	}
	if _, err := try(); !errors.Is(err, syscall.EFBIG) || calls != 1 {
		t.Fatalf("%d calls, %v", calls, err)
	}
	other := runtime.InboxEntry{Group: "g", Source: "s", ID: "other"}
	handle := func(context.Context) error { calls++; return nil }
	for range 3 {
		if _, err := f.Once(t.Context(), other, handle); err == nil || calls != 1 {
			t.Fatalf("handled what cannot be noted: %v", err)
		}
		time.Sleep(110 * time.Millisecond)
	}
	room()
	if known, err := f.Once(t.Context(), other, handle); known || err != nil || calls != 2 {
		t.Fatalf("when there is room: known %v, %v", known, err)
	}
	if known, err := try(); !known || err != nil {
		t.Errorf("what was handled on the full disk: known %v, %v", known, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path, nil)
	for _, id := range []string{"late", "other"} {
		if !once(t, f, id, 0) {
			t.Errorf("%s is not known after a restart", id)
		}
	}
	if n := unknown(t, f, 10); n > 0 || f.Damaged() > 0 {
		t.Errorf("%d of 10 are not known, %d are damaged", n, f.Damaged())
	}
}

// TestNoRoomToCompact: an inbox that cannot be written anew goes on as it is.
func TestNoRoomToCompact(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox")
	o := &inbox.Options{Window: 50, NoSync: true}
	f := open(t, path, o)
	if err := os.Mkdir(path+".new", 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		once(t, f, fmt.Sprint(i), 0)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path, o)
	if !once(t, f, "4999", 0) {
		t.Error("the last message is not known")
	}
	if err := os.Remove(path + ".new"); err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		once(t, f, fmt.Sprint("more ", i), 0)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > header+(2*50+2*1024)*record {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
}

// TestClosedOnFullDisk: a file that is closed while a note of it fails stays closed, since
// another process may have it then.
func TestClosedOnFullDisk(t *testing.T) {
	folder := t.TempDir()
	for i := range 300 {
		f, err := inbox.OpenFile(filepath.Join(folder, fmt.Sprint(i)), nil)
		if err != nil {
			t.Fatal(err)
		}
		room := full(t, header+record/2) // behind the opening, of which go test writes a log
		closed := make(chan error, 1)
		e := runtime.InboxEntry{Group: "g", Source: "s", ID: "one"}
		_, err = f.Once(t.Context(), e, func(context.Context) error {
			go func() {
				time.Sleep(time.Duration(i) * 100 * time.Nanosecond)
				closed <- f.Close()
			}()
			return nil
		})
		again := errors.Join(<-closed, f.Close())
		room()
		if err == nil {
			t.Fatal("noted on a full disk")
		}
		if again != nil {
			t.Fatalf("closing %d: %v", i, again)
		}
	}
}
