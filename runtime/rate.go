package runtime

import (
	"math"
	"time"
)

// bucket is a token bucket: it fills with Rate.PerSecond and holds Rate.Burst
// tokens. It does no locking.
type bucket struct {
	every time.Duration // between two tokens
	depth time.Duration // how far it may be ahead: that of all tokens but one
	next  time.Time     // when the token after those taken would be there
}

// newBucket returns a full bucket, nil when there is no limit.
func newBucket(r Rate) *bucket {
	if r.PerSecond <= 0 {
		return nil
	}
	const longest = math.MaxInt64 / 4 // so that no sum of times overflows
	every := max(1, time.Duration(min(float64(time.Second)/r.PerSecond, longest)))
	depth := time.Duration(min(float64(every)*float64(r.burst()-1), longest))
	return &bucket{every: every, depth: depth, next: time.Now()}
}

// wait returns how long it takes until there is a token; not positive: there
// is one.
func (b *bucket) wait(now time.Time) time.Duration { return b.next.Sub(now) - b.depth }

// take takes a token that is there.
func (b *bucket) take(now time.Time) {
	if b.next.Before(now) {
		b.next = now
	}
	b.next = b.next.Add(b.every)
}

// putBack puts back a token that was taken for nothing.
func (b *bucket) putBack() { b.next = b.next.Add(-b.every) }
