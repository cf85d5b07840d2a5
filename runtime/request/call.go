package request

import (
	"context"

	"github.com/asyncwire/asyncwire/runtime"
)

// Call publishes a request to a channel and returns the reply, decoded. Its
// errors are those of Client.Do, and that the reply cannot be decoded.
func Call[Q, QH, R, RH any](
	ctx context.Context, c *Client, ch runtime.Channel, params []runtime.Param,
	ask *runtime.Message[Q, QH], e *runtime.Envelope[Q, QH], answer *runtime.Message[R, RH], opts ...runtime.PublishOption,
) (*runtime.Envelope[R, RH], error) {
	in, err := c.Do(ctx, func(ctx context.Context, more ...runtime.PublishOption) error {
		return runtime.Publish(ctx, c.conn, ch, params, ask, e, append(opts[:len(opts):len(opts)], more...)...)
	})
	if err != nil {
		return nil, err
	}
	return runtime.Decode(answer, in)
}

// On returns the route of a request, for runtime.Consume: it decodes the
// request, calls handle, and publishes the reply that it returns; nil publishes
// none. The request is done when the reply is published. When the request says
// nowhere, or not where to reply, handle is not called, and the error matches
// ErrNoReplyAddress or ErrReplyAddress and is permanent.
func On[Q, QH, R, RH any](
	s *Server, ask *runtime.Message[Q, QH], answer *runtime.Message[R, RH],
	handle func(context.Context, *runtime.Envelope[Q, QH]) (*runtime.Envelope[R, RH], error),
) runtime.Route {
	if handle == nil {
		return runtime.On[Q, QH](ask, nil)
	}
	return runtime.On(ask, func(ctx context.Context, e *runtime.Envelope[Q, QH]) error {
		to, err := s.replyTo(ctx)
		if err != nil {
			return runtime.Permanent(err)
		}
		reply, err := handle(ctx, e)
		if err != nil || reply == nil {
			return err
		}
		return runtime.Publish(ctx, s.conn, plain(), to.params(), answer, reply, runtime.CorrelationID(to.correlation))
	})
}
