package eventlog_test

import (
	"context"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
)

// TestCloseOfAnIdleConn: closing waits for nothing that polls. The bound is far
// beyond what it takes, and far below any timeout.
func TestCloseOfAnIdleConn(t *testing.T) {
	log, err := eventlog.Open(t.TempDir(), &eventlog.Options{Poll: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	conn := runtime.Open(log.Transport(), nil)
	p, err := runtime.Pull(t.Context(), conn, &runtime.Channel{Address: "orders"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := conn.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := p.Close(ctx); err != nil {
		t.Error(err)
	}
}
