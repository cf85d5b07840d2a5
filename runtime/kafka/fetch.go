package kafka

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
)

// The versions of the Fetch API whose layout parseFetch reads.
const (
	fetchOldest int16 = 4
	fetchNewest int16 = 11
)

// readCommitted asks for nothing of transactions that are not committed yet.
const readCommitted int8 = 1

// fetched is what a broker answered for one partition.
type fetched struct {
	at      topicPartition
	code    int16
	aborted []aborted
	records []byte
}

// fetchAnswer is the answer to a fetch request. kafka-go's own type decodes the
// records, and in doing so loses what is needed to go on behind records that a
// compaction has removed.
type fetchAnswer struct {
	code       int16
	partitions []fetched
}

// ApiKey returns the number of the Fetch API.
//
//lint:ignore ST1003 the name is that of protocol.Message
func (*fetchAnswer) ApiKey() protocol.ApiKey { return protocol.Fetch }

// want is one partition in a fetch request.
type want struct {
	at     topicPartition
	offset int64
}

// fetch asks one broker for messages of several partitions. It waits a little
// when there are none.
func (c *cluster) fetch(ctx context.Context, broker int32, wants []want) ([]fetched, error) {
	wait := c.config.Timeouts.FetchWait
	m, err := c.send(ctx, wait, &exchange{
		broker:  broker,
		request: fetchRequest(wants, wait, int32(c.config.MaxFetchBytes)),
		read:    readFetch,
	})
	if err != nil {
		return nil, err
	}
	answer, ok := m.(*fetchAnswer)
	if !ok {
		return nil, fmt.Errorf("fetch request answered by %T", m)
	}
	return answer.partitions, errOf(answer.code)
}

func fetchRequest(wants []want, wait time.Duration, size int32) *fetch.Request {
	r := &fetch.Request{
		ReplicaID:      -1,
		MaxWaitTime:    int32(wait.Milliseconds()),
		MinBytes:       1,
		MaxBytes:       max(size, 16<<20),
		IsolationLevel: readCommitted,
		SessionEpoch:   -1,
	}
	for _, w := range wants {
		if n := len(r.Topics); n == 0 || r.Topics[n-1].Topic != w.at.topic {
			r.Topics = append(r.Topics, fetch.RequestTopic{Topic: w.at.topic})
		}
		t := &r.Topics[len(r.Topics)-1]
		t.Partitions = append(t.Partitions, fetch.RequestPartition{
			Partition:          w.at.partition,
			CurrentLeaderEpoch: -1,
			FetchOffset:        w.offset,
			LogStartOffset:     -1,
			PartitionMaxBytes:  size,
		})
	}
	return r
}

func readFetch(r io.Reader, version int16) (protocol.Message, error) {
	if version < fetchOldest || version > fetchNewest {
		return nil, fmt.Errorf("version %d of the Fetch API: %w", version, kafka.UnsupportedVersion)
	}
	body, err := readBody(r, maxResponse)
	if err != nil {
		return nil, err
	}
	return parseFetch(body, version)
}

var errShort = errors.New("answer of a broker is cut off")

// parseFetch reads an answer. The records are parts of b.
func parseFetch(b []byte, version int16) (*fetchAnswer, error) {
	w := words{b: b}
	a := &fetchAnswer{}
	w.int32() // throttling: the broker delays its answers by itself
	if version >= 7 {
		a.code = w.int16()
		w.int32() // session
	}
	for range w.count() {
		topic := w.text()
		for range w.count() {
			a.partitions = append(a.partitions, w.partition(topic, version))
			if w.short {
				return nil, errShort
			}
		}
	}
	if w.short {
		return nil, errShort
	}
	return a, nil
}

func (w *words) partition(topic string, version int16) fetched {
	f := fetched{at: topicPartition{topic, w.int32()}}
	f.code = w.int16()
	w.int64() // high watermark
	w.int64() // last stable offset
	if version >= 5 {
		w.int64() // log start
	}
	for range w.count() {
		f.aborted = append(f.aborted, aborted{producer: w.int64(), first: w.int64()})
	}
	if version >= 11 {
		w.int32() // preferred replica
	}
	f.records = w.bytes(int(w.int32()))
	return f
}

// words reads the numbers and strings of Kafka's protocol. After the end of the
// bytes short is set and everything reads as zero.
type words struct {
	b     []byte
	short bool
}

// bytes returns the next n bytes, none for a negative n.
func (w *words) bytes(n int) []byte {
	if n < 0 {
		return nil
	}
	if n > len(w.b) {
		w.short, w.b = true, nil
		return nil
	}
	v := w.b[:n:n]
	w.b = w.b[n:]
	return v
}

func (w *words) int16() int16 {
	if v := w.bytes(2); v != nil {
		return int16(binary.BigEndian.Uint16(v))
	}
	return 0
}

func (w *words) int32() int32 {
	if v := w.bytes(4); v != nil {
		return int32(binary.BigEndian.Uint32(v))
	}
	return 0
}

func (w *words) int64() int64 {
	if v := w.bytes(8); v != nil {
		return int64(binary.BigEndian.Uint64(v))
	}
	return 0
}

// count returns the length of an array, no more than there can be entries.
func (w *words) count() int {
	n := int(w.int32())
	if n > len(w.b) {
		w.short = true
		return 0
	}
	return max(0, n)
}

func (w *words) text() string { return string(w.bytes(int(w.int16()))) }
