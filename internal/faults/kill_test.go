package faults

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime"
)

// TestKilled kills a service that publishes and consumes, over and over, at
// random moments, lets the last one finish, and holds what happened to the
// guarantee.
func TestKilled(t *testing.T) {
	for name, c := range map[string]struct {
		guarantee runtime.Guarantee
		faulty    bool
		laws      []Law
	}{
		"at least once":    {runtime.AtLeastOnce, true, []Law{NothingLost, InOrder}},
		"effectively once": {runtime.EffectivelyOnce, true, []Law{NothingLost, InOrder, OneEffect}},
		"at most once":     {runtime.AtMostOnce, false, []Law{NeverTwice}},
	} {
		t.Run(name, func(t *testing.T) {
			v := disturb(t, config{Guarantee: c.guarantee, Faulty: c.faulty}, syscall.SIGKILL, c.laws)
			if c.guarantee != runtime.AtMostOnce && v.Handled+v.Parked < v.Acked {
				t.Errorf("%d of %d are handled", v.Handled, v.Acked)
			}
		})
	}
}

// TestStopped asks a service to stop instead, again and again: then nothing may
// be handled twice either.
func TestStopped(t *testing.T) {
	disturb(t, config{Guarantee: runtime.AtLeastOnce}, syscall.SIGTERM, []Law{NothingLost, InOrder, NoDuplicates})
}

// disturb runs services until enough have been stopped and everything is
// handled.
func disturb(t *testing.T, c config, how os.Signal, laws []Law) Verdict {
	c.Publish, c.Keys, c.Dir, c.Seed = 6_000, 64, t.TempDir(), rand.Uint64()
	stops := 6
	if workload.Long() {
		c.Publish, stops = 350_000, 80
	}
	random := rand.New(rand.NewPCG(c.Seed, 0))
	for range stops {
		one := c
		one.Seed = random.Uint64()
		one.Publish = c.Publish
		run(t, one, how, time.Duration(20+random.IntN(250))*time.Millisecond)
	}
	c.Finish = true
	run(t, c, nil, 0)
	events, err := Read(c.history())
	if err != nil {
		t.Fatal(err)
	}
	v := Check(events, laws...)
	t.Logf("seed %d: %d stops, %d acknowledged, %d handled, %d parked, %d handled twice", c.Seed, stops, v.Acked, v.Handled, v.Parked, v.Repeated)
	for _, broken := range v.Violations {
		t.Error(broken)
	}
	if v.Sessions < 2 || v.Acked == 0 {
		t.Errorf("%d sessions, %d acknowledged", v.Sessions, v.Acked)
	}
	return v
}

// run runs one service; a signal stops it after a while.
func run(t *testing.T, c config, how os.Signal, after time.Duration) {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), serviceVariable+"="+string(text))
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if how != nil {
		time.AfterFunc(after, func() { _ = cmd.Process.Signal(how) })
	}
	if err := cmd.Wait(); err != nil && how != syscall.SIGKILL && !endedBy(cmd.ProcessState, how) {
		t.Fatalf("service: %v", err)
	}
}

// endedBy tells that a signal ended a process that did not listen for it yet, so
// that nothing was begun.
func endedBy(state *os.ProcessState, how os.Signal) bool {
	status, ok := state.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == how
}
