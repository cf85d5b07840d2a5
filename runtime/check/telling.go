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
	for _, of := range broken {
		if slices.ContainsFunc(of, isOtherKind) {
			continue // it is of no objects
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

// isOtherKind tells whether a branch wants no object.
func isOtherKind(v Violation) bool {
	return v.Pointer == "" && (v.Keyword == ruleType.String() || v.Keyword == ruleNever.String())
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
					out = append(out, values.shown...)
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
