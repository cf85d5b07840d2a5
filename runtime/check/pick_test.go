package check

import (
	"strings"
	"testing"
)

// TestSeekNearby: what a value holds that ends far away is looked at once, and not at each level
// of what lies within each other.
func TestSeekNearby(t *testing.T) {
	v := Any()
	for text, want := range map[string]int{
		`{"a":1,"kind":2}`: 14, `{"a":{"kind":1}}`: nowhere, `{}`: nowhere, `[]`: nowhere, `{"a":1,`: unknown, `{"a":1}`: nowhere,
		`{"a":"` + strings.Repeat("x", nearby-20) + `","kind":2}`: nearby, `{"a":"` + strings.Repeat("x", nearby) + `","kind":2}`: unknown,
		strings.Repeat(`{"a":`, 400) + `"` + strings.Repeat("x", nearby) + `"` + strings.Repeat("}", 400): unknown,
	} {
		w := v.walker([]byte(text))
		if at := w.seek(0, "kind"); at != want && (at < 0 || want != nearby) {
			t.Errorf("%.40s: %d, want %d", text, at, want)
		}
		v.release(w)
	}
}
