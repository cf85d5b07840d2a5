package check

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// step is one token of the way from the root to the value at hand.
type step struct {
	key   []byte // raw, without quotes
	index int
	named bool
}

// report collects the violations of one text.
type report struct {
	path  []step
	found []Violation
	fatal *Violation      // the text is no JSON: nothing else counts
	inner int             // reports within reports, for branches
	told  map[memoKey]int // what faults have been found of already; see walker.again
	last  fault           // that was added
}

// fault is what a violation is made of.
type fault struct {
	node  *node
	rule  rule
	start int
	words string
}

// add appends a violation of the value from start to end. Without words the
// message is made from the rule.
func (r *report) add(w *walker, n *node, broken rule, start, end int, words string) {
	this := fault{n, broken, start, words}
	switch {
	case this == r.last:
		return // said already, by the same schema on another way
	case w.costly && broken != ruleCost:
		return // a walk cut short knows nothing more
	case len(r.found) >= MaxViolations && broken != ruleTrailing:
		return
	case len(r.found) >= MaxViolations: // what is wrong with the text as a whole is never left out
		r.found = r.found[:MaxViolations-1]
	}
	r.last = this
	v := Violation{Pointer: r.pointer(), Offset: start, Keyword: broken.String(), Message: words}
	if n != nil && n.about != nil {
		v.Schema = n.about.schema
	}
	if words == "" {
		v.Message = w.message(n, broken, start, end)
	}
	r.found = append(r.found, v)
}

// broken records that the bytes at pos are not JSON.
func (r *report) broken(pos int, why string) {
	if r.fatal == nil {
		r.fatal = &Violation{Pointer: r.pointer(), Offset: pos, Keyword: ruleJSON.String(), Message: why}
	}
}

// tooDeep records that the value at pos lies below the deepest level.
func (r *report) tooDeep(pos, limit int) {
	if r.fatal == nil {
		r.fatal = &Violation{
			Pointer: r.pointer(), Offset: pos, Keyword: ruleDepth.String(),
			Message: fmt.Sprintf("arrays and objects nest deeper than %d levels", limit),
		}
	}
}

// pointer is the JSON Pointer to the value at hand.
func (r *report) pointer() string {
	var b strings.Builder
	for _, s := range r.path {
		b.WriteByte('/')
		if s.named {
			b.WriteString(pointerToken(s.key))
		} else {
			b.WriteString(strconv.Itoa(s.index))
		}
	}
	return b.String()
}

func pointerToken(raw []byte) string {
	text := strings.ToValidUTF8(string(unescape(nil, raw)), "\uFFFD")
	return escapeToken(text)
}

// finish sorts the violations and drops repeats: what several schemas of an allOf
// say in the same words is one fault, in the first of them.
func (r *report) finish(w *walker) []Violation {
	if r.fatal != nil {
		return []Violation{*r.fatal}
	}
	if w.costly && r.inner == 0 && !slices.ContainsFunc(r.found, isCost) {
		r.path = nil
		r.add(w, nil, ruleCost, w.spentAt, w.spentAt, "") // it ran out within an explanation or a branch
	}
	slices.SortStableFunc(r.found, func(a, b Violation) int { return cmp.Compare(a.Offset, b.Offset) })
	seen := make(map[Violation]bool, len(r.found))
	return slices.DeleteFunc(r.found, func(v Violation) bool {
		v.Schema = ""
		again := seen[v]
		seen[v] = true
		return again
	})
}

func isCost(v Violation) bool { return v.Keyword == ruleCost.String() }

// missing reports each required property that the object lacks.
func (w *walker) missing(n *node, o *objectRules, m *members, start, end int) {
	for i := range o.known {
		if o.required.has(i) && !w.present(m, i) {
			w.report.add(w, n, ruleRequired, start, end, fmt.Sprintf("required property %q is missing", o.known[i].name))
		}
	}
}

func dependencyWords(o *objectRules, d *dependency, missing int) string {
	return fmt.Sprintf("property %q is missing, which %q asks for", o.known[missing].name, o.known[d.trigger].name)
}

// badName reports a key that propertyNames forbids.
func (w *walker) badName(n *node, o *objectRules, pos, end int) bool {
	return w.failWith(n, rulePropertyNames, pos, end, func() string {
		why := "is not allowed"
		if inner := w.explain(o.names, pos); len(inner) > 0 {
			why = inner[0].Message
		}
		return fmt.Sprintf("property name %s %s", excerpt(w.data[pos:end]), why)
	})
}

// maxInner bounds how deep explanations of branches nest.
const maxInner = 3

// explain lists what breaks a node's rules at pos, with pointers relative to
// the value there. It lists nothing when explanations nest too deep.
func (w *walker) explain(id nodeID, pos int) []Violation {
	outer := w.report
	if outer.inner >= maxInner {
		return nil
	}
	depth, keys, words, trusted := w.depth, len(w.keys), len(w.words), w.trusted
	inner := &report{inner: outer.inner + 1}
	w.report, w.trusted = inner, true
	w.trying++
	beyond := w.beyond
	w.value(id, pos)
	w.beyond = beyond
	w.trying--
	w.report, w.trusted = outer, trusted
	w.depth, w.keys, w.words = depth, w.keys[:keys], w.words[:words]
	return inner.finish(w)
}

// noBranch reports that no branch of an anyOf or oneOf holds, with the reason
// of the nearest one.
func (w *walker) noBranch(n *node, r rule, branches []nodeID, pos, end int) bool {
	return w.failWith(n, r, pos, end, func() string { return w.branchWords(branches, pos) })
}

func (w *walker) branchWords(branches []nodeID, pos int) string {
	head := fmt.Sprintf("matches none of the %d alternatives", len(branches))
	best, least, nearest := 0, 0, []Violation(nil)
	var all [][]Violation
	for i, id := range branches {
		if i >= maxBranches {
			break
		}
		broken := w.explain(id, pos)
		all = append(all, broken)
		if len(broken) == 0 {
			continue
		}
		far := distance(broken)
		if w.refusesKind(id, kinds[w.data[pos]], nil) {
			far = max(far, otherKind)
		}
		if nearest == nil || far < least {
			best, nearest, least = i, broken, far
		}
	}
	if nearest == nil {
		return head
	}
	if words := w.tellingWords(branches, all, pos); words != "" {
		return head + ": " + words
	}
	first := nearest[0]
	at := ""
	if first.Pointer != "" {
		at = " at " + first.Pointer
	}
	more := ""
	if len(nearest) > 1 {
		more = fmt.Sprintf(" (and %d more)", len(nearest)-1)
	}
	return fmt.Sprintf("%s; nearest is %s, but%s it %s%s", head, w.branchName(branches[best], best), at, itself(first), more)
}

// itself turns a message into what follows "it".
func itself(v Violation) string {
	switch v.Keyword {
	case "required":
		return "lacks the " + strings.TrimSuffix(v.Message, " is missing")
	case "additionalProperties", "dependencies", "dependentRequired", "uniqueItems", "propertyNames", "additionalItems", "items",
		"unevaluatedProperties", "unevaluatedItems", "contains", "maxContains":
		return "breaks " + strconv.Quote(v.Keyword) + ": " + v.Message
	}
	return v.Message
}

// maxBranches bounds the branches that are explained.
const maxBranches = 64

// otherKind is the distance to a branch that wants values of another kind.
const otherKind = 1000

// distance ranks the reasons against a branch: a wrong type, or a wrong
// constant near the root, says that another branch was meant.
func distance(broken []Violation) int {
	total := 0
	for _, v := range broken {
		cost := 1
		switch depth := strings.Count(v.Pointer, "/"); v.Keyword {
		case "type", "false":
			if depth == 0 {
				cost = otherKind
			}
		case "const", "enum":
			if depth <= 1 {
				cost = 100
			}
		}
		total += cost
	}
	return total
}

// branchName is the number of a branch, with the title of its schema.
func (w *walker) branchName(id nodeID, i int) string {
	number := "#" + strconv.Itoa(i+1)
	if a := w.prog[id].about; a != nil && a.title != "" {
		return fmt.Sprintf("%s %q", number, a.title)
	}
	return number
}

func severalWords(w *walker, branches []nodeID, i, j int) string {
	return fmt.Sprintf("must match exactly one of the %d alternatives, matches both %s and %s",
		len(branches), w.branchName(branches[i], i), w.branchName(branches[j], j))
}

// escapeToken writes a key as one token of a JSON Pointer (RFC 6901 §3).
func escapeToken(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}
