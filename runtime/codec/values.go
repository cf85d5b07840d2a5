package codec

// Values are the values of an enum of texts. Generated code has one list of them for
// each: a switch over its constants takes the compiler three times as long.
type Values []string

// Has tells whether a text is one of the values.
//
//go:noinline
func (v Values) Has(text string) bool {
	for _, value := range v {
		if value == text {
			return true
		}
	}
	return false
}
