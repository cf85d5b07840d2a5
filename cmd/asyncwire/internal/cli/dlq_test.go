package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
)

// TestDeadLettersInFiles takes letters of a log in a directory the whole way:
// more than are noted at once, across several commands.
func TestDeadLettersInFiles(t *testing.T) {
	const n = 250
	dir := filepath.Join(t.TempDir(), "log")
	inLog(t, dir, func(tr driver.Transport) {
		for i := range n {
			m := &driver.Message{Address: "orders", Key: fmt.Append(nil, i%7), Value: fmt.Append(nil, i), Headers: []driver.Header{
				{Key: "ce_id", Value: fmt.Appendf(nil, "m%d", i)}, {Key: "own", Value: []byte("kept")},
			}}
			l := runtime.Letter{Reason: "no", Class: []string{"timeout", "permanent"}[i%2], Attempts: 3, Address: "orders", Moved: time.Now()}
			if err := tr.Publish(t.Context(), l.On(m, "orders.dead")); err != nil {
				t.Fatal(err)
			}
		}
	})
	broker := "file://" + dir
	dlq := func(want int, args ...string) (stdout, stderr string) {
		t.Helper()
		status, stdout, stderr := command(t, nil, append(append([]string{"dlq"}, args...), "--broker", broker)...)
		if status != want {
			t.Fatalf("dlq %v: status %d\n%s%s", args, status, stdout, stderr)
		}
		return stdout, stderr
	}
	if out, _ := dlq(exitClean, "list", "orders.dead", "--format", "ndjson"); strings.Count(out, "\n") != n {
		t.Errorf("%d of %d letters are listed", strings.Count(out, "\n"), n)
	}
	dlq(exitClean, "redrive", "orders.dead", "--class", "timeout", "--create", "--yes")
	dlq(exitClean, "drop", "orders.dead", "--id", "m1", "--id", "m3", "--yes")
	if _, log := dlq(exitClean, "list", "orders.dead"); !strings.Contains(log, fmt.Sprintf("%d dead letters", n/2-2)) {
		t.Errorf("left: %s", log)
	}
	dlq(exitFindings, "redrive", "orders.dead", "--class", "timeout", "--yes")
	checkRedriven(t, dir, n)
}

// TestRedriveCreatesNothingByASlip: an address that is not there, misspelt or said by a
// letter, gets nothing and does not come into being, unless that is asked for.
func TestRedriveCreatesNothingByASlip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	inLog(t, dir, func(tr driver.Transport) {
		if err := tr.(driver.Provisioner).Provision(t.Context(), 3, "orders", "orders.dead"); err != nil {
			t.Fatal(err)
		}
		for i, from := range []string{"orders", "gone", "orders.dead"} {
			l := runtime.Letter{Reason: "no", Class: "timeout", Attempts: 3, Address: from, Moved: time.Now()}
			m := &driver.Message{Address: from, Value: []byte("v"), Headers: []driver.Header{{Key: "ce_id", Value: fmt.Append(nil, "m", i)}}}
			if err := tr.Publish(t.Context(), l.On(m, "orders.dead")); err != nil {
				t.Fatal(err)
			}
		}
	})
	for _, c := range []struct {
		status int
		said   string
		args   []string
	}{
		{exitFailure, "help: did you mean orders? --create makes order", []string{"--all", "--to", "order", "--yes"}},
		{exitFailure, "--to: there is no address \"order\"", []string{"--all", "--to", "order", "--dry-run"}},
		{exitFailure, "help: --create makes it", []string{"--all", "--to", "elsewhere", "--yes"}},
		{exitFailure, "--to is the address that the letters are at", []string{"--all", "--to", "orders.dead", "--yes"}},
		{exitFailure, "--to orders.dead.settled is where is noted", []string{"--all", "--to", "orders.dead.settled", "--create", "--yes"}},
		{exitFindings, "came from gone, which is not there: choose another with --to, or make it with --create", []string{"--id", "m1", "--yes"}},
		{exitFindings, "came from this address itself: choose with --to", []string{"--id", "m2", "--yes"}},
		{exitClean, "1 letter would be redriven", []string{"--id", "m1", "--create", "--dry-run"}},
	} {
		status, _, stderr := command(t, nil, append([]string{"dlq", "redrive", "orders.dead", "--broker", "file://" + dir}, c.args...)...)
		if status != c.status || !strings.Contains(stderr, c.said) {
			t.Errorf("%v: status %d\n%s", c.args, status, stderr)
		}
	}
	partitions := func() map[string]int {
		n := map[string]int{}
		status, out, stderr := command(t, nil, "log", "ls", dir, "--format", "ndjson")
		for line := range strings.Lines(out) {
			n[strings.Split(line, `"`)[3]]++
		}
		if status != exitClean {
			t.Fatal(stderr)
		}
		return n
	}
	if n := partitions(); len(n) != 2 {
		t.Errorf("there are %v", n)
	}
	status, _, stderr := command(t, nil, "dlq", "redrive", "orders.dead", "--all", "--to", "elsewhere", "--create", "--yes", "--broker", "file://"+dir)
	if n := partitions(); status != exitClean || n["elsewhere"] != 3 {
		t.Errorf("status %d, there are %v\n%s", status, n, stderr)
	}
}

// TestOnlyDeadLettersAreSettled: what the headers do not say is a dead letter is left alone
// at an address that may be another than was meant, unless that is forced.
func TestOnlyDeadLettersAreSettled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	inLog(t, dir, func(tr driver.Transport) {
		if err := tr.(driver.Provisioner).Provision(t.Context(), 1, "orders", "elsewhere"); err != nil {
			t.Fatal(err)
		}
		m := &driver.Message{Address: "orders", Value: []byte("v")}
		waits := runtime.Letter{Reason: "no", Class: "timeout", Attempts: 1, Address: "other", Moved: time.Now(), Due: time.Now()}
		dead := waits
		dead.Due = time.Time{}
		if err := tr.Publish(t.Context(), m, waits.On(m, "orders"), dead.On(m, "orders")); err != nil {
			t.Fatal(err)
		}
	})
	for _, c := range []struct {
		status int
		said   string
		args   string
	}{
		{exitFindings, "1 letter would be dropped", "drop --all --dry-run"},
		{exitFindings, "2 messages left alone, without the headers of a dead letter", "drop --all --dry-run"},
		{exitFindings, "help: look whether orders is the address that you mean; --force", "drop --at 0/0 --yes"},
		{exitFindings, "2 messages left alone", "redrive --all --to elsewhere --dry-run"},
		{exitClean, "3 letters would be redriven", "redrive --all --to elsewhere --force --dry-run"},
		{exitFindings, "1 letter dropped", "drop --all --yes"},
		{exitFindings, "0 letters dropped", "drop --all --yes"},
		{exitClean, "1 letter dropped", "drop --at 0/0 --force --yes"},
		{exitClean, "1 letter dropped", "drop --all --force --yes"},
	} {
		args := strings.Fields("dlq " + c.args)
		status, _, stderr := command(t, nil, append(args, "orders", "--broker", "file://"+dir)...)
		if status != c.status || !strings.Contains(stderr, c.said) {
			t.Errorf("%v: status %d\n%s", c.args, status, stderr)
		}
	}
}

// TestRedriveWhileTheServiceRuns says what is in the way and what to do; looking
// works.
func TestRedriveWhileTheServiceRuns(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "log")
	inLog(t, dir, func(tr driver.Transport) {
		if err := tr.(driver.Provisioner).Provision(t.Context(), 1, "orders"); err != nil {
			t.Fatal(err)
		}
		l := runtime.Letter{Reason: "no", Class: "timeout", Attempts: 3, Address: "orders", Moved: time.Now()}
		if err := tr.Publish(t.Context(), l.On(&driver.Message{Address: "orders", Value: []byte("v")}, "orders.dead")); err != nil {
			t.Fatal(err)
		}
		for how, want := range map[string]int{"list": exitClean, "redrive": exitFailure, "drop": exitFailure} {
			args := []string{"dlq", how, "orders.dead", "--broker", "file://" + dir}
			if how != "list" {
				args = append(args, "--all", "--yes")
			}
			status, _, stderr := command(t, nil, args...)
			said := strings.Contains(stderr, "locked") && strings.Contains(stderr, fmt.Sprintf("(process %d)", os.Getpid())) && strings.Contains(stderr, "stop the service") && !strings.Contains(stderr, "may have been stored")
			if status != want || (how != "list") != said {
				t.Errorf("dlq %s: status %d, %s", how, status, stderr)
			}
		}
	})
}

// checkRedriven demands that the even messages are back, once, as they were.
func checkRedriven(t *testing.T, dir string, n int) {
	t.Helper()
	inLog(t, dir, func(tr driver.Transport) {
		l := &letters{transport: tr, features: tr.Features()}
		seen := map[string]bool{}
		err := l.scan(t.Context(), "orders", func(m *driver.Message) error {
			if _, is := runtime.LetterOf(m); is || seen[string(m.Value)] || len(m.Headers) != 2 {
				t.Errorf("%s is back as %+v", m.Value, m)
			}
			seen[string(m.Value)] = true
			return nil
		})
		if err != nil || len(seen) != n/2 || !seen["0"] || seen["1"] {
			t.Errorf("%d messages are back, want %d (%v)", len(seen), n/2, err)
		}
	})
}

// inLog opens a log, and makes it if it is not there.
func inLog(t *testing.T, dir string, f func(driver.Transport)) {
	t.Helper()
	log, err := eventlog.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	f(log.Transport())
	if err := log.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
}
