package runtime

// fifo is a queue in a ring that grows and is reused.
type fifo[T any] struct {
	ring  []T // its length is a power of two
	head  int
	count int
}

func (q *fifo[T]) len() int { return q.count }

// at returns the i-th element.
func (q *fifo[T]) at(i int) *T { return &q.ring[(q.head+i)&(len(q.ring)-1)] }

func (q *fifo[T]) first() *T { return q.at(0) }
func (q *fifo[T]) last() *T  { return q.at(q.count - 1) }

func (q *fifo[T]) push(v T) {
	if q.count == len(q.ring) {
		q.grow()
	}
	q.count++
	*q.last() = v
}

// grow doubles the ring.
func (q *fifo[T]) grow() {
	ring := make([]T, max(4, 2*len(q.ring)))
	n := copy(ring, q.ring[q.head:])
	copy(ring[n:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}

// pop takes the first element, if there is one.
func (q *fifo[T]) pop() (v T, ok bool) {
	if q.count == 0 {
		return v, false
	}
	var zero T
	v, *q.first() = *q.first(), zero
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.count--
	return v, true
}

// popLast drops the last element.
func (q *fifo[T]) popLast() {
	var zero T
	*q.last() = zero
	q.count--
}
