package validate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// leaveOut takes the rule that a problem is with out of its schema, where the schemas
// then take more values and refuse no others: not where refusing has the schema. It
// tells whether it did.
func (n *normalizer) leaveOut(p check.Problem, refusing []bool) bool {
	i, err := strconv.Atoi(p.Schema)
	if err != nil || refusing[i] {
		return false
	}
	rest := slices.DeleteFunc(slices.Clone(n.filled[i]), func(r check.Rule) bool { return saysText(r, p.Keyword, p.Text) })
	if len(rest) == len(n.filled[i]) {
		return false
	}
	n.filled[i] = rest
	return true
}

// saysText tells whether a rule is a keyword with a text alone.
func saysText(r check.Rule, keyword, text string) bool {
	switch r := r.(type) {
	case check.Pattern:
		return keyword == "pattern" && string(r) == text
	case check.MultipleOf:
		return keyword == "multipleOf" && string(r) == text
	case check.Minimum:
		return keyword == "minimum" && string(r) == text
	case check.Maximum:
		return keyword == "maximum" && string(r) == text
	case check.ExclusiveMinimum:
		return keyword == "exclusiveMinimum" && string(r) == text
	case check.ExclusiveMaximum:
		return keyword == "exclusiveMaximum" && string(r) == text
	}
	return false
}

// refusing tells by number which schemas stand where a value that they take may be
// refused for it, by not, oneOf, if or contains, however far within.
func (n *normalizer) refusing() []bool {
	out := make([]bool, len(n.filled))
	var queue []int
	var in func(rules check.Schema, all bool)
	in = func(rules check.Schema, all bool) {
		for _, r := range rules {
			withChildren(r, func(path string, s check.Schema) check.Schema {
				refused := all || refusesTaken(path)
				if number, ok := numberOf(s); !ok {
					in(s, refused)
				} else if refused && !out[number] {
					out[number] = true
					queue = append(queue, number)
				}
				return s
			})
		}
	}
	for _, rules := range n.filled {
		in(rules, false)
	}
	for len(queue) > 0 {
		i := queue[0]
		queue = queue[1:]
		in(n.filled[i], true)
	}
	return out
}

// refusesTaken tells whether a value may be refused since the schema takes it that stands
// at a path within another.
func refusesTaken(path string) bool {
	keyword, _, _ := strings.Cut(path[1:], "/")
	return keyword == "not" || keyword == "oneOf" || keyword == "if" || keyword == "contains"
}
