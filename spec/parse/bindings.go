package parse

import (
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// bindingPlace is the object that bindings belong to.
type bindingPlace struct {
	name   string
	all    *table                  // the map by protocol
	record func(*protocol) *record // what a protocol says there
}

var (
	serverBindings = bindingPlace{"server", &table{name: "server bindings", refs: v20},
		func(p *protocol) *record { return p.server }}
	channelBindings = bindingPlace{"channel", &table{name: "channel bindings", refs: v20},
		func(p *protocol) *record { return p.channel }}
	operationBindings = bindingPlace{"operation", &table{name: "operation bindings", refs: v20},
		func(p *protocol) *record { return p.operation }}
	messageBindings = bindingPlace{"message", &table{name: "message bindings", refs: v20},
		func(p *protocol) *record { return p.message }}
)

// bindings reads the protocol-specific parts of an object.
func (r *reader) bindings(p resolve.Place, where bindingPlace) spec.Bindings {
	trail, ok := r.follow(p, where.all)
	if !ok {
		return nil
	}
	p = trail[len(trail)-1]
	id := identity{p.Node, where.all}
	if known, ok := r.objects[id]; ok {
		return known.(spec.Bindings)
	}
	var out spec.Bindings
	if r.isKind(p, "the "+where.all.name, syntax.Mapping) {
		for _, m := range p.Node.Members {
			if isExtension(m.Key.Text) {
				name := spec.Text{Value: m.Key.Text, At: m.Key.At}
				out = append(out, spec.Binding{Origin: p.Child(m.Key.Text).Origin(), Protocol: name, Raw: m.Value})
				continue
			}
			if b := r.binding(p.Child(m.Key.Text), m.Key, where); b != nil {
				out = append(out, *b)
			}
		}
	}
	r.objects[id] = out
	return out
}

// binding reads what one protocol says, or returns nil where that is no object.
// Of a protocol or version that is not known only the text is kept.
func (r *reader) binding(p resolve.Place, key syntax.Key, where bindingPlace) *spec.Binding {
	known := r.protocol(key)
	t := where.all // any table: a reference may stand for a binding everywhere
	if known != nil {
		t = where.record(known).table
	}
	trail, ok := r.followAnywhere(p, t)
	if !ok {
		return nil
	}
	p = trail[len(trail)-1]
	if !r.isKind(p, "the binding of "+key.Text, syntax.Mapping) {
		return nil
	}
	id := identity{p.Node, t}
	if b, done := r.objects[id].(*spec.Binding); done {
		again := *b
		again.Protocol.At = key.At
		return &again
	}
	b := &spec.Binding{
		Origin:   p.Origin(),
		Protocol: spec.Text{Value: key.Text, At: key.At},
		Version:  r.text(p.Child("bindingVersion"), quoted("bindingVersion")),
		Raw:      p.Node,
	}
	if known != nil {
		r.objects[id] = b
		r.readBinding(p, b, known, where)
	}
	return b
}

// readBinding checks what a protocol says against its tables. What is written for
// a version that is not known is checked as the newest, and only the text is kept.
func (r *reader) readBinding(p resolve.Place, b *spec.Binding, known *protocol, where bindingPlace) {
	version, sure := r.bindingVersion(b.Version, known)
	reading := bindingReader{reader: r, protocol: known, version: version, versioned: b.Version.IsSet(), guessed: !sure}
	if rec := reading.record(p, where.record(known)); rec != nil && sure {
		b.Known = true
		b.Fields = slices.DeleteFunc(slices.Clone(rec.Fields), func(f spec.BindingField) bool { return f.Name.Value == "bindingVersion" })
	}
}

// protocol is the protocol with that key, or nil with a warning.
func (r *reader) protocol(key syntax.Key) *protocol {
	var keys []string
	for _, p := range protocols {
		if p.key == key.Text {
			return p
		}
		keys = append(keys, p.key)
	}
	d := r.found.Warningf(key, "unknown-protocol", "AsyncAPI has no binding for the protocol %q", brief(key.Text))
	d.Suggest(key, key.Text, keys)
	d.Fix = nil // the other one may be there as well
	return nil
}

// bindingVersion is the index of a version among those of the protocol: the
// newest for none at all and for "latest". For one that is not known it is the
// newest too, the only one there is a text for, with a warning and false.
func (r *reader) bindingVersion(v spec.Text, p *protocol) (int, bool) {
	last := len(p.versions) - 1
	if !v.IsSet() || v.Value == "latest" {
		return last, true
	}
	i := slices.Index(p.versions, v.Value)
	first := 0
	if r.release.checksBindings && p.first3 != "" {
		first = slices.Index(p.versions, p.first3)
	}
	switch {
	case i < 0:
		r.found.Warningf(v, "unknown-binding-version", "the %s binding has no version %q", p.name, brief(v.Value)).
			WithHelp("it has %s; what is written for another one is checked as %s", strings.Join(p.versions, ", "), p.versions[last])
		return last, false
	case i < first:
		r.found.Errorf(v, "wrong-value", "\"bindingVersion\" of %s must be %s in AsyncAPI %s, is %q",
			p.name, alternatives(p.versions[first:]), r.version, v.Value)
		return last, true // the keys of the old version are no faults of their own
	}
	return i, true
}
