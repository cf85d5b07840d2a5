package check

// large is how long, in bytes, an object or array is whose end is remembered.
const large = 4 << 10

// unruled judges an object or array that no rule of a node is about, and so is
// passed over. What schemas that judge the same value do not know, each of them
// passes over, at each level: in a text that is laborious it is remembered where
// large values end, or that they are broken, so that the text is passed over once
// and not once for each level. A report wants what is wrong with bytes that have
// not been scanned, each time.
func (w *walker) unruled(n *node, kind Types, pos int) int {
	if w.memo == nil || w.report != nil && !w.trusted {
		return w.passOver(n, kind, pos)
	}
	key := memoKey{anyNode, pos, w.trusted}
	if known, ok := w.memo[key]; ok && (known.end >= 0 || w.report == nil) {
		return known.end
	}
	end := w.passOver(n, kind, pos)
	if (end < 0 || end-pos >= large) && len(w.memo) < maxMemo && !w.costly {
		w.memo[key] = shown{end: end}
	}
	return end
}

func (w *walker) passOver(n *node, kind Types, pos int) int {
	if kind == Object {
		return w.object(n, noObject, pos)
	}
	return w.list(n, noArray, pos)
}

// skip returns where the value at pos ends, which has been scanned.
func (w *walker) skip(pos int) int {
	before := w.trusted
	w.trusted = true
	end, _ := w.try(anyNode, pos)
	w.trusted = before
	return end
}

// laborious tells whether outcomes are remembered by now.
func (w *walker) laborious() bool {
	if w.full-w.fuel < memoAfter {
		return false
	}
	if w.memo == nil {
		w.memo = map[memoKey]shown{}
	}
	return true
}
