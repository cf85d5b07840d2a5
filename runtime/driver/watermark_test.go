package driver_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

func ExampleWatermark() {
	w := driver.NewWatermark(5)
	for offset := range int64(3) {
		w.Deliver(5 + offset)
	}
	fmt.Println(w.Done(7), w.Next(), w.Open())
	fmt.Println(w.Done(5), w.Next(), w.Open())
	fmt.Println(w.Done(6), w.Next(), w.Open())
	// Output:
	// false 5 2
	// true 6 1
	// true 8 0
}

// model is a watermark that looks at every offset each time.
type model struct {
	delivered, done map[int64]bool
	start, end      int64
}

func (m *model) next() int64 {
	for o := m.start; o < m.end; o++ {
		if m.delivered[o] && !m.done[o] {
			return o
		}
	}
	return m.end
}

// TestWatermarkIsTheFirstGap plays random schedules against the model: holes,
// skips, acknowledgements in any order, twice, and of what never was.
func TestWatermarkIsTheFirstGap(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 1))
		start := r.Int64N(100)
		w := driver.NewWatermark(start)
		m := &model{delivered: map[int64]bool{}, done: map[int64]bool{}, start: start, end: start}
		var open []int64
		for step := range 400 {
			was := m.next()
			switch n := r.IntN(20); {
			case n < 9:
				offset := m.end
				if r.IntN(4) == 0 {
					offset += r.Int64N(5) - 1 // a hole, or one delivered before
				}
				w.Deliver(offset)
				if offset >= m.end {
					m.delivered[offset] = true
					m.end = offset + 1
					open = append(open, offset)
				}
			case n < 10:
				next := m.end + r.Int64N(6) - 2
				w.Skip(next)
				m.end = max(m.end, next)
			case n < 19 && len(open) > 0:
				i := r.IntN(min(len(open), 1+r.IntN(8)))
				offset := open[i]
				open = append(open[:i:i], open[i+1:]...)
				m.done[offset] = true
				if got, want := w.Done(offset), m.next() > was; got != want {
					t.Fatalf("seed %d, step %d: Done(%d) = %v, want %v", seed, step, offset, got, want)
				}
			default:
				offset := start + r.Int64N(m.end-start+3) - 1
				if m.delivered[offset] && !m.done[offset] {
					continue
				}
				if w.Done(offset) {
					t.Fatalf("seed %d, step %d: Done(%d) advanced, but it was done before or never delivered", seed, step, offset)
				}
			}
			if w.Next() != m.next() || w.Open() != len(open) {
				t.Fatalf("seed %d, step %d: Next is %d with %d open, want %d with %d", seed, step, w.Next(), w.Open(),
					m.next(), len(open))
			}
		}
	}
}

func BenchmarkWatermark(b *testing.B) {
	b.ReportAllocs()
	w := driver.NewWatermark(0)
	const window = 1000
	for o := range int64(window) {
		w.Deliver(o)
	}
	o := int64(0)
	for b.Loop() {
		w.Done(o ^ 1) // pairs come in the wrong order
		w.Deliver(o + window)
		o++
	}
}

// TestWatermarkBehindAGapIsSmall: one message that stays open costs no memory for
// those behind it.
func TestWatermarkBehindAGapIsSmall(t *testing.T) {
	w := driver.NewWatermark(0)
	w.Deliver(0)
	const many = 1 << 20
	next := int64(1)
	grown := testing.AllocsPerRun(1, func() {
		for range many {
			w.Deliver(next)
			w.Done(next)
			next++
		}
	})
	if grown > 16 || w.Next() != 0 || w.Open() != 1 {
		t.Errorf("%v allocations, Next is %d with %d open", grown, w.Next(), w.Open())
	}
	if !w.Done(0) || w.Next() != 2*many+1 {
		t.Errorf("Next is %d", w.Next())
	}
}
