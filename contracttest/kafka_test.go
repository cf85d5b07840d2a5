package contracttest_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
	"github.com/twmb/franz-go/pkg/kfake"
)

// TestKafka: over Kafka's wire protocol the planted breaches of a topic that
// exists and of one that is created while watching are found, each at its topic,
// partition and offset, and watching leaves no group behind.
func TestKafka(t *testing.T) {
	doc := load(t, "shop.yaml")
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	transport, err := kafka.Open(ctx, kafka.Config{Brokers: cluster.ListenAddrs()})
	if err != nil {
		t.Fatal(err)
	}
	defer transport.Close(context.Background())
	if err := transport.Provision(ctx, 1, "shop.orders.eu", "elsewhere"); err != nil {
		t.Fatal(err)
	}
	publish := func(m ...*message) {
		t.Helper()
		if err := transport.Publish(ctx, m...); err != nil {
			t.Error(err)
		}
	}
	publish(placed(`{}`)) // before: not seen
	r, err := contracttest.Verify(ctx, doc, transport, &contracttest.Options{
		Start: driver.StartLatest,
		Max:   5,
		Ready: func(addresses []string) {
			if !slices.Equal(addresses, []string{"shop.orders.eu"}) {
				t.Errorf("ready with %v", addresses)
			}
			publish(&message{Address: "elsewhere", Value: []byte("x")})
			publish(placed(order), placed(order, "priority", "high"), &message{Address: "shop.orders.eu", Headers: headers("ce_type", "orderLost")})
			if err := transport.Provision(ctx, 1, "shop.payments"); err != nil {
				t.Error(err)
			}
			publish(paid(`{"amount":1}`), paid(`{"amount":"1"}`))
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range r.Findings {
		got = append(got, string(d.Code)+" "+property(d, "topic")+"/"+property(d, "partition")+"/"+property(d, "offset")+property(d, "pointer"))
	}
	want := []string{"message-unknown shop.orders.eu/0/3absent", "payload-invalid shop.payments/0/1/amount", "headers-invalid shop.orders.eu/0/2/priority"}
	if !slices.Equal(got, want) || r.Passed != 2 || r.Failed != 2 || r.Unknown != 1 {
		t.Errorf("found %q, want %q; counts %+v", got, want, r.Counts)
	}
}
