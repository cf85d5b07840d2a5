package faults

import (
	"math/rand/v2"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/runtime"
)

// TestKilled kills a service that publishes and consumes, over and over, at
// random moments, lets the last one finish, and holds what happened to the
// guarantee. Meanwhile the service has to live with other faults.
func TestKilled(t *testing.T) {
	all := conditions{Full: true, Clock: true, Cancel: true}
	for name, c := range map[string]struct {
		config
		laws []Law
	}{
		"at least once":             {config{Faulty: true}, []Law{NothingLost, InOrder}},
		"at least once, everything": {config{Faulty: true, Tear: true, conditions: all}, []Law{NothingLost, InOrder}},
		"effectively once":          {config{Guarantee: runtime.EffectivelyOnce, Faulty: true, Tear: true, conditions: all}, []Law{NothingLost, InOrder, OneEffect}},
		"effectively once, file":    {config{Guarantee: runtime.EffectivelyOnce, Faulty: true, conditions: conditions{Inbox: "file", Full: true}}, []Law{NothingLost, InOrder}},
		"at most once":              {config{Guarantee: runtime.AtMostOnce, Tear: true, conditions: conditions{Full: true}}, []Law{NeverTwice}},
		"at least once, retry":      {config{Faulty: true, conditions: conditions{Retry: true, Cancel: true}}, []Law{NothingLost}},
		"effectively once, retry":   {config{Guarantee: runtime.EffectivelyOnce, Faulty: true, conditions: conditions{Retry: true, Cancel: true}}, []Law{NothingLost, OneEffect}},
		"at least once, batches":    {config{Faulty: true, conditions: conditions{Mode: "batch"}}, []Law{NothingLost, InOrder}},
		"effectively once, batches": {config{Guarantee: runtime.EffectivelyOnce, Faulty: true, conditions: conditions{Mode: "batch"}}, []Law{NothingLost, OneEffect}},
		"effectively once, pull":    {config{Guarantee: runtime.EffectivelyOnce, Faulty: true, Tear: true, conditions: conditions{Mode: "pull"}}, []Law{NothingLost, InOrder, OneEffect}},
		"at least once, pull":       {config{Faulty: true, conditions: conditions{Mode: "pull"}}, []Law{NothingLost, InOrder}},
	} {
		t.Run(name, func(t *testing.T) {
			if c.Guarantee == 0 {
				c.Guarantee = runtime.AtLeastOnce
			}
			v := disturb(t, c.config, syscall.SIGKILL, c.laws)
			if c.Guarantee != runtime.AtMostOnce && v.Handled+v.Parked < v.Acked {
				t.Errorf("%d of %d are handled", v.Handled, v.Acked)
			}
			// A kill between an effect and its note repeats what was at work then.
			if most := (v.Sessions - 1) * concurrency; c.Inbox == "file" && v.Again > most {
				t.Errorf("%d effects too many, want at most %d", v.Again, most)
			}
		})
	}
}

// TestStopped asks a service to stop instead, again and again: then nothing may
// be handled twice either, unless something had failed that positions cannot
// pass.
func TestStopped(t *testing.T) {
	t.Run("calm", func(t *testing.T) {
		disturb(t, config{Guarantee: runtime.AtLeastOnce}, syscall.SIGTERM, []Law{NothingLost, InOrder, NoDuplicates})
	})
	t.Run("faulty", func(t *testing.T) {
		v := disturb(t, config{Guarantee: runtime.AtLeastOnce, Faulty: true}, syscall.SIGTERM, []Law{NothingLost, InOrder, NoCalmDuplicates})
		t.Logf("%d of %d sessions ended with nothing failed", v.Calm, v.Sessions-1)
	})
	t.Run("batches", func(t *testing.T) {
		disturb(t, config{Guarantee: runtime.AtLeastOnce, conditions: conditions{Mode: "batch"}}, syscall.SIGTERM,
			[]Law{NothingLost, InOrder, NoDuplicates})
	})
}

// undisturbed is how many messages the last service publishes at most, which is not stopped: those that are
// matter more, and how long that takes is a matter of how long the disk takes to sync.
const undisturbed = 50_000

// disturb runs services until enough have been stopped and everything is
// handled.
func disturb(t *testing.T, c config, how os.Signal, laws []Law) Verdict {
	c.Publish, c.Keys, c.Dir, c.Seed = 2_500, 24, t.TempDir(), rand.Uint64()
	stops, longest, torn := 3, 150, 0
	if workload.Long() {
		c.Publish, stops, c.Keys, longest = 120_000, 60, 64, 500
	}
	random := rand.New(rand.NewPCG(c.Seed, 0))
	for range stops {
		one := c
		one.Seed = random.Uint64()
		one.Publish = c.Publish
		if err := run(t, one, how, time.Duration(20+random.IntN(longest-20))*time.Millisecond); err != nil {
			t.Fatal(err)
		}
		if c.Tear {
			torn += tear(t, c.Dir, random)
		}
	}
	c.Finish, c.Full, c.Publish = true, false, min(c.Publish, c.sent(t)+undisturbed)
	if err := run(t, c, nil, 0); err != nil {
		t.Error(err) // what it waited for may be lost: see what the laws say
	}
	events := c.events(t)
	if c.Guarantee == runtime.ExactlyOnce {
		events = c.outcomes(t, events)
	}
	v := Check(events, laws...)
	t.Logf("seed %d: %d stops, %d acknowledged, %d handled, %d parked, %d handled twice, %d tails torn", c.Seed, stops, v.Acked, v.Handled, v.Parked, v.Repeated, torn)
	for _, broken := range v.Violations {
		t.Error(broken)
	}
	if v.Sessions < 2 || v.Acked == 0 {
		t.Errorf("%d sessions, %d acknowledged", v.Sessions, v.Acked)
	}
	return v
}

// events are what the services have noted.
func (c config) events(t *testing.T) []Event {
	t.Helper()
	events, err := Read(c.history())
	if err != nil {
		t.Fatal(err)
	}
	return events
}

// sent is how many messages services were about to publish.
func (c config) sent(t *testing.T) (n int) {
	t.Helper()
	for _, e := range c.events(t) {
		if e.Kind == Sent {
			n++
		}
	}
	return n
}
