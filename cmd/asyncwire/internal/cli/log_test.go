package cli

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// writing is a writer that says when it is written to.
type writing struct {
	bytes.Buffer
	then func()
}

func (w *writing) Write(p []byte) (int, error) {
	w.then()
	return w.Buffer.Write(p)
}

// TestFollowingEndsWithAnInterrupt: Ctrl-C is how following ends, also in the
// middle of what is printed; printing that was to have an end of its own did not
// come to it.
func TestFollowingEndsWithAnInterrupt(t *testing.T) {
	const most = 100
	dir := filepath.Join(t.TempDir(), "log")
	inLog(t, dir, func(tr driver.Transport) {
		for range most {
			if err := tr.Publish(t.Context(), &driver.Message{Address: "orders", Key: []byte("k"), Value: bytes.Repeat([]byte("v"), 50_000)}); err != nil {
				t.Fatal(err)
			}
		}
	})
	for _, c := range []struct {
		args   []string
		status int
		log    string
	}{
		{[]string{"log", "cat", dir, "--follow"}, exitClean, ""},
		{[]string{"log", "cat", dir}, exitFailure, "asyncwire: interrupted\n"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		out, log := &writing{then: cancel}, new(bytes.Buffer)
		status := Main(ctx, Env{Stdin: strings.NewReader(""), Stdout: out, Stderr: log, Getenv: func(string) string { return "" }}, c.args)
		if n := strings.Count(out.String(), "\n"); status != c.status || log.String() != c.log || n == 0 || n == most {
			t.Errorf("%v: status %d, %d lines, %q", c.args, status, n, log.String())
		}
	}
}

// TestTruncateWhileTheServiceRuns drops nothing, and does not say that it did.
func TestTruncateWhileTheServiceRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	inLog(t, dir, func(tr driver.Transport) {
		if err := tr.Publish(t.Context(), &driver.Message{Address: "orders", Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
		place := tr.(driver.Measurer)
		extents, err := place.Extents(t.Context(), "orders")
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range extents {
			if e.First == e.Next {
				continue
			}
			status, _, log := command(t, nil, "log", "truncate", dir, "--topic", "orders", "--partition", fmt.Sprint(e.Partition), "--from", "0", "--yes")
			if status != exitFailure || !strings.Contains(log, "locked") || strings.Contains(log, "dropped") {
				t.Errorf("status %d: %s", status, log)
			}
		}
	})
}
