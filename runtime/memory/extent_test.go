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
