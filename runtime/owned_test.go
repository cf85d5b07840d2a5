package runtime_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// changeable is a payload of all that a handler could change in place.
type changeable struct {
	Blob []byte
	Raw  json.RawMessage
	More json.RawMessage
}

type asChangeable struct{}

func (asChangeable) code(m *runtime.MessageCodec, p *changeable) {
	m.JSON(nil, "").Struct(unsafe.Pointer(p), &changeableJSON)
}

var changeableJSON = codec.Struct{Of: (*changeable)(nil), Text: `
"blob" bytes
"raw" raw
"more" raw`}

// TestEnvelopesBelongToTheirHandlers: what a handler changes in what it was given is
// neither in the next attempt nor in what another group gets, although all of these
// share the message that was received.
func TestEnvelopesBelongToTheirHandlers(t *testing.T) {
	t.Run("bytes", func(t *testing.T) {
		m := &message[[]byte, noHeaders]{Name: "m", ContentType: "application/octet-stream", Payload: asBytes{}}
		unchanged(t, m, []byte("as it was sent"), func(p *[]byte) [][]byte { return [][]byte{*p} })
	})
	t.Run("JSON", func(t *testing.T) {
		m := &message[changeable, noHeaders]{Name: "m", ContentType: "application/json", Payload: asChangeable{}}
		unchanged(t, m, changeable{[]byte("blob"), json.RawMessage(`{"a":[1,2]}`), json.RawMessage(`"text"`)},
			func(p *changeable) [][]byte { return [][]byte{p.Blob, p.Raw, p.More} })
	})
}

// unchanged has handlers of two groups change a payload, three times each.
func unchanged[P any](t *testing.T, m *message[P, noHeaders], sent P, bytes func(*P) [][]byte) {
	conn := runtime.Open(memory.New(nil), quiet())
	if err := publish(t.Context(), conn, at, nil, m, &envelope[P, noHeaders]{Payload: sent}); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, b := range bytes(&sent) {
		want = append(want, string(b))
	}
	for _, group := range []string{"one", "two"} {
		ctx, stop := context.WithCancel(t.Context())
		err := runtime.Consume(ctx, conn, at, nil, []runtime.Route{on(m, func(ctx context.Context, e *envelope[P, noHeaders]) error {
			for i, b := range bytes(&e.Payload) {
				if string(b) != want[i] {
					t.Errorf("group %s, attempt %d: %s, want %s", group, runtime.Attempt(ctx), b, want[i])
				}
				clear(b)
			}
			if runtime.Attempt(ctx) < 3 {
				return errors.New("again")
			}
			stop()
			return nil
		})}, runtime.Group(group))
		if err != nil {
			t.Fatal(err)
		}
	}
}
