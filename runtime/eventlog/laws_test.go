package eventlog_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/drivertest"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
)

func TestLaws(t *testing.T) {
	log, err := eventlog.Open(t.TempDir(), &eventlog.Options{Handover: 50 * time.Millisecond, MaxBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close(context.Background()) })
	var names atomic.Int64
	missing := func(testing.TB) string { return fmt.Sprintf("address/%d", names.Add(1)) }
	admin := log.Transport()
	drivertest.Run(t, drivertest.Harness{
		Open:    func(testing.TB) driver.Transport { return log.Transport() },
		Missing: missing,
		Address: func(t testing.TB, partitions int) string {
			address := missing(t)
			if err := admin.Provision(t.Context(), partitions, address); err != nil {
				t.Fatal(err)
			}
			return address
		},
		TooLarge: 1<<20 + 1,
		Parallel: true,
	})
}
