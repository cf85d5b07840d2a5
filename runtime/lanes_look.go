package runtime

import (
	"hash/maphash"
	"math"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// look is what is to be known of a message in order to queue it, and is found out
// before, so that workers do not wait for that. It has few fields: those of a struct of
// five or more are stored one by one and loaded by sixteen bytes, for which a processor
// waits.
type look struct {
	key    uint64 // tells the lane within the partition; zero is none
	size   int32  // in bytes; the largest number stands for all that are larger
	traits traits
}

// traits are what is true of a message, or not.
type traits uint8

const (
	timed     traits = 1 << iota // it says when it is due
	expires                      // it says when its time is over
	asCarried                    // it is taken as it is carried
	alike                        // it is of the partition of the message before it in its batch
)

// have reports whether t is among them.
func (all traits) have(t traits) bool { return all&t != 0 }

// lookAt looks at the messages of a batch.
func (ls *lanes) lookAt(batch []driver.Delivery) []look {
	ls.looks = slices.Grow(ls.looks[:0], len(batch))[:len(batch)]
	var last *driver.Message
	for i, d := range batch {
		seen, m := ls.lookAtOne(d)
		if last != nil && last.Partition == m.Partition && last.Address == m.Address {
			seen.traits |= alike
		}
		ls.looks[i], last = seen, m
	}
	return ls.looks
}

// lookAtOne looks at a message, and returns it too. Two keys that are the same number by
// chance share a lane, which keeps both orders.
func (ls *lanes) lookAtOne(d driver.Delivery) (look, *driver.Message) {
	m, all := deliveredTo(d, ls.prefix)
	all |= ls.dues.told(m)
	var key uint64
	if len(m.Key) > 0 && ls.ordering != PerPartition && ls.ordering != Unordered {
		if b := briefOf(m); b != nil && m == &b.message {
			key = b.lane // the key itself may be far from this processor yet
		} else {
			key = laneOfKey(m.Key)
		}
	}
	return look{key, int32(min(sizeOf(m), math.MaxInt32)), all}, m
}

// laneOfKey returns what tells the lane of messages with that key within a partition: no
// publisher can choose which keys share one.
func laneOfKey(key []byte) uint64 { return maphash.Bytes(laneSeed, key) }

var laneSeed = maphash.MakeSeed()

// sizeOf returns how many bytes a message has.
func sizeOf(m *driver.Message) int64 {
	n := len(m.Key) + len(m.Value)
	for i := range m.Headers {
		n += len(m.Headers[i].Key) + len(m.Headers[i].Value)
	}
	if m.Brief != nil {
		n += m.Brief.Size()
	}
	return int64(n)
}
