package sample

import (
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// array makes an array: as many items as must be there and a few more.
func (m *maker) array(flat []*schema.Schema, depth int) (*syntax.Node, bool) {
	low, high, unique := arrayRules(flat)
	slots := contained(flat)
	low = max(low, min(uint64(len(slots)), high))
	if low > high || low > maxItems {
		return nil, false
	}
	n := low
	if !m.thrifty(depth) {
		n = min(high, low+m.rand.Uint64N(4))
		if m.full && n == 0 {
			n = min(high, 1)
		}
	}
	out, seen := arrayValue(), map[string]bool{}
	for i := range int(n) {
		all := itemSchemas(flat, i)
		if i < len(slots) {
			all = append(all, slots[i])
		}
		item, ok := m.item(all, depth, unique, seen)
		if !ok && uint64(i) < low {
			return nil, false
		}
		if !ok {
			break
		}
		out.Items = append(out.Items, item)
	}
	return out, true
}

// item makes an item that, where unique is asked, is not there yet.
func (m *maker) item(all []*schema.Schema, depth int, unique bool, seen map[string]bool) (*syntax.Node, bool) {
	for range localTries {
		v, ok := m.value(all, depth+1)
		if !ok {
			return nil, false
		}
		text := string(encode(v))
		if !unique || !seen[text] {
			seen[text] = true
			return v, true
		}
	}
	return nil, false
}

func arrayRules(flat []*schema.Schema) (low, high uint64, unique bool) {
	high = maxItems
	for _, s := range flat {
		if s.MinItems != nil {
			low = max(low, s.MinItems.N)
		}
		if s.MaxItems != nil {
			high = min(high, s.MaxItems.N)
		}
		unique = unique || s.UniqueItems
	}
	return low, high, unique
}

// contained are the schemas that some item must satisfy.
func contained(flat []*schema.Schema) []*schema.Schema {
	var out []*schema.Schema
	for _, s := range flat {
		out = append(out, present(s.Contains)...)
	}
	return out
}

// itemSchemas are those that hold for item i.
func itemSchemas(flat []*schema.Schema, i int) []*schema.Schema {
	var out []*schema.Schema
	for _, s := range flat {
		switch {
		case i < len(s.TupleItems):
			out = append(out, s.TupleItems[i])
		case s.TupleItems != nil:
			out = append(out, present(s.AdditionalItems)...)
		default:
			out = append(out, present(s.Items)...)
		}
	}
	return out
}
