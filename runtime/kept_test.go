package runtime_test

import (
	"context"
	"errors"
	"fmt"
	goruntime "runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// asString is a payload that is a string of JSON.
type asString struct{}

func (asString) code(m *runtime.MessageCodec, text *string) {
	if j := m.JSON(nil, ""); m.Reading() {
		*text = j.Reader().String()
	} else {
		j.Writer().String(*text)
	}
}

// silent is a transport that does not say what is kept of a message.
type silent struct{ *memory.Transport }

func (s silent) Features() driver.Features {
	f := s.Transport.Features()
	f.KeepsAtMost = 0
	return f
}

// TestTextsAreKept: what a handler keeps of messages stays as it was when the
// transport is gone; large texts are parts of their
// payloads where the transport says what that keeps, and nowhere else.
func TestTextsAreKept(t *testing.T) {
	m := &message[string, noHeaders]{Name: "note", ContentType: "application/json", Payload: asString{}}
	for name, test := range map[string]struct {
		transport driver.Transport
		parts     bool
	}{
		"memory": {memory.New(nil), true},
		"silent": {silent{memory.New(nil)}, false},
	} {
		t.Run(name, func(t *testing.T) {
			const n = 500
			conn, kept := runtime.Open(test.transport, nil), map[int]string{}
			ctx, stop := context.WithCancel(t.Context())
			consume(ctx, t, conn, on(m, func(ctx context.Context, e *envelope[string, noHeaders]) error {
				if large := len(e.Payload) >= 947; liesIn(e.Payload, runtime.IncomingOf(ctx).Value()) != (large && test.parts) {
					t.Errorf("a text of %d bytes is a part of its payload: %v", len(e.Payload), !large)
				}
				if kept[len(e.Payload)] = e.Payload; len(kept) == n {
					stop()
				}
				return nil
			}), func() error {
				for i := range n {
					e := &envelope[string, noHeaders]{Payload: textOf(6 * i)}
					if err := publish(ctx, conn, channel("a"), nil, m, e, runtime.Key("k")); err != nil {
						return err
					}
				}
				return nil
			})
			if err := conn.Close(context.Background()); err != nil {
				t.Fatal(err)
			}
			goruntime.GC()
			for size, text := range kept {
				if text != textOf(size) {
					t.Errorf("the text of %d bytes is another now", size)
				}
			}
		})
	}
}

// consume publishes while a consumer runs, until its handler ends ctx.
func consume(ctx context.Context, t *testing.T, conn *runtime.Conn, route runtime.Route, publish func() error) {
	t.Helper()
	ended := make(chan error, 1)
	go func() { ended <- runtime.Consume(ctx, conn, channel("a"), nil, []runtime.Route{route}) }()
	if err := publish(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

// channel is one at that address.
func channel(address string) *runtime.Channel { return &runtime.Channel{Address: address} }

// textOf is a text of its own for a number of bytes, a multiple of 6.
func textOf(size int) string { return strings.Repeat(fmt.Sprintf("%05d ", size), size/6) }

// liesIn reports whether a string lies in data.
func liesIn(text string, data []byte) bool {
	at, begin := uintptr(unsafe.Pointer(unsafe.StringData(text))), uintptr(unsafe.Pointer(unsafe.SliceData(data)))
	return at >= begin && at < begin+uintptr(len(data))
}

// TestPublishedOnce: what was published is not published again, nor does that harm
// others.
func TestPublishedOnce(t *testing.T) {
	conn := runtime.Open(memory.New(nil), nil)
	ch := &runtime.Channel{Address: "a"}
	publishing := conn.Publishing(t.Context(), ch)
	if err := publishing.Publish(); !errors.Is(err, driver.ErrInvalid) { // there is no envelope
		t.Error(err)
	}
	if err := publishing.Publish(); !errors.Is(err, driver.ErrInvalid) {
		t.Error(err)
	}
	one, other := conn.Publishing(t.Context(), ch), conn.Publishing(t.Context(), ch)
	if one == other {
		t.Error("two messages are written to one place")
	}
}
