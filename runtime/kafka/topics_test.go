package kafka_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// TestTopicCreatedLater: a member waits for a topic, reads it from its
// beginning when it comes, and reads what exists meanwhile.
func TestTopicCreatedLater(t *testing.T) { topicLater(t, fake(t).ListenAddrs()) }

// TestTopicCreatedLaterOnBroker is the same on a real broker.
func TestTopicCreatedLaterOnBroker(t *testing.T) { topicLater(t, brokersOf(t)) }

func topicLater(t *testing.T, brokers []string) {
	tr := open(t, kafka.Config{Brokers: brokers, Timeouts: quick()})
	for _, start := range []driver.Start{driver.StartEarliest, driver.StartLatest} {
		there, later, never := provision(t, tr, 2), name(t, "later"), name(t, "never")
		r := subscribe(t, tr, name(t, "group"), start, later, there, never)
		publish(t, tr, numbered(there, "k", 0, 1)...)
		ack(t, receive(t, r, 1)...)

		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := tr.Provision(ctx, 2, later); err != nil {
			t.Fatal(err)
		}
		publish(t, tr, numbered(later, "k", 1, 3)...)
		ds := receive(t, r, 3)
		if d := cmp.Diff([]string{"1", "2", "3"}, values(ds)); d != "" {
			t.Error(d)
		}
		ack(t, ds...)
		if err := tr.Publish(ctx, numbered(never, "k", 0, 1)...); !errors.Is(err, driver.ErrNotFound) {
			t.Errorf("the topic that nobody created: %v", err)
		}
	}
}

// TestNoTopicYet: a member none of whose topics exists waits in peace.
func TestNoTopicYet(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic := name(t, "topic")
	joins := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1})
	asks := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Topic: topic, Observe: true, Count: -1})
	r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic)
	atLeast(t, asks, 5)
	if n := joins.Hits(); n != 0 {
		t.Errorf("%d attempts to join", n)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := tr.Provision(ctx, 1, topic); err != nil {
		t.Fatal(err)
	}
	publish(t, tr, numbered(topic, "k", 0, 1)...)
	ack(t, receive(t, r, 1)...)
}

// TestDeletedTopic: when one of its topics goes, a member reads the others, and
// does not join over and over.
func TestDeletedTopic(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	stays, goes := provision(t, tr, 1), provision(t, tr, 1)
	r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, stays, goes)
	publish(t, tr, append(numbered(stays, "k", 0, 1), numbered(goes, "k", 0, 1)...)...)
	ack(t, receive(t, r, 2)...)
	joins := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1})
	if err := c.DeleteTopic(goes); err != nil {
		t.Fatal(err)
	}
	atLeast(t, joins, 1)
	publish(t, tr, numbered(stays, "k", 1, 1)...)
	ack(t, receive(t, r, 1)...)
	asks := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Topic: goes, Observe: true, Count: -1})
	atLeast(t, asks, 5)
	if n := joins.Hits(); n > 3 {
		t.Errorf("%d attempts to join", n)
	}
}

// TestPartitionsAdded: members share out partitions that are added, and read
// them from their beginning, wherever the group started.
func TestPartitionsAdded(t *testing.T) {
	c := fake(t)
	brokers := c.ListenAddrs()
	tr := open(t, kafka.Config{Brokers: brokers, Timeouts: quick()})
	topic, group := provision(t, tr, 1), name(t, "group")
	r := subscribe(t, tr, group, driver.StartLatest, topic)
	joins := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Observe: true, Count: -1})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if _, err := c.WaitGroupStable(ctx, group, 1); err != nil {
		t.Fatal(err)
	}
	add := kmsg.NewPtrCreatePartitionsRequest()
	at := kmsg.NewCreatePartitionsRequestTopic()
	at.Topic, at.Count = topic, 5
	add.Topics = append(add.Topics, at)
	if _, err := add.RequestWith(ctx, other(t, brokers)); err != nil {
		t.Fatal(err)
	}
	writer := open(t, kafka.Config{Brokers: brokers, Timeouts: quick()})
	var sent []*driver.Message
	for _, key := range strings.Split("abcdefghijklmnopqrst", "") {
		sent = append(sent, numbered(topic, key, 0, 1)...)
	}
	publish(t, writer, sent...)
	partitions := map[int32]bool{}
	for range sent {
		for _, d := range receive(t, r, 1) {
			partitions[d.Message().Partition] = true
			ack(t, d)
		}
		if len(partitions) == 5 {
			break
		}
	}
	if len(partitions) != 5 {
		t.Errorf("messages came from %d of 5 partitions", len(partitions))
	}
	asks := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Metadata}, Topic: topic, Observe: true, Count: -1})
	atLeast(t, asks, 5) // and it is content with what it has
	if n := joins.Hits(); n > 3 {
		t.Errorf("%d attempts to join", n)
	}
}

// TestNames: what cannot be a topic is refused before anything is sent, and the
// error says how to go on.
func TestNames(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	all := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce, kmsg.JoinGroup, kmsg.CreateTopics}, Observe: true, Count: -1})
	good := provision(t, tr, 1)
	made := all.Hits()
	ctx := context.Background()
	for bad, says := range map[string]string{
		"":                       "empty",
		".":                      "reserved",
		"..":                     "reserved",
		"a/b":                    "binding",
		"a b":                    "letters",
		"ä":                      "letters",
		"a\x00":                  "letters",
		"{id}":                   "letters",
		strings.Repeat("x", 250): "249",
	} {
		_, errSub := tr.Subscribe(ctx, driver.Subscription{Addresses: []string{good, bad}, Group: "g"})
		for what, err := range map[string]error{
			"publish":   tr.Publish(ctx, append(numbered(good, "k", 0, 1), numbered(bad, "k", 0, 1)...)...),
			"subscribe": errSub,
			"provision": tr.Provision(ctx, 1, good+"2", bad),
		} {
			if !errors.Is(err, driver.ErrInvalid) || !strings.Contains(err.Error(), says) {
				t.Errorf("%s %.20q: got %v, want that it says %q", what, bad, err, says)
			}
		}
	}
	if n := all.Hits() - made; n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	if end := c.PartitionInfo(good, 0).HighWatermark; end != 0 {
		t.Errorf("%d messages are stored", end)
	}
}

// TestSubscriptionFaults: what cannot work says what to set.
func TestSubscriptionFaults(t *testing.T) {
	tr := open(t, kafka.Config{Brokers: fake(t).ListenAddrs(), Timeouts: quick()})
	for says, s := range map[string]driver.Subscription{
		"runtime.Options.Group": {Addresses: []string{"a"}},
		"no address":            {Group: "g"},
	} {
		_, err := tr.Subscribe(context.Background(), s)
		if !errors.Is(err, driver.ErrInvalid) || !strings.Contains(err.Error(), says) {
			t.Errorf("got %v, want %q", err, says)
		}
	}
}

// TestTapLeavesOutInternalTopics: __consumer_offsets and its like are not
// offered to Match.
func TestTapLeavesOutInternalTopics(t *testing.T) {
	c := fake(t, kfake.SeedTopics(1, "__consumer_offsets", "__mine", "shown"))
	tr := quickly(t, c)
	tap, err := tr.Tap(context.Background(), driver.TapOptions{Match: func(string) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	defer closeSoon(t, tap)
	if d := cmp.Diff([]string{"shown"}, tap.Addresses()); d != "" {
		t.Error(d)
	}
}

// TestTapFollowsTopics: a topic that is deleted is no longer watched, and when
// it is created again it is read from its beginning.
func TestTapFollowsTopics(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic := provision(t, tr, 1)
	publish(t, tr, numbered(topic, "k", 0, 3)...)
	tap, err := tr.Tap(context.Background(), driver.TapOptions{
		Match: func(a string) bool { return a == topic }, Start: driver.StartLatest,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer closeSoon(t, tap)
	if err := c.DeleteTopic(topic); err != nil {
		t.Fatal(err)
	}
	within(t, "the topic is no longer watched", func() bool { return len(tap.Addresses()) == 0 })
	if err := c.CreateTopic(topic, 1, nil); err != nil {
		t.Fatal(err)
	}
	publish(t, tr, numbered(topic, "k", 7, 1)...)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	ms, err := tap.Receive(ctx)
	if err != nil || string(ms[0].Value) != "7" {
		t.Errorf("got %v, %v", ms, err)
	}
}

// TestCloseIsQuick: a member that has nothing in hand leaves without waiting for
// anything that only time would end, such as its fetches, which a broker may hold
// for an hour here.
func TestCloseIsQuick(t *testing.T) { closeQuick(t, fake(t).ListenAddrs()) }

// TestCloseIsQuickOnBroker is the same on a real broker.
func TestCloseIsQuickOnBroker(t *testing.T) { closeQuick(t, brokersOf(t)) }

func closeQuick(t *testing.T, brokers []string) {
	timeouts := kafka.Timeouts{FetchWait: time.Hour, Request: 2 * time.Hour, Commit: time.Hour, Discovery: time.Hour}
	tr := open(t, kafka.Config{Brokers: brokers, Timeouts: timeouts})
	topic, group := provision(t, tr, 6), name(t, "group")
	r := subscribe(t, tr, group, driver.StartEarliest, topic)
	tap, err := tr.Tap(context.Background(), driver.TapOptions{Match: func(a string) bool { return a == topic }})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, tr, numbered(topic, "k", 0, 1)...)
	ack(t, receive(t, r, 1)...)
	watch := other(t, brokers, kgo.MaxVersions(kversion.V3_0_0()))
	if n := membersOf(t, watch, group); n != 1 {
		t.Errorf("the group has %d members, want 1", n)
	}
	for _, c := range []closer{r, tap, tr} {
		closeSoon(t, c)
	}
	if n := membersOf(t, watch, group); n != 0 {
		t.Errorf("the group has %d members left", n)
	}
}

// membersOf asks how many members a group has.
func membersOf(t *testing.T, c *kgo.Client, group string) int {
	t.Helper()
	req := kmsg.NewPtrDescribeGroupsRequest()
	req.Groups = []string{group}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	res, err := req.RequestWith(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	return len(res.Groups[0].Members)
}

// TestCloseGivesUp: closing a member whose coordinator does not answer takes no
// longer than its context allows.
func TestCloseGivesUp(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic := provision(t, tr, 1)
	asked, release := hold(c, kmsg.JoinGroup)
	defer close(release)
	r, err := tr.Subscribe(context.Background(), driver.Subscription{Addresses: []string{topic}, Group: "g"})
	if err != nil {
		t.Fatal(err)
	}
	<-asked
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := r.Close(ctx); !errors.Is(err, context.DeadlineExceeded) { // the answer comes at the end of this test
		t.Errorf("got %v", err)
	}
	closeSoon(t, r) // the rest ends by itself
}
