package ir

// Sum is one of several types: an interface that no type but theirs can have.
// Its values are those of the branches, not pointers to them, and nil stands
// for no value.
type Sum struct {
	Name string
	Doc  Doc
	// Marker is the method that makes a type a branch.
	Marker string
	// Read, Write and Unmarshal are the functions for values of the sum.
	Read, Write, Unmarshal string
	Branches               []*Branch
	// Pick is how the branch of a value is found.
	Pick *Pick
	// Nullable tells that null is valid, which is nil.
	Nullable bool
	// Rules is the name of the rules of its values; empty: none are known.
	Rules string
}

// Branch is one type that a sum can be. The same branch may be one of several
// sums.
type Branch struct {
	Decl TypeDecl
	// Rules is the name of the rules that tell whether a value is of the branch;
	// empty where there are none to ask.
	Rules string
	// Named is the member that names the branch among the others; nil: none does.
	Named *NamedBy
}

// NamedBy is a field of text, or of an enum of texts, that a branch has, and what it
// is there: it is written where the field is not set.
type NamedBy struct {
	Field *Field
	Text  string
}

// Kind is the kind of a JSON value.
type Kind uint8

// The kinds of JSON values.
const (
	KindBoolean Kind = iota
	KindNumber
	KindString
	KindArray
	KindObject
	KindNull
)

// Pick is a way to find the branch of a value that is valid. One of its ways is
// set.
type Pick struct {
	// Branch is the branch, whatever the value.
	Branch *Branch
	// Kinds looks at the kind of the value.
	Kinds []KindPick
	// Member looks at the text of a member of an object.
	Member *MemberPick
	// Present looks for a member of an object.
	Present *PresentPick
	// Try asks the rules of the branches in turn. The last one, and one without
	// rules, need no asking.
	Try []*Branch
}

// KindPick is where a value of one of the kinds leads.
type KindPick struct {
	Kinds []Kind
	Pick  *Pick
}

// MemberPick is where the text of a member leads.
type MemberPick struct {
	Name   string
	Values []ValuePick
	// Else is for other texts and where there is no text; nil: no value is so.
	Else *Pick
}

// ValuePick is where some texts of a member lead.
type ValuePick struct {
	Values []string
	Pick   *Pick
}

// PresentPick is where it leads that a member is there or not.
type PresentPick struct {
	Name   string
	Yes    *Pick
	Absent *Pick
}

// SumOf is the sum that a type is, or nil.
func SumOf(t Type) *Sum {
	if n, ok := t.(*Named); ok {
		s, _ := n.Decl.(*Sum)
		return s
	}
	return nil
}

// TypeName is the interface's name.
func (s *Sum) TypeName() string { return s.Name }

// Table is the name of the variable that says which types the sum is one of.
func (s *Sum) Table() string { return "sum" + s.Name } // see Struct.Table

// Coder is the name of the type that reads and writes the sum in tables.
func (s *Sum) Coder() string { return "json" + s.Name }

// Declares lists the interface, its table, its functions and the methods of its branches.
func (s *Sum) Declares() []string {
	out := []string{s.Name, s.Table(), s.Coder(), s.Coder() + ".CodeJSON", s.Read, s.Write, s.Unmarshal}
	if s.Rules != "" {
		out = append(out, "Validate"+s.Name)
	}
	for _, b := range s.Branches {
		out = append(out, b.Decl.TypeName()+"."+s.Marker)
	}
	return out
}

func (*Sum) decl() {}
