package runtime_test

import (
	"context"

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
	write(*runtime.MessageWriter, P)
	read(*runtime.MessageReader) P
}

type headerCodec[H any] struct {
	Write func(H, *runtime.HeaderWriter)
	Read  func(*runtime.HeaderReader) H
}

type asText struct{}

func (asText) write(w *runtime.MessageWriter, text string) { w.Text(text) }
func (asText) read(r *runtime.MessageReader) string        { return r.Text() }

type asBytes struct{}

func (asBytes) write(w *runtime.MessageWriter, data []byte) { w.Bytes(data) }
func (asBytes) read(r *runtime.MessageReader) []byte        { return r.Bytes() }

type asJSON[P any] struct{}

func (asJSON[P]) write(w *runtime.MessageWriter, payload P) {
	w.JSONBy(func(c *codec.Writer) { c.External(payload) }, nil)
}

func (asJSON[P]) read(r *runtime.MessageReader) (payload P) {
	r.JSONBy(func(c *codec.Reader) { c.External(&payload) }, nil)
	return payload
}

// told is an envelope with what says how it is written and read.
type told[P, H any] struct {
	*envelope[P, H]
	m *message[P, H]
}

func (e told[P, H]) WriteMessage(w *runtime.MessageWriter) {
	w.Message(&e.Envelope, e.m.Name, e.m.ContentType)
	if e.m.Headers.Write != nil {
		e.m.Headers.Write(e.Headers, w.Headers())
	}
	e.m.Payload.write(w, e.Payload)
}

func (e told[P, H]) ReadMessage(r *runtime.MessageReader) {
	r.Message(&e.Envelope)
	if e.m.Headers.Read != nil {
		e.Headers = e.m.Headers.Read(r.Headers())
	}
	e.Payload = e.m.Payload.read(r)
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
