package validate

import (
	"strconv"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
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

// normalizer brings a graph of schemas into normal form. Schemas are given
// numbers when they are first met and filled in one after another, so that
// neither depth nor recursion of the graph matters. A number is a schema's name
// in the set.
type normalizer struct {
	options *Options
	fitting Fitting          // may be nil
	schemas []*schema.Schema // by number
	filled  []check.Schema   // by number
	inside  []scopeID        // by number, the dynamic scope within
	bare    []bool           // by number, whether there are no limits of Go types
	ids     map[nodeKey]int
	scopes  dynamicScopes
	scope   scopeID                 // at the schema being filled
	noted   map[*schema.Schema]bool // whose format is not known
	leaves  bool                    // some schema judges unevaluated items
	found   diag.List
}

func newNormalizer(o *Options) *normalizer {
	return &normalizer{
		options: o, ids: map[nodeKey]int{}, scopes: newDynamicScopes(), noted: map[*schema.Schema]bool{},
	}
}

// walk fills in all schemas that have been met, and those that they lead to; s is
// where it began.
func (n *normalizer) walk(s *schema.Schema) {
	for i := 0; i < len(n.schemas) && !n.tooLarge(s); i++ {
		n.scope = n.inside[i]
		n.filled = append(n.filled, n.fill(n.schemas[i], n.bare[i]))
	}
	if n.leaves {
		n.unmark()
	}
}

// numbered is the set in which every schema is called by its number.
func (n *normalizer) numbered() check.Set {
	set := make(check.Set, len(n.filled), len(n.filled)+1)
	for i := range n.filled {
		set[i] = check.Named{Name: strconv.Itoa(i), Schema: n.filled[i]}
	}
	return set
}

// child refers to a schema, with the limits of Go types or without.
func (n *normalizer) child(s *schema.Schema, bare bool) check.Schema {
	s, scope := n.effective(s, n.scope)
	if s == nil || s.Bool != nil && *s.Bool {
		return check.Schema{}
	}
	bare = bare && n.fitting.Limited(s)
	return check.Schema{reference(n.number(nodeKey{s, scope, bare}))}
}

func reference(number int) check.Ref { return check.Ref(strconv.Itoa(number)) }

func (n *normalizer) number(key nodeKey) int {
	i, ok := n.ids[key]
	if !ok {
		i = len(n.schemas)
		n.ids[key] = i
		n.schemas, n.inside, n.bare = append(n.schemas, key.schema), append(n.inside, key.scope), append(n.bare, key.bare)
	}
	return i
}

// tooLarge reports schemas whose dynamic references make for too many ways
// through them.
func (n *normalizer) tooLarge(s *schema.Schema) bool {
	if k := len(n.scopes.bindings); k <= maxScopes && (k <= 2 || len(n.schemas) <= maxScopedNodes) {
		return false
	}
	n.found.Errorf(s, codeScopes, "dynamic references lead through this schema on too many ways").
		WithHelp("reference the schema that is meant with $ref")
	return true
}

func (n *normalizer) endless(s *schema.Schema) {
	n.found.Errorf(s, codeEndless, "this schema leads back to itself without going into the value").
		WithHelp("values would be judged by it for ever: let the recursion pass through properties or items")
}

// unmark has the items that contains finds not count as evaluated, as it is before
// 2020-12. That matters only where something asks what is not.
func (n *normalizer) unmark() {
	for i, s := range n.schemas[:len(n.filled)] {
		if s.Dialect == schema.Draft202012 {
			continue
		}
		for k, r := range n.filled[i] {
			if r, ok := r.(check.Contains); ok {
				n.filled[i][k] = check.ContainsUnmarked(r)
			}
		}
	}
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
