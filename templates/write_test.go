package templates

import (
	"encoding/json"
	"strconv"
	"testing"
)

// TestMemberMethod holds Field, which looks at nothing, to names that JSON writes
// as they are, and to all of those that can be printed.
func TestMemberMethod(t *testing.T) {
	for c := range rune(0x11000) {
		c = []rune(string(c))[0] // halves of pairs are none
		name := "a" + string(c) + "b"
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		html := c == '<' || c == '>' || c == '&' // which encoding/json escapes for HTML alone
		plain := strconv.IsPrint(c) && (html || string(quoted) == `"`+name+`"`)
		if got := memberMethod(name) == "Field"; got != plain {
			t.Errorf("%q: Field %v, want %v", name, got, plain)
		}
	}
}
