package codec

// Values are the values of an enum of texts: each stands behind a byte that is in none
// of them, the first of all, "|on|off". Generated code has one such text for each, which
// takes the compiler less than a list, and far less than a switch over constants.
type Values string

// Has tells whether a text is one of the values.
//
//go:noinline
func (v Values) Has(text string) bool {
	if v == "" {
		return false
	}
	between, first := v[0], 1
	for i := 1; ; i++ { // values are short: a loop takes less than calls that look for between
		if i < len(v) && v[i] != between {
			continue
		}
		if i-first == len(text) && string(v[first:i]) == text {
			return true
		}
		if i == len(v) {
			return false
		}
		first = i + 1
	}
}
