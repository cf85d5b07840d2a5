package driver_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

func ExampleProgress() {
	p := driver.Progress{End: 9, Open: []int64{4, 7}}
	fmt.Println(p.Next(), p.Done(5), p.Done(7), p.Done(9))
	fmt.Println(p.Advance(6), p.Advance(20), p.Cut(6))
	// Output:
	// 4 true false false
	// {9 [7]} {20 []} {6 [4]}
}

// offsets is a Progress as a set.
type offsets [64]bool

func drawProgress(r *rand.Rand) (driver.Progress, offsets) {
	p, is := driver.Progress{End: r.Int64N(40)}, offsets{}
	for o := range p.End {
		if is[o] = r.IntN(3) > 0; !is[o] {
			p.Open = append(p.Open, o)
		}
	}
	return p, is
}

func agree(t *testing.T, what string, p driver.Progress, is offsets) {
	t.Helper()
	next := int64(0)
	for is[next] {
		next++
	}
	if p.Next() != next {
		t.Errorf("%s: next is %d of %+v, want %d", what, p.Next(), p, next)
	}
	for o := range is {
		if p.Done(int64(o)) != is[o] {
			t.Fatalf("%s: %d is done: %v of %+v", what, o, p.Done(int64(o)), p)
		}
	}
}

// TestProgressIsASet compares random progress with a set of offsets.
func TestProgressIsASet(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 5))
		p, is := drawProgress(r)
		q, other := drawProgress(r)
		at := r.Int64N(45)
		agree(t, "drawn", p, is)
		union, advanced, cut := is, is, is
		for o := range is {
			union[o] = is[o] || other[o]
			advanced[o] = is[o] || int64(o) < at
			cut[o] = is[o] && int64(o) < at
		}
		agree(t, "union", p.Union(q), union)
		agree(t, "advanced", p.Advance(at), advanced)
		agree(t, "cut", p.Cut(at), cut)
		agree(t, "unchanged", p, is)
		if t.Failed() {
			t.Fatalf("seed %d: %+v, %+v, %d", seed, p, q, at)
		}
	}
}

// TestProgressOfAWatermark lets assignments end at random places: each is given
// what the one before has not done, and in the end all is done that was, and
// nothing else.
func TestProgressOfAWatermark(t *testing.T) {
	for seed := range uint64(2000) {
		r := rand.New(rand.NewPCG(seed, 6))
		var p driver.Progress
		var is offsets
		for range 5 {
			w := driver.NewWatermark(p.Next())
			for o := p.Next(); o < 50 && r.IntN(20) > 0; o++ {
				if p.Done(o) {
					continue
				}
				w.Skip(o)
				w.Deliver(o)
				if r.IntN(3) > 0 {
					w.Done(o)
					is[o] = true
				}
			}
			p = w.Progress(p)
			agree(t, fmt.Sprint("seed ", seed), p, is)
		}
	}
}
