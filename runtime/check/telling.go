package check

import (
	"fmt"
	"slices"
	"strings"
)

// tellingWords say of an object that is of no alternative that a member which tells
// them apart has a value that none of them knows:
//
//	"kind" is "oval", known are "circle", "square"
//
// They are empty where it is not that. Broken is what each branch has against the
// object.
func (w *walker) tellingWords(branches []nodeID, broken [][]Violation, pos int) string {
	if w.data[pos] != '{' {
		return ""
	}
	pointer, objects := "", 0
	for i, of := range broken {
		if w.refusesKind(branches[i], Object, nil) {
			continue
		}
		if objects++; objects == 1 {
			pointer = constantMember(of)
		}
		if pointer == "" || !slices.ContainsFunc(of, func(v Violation) bool { return v.Pointer == pointer && isConstant(v) }) {
			return ""
		}
	}
	if objects < 2 {
		return ""
	}
	name := strings.ReplaceAll(strings.ReplaceAll(pointer[1:], "~1", "/"), "~0", "~")
	at := w.find(pos, name)
	known := w.knownTexts(branches, name)
	if at < 0 || len(known) == 0 {
		return ""
	}
	if len(known) > maxBranches {
		known = append(known[:maxBranches], "…")
	}
	return fmt.Sprintf("%q is %s, known are %s", name, excerpt(w.data[at:w.skip(at)]), strings.Join(known, ", "))
}

// refusesKind tells whether a node takes no value of a kind, by its types or by those of
// what it is made of. Known is what was found of nodes before; nil begins anew.
func (w *walker) refusesKind(id nodeID, kind Types, known map[nodeID]bool) bool {
	n := &w.prog[id]
	c := n.combine
	if n.types&kind == 0 || c == nil {
		return n.types&kind == 0
	}
	if known == nil {
		known = map[nodeID]bool{}
	}
	if refused, ok := known[id]; ok {
		return refused
	}
	refuses := func(id nodeID) bool { return w.refusesKind(id, kind, known) }
	every := func(list []nodeID) bool {
		return len(list) > 0 && !slices.ContainsFunc(list, func(id nodeID) bool { return !refuses(id) })
	}
	known[id] = c.first != none && refuses(c.first) || slices.ContainsFunc(c.all, refuses) || every(c.any) || every(c.one)
	return known[id]
}

func isConstant(v Violation) bool {
	return v.Keyword == ruleConst.String() || v.Keyword == ruleEnum.String()
}

// constantMember is the pointer to the first member that is none of its constants.
func constantMember(broken []Violation) string {
	for _, v := range broken {
		if isConstant(v) && strings.Count(v.Pointer, "/") == 1 {
			return v.Pointer
		}
	}
	return ""
}

// knownTexts are the constants that a member may be in some branches, each once.
func (w *walker) knownTexts(branches []nodeID, name string) []string {
	var out []string
	seen := map[nodeID]bool{}
	var from func(id nodeID)
	from = func(id nodeID) {
		if id == none || seen[id] {
			return
		}
		seen[id] = true
		n := &w.prog[id]
		if o := n.object; o != nil {
			if i := o.index.find(o.known, name); i >= 0 && o.known[i].node != none {
				for _, values := range w.prog[o.known[i].node].values {
					out = append(out, excerpts(values.texts)...)
				}
			}
		}
		if c := n.combine; c != nil {
			from(c.first)
			for _, part := range c.all {
				from(part)
			}
		}
	}
	for _, id := range branches {
		from(id)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
