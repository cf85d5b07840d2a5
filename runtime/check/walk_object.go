package check

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// seenKey is a key that the schema does not know, to find the same key again.
type seenKey struct {
	start, end int // the raw text without quotes
	escaped    bool
	hash       uint64 // where there are many keys
}

// members is what is known of the object being walked.
type members struct {
	count int
	next  int    // the known property expected next
	seen  uint64 // which of the first 64 known properties are present
	words int    // where this object's part of walker.words begins, for the others
	keys  int    // where this object's part of walker.keys begins
}

// manyKeys is how many unknown keys are compared one by one; more are sorted
// when the object ends.
const manyKeys = 16

// object judges the object at start.
func (w *walker) object(n *node, o *objectRules, start int) int {
	if !w.enter(start) {
		return stop
	}
	if o.lean && w.report == nil {
		return w.leanObject(n, o, start)
	}
	m := members{words: len(w.words), keys: len(w.keys)}
	for i := 64; i < len(o.known); i += 64 {
		w.words = append(w.words, 0)
	}
	pos := w.space(start + 1)
	if pos < len(w.data) && w.data[pos] == '}' {
		pos++
	} else {
		if w.report == nil && len(o.quick) > 0 {
			pos = w.quickMembers(n, o, &m, pos)
		} else {
			pos = w.members(n, o, &m, pos)
		}
		if pos < 0 {
			return stop
		}
	}
	w.depth--
	ok := w.objectRules(n, o, &m, start, pos)
	w.words, w.keys = w.words[:m.words], w.keys[:m.keys]
	if !ok {
		return stop
	}
	return pos
}

// leanObject is object for a verdict by rules that ask for no more than properties.
func (w *walker) leanObject(n *node, o *objectRules, start int) int {
	m := members{keys: len(w.keys)}
	pos := start + 1
	if pos < len(w.data) && w.data[pos] <= ' ' {
		pos = w.blank(pos)
	}
	if pos < len(w.data) && w.data[pos] == '}' {
		pos++
	} else if pos = w.quickMembers(n, o, &m, pos); pos < 0 {
		return stop
	}
	w.depth--
	if o.wanted&^m.seen != 0 {
		return stop
	}
	if len(w.keys) > m.keys {
		if !w.trusted && len(w.keys)-m.keys > manyKeys && !w.sortedOnce(&m) {
			return stop
		}
		w.keys = w.keys[:m.keys]
	}
	return pos
}

// members judges the members of an object, the first of which is at pos, and
// returns where the object ends.
func (w *walker) members(n *node, o *objectRules, m *members, pos int) int {
	data := w.data
	for {
		if pos = w.anyMember(n, o, m, pos); pos < 0 {
			return stop
		}
		if pos+1 < len(data) && data[pos] == ',' && data[pos+1] > ' ' {
			pos++
			continue
		}
		var more bool
		if pos, more = w.next(pos, '}', "a comma or a closing brace should follow a member"); !more {
			return pos
		}
	}
}

// quickMembers is members for a verdict. The properties are expected in the order
// of the last object, at first in that of the document, so that most keys cost one
// comparison and are never scanned.
func (w *walker) quickMembers(n *node, o *objectRules, m *members, pos int) int {
	data, quick, next := w.data, o.quick, 0
	for {
		i := next
		if guess := w.order[uint(o.base+next)%orderPlaces]; guess != 0 {
			i = int(guess) - 1
		}
		if i >= len(quick) || !quick[i].at(data, pos) {
			i = w.otherwise(o, next, pos)
		}
		if i >= 0 && m.seen>>(i&63)&1 == 0 {
			p := &quick[i]
			if w.cover != nil {
				w.touch(w.cover.nodes[n.id].fields + int32(i))
			}
			m.seen |= 1 << (i & 63)
			m.count++
			next = i + 1
			pos += int(p.size)
			c := byteAt(data, pos)
			if c <= ' ' {
				pos = w.space(pos)
				c = byteAt(data, pos)
			}
			switch {
			case c == '"' && p.most == String:
				w.fuel--
				pos = w.str(p.to, pos)
			case c-'0' <= 9 && p.most == Number:
				w.fuel--
				pos, _, _ = w.num(p.to, pos)
			default:
				pos = w.judge(p.to, pos)
			}
		} else {
			m.next = next
			pos = w.anyMember(n, o, m, pos)
			if m.next != next {
				w.expect(o, next, m.next-1)
				next = m.next
			}
		}
		if uint(pos) < uint(len(data)-1) && data[pos] == ',' && data[pos+1] > ' ' {
			pos++
			continue
		}
		if pos < 0 {
			return stop
		}
		if pos < len(data) && data[pos] == '}' {
			return pos + 1
		}
		var more bool
		if pos, more = w.next(pos, '}', "a comma or a closing brace should follow a member"); !more {
			return pos
		}
	}
}

// byteAt returns the byte at pos, 0 at the end.
func byteAt(data []byte, pos int) byte {
	if uint(pos) < uint(len(data)) {
		return data[pos]
	}
	return 0
}

// ahead is how many known properties may be missing in a row before a key is
// looked up.
const ahead = 4

// otherwise returns the property whose key stands at pos where it is not the one
// that was expected behind another, or -1 where it is not one of those that follow.
func (w *walker) otherwise(o *objectRules, next, pos int) int {
	for i := next; i < min(next+ahead, len(o.quick)); i++ {
		if o.quick[i].at(w.data, pos) {
			w.expect(o, next, i)
			return i
		}
	}
	return -1
}

// expect notes that property i stands behind another.
func (w *walker) expect(o *objectRules, next, i int) {
	if i < len(o.quick) {
		w.order[uint(o.base+next)%orderPlaces] = uint8(i + 1)
	}
}

// anyMember is member for any key in any place.
func (w *walker) anyMember(n *node, o *objectRules, m *members, pos int) int {
	if pos >= len(w.data) || w.data[pos] != '"' {
		return w.broken(pos, "a key in quotes should stand here")
	}
	m.count++
	i, end, kind := w.known(o, m, pos)
	if end < 0 {
		return stop
	}
	at := w.space(end)
	if at >= len(w.data) || w.data[at] != ':' {
		return w.broken(at, "a colon should follow the key")
	}
	at = w.space(at + 1)
	if w.report == nil {
		return w.keyed(n, o, m, i, pos, end, at, kind)
	}
	w.report.path = append(w.report.path, step{key: w.data[pos+1 : end-1], named: true})
	at = w.keyed(n, o, m, i, pos, end, at, kind)
	w.report.path = w.report.path[:len(w.report.path)-1]
	return at
}

// keyed judges known property i, or an unknown one, whose key stands from pos
// to end and whose value begins at at.
func (w *walker) keyed(n *node, o *objectRules, m *members, i, pos, end, at int, kind textKind) int {
	if !w.once(m, i, pos, end, kind) {
		return stop
	}
	if i >= 0 && w.cover != nil {
		w.touch(w.cover.nodes[n.id].fields + int32(i))
	}
	if o.names != none && !w.holds(o.names, pos) && !w.badName(n, o, pos, end) {
		return stop
	}
	return w.memberValue(n, o, i, pos, end, at, kind)
}

// known finds the key at pos among the known properties, and where it ends.
func (w *walker) known(o *objectRules, m *members, pos int) (i, end int, kind textKind) {
	if m.next < len(o.known) {
		raw := o.known[m.next].raw
		if end = pos + len(raw); raw != "" && end <= len(w.data) && string(w.data[pos:end]) == raw {
			i = m.next
			m.next++
			return i, end - 1, 0
		}
	}
	if end, kind = w.scanString(pos); end < 0 {
		return -1, stop, kind
	}
	w.fuel -= (end - pos) >> 6
	if len(o.known) == 0 {
		return -1, end, kind
	}
	i = o.index.find(o.known, w.text(pos, end, kind))
	if i >= 0 {
		m.next = i + 1
	}
	return i, end, kind
}

// once records the key and reports it when the object has it already.
func (w *walker) once(m *members, i, pos, end int, kind textKind) bool {
	if i >= 0 {
		word := &m.seen
		if i >= 64 {
			word = &w.words[m.words+i>>6-1]
		}
		bit := uint64(1) << (i & 63)
		again := *word&bit != 0
		*word |= bit
		return !again || w.allows(AllowDuplicateKeys) || w.fail(nil, ruleDuplicate, pos, end)
	}
	if w.trusted || w.allows(AllowDuplicateKeys) {
		return true
	}
	key := seenKey{start: pos + 1, end: end - 1, escaped: kind&hasEscape != 0}
	if len(w.keys)-m.keys < manyKeys {
		for k := range w.keys[m.keys:] {
			if w.sameKey(&w.keys[m.keys+k], &key) && !w.fail(nil, ruleDuplicate, pos, end) {
				return false
			}
		}
	}
	w.keys = append(w.keys, key)
	return true
}

// hashSeed keeps messages from being made for collisions.
var hashSeed = maphash.MakeSeed()

func (w *walker) sameKey(a, b *seenKey) bool {
	if !a.escaped && !b.escaped {
		return bytes.Equal(w.data[a.start:a.end], w.data[b.start:b.end])
	}
	return bytes.Equal(w.keyText(a), w.keyText(b))
}

func (w *walker) keyText(key *seenKey) []byte {
	raw := w.data[key.start:key.end]
	if key.escaped {
		return unescape(nil, raw)
	}
	return raw
}

// sortedOnce finds what once left out: repeats among many unknown keys.
func (w *walker) sortedOnce(m *members) bool {
	keys := w.keys[m.keys:]
	for i := range keys {
		keys[i].hash = maphash.Bytes(hashSeed, w.keyText(&keys[i]))
	}
	slices.SortFunc(keys, func(a, b seenKey) int {
		switch {
		case a.hash < b.hash:
			return -1
		case a.hash > b.hash:
			return 1
		}
		return a.start - b.start
	})
	for i := 1; i < len(keys); i++ {
		if keys[i-1].hash == keys[i].hash && w.sameKey(&keys[i-1], &keys[i]) && !w.fail(nil, ruleDuplicate, keys[i].start-1, keys[i].end+1) {
			return false
		}
	}
	return true
}

// memberValue judges the value at pos of a property that is not simply a known
// one: by every schema whose pattern matches, or by additionalProperties.
func (w *walker) memberValue(n *node, o *objectRules, i, key, keyEnd, at int, kind textKind) int {
	end, matched := stop, false
	if i >= 0 && o.known[i].node != none {
		if end = w.value(o.known[i].node, at); end < 0 {
			return stop
		}
		matched = true
	}
	for p := range o.patterns {
		if !w.matches(o.patterns[p].pattern, w.text(key, keyEnd, kind), key) {
			continue
		}
		if next := w.also(o.patterns[p].node, at, matched); next < 0 {
			return stop
		} else if !matched {
			end, matched = next, true
		}
	}
	switch {
	case matched:
		return end
	case o.closed && w.report == nil:
		return stop
	}
	if end = w.value(o.additional, at); end >= 0 && o.closed {
		w.fail(n, ruleAdditionalProperties, at, end)
	}
	return end
}

// also judges a value by one more node; again tells that its bytes have been
// scanned by another.
func (w *walker) also(id nodeID, pos int, again bool) int {
	if !again {
		return w.value(id, pos)
	}
	before := w.trusted
	w.trusted = true
	w.laborious()
	end := stop
	if n := &w.prog[id]; w.repeats() {
		end = w.again(n, pos)
	} else {
		end = w.judge(n, pos)
	}
	w.trusted = before
	return end
}

func (w *walker) objectRules(n *node, o *objectRules, m *members, start, end int) bool {
	if !w.trusted && len(w.keys)-m.keys > manyKeys && !w.sortedOnce(m) {
		return false
	}
	if !w.complete(n, o, m, start, end) {
		return false
	}
	if m.count < o.min && !w.fail(n, ruleMinProperties, start, end) {
		return false
	}
	if m.count > o.max && !w.fail(n, ruleMaxProperties, start, end) {
		return false
	}
	for d := range o.depends {
		if w.present(m, o.depends[d].trigger) && !w.dependency(n, o, m, &o.depends[d], start, end) {
			return false
		}
	}
	return true
}

// complete tells whether all required properties are present.
func (w *walker) complete(n *node, o *objectRules, m *members, start, end int) bool {
	for k, want := range o.required {
		have := m.seen
		if k > 0 {
			have = w.words[m.words+k-1]
		}
		if want&^have == 0 {
			continue
		}
		if w.report == nil {
			return false
		}
		w.missing(n, o, m, start, end)
		return true
	}
	return true
}

func (w *walker) present(m *members, i int) bool {
	word := m.seen
	if i >= 64 {
		word = w.words[m.words+i>>6-1]
	}
	return word&(1<<(i&63)) != 0
}

func (w *walker) dependency(n *node, o *objectRules, m *members, d *dependency, start, end int) bool {
	for _, i := range d.names {
		if w.present(m, i) {
			continue
		}
		if !w.failWith(n, d.rule, start, end, func() string { return dependencyWords(o, d, i) }) {
			return false
		}
	}
	return d.node == none || w.also(d.node, start, true) >= 0
}
