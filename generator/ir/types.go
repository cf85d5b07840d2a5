package ir

import (
	"slices"
	"strings"
	"unicode"
)

// Struct is a struct with its JSON methods, where it needs any.
type Struct struct {
	Name   string
	Doc    Doc
	Fields []*Field
	// Extra collects the members that no field is for into a typed map; nil: none.
	Extra *Extra
	// Unknown is the field that keeps the members that no field is for, as the
	// runtime's Members; "" where there is none. A struct with Extra has none.
	Unknown string
	// Other is the field that keeps a value that is no object, as JSON; "" where
	// there are none such.
	Other string
	// Rules is the name of the rules of its values; empty: none are known.
	Rules string
	// Defaults tells that there are defaults to be set, in it or within.
	Defaults bool
}

// Field is one field of a struct: a member of a JSON object, or a header.
type Field struct {
	Name     string
	JSONName string
	Doc      Doc
	// Type is, where the member is not required, one that tells absent values: an
	// Optional, a Nullable, one that can be nil, or an enum whose zero is no value.
	Type     Type
	Required bool
	// Tags are further struct tags, sorted by key. Key and Value hold nothing that
	// would have to be escaped.
	Tags []Tag
	// Nullable tells that a required list or map may be null: then its nil is.
	Nullable bool
	// Fixed tells that a required field has one value alone, which is not its zero: an
	// enum of one constant, or the bool true. It is written whether it is set or not.
	Fixed bool
	// Default is what is set where the member is absent, as JSON; empty: nothing.
	Default string
	// Bare tells that defaults within the member stay unset: what else judges it forbids
	// one of them.
	Bare bool
}

// DefaultsWithin tells whether there are defaults to be set within the member.
func (f *Field) DefaultsWithin() bool { return !f.Bare && Defaults(f.Type) }

// Tag is one struct tag: key:"value".
type Tag struct{ Key, Value string }

// Extra is the field that collects members without a field of their own.
type Extra struct {
	Name string
	Doc  Doc
	Elem Type // of the map's values
}

// TypeName is the struct's name.
func (s *Struct) TypeName() string { return s.Name }

// Declares lists the type, its methods and its table.
func (s *Struct) Declares() []string {
	return append(withDefaults(withMethods(s.Name, s.Rules), s.Name, s.Defaults), s.Table())
}

// Defaults tells whether there are defaults to be set within values of a type.
func Defaults(t Type) bool {
	switch t := t.(type) {
	case *Named:
		return declDefaults(t.Decl)
	case *Optional:
		return Defaults(t.Elem)
	case *Nullable:
		return Defaults(t.Elem)
	case *Slice:
		return Defaults(t.Elem)
	case *Map:
		return Defaults(t.Elem)
	case *Pointer:
		return Defaults(t.Elem)
	}
	return false
}

// declDefaults is Defaults for a declared type.
func declDefaults(d TypeDecl) bool {
	switch d := d.(type) {
	case *Struct:
		return d.Defaults
	case *Tuple:
		return d.Defaults
	case *Defined:
		return d.Defaults
	case *Sum:
		return slices.ContainsFunc(d.Branches, func(b *Branch) bool { return declDefaults(b.Decl) })
	}
	return false
}

// withDefaults adds the method that sets defaults, if there is one.
func withDefaults(names []string, name string, has bool) []string {
	if has {
		names = append(names, name+".SetDefaults")
	}
	return names
}

// withMethods lists a type with the methods that read and write it, and what
// judges its values.
func withMethods(name, rules string) []string {
	out := []string{
		name, name + ".CodeJSON", name + ".MarshalJSON", name + ".UnmarshalJSON",
	}
	if rules != "" {
		out = append(out, "Validate"+name)
	}
	return out
}

// Taggable tells whether encoding/json accepts a member's name in a struct tag
// and go vet finds nothing odd about it. Where it does not, the library would
// silently take the field's own name.
func Taggable(name string) bool {
	if name == "" || name == "-" || strings.Trim(name, " ") != name || strings.Count(name, " ") > 1 {
		return false
	}
	for _, r := range name {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) {
			return false
		}
	}
	return true
}

// Enum is a defined type with its constants and a Valid method.
type Enum struct {
	Name string
	Doc  Doc
	// Base is String, a type of numbers, or Raw: then the enum is a string that
	// holds the canonical JSON text of a value.
	Base   Basic
	Values []*EnumValue
	// Rules is the name of the rules of its values; empty: none are known, or it
	// stands within another type, whose rules are enough.
	Rules string
}

// EnumValue is one constant.
type EnumValue struct {
	Name    string
	Literal string // the text of a string, the digits of a number
}

// TypeName is the enum's name.
func (e *Enum) TypeName() string { return e.Name }

// EnumOf is the enum that a type is, or nil.
func EnumOf(t Type) *Enum {
	if n, ok := t.(*Named); ok {
		e, _ := n.Decl.(*Enum)
		return e
	}
	return nil
}

// Table is the name of the variable that says how values of any kind are read and written; ""
// where they are of one kind.
func (e *Enum) Table() string {
	if e.Base != Raw {
		return ""
	}
	return "json" + e.Name // see that of a Struct
}

// Declares lists the type, its methods, its constants, its table and what judges its values.
func (e *Enum) Declares() []string {
	out := []string{e.Name}
	if e.Base == Raw {
		out = append(withMethods(e.Name, e.Rules), e.Table())
	} else if e.Rules != "" {
		out = append(out, "Validate"+e.Name)
	}
	return append(append(out, e.Name+".Valid"), valueNames(e.Values)...)
}

func valueNames(values []*EnumValue) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.Name)
	}
	return out
}

// Defined is a defined type that is no struct: a slice or map, whose nil is
// written as an empty one, or a basic type.
type Defined struct {
	Name string
	Doc  Doc
	Type Type
	// Defaults tells that there are defaults within its elements.
	Defaults bool
	// Rules is the name of the rules of its values; empty: none are known.
	Rules string
}

// TypeName is the type's name.
func (d *Defined) TypeName() string { return d.Name }

// Declares lists the type, its methods and its table.
func (d *Defined) Declares() []string {
	return append(withDefaults(withMethods(d.Name, d.Rules), d.Name, d.Defaults), d.Table())
}
