package ir

// Type is the Go type of a field, element, payload or argument.
type Type interface{ typ() }

// TypeDecl is a declaration that types refer to.
type TypeDecl interface {
	Decl
	TypeName() string
}

// Basic is a type without parts.
type Basic uint8

// The basic types.
const (
	Bool Basic = iota + 1
	Int8
	Int16
	Int32
	Int64
	Uint8
	Uint16
	Uint32
	Uint64
	Float32
	Float64
	String
	Bytes // []byte; base64 in JSON
	Time  // time.Time
	Date  // the runtime's types for what the standard library has none
	TimeOfDay
	Duration
	UUID
	Decimal
	Addr // netip.Addr
	URL  // *url.URL; nil is the empty text
	Raw  // json.RawMessage
)

// OfRuntime tells whether the runtime declares the type.
func (b Basic) OfRuntime() bool {
	return b == Date || b == TimeOfDay || b == Duration || b == UUID || b == Decimal
}

// External is a type that another package declares. Its zero value need not be
// nil, and it reads and writes JSON by itself.
type External struct {
	Path string // of the import
	Name string
}

// Named is a type that the package declares.
type Named struct{ Decl TypeDecl }

// Optional is a value that may be absent: the runtime's Optional.
type Optional struct{ Elem Type }

// Nullable is a value that may be null, and absent where it stands for a member:
// the runtime's Nullable.
type Nullable struct{ Elem Type }

// Slice is a slice.
type Slice struct{ Elem Type }

// Map is a map whose keys are strings.
type Map struct{ Elem Type }

// Pointer is a pointer to a struct; nil means absent. It breaks recursion, too.
type Pointer struct{ Elem Type }

func (Basic) typ()     {}
func (External) typ()  {}
func (*Named) typ()    {}
func (*Optional) typ() {}
func (*Nullable) typ() {}
func (*Slice) typ()    {}
func (*Map) typ()      {}
func (*Pointer) typ()  {}

// Nilable tells whether the zero value of a type is nil, so that it can stand
// for what is absent.
func Nilable(t Type) bool {
	switch t := t.(type) {
	case *Slice, *Map, *Pointer:
		return true
	case Basic:
		return t == Bytes || t == Raw || t == URL
	case *Named:
		switch d := t.Decl.(type) {
		case *Sum:
			return true
		case *Defined:
			return Nilable(d.Type)
		}
	}
	return false
}
