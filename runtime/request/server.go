package request

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/runtime"
)

var (
	// ErrNoReplyAddress says that a request does not tell where to reply.
	ErrNoReplyAddress = errors.New("request has no reply address")
	// ErrReplyAddress says that a request tells an address that the server does
	// not publish to.
	ErrReplyAddress = errors.New("reply address is not allowed")
)

// Server answers over a Conn. Its methods may be called concurrently.
type Server struct {
	conn  *runtime.Conn
	allow func(address string) bool
}

// NewServer returns a server that publishes replies to the addresses that allow
// allows, which may be called concurrently. Nil allows those that begin with
// Prefix.
func NewServer(conn *runtime.Conn, allow func(address string) bool) *Server {
	if allow == nil {
		allow = func(address string) bool { return strings.HasPrefix(address, Prefix) }
	}
	return &Server{conn: conn, allow: allow}
}

// Answer is a reply as bytes. Its attributes say its type and content type.
type Answer struct {
	runtime.Envelope
	Payload []byte
}

// CodeMessage reads or writes the bytes.
func (a *Answer) CodeMessage(m *runtime.MessageCodec) {
	m.Bytes(&a.Payload)
	m.Message("", "", &a.Envelope)
}

// Handle returns a handler for runtime.Handle that publishes the answers that
// handle returns, as On does; nil is none.
func (s *Server) Handle(handle func(ctx context.Context, in *runtime.Incoming) (runtime.Message, error)) runtime.Handler {
	return func(ctx context.Context, in *runtime.Incoming) error {
		to, err := s.replyTo(ctx)
		if err != nil {
			return runtime.Permanent(err)
		}
		answer, err := handle(ctx, in)
		if err != nil || answer == nil {
			return err
		}
		return runtime.Publish(ctx, s.conn, plain(), to.params(), answer, runtime.CorrelationID(to.correlation))
	}
}

// destination is where a reply goes.
type destination struct{ address, correlation string }

// params makes of the channel plain that of the destination.
func (d destination) params() []string { return []string{d.address} }

// replyTo returns where the reply to the request that is being handled goes.
func (s *Server) replyTo(ctx context.Context) (destination, error) {
	in := runtime.IncomingOf(ctx)
	if in == nil {
		return destination{}, ErrNoReplyAddress
	}
	a := in.Attributes()
	d := destination{a.Extensions[attributeReplyTo], a.CorrelationID}
	for _, h := range in.Headers() { // of transports that do not mark attributes
		if h.Key == attributeReplyTo && d.address == "" {
			d.address = string(h.Value)
		}
	}
	switch {
	case d.address == "":
		return d, ErrNoReplyAddress
	case !s.allow(d.address):
		return d, fmt.Errorf("%q: %w", d.address, ErrReplyAddress)
	}
	if d.correlation == "" {
		d.correlation = a.ID
	}
	return d, nil
}

// plain is the channel whose address is its parameter, whatever characters that
// has.
func plain() *runtime.Channel {
	return &runtime.Channel{Address: "{address}", Params: []runtime.ChannelParam{{Name: "address"}}}
}
