// Package fifo is a queue in a ring that grows and is reused: no memory is taken
// for an element. It imports nothing.
//
//	var q fifo.Queue[int]
//	q.Push(1)
//	v, ok := q.Pop()
package fifo

// Queue is a queue; zero is an empty one. It does no locking. A copy shows the
// elements that there were when it was made, until they are dropped, also while
// others are appended to the original.
type Queue[T any] struct {
	ring  []T // its length is a power of two
	head  int
	count int
}

// Len returns how many elements there are.
func (q *Queue[T]) Len() int { return q.count }

// At returns the i-th element, which must be there.
func (q *Queue[T]) At(i int) *T { return &q.ring[(q.head+i)&(len(q.ring)-1)] }

// First returns the first element.
func (q *Queue[T]) First() *T { return q.At(0) }

// Last returns the last element.
func (q *Queue[T]) Last() *T { return q.At(q.count - 1) }

// Push appends an element.
func (q *Queue[T]) Push(v T) { *q.Extend() = v }

// Extend appends an element, which is to be set: it may hold what another did
// that was dropped.
func (q *Queue[T]) Extend() *T {
	if q.count == len(q.ring) {
		q.resize(max(4, 2*len(q.ring)))
	}
	q.count++
	return q.Last()
}

// resize moves the elements to a ring of that size.
func (q *Queue[T]) resize(size int) {
	ring := make([]T, size)
	if n := min(q.count, len(q.ring)-q.head); n > 0 {
		copy(ring, q.ring[q.head:q.head+n])
		copy(ring[n:], q.ring[:q.count-n])
	}
	q.ring, q.head = ring, 0
}

// Pop takes the first element, if there is one.
func (q *Queue[T]) Pop() (v T, ok bool) {
	if q.count == 0 {
		return v, false
	}
	var zero T
	v, *q.First() = *q.First(), zero
	q.Drop()
	return v, true
}

// Drop drops the first element, which is not cleared.
func (q *Queue[T]) Drop() {
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.count--
}

// Clear drops the first n elements, of which there must be as many, and clears them.
func (q *Queue[T]) Clear(n int) {
	for n > 0 {
		some := q.ring[q.head:min(q.head+n, len(q.ring))]
		clear(some)
		q.head = (q.head + len(some)) & (len(q.ring) - 1)
		q.count, n = q.count-len(some), n-len(some)
	}
}

// PopLast drops the last element.
func (q *Queue[T]) PopLast() {
	var zero T
	*q.Last() = zero
	q.count--
}

// Head returns the queue of the first n elements, of as many as there are.
func (q *Queue[T]) Head(n int) Queue[T] {
	head := *q
	head.count = min(n, q.count)
	return head
}

// Shrink frees memory when there is room for more than so many elements, of which
// less than an eighth is used.
func (q *Queue[T]) Shrink(room int) {
	switch {
	case len(q.ring) <= room || q.count >= len(q.ring)/8:
	case q.count == 0:
		*q = Queue[T]{}
	default:
		q.resize(len(q.ring) / 2)
	}
}
