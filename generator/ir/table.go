package ir

// Member says how a table of the runtime reads and writes a field: what its values are, in
// what they are held, and how an absent one is told.
type Member struct {
	// Value is a basic type, or a declared one with methods of its own.
	Value Type
	// List tells that the field is a slice of values, Pointer that it is a pointer to one.
	List, Pointer bool
	// Map tells that the field is a map of texts to values.
	Map bool
	// Optional tells that the field is the runtime's Optional, Some that it is absent when
	// it is zero.
	Optional, Some bool
	// Nullable tells that the field is the runtime's Nullable, which is absent only where it
	// is Optional, and Nil that its nil stands for null.
	Nullable, Nil bool
	// Fixed is the one text that the member has, though it is not set; "" for others.
	Fixed string
}

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
	m := (&Field{Type: d.Type, Required: true}).member(d.Type)
	if m == nil || m.List || m.Map {
		return m
	}
	if b, ok := m.Value.(Basic); ok && !b.OfRuntime() { // whose methods it does not have
		return m
	}
	return nil
}

// Map is how a table reads and writes a map of the values, or nil where none does.
func (x *Extra) Map() *Member {
	t := &Map{Elem: x.Elem}
	return (&Field{Type: t, Required: true}).member(t)
}

// List is how a table reads and writes a list of the values, or nil where none does.
func (x *Extra) List() *Member {
	t := &Slice{Elem: x.Elem}
	return (&Field{Type: t, Required: true}).member(t)
}

// Member is how a table reads and writes the field, or nil where none does.
func (f *Field) Member() *Member {
	if !StandsForItself(f.JSONName) {
		return nil
	}
	if f.Fixed {
		return f.fixedMember()
	}
	if n, ok := f.Type.(*Nullable); ok {
		_, pointer := n.Elem.(*Pointer)
		m := (&Field{Type: n.Elem, Required: !pointer}).Member()
		if m != nil {
			m.Nullable, m.Optional = true, !f.Required
		}
		return m
	}
	m := f.memberByName()
	if m != nil {
		m.Nil = f.Nullable
	}
	return m
}

// memberByName is Member for a field of a type that may have a name.
func (f *Field) memberByName() *Member {
	if n, ok := f.Type.(*Named); ok {
		if d, ok := n.Decl.(*Defined); ok { // a list that has a name is read and written as others are
			if m := f.member(d.Type); m != nil && (m.List || m.Map) {
				return m
			}
		}
	}
	return f.member(f.Type)
}

// member is Member for a field of a type.
func (f *Field) member(typ Type) *Member {
	m := &Member{Value: typ}
	switch t := typ.(type) {
	case *Optional:
		m.Value, m.Optional = t.Elem, true
	case *Pointer:
		m.Value, m.Pointer, m.Some = t.Elem, true, true
	case *Slice:
		m.Value, m.List, m.Some = t.Elem, true, !f.Required
	default:
		m.Some = !f.Required
	}
	if f.Required && (m.Optional || m.Pointer) || !m.isKnown() {
		return nil
	}
	return m
}

// fixedMember is Member for a field that has one value alone: tables know texts.
func (f *Field) fixedMember() *Member {
	if e := EnumOf(f.Type); e != nil && e.Base == String && StandsForItself(e.Values[0].Literal) {
		return &Member{Value: String, Fixed: e.Values[0].Literal}
	}
	return nil
}

// isKnown tells whether tables know the member's values.
func (m *Member) isKnown() bool {
	apart := m.List || m.Pointer // from the struct
	switch t := m.Value.(type) {
	case Basic:
		return !m.Some || apart || Nilable(t)
	case *Map:
		base, basic := t.Elem.(Basic)
		if e := EnumOf(t.Elem); e != nil {
			base, basic = e.Base, e.Base != Raw
		}
		m.Value, m.Map = base, true
		return basic && !base.OfRuntime() && !apart && !m.Optional
	case *Named:
		switch d := t.Decl.(type) {
		case *Sum:
			return true // its values lie by themselves
		case *Enum:
			if d.Base != Raw {
				m.Value = d.Base
				return true
			}
			return !m.Some || apart
		}
		return apart || !keeps(t) && (!m.Some || Nilable(t))
	}
	return false
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
	for i := range len(name) {
		if c := name[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
