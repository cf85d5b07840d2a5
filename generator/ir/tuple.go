package ir

// Tuple is a struct that stands for a JSON array: a field for each element, in
// their order. Fields that are not required may be absent from the end on. There are
// none where all elements are in Rest.
type Tuple struct {
	Name   string
	Doc    Doc
	Fields []*Field
	// Rest are the elements behind those of the fields, as a slice of Elem; nil:
	// there are none.
	Rest *Extra
	// Other is the field that keeps a value that is no array, as JSON; "" where
	// there are none such.
	Other string
	// Defaults tells that there are defaults within its elements.
	Defaults bool
	// Rules is the name of the rules of its values; empty: none are known.
	Rules string
}

// TypeName is the tuple's name.
func (t *Tuple) TypeName() string { return t.Name }

func (*Tuple) decl() {}

// Declares lists the type, its methods and its table.
func (t *Tuple) Declares() []string {
	return append(withDefaults(withMethods(t.Name, t.Rules), t.Name, t.Defaults), t.Table())
}
