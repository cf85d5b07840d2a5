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

func TestLaws(t *testing.T) { laws(t, 0) }

// TestLawsWithinABound: publishers who may have to wait see the same laws.
func TestLawsWithinABound(t *testing.T) { laws(t, 5000) }

func laws(t *testing.T, bound int) {
	broker := memory.New(&memory.Options{Handover: 50 * time.Millisecond, MaxBytes: 1 << 20, MaxUnacknowledged: bound})
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
