package resolve

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// load returns the root of the file that uri names as seen from another file.
func (r *Resolver) load(from *source.File, uri string, ref *syntax.Node) (Place, bool) {
	abs, err := locate(from.URI(), uri)
	if err != nil {
		r.unreadable(ref, err)
		return Place{}, false
	}
	if root, ok := r.roots[abs]; ok {
		return root, root.Node != nil
	}
	var root Place
	if f, ok := r.read(abs, ref); ok {
		if root, ok = r.roots[f.URI()]; !ok { // several URLs may lead to one
			root = r.Add(f)
		}
	}
	r.roots[abs] = root
	return root, root.Node != nil
}

// read loads a file that ref names, within the limits, once.
func (r *Resolver) read(abs string, ref *syntax.Node) (*source.File, bool) {
	if f, ok := r.files[abs]; ok {
		return f, f != nil
	}
	r.files[abs] = nil
	if len(r.files) > MaxFiles {
		r.over(ref, len(r.files) == MaxFiles+1, fmt.Sprintf("%d files", MaxFiles))
		return nil, false
	}
	if r.size > MaxText {
		return nil, false
	}
	f, err := r.loader.Load(r.ctx, abs)
	if err != nil {
		r.unreadable(ref, err)
		return nil, false
	}
	if r.size += len(f.Text()); r.size > MaxText {
		r.over(ref, true, fmt.Sprintf("%d MiB of text", MaxText>>20))
		return nil, false
	}
	r.files[abs] = f
	return f, true
}

// over reports, the first time, that a document wants too much.
func (r *Resolver) over(ref *syntax.Node, first bool, limit string) {
	if first {
		r.found.Errorf(ref, "ref-too-many-files", "the document reaches more than %s", limit)
	}
}

// unreadable reports a file that could not be loaded.
func (r *Resolver) unreadable(ref *syntax.Node, err error) {
	code, help := diag.Code("ref-unreadable"), ""
	var failure *Failure
	if errors.As(err, &failure) {
		code, help = cmp.Or(failure.Code, code), failure.Help
	}
	uri, _, _ := strings.Cut(ref.Text, "#")
	d := r.found.Errorf(ref, code, "cannot read %q: %v", Shown(uri), err)
	switch {
	case help != "":
		d.WithHelp("%s", help)
	case strings.HasPrefix(ref.Text, "components/"), strings.HasPrefix(ref.Text, "/components/"):
		d.WithHelp("a place in this file begins with #: did you mean \"#/%s\"?", strings.TrimPrefix(Shown(ref.Text), "/"))
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(ref.Text, `./\:#`):
		d.WithHelp("a place in this file begins with #, as in #/components/schemas/%s", ref.Text)
	case len(uri) > 1 && uri[1] == ':':
		d.WithHelp("write the path as seen from this file, with / between directories")
	case strings.Contains(uri, `\`):
		d.WithHelp("write / between directories: %s", strings.ReplaceAll(uri, `\`, "/"))
	}
}
