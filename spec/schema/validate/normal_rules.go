package validate

import (
	"maps"
	"math"
	"reflect"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// fill brings one schema into normal form: values first, then what they are made
// of, then what combines other schemas.
func (n *normalizer) fill(s *schema.Schema, bare bool) check.Schema {
	switch {
	case s.Broken:
		n.found.Errorf(s, codeBroken, "values cannot be judged by this schema: its reference is broken")
		return nil
	case s.Bool != nil: // false; true has no number
		return check.Schema{check.Never{}}
	}
	f := filling{normalizer: n, s: s, bare: bare}
	if n.fitting != nil && !bare {
		f.fit = n.fitting.Fit(s)
	}
	f.general()
	f.numbers()
	f.texts()
	f.arrays()
	f.objects()
	f.combinators()
	f.addFitting()
	return f.out
}

// filling is one schema being brought into normal form.
type filling struct {
	*normalizer
	s    *schema.Schema
	bare bool // without limits of Go types
	fit  Fit
	out  check.Schema
}

// child refers to a schema in this one.
func (f *filling) child(s *schema.Schema) check.Schema {
	return f.normalizer.child(s, f.bare || f.fit.Apart[s])
}

// optional is child for schemas that may be absent.
func (f *filling) optional(s *schema.Schema) check.Schema {
	if s == nil {
		return nil
	}
	return f.child(s)
}

func (f *filling) list(list []*schema.Schema) []check.Schema {
	out := make([]check.Schema, len(list))
	for i, s := range list {
		out[i] = f.child(s)
	}
	return out
}

func (f *filling) add(r check.Rule) { f.out = append(f.out, r) }

// fitIn adds a rule that is not the schema's own and may be of the type of one
// that is.
func (f *filling) fitIn(r check.Rule) {
	if format, ok := r.(check.Fits); ok && slices.Contains(f.out, check.Rule(check.Format(format))) {
		return
	}
	if slices.ContainsFunc(f.out, func(own check.Rule) bool { return reflect.DeepEqual(own, r) }) {
		return
	}
	if slices.ContainsFunc(f.out, func(own check.Rule) bool { return sameType(own, r) }) {
		r = check.AllOf{{r}}
		for i, own := range f.out {
			if all, ok := own.(check.AllOf); ok {
				f.out[i] = append(slices.Clone(all), r.(check.AllOf)...)
				return
			}
		}
	}
	f.add(r)
}

func (f *filling) general() {
	s := f.s
	f.title()
	if s.Types != 0 {
		f.add(check.Types(s.Types))
	}
	if s.Enum != nil {
		values := check.Enum{}
		for _, v := range s.Enum {
			values = append(values, f.text(v))
		}
		f.add(values)
	}
	if s.Const != nil {
		f.add(check.Const(f.text(s.Const)))
	}
}

func (f *filling) title() {
	if title := titleOf(f.s); title != "" {
		f.add(check.Title(title))
	}
}

// titleOf is what messages call a schema.
func titleOf(s *schema.Schema) string {
	if s.Name != "" {
		return s.Name
	}
	return s.Title
}

// text is a value as JSON text.
func (f *filling) text(v *syntax.Node) string {
	text, err := schema.AppendJSON(nil, v)
	if err != nil {
		f.found.Errorf(v, codeValue, "this value cannot be compared with: %v", err)
		return "null"
	}
	return string(text)
}

func (f *filling) numbers() {
	s := f.s
	if s.Minimum != nil {
		f.add(check.Minimum(s.Minimum.Text))
	}
	if s.ExclusiveMinimum != nil {
		f.add(check.ExclusiveMinimum(s.ExclusiveMinimum.Text))
	}
	if s.Maximum != nil {
		f.add(check.Maximum(s.Maximum.Text))
	}
	if s.ExclusiveMaximum != nil {
		f.add(check.ExclusiveMaximum(s.ExclusiveMaximum.Text))
	}
	if s.MultipleOf != nil {
		f.add(check.MultipleOf(s.MultipleOf.Text))
	}
}

// count is a count of a document as a rule has it.
func count(c *schema.Count) int64 { return int64(min(c.N, math.MaxInt64)) }

func (f *filling) texts() {
	s := f.s
	if s.MinLength != nil {
		f.add(check.MinLength(count(s.MinLength)))
	}
	if s.MaxLength != nil {
		f.add(check.MaxLength(count(s.MaxLength)))
	}
	if s.Pattern != nil {
		f.add(check.Pattern(s.Pattern.Text))
	}
	if s.Format != "" && f.asserts(s.FormatsAsserted()) {
		f.format()
	}
	if f.asserts(s.Dialect.FormatsAsserted()) {
		if s.ContentEncoding != "" {
			f.add(check.ContentEncoding(s.ContentEncoding))
		}
		if s.ContentMediaType != "" {
			f.add(check.ContentMediaType(s.ContentMediaType))
		}
	}
}

// asserts tells whether formats, or contents, restrict values where the schema
// says so of them.
func (f *filling) asserts(bySchema bool) bool {
	return !f.options.NoFormats && (f.options.AllFormats || bySchema)
}

// annotatingFormats are known and restrict nothing: those of OpenAPI 3.0 §4.4, and
// those of exact numbers, by which Go types are chosen.
var annotatingFormats = map[string]bool{
	"binary": true, "password": true, "bigint": true, "decimal": true, "decimal128": true,
}

// newFormats are no formats before 2019-09.
var newFormats = map[string]bool{"duration": true}

// format tells of a format which nobody knows that it restricts nothing.
func (f *filling) format() {
	s := f.s
	switch known := check.KnownFormat(s.Format); {
	case known && newFormats[s.Format] && s.Dialect.FormatsAsserted():
	case known:
		f.add(check.Format(s.Format))
	case !annotatingFormats[s.Format] && !f.noted[s]:
		f.noted[s] = true
		f.found.Infof(s.KeyAt("format"), codeFormat, "the format %q is not known and restricts nothing", clip(s.Format))
	}
}

func (f *filling) arrays() {
	s := f.s
	switch {
	case s.TupleItems != nil:
		f.add(check.Tuple(f.list(s.TupleItems)))
		if rest := f.optional(s.AdditionalItems); rest == nil {
		} else if s.Dialect == schema.Draft202012 {
			f.add(check.Items(rest))
		} else {
			f.add(check.AdditionalItems(rest))
		}
	case s.Items != nil:
		f.add(check.Items(f.child(s.Items)))
	}
	if s.MinItems != nil {
		f.add(check.MinItems(count(s.MinItems)))
	}
	if s.MaxItems != nil {
		f.add(check.MaxItems(count(s.MaxItems)))
	}
	if s.UniqueItems {
		f.add(check.UniqueItems{})
	}
	if s.Contains != nil {
		f.contains()
	}
}

func (f *filling) contains() {
	f.add(check.Contains(f.child(f.s.Contains)))
	if f.s.MinContains != nil {
		f.add(check.MinContains(count(f.s.MinContains)))
	}
	if f.s.MaxContains != nil {
		f.add(check.MaxContains(count(f.s.MaxContains)))
	}
}

func (f *filling) objects() {
	s := f.s
	if len(s.Required) > 0 {
		f.add(check.Required(texts(s.Required)))
	}
	if len(s.Properties) > 0 {
		list := make(check.Properties, len(s.Properties))
		for i, p := range s.Properties {
			list[i] = check.Property{Name: p.Name.Text, Schema: f.child(p.Schema)}
		}
		f.add(list)
	}
	if len(s.PatternProperties) > 0 {
		list := make(check.PatternProperties, len(s.PatternProperties))
		for i, p := range s.PatternProperties {
			list[i] = check.PatternProperty{Pattern: p.Pattern.Text, Schema: f.child(p.Schema)}
		}
		f.add(list)
	}
	if s.AdditionalProperties != nil {
		f.add(check.AdditionalProperties(f.child(s.AdditionalProperties)))
	}
	if s.PropertyNames != nil {
		f.add(check.PropertyNames(f.child(s.PropertyNames)))
	}
	if s.MinProperties != nil {
		f.add(check.MinProperties(count(s.MinProperties)))
	}
	if s.MaxProperties != nil {
		f.add(check.MaxProperties(count(s.MaxProperties)))
	}
	f.dependencies()
}

func texts(names []schema.Name) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = name.Text
	}
	return out
}

// dependencies calls what a property needs as the document does.
func (f *filling) dependencies() {
	var plain check.Dependencies
	var names check.DependentRequired
	for _, d := range f.s.Dependencies {
		one := check.Dependency{Name: d.Name.Text, Names: texts(d.Names), Schema: f.optional(d.Schema)}
		if d.Schema == nil && !f.s.Dialect.FormatsAsserted() && f.s.Has("dependentRequired") {
			names = append(names, one)
		} else {
			plain = append(plain, one)
		}
	}
	switch {
	case plain == nil:
	case f.s.Dialect.FormatsAsserted() || f.s.Has("dependencies"):
		f.add(plain)
	default:
		f.add(check.DependentSchemas(plain))
	}
	if names != nil {
		f.add(names)
	}
}

func (f *filling) combinators() {
	s := f.s
	if s.AllOf != nil {
		f.add(check.AllOf(f.list(s.AllOf)))
	}
	if s.AnyOf != nil {
		f.add(check.AnyOf(f.list(s.AnyOf)))
	}
	if s.OneOf != nil {
		f.add(check.OneOf(f.list(s.OneOf)))
	}
	f.discriminator()
	if s.Not != nil {
		f.add(check.Not(f.child(s.Not)))
	}
	if s.If != nil && (s.Then != nil || s.Else != nil || !s.Dialect.FormatsAsserted()) {
		// Since 2019-09 it tells what is evaluated, even alone.
		f.add(check.If{If: f.child(s.If), Then: f.optional(s.Then), Else: f.optional(s.Else)})
	}
	if f.fitting != nil && f.fitting.Partial(s) {
		return
	}
	if s.UnevaluatedProperties != nil {
		f.add(check.UnevaluatedProperties(f.child(s.UnevaluatedProperties)))
	}
	if s.UnevaluatedItems != nil {
		f.leaves = true
		f.add(check.UnevaluatedItems(f.child(s.UnevaluatedItems)))
	}
}

func (f *filling) discriminator() {
	_, names := f.s.Named()
	if names == nil {
		return
	}
	d := check.Discriminator{Property: f.s.Discriminator}
	for _, value := range slices.Sorted(maps.Keys(names)) {
		if names[value] >= 0 {
			d.Names = append(d.Names, check.Alternative{Value: value, Branch: names[value]})
		}
	}
	f.add(d)
}
