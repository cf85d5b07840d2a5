package faults

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
)

// run runs one service; a signal stops it after a while.
func run(t *testing.T, c config, how os.Signal, after time.Duration) error {
	t.Helper()
	cmd := command(t, c, os.Stderr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if how != nil {
		time.AfterFunc(after, func() { _ = cmd.Process.Signal(how) })
	}
	end := time.Now().Add(time.Hour)
	if d, ok := t.Deadline(); ok {
		end = d.Add(-5 * time.Second)
	}
	if err := await(cmd, c.history(), time.Minute, end); err != nil && !endedBy(cmd.ProcessState, how) {
		return fmt.Errorf("service: %w", err)
	}
	return nil
}

// command returns the one that runs a service.
func command(t *testing.T, c config, errs io.Writer) *exec.Cmd {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), serviceVariable+"="+string(text))
	cmd.Stderr = errs
	return cmd
}

// await waits for a service to end. One that notes nothing for as long as patience, or is still at work at
// end, is made to show what its goroutines wait for.
func await(cmd *exec.Cmd, history string, patience time.Duration, end time.Time) error {
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	const looks = 60
	for quiet, before := 0, int64(-1); quiet < looks && time.Now().Before(end); quiet++ {
		select {
		case err := <-ended:
			return err
		case <-time.After(min(patience/looks, time.Until(end))):
		}
		if info, err := os.Stat(history); err == nil && info.Size() != before {
			quiet, before = 0, info.Size()
		}
	}
	if cmd.Process.Signal(syscall.SIGQUIT) != nil {
		_ = cmd.Process.Kill() // where there is no such signal
	}
	return fmt.Errorf("has noted nothing for %v, or the time of the test is over: %w", patience, <-ended)
}

// endedBy tells that a signal ended a process that did not listen for it yet, so
// that nothing was begun.
func endedBy(state *os.ProcessState, how os.Signal) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == how
}

// A service that waits for a message which is lost is ended, and shows what it waits for; so is one that is
// at work for too long.
func TestStalledShows(t *testing.T) {
	for name, c := range map[string]struct{ patience, limit time.Duration }{
		"quiet": {time.Second, time.Hour},
		"late":  {time.Hour, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			of := config{Dir: t.TempDir(), Guarantee: runtime.AtLeastOnce, Keys: 1, Finish: true}
			h, err := Open(of.history())
			if err == nil {
				err = errors.Join(h.Note(Acked, 0, 1), h.Close())
			}
			var shown bytes.Buffer
			cmd := command(t, of, &shown)
			if err = errors.Join(err, cmd.Start()); err != nil {
				t.Fatal(err)
			}
			err = await(cmd, of.history(), c.patience, time.Now().Add(c.limit))
			if err == nil || !strings.Contains(shown.String(), "faults.(*service).consume") {
				t.Errorf("%v, shown: %s", err, &shown)
			}
		})
	}
}
