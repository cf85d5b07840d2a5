package show

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec"
)

// Only is the part of a document that some channels and operations are: the
// channels, named by key or address, with the operations on them, and the
// operations, named by key, with their channels. Nothing is left of components
// but what these refer to. It returns the names that it does not find.
func Only(d *spec.Document, channels, operations []string) (part *spec.Document, unknown []string) {
	keep := map[any]bool{}
	for _, name := range channels {
		found := false
		for _, c := range d.Channels {
			if c.Key.Value == name || c.Address.Value == name {
				keep[c], found = true, true
			}
		}
		if !found {
			unknown = append(unknown, name)
		}
	}
	for _, o := range d.Operations {
		if keep[o.Channel] {
			keep[o] = true
		}
	}
	for _, name := range operations {
		i := slices.IndexFunc(d.Operations, func(o *spec.Operation) bool { return o.Key.Value == name })
		if i < 0 {
			unknown = append(unknown, name)
			continue
		}
		keep[d.Operations[i]] = true
	}
	for _, o := range d.Operations {
		if !keep[o] {
			continue
		}
		keep[o.Channel] = true
		if o.Reply != nil {
			keep[o.Reply.Channel] = true
		}
	}
	out := *d
	out.Channels = slices.DeleteFunc(slices.Clone(d.Channels), func(c *spec.Channel) bool { return !keep[c] })
	out.Operations = slices.DeleteFunc(slices.Clone(d.Operations), func(o *spec.Operation) bool { return !keep[o] })
	out.Components = spec.Components{}
	return &out, unknown
}
