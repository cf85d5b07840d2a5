package runtime

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"
)

// newIDs returns a maker of version 7 UUIDs (RFC 9562, section 5.7). Its ids
// ascend strictly: the 12 bits behind the milliseconds are a fraction of them
// (section 6.2, method 3), moved on by one when the clock did not move.
func newIDs(now func() time.Time) func() string {
	var mu sync.Mutex
	var last uint64
	return func() string {
		t := now()
		fraction := uint64(t.Nanosecond()) % 1e6 << 12 / 1e6
		tick := uint64(t.UnixMilli())<<12 | fraction
		mu.Lock()
		tick = max(tick, last+1)
		last = tick
		mu.Unlock()
		return formatID(tick)
	}
}

// formatID writes 60 bits of time and 62 random bits as a UUID.
func formatID(tick uint64) string {
	var id UUID
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	binary.BigEndian.PutUint64(id[:8], tick>>12<<16|0x7000|tick&0xfff)
	id[8] = id[8]&0x3f | 0x80
	return id.String()
}
