package check

// sameValue lists the nodes that judge the very value that n judges.
func (n *node) sameValue() []nodeID {
	var ids []nodeID
	if r := n.combine; r != nil {
		ids = append(append(append(append(ids, r.all...), r.any...), r.one...), r.fits...)
		ids = append(ids, r.not, r.cond, r.then, r.other, r.first)
	}
	if n.object != nil {
		for _, d := range n.object.depends {
			ids = append(ids, d.node)
		}
	}
	return ids
}

// findEndless reports schemas that lead back to themselves without going into
// the value: judging by them would never end.
func (c *compiler) findEndless() {
	const (
		unseen = iota
		open
		done
	)
	state := make([]uint8, len(c.nodes))
	type visit struct {
		id   nodeID
		next []nodeID
	}
	for root := range c.nodes {
		if state[root] != unseen {
			continue
		}
		state[root] = open
		stack := []visit{{nodeID(root), c.nodes[root].sameValue()}}
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.next) == 0 {
				state[top.id] = done
				stack = stack[:len(stack)-1]
				continue
			}
			id := top.next[0]
			top.next = top.next[1:]
			switch {
			case id == none:
			case state[id] == open:
				name := c.nodes[id].about.schema
				c.problem(Problem{Kind: Endless, Schema: name, Text: name})
			case state[id] == unseen:
				state[id] = open
				stack = append(stack, visit{id, c.nodes[id].sameValue()})
			}
		}
	}
}
