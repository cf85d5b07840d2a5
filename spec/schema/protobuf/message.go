package protobuf

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// message is the message of a file that a payload is: the one that is named, the
// only one, or the only one that no other message of the file has as a field.
func (c *compiler) message(u *unit, name string) protoreflect.MessageDescriptor {
	all := messages(u.linked.Messages(), nil)
	if name != "" {
		return c.namedMessage(u, name, all)
	}
	top := u.linked.Messages()
	if top.Len() == 1 {
		return top.Get(0)
	}
	used := map[protoreflect.FullName]bool{}
	for _, m := range all {
		for i := range m.Fields().Len() {
			if of := m.Fields().Get(i).Message(); of != nil && !within(m, of) {
				used[of.FullName()] = true
			}
		}
	}
	var roots []protoreflect.MessageDescriptor
	for i := range top.Len() {
		if !used[top.Get(i).FullName()] {
			roots = append(roots, top.Get(i))
		}
	}
	if len(roots) == 1 {
		return roots[0]
	}
	c.ambiguous(u, top.Len(), roots)
	return nil
}

// within tells whether a message is in itself, or is the one that it is in.
func within(m protoreflect.MessageDescriptor, of protoreflect.MessageDescriptor) bool {
	return m.FullName() == of.FullName() || strings.HasPrefix(string(m.FullName()), string(of.FullName())+".")
}

func (c *compiler) ambiguous(u *unit, all int, roots []protoreflect.MessageDescriptor) {
	if all == 0 {
		c.found.Warningf(u.at(0, 0), codeAmbiguous, "the schema declares no message, so it does not say what a payload is")
		return
	}
	name := string(u.linked.Messages().Get(0).Name())
	if len(roots) > 0 {
		name = string(roots[0].Name())
	}
	if c.ref.IsZero() {
		c.found.Warningf(u.at(0, 0), codeAmbiguous, "the schema does not say which of its messages a payload is").
			WithHelp("leave one that no other has as a field, or move the schema into a file and name one: $ref: schema.proto#%s", name)
		return
	}
	c.found.Warningf(c.ref, codeAmbiguous, "the reference does not say which message of %s a payload is", u.name).
		WithHelp("name it behind the file: %s#%s", u.name, name)
}

// namedMessage is the message of a name, with or without its package.
func (c *compiler) namedMessage(u *unit, name string, all []protoreflect.MessageDescriptor) protoreflect.MessageDescriptor {
	var names []string
	for _, m := range all {
		full := string(m.FullName())
		short := strings.TrimPrefix(strings.TrimPrefix(full, string(u.linked.Package())), ".")
		if name == full || name == short {
			return m
		}
		names = append(names, short)
	}
	d := c.found.Errorf(c.ref, codeMessage, "there is no message %q in %s", name, u.name)
	if near := diag.Nearest(name, names); near != "" {
		d.WithHelp("did you mean %q?", near)
	}
	return nil
}

// messages are those of a list and all in them, but for the entries of maps.
func messages(list protoreflect.MessageDescriptors, out []protoreflect.MessageDescriptor) []protoreflect.MessageDescriptor {
	for i := range list.Len() {
		m := list.Get(i)
		if !m.IsMapEntry() {
			out = append(out, m)
		}
		out = messages(m.Messages(), out)
	}
	return out
}
