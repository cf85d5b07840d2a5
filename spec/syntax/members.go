package syntax

// indexFrom is the number of members from which a map finds a key faster than
// looking at each of them.
const indexFrom = 16

// members collects an object's members and sees to it that each key is there
// but once.
type members struct {
	found *findings
	list  []Member
	lost  []Key            // keys whose value could not be used
	index map[string]int32 // when they are many: number in list, or in lost as -1, -2, …
}

func newMembers(size int, found *findings) *members {
	m := &members{found: found}
	if size > 0 {
		m.list = make([]Member, 0, size)
	}
	return m
}

// add adds a member, whose value is nil when it cannot be used. A key that is
// taken is a finding, and what was there first stays.
func (m *members) add(k Key, value *Node) {
	if first, taken := m.lookup(k.Text); taken {
		m.found.errorf(k, "duplicate-key", "key %q appears twice in this object", k.Text).
			Note(first, "first defined here").
			WithHelp("remove one of them; the first is used")
		return
	}
	if value == nil {
		m.lost = append(m.lost, k)
	} else {
		m.list = append(m.list, Member{Key: k, Value: value})
	}
	switch {
	case m.index != nil && value == nil:
		m.index[k.Text] = int32(-len(m.lost))
	case m.index != nil:
		m.index[k.Text] = int32(len(m.list) - 1)
	case len(m.list)+len(m.lost) > indexFrom:
		m.makeIndex()
	}
}

func (m *members) makeIndex() {
	m.index = make(map[string]int32, max(cap(m.list), 2*indexFrom))
	for i := range m.list {
		m.index[m.list[i].Key.Text] = int32(i)
	}
	for i := range m.lost {
		m.index[m.lost[i].Text] = int32(-i - 1)
	}
}

func (m *members) lookup(text string) (Key, bool) {
	if m.index != nil {
		i, ok := m.index[text]
		switch {
		case !ok:
			return Key{}, false
		case i < 0:
			return m.lost[-i-1], true
		}
		return m.list[i].Key, true
	}
	for i := range m.list {
		if m.list[i].Key.Text == text {
			return m.list[i].Key, true
		}
	}
	for _, k := range m.lost {
		if k.Text == text {
			return k, true
		}
	}
	return Key{}, false
}

// finish hands the members over to their object.
func (m *members) finish(n *Node) {
	n.Members = m.list
	if m.index != nil && len(m.lost) == 0 {
		n.index = m.index
		return
	}
	n.reindex()
}
