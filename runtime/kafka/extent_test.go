package kafka_test

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// TestExtents: both ends of each partition, and no topic where there is none.
func TestExtents(t *testing.T) {
	broker := fake(t, kfake.SeedTopics(2, "orders"))
	tr := open(t, kafka.Config{Brokers: broker.ListenAddrs(), Timeouts: quick()})
	for range 3 {
		if err := tr.Publish(t.Context(), &driver.Message{Address: "orders", Key: []byte("k"), Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := tr.Extents(t.Context(), "orders")
	if err != nil || len(got) != 2 {
		t.Fatalf("%v, %v", got, err)
	}
	var sum int64
	for i, e := range got {
		if e.Partition != int32(i) || e.First != 0 {
			t.Errorf("%+v", e)
		}
		sum += e.Next
	}
	if sum != 3 {
		t.Errorf("%v hold %d messages", got, sum)
	}
	if _, err := tr.Extents(t.Context(), "nothing"); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("a topic that is not there: %v", err)
	}
	if _, err := tr.Extents(t.Context(), "a/b"); !errors.Is(err, driver.ErrInvalid) {
		t.Errorf("what is no topic: %v", err)
	}
}
