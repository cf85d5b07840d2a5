package memory_test

import (
	"context"
	"errors"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestExtents: both ends of each partition, also when the oldest messages are
// gone.
func TestExtents(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 2})
	if _, err := tr.Extents(t.Context(), "a"); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("an address that is not there: %v", err)
	}
	for range 5 {
		if err := tr.Publish(t.Context(), &driver.Message{Address: "a"}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := tr.Extents(t.Context(), "a")
	if want := (driver.Extent{First: 3, Next: 5}); err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("%v, %v, want %v", got, err, want)
	}
	if err := tr.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Extents(t.Context(), "a"); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("a closed transport: %v", err)
	}
}

// TestExtentsOfLateTaps: what is published while a tap looks what to watch, and before
// it looks again, waits for it, and keeps its offsets.
func TestExtentsOfLateTaps(t *testing.T) {
	ctx := t.Context()
	tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1})
	publish(t, tr, "a", numbers(3)...)
	match := func(address string) bool {
		publish(t, tr, address, numbers(4)...)
		return true
	}
	tap, err := tr.Tap(ctx, driver.TapOptions{Match: match})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, tr, "b", numbers(3)...)
	tap.Addresses()
	for _, address := range []string{"a", "b"} {
		publish(t, tr, address, "last")
		if got, err := tr.Extents(ctx, address); err != nil || got[0].Next != 8 {
			t.Errorf("%s: %v, %v, want up to 8", address, got, err)
		}
	}
	got, err := tap.Receive(ctx)
	if err != nil || len(got) != 14 || string(got[13].Value) != "last" || got[13].Offset != 7 {
		t.Errorf("the tap got %d messages: %v", len(got), err)
	}
	publish(t, tr, "b", "one more")
	if got, err := tr.Extents(ctx, "b"); err != nil || got[0] != (driver.Extent{First: 8, Next: 9}) {
		t.Errorf("when the tap has seen them: %v, %v", got, err)
	}
}
