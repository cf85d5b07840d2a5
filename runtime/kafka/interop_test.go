package kafka_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"

	segment "github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// other returns a client of another make.
func other(t *testing.T, brokers []string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(brokers...)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// samples are messages in which everything differs that may.
func samples(topic string) []*driver.Message {
	at := time.UnixMilli(1_700_000_000_123)
	return []*driver.Message{
		{Address: topic, Key: []byte("k"), Value: []byte("v"), Time: driver.At(at)},
		{Address: topic, Key: []byte("k"), Value: nil, Time: driver.At(at.Add(-time.Hour))},
		{Address: topic, Key: []byte("k"), Value: []byte{}, Time: driver.At(at)},
		{Address: topic, Key: []byte{}, Value: []byte("empty key"), Time: driver.At(at)},
		{Address: topic, Key: nil, Value: []byte("no key"), Time: driver.At(at)},
		{Address: topic, Key: []byte("k"), Value: bytes.Repeat([]byte{0, 255}, 70_000), Time: driver.At(at)},
		{Address: topic, Key: []byte("k"), Value: []byte("headers"), Time: driver.At(at), Headers: []driver.Header{
			{Key: "b", Value: []byte("1")}, {Key: "a", Value: nil}, {Key: "b", Value: []byte{}}, {Key: "", Value: []byte{0}},
		}},
	}
}

// record is a message without where it lies, in a form that tells nil from empty.
func record(key, value []byte, headers []driver.Header, at time.Time) string {
	s := fmt.Sprintf("key %#v value %d %#v at %v", key, len(value), value[:min(len(value), 20)], at.UTC())
	for _, h := range headers {
		s += fmt.Sprintf(" %q=%#v", h.Key, h.Value)
	}
	return s
}

func recordOf(m *driver.Message) string { return record(m.Key, m.Value, m.Headers, m.Time.Time()) }

// TestOthersReadWhatWeWrite lets another client read what Publish stored, with
// every compression.
func TestOthersReadWhatWeWrite(t *testing.T) { othersRead(t, fake(t).ListenAddrs()) }

// TestOthersReadWhatWeWriteOnBroker is the same on a real broker.
func TestOthersReadWhatWeWriteOnBroker(t *testing.T) { othersRead(t, brokersOf(t)) }

func othersRead(t *testing.T, brokers []string) {
	for _, compression := range []segment.Compression{0, segment.Gzip, segment.Snappy, segment.Lz4, segment.Zstd} {
		t.Run(compression.String(), func(t *testing.T) {
			tr := open(t, kafka.Config{Brokers: brokers, Compression: compression})
			topic := provision(t, tr, 1)
			sent := samples(topic)
			publish(t, tr, sent...)

			ctx, cancel := context.WithTimeout(context.Background(), patience)
			defer cancel()
			reader := other(t, brokers, kgo.ConsumeTopics(topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
			var want, got []string
			for _, m := range sent {
				want = append(want, recordOf(m))
			}
			for len(got) < len(want) && ctx.Err() == nil {
				fetches := reader.PollFetches(ctx)
				if err := fetches.Err(); err != nil {
					t.Fatal(err)
				}
				fetches.EachRecord(func(r *kgo.Record) { got = append(got, recordOf(ofRecord(r))) })
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func ofRecord(r *kgo.Record) *driver.Message {
	m := &driver.Message{Address: r.Topic, Key: r.Key, Value: r.Value, Time: driver.At(r.Timestamp), Partition: r.Partition}
	for _, h := range r.Headers {
		m.Headers = append(m.Headers, driver.Header{Key: h.Key, Value: h.Value})
	}
	return m
}

// TestWeReadWhatOthersWrite receives what another client stored, with every
// compression.
func TestWeReadWhatOthersWrite(t *testing.T) { weRead(t, fake(t).ListenAddrs()) }

// TestWeReadWhatOthersWriteOnBroker is the same on a real broker.
func TestWeReadWhatOthersWriteOnBroker(t *testing.T) { weRead(t, brokersOf(t)) }

func weRead(t *testing.T, brokers []string) {
	for name1, codec := range map[string]kgo.CompressionCodec{
		"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
		"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
	} {
		t.Run(name1, func(t *testing.T) {
			tr := open(t, kafka.Config{Brokers: brokers, Timeouts: quick()})
			topic := provision(t, tr, 1)
			sent := samples(topic)
			writer := other(t, brokers, kgo.ProducerBatchCompression(codec))
			var want, got []string
			for _, m := range sent {
				want = append(want, recordOf(m))
				if err := writer.ProduceSync(context.Background(), toRecord(m)).FirstErr(); err != nil {
					t.Fatal(err)
				}
			}
			r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic)
			for _, d := range receive(t, r, len(want)) {
				got = append(got, recordOf(d.Message()))
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func toRecord(m *driver.Message) *kgo.Record {
	r := &kgo.Record{Topic: m.Address, Key: m.Key, Value: m.Value, Timestamp: m.Time.Time()}
	for _, h := range m.Headers {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: h.Key, Value: h.Value})
	}
	return r
}

// TestSamePartitionAsJava compares the partition of keys with that of a client
// which is known to do as the Java client does.
func TestSamePartitionAsJava(t *testing.T) {
	brokers := fake(t).ListenAddrs()
	tr := open(t, kafka.Config{Brokers: brokers, Timeouts: quick()})
	topic := provision(t, tr, 7)
	writer := other(t, brokers, kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)))
	want := map[string]int32{}
	var messages []*driver.Message
	for i := range 300 {
		key := bytes.Repeat([]byte{byte(i), byte(i >> 3), 'x'}, i%5)[:i%13%max(1, 3*(i%5))]
		key = fmt.Appendf(key, "%d", i*i)[:len(key)+1]
		res := writer.ProduceSync(context.Background(), &kgo.Record{Topic: topic, Key: key})
		if err := res.FirstErr(); err != nil {
			t.Fatal(err)
		}
		want[string(key)] = res[0].Record.Partition
		messages = append(messages, &driver.Message{Address: topic, Key: key, Value: []byte("ours")})
	}
	publish(t, tr, messages...)
	r := subscribe(t, tr, name(t, "group"), driver.StartEarliest, topic)
	for _, d := range receive(t, r, 2*len(messages)) {
		m := d.Message()
		if m.Value != nil && m.Partition != want[string(m.Key)] {
			t.Errorf("key %q is in partition %d, the Java client puts it into %d", m.Key, m.Partition, want[string(m.Key)])
		}
	}
}

// TestTransactionsOfOthers: committed messages are received, aborted ones and
// the markers are not, and the position passes over them.
func TestTransactionsOfOthers(t *testing.T) { transactions(t, fake(t).ListenAddrs()) }

// TestTransactionsOfOthersOnBroker is the same on a real broker.
func TestTransactionsOfOthersOnBroker(t *testing.T) { transactions(t, brokersOf(t)) }

func transactions(t *testing.T, brokers []string) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	tr := open(t, kafka.Config{Brokers: brokers, Timeouts: quick()})
	topic, group := provision(t, tr, 1), name(t, "group")
	writer := other(t, brokers, kgo.TransactionalID(name(t, "tx")), kgo.DefaultProduceTopic(topic))
	write := func(commit kgo.TransactionEndTry, values ...string) {
		if err := writer.BeginTransaction(); err != nil {
			t.Fatal(err)
		}
		for _, v := range values {
			if err := writer.ProduceSync(ctx, kgo.StringRecord(v)).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		if err := writer.EndTransaction(ctx, commit); err != nil {
			t.Fatal(err)
		}
	}
	write(kgo.TryCommit, "a", "b")
	write(kgo.TryAbort, "void", "void")
	write(kgo.TryCommit, "c")
	write(kgo.TryAbort, "void")
	publish(t, tr, &driver.Message{Address: topic, Value: []byte("d")})

	r := subscribe(t, tr, group, driver.StartEarliest, topic)
	ds := receive(t, r, 4)
	if d := cmp.Diff([]string{"a", "b", "c", "d"}, values(ds)); d != "" {
		t.Fatal(d)
	}
	ack(t, ds...)
	closeSoon(t, r)
	write(kgo.TryAbort, "void")
	publish(t, tr, &driver.Message{Address: topic, Value: []byte("e")})
	again := receive(t, subscribe(t, tr, group, driver.StartEarliest, topic), 1)
	if got := values(again); got[0] != "e" {
		t.Errorf("the group went on with %q, want e: its position did not pass what it skipped", got)
	}
}
