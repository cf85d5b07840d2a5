package ir

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Member says how a table of the runtime reads and writes a value: by a word for its type, or,
// of a type that is made of another, by one that stands behind the words for that.
type Member struct {
	Word string
	Of   *Member // what it is made of; else nil
	Type Type    // where it is made of nothing
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

// Sum is the sum that the value is, or is made of, or nil.
func (m *Member) Sum() *Sum { return SumOf(m.Innermost().Type) }

// Table is the name of the variable that says how the struct is read and written; "" for
// one that is read and written by statements, because a field or the members without a
// field need some.
func (s *Struct) Table() string {
	if s.Extra != nil && s.Extra.Map() == nil {
		return ""
	}
	for _, f := range s.Fields {
		if f.Member() == nil {
			return ""
		}
	}
	return "json" + s.Name // which no other is: exported names begin with a large letter
}

// Table is the name of the variable that says how the elements are read and written; "" for
// those that are by statements.
func (t *Tuple) Table() string {
	if t.Rest != nil && t.Rest.List() == nil {
		return ""
	}
	for _, f := range t.Fields {
		if f.Member() == nil {
			return ""
		}
	}
	return "json" + t.Name // see that of a Struct
}

// Table is the name of the variable that says how values of the type are read and written;
// "" for one that is read and written by statements.
func (d *Defined) Table() string {
	if d.Member() == nil {
		return ""
	}
	return "json" + d.Name // see that of a Struct
}

// Member is how a table reads and writes values of the type, or nil where none does.
func (d *Defined) Member() *Member {
	switch t := d.Type.(type) {
	case *Slice, *Map:
	case Basic:
		if t.OfRuntime() { // whose methods it does not have
			return nil
		}
	default:
		return nil
	}
	return memberOf(d.Type, true, []*Defined{d})
}

// Member is how a table reads and writes values of the enum: a value of any kind as its
// canonical text.
func (e *Enum) Member() *Member {
	if e.Base == Raw {
		return &Member{Word: "canonical", Type: &Named{Decl: e}}
	}
	return &Member{Word: basicWords[e.Base], Type: e.Base}
}

// Map is how a table reads and writes a map of the values, or nil where none does.
func (x *Extra) Map() *Member { return memberOf(&Map{Elem: x.Elem}, false, nil) }

// List is how a table reads and writes a list of the values, or nil where none does.
func (x *Extra) List() *Member { return memberOf(&Slice{Elem: x.Elem}, false, nil) }

// Member is how a table reads values of the branch: as a field.
func (b *Branch) Member() *Member { return memberOf(&Named{Decl: b.Decl}, true, nil) }

// Member is how a table reads and writes the field, or nil where none does.
func (f *Field) Member() *Member {
	if !StandsForItself(f.JSONName) {
		return nil
	}
	if f.Fixed {
		return f.fixedMember()
	}
	typ, how := f.Type, ""
	if t, ok := typ.(*Optional); ok {
		typ, how = t.Elem, "optional"
	} else if !f.Required {
		if how = "some"; !tellsAbsent(typ) {
			return nil
		}
	}
	m := memberOf(typ, false, nil)
	if m == nil {
		return nil
	}
	if f.Nullable {
		m = &Member{Word: "nil", Of: m}
	}
	if how != "" {
		m = &Member{Word: how, Of: m}
	}
	return m
}

// tellsAbsent tells whether the zero value of a type stands for what is absent.
func tellsAbsent(t Type) bool {
	_, nullable := t.(*Nullable)
	return nullable || Nilable(t) || EnumOf(t) != nil
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
	return &Member{Word: "= " + value, Of: memberOf(f.Type, false, nil)}
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
	UUID: "uuid", Decimal: "decimal", Addr: "addr", Raw: "raw",
}

// memberOf is how a table reads and writes values of a type, or nil where none does. They may lie
// by themselves, where those of another package's types can be kept (see keeps), and within defined
// types.
func memberOf(t Type, alone bool, in []*Defined) *Member {
	word, elem := "", Type(nil)
	switch t := t.(type) {
	case Basic:
		return &Member{Word: basicWords[t], Type: t}
	case *Named:
		return memberOfNamed(t, alone, in)
	case *Slice:
		word, elem, alone = "list", t.Elem, true
	case *Map:
		word, elem, alone = "map", t.Elem, false // which are moved
	case *Pointer:
		word, elem, alone = "pointer", t.Elem, true
	case *Nullable:
		word, elem = "nullable", t.Elem
	default:
		return nil
	}
	of := memberOf(elem, alone, in)
	if of == nil {
		return nil
	}
	return &Member{Word: word, Of: of}
}

// memberOfNamed is memberOf for a type that the package declares.
func memberOfNamed(t *Named, alone bool, in []*Defined) *Member {
	word := "value"
	switch d := t.Decl.(type) {
	case *Sum:
		return &Member{Word: "sum", Type: t} // its values lie by themselves
	case *Enum:
		return d.Member()
	case *Defined:
		if m := d.within(alone, in); m != nil {
			return m
		}
	case *Struct, *Tuple:
		word = "struct"
	}
	if !alone && keeps(t) {
		return nil
	}
	return &Member{Word: word, Type: t}
}

// mostWithin is how many defined types are told as what they are that lie within each other.
const mostWithin = 8

// within is memberOf for a defined type that is read and written as what it is, or nil.
func (d *Defined) within(alone bool, in []*Defined) *Member {
	switch d.Type.(type) {
	case Basic, *Slice, *Map:
		if len(in) < mostWithin && !slices.Contains(in, d) {
			return memberOf(d.Type, alone, append(slices.Clip(in), d))
		}
	}
	return nil
}

// keeps tells whether values of a type hold some of a type of another package: it may keep
// itself when it is read or written, and so must lie where it can be kept.
func keeps(t Type) bool {
	switch t := t.(type) {
	case External:
		return true
	case *Optional:
		return keeps(t.Elem)
	case *Nullable:
		return keeps(t.Elem)
	case *Named:
		switch d := t.Decl.(type) {
		case *Struct:
			return keepsAny(d.Fields)
		case *Tuple:
			return keepsAny(d.Fields)
		case *Defined:
			return keeps(d.Type)
		}
	}
	return false
}

func keepsAny(fields []*Field) bool {
	for _, f := range fields {
		if keeps(f.Type) {
			return true
		}
	}
	return false
}

// StandsForItself tells whether a name of a member is written in a string as it is.
func StandsForItself(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(c rune) bool { return !strconv.IsPrint(c) || c == '"' || c == '\\' })
}
