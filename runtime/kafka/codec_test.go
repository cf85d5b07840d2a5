package kafka

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

var at = topicPartition{"topic", 3}

// randomMessages returns messages of all shapes.
func randomMessages(r *rand.Rand, n int) []*driver.Message {
	blob := func(most int) []byte {
		switch r.IntN(5) {
		case 0:
			return nil
		case 1:
			return []byte{}
		}
		b := make([]byte, r.IntN(most+1))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	out := make([]*driver.Message, n)
	for i := range out {
		m := &driver.Message{
			Address: at.topic, Partition: at.partition, Key: blob(20), Value: blob(300),
			Time: driver.At(time.UnixMilli(r.Int64N(1 << 42))),
		}
		for range r.IntN(4) {
			m.Headers = append(m.Headers, driver.Header{Key: string(blob(8)), Value: blob(50)})
		}
		out[i] = m
	}
	return out
}

// encodeAt returns a stamped batch whose first record lies at an offset.
func encodeAt(t testing.TB, c kafka.Compression, offset int64, ms []*driver.Message) []byte {
	t.Helper()
	b, err := encoder{c}.batch(nil, ms, time.UnixMilli(42))
	if err != nil {
		t.Fatal(err)
	}
	stamp(b, producer{id: 7, epoch: 2}, 11)
	binary.BigEndian.PutUint64(b, uint64(offset))
	return b
}

// TestRoundTrip: what encode writes decode reads, in several batches, with every
// compression.
func TestRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for c := range kafka.Compression(5) {
		for range 10 {
			var data []byte
			var want []driver.Message
			offset := int64(r.IntN(1000))
			from := offset
			for range 1 + r.IntN(3) {
				ms := randomMessages(r, 1+r.IntN(20))
				data = append(data, encodeAt(t, c, offset, ms)...)
				for i, m := range ms {
					m.Offset = offset + int64(i)
					want = append(want, *m)
				}
				offset += int64(len(ms))
			}
			d := decoder{at: at, from: from}
			got, next, err := d.decode(data)
			if err != nil || next != offset {
				t.Fatalf("%v: next %d, want %d: %v", c, next, offset, err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatal(diff)
			}
		}
	}
}

// TestRecordSize: the bound by which batches are filled holds.
func TestRecordSize(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		ms := randomMessages(r, 1+r.IntN(30))
		bound := batchHead
		for _, m := range ms {
			bound += recordSize(m)
		}
		if n := len(encodeAt(t, 0, 0, ms)); n > bound {
			t.Fatalf("%d bytes, more than %d", n, bound)
		}
	}
}

// TestOthersReadOurBatch compares the head with what another implementation
// reads.
func TestOthersReadOurBatch(t *testing.T) {
	ms := randomMessages(rand.New(rand.NewPCG(5, 6)), 5)
	b := encodeAt(t, kafka.Gzip, 100, ms)
	var got kmsg.RecordBatch
	if err := got.ReadFrom(b); err != nil {
		t.Fatal(err)
	}
	first, last := timestamps(ms, time.Time{})
	want := kmsg.RecordBatch{
		FirstOffset: 100, Length: int32(len(b) - 12), PartitionLeaderEpoch: -1, Magic: 2, CRC: got.CRC, Attributes: 1,
		LastOffsetDelta: 4, FirstTimestamp: first, MaxTimestamp: last, ProducerID: 7, ProducerEpoch: 2,
		FirstSequence: 11, NumRecords: 5, Records: got.Records,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestDecodeFrom leaves out what lies before the offset asked for.
func TestDecodeFrom(t *testing.T) {
	data := encodeAt(t, 0, 10, randomMessages(rand.New(rand.NewPCG(7, 8)), 5))
	for from := int64(10); from <= 15; from++ {
		d := decoder{at: at, from: from}
		got, next, err := d.decode(data)
		if err != nil || len(got) != int(15-from) || next != 15 {
			t.Errorf("from %d: %d messages, next %d, %v", from, len(got), next, err)
		}
	}
}

// TestDecodeCutOff: a batch that is not all there is left for the next time, and
// those before it are read.
func TestDecodeCutOff(t *testing.T) {
	ms := randomMessages(rand.New(rand.NewPCG(9, 10)), 4)
	one := encodeAt(t, 0, 0, ms)
	data := append(bytes.Clone(one), encodeAt(t, 0, 4, ms)...)
	for n := range data {
		d := decoder{at: at}
		got, next, err := d.decode(data[:n])
		want := 0
		if n >= len(one) {
			want = 4
		}
		if err != nil || len(got) != want || next != int64(want) {
			t.Fatalf("of %d bytes: %d messages, next %d, %v", n, len(got), next, err)
		}
	}
}

// TestDecodeDamaged: every damaged byte behind the checksum is noticed, and what
// came before is kept.
func TestDecodeDamaged(t *testing.T) {
	ms := randomMessages(rand.New(rand.NewPCG(11, 12)), 3)
	one := encodeAt(t, kafka.Snappy, 0, ms)
	two := encodeAt(t, kafka.Snappy, 3, ms)
	for i := atCRC; i < len(two); i++ {
		bad := bytes.Clone(two)
		bad[i] ^= 0x40
		d := decoder{at: at}
		got, next, err := d.decode(append(bytes.Clone(one), bad...))
		if !errors.Is(err, errCorrupt) || len(got) != 3 || next != 3 {
			t.Fatalf("byte %d: %d messages, next %d, %v", i, len(got), next, err)
		}
	}
}

// TestLogAppendTime: when the broker sets the time, all records have it.
func TestLogAppendTime(t *testing.T) {
	b := encodeAt(t, 0, 0, randomMessages(rand.New(rand.NewPCG(13, 14)), 3))
	b[atAttributes+1] |= attrLogAppendTime
	binary.BigEndian.PutUint64(b[atMaxTime:], 12345)
	stamp(b, none, 0)
	d := decoder{at: at}
	got, _, err := d.decode(b)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got {
		if m.Time.Time().UnixMilli() != 12345 {
			t.Errorf("time %v", m.Time)
		}
	}
}

// TestNoTimestamp: Kafka says by -1 that a record has no time, which is not the last
// moment of 1969: no message of that is out of date.
func TestNoTimestamp(t *testing.T) {
	for _, attributes := range []byte{0, attrLogAppendTime} {
		messages := randomMessages(rand.New(rand.NewPCG(17, 18)), 3)
		for _, m := range messages {
			m.Time = driver.At(time.UnixMilli(-1))
		}
		b := encodeAt(t, 0, 0, messages)
		b[atAttributes+1] |= attributes
		stamp(b, none, 0)
		d := decoder{at: at}
		got, _, err := d.decode(b)
		if len(got) != 3 || err != nil {
			t.Fatal(len(got), err)
		}
		for _, m := range got {
			if !m.Time.IsZero() {
				t.Errorf("attributes %d: time %v", attributes, m.Time.Time())
			}
		}
	}
}

// control returns a marker that ends a transaction.
func control(t testing.TB, offset int64, id int64, commit bool) []byte {
	kind := []byte{0, 0, 0, 0}
	if commit {
		kind[3] = 1
	}
	b := encodeAt(t, 0, offset, []*driver.Message{{Key: kind, Value: make([]byte, 6)}})
	return restamp(b, id, attrControl|attrTransactional)
}

func restamp(b []byte, id int64, attributes byte) []byte {
	b[atAttributes+1] |= attributes
	stamp(b, producer{id: id}, 0)
	return b
}

// TestAborted interleaves transactions of two producers, one of whom aborts
// first and commits then.
func TestAborted(t *testing.T) {
	record := func(offset, id int64, attributes byte, value string) []byte {
		return restamp(encodeAt(t, 0, offset, []*driver.Message{{Value: []byte(value)}}), id, attributes)
	}
	var data []byte
	for _, b := range [][]byte{
		record(0, 1, attrTransactional, "void"), record(1, 2, attrTransactional, "a"),
		record(2, 1, attrTransactional, "void"), record(3, -1, 0, "b"),
		control(t, 4, 1, false), record(5, 1, attrTransactional, "c"),
		control(t, 6, 2, true), control(t, 7, 1, true), record(8, 1, attrTransactional, "void"),
		control(t, 9, 1, false),
	} {
		data = append(data, b...)
	}
	d := decoder{at: at, aborted: []aborted{{producer: 1, first: 8}, {producer: 1, first: 0}}}
	got, next, err := d.decode(data)
	var text []string
	for _, m := range got {
		text = append(text, string(m.Value))
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, text); diff != "" || next != 10 || err != nil {
		t.Errorf("next %d, %v, %s", next, err, diff)
	}
}

// TestEmptyBatch: a batch whose records a compaction has removed is passed.
func TestEmptyBatch(t *testing.T) {
	b := encodeAt(t, 0, 5, randomMessages(rand.New(rand.NewPCG(15, 16)), 4))[:batchHead]
	binary.BigEndian.PutUint32(b[atLength:], batchHead-batchPrefix)
	binary.BigEndian.PutUint32(b[atCount:], 0)
	stamp(b, none, 0)
	d := decoder{at: at, from: 5}
	got, next, err := d.decode(b)
	if len(got) != 0 || next != 9 || err != nil {
		t.Errorf("%d messages, next %d, %v", len(got), next, err)
	}
}

// TestOldMessages reads a message set of the version before 2.
func TestOldMessages(t *testing.T) {
	set := protocol.RecordSet{Version: 1, Records: protocol.NewRecordReader(
		protocol.Record{Offset: 0, Time: time.UnixMilli(5), Key: protocol.NewBytes([]byte("k")), Value: protocol.NewBytes([]byte("v"))},
		protocol.Record{Offset: 1, Time: time.UnixMilli(6), Value: protocol.NewBytes([]byte("w"))},
	)}
	var buf bytes.Buffer
	if _, err := set.WriteTo(&buf); err != nil {
		t.Fatal(err)
	}
	d := decoder{at: at}
	got, next, err := d.decode(buf.Bytes()[4:])
	want := []driver.Message{
		{Address: at.topic, Partition: at.partition, Offset: 0, Key: []byte("k"), Value: []byte("v"), Time: driver.At(time.UnixMilli(5))},
		{Address: at.topic, Partition: at.partition, Offset: 1, Value: []byte("w"), Time: driver.At(time.UnixMilli(6))},
	}
	if diff := cmp.Diff(want, got); diff != "" || next != 2 || err != nil {
		t.Errorf("next %d, %v, %s", next, err, diff)
	}
}

// FuzzDecode: no bytes make the decoder panic, go backwards, or keep what it was
// not given. The checksum is put right, so that what is behind it is reached.
func FuzzDecode(f *testing.F) {
	r := rand.New(rand.NewPCG(17, 18))
	for c := range kafka.Compression(5) {
		f.Add(encodeAt(f, c, 3, randomMessages(r, 4)))
	}
	f.Add(control(f, 1, 1, false))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) >= batchHead {
			if n := batchPrefix + int(int32(binary.BigEndian.Uint32(data[atLength:]))); n >= batchHead && n <= len(data) {
				binary.BigEndian.PutUint32(data[atCRC:], checksum(data[:n]))
			}
		}
		d := decoder{at: at, from: 2, aborted: []aborted{{1, 0}}, most: 1 << 20}
		got, next, _ := d.decode(data)
		if next < 2 {
			t.Errorf("next is %d", next)
		}
		for _, m := range got {
			if m.Offset < 2 {
				t.Errorf("offset %d", m.Offset)
			}
		}
	})
}

// FuzzFetchAnswer: no bytes make the parser of answers panic.
func FuzzFetchAnswer(f *testing.F) {
	records := []byte("records")
	answer := func(version int16) []byte {
		res := kmsg.NewPtrFetchResponse()
		res.Version = version
		rt, rp := kmsg.NewFetchResponseTopic(), kmsg.NewFetchResponseTopicPartition()
		rt.Topic, rp.Partition, rp.RecordBatches = at.topic, at.partition, records
		rp.AbortedTransactions = []kmsg.FetchResponseTopicPartitionAbortedTransaction{{ProducerID: 1, FirstOffset: 2}}
		rt.Partitions = append(rt.Partitions, rp)
		res.Topics = append(res.Topics, rt)
		return res.AppendTo(nil)
	}
	for v := fetchOldest; v <= fetchNewest; v++ {
		a, err := parseFetch(answer(v), v)
		want := []fetched{{at: at, aborted: []aborted{{1, 2}}, records: records}}
		if d := cmp.Diff(fmt.Sprint(want), fmt.Sprint(a.partitions)); d != "" || err != nil {
			f.Errorf("version %d: %v %s", v, err, d)
		}
		f.Add(answer(v), v)
	}
	f.Fuzz(func(t *testing.T, data []byte, version int16) {
		a, err := parseFetch(data, version)
		if err == nil && len(a.partitions) > len(data) {
			t.Errorf("%d partitions in %d bytes", len(a.partitions), len(data))
		}
	})
}
