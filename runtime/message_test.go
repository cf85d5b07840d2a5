package runtime_test

import (
	"context"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// envelope is an envelope whose parts are of any types: generated code has one
// for each message.
type envelope[P, H any] struct {
	runtime.Envelope
	Headers H
	Payload P
}

type noHeaders struct{}

// message says how an envelope is written and read.
type message[P, H any] struct {
	Name, ContentType string
	Payload           coded[P]
	Headers           headerCodec[H]
}

type coded[P any] interface {
	code(*runtime.MessageCodec, *P)
}

type headerCodec[H any] func(*runtime.HeaderCodec, *H)

type asText struct{}

func (asText) code(m *runtime.MessageCodec, text *string) {
	m.Text(nil, "").Single(unsafe.Pointer(text), &jsonText)
}

// jsonText is what generated code has of a text.
var jsonText = codec.Single{Of: (*string)(nil), Text: "string"}

type asBytes struct{}

func (asBytes) code(m *runtime.MessageCodec, data *[]byte) { m.Bytes(data) }

type asJSON[P any] struct{}

func (asJSON[P]) code(m *runtime.MessageCodec, payload *P) { m.JSON(nil, "").External(payload) }

// told is an envelope with what says how it is written and read.
type told[P, H any] struct {
	*envelope[P, H]
	m *message[P, H]
}

func (e told[P, H]) CodeMessage(m *runtime.MessageCodec) {
	if e.m.Headers != nil {
		e.m.Headers(m.Headers(), &e.Headers)
	}
	e.m.Payload.code(m, &e.Payload)
	m.Message(e.m.Name, e.m.ContentType, &e.Envelope)
}

// publish is what a generated producer does.
func publish[P, H any](
	ctx context.Context, c *runtime.Conn, ch *runtime.Channel, params []string, m *message[P, H], e *envelope[P, H],
	opts ...runtime.PublishOption,
) error {
	out := c.Publishing(ctx, ch, params...)
	if e != nil {
		told[P, H]{e, m}.CodeMessage(out)
	}
	return out.Publish(opts...)
}

// on is the route that a generated consumer makes of a handler.
func on[P, H any](m *message[P, H], handle func(context.Context, *envelope[P, H]) error) runtime.Route {
	if handle == nil {
		return runtime.Handle(m.Name, nil)
	}
	return runtime.Handle(m.Name, func(ctx context.Context, in *runtime.Incoming) error {
		e := told[P, H]{&envelope[P, H]{}, m}
		if err := in.Decode(e); err != nil {
			return err
		}
		return handle(ctx, e.envelope)
	})
}
