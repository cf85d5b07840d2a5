package validate

import (
	"cmp"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// Root is a schema that has a name of its own in a set.
type Root struct {
	Name   string
	Schema *schema.Schema // from a schema.Reader; nil takes every value
	Bare   bool           // without the limits of Go types: values are not read into any
}

// Normal brings schemas into the normal form that package check judges by, for
// printing: the set has the roots in their order, each as it is called, and
// behind them the schemas that several others refer to, which are called as the
// document does or by the place where they are met first,
// "Order/properties/lines". All others stand
// where they are used. Limits of o other than those on formats do not count.
//
// What fitting returns for a schema is added to its rules: limits of the type that
// its values are read into. It may be nil.
//
// What cannot be obeyed becomes a finding, as Compile has it; a set with errors
// must not be used. Roots that share a name are a fault of the caller.
func Normal(roots []Root, o *Options, fitting Fitting) (check.Set, diag.List) {
	if o == nil {
		o = &Options{}
	}
	n := newNormalizer(o)
	n.fitting = fitting
	p := placing{normalizer: n, names: map[int]string{}}
	first := make([]check.Schema, len(roots))
	for i, r := range roots {
		first[i] = n.child(r.Schema, r.Bare && fitting != nil)
		if number, ok := numberOf(first[i]); ok && p.names[number] == "" {
			p.names[number] = r.Name
		}
	}
	if len(roots) > 0 {
		n.walk(roots[0].Schema)
	}
	if n.found.HasErrors() {
		return nil, n.found
	}
	n.obey(o.LeaveOut)
	if n.found.HasErrors() {
		return nil, n.found
	}
	return p.set(roots, first), n.found
}

// obey makes findings of what cannot be obeyed, of what can be left out as warnings.
func (n *normalizer) obey(leaveOut bool) {
	problems := check.NewRulesWithLabels(n.numbered(), labels).Problems()
	if len(problems) == 0 {
		return
	}
	refusing, left := n.refusing(), false
	for _, problem := range problems {
		before := len(n.found)
		n.problem(problem)
		if leaveOut && n.leaveOut(problem, refusing) {
			left = true
			n.found[before].Severity = diag.Warning
		}
	}
	if left && !n.found.HasErrors() {
		n.obey(false)
	}
}

// numberOf is the number that a schema is nothing but a reference to.
func numberOf(s check.Schema) (int, bool) {
	if len(s) != 1 {
		return 0, false
	}
	ref, ok := s[0].(check.Ref)
	if !ok {
		return 0, false
	}
	number, err := strconv.Atoi(string(ref))
	return number, err == nil
}

// placing puts the schemas of a numbered set where they are used, as far as they
// are used once.
type placing struct {
	*normalizer
	names    map[int]string // of the numbers that are called by a name
	used     []int          // by number, how often others refer to it
	branches []bool         // by number, whether it is an alternative that messages name
	taken    map[string]bool
	pending  []int // named and not yet placed
	at       string
	depth    int
}

func (p *placing) set(roots []Root, first []check.Schema) check.Set {
	p.count()
	p.taken = make(map[string]bool, len(roots))
	for _, r := range roots {
		p.taken[r.Name] = true
	}
	var set check.Set
	for i, r := range roots {
		p.at = r.Name
		number, ok := numberOf(first[i])
		switch {
		case !ok:
			set = append(set, check.Named{Name: r.Name, Schema: first[i]})
		case p.names[number] != r.Name: // the same schema under another name
			set = append(set, check.Named{Name: r.Name, Schema: check.Schema{check.Ref(p.names[number])}})
		default:
			set = append(set, check.Named{Name: r.Name, Schema: p.place(number)})
		}
	}
	for i := 0; i < len(p.pending); i++ {
		p.at = p.names[p.pending[i]]
		set = append(set, check.Named{Name: p.at, Schema: p.place(p.pending[i])})
	}
	return set
}

// count tells how often each number is referred to.
func (p *placing) count() {
	p.used, p.branches = make([]int, len(p.filled)), make([]bool, len(p.filled))
	for _, s := range p.filled {
		for _, r := range s {
			p.countIn(r)
		}
	}
}

func (p *placing) countIn(r check.Rule) {
	branch := sameType(r, check.AnyOf{}) || sameType(r, check.OneOf{})
	withChildren(r, func(_ string, s check.Schema) check.Schema {
		number, ok := numberOf(s)
		if ok {
			p.used[number]++
			p.branches[number] = p.branches[number] || branch
			return s
		}
		for _, inner := range s {
			p.countIn(inner)
		}
		return s
	})
}

// place is the schema of a number with those in it that stand where they are
// used.
func (p *placing) place(number int) check.Schema {
	return p.placeRules(p.filled[number], p.branches[number])
}

// placeRules is place for some rules, which have a title where that counts.
func (p *placing) placeRules(rules check.Schema, titled bool) check.Schema {
	out, outer := check.Schema{}, p.at
	p.depth++
	for _, r := range rules {
		if _, ok := r.(check.Title); ok && !titled {
			continue
		}
		out = append(out, withChildren(r, func(path string, s check.Schema) check.Schema {
			p.at = outer + path
			return p.child(s)
		}))
	}
	p.at = outer
	p.depth--
	return out
}

// child is a schema that stands at p.at.
func (p *placing) child(s check.Schema) check.Schema {
	number, ok := numberOf(s)
	if !ok && len(s) == 0 {
		return s
	} else if !ok {
		return p.placeRules(s, true)
	}
	if p.names[number] == "" {
		if p.used[number] <= 1 && p.depth < maxNested || p.isSmall(number) {
			return p.place(number)
		}
		p.names[number] = p.free(cmp.Or(p.schemas[number].Name, p.at))
		p.pending = append(p.pending, number)
	}
	return check.Schema{check.Ref(p.names[number])}
}

// maxNested is how deep schemas stand in each other before they get names: as deep
// as people read, and compilers without effort.
const maxNested = 12

// manyRules are too many for a schema to be written several times.
const manyRules = 3

// isSmall tells whether a schema has few rules and no other schemas in it.
func (p *placing) isSmall(number int) bool {
	if len(p.filled[number]) > manyRules {
		return false
	}
	small := true
	for _, r := range p.filled[number] {
		if values, ok := r.(check.Enum); ok && len(values) > manyRules {
			return false
		}
		withChildren(r, func(_ string, s check.Schema) check.Schema {
			small = false
			return s
		})
	}
	return small
}

// free is a name that no other schema has.
func (p *placing) free(name string) string {
	for i := 2; p.taken[name]; i++ {
		base, _, _ := strings.Cut(name, "~")
		name = base + "~" + strconv.Itoa(i)
	}
	p.taken[name] = true
	return name
}

func sameType(a, b check.Rule) bool { return reflect.TypeOf(a) == reflect.TypeOf(b) }

// withChildren is a rule with what each returns in place of each schema in it.
// The path leads to the schema, as a JSON Pointer.
func withChildren(r check.Rule, each func(path string, s check.Schema) check.Schema) check.Rule {
	switch r := r.(type) {
	case check.Items:
		return check.Items(each("/items", check.Schema(r)))
	case check.AdditionalItems:
		return check.AdditionalItems(each("/additionalItems", check.Schema(r)))
	case check.Contains:
		return check.Contains(each("/contains", check.Schema(r)))
	case check.ContainsUnmarked:
		return check.ContainsUnmarked(each("/contains", check.Schema(r)))
	case check.AdditionalProperties:
		return check.AdditionalProperties(each("/additionalProperties", check.Schema(r)))
	case check.PropertyNames:
		return check.PropertyNames(each("/propertyNames", check.Schema(r)))
	case check.Not:
		return check.Not(each("/not", check.Schema(r)))
	case check.FitsIn:
		return check.FitsIn(each("/fitsIn", check.Schema(r)))
	case check.UnevaluatedProperties:
		return check.UnevaluatedProperties(each("/unevaluatedProperties", check.Schema(r)))
	case check.UnevaluatedItems:
		return check.UnevaluatedItems(each("/unevaluatedItems", check.Schema(r)))
	}
	return withLists(r, each)
}

// withLists is withChildren for rules with several schemas.
func withLists(r check.Rule, each func(path string, s check.Schema) check.Schema) check.Rule {
	list := func(keyword string, of []check.Schema) []check.Schema {
		of = slices.Clone(of)
		for i := range of {
			of[i] = each("/"+keyword+"/"+strconv.Itoa(i), of[i])
		}
		return of
	}
	switch r := r.(type) {
	case check.Tuple:
		return check.Tuple(list("prefixItems", r))
	case check.AllOf:
		return check.AllOf(list("allOf", r))
	case check.AnyOf:
		return check.AnyOf(list("anyOf", r))
	case check.OneOf:
		return check.OneOf(list("oneOf", r))
	case check.If:
		r.If = each("/if", r.If)
		if r.Then != nil {
			r.Then = each("/then", r.Then)
		}
		if r.Else != nil {
			r.Else = each("/else", r.Else)
		}
		return r
	}
	return withNamed(r, each)
}

// withNamed is withChildren for rules whose schemas belong to names.
func withNamed(r check.Rule, each func(path string, s check.Schema) check.Schema) check.Rule {
	dependencies := func(of []check.Dependency) []check.Dependency {
		of = slices.Clone(of)
		for i := range of {
			if of[i].Schema != nil {
				of[i].Schema = each("/dependencies/"+of[i].Name, of[i].Schema)
			}
		}
		return of
	}
	switch r := r.(type) {
	case check.Properties:
		r = slices.Clone(r)
		for i := range r {
			r[i].Schema = each("/properties/"+r[i].Name, r[i].Schema)
		}
		return r
	case check.PatternProperties:
		r = slices.Clone(r)
		for i := range r {
			r[i].Schema = each("/patternProperties/"+strconv.Itoa(i), r[i].Schema)
		}
		return r
	case check.Dependencies:
		return check.Dependencies(dependencies(r))
	case check.DependentSchemas:
		return check.DependentSchemas(dependencies(r))
	}
	return r
}
