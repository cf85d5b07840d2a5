package validate

import (
	"errors"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// CodePattern is the code of Compile's finding that a pattern is no regular
// expression of ECMA-262.
const CodePattern diag.Code = "schema-invalid-pattern"

// Codes of the other findings of Compile.
const (
	codeRegexp  diag.Code = "schema-unsupported-pattern"
	codeFormat  diag.Code = "schema-unknown-format"
	codeNumber  diag.Code = "schema-number-too-long"
	codeValue   diag.Code = "schema-value-too-large"
	codeBroken  diag.Code = "schema-not-usable"
	codeEndless diag.Code = "schema-endless"
	codeScopes  diag.Code = "schema-too-many-scopes"
)

// Compile prepares a schema, which must come from a schema.Reader, for judging
// JSON text. What cannot be obeyed becomes a finding at the keyword; the
// validator is nil when any finding is an error. A nil schema takes every
// value.
//
// Compile does not change the schema; a Validator may be used by many
// goroutines at once.
func Compile(s *schema.Schema, o *Options) (*Validator, diag.List) {
	if o == nil {
		o = &Options{}
	}
	c := &compiler{
		options:  o,
		ids:      map[nodeKey]nodeID{},
		scopes:   newDynamicScopes(),
		patterns: map[string]compiledPattern{},
		noted:    map[*schema.Schema]bool{},
		formats:  byName(formatTable()),
		contents: byName(contentTable()),
	}
	c.nodes = []node{{id: anyNode, types: everyType}}
	root := c.node(s)
	for i := 0; i < len(c.queue) && !c.tooLarge(s); i++ {
		c.scope = c.queue[i].scope
		c.fill(c.queue[i].id)
	}
	c.findEndless()
	if c.found.HasErrors() {
		return nil, c.found
	}
	return &Validator{prog: c.nodes, root: root, laws: o.laws()}, c.found
}

// laws fills in the defaults.
func (o *Options) laws() laws {
	l := laws{maxDepth: min(o.MaxDepth, LargestMaxDepth), maxSize: o.MaxSize, allow: o.Allow}
	if l.maxDepth <= 0 {
		l.maxDepth = DefaultMaxDepth
	}
	if l.maxSize <= 0 {
		l.maxSize = DefaultMaxSize
	}
	return l
}

func byName(table []format) map[string]*format {
	rows := make(map[string]*format, len(table))
	for i := range table {
		rows[table[i].name] = &table[i]
	}
	return rows
}

// compiler turns a graph of schemas into a program. Schemas are given numbers
// when they are first met and filled in one after another, so that neither
// depth nor recursion of the graph matters.
type compiler struct {
	options  *Options
	nodes    []node
	ids      map[nodeKey]nodeID
	queue    []queued
	scopes   dynamicScopes
	scope    scopeID // at the node being filled
	patterns map[string]compiledPattern
	formats  map[string]*format
	contents map[string]*format
	noted    map[*schema.Schema]bool // whose format is not known
	found    diag.List
}

// queued is a node that has been met, with the dynamic scope within it.
type queued struct {
	id    nodeID
	scope scopeID
}

// node returns the number of a schema's node.
func (c *compiler) node(s *schema.Schema) nodeID {
	s, scope := c.effective(s, c.scope)
	if s == nil || s.Bool != nil && *s.Bool {
		return anyNode
	}
	key := nodeKey{s, scope}
	if id, ok := c.ids[key]; ok {
		return id
	}
	id := nodeID(len(c.nodes))
	c.ids[key] = id
	c.nodes = append(c.nodes, node{id: id, types: everyType, schema: s})
	c.queue = append(c.queue, queued{id, scope})
	return id
}

// tooLarge reports schemas whose dynamic references make for too many ways
// through them.
func (c *compiler) tooLarge(s *schema.Schema) bool {
	if n := len(c.scopes.bindings); n <= maxScopes && (n <= 2 || len(c.nodes) <= maxScopedNodes) {
		return false
	}
	c.found.Errorf(s, codeScopes, "dynamic references lead through this schema on too many ways").
		WithHelp("reference the schema that is meant with $ref")
	return true
}

// optional is node for keywords that may be absent.
func (c *compiler) optional(s *schema.Schema) nodeID {
	if s == nil {
		return none
	}
	return c.node(s)
}

func (c *compiler) list(list []*schema.Schema) []nodeID {
	ids := make([]nodeID, len(list))
	for i, s := range list {
		ids[i] = c.node(s)
	}
	return ids
}

// isBare tells whether a schema has no rules of its own but combinators, of
// which allOf is the only one.
func isBare(s *schema.Schema) bool {
	return hasNoRules(s) && !hasUnevaluated(s) && s.AnyOf == nil && s.OneOf == nil && s.Not == nil && s.If == nil
}

// hasNoRules tells whether a schema has no rules but combinators.
func hasNoRules(s *schema.Schema) bool {
	return !s.Broken && s.Bool == nil && s.Types == 0 && s.Enum == nil && s.Const == nil &&
		!hasNumberRules(s) && !hasTextRules(s) && !hasArrayRules(s) && !hasObjectRules(s)
}

func hasUnevaluated(s *schema.Schema) bool {
	return s.UnevaluatedProperties != nil || s.UnevaluatedItems != nil
}

func hasNumberRules(s *schema.Schema) bool {
	return s.MultipleOf != nil || s.Maximum != nil || s.ExclusiveMaximum != nil || s.Minimum != nil || s.ExclusiveMinimum != nil ||
		s.Format != ""
}

func hasTextRules(s *schema.Schema) bool {
	return s.MaxLength != nil || s.MinLength != nil || s.Pattern != nil || s.Format != "" ||
		s.ContentEncoding != "" || s.ContentMediaType != ""
}

func hasArrayRules(s *schema.Schema) bool {
	return s.Items != nil || s.TupleItems != nil || s.MaxItems != nil || s.MinItems != nil || s.UniqueItems || s.Contains != nil
}

func hasObjectRules(s *schema.Schema) bool {
	return s.MaxProperties != nil || s.MinProperties != nil || len(s.Required) > 0 || len(s.Properties) > 0 ||
		len(s.PatternProperties) > 0 || s.AdditionalProperties != nil || s.PropertyNames != nil || len(s.Dependencies) > 0
}

// fill compiles the rules of a node whose schema has been met.
func (c *compiler) fill(id nodeID) {
	s := c.nodes[id].schema
	n := node{id: id, types: everyType, schema: s}
	switch {
	case s.Broken:
		c.found.Errorf(s, codeBroken, "values cannot be judged by this schema: its reference is broken")
	case s.Bool != nil: // false; true has no node
		n.never, n.types = true, 0
	default:
		c.fillTypes(&n, s)
		c.fillValues(&n, s)
		n.number = c.numberRules(s)
		n.text = c.textRules(s)
		n.array = c.arrayRules(s)
		n.object = c.objectRules(s)
		n.combine = c.combineRules(&n, s)
	}
	c.nodes[id] = n
}

// fillTypes makes "number" take integers.
func (c *compiler) fillTypes(n *node, s *schema.Schema) {
	if s.Types == 0 {
		return
	}
	n.types = s.Types
	if s.Types.Has(schema.TypeNumber) {
		n.types |= schema.Types(schema.TypeInteger)
	}
}

func (c *compiler) fillValues(n *node, s *schema.Schema) {
	if s.Enum != nil {
		n.values = append(n.values, c.valueRules(ruleEnum, s.Enum))
	}
	if s.Const != nil {
		n.values = append(n.values, c.valueRules(ruleConst, []*syntax.Node{s.Const}))
	}
}

// valueRules sorts the values of an enum by how they are compared.
func (c *compiler) valueRules(r rule, values []*syntax.Node) *valueRules {
	v := &valueRules{rule: r}
	for i, n := range values {
		text, err := schema.AppendJSON(nil, n)
		if err != nil {
			c.found.Errorf(n, codeValue, "this value cannot be compared with: %v", err)
			continue
		}
		v.shown = append(v.shown, excerpt(text))
		switch n.Kind {
		case syntax.String:
			v.strings.add(n.Text, i)
		case syntax.Number:
			v.numbers.add(c.decimal(text, n.At), i)
		case syntax.Sequence, syntax.Mapping:
			v.others.add(text, i)
		default:
			v.words.add(string(text), i)
		}
	}
	if len(v.strings.values) > fewStrings {
		v.set = make(map[string]int32, len(v.strings.values))
		for i, s := range v.strings.values {
			v.set[s] = v.strings.at[i]
		}
	}
	return v
}

// decimal prepares a number of the schema.
func (c *compiler) decimal(literal []byte, at source.Span) decimal {
	d := parseDecimal(literal)
	if d.isVague() {
		c.found.Errorf(at, codeNumber, "the exponent of this number is too large to compare with")
	}
	return d
}

type compiledPattern struct {
	pattern *pattern
	err     error
}

// pattern compiles a regular expression, and reports one that cannot be.
func (c *compiler) pattern(p *schema.Pattern) *pattern {
	compiled, ok := c.patterns[p.Text]
	if !ok {
		compiled.pattern, compiled.err = newPattern(p.Text)
		c.patterns[p.Text] = compiled
	}
	var unsupported *unsupportedError
	switch {
	case compiled.err == nil:
	case errors.As(compiled.err, &unsupported):
		c.found.Errorf(p.At, codeRegexp, "the pattern %s cannot be checked: %s is not supported", clip(p.Text), unsupported.what)
	default:
		c.found.Errorf(p.At, CodePattern, "%s is not a regular expression of ECMA-262: %v", clip(p.Text), compiled.err)
	}
	return compiled.pattern
}
