package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// wide is an envelope of another size than orderPlaced, most of it behind pointers.
type wide struct {
	runtime.Envelope
	Texts   [40]string
	Payload map[string]string
}

func (e *wide) CodeMessage(m *runtime.MessageCodec) {
	m.JSON(nil, "").External(&e.Payload)
	m.Message("wide", "application/json", &e.Envelope)
}

// TestHandlersOfEnvelopes: each handler gets the envelopes that it takes, with what it
// encloses, and what it returns counts, whether its type is known where it is added.
func TestHandlersOfEnvelopes(t *testing.T) {
	noLeak(t)
	ctx, stop := context.WithCancel(t.Context())
	conn := runtime.Open(memory.New(&memory.Options{Partitions: 1}), with(runtime.Policy{Concurrency: 1}))
	ch, sent := &runtime.Channel{Address: "a"}, []runtime.Message{}
	for i := range 4 {
		sent = append(sent, placed(int64(i)), &wide{Payload: map[string]string{"at": fmt.Sprint(i)}})
	}
	for _, e := range sent {
		if err := runtime.Publish(t.Context(), conn, ch, nil, e, runtime.Key("k")); err != nil {
			t.Fatal(err)
		}
	}

	var got []string
	again := true
	add := func(format string, of any) {
		if got = append(got, fmt.Sprintf(format, of)); len(got) == len(sent)+1 {
			stop()
		}
	}
	k := conn.Consuming(ctx, ch)
	k.On("orderPlaced", func(_ context.Context, e *orderPlaced) error {
		add("order %d", e.Payload.ID)
		return nil
	})
	k.Add(runtime.On("wide", func(_ context.Context, e *wide) error {
		add("wide %s", e.Payload["at"])
		if e.Texts[39] = "x"; again {
			again = false
			return errors.New("try again")
		}
		return nil
	}))
	if err := k.Run(); err != nil {
		t.Fatal(err)
	}
	want := []string{"order 0", "wide 0", "wide 0", "order 1", "wide 1", "order 2", "wide 2", "order 3", "wide 3"}
	if !slices.Equal(got, want) {
		t.Errorf("handled %q, want %q", got, want)
	}
}

// TestHandlersOfNothing: without a handler there is nobody to consume, and what is no
// handler of envelopes is a mistake in the code.
func TestHandlersOfNothing(t *testing.T) {
	conn := runtime.Open(memory.New(nil), nil)
	k := conn.Consuming(t.Context(), &runtime.Channel{Address: "a"})
	k.On("orderPlaced", (func(context.Context, *orderPlaced) error)(nil))
	if err := k.Run(); !errors.Is(err, driver.ErrInvalid) {
		t.Errorf("without a handler: %v", err)
	}
	for _, handle := range []any{
		nil, 1, func() {},
		func(context.Context) error { return nil },
		func(context.Context, *orderPlaced) {},
		func(context.Context, *orderPlaced) string { return "" },
		func(context.Context, *orderPlaced) (error, error) { return nil, nil },
		func(context.Context, orderPlaced) error { return nil },
		func(context.Context, *order) error { return nil },
		func(context.Context, runtime.Message) error { return nil },
		func(int, *orderPlaced) error { return nil },
		func(context.Context, *orderPlaced, ...int) error { return nil },
		func(context.Context, ...*orderPlaced) error { return nil },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%T is taken for a handler", handle)
				}
			}()
			k.On("orderPlaced", handle)
		}()
	}
}
