package syntax

// slabs hands out nodes, members and items from pieces that are allocated many
// at a time: few at first, as most texts are small.
type slabs struct {
	nodes      []Node
	memberSlab []Member
	itemSlab   []*Node

	nodeCount, memberCount, itemCount int // of the piece allocated last
}

// The sizes of the first piece and of the largest.
const (
	smallSlab = 16
	largeSlab = 256
)

// grown is the size of the piece behind one of that size.
func grown(size *int) int {
	*size = min(max(2**size, smallSlab), largeSlab)
	return *size
}

func (s *slabs) node() *Node {
	if len(s.nodes) == 0 {
		s.nodes = make([]Node, grown(&s.nodeCount))
	}
	n := &s.nodes[0]
	s.nodes = s.nodes[1:]
	return n
}

// members returns a copy of a list.
func (s *slabs) members(list []Member) []Member { return cut(&s.memberSlab, &s.memberCount, list) }

// items returns a copy of a list.
func (s *slabs) items(list []*Node) []*Node { return cut(&s.itemSlab, &s.itemCount, list) }

// cut returns a copy of a list that is cut from a slab, unless it is long: then
// it is a piece of its own.
func cut[T any](slab *[]T, size *int, list []T) []T {
	n := len(list)
	switch {
	case n == 0:
		return nil
	case n > smallSlab:
		return append(make([]T, 0, n), list...)
	case n > len(*slab):
		*slab = make([]T, grown(size))
	}
	out := (*slab)[:n:n]
	*slab = (*slab)[n:]
	copy(out, list)
	return out
}
