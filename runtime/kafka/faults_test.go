package kafka_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// numbered returns n messages with the payloads first, first+1, …
func numbered(topic, key string, first, n int) []*driver.Message {
	var out []*driver.Message
	for i := range n {
		out = append(out, &driver.Message{Address: topic, Key: []byte(key), Value: fmt.Append(nil, first+i)})
	}
	return out
}

// wantNumbers receives n messages of a topic from the beginning and demands that
// they are 0 to n-1 in this order.
func wantNumbers(t *testing.T, tr driver.Transport, topic string, n int) {
	t.Helper()
	r := subscribe(t, tr, name(t, "check"), driver.StartEarliest, topic)
	for i, v := range values(receive(t, r, n)) {
		if v != fmt.Sprint(i) {
			t.Fatalf("message %d is %s", i, v)
		}
	}
	quiet(t, r)
}

// quiet demands that nothing more comes for a while.
func quiet(t *testing.T, r driver.Receiver) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 250*time.Millisecond)
	defer cancel()
	ds, err := r.Receive(ctx)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("there is more: %q, %v", values(ds), err)
	}
}

// hold keeps back the answer to the next request of a kind: asked is closed when
// it has come, and it is worked on when release is closed.
func hold(c *kfake.Cluster, key kmsg.Key) (asked, release chan struct{}) {
	asked, release = make(chan struct{}), make(chan struct{})
	c.ControlKey(int16(key), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.DropControl()
		close(asked)
		c.SleepControl(func() { <-release })
		return nil, nil, false
	})
	return asked, release
}

// TestPublishOutlivesFaults lets brokers answer requests with errors that pass.
func TestPublishOutlivesFaults(t *testing.T) {
	for _, fault := range []struct {
		key kmsg.Key
		err *kerr.Error
	}{
		{kmsg.Produce, kerr.NotLeaderForPartition},
		{kmsg.Produce, kerr.LeaderNotAvailable},
		{kmsg.Produce, kerr.UnknownTopicOrPartition},
		{kmsg.Produce, kerr.NotEnoughReplicas},
		{kmsg.Produce, kerr.NotEnoughReplicasAfterAppend}, // stored, and answered like that
		{kmsg.Produce, kerr.RequestTimedOut},              // stored, and answered like that
		{kmsg.Produce, kerr.CorruptMessage},
		{kmsg.Produce, kerr.KafkaStorageError},
		{kmsg.Produce, kerr.OutOfOrderSequenceNumber},
		{kmsg.Produce, kerr.UnknownProducerID},
		{kmsg.Produce, kerr.InvalidProducerEpoch},
		{kmsg.InitProducerID, kerr.CoordinatorLoadInProgress},
		{kmsg.InitProducerID, kerr.CoordinatorNotAvailable},
		{kmsg.Metadata, kerr.UnknownTopicOrPartition},
		{kmsg.Metadata, kerr.LeaderNotAvailable},
	} {
		t.Run(fmt.Sprintf("%s-%s", fault.key.Name(), fault.err.Message), func(t *testing.T) {
			t.Parallel()
			c := fake(t)
			tr := quickly(t, c)
			topic := provision(t, tr, 1)
			f := kfake.Fault{Keys: []kmsg.Key{fault.key}, Err: fault.err, Count: 3}
			if fault.key != kmsg.InitProducerID {
				f.Topic = topic
			} else {
				f.TopLevel = true
			}
			// A transport that knows nothing yet asks for everything.
			fresh := quickly(t, c)
			h := c.Fault(f)
			publish(t, fresh, numbered(topic, "k", 0, 10)...)
			publish(t, fresh, numbered(topic, "k", 10, 10)...)
			if h.Hits() == 0 {
				t.Error("the fault was not met")
			}
			h.Remove()
			wantNumbers(t, tr, topic, 20)
		})
	}
}

// lossy lets a broker lose its next answers: it does what it was asked, then
// the connection breaks.
type lossy struct {
	net.Listener
	lose *atomic.Int64
}

type lossyConn struct {
	net.Conn
	lose *atomic.Int64
}

func (l *lossy) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &lossyConn{c, l.lose}, nil
}

func (c *lossyConn) Write(b []byte) (int, error) {
	for n := c.lose.Load(); n > 0; n = c.lose.Load() {
		if c.lose.CompareAndSwap(n, n-1) {
			c.Conn.Close()
			return 0, net.ErrClosed
		}
	}
	return c.Conn.Write(b)
}

// TestLostResponse: what was stored although the answer was lost is stored once.
func TestLostResponse(t *testing.T) {
	const messages = 30
	var lose, produced atomic.Int64
	c := fake(t, kfake.NumBrokers(1), kfake.ListenFn(func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		return &lossy{l, &lose}, err
	}))
	tr := quickly(t, c)
	topic := provision(t, tr, 1)
	c.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		c.KeepControl()
		if produced.Add(1)%3 == 1 {
			lose.Add(1)
		}
		return nil, nil, false
	})
	for i := range messages {
		publish(t, tr, numbered(topic, "k", i, 1)...)
	}
	if n := produced.Load(); n <= messages {
		t.Errorf("%d requests for %d messages: no answer was lost", n, messages)
	}
	lose.Store(0)
	if end := c.PartitionInfo(topic, 0).HighWatermark; end != messages {
		t.Errorf("%d messages are stored, %d were published", end, messages)
	}
	wantNumbers(t, tr, topic, messages)
}

// TestLeaderMoves: neither side loses or repeats anything when partitions change
// their leaders, and both learn of it by what brokers answer: what they would look
// up by themselves they do once an hour here.
func TestLeaderMoves(t *testing.T) {
	c := fake(t)
	// One transport for each side, so that neither learns from the other.
	timeouts := quick()
	timeouts.Discovery = time.Hour
	tr := open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts})
	topic := provision(t, tr, 2)
	r := subscribe(t, open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts}),
		name(t, "group"), driver.StartEarliest, topic)
	for i := range 20 {
		for p := range int32(2) {
			if err := c.MoveTopicPartition(topic, p, (c.LeaderFor(topic, p)+1)%3); err != nil {
				t.Fatal(err)
			}
		}
		publish(t, tr, numbered(topic, fmt.Sprint(i), i, 1)...)
		ds := receive(t, r, 1)
		if len(ds) != 1 || values(ds)[0] != fmt.Sprint(i) {
			t.Fatalf("got %q, want %d", values(ds), i)
		}
		ack(t, ds...)
	}
	quiet(t, r)
}

// TestPublishErrors maps errors that do not pass.
func TestPublishErrors(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic := provision(t, tr, 1)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, tt := range []struct {
		err  *kerr.Error
		want error
		says string
	}{
		{kerr.TopicAuthorizationFailed, driver.ErrUnauthorized, "right on the topic"},
		{kerr.ClusterAuthorizationFailed, driver.ErrUnauthorized, "IdempotentWrite"},
		{kerr.MessageTooLarge, driver.ErrTooLarge, "max.message.bytes"},
		{kerr.InvalidRecord, driver.ErrInvalid, "compacted"},
		{kerr.InvalidTopicException, driver.ErrInvalid, topic},
	} {
		h := c.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: tt.err, Topic: topic})
		err := tr.Publish(ctx, numbered(topic, "k", 0, 1)...)
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: got %v, want %v and %q", tt.err.Message, err, tt.want, tt.says)
		}
		if errors.Is(err, driver.ErrUnknownOutcome) {
			t.Errorf("%s: the outcome is known: %v", tt.err.Message, err)
		}
		h.Remove()
	}
	publish(t, tr, numbered(topic, "k", 0, 1)...) // sequences are as they were
	if end := c.PartitionInfo(topic, 0).HighWatermark; end != 1 {
		t.Errorf("%d messages are stored", end)
	}
}

// TestOnlyTheBadOneFails: in a batch that is refused for the sake of one message
// all others are stored, in order.
func TestOnlyTheBadOneFails(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic := name(t, "topic")
	if err := c.CreateTopic(topic, 1, map[string]string{"max.message.bytes": "20000"}); err != nil {
		t.Fatal(err)
	}
	// While the first request is held back the others gather.
	asked, release := hold(c, kmsg.Produce)
	results := make(chan error, 60)
	var sent sync.WaitGroup
	for i := range 60 {
		m := &driver.Message{Address: topic, Key: []byte("k"), Value: fmt.Appendf(nil, "%02d%s", i, strings.Repeat("x", 500))}
		if i%20 == 7 {
			m.Value = append(m.Value, make([]byte, 30_000)...)
		}
		sent.Go(func() { results <- tr.Publish(context.Background(), m) })
	}
	<-asked
	time.AfterFunc(100*time.Millisecond, func() { close(release) })
	sent.Wait()
	refused := 0
	for range 60 {
		err := <-results
		if errors.Is(err, driver.ErrTooLarge) {
			refused++
		} else if err != nil {
			t.Error(err)
		}
	}
	if refused != 3 {
		t.Errorf("%d messages were refused, want 3", refused)
	}
	if end := c.PartitionInfo(topic, 0).HighWatermark; end != 57 {
		t.Errorf("%d messages are stored, want 57", end)
	}
}

// TestPublishTimesOut: after the time for publishing is up the outcome of a
// batch without an answer is unknown. What is published to the partition after
// it is not taken for the same.
func TestPublishTimesOut(t *testing.T) {
	var lose atomic.Int64
	c := fake(t, kfake.NumBrokers(1), kfake.ListenFn(func(network, address string) (net.Listener, error) {
		l, err := net.Listen(network, address)
		return &lossy{l, &lose}, err
	}))
	timeouts := quick()
	timeouts.Publish = 300 * time.Millisecond
	tr := open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: timeouts})
	topic := provision(t, tr, 1)
	publish(t, tr, numbered(topic, "k", 0, 1)...)
	var deaf atomic.Bool
	deaf.Store(true)
	c.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		if deaf.Load() {
			lose.Add(1) // it is stored, and nobody hears of it
		}
		return nil, nil, false
	})
	err := tr.Publish(context.Background(), numbered(topic, "k", 1, 1)...)
	if !errors.Is(err, driver.ErrUnknownOutcome) {
		t.Errorf("got %v, want that the outcome is unknown", err)
	}
	deaf.Store(false)
	lose.Store(0)
	publish(t, tr, numbered(topic, "k", 2, 1)...)
	wantNumbers(t, tr, topic, 3)
}

// TestPublishContextEnds: the error tells whether the message may be stored.
func TestPublishContextEnds(t *testing.T) {
	c := fake(t)
	tr := quickly(t, c)
	topic := provision(t, tr, 1)
	publish(t, tr, numbered(topic, "k", 0, 1)...)
	asked, release := hold(c, kmsg.Produce)
	ctx, cancel := context.WithCancel(context.Background())
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { first <- tr.Publish(ctx, numbered(topic, "k", 1, 1)...) }()
	<-asked
	queued := numbered(topic, "k", 99, 1)
	go func() { second <- tr.Publish(ctx, queued...) }()
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := <-first; !errors.Is(err, driver.ErrUnknownOutcome) || !errors.Is(err, context.Canceled) {
		t.Errorf("under way: got %v", err)
	}
	if err := <-second; errors.Is(err, driver.ErrUnknownOutcome) || !errors.Is(err, context.Canceled) {
		t.Errorf("waiting: got %v", err)
	}
	copy(queued[0].Value, "!!") // nobody looks any more
	close(release)
	publish(t, tr, numbered(topic, "k", 2, 1)...)
	wantNumbers(t, tr, topic, 3) // 1 was stored once, 99 never
}

// TestBackPressure: what waits is bounded, and waiting can be given up.
func TestBackPressure(t *testing.T) {
	c := fake(t)
	tr := open(t, kafka.Config{Brokers: c.ListenAddrs(), Timeouts: quick(), MaxBufferedBytes: 1000})
	topic := provision(t, tr, 1)
	asked, release := hold(c, kmsg.Produce)
	large := &driver.Message{Address: topic, Key: []byte("k"), Value: slices.Repeat([]byte{'0'}, 5000)}
	done := make(chan error, 1)
	go func() { done <- tr.Publish(context.Background(), large) }()
	<-asked
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := tr.Publish(ctx, numbered(topic, "k", 0, 1)...)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "buffer") {
		t.Errorf("got %v, want that it waited for buffer", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	publish(t, tr, numbered(topic, "k", 0, 1)...)
}

// TestReceiveOutlivesFaults lets brokers answer a member's requests with errors
// that pass.
func TestReceiveOutlivesFaults(t *testing.T) {
	for _, fault := range []struct {
		key kmsg.Key
		err *kerr.Error
	}{
		{kmsg.Fetch, kerr.NotLeaderForPartition},
		{kmsg.Fetch, kerr.UnknownTopicOrPartition},
		{kmsg.Fetch, kerr.FencedLeaderEpoch},
		{kmsg.Fetch, kerr.KafkaStorageError},
		{kmsg.ListOffsets, kerr.NotLeaderForPartition},
		{kmsg.ListOffsets, kerr.LeaderNotAvailable},
		{kmsg.FindCoordinator, kerr.CoordinatorNotAvailable},
		{kmsg.JoinGroup, kerr.CoordinatorLoadInProgress},
		{kmsg.JoinGroup, kerr.NotCoordinator},
		{kmsg.SyncGroup, kerr.RebalanceInProgress},
		{kmsg.OffsetFetch, kerr.CoordinatorLoadInProgress},
		{kmsg.Heartbeat, kerr.NotCoordinator},
		{kmsg.Heartbeat, kerr.UnknownMemberID},
		{kmsg.Heartbeat, kerr.IllegalGeneration},
		{kmsg.OffsetCommit, kerr.CoordinatorLoadInProgress},
	} {
		t.Run(fmt.Sprintf("%s-%s", fault.key.Name(), fault.err.Message), func(t *testing.T) {
			t.Parallel()
			c := fake(t)
			tr := quickly(t, c)
			topic, group := provision(t, tr, 2), name(t, "group")
			publish(t, tr, numbered(topic, "k", 0, 5)...)
			f := kfake.Fault{Keys: []kmsg.Key{fault.key}, Err: fault.err, Count: 2}
			if fault.key == kmsg.OffsetFetch {
				f.Topic = topic // as a broker answers the version that is asked for
			}
			h := c.Fault(f)
			r := subscribe(t, tr, group, driver.StartEarliest, topic)
			got := map[string]bool{}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			for len(got) < 5 || h.Hits() < 2 {
				waiting, stop := context.WithTimeout(ctx, 50*time.Millisecond)
				ds, err := r.Receive(waiting)
				stop()
				if ctx.Err() != nil || err != nil && !errors.Is(err, context.DeadlineExceeded) {
					t.Fatalf("%d of 5 messages, the fault was met %d times: %v", len(got), h.Hits(), err)
				}
				for _, d := range ds {
					got[string(d.Message().Value)] = true
					if err := d.Ack(ctx); err != nil && !errors.Is(err, driver.ErrStale) {
						t.Error(err)
					}
				}
			}
		})
	}
}

// TestReceiveFails: what does not pass is an error of Receive, again and again.
func TestReceiveFails(t *testing.T) {
	for _, fault := range []struct {
		key  kmsg.Key
		err  *kerr.Error
		want error
	}{
		{kmsg.JoinGroup, kerr.GroupAuthorizationFailed, driver.ErrUnauthorized},
		{kmsg.JoinGroup, kerr.InconsistentGroupProtocol, driver.ErrInvalid},
		{kmsg.FindCoordinator, kerr.GroupAuthorizationFailed, driver.ErrUnauthorized},
		{kmsg.Fetch, kerr.TopicAuthorizationFailed, driver.ErrUnauthorized},
	} {
		t.Run(fmt.Sprintf("%s-%s", fault.key.Name(), fault.err.Message), func(t *testing.T) {
			t.Parallel()
			c := fake(t)
			tr := quickly(t, c)
			topic := provision(t, tr, 1)
			c.Fault(kfake.Fault{Keys: []kmsg.Key{fault.key}, Err: fault.err, Count: -1})
			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			r, err := tr.Subscribe(ctx, driver.Subscription{Addresses: []string{topic}, Group: "g"})
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := r.Receive(ctx); !errors.Is(err, fault.want) {
					t.Errorf("got %v, want %v", err, fault.want)
				}
			}
			closeSoon(t, r)
		})
	}
}
