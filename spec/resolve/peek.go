package resolve

import (
	"errors"
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Peek returns the root of the file with an absolute URI that something in from
// leads to, without a finding whatever is wrong with it: for checks that look
// further than the document's own references. The loader's policy holds, nothing
// is fetched over the network that references have not fetched before, and a file
// from the network leads to no other.
func (r *Resolver) Peek(from *source.File, uri string) (Place, error) {
	if scheme := schemeOf(from.URI()); scheme != "" && scheme != "file" {
		abs, err := locateRemote(from.URI(), uri)
		if err != nil {
			return Place{}, err
		}
		uri = abs
	}
	if root, ok := r.roots[uri]; ok {
		if root.Node == nil {
			return Place{}, errors.New("the file could not be read")
		}
		return root, nil
	}
	if strings.Contains(uri, "://") {
		return Place{}, fmt.Errorf("%w: nothing is fetched for a mere check", ErrNotAllowed)
	}
	f, err := r.loader.Load(r.ctx, uri)
	if err != nil {
		return Place{}, err
	}
	node, _ := syntax.Parse(f)
	if node == nil {
		return Place{}, errors.New("the file is neither YAML nor JSON")
	}
	return Place{Node: node, File: f}, nil
}

// Root is the root of a file that has been added or loaded.
func (r *Resolver) Root(p Place) Place {
	if p.File == nil {
		return Place{}
	}
	return r.roots[p.File.URI()]
}
