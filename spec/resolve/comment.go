package resolve

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/syntax"
)

// LostInComment returns the reference that YAML takes for a comment, as it
// begins with "#" and stands without quotes behind the key of ref, which is the
// place of a member "$ref". It is "" where there is none.
func LostInComment(ref Place) string {
	const most = 1000 // bytes that are looked at; a reference is not longer
	if ref.Node == nil || ref.Node.Kind != syntax.Null || ref.Key.IsZero() {
		return ""
	}
	rest := ref.Key.File.Text()[ref.Key.End:]
	line, _, _ := strings.Cut(string(rest[:min(len(rest), most)]), "\n")
	colon, comment, ok := strings.Cut(line, "#")
	if !ok || strings.TrimSpace(colon) != ":" || !strings.HasPrefix(comment, "/") {
		return ""
	}
	return "#" + strings.TrimSpace(comment)
}
