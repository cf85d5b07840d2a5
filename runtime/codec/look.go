package codec

// Look tells the kind of a member of the next value without reading anything;
// None when there is no such member, or the value is no object.
func (r *Reader) Look(name string) Kind { return r.look(name).Peek() }

// LookString returns the text of a member of the next value without reading
// anything, and whether there is a member of that name that is a string. The
// text is a view that lasts until the next string is read.
func (r *Reader) LookString(name string) ([]byte, bool) {
	p := r.look(name)
	if p.Peek() != String {
		return nil, false
	}
	text := p.Text()
	r.scratch = p.scratch
	return text, p.err == nil
}

// look returns a Reader of its own at the value of a member, or at the end.
func (r *Reader) look(name string) *Reader {
	p := &Reader{data: r.data, pos: r.pos, scratch: r.scratch, open: -1}
	if p.Peek() == Object {
		for p.Object(); p.Member(); r.passOver(p) {
			if string(p.Key()) == name {
				return p
			}
		}
	}
	p.pos = len(p.data)
	return p
}

// large is how long an object or array is whose end is remembered.
const large = 4 << 10

// passOver has p, which looks ahead, pass over its next value. What is large holds
// others that will be looked into later, each of which holds the next: where they
// end is remembered, so that a text is not scanned anew at each level.
func (r *Reader) passOver(p *Reader) {
	p.next()
	start := p.pos
	if end, ok := r.ends[start]; ok {
		p.at, p.pos = start, end
		return
	}
	p.Skip()
	if p.pos-start >= large && kindOf(p.data[start]) != String {
		r.rememberEnds(start, p.pos)
	}
}

// rememberEnds notes where the large objects and arrays of a part of the text end.
func (r *Reader) rememberEnds(start, end int) {
	if r.ends == nil {
		r.ends = map[int]int{}
	}
	var open []int
	for pos := start; pos < end; pos++ {
		switch r.data[pos] {
		case '"':
			pos, _ = stringEnd(r.data, pos+1)
		case '{', '[':
			open = append(open, pos)
		case '}', ']':
			if last := len(open) - 1; last >= 0 {
				if pos-open[last] >= large {
					r.ends[open[last]] = pos + 1
				}
				open = open[:last]
			}
		}
	}
}
