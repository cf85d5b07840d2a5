package runtime_test

import (
	"slices"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
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
	tr := memory.New(&memory.Options{Partitions: 1})
	o := quiet()
	o.Now = func() time.Time { return a.Time }
	for _, opts := range [][]runtime.PublishOption{
		{runtime.DeclaredTTL(time.Hour)},
		{runtime.Time(a.Time.Add(-time.Hour)), runtime.DeclaredTTL(2 * time.Hour)},
		{runtime.Expires(a.Time.Add(time.Hour)), runtime.DeclaredTTL(time.Second)},
		{runtime.Expires(time.Time{}), runtime.DeclaredTTL(time.Second)},
	} {
		if err := publish(t.Context(), runtime.Open(tr, o), at, nil, text("m"), &textEnvelope{}, opts...); err != nil {
			t.Fatal(err)
		}
	}
	sent := stored(t, tr, "a")
	if len(sent) != 4 {
		t.Fatalf("%d messages", len(sent))
	}
	for n, m := range sent {
		want := "2026-01-02T04:00:00Z"
		if n == 3 {
			want = "9999-12-31T23:59:59Z" // the zero time is never
		}
		i := slices.IndexFunc(m.Headers, func(h driver.Header) bool { return h.Key == "ce_expirytime" })
		if i < 0 || string(m.Headers[i].Value) != want {
			t.Errorf("the headers are %q, want %s", m.Headers, want)
		}
	}
}
