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
		b := passesOf{map[ir.TypeDecl]*check.Layout{}, map[*ir.Sum]*check.Sum{}, map[string]bool{}, &rules}
		plan := b.plan(m.Payload, rules.Of(m.Rules))
		if plan == nil && len(b.why) == 0 {
			b.why["the rules: "+strings.Join(rulesOf(set, m.Rules), " ")] = true
		}
		switch {
		case plan == nil:
			p.none++
		case len(plan.Others()) > 0:
			p.part++
			for _, place := range plan.Others() {
				if place == nil {
					b.why["the payload: Sum"] = true
				} else {
					b.why["within: "+place.Of.(string)] = true
				}
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
	layouts map[ir.TypeDecl]*check.Layout
	sums    map[*ir.Sum]*check.Sum
	why     map[string]bool
	rules   **check.Rules
}

// plan is the plan for a payload, or nil.
func (b *passesOf) plan(t ir.Type, rules *check.Validator) *check.Plan {
	if n, ok := t.(*ir.Named); ok {
		switch d := n.Decl.(type) {
		case *ir.Struct, *ir.Tuple:
			if l := b.layout(d); l != nil {
				return rules.Plan(l)
			}
			return nil
		case *ir.Sum:
			return rules.PlanSum(b.sum(d), nil)
		case *ir.Defined:
			if m := d.Member(); m != nil {
				place := check.Place{Of: kindOfMember(m)}
				place.Kind = b.kind(m, &place)
				if p := rules.PlanSingle(&place, nil); p != nil || len(b.why) > 0 {
					return p
				}
				b.why["the payload: "+kindOfMember(m)] = true
				return nil
			}
		}
	}
	b.why["the payload is no struct: "+kindOfType(t)] = true
	return nil
}

// sum says how values of a sum lie in memory.
func (b *passesOf) sum(s *ir.Sum) *check.Sum {
	if l, met := b.sums[s]; met {
		return l
	}
	l := &check.Sum{Rules: b.rules}
	b.sums[s] = l
	for _, branch := range s.Branches {
		m := &ir.Member{Value: &ir.Named{Decl: branch.Decl}}
		switch d := branch.Decl.(type) {
		case *ir.Enum:
			m.Value = d.Base
		case *ir.Defined:
			if of := d.Member(); of != nil {
				m = of
			}
		}
		place := check.Place{Of: "an alternative"}
		place.Kind = b.kind(m, &place)
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
	b.layouts[d] = nil
	l := &check.Layout{Unknown: -1, Other: -1}
	table, fields, extra, other := "", []*ir.Field(nil), (*ir.Member)(nil), ""
	switch d := d.(type) {
	case *ir.Struct:
		table, fields, other = d.Table(), d.Fields, d.Other
		if d.Extra != nil {
			extra = d.Extra.Map()
		}
	case *ir.Tuple:
		table, fields, other, l.Tuple = d.Table(), d.Fields, d.Other, true
		if d.Rest != nil {
			extra = d.Rest.List()
		}
	}
	if table == "" {
		b.why["there is no table: "+untold(d)] = true
		return nil
	}
	b.layouts[d] = l
	place := func(m *ir.Member, name string) check.Place {
		p := check.Place{Name: name, Of: kindOfMember(m)}
		p.Kind = b.kind(m, &p)
		return p
	}
	for _, f := range fields {
		l.Places = append(l.Places, place(f.Member(), f.JSONName))
	}
	if extra != nil {
		p := place(extra, "")
		l.Extra = &p
	}
	if other != "" {
		l.Other = 0
	}
	return l
}

// placeKinds are what values of basic types are to a plan.
var placeKinds = map[ir.Basic]check.PlaceKind{
	ir.String: check.PlaceString, ir.Bool: check.PlaceBool, ir.Raw: check.PlaceRaw, ir.Bytes: check.PlaceBytes,
	ir.Int8: check.PlaceInt8, ir.Int16: check.PlaceInt16, ir.Int32: check.PlaceInt32, ir.Int64: check.PlaceInt64,
	ir.Uint8: check.PlaceUint8, ir.Uint16: check.PlaceUint16, ir.Uint32: check.PlaceUint32, ir.Uint64: check.PlaceUint64,
	ir.Float32: check.PlaceFloat32, ir.Float64: check.PlaceFloat64, ir.Decimal: check.PlaceDecimal,
	ir.Time: check.PlaceTime, ir.Date: check.PlaceDate, ir.TimeOfDay: check.PlaceTimeOfDay, ir.Duration: check.PlaceDuration,
	ir.UUID: check.PlaceUUID, ir.Addr: check.PlaceAddr,
}

func (b *passesOf) kind(m *ir.Member, p *check.Place) check.PlaceKind {
	if m.Nullable || m.Nil {
		inner := *m
		inner.Nullable, inner.Nil = false, false
		p.Item = &check.Place{Of: p.Of}
		p.Item.Kind = b.kind(&inner, p.Item)
		return check.PlaceNullable
	}
	if m.List || m.Map {
		each := *m
		each.List, each.Map = false, false
		p.Item = &check.Place{Of: p.Of}
		p.Item.Kind = b.kind(&each, p.Item)
		if m.Map {
			return check.PlaceMap
		}
		return check.PlaceList
	}
	switch t := m.Value.(type) {
	case ir.Basic:
		return placeKinds[t]
	case *ir.Named:
		switch d := t.Decl.(type) {
		case *ir.Sum:
			p.Sum = b.sum(d)
			return check.PlaceSum
		case *ir.Struct, *ir.Tuple:
			if p.Layout = b.layout(d); p.Layout == nil {
				p.Of = "a struct without a table"
			} else if m.Pointer {
				return check.PlacePointer
			} else if p.Layout.Tuple {
				return check.PlaceTuple
			} else {
				return check.PlaceStruct
			}
		}
	}
	return check.PlaceOther
}

func kindOfMember(m *ir.Member) string {
	what := kindOfType(m.Value)
	if m.List {
		what = "a list of " + what
	}
	if m.Map {
		what = "a map of " + what
	}
	if m.Nullable || m.Nil {
		what = "null or " + what
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
func untold(d ir.TypeDecl) string {
	var out []string
	fields := []*ir.Field(nil)
	switch d := d.(type) {
	case *ir.Struct:
		if fields = d.Fields; d.Extra != nil && d.Extra.Map() == nil {
			out = append(out, "Extra "+kindOfType(d.Extra.Elem))
		}
	case *ir.Tuple:
		if fields = d.Fields; d.Rest != nil && d.Rest.List() == nil {
			out = append(out, "Rest "+kindOfType(d.Rest.Elem))
		}
	}
	for _, f := range fields {
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
