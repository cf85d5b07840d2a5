package request

import (
	"context"
	"fmt"

	"github.com/asyncwire/asyncwire/runtime"
)

// Call publishes a request to a channel and decodes the reply into an empty
// envelope. Its errors are those of Client.Do, and that the reply cannot be
// decoded.
func Call(
	ctx context.Context, c *Client, ch *runtime.Channel, params []string, ask, answer runtime.Message,
	opts ...runtime.PublishOption,
) error {
	in, err := c.Do(ctx, func(ctx context.Context, more ...runtime.PublishOption) error {
		return runtime.Publish(ctx, c.conn, ch, params, ask, append(opts[:len(opts):len(opts)], more...)...)
	})
	if err != nil {
		return err
	}
	if err := in.Decode(answer); err != nil {
		return fmt.Errorf("request: the reply cannot be decoded: %w", err)
	}
	return nil
}

// envelope is a generated envelope of an E.
type envelope[E any] interface {
	*E
	runtime.Message
}

// On returns the route of the requests of that name, for runtime.Consume: it
// decodes the request, calls handle, and publishes the reply that it returns; nil
// publishes none. The request is done when the reply is published. When the
// request says nowhere, or not where to reply, handle is not called, and the error
// matches ErrNoReplyAddress or ErrReplyAddress and is permanent.
func On[Q, R any, Ask envelope[Q], Answer envelope[R]](
	s *Server, name string, handle func(context.Context, Ask) (Answer, error),
) runtime.Route {
	if handle == nil {
		return runtime.Handle(name, nil)
	}
	return runtime.Handle(name, s.Handle(func(ctx context.Context, in *runtime.Incoming) (runtime.Message, error) {
		ask := Ask(new(Q))
		if err := in.Decode(ask); err != nil {
			return nil, err
		}
		answer, err := handle(ctx, ask)
		if err != nil || answer == nil {
			return nil, err
		}
		return answer, nil
	}))
}
