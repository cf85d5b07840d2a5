package ir

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Member says how a table of the runtime reads and writes a value: by a word for its type, or,
// of a type that is made of another, by one that stands behind the words for that.
type Member struct {
	Word string
	Of   *Member // what it is made of; else nil
	Type Type    // that is meant: what a defined type is, where that is told
}

// Words are all words, which name the type that lies innermost first.
func (m *Member) Words() string {
	if m.Of == nil {
		return m.Word
	}
	return m.Of.Words() + " " + m.Word
}

// Innermost is what the value is made of in the end, or the value itself.
func (m *Member) Innermost() *Member {
	for m.Of != nil {
		m = m.Of
	}
	return m
}

// MapValues are the types that maps hold within the value, as far as only a table's MapOf can know
// them.
func (m *Member) MapValues() (types []Type) {
	for ; m != nil; m = m.Of {
		if m.Word == "map" && m.Of.apart() {
			types = append(types, m.Of.Type)
		}
	}
	return types
}

// apart tells whether a value is not in memory as those of a type that the runtime knows are.
func (m *Member) apart() bool {
	if n, ok := m.Type.(*Named); ok && m.Word == "value" {
		if d, ok := n.Decl.(*Defined); ok && d.Table() != "" {
			_, list := d.Type.(*Slice)
			_, maps := d.Type.(*Map)
			return !list && !maps
		}
		return true
	}
	return m.Word == "struct" || m.Word == "nullable" || m.Word == "external"
}

// Sum is the sum that the value is, or is made of, or nil.
func (m *Member) Sum() *Sum { return SumOf(m.Innermost().Type) }

// Table is the name of the variable that says how the struct is read and written.
func (s *Struct) Table() string {
	return "json" + s.Name // which no other is: exported names begin with a large letter
}

// Table is the name of the variable that says how the elements are read and written.
func (t *Tuple) Table() string { return "json" + t.Name } // see that of a Struct

// Table is the name of the variable that says how values of the type are read and written.
func (d *Defined) Table() string { return "json" + d.Name } // see that of a Struct

// Member is how a table reads and writes values of the type.
func (d *Defined) Member() *Member { return memberOf(d.Type, []*Defined{d}) }

// LacksMethods tells whether methods read and write what the type is defined as: it does not
// have these.
func (d *Defined) LacksMethods() bool {
	switch t := d.Type.(type) {
	case External:
		return true
	case Basic:
		return t.OfRuntime()
	}
	return false
}

// Member is how a table reads and writes values of the enum: a value of any kind as its
// canonical text.
func (e *Enum) Member() *Member {
	if e.Base == Raw {
		return &Member{Word: "canonical", Type: &Named{Decl: e}}
	}
	return &Member{Word: basicWords[e.Base], Type: e.Base}
}

// Map is how a table reads and writes a map of the values.
func (x *Extra) Map() *Member { return memberOf(&Map{Elem: x.Elem}, nil) }

// List is how a table reads and writes a list of the values.
func (x *Extra) List() *Member { return memberOf(&Slice{Elem: x.Elem}, nil) }

// Member is how a table reads values of the branch: as a field.
func (b *Branch) Member() *Member { return memberOf(&Named{Decl: b.Decl}, nil) }

// Member is how a table reads and writes the field.
func (f *Field) Member() *Member {
	if f.Fixed {
		return f.fixedMember()
	}
	typ, how := f.Type, ""
	if t, ok := typ.(*Optional); ok {
		typ, how = t.Elem, "optional"
	} else if !f.Required {
		how = "some"
	}
	m := memberOf(typ, nil)
	if f.Nullable {
		m = &Member{Word: "nil", Of: m}
	}
	if how != "" {
		m = &Member{Word: how, Of: m}
	}
	return m
}

// fixedMember is Member for a field that has one value alone, which is true if it is none of
// an enum.
func (f *Field) fixedMember() *Member {
	value := "true"
	if e := EnumOf(f.Type); e != nil {
		value = e.Values[0].Literal
		if e.Base == String {
			value = quoted(value)
		}
	}
	return &Member{Word: "= " + value, Of: memberOf(f.Type, nil)}
}

// quoted is a text as a string of JSON.
func quoted(text string) string {
	var b strings.Builder
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	_ = out.Encode(text) // which cannot fail
	return strings.TrimSuffix(b.String(), "\n")
}

// basicWords are the words for basic types.
var basicWords = [...]string{
	Bool: "bool", Int8: "int8", Int16: "int16", Int32: "int32", Int64: "int64", Uint8: "uint8", Uint16: "uint16", Uint32: "uint32", Uint64: "uint64",
	Float32: "float32", Float64: "float64", String: "string", Bytes: "bytes", Time: "time", Date: "date", TimeOfDay: "timeofday", Duration: "duration",
	UUID: "uuid", Decimal: "decimal", Addr: "addr", URL: "url", Raw: "raw",
}

// memberOf is how a table reads and writes values of a type, which may lie within defined types.
func memberOf(t Type, in []*Defined) *Member {
	word, elem := "", Type(nil)
	switch t := t.(type) {
	case Basic:
		return &Member{Word: basicWords[t], Type: t}
	case *Named:
		return memberOfNamed(t, in)
	case External:
		return &Member{Word: "external", Type: t}
	case *Slice:
		word, elem = "list", t.Elem
	case *Map:
		word, elem = "map", t.Elem
	case *Pointer:
		word, elem = "pointer", t.Elem
	case *Nullable:
		word, elem = "nullable", t.Elem
	default:
		panic(fmt.Sprintf("no table says type %T", t))
	}
	return &Member{Word: word, Of: memberOf(elem, in), Type: t}
}

// memberOfNamed is memberOf for a type that the package declares.
func memberOfNamed(t *Named, in []*Defined) *Member {
	word := "value"
	switch d := t.Decl.(type) {
	case *Sum:
		return &Member{Word: "sum", Type: t} // its values lie by themselves
	case *Enum:
		return d.Member()
	case *Defined:
		if len(in) < mostWithin && !slices.Contains(in, d) {
			return memberOf(d.Type, append(slices.Clip(in), d))
		}
	case *Struct, *Tuple:
		word = "struct"
	}
	return &Member{Word: word, Type: t}
}

// mostWithin is how many defined types are told as what they are that lie within each other.
const mostWithin = 8

// Keeps tells whether values of a type have some of a type of another package in them: that may
// keep itself when it is read or written, and so must lie where it can be kept.
func Keeps(t Type) bool {
	switch t := t.(type) {
	case External:
		return true
	case *Optional:
		return Keeps(t.Elem)
	case *Nullable:
		return Keeps(t.Elem)
	case *Named:
		switch d := t.Decl.(type) {
		case *Struct:
			return keepsAny(d.Fields)
		case *Tuple:
			return keepsAny(d.Fields)
		case *Defined:
			return Keeps(d.Type)
		}
	}
	return false
}

func keepsAny(fields []*Field) bool {
	for _, f := range fields {
		if Keeps(f.Type) {
			return true
		}
	}
	return false
}
