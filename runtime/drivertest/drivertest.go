// Package drivertest turns the laws of package driver into a conformance
// suite. A transport's test hands it a Harness:
//
//	func TestLaws(t *testing.T) {
//		drivertest.Run(t, drivertest.Harness{
//			Open:    func(t testing.TB) driver.Transport { … },
//			Address: func(t testing.TB, partitions int) string { … },
//		})
//	}
//
// Every law is a subtest. Laws that the transport's Features exclude are
// skipped, and say why. Waiting is on events: Patience bounds what must come,
// Quiet is how long silence has to last where nothing may come.
//
// It imports the standard library and package driver alone.
package drivertest

import (
	"slices"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// Harness gives the suite transports of one kind on one broker.
type Harness struct {
	// Open returns a new transport: a connection of its own to the broker
	// under test. All transports of one Harness reach the same broker, and
	// closing one leaves the others alone. The suite closes it; the harness
	// need not.
	Open func(t testing.TB) driver.Transport
	// Address returns a new address that exists, is empty, and has so many
	// partitions (1 to 8; transports without Features.Partitions ignore it).
	Address func(t testing.TB, partitions int) string
	// Missing returns the name of an address that does not exist. Laws create
	// it through driver.Provisioner. Nil skips them.
	Missing func(t testing.TB) string
	// Patience bounds the wait for what has to happen, such as a handover
	// after a member left. Default: 30 s.
	Patience time.Duration
	// Quiet is how long nothing may happen where nothing may. It is spent by
	// the few laws that cannot tell otherwise. Default: 250 ms.
	Quiet time.Duration
	// LargeMessage is the size in bytes of a payload that the broker accepts.
	// Default: 900 000.
	LargeMessage int
	// TooLarge is the size in bytes of a payload that the broker refuses.
	// Zero skips the law.
	TooLarge int
	// Parallel lets the laws run at the same time. They share nothing but the
	// broker.
	Parallel bool
}

// withDefaults returns h with the defaults in.
func (h Harness) withDefaults() Harness {
	if h.Patience <= 0 {
		h.Patience = 30 * time.Second
	}
	if h.Quiet <= 0 {
		h.Quiet = 250 * time.Millisecond
	}
	if h.LargeMessage <= 0 {
		h.LargeMessage = 900_000
	}
	return h
}

// Law is one promise of package driver.
type Law struct {
	// Name is the name of the law's subtest.
	Name string
	// Says is the law, in a sentence.
	Says string

	needs []need
	check func(*lab)
}

// need is a condition under which a law can be tested.
type need struct {
	met    func(Harness, driver.Transport) bool
	reason string
}

// Laws returns all laws in the order in which Run checks them.
func Laws() []Law {
	return slices.Concat(messageLaws(), publishLaws(), ackLaws(), commitLaws(), groupLaws(), pauseLaws(), extraLaws(), lifeLaws(), tapLaws())
}

// Run holds the transport to every law, each in a subtest named after it. A
// law that cannot be tested is skipped with the reason.
func Run(t *testing.T, h Harness) {
	h = h.withDefaults()
	for _, law := range Laws() {
		t.Run(law.Name, func(t *testing.T) {
			if h.Parallel {
				t.Parallel()
			}
			law.run(t, h)
		})
	}
}

// run checks one law.
func (law Law) run(t testing.TB, h Harness) {
	t.Helper()
	l := newLab(t, h)
	for _, n := range law.needs {
		if !n.met(h, l.transport) {
			t.Skipf("law %q not tested: %s", law.Name, n.reason)
		}
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("law: %s", law.Says)
		}
	})
	law.check(l)
}

// What laws need.
var (
	needPartitions = need{
		func(_ Harness, t driver.Transport) bool { return t.Features().Partitions },
		"the transport does not declare Features.Partitions",
	}
	needRedelivery = need{
		func(_ Harness, t driver.Transport) bool { return t.Features().Redelivery },
		"the transport does not declare Features.Redelivery",
	}
	needTransactions = need{
		func(_ Harness, t driver.Transport) bool { return t.Features().Transactions },
		"the transport does not declare Features.Transactions",
	}
	needNoTransactions = need{
		func(_ Harness, t driver.Transport) bool { return !t.Features().Transactions },
		"the transport declares Features.Transactions",
	}
	needTap = need{
		func(_ Harness, t driver.Transport) bool { _, ok := t.(driver.Tapper); return ok },
		"the transport is no driver.Tapper",
	}
	needProvision = need{
		func(h Harness, t driver.Transport) bool {
			_, ok := t.(driver.Provisioner)
			return ok && h.Missing != nil
		},
		"the transport is no driver.Provisioner, or the harness has no Missing",
	}
	needTooLarge = need{
		func(h Harness, _ driver.Transport) bool { return h.TooLarge > 0 },
		"the harness knows no size that the broker refuses (TooLarge)",
	}
)
