package eventlog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// recentModel is a log of which little is in memory, what it should have, and readers that are now at its end
// and now behind.
type recentModel struct {
	t       *testing.T
	r       *rand.Rand
	l       *Log
	stored  [][]string // by partition and offset
	readers []*Reader
	keys    int
}

func newRecentModel(t *testing.T, seed uint64) *recentModel {
	const partitions = 3
	r := rand.New(rand.NewPCG(seed, 29))
	l := start(t, t.TempDir(), &Options{Partitions: partitions, SegmentBytes: 64 << 10})
	l.recent.ring = make([]byte, 1+r.IntN(16<<10))
	m := &recentModel{t: t, r: r, l: l, stored: make([][]string, partitions)}
	m.publish()
	for i := range 3 * partitions {
		reader, err := l.Reader("t", i%partitions, int64(r.IntN(1+len(m.stored[i%partitions]))))
		if err == nil {
			err = reader.Wait(t.Context()) // from now on it is told
		}
		if err != nil {
			t.Fatal(err)
		}
		m.readers = append(m.readers, reader)
	}
	return m
}

// publish stores a few messages, each with a key of its own.
func (m *recentModel) publish() {
	var batch []*driver.Message
	for range 1 + m.r.IntN(6) {
		m.keys++
		key, value := strconv.AppendInt(nil, int64(m.keys), 10), long(fmt.Sprint(m.keys, "-"), m.r.IntN(3000))
		p := share.Partition(key, len(m.stored))
		m.stored[p] = append(m.stored[p], value)
		batch = append(batch, &driver.Message{Address: "t", Key: key, Value: []byte(value)})
	}
	if err := m.l.Publish(m.t.Context(), batch...); err != nil {
		m.t.Fatal(err)
	}
}

// read lets a reader read once, and holds it to what is stored.
func (m *recentModel) read(reader *Reader) {
	stored := m.stored[reader.p.number]
	next := min(reader.Next(), int64(len(stored))) // where it was truncated, at most
	got, err := reader.Read()
	if err != nil || len(got) == 0 && next < int64(len(stored)) {
		m.t.Fatalf("partition %d from %d of %d: %d messages, %v", reader.p.number, next, len(stored), len(got), err)
	}
	for i, message := range got {
		if message.Offset != next+int64(i) || string(message.Value) != stored[message.Offset] {
			m.t.Fatalf("partition %d, offset %d: %.20q at %d, want %.20q", reader.p.number, next+int64(i), message.Value, message.Offset, stored[next+int64(i)])
		}
	}
}

// truncate drops the last messages of a partition, of which readers learn before the next are stored.
func (m *recentModel) truncate() {
	p := m.r.IntN(len(m.stored))
	n := max(0, len(m.stored[p])-m.r.IntN(10))
	if err := m.l.Truncate("t", p, int64(n)); err != nil {
		m.t.Fatal(err)
	}
	m.stored[p] = m.stored[p][:n]
	for _, reader := range m.readers {
		if int(reader.p.number) == p {
			m.read(reader)
		}
	}
}

// TestReadWhatIsInMemory: whatever is in memory and whatever was overwritten there, also while partitions
// go on in other segments, are truncated and compacted, each reader is handed what is stored, in order and once,
// and so is another process.
func TestReadWhatIsInMemory(t *testing.T) {
	for seed := range uint64(4) {
		m := newRecentModel(t, seed)
		for range 300 {
			switch n := m.r.IntN(100); {
			case n < 40:
				m.publish()
			case n < 97:
				m.read(m.readers[m.r.IntN(len(m.readers))])
			case n < 99:
				m.truncate()
			default:
				if _, err := m.l.Compact(t.Context(), "t", nil); err != nil {
					t.Fatal(err)
				}
			}
		}
		other := start(t, m.l.dir, &Options{ReadOnly: true})
		for p, want := range m.stored {
			got, err := all(other, p, 0)
			if err != nil {
				t.Fatal(err)
			}
			same(t, got, want)
		}
		for _, reader := range m.readers {
			reader.Close()
		}
	}
}

// TestReceiveWhatIsInMemory: while many publish, and little is kept in memory, members of groups that read at
// once get each message of a partition once and in its order.
func TestReceiveWhatIsInMemory(t *testing.T) {
	const partitions, producers, each = 8, 16, 30
	l := start(t, t.TempDir(), &Options{Partitions: partitions, SegmentBytes: 64 << 10})
	l.recent.ring = make([]byte, 8<<10)
	if err := l.Publish(t.Context(), touching(partitions)...); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var running sync.WaitGroup
	for g := range 3 {
		r, err := l.Transport().Subscribe(ctx, driver.Subscription{Addresses: []string{"t"}, Group: fmt.Sprint("g", g), Start: driver.StartLatest})
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() { receiveInTurn(ctx, t, r, producers, each) })
	}
	for producer := range producers {
		running.Go(func() {
			for i := range each {
				value := fmt.Sprint(producer, " ", i, " ")
				m := &driver.Message{Address: "t", Key: fmt.Append(nil, producer), Value: []byte(long(value, 100*(i%20)))}
				if err := l.Publish(ctx, m); err != nil {
					t.Error(err)
				}
			}
		})
	}
	running.Wait()
}

// receiveInTurn receives what each of so many producers has published, each with a key of its own.
func receiveInTurn(ctx context.Context, t *testing.T, r driver.Receiver, producers, each int) {
	next := make([]int, producers)
	for left := producers * each; left > 0; {
		batch, err := r.Receive(ctx)
		if err != nil {
			t.Error(err)
			return
		}
		for _, d := range batch {
			var producer, i int
			if _, err := fmt.Sscan(string(d.Message().Value), &producer, &i); err != nil || i != next[producer] {
				t.Errorf("producer %d: %d, want %d, %v", producer, i, next[producer], err)
				return
			}
			next[producer]++
			if err := d.Ack(ctx); err != nil {
				t.Error(err)
			}
		}
		left -= len(batch)
	}
	if err := r.Close(context.WithoutCancel(ctx)); err != nil {
		t.Error(err)
	}
}
