package fifo_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/internal/fifo"
)

// all returns the elements of a queue.
func all(q *fifo.Queue[int]) []int {
	out := []int{}
	for i := range q.Len() {
		out = append(out, *q.At(i))
	}
	return out
}

// TestQueue compares histories with those of a slice.
func TestQueue(t *testing.T) {
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 5))
		var q fifo.Queue[int]
		want := []int{}
		for step := range 10_000 {
			switch n := r.IntN(22); {
			case n < 10-int(seed%3):
				q.Push(step)
				want = append(want, step)
			case n < 16:
				v, ok := q.Pop()
				if ok != (len(want) > 0) || ok && v != want[0] {
					t.Fatalf("step %d: popped %d, %v", step, v, ok)
				}
				want = want[min(1, len(want)):]
			case n < 18:
				q.Shrink(4 * r.IntN(10))
			case n < 19:
				most := r.IntN(len(want) + 1)
				q.Clear(most)
				want = want[most:]
			case len(want) > 0:
				q.PopLast()
				want = want[:len(want)-1]
			}
			if got := all(&q); !slices.Equal(got, want) {
				t.Fatalf("step %d: %v, want %v", step, got, want)
			}
			if len(want) > 0 && (*q.First() != want[0] || *q.Last() != want[len(want)-1]) {
				t.Fatalf("step %d: from %d to %d, want %v", step, *q.First(), *q.Last(), want)
			}
		}
	}
}

// TestClear: what was dropped is not kept in the ring.
func TestClear(t *testing.T) {
	var q fifo.Queue[int]
	for i := range 8 {
		q.Push(i + 1)
	}
	q.Clear(3)
	for i := range 3 {
		if v := *q.Extend(); v != 0 {
			t.Errorf("the %d. place holds %d", i, v)
		}
	}
}

// TestHeadStays: what Head returns has its elements while the queue grows, and
// loses its last ones.
func TestHeadStays(t *testing.T) {
	var q fifo.Queue[int]
	for i := range 5 {
		q.Push(i)
	}
	q.Pop()
	head := q.Head(3)
	for i := range 1000 {
		q.Push(i)
	}
	for q.Len() > 3 {
		q.PopLast()
	}
	if got := all(&head); !slices.Equal(got, []int{1, 2, 3}) {
		t.Errorf("the head is %v", got)
	}
	if few := q.Head(10); few.Len() != 3 {
		t.Errorf("%d of 3 elements", few.Len())
	}
}
