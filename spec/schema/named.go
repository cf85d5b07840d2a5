package schema

// numbers are the types of numbers, which their text does not tell apart.
const numbers = Types(TypeInteger | TypeNumber)

// NamedTypes are the types that the schema names for its values, by type, enum and
// const, itself and by all that apply to the same value: what several demand together is
// what all of them name, alternatives name what any of them does. Conditions name types
// where nothing else does. Integers are numbers too. Empty: no type is named.
func (s *Schema) NamedTypes() Types { return namer{}.of(s) }

// TextTypes are the types that text may be read as where its own looks have to tell
// numbers, say, from strings: as NamedTypes has them, and where no type is named those of
// which the other keywords speak, as minimum does of numbers. Empty, or no other type
// than string: text is a string.
func (s *Schema) TextTypes() Types {
	if named := s.NamedTypes(); named != 0 {
		return named
	}
	return namer{hints: true}.of(s)
}

// MemberTextTypes is TextTypes for the member of that name of objects of this schema;
// matches tells whether a pattern of names matches it. Hinted says that no type is named,
// and keywords alone speak of these.
func (s *Schema) MemberTextTypes(name string, matches func(*Pattern) bool) (types Types, hinted bool) {
	n := namer{member: name, matches: matches}
	if named := n.of(s); named != 0 {
		return named, false
	}
	n.hints = true
	return n.of(s), true
}

// namer asks schemas for the types that they name: for their values, or for a member of
// these.
type namer struct {
	hints   bool                // instead, of which types do their keywords speak
	matches func(*Pattern) bool // not nil: of the member
	member  string
	seen    map[*Schema]Types
}

func (n namer) of(s *Schema) Types {
	if n.seen == nil {
		n.seen = map[*Schema]Types{}
	}
	s = s.Deref()
	if s == nil {
		return 0
	}
	if known, ok := n.seen[s]; ok {
		return known
	}
	n.seen[s] = 0 // on the way back to itself it names nothing
	types := n.own(s)
	for _, part := range s.AllOf {
		types = n.both(types, n.of(part))
	}
	types = n.both(types, n.any(s.AnyOf...))
	types = n.both(types, n.any(s.OneOf...))
	if types == 0 {
		types = n.any(s.If, s.Then, s.Else)
		for _, d := range s.Dependencies {
			types |= n.of(d.Schema)
		}
	}
	if types == 0 && n.matches != nil && s.Property(n.member) == nil {
		types = namer{hints: n.hints}.of(s.UnevaluatedProperties)
	}
	n.seen[s] = types
	return types
}

// both are the types of two schemas that apply together. Where they contradict each
// other, or only hint, it is either's.
func (n namer) both(a, b Types) Types {
	if a&b == 0 || n.hints {
		return a | b
	}
	return a & b
}

func (n namer) any(alternatives ...*Schema) (types Types) {
	for _, s := range alternatives {
		types |= n.of(s)
	}
	return types
}

// own are the types that a schema names by itself.
func (n namer) own(s *Schema) Types {
	switch {
	case n.matches != nil:
		return n.ofMember(s)
	case n.hints:
		return spokenOf(s)
	}
	types := s.Types
	if types&numbers != 0 {
		types |= numbers
	}
	var values Types
	for _, v := range append(s.Enum[:len(s.Enum):len(s.Enum)], s.Const) {
		if v != nil {
			values |= Types(TypeOf(v))
		}
	}
	if values&numbers != 0 {
		values |= numbers
	}
	return n.both(types, values)
}

// ofMember are the types that a schema of objects names for the member.
func (n namer) ofMember(s *Schema) (types Types) {
	value, described := namer{hints: n.hints, seen: map[*Schema]Types{}}, false
	add := func(s *Schema) {
		types, described = n.both(types, value.of(s)), true
	}
	if p := s.Property(n.member); p != nil {
		add(p)
	}
	for i := range s.PatternProperties {
		if p := &s.PatternProperties[i]; n.matches(&p.Pattern) {
			add(p.Schema)
		}
	}
	if !described && s.AdditionalProperties != nil {
		add(s.AdditionalProperties)
	}
	return types
}

// spokenOf are the types that the keywords of a schema speak of.
func spokenOf(s *Schema) (types Types) {
	for t, speaks := range map[Types]bool{
		numbers: s.MultipleOf != nil || s.Maximum != nil || s.ExclusiveMaximum != nil || s.Minimum != nil || s.ExclusiveMinimum != nil,
		Types(TypeString): s.MaxLength != nil || s.MinLength != nil || s.Pattern != nil || s.Format != "" || s.ContentEncoding != "" ||
			s.ContentMediaType != "",
		Types(TypeArray): s.Items != nil || s.TupleItems != nil || s.MaxItems != nil || s.MinItems != nil || s.UniqueItems ||
			s.Contains != nil || s.UnevaluatedItems != nil,
		Types(TypeObject): s.MaxProperties != nil || s.MinProperties != nil || s.Required != nil || s.Properties != nil ||
			s.PatternProperties != nil || s.AdditionalProperties != nil || s.PropertyNames != nil || s.Dependencies != nil ||
			s.UnevaluatedProperties != nil,
	} {
		if speaks {
			types |= t
		}
	}
	return types
}
