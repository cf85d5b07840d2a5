package generator_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/runtime/check"
)

// passes counts the types of payloads by how they are read.
type passes struct {
	whole, part, none int
	judged            int            // have a value that is judged before it is read
	why               map[string]int // some are not read in one pass as a whole, once for each type
}

// count adds the types of payloads that a package has.
func (p *passes) count(of *ir.Package) {
	if p.why == nil {
		p.why = map[string]int{}
	}
	var rules *check.Rules
	set := map[string]check.Schema{}
	var messages []*ir.Message
	for _, f := range of.Files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ir.Rules:
				rules = check.NewRules(d.Set)
				for _, n := range d.Set {
					set[n.Name] = n.Schema
				}
			case *ir.Message:
				messages = append(messages, d)
			}
		}
	}
	met := map[string]bool{}
	for _, m := range messages {
		if m.Encoding != ir.JSON || m.Rules == "" || met[m.Rules] {
			continue
		}
		met[m.Rules] = true
		b := passesOf{map[ir.TypeDecl]*check.Layout{}, map[*ir.Sum]*check.Sum{}, map[*ir.Defined]*check.Place{}, map[string]bool{}, &rules}
		plan := b.plan(m, rules.Of(m.Rules))
		if plan == nil && len(b.why) == 0 {
			b.why["the rules: "+strings.Join(rulesOf(set, m.Rules), " ")] = true
		}
		if plan != nil {
			b.count(plan.Others(), "within: ")
			if judged := plan.Judged(); len(judged) > 0 {
				p.judged++
				b.count(judged, "judged before: ")
			}
		}
		switch {
		case plan == nil:
			p.none++
		case len(plan.Others()) > 0:
			p.part++
		default:
			p.whole++
		}
		for why := range b.why {
			p.why[why]++
		}
	}
}

// count notes that a payload has such places, that of a sum by itself among them.
func (b *passesOf) count(places []*check.Place, how string) {
	for _, place := range places {
		of := "the payload, a Sum"
		if place != nil {
			of = place.Of.(string)
		}
		b.why[how+of] = true
	}
}

// rulesOf are the kinds of rules that a schema has.
func rulesOf(set map[string]check.Schema, name string) []string {
	var out []string
	for _, r := range set[name] {
		switch r := r.(type) {
		case check.Ref:
			if len(set[name]) == 1 {
				return rulesOf(set, string(r))
			}
		case check.Title, check.Types, check.Properties, check.Required:
			continue
		}
		out = append(out, strings.TrimPrefix(fmt.Sprintf("%T", r), "check."))
	}
	return out
}

// passesOf finds out how the type of one payload lies in memory, as package codec does of a
// table.
type passesOf struct {
	layouts map[ir.TypeDecl]*check.Layout
	sums    map[*ir.Sum]*check.Sum
	alone   map[*ir.Defined]*check.Place
	why     map[string]bool
	rules   **check.Rules
}

// plan is the plan for a payload, or nil.
func (b *passesOf) plan(m *ir.Message, rules *check.Validator) *check.Plan {
	if member := m.Member(); member != nil {
		return b.single(member, rules)
	}
	if n, ok := m.Payload.(*ir.Named); ok {
		switch d := n.Decl.(type) {
		case *ir.Struct, *ir.Tuple:
			return rules.Plan(b.layout(d))
		case *ir.Sum:
			return rules.PlanSum(b.sum(d), nil)
		case *ir.Defined:
			return b.single(d.Member(), rules)
		case *ir.Enum:
			return b.single(d.Member(), rules)
		}
	}
	b.why["there is no table: "+kindOfType(m.Payload)] = true
	return nil
}

// single is the plan for what is no struct and no sum.
func (b *passesOf) single(m *ir.Member, rules *check.Validator) *check.Plan {
	place := b.place(m)
	p := rules.PlanSingle(&place, nil)
	if p == nil && len(b.why) == 0 {
		b.why["the payload: "+kindOfMember(m)] = true
	}
	return p
}

// sum says how values of a sum lie in memory.
func (b *passesOf) sum(s *ir.Sum) *check.Sum {
	if l, met := b.sums[s]; met {
		return l
	}
	l := &check.Sum{Rules: b.rules}
	b.sums[s] = l
	for _, branch := range s.Branches {
		place := b.place(branch.Member())
		l.Branches = append(l.Branches, check.Branch{Place: place})
	}
	l.Pick = pickOf(s, l, s.Pick)
	return l
}

// pickOf is a pick as package codec reads it in the text of a table.
func pickOf(s *ir.Sum, l *check.Sum, p *ir.Pick) *check.Pick {
	out := &check.Pick{}
	switch {
	case p == nil:
		return nil
	case p.Kinds != nil:
		out.By = check.PickKind
		for _, k := range p.Kinds {
			of := check.KindPick{Pick: pickOf(s, l, k.Pick)}
			for _, kind := range k.Kinds {
				of.Types |= [...]check.Types{check.Boolean, check.Number, check.String, check.Array, check.Object, check.Null}[kind]
			}
			out.Kinds = append(out.Kinds, of)
		}
	case p.Member != nil:
		out.By, out.Name, out.Texts = check.PickMember, p.Member.Name, map[string]*check.Pick{}
		for _, v := range p.Member.Values {
			for _, text := range v.Values {
				out.Texts[text] = pickOf(s, l, v.Pick)
			}
		}
		out.Else = pickOf(s, l, p.Member.Else)
	case p.Present != nil:
		out.By, out.Name = check.PickPresent, p.Present.Name
		out.Yes, out.Else = pickOf(s, l, p.Present.Yes), pickOf(s, l, p.Present.Absent)
	default:
		out.By, out.Leaf = check.PickTry, l.Leaves
		for i, branch := range p.Try {
			name := branch.Rules
			if i == len(p.Try)-1 {
				name = ""
			}
			out.Tries = append(out.Tries, check.Try{Rules: name, Branch: slices.Index(s.Branches, branch)})
		}
		if p.Branch != nil {
			out.By, out.Branch = check.PickIs, slices.Index(s.Branches, p.Branch)
		}
		l.Leaves++
	}
	return out
}

func (b *passesOf) layout(d ir.TypeDecl) *check.Layout {
	if l, met := b.layouts[d]; met {
		return l
	}
	l := &check.Layout{Unknown: -1, Other: -1}
	fields, extra, other := []*ir.Field(nil), (*ir.Member)(nil), ""
	switch d := d.(type) {
	case *ir.Struct:
		fields, other = d.Fields, d.Other
		if d.Extra != nil {
			extra = d.Extra.Map()
		}
	case *ir.Tuple:
		fields, other, l.Tuple = d.Fields, d.Other, true
		if d.Rest != nil {
			extra = d.Rest.List()
		}
	}
	b.layouts[d] = l
	for _, f := range fields {
		p := b.place(f.Member())
		p.Name = f.JSONName
		l.Places = append(l.Places, p)
	}
	if extra != nil {
		p := b.place(extra)
		l.Extra = &p
	}
	if other != "" {
		l.Other = 0
	}
	return l
}

// place is what a value is to a plan.
func (b *passesOf) place(m *ir.Member) check.Place {
	p := check.Place{Of: kindOfMember(m)}
	kind, made := check.PlaceKinds[m.Word]
	if m.Of != nil {
		if !made { // absent at times
			return b.place(m.Of)
		}
		p.Kind, p.Item = kind, b.item(m.Of)
		return p
	}
	p.Kind = kind
	switch n, _ := m.Type.(*ir.Named); kind {
	case check.PlaceCanonical:
		p.Canonical = strings.Clone
	case check.PlaceSum:
		p.Sum = b.sum(m.Sum())
	case check.PlaceStruct:
		if p.Layout = b.layout(n.Decl); p.Layout.Tuple {
			p.Kind = check.PlaceTuple
		}
	}
	return p
}

// item is the place of what lies in another, which may be a list or a map that holds itself.
func (b *passesOf) item(m *ir.Member) *check.Place {
	if n, ok := m.Type.(*ir.Named); ok && m.Word == "value" {
		if d, ok := n.Decl.(*ir.Defined); ok && d.Member() != nil {
			if b.alone[d] == nil {
				b.alone[d] = new(check.Place) // before those within, which lead back here
				*b.alone[d] = b.place(d.Member())
			}
			return b.alone[d]
		}
	}
	p := b.place(m)
	return &p
}

// kindOfMember are the words for a member, with more of what lies innermost.
func kindOfMember(m *ir.Member) string {
	words := m.Words()
	if word := m.Innermost().Word; word == "struct" || word == "value" {
		return strings.Replace(words, word, kindOfType(m.Innermost().Type), 1)
	}
	return words
}

// basicNames are in the order of the basic types.
var basicNames = strings.Fields("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 string bytes time date timeOfDay duration uuid decimal addr raw")

func kindOfType(t ir.Type) string {
	switch t := t.(type) {
	case ir.Basic:
		return basicNames[t-ir.Bool]
	case *ir.Optional:
		return "Optional " + kindOfType(t.Elem)
	case *ir.Nullable:
		return "Nullable " + kindOfType(t.Elem)
	case *ir.Slice:
		return "Slice " + kindOfType(t.Elem)
	case *ir.Map:
		return "Map " + kindOfType(t.Elem)
	case *ir.Pointer:
		return "Pointer " + kindOfType(t.Elem)
	case *ir.Named:
		if d, ok := t.Decl.(*ir.Defined); ok {
			return "Defined " + strings.TrimPrefix(fmt.Sprintf("%T", d.Type), "*ir.")
		}
		return strings.TrimPrefix(fmt.Sprintf("%T", t.Decl), "*ir.")
	}
	return "External"
}

// String is the score, with the commonest reasons first.
func (p *passes) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d types of payloads are read in one pass, %d in part, %d not at all.\n", p.whole, p.part, p.none)
	fmt.Fprintf(&b, "%d of them have values that are judged before they are read.\n\n", p.judged)
	for _, why := range slices.SortedFunc(maps.Keys(p.why), func(a, b string) int {
		return cmp.Or(p.why[b]-p.why[a], strings.Compare(a, b))
	}) {
		fmt.Fprintf(&b, "%d %s\n", p.why[why], why)
	}
	return b.String()
}

// TestOnePassScore counts of how many types of payloads texts are judged and read in one
// pass, and why others are not.
func TestOnePassScore(t *testing.T) {
	t.Run("features", func(t *testing.T) {
		var p passes
		for _, f := range features(t) {
			p.count(plan(readText(t, f.name+".yaml", f.document)))
		}
		golden.Check(t, "testdata/onepass/features.txt", []byte(p.String()))
	})
	for _, part := range corpora {
		t.Run(part, func(t *testing.T) {
			var p passes
			dir, files := corpusFiles(t, part)
			for _, file := range files {
				if doc := validDocument(t, file, dir); doc != nil {
					p.count(plan(doc))
				}
			}
			golden.Check(t, "testdata/onepass/"+part+".txt", []byte(p.String()))
		})
	}
}
