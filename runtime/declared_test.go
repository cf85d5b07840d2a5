package runtime_test

import (
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
)

// TestDeclaredTTL: a message expires after its own time, and what it says
// itself counts more.
func TestDeclaredTTL(t *testing.T) {
	a := runtime.Attributes{Time: time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)}
	runtime.DeclaredTTL(time.Hour)(&a)
	if got := a.Extensions["expirytime"]; got != "2026-01-02T04:00:00Z" {
		t.Errorf("expires at %q", got)
	}
	runtime.DeclaredTTL(time.Minute)(&a)
	if got := a.Extensions["expirytime"]; got != "2026-01-02T04:00:00Z" {
		t.Errorf("expires at %q, though it said when", got)
	}
	before := time.Now()
	var b runtime.Attributes
	runtime.DeclaredTTL(time.Hour)(&b)
	at, err := time.Parse(time.RFC3339Nano, b.Extensions["expirytime"])
	if err != nil || at.Before(before.Add(time.Hour)) || at.After(time.Now().Add(time.Hour)) {
		t.Errorf("expires at %v, %v", at, err)
	}
}
