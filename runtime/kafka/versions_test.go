package kafka_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// TestBrokerVersions publishes, receives and taps with brokers that speak no
// more than an older version does.
func TestBrokerVersions(t *testing.T) {
	for what, v := range map[string]*kversion.Versions{
		"1.1": kversion.V1_1_0(), "2.0": kversion.V2_0_0(), "2.4": kversion.V2_4_0(), "2.8": kversion.V2_8_0(),
		"3.3": kversion.V3_3_0(), "3.9": kversion.V3_9_0(), "4.0": kversion.V4_0_0(),
	} {
		t.Run(what, func(t *testing.T) {
			topic := "topic"
			c := fake(t, kfake.MaxVersions(v), kfake.SeedTopics(2, topic))
			tr := quickly(t, c)
			tap, err := tr.Tap(context.Background(), driver.TapOptions{Match: func(string) bool { return true }})
			if err != nil {
				t.Fatal(err)
			}
			defer closeSoon(t, tap)
			publish(t, tr, numbered(topic, "k", 0, 3)...)
			ds := receive(t, subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic), 3)
			ack(t, ds...)
			if d := cmp.Diff([]string{"0", "1", "2"}, values(ds)); d != "" {
				t.Error(d)
			}
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			if ms, err := tap.Receive(ctx); err != nil || len(ms) == 0 {
				t.Errorf("the tap got %d messages: %v", len(ms), err)
			}
		})
	}
}

// TestClosed: a closed transport refuses everything.
func TestClosed(t *testing.T) {
	tr := open(t, kafka.Config{Brokers: fake(t).ListenAddrs(), Timeouts: quick()})
	topic := provision(t, tr, 1)
	closeSoon(t, tr)
	ctx := context.Background()
	_, errSubscribe := tr.Subscribe(ctx, driver.Subscription{Addresses: []string{topic}, Group: "g"})
	_, errTap := tr.Tap(ctx, driver.TapOptions{Match: func(string) bool { return true }})
	for what, err := range map[string]error{
		"publish":   tr.Publish(ctx, numbered(topic, "k", 0, 1)...),
		"subscribe": errSubscribe,
		"tap":       errTap,
		"provision": tr.Provision(ctx, 1, topic),
	} {
		if !errors.Is(err, driver.ErrClosed) {
			t.Errorf("%s: got %v, want that it is closed", what, err)
		}
	}
}
