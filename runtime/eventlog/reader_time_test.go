package eventlog

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"testing"
)

// TestLookingForASegment holds lastFrom to what going through all segments finds, and to
// how many of them it may look at.
func TestLookingForASegment(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	steady := func(i int) int64 { return int64(i)*1000 + r.Int64N(300) }
	rates := map[string]func(i int) int64{
		"one rate":     steady,
		"ever faster":  func(i int) int64 { return int64(1e15 / float64(i+1) * -1) },
		"ever slower":  func(i int) int64 { return 1 << min(i, 62) },
		"a long pause": func(i int) int64 { return steady(i) + int64(i/37)<<50 },
		"one time":     func(int) int64 { return 7 },
		"one moment":   func(i int) int64 { return 1_800_000_000_000_000_000 + int64(i) },
	}
	for name, at := range rates {
		for _, n := range []int{0, 1, 2, 3, 16, 160, 10_000} {
			spans := make([]times, n)
			before := int64(math.MinInt64)
			for i := range spans {
				spans[i] = times{latest: at(i), earlier: before}
				if r.IntN(9) == 0 && i > 0 { // written with old times
					spans[i].latest = spans[i-1].latest - 10
				}
				before = spans[i].after()
			}
			looks, found := 0, 0
			for range 300 {
				t0 := int64(math.MinInt64)
				if n > 0 {
					t0 = spans[r.IntN(n)].latest + r.Int64N(3) - 1
				}
				want := -1
				for i, s := range spans {
					if s.earlier < t0 {
						want = i
					}
				}
				here := 0
				got := lastFrom(n, t0, func(i int) times { here++; return spans[i] })
				if got != want {
					t.Fatalf("%s, %d segments, %d: %d instead of %d", name, n, t0, got, want)
				}
				if most := 3*bits.Len(uint(n)) + 3; here > most {
					t.Errorf("%s: looked at %d of %d segments", name, here, n)
				}
				looks, found = looks+here, found+1
			}
			if mean := float64(looks) / float64(found); name == "one rate" && mean > 5 {
				t.Errorf("looked at %.1f of %d segments", mean, n)
			}
		}
	}
}

// TestLookingPastUnknownTimes sees that segments whose times nobody knows are not passed over.
func TestLookingPastUnknownTimes(t *testing.T) {
	spans := make([]times, 50)
	for i := range spans {
		spans[i] = times{int64(i), int64(i) - 1}
	}
	for unknown := range spans {
		saved := spans[unknown]
		spans[unknown] = times{anyTime, anyTime}
		for at := range int64(len(spans)) {
			if got := lastFrom(len(spans), at, func(i int) times { return spans[i] }); got > int(at) {
				t.Fatalf("without the times of %d, %d: %d", unknown, at, got)
			}
		}
		spans[unknown] = saved
	}
}
