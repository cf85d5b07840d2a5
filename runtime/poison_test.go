package runtime_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

func TestPoisonStopsWithoutAHook(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	put(t, tr, "a=0", "b=0", "a=1")
	poison := &driver.Message{Address: "a", Key: []byte("p"), Value: []byte{0xff},
		Headers: []driver.Header{{Key: "ce_type", Value: []byte("m")}}}
	if err := tr.Publish(t.Context(), poison); err != nil {
		t.Fatal(err)
	}
	put(t, tr, "c=0", "a=2")
	done := newHistory()
	slow := make(chan struct{})
	k := start(t, runtime.Open(tr, quiet()), func(ctx context.Context, e *textEnvelope) error {
		if e.Payload == "a=0" && runtime.Attempt(ctx) < 5 {
			return errOnPurpose // what is before it may take its time
		}
		if e.Payload == "c=0" {
			<-slow
		}
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 3)
	close(slow)
	err := k.end()
	var u *runtime.UndecodableError
	if !errors.As(err, &u) || u.Address != "a" || u.Partition != 0 || u.Offset != 3 || u.Type != "m" {
		t.Fatalf("Consume: %v", err)
	}
	want := `consume a: message of type "m" at partition 0, offset 3 cannot be decoded: payload: payload is not UTF-8 text` +
		`; neither Policy.DeadLetter nor Options.OnUndecodable takes it`
	if err.Error() != want {
		t.Errorf("Consume: %v, want %s", err, want)
	}
	if got := done.all(); !slices.Contains(got, "a=0") || !slices.Contains(got, "a=1") || !slices.Contains(got, "b=0") {
		t.Errorf("%q were handled, want all that came before", got)
	}
	if rest := remaining(t, tr); len(rest) != 3 || rest[0] != "\xff" {
		t.Errorf("%q are left, want the poisoned message first", rest)
	}
}

// TestPoisonWaitsNoLongerThanTheBudget: when what came before an undecodable
// message does not succeed either, Consume ends with the drain budget, and
// says both.
func TestPoisonWaitsNoLongerThanTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		put(t, tr, "stuck=0", "failing=0")
		if err := tr.Publish(t.Context(), &driver.Message{Address: "a", Key: []byte("p"), Value: []byte{0xff}}); err != nil {
			t.Fatal(err)
		}
		o := quiet()
		o.Policy.Retry = runtime.Retry{Min: time.Second, Max: time.Second}
		o.DrainTimeout = 10 * time.Second
		attempts := 0
		begin := time.Now()
		k := start(t, runtime.Open(tr, o), func(ctx context.Context, e *textEnvelope) error {
			if e.Key == "stuck" {
				<-ctx.Done()
				return ctx.Err()
			}
			attempts = runtime.Attempt(ctx)
			return errOnPurpose
		})
		err := k.end()
		var u *runtime.UndecodableError
		var d *runtime.DrainError
		if !errors.As(err, &u) || !errors.As(err, &d) || d.Abandoned != 1 || time.Since(begin) != 10*time.Second {
			t.Errorf("after %v Consume returned %v", time.Since(begin), err)
		}
		if attempts < 10 {
			t.Errorf("what came before was tried %d times in 10 s", attempts)
		}
		synctest.Wait()
		if rest := remaining(t, tr); !slices.Equal(rest, []string{"stuck=0", "failing=0", "\xff"}) {
			t.Errorf("%q are left", rest)
		}
	})
}

func TestPoisonHook(t *testing.T) {
	noLeak(t)
	tr := memory.New(nil)
	put(t, tr, "k=0")
	if err := tr.Publish(t.Context(), &driver.Message{Address: "a", Key: []byte("k"), Value: []byte{0xff}}); err != nil {
		t.Fatal(err)
	}
	put(t, tr, "k=1")
	done := newHistory()
	o := quiet()
	o.OnUndecodable = func(ctx context.Context, m *driver.Message, err error) error {
		var u *runtime.UndecodableError
		if !errors.As(err, &u) || u.Offset != m.Offset || m.Value[0] != 0xff {
			t.Errorf("the hook got %v for %q", err, m.Value)
		}
		switch runtime.Attempt(ctx) {
		case 1:
			return errOnPurpose
		case 2:
			panic("in the hook")
		}
		done.add("k=hook")
		return nil
	}
	k := start(t, runtime.Open(tr, o), func(_ context.Context, e *textEnvelope) error {
		done.add(e.Payload)
		return nil
	})
	done.atLeast(t, 3)
	k.finish()
	if got := done.all(); !slices.Equal(got, []string{"k=0", "k=hook", "k=1"}) {
		t.Errorf("handled %q", got)
	}
	if rest := remaining(t, tr); len(rest) > 0 {
		t.Errorf("%q are left", rest)
	}
}

// panicky is a codec that panics.
type panicky struct{}

func (panicky) code(*runtime.MessageCodec, *string) { panic("in the codec") }

func TestWhatCannotBeDecoded(t *testing.T) {
	broken := text("m")
	broken.Payload = panicky{}
	ignore := func(context.Context, *textEnvelope) error { return nil }
	one := []runtime.Route{on(text("m"), ignore)}
	two := []runtime.Route{on(text("n"), ignore), on(text("m"), ignore)}
	nameless := []runtime.Route{on(text(""), ignore)}
	for _, c := range []struct {
		name   string
		routes []runtime.Route
		m      *driver.Message
		reason string
	}{
		{"its type", one, ofType("m", ""), ""},
		{"no type, one route", one, ofType("", "text/plain"), ""},
		{"another type", one, ofType("n", ""), `type "n" is unknown, expected m`},
		{"one of two", two, ofType("n", ""), ""},
		{"no type, two routes", two, ofType("", ""), "message has no type, expected one of m, n"},
		{"any type", nameless, ofType("whatever", ""), ""},
		{"structured mode", one, ofType("m", "application/cloudevents+json; charset=utf-8"),
			"content type application/cloudevents+json; charset=utf-8: only the binary mode of CloudEvents is understood"},
		{"a codec that panics", []runtime.Route{on(broken, ignore)}, ofType("m", ""), "panic: in the codec"},
		{"a tombstone", one, &driver.Message{Address: "a"}, "payload: message has no payload"},
	} {
		if reason := whyUndecodable(t, c.routes, c.m); reason != c.reason {
			t.Errorf("%s: %q, want %q", c.name, reason, c.reason)
		}
	}
}

// ofType is a message with those headers, as far as they are not empty.
func ofType(messageType, contentType string) *driver.Message {
	m := &driver.Message{Address: "a", Value: []byte("v")}
	if messageType != "" {
		m.Headers = append(m.Headers, driver.Header{Key: "ce_type", Value: []byte(messageType)})
	}
	if contentType != "" {
		m.Headers = append(m.Headers, driver.Header{Key: "content-type", Value: []byte(contentType)})
	}
	return m
}

// whyUndecodable has a message consumed, and returns why it could not be decoded.
func whyUndecodable(t *testing.T, routes []runtime.Route, m *driver.Message) (reason string) {
	t.Helper()
	tr := memory.New(nil)
	if err := tr.Publish(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o := quiet()
	o.OnUndecodable = func(_ context.Context, _ *driver.Message, err error) error {
		reason = errors.Unwrap(err).Error()
		return nil
	}
	f := &faulty{Transport: tr}
	f.wrap = func(d driver.Delivery) driver.Delivery {
		return &spied{Delivery: d, ack: func(driver.Delivery) error {
			stop()
			return nil
		}}
	}
	if err := runtime.Consume(ctx, runtime.Open(f, o), at, nil, routes); err != nil {
		t.Error(err)
	}
	return reason
}

func TestConsumeRefuses(t *testing.T) {
	c := runtime.Open(memory.New(nil), quiet())
	ok := on(text("m"), func(context.Context, *textEnvelope) error { return nil })
	cases := map[string]struct {
		routes  []runtime.Route
		channel *runtime.Channel
		want    string
	}{
		"no routes":   {nil, at, "consume a: there is no message to handle: invalid"},
		"no handler":  {[]runtime.Route{ok, on[string, noHeaders](text("n"), nil)}, at, `consume a: message "n" has no handler: invalid`},
		"two of one":  {[]runtime.Route{ok, ok}, at, `consume a: message "m" has two handlers: invalid`},
		"no address":  {[]runtime.Route{ok}, &runtime.Channel{}, "consume: channel has no address for memory: invalid"},
		"a parameter": {[]runtime.Route{ok}, &runtime.Channel{Address: "{x}"}, `consume: address "{x}": parameter "x" has no value: invalid`},
	}
	for name, tc := range cases {
		err := runtime.Consume(t.Context(), c, tc.channel, nil, tc.routes)
		if !errors.Is(err, driver.ErrInvalid) || err.Error() != tc.want {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
	for want, use := range map[string]runtime.Middleware{
		"consume a: a middleware is nil: invalid":          nil,
		"consume a: a middleware made no handler: invalid": func(runtime.Handler) runtime.Handler { return nil },
	} {
		err := runtime.Consume(t.Context(), c, at, nil, []runtime.Route{ok}, runtime.Use(use))
		if !errors.Is(err, driver.ErrInvalid) || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
		if _, err = runtime.Pull(t.Context(), c, at, nil, runtime.Use(use)); !errors.Is(err, driver.ErrInvalid) || err.Error() != want {
			t.Errorf("Pull: %v, want %s", err, want)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := runtime.Consume(ended, c, at, nil, []runtime.Route{ok}); err != nil {
		t.Errorf("with an ended context: %v", err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := runtime.Consume(t.Context(), c, at, nil, []runtime.Route{ok}); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}
