package runtime_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestMiddlewareThatHandles: what it does not hand on is done, and nobody else gets it, be
// messages handled one by one, in batches or fetched.
func TestMiddlewareThatHandles(t *testing.T) {
	own := runtime.Use(func(next runtime.Handler) runtime.Handler {
		return func(ctx context.Context, in *runtime.Incoming) error {
			if value(in) == "own" {
				return nil
			}
			return next(ctx, in)
		}
	})
	for name, consume := range map[string]func(*testing.T, *runtime.Conn, *history) *consuming{
		"single": func(t *testing.T, c *runtime.Conn, h *history) *consuming {
			return rawly(t, c, func(_ context.Context, in *runtime.Incoming) error { h.add(value(in)); return nil }, own)
		},
		"batch": func(t *testing.T, c *runtime.Conn, h *history) *consuming {
			return batches(t, c, runtime.Batch{}, func(_ context.Context, batch []*runtime.Incoming) error {
				for _, in := range batch {
					h.add(value(in))
				}
				return nil
			}, own)
		},
		"pull": func(t *testing.T, c *runtime.Conn, h *history) *consuming { return fetching(t, c, h, own) },
	} {
		for _, guarantee := range []runtime.Guarantee{runtime.AtMostOnce, runtime.AtLeastOnce, runtime.ExactlyOnce} {
			t.Run(name+" "+guarantee.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					tr := memory.New(&memory.Options{Partitions: 1})
					put(t, tr, "own", "k=0", "own", "own", "k=1")
					h := newHistory()
					k := consume(t, runtime.Open(tr.Connect(), with(runtime.Policy{Guarantee: guarantee})), h)
					time.Sleep(time.Minute)
					k.finish()
					if got := h.all(); !slices.Equal(got, []string{"k=0", "k=1"}) {
						t.Errorf("handled %q", got)
					}
					if rest := remaining(t, tr); len(rest) > 0 {
						t.Errorf("%q are left", rest)
					}
				})
			})
		}
	}
}

// fetching fetches messages and acknowledges them until it is told to stop.
func fetching(t *testing.T, c *runtime.Conn, h *history, opts ...runtime.ConsumeOption) *consuming {
	ctx, stop := context.WithCancel(t.Context())
	k := &consuming{t: t, stop: stop, ended: make(chan error, 1)}
	p, err := runtime.Pull(context.WithoutCancel(ctx), c, at, nil, append(opts, runtime.Group("g"))...)
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			list, err := p.Fetch(ctx, 10)
			if err != nil {
				k.ended <- p.Close(context.Background())
				return
			}
			for _, f := range list {
				h.add(value(f.Incoming))
				if err := f.Ack(context.Background()); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	return k
}

// TestPullThatIsGivenUp says so as other errors of the runtime do.
func TestPullThatIsGivenUp(t *testing.T) {
	over, end := context.WithCancel(t.Context())
	end()
	_, err := runtime.Pull(over, runtime.Open(memory.New(nil), quiet()), at, nil)
	if _, ok := errors.AsType[*runtime.Error](err); !ok || !errors.Is(err, context.Canceled) {
		t.Errorf("Pull: %v", err)
	}
}
