package request_test

import (
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
	"github.com/asyncwire/asyncwire/runtime/request"
)

// TestKafka: requests over Kafka, whose replies no group commits.
func TestKafka(t *testing.T) {
	broker, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(2, questions.Address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	connect := func() driver.Transport {
		tr, err := kafka.Open(t.Context(), kafka.Config{Brokers: broker.ListenAddrs(), Timeouts: kafka.Timeouts{
			Heartbeat: 100 * time.Millisecond, Discovery: 100 * time.Millisecond, FetchWait: 20 * time.Millisecond,
		}})
		if err != nil {
			t.Fatal(err)
		}
		return tr
	}
	server := open(t, connect())
	serve(t, server, request.On(request.NewServer(server, nil), "ask", length))
	c := client(t, open(t, connect()), nil)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if got, err := call(t.Context(), c, "abc"); err != nil || got.Payload != 3 {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
	all.Wait()
	if s := c.Stats(); s != (request.Stats{Sent: 20, Replied: 20}) {
		t.Errorf("%+v", s)
	}
}
