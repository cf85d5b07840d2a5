package check

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
)

// ProblemKind is why a schema cannot be used.
type ProblemKind uint8

// The kinds of problems.
const (
	BadPattern         ProblemKind = iota // not a regular expression of ECMA-262
	UnsupportedPattern                    // one that cannot be matched here
	VagueNumber                           // an exponent too large to compare with
	LongDivisor                           // too many digits to divide by
	BadValue                              // not the JSON text of a value, or of a number
	UnknownFormat                         // or one that needs Labels
	UnknownName                           // a Ref that leads nowhere
	EqualNames                            // two schemas of one name
	Endless                               // leads back to itself without going into the value
	Unreadable                            // a text that says no rules, see ReadRules
)

var problemWords = [...]string{
	BadPattern:         "is not a regular expression of ECMA-262",
	UnsupportedPattern: "cannot be checked",
	VagueNumber:        "has an exponent that is too large to compare with",
	LongDivisor:        "is too long to divide by",
	BadValue:           "is not the JSON text of a value",
	UnknownFormat:      "is no format that is known",
	UnknownName:        "is the name of no schema",
	EqualNames:         "is the name of two schemas",
	Endless:            "leads back to itself without going into the value",
	Unreadable:         "cannot be read",
}

// Problem is why a schema of a set cannot be used.
type Problem struct {
	Kind    ProblemKind
	Schema  string // the name of the schema of the set
	Keyword string // that the problem is with
	Text    string // of the pattern, number, value, format or name
	Index   int    // of the value of an Enum
	Detail  string // more about it, or ""
}

// Error says what is wrong with which schema.
func (p Problem) Error() string {
	words := fmt.Sprintf("schema %q: %s %s", p.Schema, strings.TrimSpace(p.Keyword+" "+clip(p.Text)), problemWords[p.Kind])
	if p.Detail != "" {
		words += ": " + p.Detail
	}
	return words
}

// compile makes the validators of a set, in its order, or finds out why not.
func compile(set Set, withLabels func() *Labels, laws laws) ([]*Validator, []Problem) {
	var labels *Labels
	if withLabels != nil {
		labels = withLabels()
	}
	c := &compiler{
		set:      set,
		numbers:  make(map[string]int, len(set)),
		known:    make([]nodeID, len(set)),
		patterns: map[string]compiledPattern{},
		formats:  formatsByName(labels),
		contents: contentsByName(),
		labels:   labels,
	}
	c.nodes = append(make([]node, 0, len(set)+len(set)/4+1), node{id: anyNode, types: everyType})
	c.queue = make([]queued, 0, cap(c.nodes))
	for i := range set {
		c.numbers[set[i].Name] = i
	}
	roots := make([]nodeID, len(set))
	for i := range set {
		roots[i] = c.named(i)
	}
	for i := 0; i < len(c.queue); i++ {
		c.fill(&c.queue[i])
	}
	c.findEndless()
	c.connect()
	if len(c.problems) > 0 {
		return nil, c.problems
	}
	all, made := &slots{}, make([]*Validator, len(set))
	for i := range set {
		made[i] = &Validator{name: set[i].Name, prog: c.nodes, root: roots[i], laws: laws, slots: all}
	}
	return made, nil
}

// connect has what is met most often refer to nodes directly, now that they do not
// move any more.
func (c *compiler) connect() {
	base := 0
	for i := range c.nodes {
		if a := c.nodes[i].array; a != nil && len(a.tuple) == 0 {
			a.each = &c.nodes[a.rest]
		}
		if o := c.nodes[i].object; o != nil && o.simple {
			o.quick, o.base = c.quickProperties(o.known), base
			base += len(o.quick) + 1
			o.lean = len(o.quick) > 0 && len(o.known) <= maxQuick && len(o.depends) == 0 && o.min == 0 && o.max == unlimited
			if len(o.required) > 0 {
				o.wanted = o.required[0]
			}
		}
	}
}

// The tables by name are made once, for all sets without labels and for each Labels.
var (
	plainFormats   = sync.OnceValue(func() map[string]*format { return byName(formatTable(nil)) })
	contentsByName = sync.OnceValue(func() map[string]*format { return byName(contentTable()) })
)

func formatsByName(labels *Labels) map[string]*format {
	if labels == nil {
		return plainFormats()
	}
	labels.once.Do(func() { labels.formats = byName(formatTable(labels)) })
	return labels.formats
}

func byName(table []format) map[string]*format {
	rows := make(map[string]*format, len(table))
	for i := range table {
		rows[table[i].name] = &table[i]
	}
	return rows
}

// compiler turns a set into a program. Schemas are given numbers when they are
// first met and filled in one after another, so that neither depth nor recursion
// matters.
type compiler struct {
	set      Set
	numbers  map[string]int // of the schemas of the set, by name
	known    []nodeID       // of the schemas of the set, 0 for those not met
	nodes    []node
	queue    []queued
	at       *queued // the node being filled
	patterns map[string]compiledPattern
	formats  map[string]*format
	contents map[string]*format
	labels   *Labels
	problems []Problem
}

// queued is a node that has been met, and the schema of the set in which its own
// stands.
type queued struct {
	id     nodeID
	name   string
	schema Schema
}

func (c *compiler) problem(p Problem) {
	if c.at != nil {
		p.Schema = c.at.name
	}
	c.problems = append(c.problems, p)
}

// named returns the number of the node of schema i of the set.
func (c *compiler) named(i int) nodeID {
	for range len(c.set) + 1 {
		s := c.set[i].Schema
		if len(s) == 0 {
			return anyNode
		}
		ref, lone := loneRef(s)
		if !lone {
			if c.known[i] == anyNode {
				c.known[i] = c.add(c.set[i].Name, s)
			}
			return c.known[i]
		}
		next, ok := c.lookUp(ref)
		if !ok {
			return anyNode
		}
		i = next
	}
	c.problem(Problem{Kind: Endless, Schema: c.set[i].Name, Text: c.set[i].Name})
	return anyNode
}

// loneRef tells whether a schema is nothing but a reference.
func loneRef(s Schema) (Ref, bool) {
	if len(s) != 1 {
		return "", false
	}
	ref, ok := s[0].(Ref)
	return ref, ok
}

func (c *compiler) lookUp(ref Ref) (int, bool) {
	i, ok := c.numbers[string(ref)]
	if !ok {
		c.problem(Problem{Kind: UnknownName, Keyword: "$ref", Text: string(ref)})
	}
	return i, ok
}

func (c *compiler) add(name string, s Schema) nodeID {
	id := nodeID(len(c.nodes))
	c.nodes = append(c.nodes, node{id: id, types: everyType})
	c.queue = append(c.queue, queued{id, name, s})
	return id
}

// node returns the number of a schema's node.
func (c *compiler) node(s Schema) nodeID {
	if len(s) == 0 {
		return anyNode
	}
	if ref, lone := loneRef(s); lone {
		i, ok := c.lookUp(ref)
		if !ok {
			return anyNode
		}
		return c.named(i)
	}
	return c.add(c.at.name, s)
}

// optional is node for schemas that may be absent.
func (c *compiler) optional(s Schema) nodeID {
	if s == nil {
		return none
	}
	return c.node(s)
}

func (c *compiler) list(list []Schema) []nodeID {
	ids := make([]nodeID, len(list))
	for i, s := range list {
		ids[i] = c.node(s)
	}
	return ids
}

// isFalse tells whether a schema takes no value because it says so.
func (c *compiler) isFalse(s Schema) bool {
	for range len(c.set) + 1 {
		ref, lone := loneRef(s)
		i, ok := c.numbers[string(ref)]
		if !lone || !ok {
			break
		}
		s = c.set[i].Schema
	}
	if len(s) != 1 {
		return false
	}
	_, never := s[0].(Never)
	return never
}

// fill compiles the rules of a node whose schema has been met.
func (c *compiler) fill(q *queued) {
	at := *q // the queue may move
	c.at = &at
	n := node{id: at.id, types: everyType, about: &about{schema: at.name}}
	for _, r := range at.schema {
		c.general(&n, r)
	}
	has := familiesOf(at.schema)
	if has&ofNumbers != 0 {
		n.number = c.numberRules(&n, at.schema)
	}
	if has&ofTexts != 0 {
		n.text = c.textRules(&n, at.schema)
	}
	if has&ofArrays != 0 {
		n.array = c.arrayRules(at.schema)
	}
	if has&ofObjects != 0 {
		n.object = c.objectRules(at.schema)
	}
	if has&ofOthers != 0 {
		n.combine = c.combineRules(&n, at.schema)
	}
	c.nodes[at.id] = n
	c.at = nil
}

// family is a set of kinds of rules, by what they judge.
type family uint8

const (
	ofNumbers family = 1 << iota
	ofTexts
	ofArrays
	ofObjects
	ofOthers // combinators
)

// familiesOf tells which kinds of rules a schema may have.
func familiesOf(s Schema) family {
	has := family(0)
	for _, r := range s {
		switch r := r.(type) {
		case Title, Never, Enum, Const:
		case Types:
			if r&(Integer|Number) == Integer {
				has |= ofNumbers
			}
		case Minimum, ExclusiveMinimum, Maximum, ExclusiveMaximum, MultipleOf:
			has |= ofNumbers
		case Format, Fits:
			has |= ofNumbers | ofTexts
		case MinLength, MaxLength, Pattern, ContentEncoding, ContentMediaType:
			has |= ofTexts
		case Tuple, Items, AdditionalItems, Contains, ContainsUnmarked, MinContains, MaxContains, MinItems, MaxItems, UniqueItems:
			has |= ofArrays
		case Required, Properties, PatternProperties, AdditionalProperties, PropertyNames, MinProperties, MaxProperties,
			DependentRequired, DependentSchemas, Dependencies:
			has |= ofObjects
		default:
			has |= ofOthers
		}
	}
	return has
}

// general compiles the rules for values of every kind.
func (c *compiler) general(n *node, r Rule) {
	switch r := r.(type) {
	case Title:
		n.about.title = string(r)
	case Never:
		n.never, n.types = true, 0
	case Types:
		if r == 0 {
			return
		}
		n.about.asked, n.types = r, r
		if r&Number != 0 {
			n.types |= Integer
		}
	case Enum:
		n.values = append(n.values, c.valueRules(ruleEnum, r))
	case Const:
		n.values = append(n.values, c.valueRules(ruleConst, []string{string(r)}))
	}
}

// valueRules sorts the values of an enum by how they are compared.
func (c *compiler) valueRules(r rule, values []string) *valueRules {
	v := &valueRules{rule: r}
	for i, text := range values {
		if !isValue(text) {
			c.problem(Problem{Kind: BadValue, Keyword: r.String(), Text: text, Index: i})
			continue
		}
		text = strings.TrimSpace(text)
		raw := []byte(text)
		v.texts = append(v.texts, text)
		switch raw[0] {
		case '"':
			addTo(&v.strings, string(unescape(nil, raw[1:len(raw)-1])), i)
		case '[', '{':
			addTo(&v.others, raw, i)
		case 't', 'f', 'n':
			addTo(&v.words, text, i)
		default:
			addTo(&v.numbers, c.decimal(r, text, i), i)
		}
	}
	if len(v.strings.values) <= fewStrings {
		for _, s := range v.strings.values {
			if x, ok := pack(s); ok {
				v.packed = append(v.packed, x)
			}
		}
	} else {
		v.set = make(map[string]int32, len(v.strings.values))
		for i, s := range v.strings.values {
			v.set[s] = v.strings.at[i]
		}
	}
	return v
}

// decimal prepares a number, which is the value of a rule or one of several.
func (c *compiler) decimal(r rule, literal string, index int) decimal {
	if !isNumber(literal) {
		c.problem(Problem{Kind: BadValue, Keyword: r.String(), Text: literal})
		return decimal{}
	}
	d := parseDecimal([]byte(literal))
	if d.isVague() {
		c.problem(Problem{Kind: VagueNumber, Keyword: r.String(), Text: literal, Index: index})
	}
	return d
}

// isValue tells whether a text is one JSON value, of whatever size.
func isValue(text string) bool {
	w := walker{prog: []node{{types: everyType}}, data: []byte(text), fuel: math.MaxInt}
	w.laws = laws{maxDepth: LargestMaxDepth, maxSize: math.MaxInt, allow: AllowDuplicateKeys | AllowInvalidUTF8 | AllowLoneSurrogates}
	return w.document()
}

// isNumber tells whether a text is a JSON number.
func isNumber(text string) bool {
	return text != "" && kinds[text[0]] == numeric && isValue(text) && isDigit(text[len(text)-1])
}

type compiledPattern struct {
	pattern *pattern
	err     error
}

// pattern compiles a regular expression, and reports one that cannot be.
func (c *compiler) pattern(keyword, text string) *pattern {
	compiled, ok := c.patterns[text]
	if !ok {
		compiled.pattern, compiled.err = newPattern(text)
		c.patterns[text] = compiled
	}
	var unsupported *unsupportedError
	switch {
	case compiled.err == nil:
	case errors.As(compiled.err, &unsupported):
		c.problem(Problem{Kind: UnsupportedPattern, Keyword: keyword, Text: text, Detail: unsupported.what})
	default:
		c.problem(Problem{Kind: BadPattern, Keyword: keyword, Text: text, Detail: compiled.err.Error()})
	}
	return compiled.pattern
}
