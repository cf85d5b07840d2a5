package kafka_test

import (
	"context"
	"errors"
	"fmt"
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

// commitAt gives a group a position, as another client would.
func commitAt(t *testing.T, brokers []string, group, topic string, offset int64) {
	t.Helper()
	c := other(t, brokers, kgo.MaxVersions(kversion.V3_0_0())) // later ones name topics by id
	req := kmsg.NewPtrOffsetCommitRequest()
	req.Group, req.Generation = group, -1
	rt, rp := kmsg.NewOffsetCommitRequestTopic(), kmsg.NewOffsetCommitRequestTopicPartition()
	rt.Topic, rp.Offset = topic, offset
	rt.Partitions = append(rt.Partitions, rp)
	req.Topics = append(req.Topics, rt)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	res, err := req.RequestWith(ctx, c)
	if err != nil || res.Topics[0].Partitions[0].ErrorCode != 0 {
		t.Fatal(err, res)
	}
}

// TestPositionOutOfRange: reading goes on at the oldest message left when the
// position is older, and where the subscription starts when it is beyond the
// end.
func TestPositionOutOfRange(t *testing.T) {
	for _, tt := range []struct {
		name     string
		position int64
		start    driver.Start
		want     []string
	}{
		{"before-earliest", 1, driver.StartEarliest, []string{"5", "6", "7", "8", "9", "new"}},
		{"before-latest", 1, driver.StartLatest, []string{"5", "6", "7", "8", "9", "new"}},
		{"beyond-earliest", 500, driver.StartEarliest, []string{"5", "6", "7", "8", "9", "new"}},
		{"beyond-latest", 500, driver.StartLatest, []string{"new"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := fake(t)
			tr := quickly(t, c)
			topic, group := provision(t, tr, 1), name(t, "group")
			publish(t, tr, numbered(topic, "k", 0, 10)...)
			if err := c.DeleteRecords(topic, 0, 5); err != nil {
				t.Fatal(err)
			}
			commitAt(t, c.ListenAddrs(), group, topic, tt.position)
			met := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Observe: true, Count: -1})
			r := subscribe(t, tr, group, tt.start, topic)
			// The subscription asks for the end of the log once when it starts at
			// the latest message; the other two are about the position.
			atLeast(t, met, 2+int(tt.start))
			publish(t, tr, &driver.Message{Address: topic, Value: []byte("new")})
			ds := receive(t, r, len(tt.want))
			if d := cmp.Diff(tt.want, values(ds)); d != "" {
				t.Fatal(d)
			}
			ack(t, ds...)
			closeSoon(t, r)
			info := c.GroupInfo(group)
			if got := info.Commits[topic][0].Offset; got != 11 {
				t.Errorf("the group's position is %d, want 11", got)
			}
		})
	}
}

func atLeast(t *testing.T, h *kfake.FaultHandle, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := h.Wait(ctx, n); err != nil {
		t.Fatalf("%d of %d requests were made", h.Hits(), n)
	}
}

// TestTopicCreatedAnew: a running member goes on when its topic is deleted and
// created again, with a shorter log.
func TestTopicCreatedAnew(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic, group := provision(t, tr, 1), name(t, "group")
	publish(t, tr, numbered(topic, "k", 0, 10)...)
	r := subscribe(t, tr, group, driver.StartEarliest, topic)
	old := receive(t, r, 10)
	ack(t, old[:9]...)
	if err := c.DeleteTopic(topic); err != nil {
		t.Fatal(err)
	}
	if err := c.CreateTopic(topic, 1, nil); err != nil {
		t.Fatal(err)
	}
	publish(t, tr, numbered(topic, "k", 100, 2)...)
	ds := receive(t, r, 2)
	if d := cmp.Diff([]string{"100", "101"}, values(ds)); d != "" {
		t.Fatal(d)
	}
	if err := old[9].Ack(context.Background()); !errors.Is(err, driver.ErrStale) {
		t.Errorf("acknowledging a message of the old topic: %v", err)
	}
	ack(t, ds...)
	closeSoon(t, r)
	if got := c.GroupInfo(group).Commits[topic][0].Offset; got != 2 {
		t.Errorf("the group's position is %d, want 2", got)
	}
}

// TestCompacted reads a log in which a compaction has left holes, among them
// batches without any record.
func TestCompacted(t *testing.T) {
	c := fake(t)
	brokers := c.ListenAddrs()
	tr := open(t, kafka.Config{Brokers: brokers, Timeouts: quick()})
	topic, group := name(t, "topic"), name(t, "group")
	if err := c.CreateTopic(topic, 1, map[string]string{"cleanup.policy": "compact"}); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		publish(t, tr, numbered(topic, fmt.Sprint("key", i%3), i, 1)...)
	}
	c.Compact()
	r := subscribe(t, tr, group, driver.StartEarliest, topic)
	got := map[string]bool{}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for !got["17"] || !got["18"] || !got["19"] {
		ds, err := r.Receive(ctx)
		if err != nil {
			t.Fatalf("%v received, then %v", got, err)
		}
		for _, d := range ds {
			got[string(d.Message().Value)] = true
		}
		ack(t, ds...)
	}
	closeSoon(t, r)
	if at := c.GroupInfo(group).Commits[topic][0].Offset; at != 20 {
		t.Errorf("the group's position is %d, want 20", at)
	}
}

// TestStartLatestIsKept: a group that starts at the end remembers where that
// was, also when it received nothing before it left.
func TestStartLatestIsKept(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic, group := provision(t, tr, 1), name(t, "group")
	publish(t, tr, numbered(topic, "k", 0, 3)...)
	r := subscribe(t, tr, group, driver.StartLatest, topic)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := c.WaitGroupInfo(ctx, group, func(g *kfake.GroupInfo) bool {
		return g != nil && g.Commits[topic][0].Offset == 3
	})
	if err != nil {
		t.Fatal(err)
	}
	closeSoon(t, r)
	publish(t, tr, numbered(topic, "k", 3, 1)...)
	again := subscribe(t, tr, group, driver.StartLatest, topic)
	if got := values(receive(t, again, 1)); got[0] != "3" {
		t.Errorf("got %q, want 3", got)
	}
}

// TestCommitsGoOn: positions become durable while a member works, not only when
// it leaves.
func TestCommitsGoOn(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic, group := provision(t, tr, 1), name(t, "group")
	publish(t, tr, numbered(topic, "k", 0, 3)...)
	r := subscribe(t, tr, group, driver.StartEarliest, topic)
	ds := receive(t, r, 3)
	ack(t, ds[0], ds[2]) // 1 is open: the position is before it
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	at := func(offset int64) func(*kfake.GroupInfo) bool {
		return func(g *kfake.GroupInfo) bool { return g != nil && g.Commits[topic][0].Offset == offset }
	}
	if _, err := c.WaitGroupInfo(ctx, group, at(1)); err != nil {
		t.Fatal(err)
	}
	ack(t, ds[1])
	if _, err := c.WaitGroupInfo(ctx, group, at(3)); err != nil {
		t.Fatal(err)
	}
}

// TestDrain: when partitions are to be given to others, what a member has in
// hand can still be acknowledged, and is not delivered again.
func TestDrain(t *testing.T) {
	c := fake(t)
	timeouts := quick()
	timeouts.Rebalance, timeouts.Commit = 10*time.Second, time.Hour
	config := kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts}
	topic, group := provision(t, open(t, config), 1), name(t, "group")
	publish(t, open(t, config), numbered(topic, "k", 0, 4)...)
	first := subscribe(t, open(t, config), group, driver.StartEarliest, topic)
	hand := receive(t, first, 4)
	ack(t, hand[0])
	second := subscribe(t, open(t, config), group, driver.StartEarliest, topic)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	// It draws back now: what is done is committed, and it waits for the rest.
	_, err := c.WaitGroupInfo(ctx, group, func(g *kfake.GroupInfo) bool { return g != nil && g.Commits[topic][0].Offset == 1 })
	if err != nil {
		t.Fatal(err)
	}
	publish(t, open(t, config), numbered(topic, "k", 4, 1)...)
	ack(t, hand[3], hand[1], hand[2])
	// One of the two has the partition then, and goes on with what is next.
	found := make(chan []driver.Delivery, 2)
	for _, r := range []driver.Receiver{first, second} {
		go func() {
			ds, _ := r.Receive(ctx)
			found <- ds
		}()
	}
	if got := values(<-found); got[0] != "4" {
		t.Errorf("the group goes on with %q, want 4", got)
	}
}

// TestDrainBudget: a member that does not finish what it has in hand lets go
// when its time is up, its acknowledgements are stale from then on, and they do
// not touch the position of whoever has the partition now.
func TestDrainBudget(t *testing.T) {
	c := fake(t)
	timeouts := quick()
	timeouts.Rebalance = 600 * time.Millisecond
	config := kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts}
	tr := open(t, config)
	topic, group := provision(t, tr, 1), name(t, "group")
	publish(t, tr, numbered(topic, "k", 0, 4)...)
	slow := subscribe(t, tr, group, driver.StartEarliest, topic)
	hand := receive(t, slow, 4)
	ack(t, hand[0])
	subscribe(t, open(t, config), group, driver.StartEarliest, topic)
	select {
	case <-hand[1].(driver.Revocable).Revoked():
	case <-time.After(patience):
		t.Fatal("the assignment did not end")
	}
	if err := hand[1].Ack(context.Background()); !errors.Is(err, driver.ErrStale) {
		t.Errorf("got %v, want that it is stale", err)
	}
	if at := c.GroupInfo(group).Commits[topic][0].Offset; at != 1 {
		t.Errorf("the group's position is %d, want 1", at)
	}
	if err := hand[1].Ack(context.Background()); err != nil {
		t.Errorf("ending a delivery twice: %v", err)
	}
}

// TestPartialAnswers: a broker guarantees a whole batch only to the first
// partition in a request that has any. Whoever got a part of one gets all of it
// when it asks alone.
func TestPartialAnswers(t *testing.T) {
	c := fake(t, kfake.NumBrokers(1))
	tr := quickly(t, c)
	topic := provision(t, tr, 3)
	var sent []*driver.Message
	for i := range 30 {
		sent = append(sent, numbered(topic, fmt.Sprint(i), i, 1)...)
	}
	publish(t, tr, sent...)
	c.ControlKey(int16(kmsg.Fetch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		req := r.(*kmsg.FetchRequest)
		if len(req.Topics) == 1 && len(req.Topics[0].Partitions) == 1 {
			return nil, nil, false
		}
		res := req.ResponseKind().(*kmsg.FetchResponse)
		for _, asked := range req.Topics {
			rt := kmsg.NewFetchResponseTopic()
			rt.Topic = asked.Topic
			for _, p := range asked.Partitions {
				rp := kmsg.NewFetchResponseTopicPartition()
				rp.Partition, rp.RecordBatches = p.Partition, []byte("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00and the rest is missing")
				rt.Partitions = append(rt.Partitions, rp)
			}
			res.Topics = append(res.Topics, rt)
		}
		return res, nil, true
	})
	r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic)
	ack(t, receive(t, r, len(sent))...)
}

// TestLargeBatches: batches beyond what is asked for at a time arrive too, from
// several partitions at once.
func TestLargeBatches(t *testing.T) {
	brokers := fake(t, kfake.NumBrokers(1)).ListenAddrs()
	tr := open(t, kafka.Config{Brokers: brokers, Timeouts: quick(), MaxFetchBytes: 10_000})
	topic := provision(t, tr, 4)
	writer := other(t, brokers, kgo.RecordPartitioner(kgo.ManualPartitioner()))
	for i := range 40 {
		r := &kgo.Record{Topic: topic, Partition: int32(i % 4), Value: make([]byte, 50_000)}
		if err := writer.ProduceSync(context.Background(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic)
	ack(t, receive(t, r, 40)...)
	quiet(t, r)
}
