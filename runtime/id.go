package runtime

import (
	"encoding/binary"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// ids makes version 7 UUIDs (RFC 9562, section 5.7). They ascend strictly: the 12
// bits behind the milliseconds are a fraction of them (section 6.2, method 3),
// moved on by one when the clock did not move. It may be used concurrently.
type ids struct{ last atomic.Uint64 }

// lengthOfID is how long the text of a UUID is.
const lengthOfID = 36

// append appends the id of something that happens now.
func (s *ids) append(dst []byte, now time.Time) []byte {
	fraction := uint64(now.Nanosecond()) % 1e6 << 12 / 1e6
	tick := uint64(now.UnixMilli())<<12 | fraction
	for {
		last := s.last.Load()
		tick = max(tick, last+1)
		if s.last.CompareAndSwap(last, tick) {
			return appendID(dst, tick)
		}
	}
}

// appendID appends 60 bits of time and 62 random bits as a UUID.
func appendID(dst []byte, tick uint64) []byte {
	var id UUID
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	binary.BigEndian.PutUint64(id[:8], tick>>12<<16|0x7000|tick&0xfff)
	id[8] = id[8]&0x3f | 0x80
	return id.append(dst)
}
