package templates

import (
	"encoding/json"
	"testing"
)

// TestMemberMethod holds Field, which looks at nothing, to names that JSON writes
// as they are, and to all of ASCII that are.
func TestMemberMethod(t *testing.T) {
	for c := range rune(0x100) {
		name := "a" + string(c) + "b"
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		html := c == '<' || c == '>' || c == '&' // which encoding/json escapes for HTML alone
		plain := c < 0x7f && (html || string(quoted) == `"`+name+`"`)
		if got := memberMethod(name) == "Field"; got != plain {
			t.Errorf("%q: Field %v, want %v", name, got, plain)
		}
	}
}
