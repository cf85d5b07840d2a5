package edit

import (
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Get returns the value at a JSON Pointer as it is to be, or an error that
// matches ErrNotFound.
func (d *Document) Get(pointer string) (*syntax.Node, error) {
	w, err := d.existing(pointer)
	if err != nil {
		return nil, err
	}
	return w.child.value.value(), nil
}

// existing is find for what must be there.
func (d *Document) existing(pointer string) (way, error) {
	w, err := d.find(pointer)
	if err == nil && w.child == nil {
		err = missing(w, pointer)
	}
	return w, err
}

// Set makes the value at a JSON Pointer v. A member that is missing is added
// behind the others, an item likewise when the pointer names the one behind the
// last, by its number or "-". Of an object or array that is there already, only
// what differs is changed. v must not be changed afterwards.
func (d *Document) Set(pointer string, v *syntax.Node) error {
	w, err := d.find(pointer)
	if err != nil {
		return err
	}
	if w.child == nil {
		return d.insert(w, pointer, &child{name: w.token, value: &node{fresh: v}}, -1)
	}
	return d.assign(w.child.value, v, pointer)
}

// Insert adds a member or item. The last token of the pointer is the new key,
// or the number that the item will have, "-" being the last. Members go before
// the member with the number at; -1 is behind the last.
func (d *Document) Insert(pointer string, v *syntax.Node, at int) error {
	w, err := d.find(pointer)
	if err != nil {
		return err
	}
	return d.insert(w, pointer, &child{name: w.token, value: &node{fresh: v}}, at)
}

// insert puts a child where a pointer has led.
func (d *Document) insert(w way, pointer string, c *child, at int) error {
	switch {
	case w.in == nil:
		return fmt.Errorf("the document itself: %w", ErrWrongUse)
	case w.in.kind() == syntax.Sequence && w.at < 0:
		return missing(w, pointer)
	case w.in.kind() == syntax.Sequence:
		at = w.at
	case w.child != nil:
		return fmt.Errorf("%s: %w", pointer, ErrExists)
	case w.in.merges():
		return mergeKey(pointer)
	case at < 0 || at > len(w.in.kids):
		at = len(w.in.kids)
	}
	w.in.add(c, at)
	return nil
}

func mergeKey(pointer string) error {
	return fmt.Errorf("%s: the object has a merge key: %w", pointer, ErrShared)
}

// Remove removes a member or item, with the comments that belong to it: those
// behind it, and those directly above it.
func (d *Document) Remove(pointer string) error {
	w, err := d.existing(pointer)
	if err != nil {
		return err
	}
	if err := d.removable(w, pointer); err != nil {
		return err
	}
	w.in.drop(w.at)
	return nil
}

// removable tells whether a child may leave its place.
func (d *Document) removable(w way, pointer string) error {
	switch {
	case w.in == nil:
		return fmt.Errorf("the document itself: %w", ErrWrongUse)
	case w.in.merges():
		return mergeKey(pointer)
	case w.child.old == nil:
		return nil
	}
	name := d.anchorWithin(w.child.old.Value)
	if k := w.child.old.Key; name == "" && k != nil {
		name = d.anchor(k)
	}
	if name != "" {
		return fmt.Errorf("%s holds what is marked as &%s, which aliases refer to: %w", pointer, name, ErrShared)
	}
	return nil
}

// Rename gives a member another key.
func (d *Document) Rename(pointer, key string) error {
	w, err := d.existing(pointer)
	switch {
	case err != nil:
		return err
	case w.in == nil || w.in.kind() != syntax.Mapping:
		return fmt.Errorf("%s has no key: %w", title(pointer), ErrWrongUse)
	case key == w.child.name:
		return nil
	case w.in.merges():
		return mergeKey(pointer)
	}
	if other, _ := w.in.step(key); other != nil {
		return fmt.Errorf("%s cannot be renamed to %q: %w", pointer, key, ErrExists)
	}
	if e := w.child.old; e != nil && (e.Key.Style == layout.Alias || d.anchor(e.Key) != "") {
		return fmt.Errorf("the key of %s is an alias or has one: %w", pointer, ErrShared)
	}
	delete(w.in.names, w.child.name)
	w.child.name = key
	if w.in.names != nil {
		w.in.names[key] = w.child
	}
	return nil
}

// Move takes a member or item from one place to another, which must not be
// taken, with its comments where both are in block style.
func (d *Document) Move(from, to string) error {
	w, err := d.existing(from)
	if err != nil {
		return err
	}
	if err := d.removable(w, from); err != nil {
		return err
	}
	if to == from {
		return nil
	}
	if strings.HasPrefix(to, from+"/") {
		return fmt.Errorf("%s cannot be moved into itself: %w", from, ErrWrongUse)
	}
	w.in.drop(w.at)
	target, err := d.find(to)
	if err == nil {
		moved := *w.child
		moved.name = target.token
		err = d.insert(target, to, &moved, -1)
	}
	if err != nil {
		w.in.add(w.child, w.at)
	}
	return err
}

// Sort brings the members of an object into another order, in which those that
// compare takes for equal stay as they are to each other. Their comments move
// with them. An object in which something is marked that aliases refer to is
// left as it is, and the error matches ErrShared.
func (d *Document) Sort(pointer string, compare func(a, b string) int) error {
	w, err := d.existing(pointer)
	if err != nil {
		return err
	}
	n := w.child.value
	if err := d.enter(n, pointer); err != nil {
		return err
	}
	if n.kind() != syntax.Mapping {
		return fmt.Errorf("%s is no object: %w", title(pointer), ErrWrongUse)
	}
	byName := func(a, b *child) int { return compare(a.name, b.name) }
	if slices.IsSortedFunc(n.children(), byName) {
		return nil
	}
	if n.merges() {
		return mergeKey(title(pointer))
	}
	if name := d.anchorWithin(n.old); name != "" && n.fresh == nil {
		return fmt.Errorf("%s holds what is marked as &%s: %w", title(pointer), name, ErrShared)
	}
	slices.SortStableFunc(n.kids, byName)
	return nil
}

// assign makes a value v, changing only what differs.
func (d *Document) assign(n *node, v *syntax.Node, path string) error {
	if syntax.Equal(n.value(), v) {
		return nil
	}
	if n.fresh == nil && n.old.Style != layout.Alias && d.anchorWithin(n.old) != "" {
		return fmt.Errorf("%s holds what is marked as &%s, which aliases refer to: %w", title(path), d.anchorWithin(n.old), ErrShared)
	}
	aliased := n.fresh == nil && n.old.Style == layout.Alias
	if !aliased && n.kind() == v.Kind && !(n.fresh == nil && n.merges()) {
		switch v.Kind {
		case syntax.Mapping:
			if done, err := d.assignMembers(n, v, path); done {
				return err
			}
		case syntax.Sequence:
			return d.assignItems(n, v, path)
		}
	}
	n.fresh, n.open, n.kids, n.names = v, false, nil, nil
	return nil
}

// assignMembers makes an object v member by member. It reports false when the
// members that stay are in another order.
func (d *Document) assignMembers(n *node, v *syntax.Node, path string) (bool, error) {
	known := map[string]*child{}
	order := map[string]int{}
	for i, c := range n.children() {
		known[c.name], order[c.name] = c, i
	}
	kids, last, stay := make([]*child, 0, len(v.Members)), -1, 0
	for _, m := range v.Members {
		c, ok := known[m.Key.Text]
		if !ok {
			kids = append(kids, &child{name: m.Key.Text, value: &node{fresh: m.Value}})
			continue
		}
		if order[m.Key.Text] < last {
			return false, nil
		}
		last = order[m.Key.Text]
		stay++
		kids = append(kids, c)
	}
	if stay == 0 {
		return false, nil
	}
	n.kids, n.names = kids, nil
	for i, m := range v.Members {
		if known[m.Key.Text] == nil {
			continue
		}
		if err := d.assign(kids[i].value, m.Value, path+"/"+m.Key.Text); err != nil {
			return true, err
		}
	}
	return true, nil
}

// assignItems makes an array v. What is equal at its beginning and end stays.
func (d *Document) assignItems(n *node, v *syntax.Node, path string) error {
	kids := n.children()
	front, back := 0, 0
	for front < len(kids) && front < len(v.Items) && syntax.Equal(kids[front].value.value(), v.Items[front]) {
		front++
	}
	for back < len(kids)-front && back < len(v.Items)-front &&
		syntax.Equal(kids[len(kids)-1-back].value.value(), v.Items[len(v.Items)-1-back]) {
		back++
	}
	was, is := kids[front:len(kids)-back], v.Items[front:len(v.Items)-back]
	middle := make([]*child, 0, len(is))
	for i, item := range is {
		if i >= len(was) {
			middle = append(middle, &child{value: &node{fresh: item}})
			continue
		}
		middle = append(middle, was[i])
		if err := d.assign(was[i].value, item, fmt.Sprintf("%s/%d", path, front+i)); err != nil {
			return err
		}
	}
	n.kids = slices.Concat(kids[:front], middle, kids[len(kids)-back:])
	return nil
}
