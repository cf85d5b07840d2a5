package syntax

// Equal tells whether two values are the same: kinds, texts, and the order of
// keys and items. Places do not count, nor whether a value is shared.
func Equal(a, b *Node) bool {
	return equal(a, b, map[[2]*Node]bool{})
}

// equal remembers which objects and arrays were found equal: aliases make them
// come again and again.
func equal(a, b *Node, known map[[2]*Node]bool) bool {
	if a == b || a == nil || b == nil {
		return a == b
	}
	if a.Kind != b.Kind || a.Text != b.Text || len(a.Members) != len(b.Members) || len(a.Items) != len(b.Items) {
		return false
	}
	if a.Kind != Mapping && a.Kind != Sequence || known[[2]*Node{a, b}] {
		return true
	}
	for i := range a.Members {
		x, y := &a.Members[i], &b.Members[i]
		if x.Key.Text != y.Key.Text || !equal(x.Value, y.Value, known) {
			return false
		}
	}
	for i := range a.Items {
		if !equal(a.Items[i], b.Items[i], known) {
			return false
		}
	}
	known[[2]*Node{a, b}] = true
	return true
}
