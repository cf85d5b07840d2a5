package memory_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestDropGroup: a group that nobody belongs to any more keeps no publisher waiting and
// no message from being dropped once it is dropped, and then begins anew.
func TestDropGroup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1, MaxUnacknowledged: 2})
		r := subscribe(t, tr, "g", "a")
		publish(t, tr, "a", "1", "2")
		if err := tr.DropGroup("g"); !errors.Is(err, driver.ErrInvalid) {
			t.Errorf("with a member: %v", err)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		late := publishing(t.Context(), tr, message("3"))
		waits(t, true, late)
		for range 2 {
			if err := tr.DropGroup("g"); err != nil {
				t.Error(err)
			}
		}
		waits(t, false, late)
		if e, err := tr.Extents(t.Context(), "a"); err != nil || e[0].First != 2 || e[0].Next != 3 {
			t.Errorf("kept are %+v, %v", e, err)
		}
		batch, err := subscribe(t, tr, "g", "a").Receive(t.Context())
		if err != nil || len(batch) != 1 || batch[0].Message().Offset != 2 {
			t.Errorf("%d messages, %v", len(batch), err)
		}
		if err := tr.Close(t.Context()); err != nil {
			t.Error(err)
		}
		if err := tr.DropGroup("g"); !errors.Is(err, driver.ErrClosed) {
			t.Errorf("of a closed transport: %v", err)
		}
	})
}

// TestRemoveBesideTaps: a tap goes on with the addresses that are left, and with what is
// created later, and holds back no message of one that was removed.
func TestRemoveBesideTaps(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1})
	tap, err := tr.Tap(t.Context(), driver.TapOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for round := range 3 {
		publish(t, tr, "a", "1")
		publish(t, tr, "b", "2")
		batch, err := tap.Receive(t.Context())
		if err != nil || len(batch) != 2 || batch[0].Offset+batch[1].Offset != int64(round) {
			t.Fatalf("round %d: %d messages, %v", round, len(batch), err)
		}
		if err := tr.Remove(t.Context(), "a", "missing"); err != nil {
			t.Fatal(err)
		}
		if got := tap.Addresses(); len(got) != 1 || got[0] != "b" {
			t.Errorf("watched are %q", got)
		}
		if _, err := tr.Extents(t.Context(), "a"); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("a removed address: %v", err)
		}
	}
}

// TestRemoveLetsPublishersGo: who waits for room in an address that is removed has
// published before it was.
func TestRemoveLetsPublishersGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(1, 1)
		if err := subscribe(t, tr, "g", "a").Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		publish(t, tr, "a", "1")
		late := publishing(t.Context(), tr, message("2"))
		waits(t, true, late)
		if err := tr.Remove(t.Context(), "a"); err != nil {
			t.Error(err)
		}
		waits(t, false, late)
		publish(t, tr, "a", "3", "4") // no group has it yet to acknowledge
		holds(t, tr, 2)
	})
}
