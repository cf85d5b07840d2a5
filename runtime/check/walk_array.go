package check

// enter counts a level of nesting.
func (w *walker) enter(pos int) bool {
	w.depth++
	return w.depth <= w.laws.maxDepth || w.tooDeep(pos)
}

// tooDeep reports that, if there is a report, and returns false.
//
//go:noinline // so that enter is
func (w *walker) tooDeep(pos int) bool {
	if w.report != nil {
		w.report.tooDeep(pos, w.laws.maxDepth)
	}
	return false
}

// list judges the array at start.
func (w *walker) list(n *node, a *arrayRules, start int) int {
	if !w.enter(start) {
		return stop
	}
	pos, count, matched := w.space(start+1), 0, 0
	if pos < len(w.data) && w.data[pos] == ']' {
		pos++
	} else {
		for {
			end := stop
			if a.each != nil && w.report == nil {
				end = w.judge(a.each, pos)
			} else {
				end = w.item(n, a, count, pos)
			}
			if end < 0 {
				return stop
			}
			if matched < a.wanted && w.holds(a.contains, pos) {
				matched++
			}
			count++
			if end+1 < len(w.data) && w.data[end] == ',' && w.data[end+1] > ' ' {
				pos = end + 1
				continue
			}
			var more bool
			if pos, more = w.next(end, ']', "a comma or a closing bracket should follow an item"); pos < 0 {
				return stop
			}
			if !more {
				break
			}
		}
	}
	w.depth--
	if !w.listRules(n, a, start, pos, count, matched) {
		return stop
	}
	return pos
}

// next passes over the comma behind a member or an item, or over the closing
// bracket, after which there is no more.
func (w *walker) next(pos int, closing byte, otherwise string) (after int, more bool) {
	if pos < len(w.data) && w.data[pos] <= ' ' {
		pos = w.space(pos)
	}
	if pos >= len(w.data) {
		return w.broken(pos, "the text ends within an array or object"), false
	}
	switch w.data[pos] {
	case ',':
		if pos++; pos < len(w.data) && w.data[pos] <= ' ' {
			pos = w.space(pos)
		}
		return pos, true
	case closing:
		return pos + 1, false
	}
	return w.broken(pos, otherwise), false
}

// item judges item i, at pos.
func (w *walker) item(n *node, a *arrayRules, i, pos int) int {
	id := a.rest
	if i < len(a.tuple) {
		id = a.tuple[i]
	} else if a.closed && w.report == nil {
		return stop
	}
	if w.report == nil {
		return w.value(id, pos)
	}
	w.report.path = append(w.report.path, step{index: i})
	end := w.value(id, pos)
	if end >= 0 && a.closed && i >= len(a.tuple) {
		w.fail(n, a.restRule, pos, end)
	}
	w.report.path = w.report.path[:len(w.report.path)-1]
	return end
}

func (w *walker) listRules(n *node, a *arrayRules, start, end, count, matched int) bool {
	if count < a.min && !w.fail(n, ruleMinItems, start, end) {
		return false
	}
	if count > a.max && !w.fail(n, ruleMaxItems, start, end) {
		return false
	}
	if matched < a.least && !w.fail(n, a.fewRule, start, end) {
		return false
	}
	if matched > a.most && !w.fail(n, ruleMaxContains, start, end) {
		return false
	}
	return !a.unique || count < 2 || w.unique(n, start, end)
}
