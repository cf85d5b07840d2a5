package filter_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/filter"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// counts counts events by kind.
type counts struct {
	mu    sync.Mutex
	kinds map[runtime.EventKind]int
}

func (c *counts) Observe(_ context.Context, e runtime.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kinds[e.Kind]++
}

func (c *counts) of(k runtime.EventKind) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kinds[k]
}

// text is an envelope that notes what is decoded.
type text struct {
	runtime.Envelope
	decoded *[]string
	payload string
}

func (e *text) CodeMessage(m *runtime.MessageCodec) {
	e.payload = m.Text(nil, "").Reader().String()
	*e.decoded = append(*e.decoded, e.payload)
	m.Message("", "", &e.Envelope)
}

// handled returns which payloads are handled through a filter, and which are
// decoded; the last payload has to be handled.
func handled(t *testing.T, f filter.Predicate, payloads ...string) (seen, decoded []string, c *counts) {
	t.Helper()
	c = &counts{kinds: map[runtime.EventKind]int{}}
	tr := memory.New(&memory.Options{Partitions: 1})
	conn := runtime.Open(tr, &runtime.Options{Observer: c, Logger: slog.New(slog.DiscardHandler)})
	for i, p := range payloads {
		m := &driver.Message{Address: "a", Value: []byte(p), Headers: []runtime.Header{
			{Key: "ce_type", Value: fmt.Appendf(nil, "t%d", i)}, {Key: "n", Value: fmt.Append(nil, i)},
		}}
		if err := tr.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	route := runtime.Handle("", func(_ context.Context, in *runtime.Incoming) error {
		e := &text{decoded: &decoded}
		if err := in.Decode(e); err != nil {
			return err
		}
		seen = append(seen, e.payload)
		if e.payload == payloads[len(payloads)-1] {
			stop()
		}
		return nil
	})
	err := runtime.Consume(ctx, conn, &runtime.Channel{Address: "a"}, nil, []runtime.Route{route},
		runtime.WithPolicy(runtime.Policy{Ordering: runtime.PerPartition}), runtime.Use(filter.Use(f)))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return seen, decoded, c
}

// TestUse: what is not wanted is acknowledged and counted, and never decoded;
// what cannot be judged is handed on.
func TestUse(t *testing.T) {
	p, err := filter.Parse([]byte(`{"data": {"country": ["DE"]}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`{"country":"DE"}`, `no JSON`, `{"country":"DE","last":true}`}
	seen, decoded, c := handled(t, p.Match, want[0], `{"country":"FR"}`, `{}`, want[1], `[]`, want[2])
	if !slices.Equal(seen, want) || !slices.Equal(decoded, want) {
		t.Errorf("handled %q, decoded %q, want %q", seen, decoded, want)
	}
	if c.of(runtime.EventDropped) != 3 || c.of(runtime.EventHandled) != 3 || c.of(runtime.EventAcked) != 6 {
		t.Errorf("counted %v", c.kinds)
	}
}

// TestPredicates: predicates in Go, and how they combine.
func TestPredicates(t *testing.T) {
	is := func(values ...string) filter.Predicate {
		return filter.Header("n", func(v []byte, ok bool) bool { return ok && slices.Contains(values, string(v)) })
	}
	missing := filter.Header("m", func(_ []byte, ok bool) bool { return !ok })
	second := filter.Attribute(func(a *runtime.Attributes) bool { return a.Type == "t1" })
	wanted := filter.Any(filter.All(is("1", "2"), filter.Not(second), missing), is("4"))
	if seen, _, _ := handled(t, wanted, "a", "b", "c", "d", "e"); !slices.Equal(seen, []string{"c", "e"}) {
		t.Errorf("handled %q", seen)
	}
	if !filter.All()(nil) || filter.Any()(nil) {
		t.Error("of no predicates all agree, and none does")
	}
}
