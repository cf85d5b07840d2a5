package eventlog

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// TestMuchOfManyPartitions: what is read together from many partitions, with some given
// back and some partitions paused meanwhile, comes whole, in the order of each, and at once.
func TestMuchOfManyPartitions(t *testing.T) {
	const partitions, n = 60, 6000
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	r := rand.New(rand.NewPCG(7, 7))
	var batch []*driver.Message
	for i := range n {
		value := fmt.Append(nil, i, strings.Repeat(".", r.IntN(2000)+r.IntN(2)*r.IntN(40)*1000*(r.IntN(20)/19)))
		batch = append(batch, &driver.Message{Address: "t", Key: strconv.AppendInt(nil, r.Int64N(200), 10), Value: value})
	}
	if err := l.Publish(t.Context(), batch...); err != nil {
		t.Fatal(err)
	}
	m := member(t, l, "g")
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	next := make([]int64, partitions)
	for done := 0; done < n; {
		got, err := m.Receive(ctx)
		if err != nil {
			t.Fatalf("after %d of %d: %v", done, n, err)
		}
		for _, d := range got {
			m := d.Message()
			if m.Offset > next[m.Partition] {
				t.Fatalf("partition %d: offset %d, want %d", m.Partition, m.Offset, next[m.Partition])
			}
			if r.IntN(50) == 0 {
				if err := d.Nack(t.Context()); err != nil {
					t.Fatal(err)
				}
				next[m.Partition] = max(next[m.Partition], m.Offset+1)
				continue
			}
			if err := whole(m, batch); err != nil {
				t.Fatal(err)
			}
			next[m.Partition] = max(next[m.Partition], m.Offset+1)
			if err := d.Ack(t.Context()); err != nil {
				t.Fatal(err)
			}
			done++
		}
		if p := r.Int32N(partitions); r.IntN(4) == 0 {
			m.(driver.Pauser).Pause("t", p, true)
			m.(driver.Pauser).Pause("t", p, false)
		}
	}
}

// whole tells whether a message is one of those that were published, as it was.
func whole(m *driver.Message, published []*driver.Message) error {
	digits, _, _ := strings.Cut(string(m.Value), ".")
	i, err := strconv.Atoi(digits)
	if err != nil || i >= len(published) {
		return errors.Join(err, fmt.Errorf("offset %d of %d has %.40q", m.Offset, m.Partition, m.Value))
	}
	if p := published[i]; string(p.Value) != string(m.Value) || string(p.Key) != string(m.Key) {
		return fmt.Errorf("offset %d of %d is not message %d", m.Offset, m.Partition, i)
	}
	return nil
}

// TestRoomIsSharedByFew: small reads lie together, and no more than one chunk of them.
func TestRoomIsSharedByFew(t *testing.T) {
	r := room{want: 10 * chunkSize}
	blocks, taken := 0, 0
	for range 1000 {
		before := len(r.bytes)
		b := r.take(1000)
		if len(b) != 1000 || cap(b) != 1000 {
			t.Fatalf("%d of %d bytes, want 1000", len(b), cap(b))
		}
		if taken += len(b); before < 1000 {
			blocks++
			if len(r.bytes)+1000 > chunkSize {
				t.Fatalf("%d bytes lie together", len(r.bytes)+1000)
			}
		}
	}
	// The last are taken by themselves: nothing was said of them.
	if most := 10 + 1 + (taken-10*chunkSize)/1000 + 10; blocks > most {
		t.Errorf("%d blocks for %d bytes, want at most %d", blocks, taken, most)
	}
}

// TestReadThoughOthersAreReady: a partition whose turn it is is read, though those behind it
// have a batch ready.
func TestReadThoughOthersAreReady(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	publish := func(partition, n int) {
		for ; n > 0; n -= 100 {
			batch := make([]*driver.Message, min(n, 100))
			for i := range batch {
				batch[i] = &driver.Message{Address: "t", Key: keyFor(partition), Value: []byte("v")}
			}
			if err := l.Publish(t.Context(), batch...); err != nil {
				t.Fatal(err)
			}
		}
	}
	publish(1, 4*maxBatch)
	r := member(t, l, "g")
	take(t, r, maxBatch)
	publish(0, 1)
	take(t, r, 3*maxBatch+1)
}
