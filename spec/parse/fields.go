package parse

import (
	"iter"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// fields reads the members of one object. Its methods return the zero value
// for a member that is absent or wrong; what is wrong becomes a finding.
type fields struct {
	r     *reader
	table *table
	shape map[string]*row
	own   resolve.Place
	key   string // of the object in components, else ""
	// layers are the texts that members are taken from, the strongest first:
	// the object's own and, after layer, those of its traits.
	layers []resolve.Place
	traits []resolve.Place
	// misspelt maps a key to how the object writes it.
	misspelt map[string]string
}

// open checks the members of the object at p against its table. It reports
// false where there is no object.
func (r *reader) open(p resolve.Place, t *table) (*fields, bool) {
	if p.Node.Kind != syntax.Mapping {
		r.wrongKind(p, "the "+t.name, syntax.Mapping)
		if key := t.only(r.version); key != "" && p.Node.Kind == syntax.String && p.Node.Text != "" {
			r.found[len(r.found)-1].WithHelp("write %s: %s", key, brief(p.Node.Text))
		}
		return nil, false
	}
	if r.hasBadRef(p) {
		return nil, false
	}
	f := &fields{r: r, table: t, shape: r.shape(t), own: p, layers: []resolve.Place{p}}
	for _, m := range p.Node.Members {
		f.check(m)
	}
	for _, row := range t.rows {
		if row.need && row.in(r.version) {
			f.demand(row.keys...)
		}
	}
	return f, true
}

// only is the key that alone an object must have, or "".
func (t *table) only(v version) string {
	var keys []string
	for i := range t.rows {
		if row := &t.rows[i]; row.need && row.in(v) {
			keys = append(keys, row.keys...)
		}
	}
	if len(keys) != 1 {
		return ""
	}
	return keys[0]
}

// shape is a table by key: each with the row that holds in the version of the
// document, or else any.
func (r *reader) shape(t *table) map[string]*row {
	if s, ok := r.shapes[t]; ok {
		return s
	}
	s := map[string]*row{}
	for i := range t.rows {
		for _, key := range t.rows[i].keys {
			if old, ok := s[key]; !ok || !old.in(r.version) {
				s[key] = &t.rows[i]
			}
		}
	}
	r.shapes[t] = s
	return s
}

// check reports a member that the object cannot have.
func (f *fields) check(m syntax.Member) {
	key := m.Key.Text
	row, known := f.shape[key]
	switch {
	case known && row.in(f.r.version):
	case known && f.r.version < row.first:
		d := f.r.found.Errorf(m.Key, "key-of-other-version", "%q of the %s came with AsyncAPI %s, this is a document of %s",
			key, f.table.name, row.first, f.r.version)
		if old := f.forerunner(key); old != "" {
			d.WithHelp("%s is in its place here", quoted(old))
		}
	case known:
		d := f.r.found.Errorf(m.Key, "key-of-other-version", "%q of the %s ended with AsyncAPI %s, this is a document of %s",
			key, f.table.name, row.last, f.r.version)
		if len(row.heirs) > 0 {
			d.WithHelp("its place was taken by %s", strings.Join(row.heirs, " and "))
		}
	case key == "$ref":
		f.r.found.Errorf(m.Key, "ref-not-allowed", "a reference cannot stand for the %s", f.table.name).
			WithHelp("write the object in its place")
	case isExtension(key) && !f.table.closed:
		f.r.checkName(spec.Text{Value: strings.TrimPrefix(key, "x-"), At: m.Key.At}, "x-…", dottedName)
	default:
		f.unknown(m)
	}
}

// unknown reports a key that nobody knows. When it is a slip of one that is
// absent it is read as that one, so that the slip is the only finding.
func (f *fields) unknown(m syntax.Member) {
	report := f.r.found.Errorf
	switch f.table.others {
	case othersRight:
		return
	case othersWarned:
		report = f.r.found.Warningf
	}
	d := report(m.Key, "unknown-key", "the %s has no %q", f.table.name, m.Key.Text)
	var absent []string
	for _, row := range f.table.rows {
		for _, key := range row.keys {
			if row.in(f.r.version) && f.own.Node.Get(key) == nil {
				absent = append(absent, key)
			}
		}
	}
	near := d.Suggest(m.Key, m.Key.Text, absent)
	if near == "" {
		f.explain(d, m.Key.Text)
		return
	}
	if f.table.others == othersWarned {
		d.Fix = nil // it may be another key after all
		return
	}
	if f.misspelt == nil {
		f.misspelt = map[string]string{}
	}
	f.misspelt[near] = m.Key.Text
	f.r.refs.Alias(f.own.Node, near, m.Key.Text)
}

// explain says where an unknown key would belong.
func (f *fields) explain(d *diag.Diagnostic, key string) {
	for _, kin := range f.table.kin() {
		if row, ok := f.r.shape(kin)[key]; ok && row.in(f.r.version) {
			d.WithHelp("it belongs to the %s", kin.name)
			return
		}
	}
	switch {
	case f.table == messageExampleTable && isKeyed(f.own.Node):
		d.WithHelp("write what is below it in its place, and the name as name: %s", brief(key))
	case f.table == messageTable && key == "oneOf":
		d.WithHelp("give each message a name of its own under \"messages\"")
	case f.table.hint != "":
		d.WithHelp("%s", f.table.hint)
	case !f.table.closed:
		d.WithHelp("keys of your own begin with x-")
	}
}

func isExtension(key string) bool { return strings.HasPrefix(key, "x-") }

// demand reports the keys that are missing.
func (f *fields) demand(keys ...string) {
	for _, key := range keys {
		if f.own.Node.Get(key) != nil || f.misspelt[key] != "" || f.hasForerunner(key) {
			continue
		}
		f.r.found.Errorf(head(f.own), "missing-key", "the %s lacks %q", f.table.name, key)
	}
}

// hasForerunner tells whether the object has a member of another version that
// key took the place of, or that took the place of key: that is the mistake then.
func (f *fields) hasForerunner(key string) bool {
	for i := range f.table.rows {
		row := &f.table.rows[i]
		for _, heir := range row.heirs {
			for _, old := range row.keys {
				if heir == key && f.hasForeign(old) || old == key && f.hasForeign(heir) {
					return true
				}
			}
		}
	}
	return false
}

// forerunner is the key whose place a later one took, as far as the version of
// the document has one.
func (f *fields) forerunner(key string) string {
	for i := range f.table.rows {
		if row := &f.table.rows[i]; row.in(f.r.version) && slices.Contains(row.heirs, key) {
			return row.keys[0]
		}
	}
	return ""
}

// hasForeign tells whether the object has a member that belongs to another
// version.
func (f *fields) hasForeign(key string) bool {
	row, known := f.shape[key]
	return known && !row.in(f.r.version) && f.own.Node.Get(key) != nil
}

// layer makes the members of traits count too. Where they override the object's
// own, check reads the object by itself first: what they hide may be wrong too.
func (f *fields) layer(traits []resolve.Place, check func()) {
	ranked := f.r.edition.ranked(f.own, traits)
	if ranked[0].Node != f.own.Node {
		check()
	}
	f.traits, f.layers = traits, ranked
}

// place is where the member with that key is; its Node is nil when absent. A
// member that several layers have as objects is their merger.
func (f *fields) place(key string) resolve.Place {
	row, known := f.shape[key]
	if !known {
		panic("parse: " + key + " is not in the table of the " + f.table.name)
	}
	if row.last != 0 && row.last < f.r.version {
		return resolve.Place{}
	}
	return f.merged(key)
}

// merged is where the member with that key is, in whatever layers.
func (f *fields) merged(key string) resolve.Place {
	if len(f.layers) == 1 {
		return f.in(f.own, key)
	}
	var m merger
	for _, l := range f.layers {
		own := l.Node == f.own.Node
		if c := f.in(l, key); c.Node != nil {
			m.layers = append(m.layers, c)
			m.ownOnTop = m.ownOnTop || own && len(m.layers) == 1
		}
	}
	return f.r.merge(m)
}

// in is where one layer has a member, misspelt or not.
func (f *fields) in(layer resolve.Place, key string) resolve.Place {
	c := layer.Child(key)
	if c.Node == nil && layer.Node == f.own.Node && f.misspelt[key] != "" {
		c = layer.Child(f.misspelt[key])
	}
	return c
}

// origin is where the object itself is written.
func (f *fields) origin() source.Origin { return f.own.Origin() }

// extensions are the members whose key begins with x-: the object's own, then
// those of traits.
func (f *fields) extensions() []syntax.Member {
	var out []syntax.Member
	seen := map[string]bool{}
	for _, l := range append([]resolve.Place{f.own}, f.traits...) {
		for _, m := range l.Node.Members {
			if !isExtension(m.Key.Text) || seen[m.Key.Text] {
				continue
			}
			seen[m.Key.Text] = true
			if p := f.merged(m.Key.Text); p.Node != nil {
				out = append(out, syntax.Member{Key: f.strongest(m.Key.Text), Value: p.Node})
			}
		}
	}
	return out
}

// strongest is the key of the member that counts, as it is written.
func (f *fields) strongest(key string) syntax.Key {
	for _, l := range f.layers {
		if m := l.Node.Member(key); m != nil {
			return m.Key
		}
	}
	return syntax.Key{Text: key}
}

// text is a member that is a string.
func (f *fields) text(key string) spec.Text {
	return f.r.text(f.place(key), quoted(key))
}

// url is a member that is an absolute URL.
func (f *fields) url(key string) spec.Text {
	t := f.text(key)
	if t.IsSet() && !isURI(t.Value) {
		f.r.found.Errorf(t, "wrong-value", "%q must be an absolute URL, is %q", key, brief(t.Value)).
			WithHelp("it begins with a scheme, as in https://example.com")
	}
	return t
}

// expression is a member that is a runtime expression.
func (f *fields) expression(key string) spec.Text {
	t := f.text(key)
	if _, ok := spec.ParseExpression(t.Value); t.IsSet() && !ok {
		f.r.found.Errorf(t, "wrong-value", "%q must be a runtime expression, is %q", key, brief(t.Value)).
			WithHelp("write $message.header#/name or $message.payload#/path/to/value")
	}
	return t
}

// choice is a member that is one of some words.
func (f *fields) choice(key string, words ...string) spec.Text {
	t := f.text(key)
	if t.IsSet() {
		f.r.oneOf(t, quoted(key), words)
	}
	return t
}

// flag is a member that is a boolean.
func (f *fields) flag(key string) bool {
	p := f.place(key)
	if p.Node == nil || !f.r.isKind(p, quoted(key), syntax.Bool) {
		return false
	}
	return p.Node.Text == "true"
}

// items are the places of an array's items.
func (f *fields) items(key string) []resolve.Place {
	p := f.place(key)
	if p.Node == nil || !f.r.isKind(p, quoted(key), syntax.Sequence) {
		return nil
	}
	out := make([]resolve.Place, len(p.Node.Items))
	for i := range out {
		out[i] = p.Item(i)
	}
	return out
}

// texts is a member that is an array of strings.
func (f *fields) texts(key string) []spec.Text {
	var out []spec.Text
	for _, item := range f.items(key) {
		if t := f.r.text(item, "an item of "+quoted(key)); t.IsSet() {
			out = append(out, t)
		}
	}
	return out
}

// members are the places of a map's values with their keys, which must be names
// of the given form.
func (f *fields) members(key string, form nameForm) iter.Seq2[spec.Text, resolve.Place] {
	p := f.place(key)
	return func(yield func(spec.Text, resolve.Place) bool) {
		if p.Node == nil || !f.r.isKind(p, quoted(key), syntax.Mapping) {
			return
		}
		if ref := p.Ref(); ref != nil {
			f.r.found.Errorf(p.Node.Member("$ref").Key, "ref-not-allowed", "a reference cannot stand for all of %q", key).
				WithHelp("list the entries and let each be a reference")
			return
		}
		for _, m := range p.Node.Members {
			name := spec.Text{Value: m.Key.Text, At: m.Key.At}
			f.r.checkName(name, key, form)
			if !yield(name, p.Child(m.Key.Text)) {
				return
			}
		}
	}
}

// list reads an array of objects.
func list[T any](f *fields, key string, read func(resolve.Place) *T) []*T {
	var out []*T
	for _, item := range f.items(key) {
		if object := read(item); object != nil {
			out = append(out, object)
		}
	}
	return out
}
