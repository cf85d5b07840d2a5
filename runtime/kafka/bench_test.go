package kafka_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	segment "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/kafka"
)

// The benchmarks compare with kafka-go's own Writer and Reader in the same run,
// because absolute numbers say little on a shared machine: x-writer and x-reader
// are how many times as much we get through. They use the in-process broker, or
// the one in ASYNCWIRE_KAFKA.
//
//	go test -run xxx -bench . -benchtime 3x ./runtime/kafka

const (
	benchPartitions = 6
	benchMessages   = 200_000 // one round
	benchCallers    = 8
	benchCall       = 500 // messages in one call
)

func benchBrokers(b *testing.B, opts ...kfake.Opt) []string {
	if list := os.Getenv(realBroker); list != "" {
		return strings.Split(list, ",")
	}
	return fake(b, append(opts, kfake.NumBrokers(1))...).ListenAddrs()
}

// spread calls f for all parts of n from several goroutines.
func spread(n int, f func(first, count int)) {
	var all sync.WaitGroup
	for c := range benchCallers {
		all.Go(func() {
			for i := c * benchCall; i < n; i += benchCallers * benchCall {
				f(i, min(benchCall, n-i))
			}
		})
	}
	all.Wait()
}

var benchKeys = func() [][]byte {
	keys := make([][]byte, 1000)
	for i := range keys {
		keys[i] = fmt.Appendf(nil, "key-%d", i)
	}
	return keys
}()

// BenchmarkPublish publishes messages with keys by Publish and by a tuned
// Writer.
func BenchmarkPublish(b *testing.B) {
	for _, size := range []int{100, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			brokers := benchBrokers(b)
			tr := open(b, kafka.Config{Brokers: brokers})
			value := bytes.Repeat([]byte("x"), size)
			var ours, theirs time.Duration
			for b.Loop() {
				ours += publishOurs(b, tr, provision(b, tr, benchPartitions), value)
				theirs += publishTheirs(b, brokers, provision(b, tr, benchPartitions), value)
			}
			b.ReportMetric(float64(b.N*benchMessages)/ours.Seconds()/1000, "kmsg/s")
			b.ReportMetric(float64(theirs)/float64(ours), "x-writer")
		})
	}
}

func publishOurs(b *testing.B, tr *kafka.Transport, topic string, value []byte) time.Duration {
	start := time.Now()
	spread(benchMessages, func(first, count int) {
		ms := make([]*driver.Message, count)
		for i := range ms {
			ms[i] = &driver.Message{Address: topic, Key: benchKeys[(first+i)%len(benchKeys)], Value: value}
		}
		if err := tr.Publish(context.Background(), ms...); err != nil {
			b.Error(err)
		}
	})
	return time.Since(start)
}

func publishTheirs(b *testing.B, brokers []string, topic string, value []byte) time.Duration {
	transport := &segment.Transport{} // which does not know yet that there is no such topic
	defer transport.CloseIdleConnections()
	w := &segment.Writer{
		Transport: transport, Addr: segment.TCP(brokers...), Topic: topic, Balancer: segment.Murmur2Balancer{}, RequiredAcks: segment.RequireAll,
		Async: true, BatchTimeout: 5 * time.Millisecond, BatchBytes: 1 << 20, BatchSize: 10_000,
		Completion: func(_ []segment.Message, err error) {
			if err != nil {
				b.Error(err)
			}
		},
	}
	start := time.Now()
	spread(benchMessages, func(first, count int) {
		ms := make([]segment.Message, count)
		for i := range ms {
			ms[i] = segment.Message{Key: benchKeys[(first+i)%len(benchKeys)], Value: value}
		}
		if err := w.WriteMessages(context.Background(), ms...); err != nil {
			b.Error(err)
		}
	})
	if err := w.Close(); err != nil { // waits for what is queued
		b.Error(err)
	}
	return time.Since(start)
}

// BenchmarkReceive receives in a group, acknowledging every message, by our
// Receiver and by a Reader that commits from time to time.
func BenchmarkReceive(b *testing.B) {
	for _, size := range []int{100, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			brokers := benchBrokers(b)
			tr := open(b, kafka.Config{Brokers: brokers})
			topic := provision(b, tr, benchPartitions)
			publishOurs(b, tr, topic, bytes.Repeat([]byte("x"), size))
			var ours, theirs time.Duration
			for b.Loop() {
				ours += receiveOurs(b, tr, topic)
				theirs += receiveTheirs(b, brokers, topic)
			}
			b.ReportMetric(float64(b.N*benchMessages)/ours.Seconds()/1000, "kmsg/s")
			b.ReportMetric(float64(theirs)/float64(ours), "x-reader")
		})
	}
}

// receiveOurs measures from the first message on, so that joining the group does
// not count.
func receiveOurs(b *testing.B, tr *kafka.Transport, topic string) time.Duration {
	r, err := tr.Subscribe(context.Background(), driver.Subscription{Addresses: []string{topic}, Group: name(b, "ours")})
	if err != nil {
		b.Fatal(err)
	}
	defer closeSoon(b, r)
	var start time.Time
	for n := 0; n < benchMessages; {
		ds, err := r.Receive(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		if n == 0 {
			start = time.Now()
		}
		for _, d := range ds {
			if err := d.Ack(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
		n += len(ds)
	}
	return time.Since(start)
}

func receiveTheirs(b *testing.B, brokers []string, topic string) time.Duration {
	r := segment.NewReader(segment.ReaderConfig{
		Brokers: brokers, Topic: topic, GroupID: name(b, "theirs"), StartOffset: segment.FirstOffset,
		QueueCapacity: 2000, CommitInterval: time.Second, MaxWait: 500 * time.Millisecond, MaxBytes: 10 << 20,
	})
	defer r.Close()
	var start time.Time
	for n := range benchMessages {
		m, err := r.FetchMessage(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		if n == 0 {
			start = time.Now()
		}
		if err := r.CommitMessages(context.Background(), m); err != nil {
			b.Fatal(err)
		}
	}
	return time.Since(start)
}
