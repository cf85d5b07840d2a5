package generator

import (
	"cmp"
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// What a package has of its rules: the variable that judges, and the constant with
// the schemas that it judges by.
const (
	rulesName   = "rules"
	ruleSetName = "schemas"
)

// rules brings the schemas of all types and payloads into the form that
// generated code judges by, with the limits of the Go types that were chosen.
// Names of rules are those of types; a payload that has no type of its own, or
// says more than its type, has rules under the name of its envelope.
func (p *planner) rules() {
	var roots []validate.Root
	for _, e := range p.entities {
		roots = append(roots, validate.Root{Name: e.Name(), Schema: p.alone(e.shape.schema)})
		roots = append(roots, e.branchRoots()...)
	}
	for _, m := range p.messages {
		if m.encoding != ir.RawBytes && !p.sharesRules(m) {
			roots = append(roots, validate.Root{Name: m.Names()[0], Schema: m.spec.Payload.Schema})
		}
	}
	roots = sortedRoots(roots)
	roots = append(roots, sortedRoots(append(p.paramRoots(), p.headerRoots()...))...)
	set, found := validate.Normal(roots, leavingOut, p)
	if found.HasErrors() {
		roots = p.judgeable(roots)
		set, found = validate.Normal(roots, leavingOut, p)
	}
	p.leftOut(found)
	p.set = set
	p.headerRules()
	p.judging = map[string]bool{}
	for _, r := range roots {
		p.judging[r.Name] = true
	}
	p.nameRules(p.judging)
	p.keepJudged()
}

// leavingOut has one keyword that cannot be obeyed not leave a whole type unchecked.
var leavingOut = &validate.Options{LeaveOut: true}

// leftOut says what was left out of the rules.
func (p *planner) leftOut(found diag.List) {
	said := map[source.Span]bool{}
	for _, f := range found {
		if f.Severity == diag.Warning && !said[f.At] {
			said[f.At] = true
			errLeftOut(&p.found, f)
		}
	}
}

// sortedRoots sorts schemas by the names of their rules.
func sortedRoots(roots []validate.Root) []validate.Root {
	slices.SortFunc(roots, func(a, b validate.Root) int { return cmp.Compare(a.Name, b.Name) })
	return roots
}

// judgeable are the schemas that values can be judged by; of the others it says
// that they cannot.
func (p *planner) judgeable(roots []validate.Root) []validate.Root {
	var out []validate.Root
	for _, r := range roots {
		if _, found := validate.Normal([]validate.Root{r}, leavingOut, p); found.HasErrors() {
			errUnchecked(&p.found, r.Schema, r.Name, found)
			continue
		}
		out = append(out, r)
	}
	return out
}

// alone is the schema by which the values of a type are judged by themselves: those of a
// branch by that of the sum as well, where it says what is not evaluated, which the branch
// does not know.
func (p *planner) alone(s *schema.Schema) *schema.Schema {
	of := p.branchOf[s]
	if of == nil {
		return s
	}
	both := *of
	both.Name, both.AllOf = "", append(slices.Clone(of.AllOf), s)
	p.shapes[p.make(&both)] = p.use(s)
	return &both
}

// sharesRules tells whether the payload is what its type says and nothing else.
func (p *planner) sharesRules(m *message) bool {
	e := m.payload.entity
	s := m.spec.Payload.Schema
	return e != nil && s.Deref() == e.shape.schema && !p.scopeDiffers(s)
}

// nameRules tells the declarations the names of their rules.
func (p *planner) nameRules(known map[string]bool) {
	for _, e := range p.entities {
		if !known[e.Name()] {
			continue
		}
		switch d := e.shape.decl.(type) {
		case *ir.Struct:
			d.Rules = e.Name()
		case *ir.Defined:
			d.Rules = e.Name()
		case *ir.Enum:
			if d.Base == ir.Raw || !e.at.isWithin() {
				d.Rules = e.Name()
			}
		case *ir.Tuple:
			d.Rules = e.Name()
		case *ir.Sum:
			d.Rules = e.Name()
			e.nameBranchRules(known)
		}
	}
	for _, m := range p.messages {
		name := m.Names()[0]
		if m.encoding != ir.RawBytes && p.sharesRules(m) {
			name = m.payload.entity.Name()
		}
		if known[name] {
			m.ir.Rules = name
		}
	}
}

// headerRules has headers judged whose rules demand more than their types.
func (p *planner) headerRules() {
	byName := map[string]check.Schema{}
	for _, n := range p.set {
		byName[n.Name] = n.Schema
	}
	for _, e := range p.entities {
		if s, ok := byName[e.Name()]; ok && e.headers != nil && demanding(s) {
			e.headers.Rules = e.Name()
		}
	}
}

// demanding tells whether rules are about more than which members there are and
// what kind they are of.
func demanding(s check.Schema) bool {
	for _, r := range s {
		switch r := r.(type) {
		case check.Types, check.Required, check.Title:
		case check.Fits:
			if r != "int64" && r != "double" {
				return true
			}
		case check.Properties:
			if slices.ContainsFunc(r, func(p check.Property) bool { return demanding(p.Schema) }) {
				return true
			}
		default:
			return true
		}
	}
	return false
}
