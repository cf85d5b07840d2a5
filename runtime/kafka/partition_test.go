package kafka_test

import (
	"math/rand/v2"
	"testing"

	"github.com/segmentio/kafka-go"

	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// TestKeysHaveTheSamePartitionEverywhere: memory and the durable log choose the
// partition of a key that this transport chooses.
func TestKeysHaveTheSamePartitionEverywhere(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		key := make([]byte, 1+r.IntN(40))
		for i := range key {
			key[i] = byte(r.Uint32())
		}
		partitions := make([]int, 1+r.IntN(50))
		for i := range partitions {
			partitions[i] = i
		}
		want := kafka.Murmur2Balancer{}.Balance(kafka.Message{Key: key}, partitions...)
		if got := share.Partition(key, len(partitions)); got != want {
			t.Fatalf("key %x among %d: partition %d, and in Kafka %d", key, len(partitions), got, want)
		}
	}
}
