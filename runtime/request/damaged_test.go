package request_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
	"github.com/asyncwire/asyncwire/runtime/request"
)

// partly is a transport of whose taps a partition often cannot be read.
type partly struct{ *memory.Transport }

func (p partly) Tap(ctx context.Context, o driver.TapOptions) (driver.Tap, error) {
	tap, err := p.Transport.Tap(ctx, o)
	return &partlyTap{Tap: tap, left: 100}, err
}

type partlyTap struct {
	driver.Tap
	left int
}

func (p *partlyTap) Receive(ctx context.Context) ([]*driver.Message, error) {
	if p.left--; p.left > 0 {
		return nil, fmt.Errorf("damaged: %w", driver.ErrPartition)
	}
	return p.Tap.Receive(ctx)
}

// TestDamagedReplies: a partition that cannot be read delays no replies of others.
func TestDamagedReplies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		conn := open(t, partly{memory.New(nil)})
		serve(t, conn, request.On(request.NewServer(conn, nil), "ask", length))
		begin := time.Now()
		if a, err := call(t.Context(), client(t, conn, nil), "four"); err != nil || a.Payload != 4 || time.Since(begin) > 0 {
			t.Errorf("%d after %v: %v", a.Payload, time.Since(begin), err)
		}
	})
}
