package resolve

import (
	"errors"
	"fmt"

	"github.com/asyncwire/asyncwire/spec/source"
)

// Find loads the first file that can be read of several, which are named
// relative to a file. It is for languages with imports of their own, that are
// searched for in several directories: nothing becomes a finding. The search
// ends where policy forbids a file. The error is that of the first one.
func (r *Resolver) Find(from *source.File, names ...string) (*source.File, error) {
	var first error
	for _, name := range names {
		f, err := r.quietly(from, name)
		if err == nil {
			return f, nil
		}
		if first == nil {
			first = err
		}
		if errors.Is(err, ErrNotAllowed) {
			break
		}
	}
	return nil, first
}

// quietly loads a file within the limits, once.
func (r *Resolver) quietly(from *source.File, name string) (*source.File, error) {
	abs, err := locate(from.URI(), name)
	if err != nil {
		return nil, err
	}
	if f := r.files[abs]; f != nil {
		return f, nil
	}
	if err, tried := r.tried[abs]; tried {
		return nil, err
	}
	if len(r.files)+len(r.tried) >= MaxFiles || r.size > MaxText {
		return nil, fmt.Errorf("the document reaches more than %d files or %d MiB of text", MaxFiles, MaxText>>20)
	}
	f, err := r.loader.Load(r.ctx, abs)
	if err != nil {
		r.tried[abs] = err
		return nil, err
	}
	r.size += len(f.Text())
	r.files[abs] = f
	return f, nil
}
