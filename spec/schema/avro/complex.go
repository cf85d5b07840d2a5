package avro

import (
	"strconv"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// fields reads the fields of a record. Avro 1.12 "Records".
func (r *reader) fields(s *Schema, o *object, namespace string) {
	p := r.need(o, "fields")
	if p.Node == nil || !r.isKind(p, "fields", syntax.Sequence) {
		return
	}
	first := map[string]*syntax.Node{}
	for i := range p.Node.Items {
		item := p.Item(i)
		if item.Ref() != nil {
			var ok bool
			if item, ok = r.refs.Deref(item); !ok {
				continue
			}
		}
		if item.Node.Kind != syntax.Mapping {
			r.found.Errorf(item, codeValue, "a field must be an object, is %s", a(item.Node.Kind))
			continue
		}
		f, name := r.field(item, namespace)
		if name != nil {
			if before := first[name.Text]; before != nil {
				r.found.Errorf(name, codeRepeat, "field %q is declared twice", name.Text).Note(before, "first declared here")
				continue
			}
			first[name.Text] = name
		}
		s.Fields = append(s.Fields, f)
	}
}

// field reads one field and the node of its name, nil where it has no sound one.
func (r *reader) field(p resolve.Place, namespace string) (*Field, *syntax.Node) {
	o := r.open(p, fieldKeys, "field")
	f := &Field{Origin: p.Origin(), Order: "ascending", Properties: o.rest, Doc: r.doc(o), Aliases: r.aliases(o, false)}
	name := r.need(o, "name").Node
	switch {
	case name == nil:
	case !r.isKind(o.get("name"), "name", syntax.String), !r.checkName(name, false):
		name = nil
	default:
		f.Name = name.Text
	}
	f.Type = r.fieldType(o, namespace)
	if order := o.get("order"); order.Node != nil {
		f.Order = r.choice(order, "order", "ascending", "descending", "ignore")
	}
	if d := o.get("default"); d.Node != nil {
		f.Default = d.Node
		r.defaults = append(r.defaults, givenDefault{f.Type, d})
	}
	return f, name
}

// fieldType reads the type of a field, whose further attributes belong into an
// object of its own.
func (r *reader) fieldType(o *object, namespace string) *Schema {
	p := o.get("type")
	if p.Node == nil {
		for _, m := range o.Node.Members {
			if diag.Nearest(m.Key.Text, []string{"type"}) != "" {
				r.found.Errorf(m.Key, codeKey, "a field has no key %q", m.Key.Text).WithHelp(`did you mean "type"?`)
				return r.read(o.Child(m.Key.Text), namespace)
			}
		}
		r.need(o, "type")
		return &Schema{}
	}
	t := Unknown
	if p.Node.Kind == syntax.String {
		t = declared[p.Node.Text]
	}
	if t == Array || t == Map {
		r.found.Errorf(p, codeType, "%q cannot stand alone as the type of a field", p.Node.Text).
			WithHelp(`write an object in its place: {"type": %q, %q: …}`, t.String(), schemaKeys[t].required[1])
		return &Schema{Origin: p.Origin()}
	}
	if m := o.Node.Member("logicalType"); m != nil && t != Unknown {
		r.found.Warningf(m.Key, codeLogical, "a logical type beside the type of a field is ignored").
			WithHelp(`move it into the type: {"type": %q, "logicalType": …}`, p.Node.Text)
	}
	return r.read(p, namespace)
}

// choice is a string that must be one of several.
func (r *reader) choice(p resolve.Place, key string, words ...string) string {
	if !r.isKind(p, key, syntax.String) {
		return words[0]
	}
	for _, w := range words {
		if p.Node.Text == w {
			return w
		}
	}
	d := r.found.Errorf(p, codeValue, "%q is none of the values of %q", p.Node.Text, key)
	near := diag.Nearest(p.Node.Text, words)
	if near == "" {
		d.WithHelp("write one of %q", words)
		return words[0]
	}
	d.WithHelp("did you mean %q?", near)
	return near
}

// enum reads symbols and the default among them. Avro 1.12 "Enums".
func (r *reader) enum(s *Schema, o *object) {
	p := r.need(o, "symbols")
	if p.Node == nil || !r.isKind(p, "symbols", syntax.Sequence) {
		r.unsound[s] = true
		return
	}
	first := map[string]*syntax.Node{}
	for i := range p.Node.Items {
		switch item := p.Item(i); {
		case item.Node.Kind != syntax.String:
			r.found.Errorf(item, codeValue, "a symbol must be a string, is %s", a(item.Node.Kind))
			r.unsound[s] = true
		case !r.checkName(item.Node, false):
			r.unsound[s] = true
		case first[item.Node.Text] != nil:
			r.found.Errorf(item, codeRepeat, "symbol %q is listed twice", item.Node.Text).
				Note(first[item.Node.Text], "first listed here")
		default:
			first[item.Node.Text] = item.Node
			s.Symbols = append(s.Symbols, item.Node.Text)
		}
	}
	if p := o.get("default"); p.Node != nil {
		r.enumDefault(s, p)
	}
}

// enumDefault reads what unknown symbols are read as, which is known since 1.9.
func (r *reader) enumDefault(s *Schema, p resolve.Place) {
	if r.release < 9 {
		r.found.Warningf(p.Key, codeKey, "enums have defaults since Avro 1.9; in 1.%d it means nothing", r.release)
		return
	}
	if why := r.check(s, p.Node); why != nil {
		r.report(why)
		return
	}
	s.Default = &p.Node.Text
}

// fixed reads the size. Avro 1.12 "Fixed".
func (r *reader) fixed(s *Schema, o *object) {
	p := r.need(o, "size")
	if p.Node == nil || !r.isKind(p, "size", syntax.Number) {
		r.unsound[s] = true
		return
	}
	n, err := strconv.ParseInt(p.Node.Text, 10, 64)
	if err != nil || n < 0 {
		r.unsound[s] = true
		r.found.Errorf(p, codeValue, `"size" must be a number of bytes, is %s`, p.Node.Text)
		return
	}
	s.Size = n
}

// union reads the branches of a union, of which no two may be of one type unless
// their names differ. Avro 1.12 "Unions".
func (r *reader) union(s *Schema, p resolve.Place, namespace string) {
	s.Type = Union
	if len(p.Node.Items) == 0 {
		r.found.Warningf(p, codeUnion, "a union without branches has no values")
	}
	first := map[string]source.Span{}
	for i := range p.Node.Items {
		item := p.Item(i)
		branch := r.read(item, namespace)
		key := branch.Type.String()
		if branch.Type.named() {
			key = "named " + branch.FullName()
		}
		before, taken := first[key]
		switch {
		case branch.Type == Unknown:
		case branch.Type == Union:
			r.found.Errorf(head(item), codeUnion, "a union must not contain a union").
				WithHelp("list the branches of the inner union in the outer one")
			continue
		case taken && (!branch.Type.named() || branch.Name != ""):
			r.found.Errorf(head(item), codeUnion, "a second branch of type %q", title(branch)).
				Note(before, "the first one").
				WithHelp("remove one of them, or tell them apart as records with names")
			continue
		default:
			first[key] = head(item)
		}
		s.Branches = append(s.Branches, branch)
	}
}

// title is what a schema is called in messages.
func title(s *Schema) string {
	if s.Name != "" {
		return s.FullName()
	}
	return s.Type.String()
}
