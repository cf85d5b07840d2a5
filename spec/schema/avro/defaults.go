package avro

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// anyBranchSince is the release since which the default of a union may fit any
// of its branches, and not the first alone.
const anyBranchSince = 12

// givenDefault is the default of a field, held to its type once all types are
// known.
type givenDefault struct {
	of *Schema
	at resolve.Place
}

// trial is a value held to a schema.
type trial struct {
	schema *Schema
	value  *syntax.Node
}

// misfit is why a value does not fit a schema, and where.
type misfit struct {
	at         source.Span
	text, help string
}

func (r *reader) checkDefault(d givenDefault) {
	if why := r.check(d.of, d.at.Node); why != nil {
		r.report(why)
	}
}

func (r *reader) report(why *misfit) {
	f := r.found.Errorf(why.at, codeDefault, "%s", why.text)
	if why.help != "" {
		f.WithHelp("%s", why.help)
	}
}

// check tells why a default value does not fit a schema, nil when it does. Avro
// 1.12 "Records", table of default values.
func (r *reader) check(s *Schema, n *syntax.Node) *misfit {
	id := trial{s, n}
	if why, ok := r.fits[id]; ok {
		return why
	}
	r.fits[id] = nil // a value is a tree, so this is only met again for what is the same
	why := r.tried(s, n)
	r.fits[id] = why
	return why
}

func (r *reader) tried(s *Schema, n *syntax.Node) *misfit {
	if s.Type == Unknown || r.unsound[s] {
		return nil
	}
	switch s.Type {
	case Union:
		return r.checkBranches(s, n)
	case Array:
		return r.checkItems(s, n)
	case Map:
		return r.checkValues(s, n)
	case Record:
		return r.checkRecord(s, n)
	}
	return checkScalar(s, n)
}

// kinds are what the values of a type are in JSON.
var kinds = [...]syntax.Kind{
	Null: syntax.Null, Boolean: syntax.Bool, Int: syntax.Number, Long: syntax.Number, Float: syntax.Number,
	Double: syntax.Number, Bytes: syntax.String, String: syntax.String, Record: syntax.Mapping, Enum: syntax.String,
	Array: syntax.Sequence, Map: syntax.Mapping, Fixed: syntax.String,
}

// wrongKind is the misfit of a value that is of another kind than its type.
func wrongKind(s *Schema, n *syntax.Node) *misfit {
	if n.Kind == kinds[s.Type] {
		return nil
	}
	m := &misfit{at: n.At, text: fmt.Sprintf("a default of type %q must be %s, is %s", title(s), a(kinds[s.Type]), a(n.Kind))}
	switch {
	case n.Kind == syntax.Null:
		m.help = fmt.Sprintf(`leave the default out, or make the type a union: ["null", %q]`, title(s))
	case n.Kind == syntax.String && n.Text == "null" && s.Type == Null:
		m.help = "write null without quotes"
	}
	return m
}

func checkScalar(s *Schema, n *syntax.Node) *misfit {
	if m := wrongKind(s, n); m != nil {
		return m
	}
	wrong := func(format string, args ...any) *misfit { return &misfit{at: n.At, text: fmt.Sprintf(format, args...)} }
	switch s.Type {
	case Int:
		if v, err := strconv.ParseInt(n.Text, 10, 64); err != nil || v < math.MinInt32 || v > math.MaxInt32 {
			return wrong(`a default of type "int" must be an integer of 32 bits, is %s`, n.Text)
		}
	case Long:
		if _, err := strconv.ParseInt(n.Text, 10, 64); err != nil {
			return wrong(`a default of type "long" must be an integer of 64 bits, is %s`, n.Text)
		}
	case Bytes, Fixed:
		if strings.IndexFunc(n.Text, func(r rune) bool { return r > math.MaxUint8 }) >= 0 {
			return wrong(`a default of type %q has one character from \u0000 to \u00ff for each byte`, title(s))
		}
		if size := utf8.RuneCountInString(n.Text); s.Type == Fixed && int64(size) != s.Size {
			return wrong("a default of type %q must have %d bytes, has %d", title(s), s.Size, size)
		}
	case Enum:
		return checkSymbol(s, n)
	}
	return nil
}

func checkSymbol(s *Schema, n *syntax.Node) *misfit {
	for _, symbol := range s.Symbols {
		if symbol == n.Text {
			return nil
		}
	}
	m := &misfit{at: n.At, text: fmt.Sprintf("default %q is none of the symbols", n.Text)}
	if near := diag.Nearest(n.Text, s.Symbols); near != "" {
		m.help = fmt.Sprintf("did you mean %q?", near)
	}
	return m
}

func (r *reader) checkItems(s *Schema, n *syntax.Node) *misfit {
	if m := wrongKind(s, n); m != nil {
		return m
	}
	for _, item := range n.Items {
		if m := r.check(s.Items, item); m != nil {
			return m
		}
	}
	return nil
}

func (r *reader) checkValues(s *Schema, n *syntax.Node) *misfit {
	if m := wrongKind(s, n); m != nil {
		return m
	}
	for _, member := range n.Members {
		if m := r.check(s.Values, member.Value); m != nil {
			return m
		}
	}
	return nil
}

// checkRecord holds an object to a record: what is not there must have a default
// of its own.
func (r *reader) checkRecord(s *Schema, n *syntax.Node) *misfit {
	if m := wrongKind(s, n); m != nil {
		return m
	}
	for _, f := range s.Fields {
		value := n.Get(f.Name)
		if value == nil {
			if f.Default == nil && f.Name != "" {
				return &misfit{at: head(resolve.Place{Node: n}), text: fmt.Sprintf("the default lacks field %q of %q", f.Name, title(s))}
			}
			continue
		}
		if m := r.check(f.Type, value); m != nil {
			return m
		}
	}
	return nil
}

// checkBranches holds a value to a union.
func (r *reader) checkBranches(s *Schema, n *syntax.Node) *misfit {
	var fitting, last *Schema
	for _, b := range s.Branches {
		if r.check(b, n) == nil {
			fitting = b
			break
		}
		if b.Type != Null {
			last = b
		}
	}
	switch {
	case len(s.Branches) == 0:
		return nil
	case fitting == nil:
		return r.fitsNone(s, n, last)
	case r.release < anyBranchSince && fitting != s.Branches[0]:
		return &misfit{
			at:   n.At,
			text: fmt.Sprintf("the default must fit the first branch of the union, which is %q", title(s.Branches[0])),
			help: fmt.Sprintf("put %q first in the union; since Avro 1.12 any branch may fit", title(fitting)),
		}
	}
	return nil
}

// fitsNone says why a value fits no branch: in a union of null and one other
// type, why it does not fit that one.
func (r *reader) fitsNone(s *Schema, n *syntax.Node, last *Schema) *misfit {
	m := &misfit{at: n.At, text: "the default fits no branch of the union"}
	if n.Kind == syntax.String && n.Text == "null" {
		m.help = "write null without quotes"
		return m
	}
	others := 0
	for _, b := range s.Branches {
		if b.Type != Null {
			others++
		}
	}
	if others == 1 && n.Kind == kinds[last.Type] {
		return r.check(last, n)
	}
	return m
}
