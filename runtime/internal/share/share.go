// Package share says to which partition a message goes, and which member of a
// consumer group has which partition, for the transports that decide that by
// themselves.
//
// Its laws: a key has the partition that it has in Kafka; members have as many
// partitions as each other, give or take one; and no more partitions move than
// that asks for. It imports the standard library alone.
//
//	p := share.Partition(message.Key, len(partitions))
//	owners = share.Fairly(owners, members)
package share

import (
	"encoding/binary"
	"slices"
)

// Partition returns the partition of so many that a key has, as Kafka's Java
// client chooses it.
func Partition(key []byte, partitions int) int { return Of(key).Among(partitions) }

// Hash stands for a key where its partition is chosen, before it is known how many
// there are.
type Hash uint32

// Of returns the hash of a key.
func Of(key []byte) Hash { return Hash(murmur2(key) & 0x7fffffff) }

// Among returns the partition of so many.
func (h Hash) Among(partitions int) int {
	if partitions&(partitions-1) == 0 {
		return int(h) & (partitions - 1) // as division has it, in a tenth of the time
	}
	return int(uint32(h) % uint32(partitions))
}

// murmur2 is MurmurHash2 in 32 bits with Kafka's seed.
func murmur2(data []byte) uint32 {
	const m = 0x5bd1e995
	h := 0x9747b28c ^ uint32(len(data))
	for ; len(data) >= 4; data = data[4:] {
		k := binary.LittleEndian.Uint32(data)
		k *= m
		k ^= k >> 24
		h = h*m ^ k*m
	}
	for i := len(data) - 1; i >= 0; i-- {
		h ^= uint32(data[i]) << (8 * i)
		if i == 0 {
			h *= m
		}
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}

// Turn chooses the partition of messages without a key. It is not for several
// goroutines at once.
type Turn struct {
	at   int
	call uint64
}

// Partition returns the partition of so many for the messages of a call, which
// has a number of its own: one for all of them, and the next for the next call.
func (t *Turn) Partition(call uint64, partitions int) int {
	if t.call != call {
		t.call = call
		t.at = (t.at + 1) % partitions
	}
	return t.at
}

// Fairly returns who is to have each partition: whoever has some keeps up to a
// fair share, the others go to who has least, the first of them in members. The
// zero M is nobody; there is at least one member, and owners are members or
// nobody.
func Fairly[M comparable](owners, members []M) []M {
	var nobody M
	out := slices.Clone(owners)
	has := make(map[M]int, len(members))
	fair, extra := len(owners)/len(members), len(owners)%len(members)
	for i, m := range out {
		switch {
		case m != nobody && has[m] < fair:
		case m != nobody && has[m] == fair && extra > 0:
			extra--
		default:
			out[i] = nobody
			continue
		}
		has[m]++
	}
	for i, m := range out {
		if m == nobody {
			out[i] = slices.MinFunc(members, func(x, y M) int { return has[x] - has[y] })
			has[out[i]]++
		}
	}
	return out
}
