package kafka_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/drivertest"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// TestLaws holds the transport to the laws of package driver on the in-process
// broker.
func TestLaws(t *testing.T) { laws(t, fake(t).ListenAddrs()) }

// TestLawsOnBroker is TestLaws on a real broker.
func TestLawsOnBroker(t *testing.T) { laws(t, brokersOf(t)) }

func laws(t *testing.T, brokers []string) {
	c := kafka.Config{Brokers: brokers, Timeouts: quick()}
	admin := open(t, c)
	drivertest.Run(t, drivertest.Harness{
		Open:     func(t testing.TB) driver.Transport { return open(t, c) },
		Address:  func(t testing.TB, partitions int) string { return provision(t, admin, partitions) },
		Missing:  func(t testing.TB) string { return name(t, "missing") },
		TooLarge: 2 << 20,
		Parallel: true,
		Patience: patience,
	})
}
