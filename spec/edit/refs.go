package edit

import (
	"net/url"
	"strings"

	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// RenameTarget is Rename for what references point at: every $ref of the
// document that leads to the member, or into it, follows. It returns how many
// did. References in other documents are not seen.
func (d *Document) RenameTarget(pointer, key string) (int, error) {
	if err := d.Rename(pointer, key); err != nil {
		return 0, err
	}
	r := &retarget{Document: d, tokens: resolve.Tokens(pointer), key: key}
	r.node(d.root)
	return r.count, r.err
}

// retarget rewrites references to a member that has another key now.
type retarget struct {
	*Document
	tokens []string
	key    string
	count  int
	err    error
}

// node looks for references in a value. Those that are written once and used in
// several places are rewritten where they are written.
func (r *retarget) node(n *node) {
	if n.fresh == nil && (n.old.Style == layout.Alias || len(n.old.Entries) == 0) && !n.open {
		return
	}
	for _, c := range n.children() {
		v := c.value
		if c.name != "$ref" || v.kind() != syntax.String {
			r.node(v)
			continue
		}
		if text, ok := r.renamed(v.value().Text); ok && !(v.fresh == nil && v.old.Style == layout.Alias) {
			v.fresh, v.open = String(text), false
			r.count++
		}
	}
}

// renamed is a reference with the new key in it, if it leads there.
func (r *retarget) renamed(ref string) (string, bool) {
	fragment, local := strings.CutPrefix(ref, "#/")
	if !local {
		return "", false
	}
	parts := strings.Split(fragment, "/")
	if len(parts) < len(r.tokens) {
		return "", false
	}
	for i, token := range r.tokens {
		part, err := url.PathUnescape(parts[i])
		if err != nil || resolve.Tokens("/" + part)[0] != token {
			return "", false
		}
	}
	parts[len(r.tokens)-1] = fragmentEscaper.Replace(source.EscapeToken(r.key))
	return "#/" + strings.Join(parts, "/"), true
}

// fragmentEscaper escapes what a reader of URIs would take for something else.
// Braces stay, as everybody writes them.
var fragmentEscaper = strings.NewReplacer("%", "%25", " ", "%20", "\t", "%09", "\n", "%0A", "\r", "%0D", `"`, "%22", "#", "%23")
