package inbox_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/inbox"
)

// once handles a message and reports whether it was known.
func once(t testing.TB, in runtime.Inbox, id string, window int) bool {
	t.Helper()
	e := runtime.InboxEntry{Group: "g", Source: "s", ID: id, Window: window}
	known, err := in.Once(t.Context(), e, func(context.Context) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return known
}

// fill handles the messages 0 to n-1.
func fill(t testing.TB, in runtime.Inbox, n int) {
	t.Helper()
	for i := range n {
		if once(t, in, fmt.Sprint(i), n) {
			t.Fatalf("message %d is known", i)
		}
	}
}

// unknown counts the messages 0 to n-1 that are not known.
func unknown(t testing.TB, in runtime.Inbox, n int) int {
	t.Helper()
	sum := 0
	for i := range n {
		if !once(t, in, fmt.Sprint(i), n) {
			sum++
		}
	}
	return sum
}

const (
	header = 16
	record = 52
)

// TestTornAndFlipped: whatever the end of the file has become, and whichever
// bit of it was turned, what is whole is known.
func TestTornAndFlipped(t *testing.T) {
	const n = 20
	path := filepath.Join(t.TempDir(), "inbox")
	f := open(t, path, nil)
	fill(t, f, n)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil || len(whole) != header+n*record {
		t.Fatalf("%d bytes, %v", len(whole), err)
	}
	for cut := header; cut <= len(whole); cut++ {
		damaged(t, whole[:cut], n, n-(cut-header)/record, 0)
	}
	for range 200 {
		at := header + rand.IntN(n*record)
		flipped := append([]byte(nil), whole...)
		flipped[at] ^= 1 << rand.IntN(8)
		damaged(t, flipped, n, 1, 1)
	}
	damaged(t, append(append([]byte(nil), whole...), "half a record"...), n, 0, 0)
	for cut := range header {
		damaged(t, whole[:cut], n, n, 0)
	}
}

// damaged opens an inbox of that content and checks how much was lost, and that
// the next opening finds what was noted since.
func damaged(t *testing.T, content []byte, n, lost, records int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "inbox")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	f := open(t, path, &inbox.Options{NoSync: true})
	if got := f.Damaged(); got != records {
		t.Errorf("%d bytes: %d damaged records, want %d", len(content), got, records)
	}
	if got := unknown(t, f, n); got != lost {
		t.Errorf("%d bytes: %d messages are unknown, want %d", len(content), got, lost)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f = open(t, path, &inbox.Options{NoSync: true})
	if got := unknown(t, f, n); got != 0 {
		t.Errorf("%d bytes: %d messages are unknown after they were noted again", len(content), got)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestForeignFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox")
	if err := os.WriteFile(path, []byte("a file of somebody else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := inbox.OpenFile(path, nil); err == nil || !strings.Contains(err.Error(), "no inbox") {
		t.Errorf("a foreign file: %v", err)
	}
	if text, _ := os.ReadFile(path); string(text) != "a file of somebody else" {
		t.Errorf("the foreign file is now %q", text)
	}
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "inbox")
	f := open(t, path, nil)
	if _, err := inbox.OpenFile(path, nil); !errors.Is(err, inbox.ErrLocked) {
		t.Errorf("a second inbox on the file: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again := open(t, path, nil)
	once(t, again, "1", 1)
	e := runtime.InboxEntry{Group: "g", ID: "2"}
	_, err := f.Once(t.Context(), e, func(context.Context) error { t.Error("handled though closed"); return nil })
	if !errors.Is(err, os.ErrClosed) {
		t.Errorf("a closed inbox: %v", err)
	}
}

// TestCompaction: the file stays small however much goes through it, and the
// window is known after that.
func TestCompaction(t *testing.T) {
	const window, messages = 50, 5000
	path := filepath.Join(t.TempDir(), "inbox")
	o := &inbox.Options{Window: window, NoSync: true}
	f := open(t, path, o)
	for i := range messages {
		once(t, f, fmt.Sprint(i), 0)
	}
	if got := f.Len(); got != window {
		t.Errorf("%d messages are remembered, want %d", got, window)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > header+(2*window+1024+1)*record {
		t.Fatalf("%d bytes, %v", info.Size(), err)
	}
	f = open(t, path, o)
	for i := messages - window; i < messages; i++ {
		if !once(t, f, fmt.Sprint(i), 0) {
			t.Errorf("message %d is unknown", i)
		}
	}
	if once(t, f, "0", 0) {
		t.Error("the first message is remembered beyond the window")
	}
}

// TestAge: what is older than Age is forgotten.
func TestAge(t *testing.T) {
	var now atomic.Int64
	o := &inbox.Options{Age: time.Hour, Now: func() time.Time { return time.Unix(now.Load(), 0) }}
	for name, in := range map[string]runtime.Inbox{"memory": inbox.New(o), "file": open(t, filepath.Join(t.TempDir(), "inbox"), o)} {
		now.Store(1e9)
		once(t, in, "1", 0)
		now.Add(3599)
		if !once(t, in, "1", 0) {
			t.Errorf("%s: forgotten after less than an hour", name)
		}
		now.Add(1)
		if once(t, in, "1", 0) {
			t.Errorf("%s: remembered after an hour", name)
		}
		if !once(t, in, "1", 0) {
			t.Errorf("%s: forgotten at once", name)
		}
		now.Add(3600)
		once(t, in, "2", 0)
		if got := in.(interface{ Len() int }).Len(); got != 1 {
			t.Errorf("%s: %d are remembered", name, got)
		}
	}
}

// childVariable makes the test binary a process that notes messages until it is
// killed.
const childVariable = "ASYNCWIRE_INBOX_CHILD"

func TestMain(m *testing.M) {
	if path := os.Getenv(childVariable); path != "" {
		child(path)
	}
	os.Exit(m.Run())
}

// child notes messages, and tells of each one that is noted.
func child(path string) {
	f, err := inbox.OpenFile(path, &inbox.Options{Window: 300})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	var out sync.Mutex
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i)
				_, err := f.Once(context.Background(), runtime.InboxEntry{Group: "g", ID: id}, func(context.Context) error { return nil })
				out.Lock()
				if err != nil {
					fmt.Println("error", err)
				}
				fmt.Println(id)
				out.Unlock()
			}
		}()
	}
	select {}
}

// TestKill: what was noted is known after its process was killed at any point.
func TestKill(t *testing.T) {
	kills := 12
	if workload.Long() {
		kills = 200
	}
	path := filepath.Join(t.TempDir(), "inbox")
	for range kills {
		ids := killed(t, path, 1+rand.IntN(600))
		f := open(t, path, &inbox.Options{Window: 300})
		if f.Damaged() > 0 {
			t.Errorf("%d damaged records", f.Damaged())
		}
		// Workers tell of their notes out of order, by as many as there are.
		for _, id := range ids[max(0, len(ids)-280):] {
			known, err := f.Once(t.Context(), runtime.InboxEntry{Group: "g", ID: id}, func(context.Context) error { return nil })
			if !known || err != nil {
				t.Fatalf("%s was noted and is unknown (%v)", id, err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killed lets a process note about n messages, kills it, and returns what it
// told of.
func killed(t *testing.T, path string, n int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || strings.HasPrefix(line, "error") {
			t.Fatalf("%s %v", line, err)
		}
		if ids = append(ids, strings.TrimSpace(line)); len(ids) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // it was killed
	return ids
}

// BenchmarkFile: how much a batch saves.
func BenchmarkFile(b *testing.B) {
	for _, workers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(workers), func(b *testing.B) {
			f := open(b, filepath.Join(b.TempDir(), "inbox"), nil)
			var next atomic.Int64
			var all sync.WaitGroup
			for range workers {
				all.Go(func() {
					for i := next.Add(1); i <= int64(b.N); i = next.Add(1) {
						once(b, f, fmt.Sprint(i), 0)
					}
				})
			}
			all.Wait()
		})
	}
}
