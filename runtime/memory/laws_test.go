package memory_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/drivertest"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

func TestLaws(t *testing.T) {
	broker := memory.New(&memory.Options{Handover: 50 * time.Millisecond, MaxBytes: 1 << 20})
	var names atomic.Int64
	missing := func(testing.TB) string { return fmt.Sprintf("address-%d", names.Add(1)) }
	drivertest.Run(t, drivertest.Harness{
		Open:    func(testing.TB) driver.Transport { return broker.Connect() },
		Missing: missing,
		Address: func(t testing.TB, partitions int) string {
			address := missing(t)
			if err := broker.Provision(t.Context(), partitions, address); err != nil {
				t.Fatal(err)
			}
			return address
		},
		TooLarge: 1<<20 + 1,
		Parallel: true,
	})
}
