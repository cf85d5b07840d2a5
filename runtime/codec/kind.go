package codec

// Kind is the kind of a JSON value.
type Kind uint8

// The kinds of JSON values. None is that of no value: the text has ended, or a
// member is not there.
const (
	None Kind = iota
	Null
	Boolean
	Number
	String
	Array
	Object
)

// String returns the kind with its article, as "a number".
func (k Kind) String() string {
	return [...]string{"nothing", "null", "a boolean", "a number", "a string", "an array", "an object"}[k]
}

// kindOf tells the kind of a value by its first byte.
func kindOf(c byte) Kind {
	switch c {
	case '"':
		return String
	case '{':
		return Object
	case '[':
		return Array
	case 'n':
		return Null
	case 't', 'f':
		return Boolean
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		return Number
	}
	return None
}
