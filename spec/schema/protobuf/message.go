package protobuf

import (
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// message is the message that the payload at p is: the one that a reference to a
// file names, the only one, or the only one that no other message of the file has
// as a field.
func (c *compiler) message(found *diag.List, p resolve.Place) protoreflect.MessageDescriptor {
	u := c.root
	all := messages(u.linked.Messages(), nil)
	file := isFile(p.Node)
	if file && p.Pointer != "" {
		return u.named(found, p, all)
	}
	top := u.linked.Messages()
	if top.Len() == 1 {
		return top.Get(0)
	}
	used := usedBy(all)
	var roots []protoreflect.MessageDescriptor
	for i := range top.Len() {
		if !used[top.Get(i).FullName()] {
			roots = append(roots, top.Get(i))
		}
	}
	if len(roots) == 1 {
		return roots[0]
	}
	at := source.Span{}
	if file {
		at = p.Key
	}
	u.ambiguous(found, at, roots)
	return nil
}

// usedBy are the messages that others have as fields.
func usedBy(all []protoreflect.MessageDescriptor) map[protoreflect.FullName]bool {
	used := map[protoreflect.FullName]bool{}
	for _, m := range all {
		for i := range m.Fields().Len() {
			of := m.Fields().Get(i).Message()
			if of != nil && of.IsMapEntry() {
				of = of.Fields().ByNumber(2).Message()
			}
			if of != nil && !within(m, of) {
				used[of.FullName()] = true
			}
		}
	}
	return used
}

// within tells whether a message is in itself, or is the one that it is in.
func within(m protoreflect.MessageDescriptor, of protoreflect.MessageDescriptor) bool {
	return m.FullName() == of.FullName() || strings.HasPrefix(string(m.FullName()), string(of.FullName())+".")
}

// ambiguous reports that it is not clear which message is meant; ref is the
// reference to the file, or nowhere.
func (u *unit) ambiguous(found *diag.List, ref source.Span, roots []protoreflect.MessageDescriptor) {
	top := u.linked.Messages()
	if top.Len() == 0 {
		found.Warningf(u.at(0, 0), codeAmbiguous, "the schema declares no message, so it does not say what a payload is")
		return
	}
	name := top.Get(0).Name()
	if len(roots) > 0 {
		name = roots[0].Name()
	}
	if ref.IsZero() {
		found.Warningf(u.at(0, 0), codeAmbiguous, "the schema does not say which of its messages a payload is").
			WithHelp("leave one that no other has as a field, or move the schema into a file and name one: $ref: schema.proto#%s", name)
		return
	}
	found.Warningf(ref, codeAmbiguous, "the reference does not say which message of %s a payload is", u.name).
		WithHelp("name it behind the file: %s#%s", u.name, name)
}

// named is the message that the reference to a file names, with or without its
// package.
func (u *unit) named(found *diag.List, p resolve.Place, all []protoreflect.MessageDescriptor) protoreflect.MessageDescriptor {
	var names []string
	for _, m := range all {
		full := string(m.FullName())
		short := strings.TrimPrefix(strings.TrimPrefix(full, string(u.linked.Package())), ".")
		if p.Pointer == full || p.Pointer == short {
			return m
		}
		names = append(names, short)
	}
	d := found.Errorf(p.Key, codeMessage, "there is no message %q in %s", p.Pointer, u.name)
	if near := diag.Nearest(p.Pointer, names); near != "" {
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
