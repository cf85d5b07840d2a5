package check

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/check/nearest"
)

// maxExcerpt is how many bytes of an actual value a message shows.
const maxExcerpt = 60

// excerpt shows JSON text on one line, cut where it is long. Characters that do
// not print are replaced.
func excerpt(raw []byte) string {
	text := strings.ToValidUTF8(string(raw[:min(len(raw), maxExcerpt+utf8.UTFMax)]), "\uFFFD")
	if text != "" && (text[0] == '{' || text[0] == '[') {
		text = strings.Join(strings.Fields(text), " ")
	}
	text = printable(text)
	if len(text) <= maxExcerpt && len(raw) <= maxExcerpt {
		return text
	}
	cut := min(len(text), maxExcerpt-len("…"))
	return strings.ToValidUTF8(text[:cut], "") + "…"
}

// excerpts are those of some values.
func excerpts(texts []string) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = excerpt([]byte(text))
	}
	return out
}

// printable replaces what could confuse a terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return utf8.RuneError
	}, text)
}

// message tells what a rule expects and what is there.
func (w *walker) message(n *node, r rule, start, end int) string {
	actual := excerpt(w.data[start:end])
	switch r {
	case ruleMark:
		return "starts with a byte order mark, which JSON does not allow"
	case ruleTrailing:
		return "something stands behind the value"
	case ruleSize:
		return fmt.Sprintf("the text is larger than %d bytes", w.laws.maxSize)
	case ruleUTF8:
		return fmt.Sprintf("the byte 0x%02X is not valid UTF-8", w.data[start])
	case ruleSurrogate:
		return actual + " is half of a surrogate pair and stands alone"
	case ruleDuplicate:
		return "the key " + actual + " stands twice in the object"
	case ruleCost:
		if w.spent != nil {
			return "matching the pattern " + clip(w.spent.text) + " takes more steps than a text of this length may cause"
		}
		return "judging this value by the schema takes more work than is allowed"
	case ruleDigits:
		return "the number is too long to be judged exactly"
	case ruleNever:
		return "no value is allowed here"
	case ruleType:
		return w.typeWords(n, start)
	case ruleEnum:
		return "must be one of " + shownValues(n, r) + ", is " + actual
	case ruleConst:
		return "must be " + shownValues(n, r) + ", is " + actual
	case ruleNot:
		return "must not match the schema under \"not\""
	case ruleUnevaluatedItems:
		return "this item is not allowed: no schema says what it may be"
	}
	if n.array != nil && r >= ruleMinItems && r <= ruleAdditionalItems {
		return w.arrayWords(n.array, r, start, end)
	}
	if r >= ruleRequired && r <= ruleDependencies {
		return w.objectWords(n, r, start, end)
	}
	return w.scalarWords(n, r, start, end) + actual
}

// scalarWords tells what a rule for numbers or strings expects, up to the
// actual value.
func (w *walker) scalarWords(n *node, r rule, start, end int) string {
	switch r {
	case ruleMultipleOf:
		return "must be a multiple of " + n.about.multiple + ", is "
	case ruleMinimum, ruleExclusiveMinimum, ruleMaximum, ruleExclusiveMaximum:
		return w.boundWords(n, r, start, end)
	case ruleMinLength:
		return fmt.Sprintf("must have at least %s, has %d: ", counted(n.text.min, "character"), w.runes(start, end))
	case ruleMaxLength:
		return fmt.Sprintf("must have at most %s, has %d: ", counted(n.text.max, "character"), w.runes(start, end))
	case rulePattern:
		return "must match the pattern " + clip(n.text.pattern.text) + ", is "
	case ruleFormat:
		return w.formatWords(n, n.about.format, false, start)
	case ruleFits:
		return w.formatWords(n, n.about.fits, true, start)
	case ruleEncoding:
		return "must be encoded in " + n.about.encoding + ", is "
	case ruleMediaType:
		return "must hold " + n.about.media + ", is "
	}
	return "breaks " + r.String() + ": "
}

// formatWords tells what a format expects, or what a Go type does of it.
func (w *walker) formatWords(n *node, name string, fits bool, start int) string {
	if w.data[start] != '"' {
		return "must fit the format " + name + ", is "
	}
	if n.text.own != nil && !fits {
		return "must be " + n.text.own.words + ", is "
	}
	return "must be " + n.text.format.words + ", is "
}

// clip keeps a text of the schema short.
func clip(text string) string {
	if len(text) <= 200 {
		return printable(text)
	}
	return printable(strings.ToValidUTF8(text[:200], "")) + "…"
}

func (w *walker) runes(start, end int) int {
	return countRunes(w.text(start, end, hasEscape))
}

var boundPhrases = map[rule]string{
	ruleMinimum:          "must be at least ",
	ruleExclusiveMinimum: "must be greater than ",
	ruleMaximum:          "must be at most ",
	ruleExclusiveMaximum: "must be less than ",
}

// boundWords names the limit that the number breaks.
func (w *walker) boundWords(n *node, r rule, start, end int) string {
	d := parseDecimal(w.data[start:end])
	for i := range n.number.bounds {
		if b := &n.number.bounds[i]; b.side == r && !b.admits(compareDecimals(&d, &b.limit)) {
			return boundPhrases[r] + b.literal + ", is "
		}
	}
	return ""
}

func (w *walker) typeWords(n *node, start int) string {
	names := strings.Split(n.about.asked.String(), " or ")
	for i, name := range names {
		names[i] = article(name)
	}
	return "must be " + strings.Join(names, " or ") + ", is " + w.kindWords(start)
}

// kindWords names the type of the actual value.
func (w *walker) kindWords(start int) string {
	switch w.data[start] {
	case '"':
		return "a string"
	case '{':
		return "an object"
	case '[':
		return "an array"
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	}
	v := w.scanNumber(start)
	if d := parseDecimal(w.data[start:v.end]); d.isInteger() {
		return "an integer"
	}
	return excerpt(w.data[start:v.end])
}

func article(name string) string {
	switch name {
	case "null":
		return name
	case "integer", "array", "object":
		return "an " + name
	}
	return "a " + name
}

// maxShown is how many values of an enum a message lists.
const maxShown = 10

func shownValues(n *node, r rule) string {
	for _, v := range n.values {
		if v.rule != r {
			continue
		}
		if len(v.texts) <= maxShown {
			return strings.Join(excerpts(v.texts), ", ")
		}
		return fmt.Sprintf("%s … (%d values)", strings.Join(excerpts(v.texts[:maxShown]), ", "), len(v.texts))
	}
	return ""
}

func (w *walker) arrayWords(a *arrayRules, r rule, start, end int) string {
	count := 0
	if r == ruleMinItems || r == ruleMaxItems { // else it is an item that stands at start
		c := cursor{data: w.data, pos: start}
		for c.open(); c.more(); count++ {
			c.skip()
		}
	}
	switch r {
	case ruleMinItems:
		return fmt.Sprintf("must have at least %s, has %d", counted(a.min, "item"), count)
	case ruleMaxItems:
		return fmt.Sprintf("must have at most %s, has %d", counted(a.max, "item"), count)
	case ruleContains:
		return "no item is of the kind that \"contains\" asks for"
	case ruleMinContains:
		return fmt.Sprintf("must have at least %s of the kind that \"contains\" asks for", counted(a.least, "item"))
	case ruleMaxContains:
		return fmt.Sprintf("must have at most %s of the kind that \"contains\" asks for", counted(a.most, "item"))
	}
	return fmt.Sprintf("this item is not allowed: the array must have at most %s", counted(len(a.tuple), "item"))
}

func (w *walker) objectWords(n *node, r rule, start, end int) string {
	o := n.object
	if r == ruleAdditionalProperties {
		return w.strangerWords(o)
	}
	c := cursor{data: w.data, pos: start}
	count := 0
	for c.open(); c.more(); count++ {
		c.str()
		c.colon()
		c.skip()
	}
	if r == ruleMinProperties {
		return fmt.Sprintf("must have at least %s, has %d", counted(o.min, "property"), count)
	}
	return fmt.Sprintf("must have at most %s, has %d", counted(o.max, "property"), count)
}

// strangerWords tells that the property at hand is none of the known ones.
func (w *walker) strangerWords(o *objectRules) string {
	path := w.report.path
	name := string(unescape(nil, path[len(path)-1].key))
	return unwelcome(name, o.named(nil))
}

// named appends the names of the properties that the rules describe.
func (o *objectRules) named(names []string) []string {
	for i := range o.known {
		if o.known[i].node != none {
			names = append(names, o.known[i].name)
		}
	}
	return names
}

// unwelcome tells that a property is none of those that may be.
func unwelcome(name string, names []string) string {
	words := fmt.Sprintf("property %q is not allowed", clip(name))
	if near := nearest.To(name, names); near != "" {
		words += fmt.Sprintf("; did you mean %q?", near)
	}
	return words
}

// leftoverWords tells that none of the nodes that judge the object describes
// the property.
func (w *walker) leftoverWords(base int, name string) string {
	var names []string
	for _, id := range w.active[base:] {
		if o := w.prog[id].object; o != nil {
			names = o.named(names)
		}
	}
	return unwelcome(name, names)
}

// counted writes a number with its noun: "1 item", "4 properties".
func counted(n int, noun string) string {
	if stem, ok := strings.CutSuffix(noun, "ty"); ok && n != 1 {
		noun = stem + "ties"
	} else if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
