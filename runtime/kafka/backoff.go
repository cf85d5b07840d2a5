package kafka

import (
	"math/rand/v2"
	"time"
)

// firstPause is the longest pause before the first further attempt.
const firstPause = 20 * time.Millisecond

// backoff returns how long to wait before attempt number attempt+1: between a
// half and all of firstPause doubled as often as there were attempts, no more
// than most. The random half keeps clients from coming back together.
func backoff(attempt int, most time.Duration) time.Duration {
	d := most
	if attempt < 16 {
		d = min(most, firstPause<<attempt)
	}
	return d/2 + rand.N(d/2+1)
}
