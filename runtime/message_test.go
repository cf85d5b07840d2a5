package runtime_test

import (
	"context"

	"github.com/asyncwire/asyncwire/runtime"
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
	Payload           codec[P]
	Headers           headerCodec[H]
}

type codec[P any] interface {
	write(*runtime.Outgoing, P)
	read(*runtime.Incoming) P
}

type headerCodec[H any] struct {
	Write func(H, *runtime.HeaderWriter)
	Read  func(*runtime.HeaderReader) H
}

type asText struct{}

func (asText) write(out *runtime.Outgoing, text string) { out.Text(text) }
func (asText) read(in *runtime.Incoming) string         { return in.Text() }

type asBytes struct{}

func (asBytes) write(out *runtime.Outgoing, data []byte) { out.Bytes(data) }
func (asBytes) read(in *runtime.Incoming) []byte         { return in.Bytes() }

type asJSON[P any] struct{}

func (asJSON[P]) write(out *runtime.Outgoing, payload P) { out.JSON(payload) }
func (asJSON[P]) read(in *runtime.Incoming) (payload P) {
	in.JSON(&payload)
	return payload
}

// told is an envelope with what says how it is written and read.
type told[P, H any] struct {
	*envelope[P, H]
	m *message[P, H]
}

func (e told[P, H]) WriteMessage(out *runtime.Outgoing) {
	out.Message(e.m.Name, e.m.ContentType)
	if e.m.Headers.Write != nil {
		e.m.Headers.Write(e.Headers, out.Headers())
	}
	e.m.Payload.write(out, e.Payload)
}

func (e told[P, H]) ReadMessage(in *runtime.Incoming) {
	if e.m.Headers.Read != nil {
		e.Headers = e.m.Headers.Read(in.Headers())
	}
	e.Payload = e.m.Payload.read(in)
}

// publish is what a generated producer does.
func publish[P, H any](
	ctx context.Context, c *runtime.Conn, ch runtime.Channel, params []runtime.Param, m *message[P, H], e *envelope[P, H],
	opts ...runtime.PublishOption,
) error {
	if e == nil {
		return runtime.Publish(ctx, c, ch, params, (*told[P, H])(nil), opts...)
	}
	return runtime.Publish(ctx, c, ch, params, told[P, H]{e, m}, opts...)
}

// on is the route that a generated consumer makes of a handler.
func on[P, H any](m *message[P, H], handle func(context.Context, *envelope[P, H]) error) runtime.Route {
	return runtime.On(m.Name, handle != nil, func(ctx context.Context, in *runtime.Incoming) error {
		e := told[P, H]{&envelope[P, H]{}, m}
		if err := in.Decode(e); err != nil {
			return err
		}
		return handle(ctx, e.envelope)
	})
}
