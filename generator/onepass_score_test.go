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
		b := passesOf{layouts: map[*ir.Struct]*check.Layout{}, why: map[string]bool{}}
		plan := (*check.Plan)(nil)
		if l := b.root(m.Payload); l != nil {
			if plan = rules.Of(m.Rules).Plan(l); plan == nil {
				b.why["the rules: "+strings.Join(rulesOf(set, m.Rules), " ")] = true
			}
		}
		switch {
		case plan == nil:
			p.none++
		case len(plan.Others()) > 0:
			p.part++
			for _, place := range plan.Others() {
				b.why["within: "+place.Of.(string)] = true
			}
		default:
			p.whole++
		}
		for why := range b.why {
			p.why[why]++
		}
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
	layouts map[*ir.Struct]*check.Layout
	why     map[string]bool
}

// root is the layout of a payload, or nil where no table says it.
func (b *passesOf) root(t ir.Type) *check.Layout {
	what := fmt.Sprintf("%T", t)
	if n, ok := t.(*ir.Named); ok {
		if s, ok := n.Decl.(*ir.Struct); ok {
			return b.layout(s)
		}
		what = kindOfType(n)
	}
	b.why["the payload is no struct: "+what] = true
	return nil
}

func (b *passesOf) layout(s *ir.Struct) *check.Layout {
	if l, met := b.layouts[s]; met {
		return l
	}
	b.layouts[s] = nil
	if s.Table() == "" {
		b.why["there is no table: "+untold(s)] = true
		return nil
	}
	l := &check.Layout{Unknown: -1}
	b.layouts[s] = l
	for _, f := range s.Fields {
		m := f.Member()
		p := check.Place{Name: f.JSONName, Of: fmt.Sprintf("%v", kindOfMember(m))}
		p.Kind = b.kind(m, &p)
		l.Places = append(l.Places, p)
	}
	return l
}

// placeKinds are what values of basic types are to a plan.
var placeKinds = map[ir.Basic]check.PlaceKind{
	ir.String: check.PlaceString, ir.Bool: check.PlaceBool, ir.Int32: check.PlaceInt32, ir.Int64: check.PlaceInt64, ir.Float64: check.PlaceFloat64,
}

func (b *passesOf) kind(m *ir.Member, p *check.Place) check.PlaceKind {
	switch t := m.Value.(type) {
	case ir.Basic:
		if m.List && t == ir.String {
			return check.PlaceStrings
		} else if m.List {
			return check.PlaceOther
		}
		return placeKinds[t]
	case *ir.Named:
		if s, ok := t.Decl.(*ir.Struct); ok {
			if p.Layout = b.layout(s); p.Layout == nil {
				p.Of = "a struct without a table"
				return check.PlaceOther
			}
			switch {
			case m.List:
				return check.PlaceList
			case m.Pointer:
				return check.PlacePointer
			}
			return check.PlaceStruct
		}
	}
	return check.PlaceOther
}

func kindOfMember(m *ir.Member) string {
	what := kindOfType(m.Value)
	if m.List {
		what = "a list of " + what
	}
	return what
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

// untold is why a struct has no table.
func untold(s *ir.Struct) string {
	var out []string
	if s.Extra != nil {
		out = append(out, "Extra "+kindOfType(s.Extra.Elem))
	}
	if s.Other != "" {
		out = append(out, "Other")
	}
	for _, f := range s.Fields {
		if f.Member() == nil {
			out = append(out, kindOfType(f.Type))
		}
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ", ")
}

// String is the score, with the commonest reasons first.
func (p *passes) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d types of payloads are read in one pass, %d in part, %d not at all.\n\n", p.whole, p.part, p.none)
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
