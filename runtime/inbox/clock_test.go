package inbox

import (
	"context"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
)

// TestAgeWhenTheClockIsSet: an inbox forgets nothing because of a clock that is ten
// years ahead for a while.
func TestAgeWhenTheClockIsSet(t *testing.T) {
	const decade = 10 * 365 * 24 * time.Hour
	begin := time.Now()
	var set, gone time.Duration
	box := New(&Options{Age: 10 * time.Hour, read: func() (time.Time, time.Duration) { return begin.Add(gone + set), gone }})
	known := func(id string) bool {
		t.Helper()
		known, err := box.Once(t.Context(), runtime.InboxEntry{Group: "g", ID: id}, func(context.Context) error { return nil })
		if err != nil {
			t.Fatal(err)
		}
		return known
	}
	known("before")
	set = decade
	if !known("before") || known("meanwhile") {
		t.Error("ten years ahead: not what it knew")
	}
	gone, set = 5*time.Hour, 0
	if !known("before") || !known("meanwhile") {
		t.Error("and back: not all is known")
	}
	if gone = 10 * time.Hour; known("before") {
		t.Error("ten hours later it is not forgotten")
	}
}
