package kafka_test

import (
	"context"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// committed asks the broker for a group's position in partition 0, -1 when
// there is none.
func committed(t *testing.T, brokers []string, group, topic string) int64 {
	t.Helper()
	c := other(t, brokers, kgo.MaxVersions(kversion.V3_0_0()))
	req := kmsg.NewPtrOffsetFetchRequest()
	req.Group = group
	g := kmsg.NewOffsetFetchRequestGroup()
	g.Group = group
	one := kmsg.NewOffsetFetchRequestTopic()
	one.Topic, one.Partitions = topic, []int32{0}
	req.Topics = append(req.Topics, one)
	of := kmsg.NewOffsetFetchRequestGroupTopic()
	of.Topic, of.Partitions = topic, []int32{0}
	g.Topics = append(g.Topics, of)
	req.Groups = append(req.Groups, g)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	res, err := req.RequestWith(ctx, c)
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Groups) > 0 {
		return res.Groups[0].Topics[0].Partitions[0].Offset
	}
	return res.Topics[0].Partitions[0].Offset
}

// TestAtMostOnce: what a handler gets is committed before it is called, long
// before it would be from time to time.
func TestAtMostOnce(t *testing.T) {
	c := fake(t)
	timeouts := quick()
	timeouts.Commit = time.Hour
	tr := open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts})
	topic, group := provision(t, tr, 1), name(t, "group")
	publish(t, tr, numbered(topic, "k", 0, 3)...)
	conn := runtime.Open(tr, &runtime.Options{Group: group, Policy: runtime.Policy{Guarantee: runtime.AtMostOnce}})
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	handled := int64(0)
	err := runtime.Consume(ctx, conn, &runtime.Channel{Address: topic}, nil, []runtime.Route{
		runtime.Handle("", func(_ context.Context, in *runtime.Incoming) error {
			if at := committed(t, c.ListenAddrs(), group, topic); at <= in.Message().Offset {
				t.Errorf("offset %d is handled while %d is committed", in.Message().Offset, at)
			}
			if handled++; handled == 3 {
				stop()
			}
			return nil
		}),
	})
	if err != nil || handled != 3 {
		t.Errorf("%d messages were handled: %v", handled, err)
	}
}

// TestFlushTellsWhatIsLost: when a member has been put out of its group, an
// acknowledgement that could not be committed is an error of Flush.
func TestFlushTellsWhatIsLost(t *testing.T) {
	c := fake(t)
	timeouts := quick()
	timeouts.Commit = time.Hour
	tr := open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts})
	topic, group := provision(t, tr, 1), name(t, "group")
	publish(t, tr, numbered(topic, "k", 0, 1)...)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	r, err := tr.Subscribe(ctx, driver.Subscription{Addresses: []string{topic}, Group: group})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := r.Receive(ctx)
	if err != nil {
		t.Fatal(err)
	}
	c.ControlKey(int16(kmsg.OffsetCommit), func(q kmsg.Request) (kmsg.Response, error, bool) {
		req := q.(*kmsg.OffsetCommitRequest)
		res := req.ResponseKind().(*kmsg.OffsetCommitResponse)
		for _, rt := range req.Topics {
			st := kmsg.NewOffsetCommitResponseTopic()
			st.Topic = rt.Topic
			for _, rp := range rt.Partitions {
				sp := kmsg.NewOffsetCommitResponseTopicPartition()
				sp.Partition, sp.ErrorCode = rp.Partition, 22 // ILLEGAL_GENERATION
				st.Partitions = append(st.Partitions, sp)
			}
			res.Topics = append(res.Topics, st)
		}
		return res, nil, true
	})
	if err := batch[0].Ack(ctx); err != nil {
		t.Fatal(err)
	}
	if err := r.(driver.Flusher).Flush(ctx); err == nil {
		t.Error("what the group refused is said to be committed")
	}
	closeSoon(t, r)
}

// TestCloseOfAnIdleConn: closing waits for no poll of the broker and no timer.
func TestCloseOfAnIdleConn(t *testing.T) {
	c := fake(t)
	timeouts := quick()
	timeouts.FetchWait, timeouts.Request, timeouts.Commit, timeouts.Discovery = 20*time.Second, 40*time.Second, time.Hour, time.Hour
	tr := open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts})
	topic, group := provision(t, tr, 1), name(t, "group")
	publish(t, tr, numbered(topic, "k", 0, 1)...)
	conn := runtime.Open(tr, &runtime.Options{Group: group})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	p, err := runtime.Pull(ctx, conn, &runtime.Channel{Address: topic}, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := p.Fetch(ctx, 1) // so that it has joined
	if err != nil {
		t.Fatal(err)
	}
	if err := list[0].Ack(ctx); err != nil {
		t.Fatal(err)
	}
	soon, cancel := context.WithTimeout(ctx, 10*time.Second) // half of what a fetch may wait
	defer cancel()
	if err := conn.Close(soon); err != nil {
		t.Error(err)
	}
}
