package spec

import "reflect"

// bindings writes what protocols say, by protocol.
func (p *dumper) bindings(list Bindings) {
	p.object(func() {
		for i := range list {
			p.member(list[i].Protocol.Value, func() { p.binding(&list[i]) })
		}
	})
}

// binding writes what one protocol says: the text of it where its definition is
// not known.
func (p *dumper) binding(b *Binding) {
	if !b.Known {
		p.node(b.Raw)
		return
	}
	if len(b.Fields) > 0 {
		first := &b.Fields[0] // bindings are copied, their fields are not
		if home := p.homes[first]; home != nil {
			p.refer(home)
			return
		}
		p.homes[first] = p.at
	}
	p.object(func() {
		p.place(b.Origin)
		if b.Version.IsSet() {
			p.member("bindingVersion", func() { p.text(b.Version.Value) })
		}
		p.bindingFields(b.Fields)
	})
}

func (p *dumper) bindingFields(fields []BindingField) {
	for i := range fields {
		p.member(fields[i].Name.Value, func() { p.bindingValue(&fields[i].Value) })
	}
}

func (p *dumper) bindingValue(v *BindingValue) {
	switch {
	case v.Schema != nil:
		p.schema(v.Schema)
	case v.Record != nil:
		p.shared(reflect.ValueOf(v.Record))
	case v.Items != nil:
		p.array(len(v.Items), func(i int) { p.bindingValue(&v.Items[i]) })
	default:
		p.node(v.Raw)
	}
}
