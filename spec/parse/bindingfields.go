package parse

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// bindingReader reads what one protocol says in one place.
type bindingReader struct {
	*reader
	protocol  *protocol
	version   int  // index among the protocol's
	versioned bool // the document names it
	guessed   bool // the document names one that is not known
}

// checkedRecord is what makes a record one that has been checked.
type checkedRecord struct {
	node    *syntax.Node
	record  *record
	version int
}

// record checks the object at p and returns its fields, once for all references
// that lead to it.
func (b *bindingReader) record(p resolve.Place, rec *record) *spec.BindingObject {
	trail, ok := b.followAnywhere(p, rec.table)
	if !ok {
		return nil
	}
	own := trail[len(trail)-1]
	id := checkedRecord{own.Node, rec, b.version}
	if known, done := b.checked[id]; done {
		return known
	}
	out := &spec.BindingObject{Origin: own.Origin()}
	b.checked[id] = out
	keys := rec.table
	if b.isOld() {
		keys = rec.loose
	}
	f, ok := b.open(own, keys)
	if !ok {
		b.checked[id] = nil
		return nil
	}
	out.Fields = listed(f, b.values(f, rec))
	for _, d := range rec.demands {
		b.demand(f, d)
	}
	return out
}

// values are those of the fields that the version of the binding has, by key.
func (b *bindingReader) values(f *fields, rec *record) map[string]spec.BindingValue {
	values := map[string]spec.BindingValue{}
	for i := range rec.fields {
		field := &rec.fields[i]
		p := f.place(field.key)
		switch {
		case !b.applies(rec, field):
		case p.Node != nil:
			if b.checkVersion(p, rec, field) {
				values[field.key] = b.value(p, quoted(field.key), field.kind)
			}
		case field.need && b.has(field):
			f.demand(field.key)
		}
	}
	return values
}

// listed are the members of a record in document order. Those without a value
// are kept as they are.
func listed(f *fields, values map[string]spec.BindingValue) []spec.BindingField {
	meant := map[string]string{}
	for key, written := range f.misspelt {
		meant[written] = key
	}
	out := make([]spec.BindingField, 0, len(f.own.Node.Members))
	for _, m := range f.own.Node.Members {
		name := m.Key.Text
		if key := meant[name]; key != "" {
			name = key
		}
		v, typed := values[name]
		if !typed {
			v = untyped(m.Value)
		}
		out = append(out, spec.BindingField{Name: spec.Text{Value: name, At: m.Key.At}, Value: v})
	}
	return out
}

// has tells whether the version of the binding has a field.
func (b *bindingReader) has(f *field) bool { return b.within(f.first, f.last) }

// within tells whether the version of the binding is between two.
func (b *bindingReader) within(first, last string) bool {
	return b.index(first, 0) <= b.version && b.version <= b.index(last, len(b.protocol.versions))
}

func (b *bindingReader) index(version string, none int) int {
	if version == "" {
		return none
	}
	return slices.Index(b.protocol.versions, version)
}

// applies tells whether a field is the one that says what its key holds: that of
// the version, or else the last.
func (b *bindingReader) applies(rec *record, f *field) bool {
	var found *field
	for i := range rec.fields {
		other := &rec.fields[i]
		if other.key == f.key && (found == nil || !b.has(found)) {
			found = other
		}
	}
	return found == f
}

// checkVersion reports a member that the version of the binding does not have,
// and tells whether to look into it all the same. What is left over from an
// older version is a warning in 2.x, whose schemas do not look into bindings.
func (b *bindingReader) checkVersion(p resolve.Place, rec *record, f *field) bool {
	if b.has(f) {
		return true
	}
	report := b.report()
	what, version, help := "ended with", f.last, "leave the key out"
	if !b.release.checksBindings {
		help += ", or name that version in bindingVersion"
	}
	if first := rec.began(f.key); b.index(first, 0) > b.version {
		what, version, help = "came with", first, "raise bindingVersion or leave the key out"
		report = b.found.Errorf
	}
	report(head(p), "key-of-other-version", "%s %s version %s of the %s binding, this one is of %s",
		quoted(f.key), what, version, b.protocol.name, b.protocol.versions[b.version]).WithHelp("%s", help)
	return false
}

// report adds an error, or in 2.x a warning: for what the schemas of 3.x forbid
// and the text of a binding does not.
func (b *bindingReader) report() func(source.Spanner, diag.Code, string, ...any) *diag.Diagnostic {
	if b.release.checksBindings && !b.guessed {
		return b.found.Errorf
	}
	return b.found.Warningf
}

// isOld tells whether the binding is of a version that nobody can tell: a
// document of 2.x that names none was written for the one that was new then.
func (b *bindingReader) isOld() bool {
	return b.guessed || !b.versioned && !b.release.checksBindings
}

// began is the version that a key came with.
func (rec *record) began(key string) string {
	for _, f := range rec.fields {
		if f.key == key {
			return f.first // the fields of a key are in the order of versions
		}
	}
	return ""
}

// demand reports what the value of one member asks of others.
func (b *bindingReader) demand(f *fields, d demand) {
	choice := f.place(d.key)
	is := ""
	if choice.Node != nil {
		is = choice.Node.Text
	}
	if !slices.Contains(d.values, is) || !b.within(d.first, d.last) {
		return
	}
	report := b.found.Errorf
	if d.lax {
		report = b.report()
	}
	why := quoted(d.key) + " is " + quoted(is)
	if is == "" {
		why = quoted(d.key) + " is absent"
	}
	var barred resolve.Place
	if d.bars != "" {
		barred = f.place(d.bars)
	}
	switch lacks := d.need != "" && f.place(d.need).Node == nil; {
	case barred.Node != nil:
		found := report(head(barred), "unknown-key", "the %s has no %q where %s", f.table.name, d.bars, why)
		if lacks {
			found.WithHelp("it needs %q then", d.need)
		}
	case lacks:
		report(head(f.own), "missing-key", "the %s lacks %q", f.table.name, d.need).WithHelp("%s", why)
	}
}

// value checks the value at p, which what names in messages.
func (b *bindingReader) value(p resolve.Place, what string, k kind) spec.BindingValue {
	v := spec.BindingValue{Raw: p.Node}
	switch k.of {
	case aText:
		if b.word(p, what, k).IsSet() {
			v.Kind = spec.BindingText
		}
	case anInteger:
		if n, ok := b.integer(p, what, k.least, k.most); ok {
			v.Kind, v.Integer = spec.BindingInteger, n
		}
	case aNumber, aFlag, aMap:
		if b.isKind(p, what, k.node()) {
			v = untyped(p.Node)
		}
	case aScalar:
		if p.Node.Kind == syntax.Mapping || p.Node.Kind == syntax.Sequence {
			b.wrongKind(p, what, syntax.String)
		}
		v = untyped(p.Node)
	case aList:
		v.Kind, v.Items = spec.BindingList, b.list(p, what, k)
	case aRecord:
		if v.Record = b.record(p, k.record); v.Record != nil {
			v.Kind = spec.BindingRecord
		}
	case aSchema, aSchemaOfObject:
		if v.Schema = b.schema(p, what, k.of == aSchemaOfObject); v.Schema != nil {
			v.Kind = spec.BindingSchema
		}
	case anyOf:
		return b.anyOf(p, what, k.ways)
	}
	return v
}

// untyped is a value that says by itself what it is. Of a map the values are
// looked at no further: their aliases might make them huge.
func untyped(n *syntax.Node) spec.BindingValue {
	v := spec.BindingValue{Raw: n}
	switch n.Kind {
	case syntax.String:
		v.Kind = spec.BindingText
	case syntax.Bool:
		v.Kind = spec.BindingFlag
	case syntax.Number:
		v.Kind = spec.BindingNumber
	}
	return v
}

// word is the text at p, which may be bound to some.
func (b *bindingReader) word(p resolve.Place, what string, k kind) spec.Text {
	t := b.text(p, what)
	if t.IsSet() && k.words != nil {
		b.oneOf(t, what, k.words)
	}
	n := utf8.RuneCountInString(t.Value)
	switch {
	case t.IsSet() && n < int(k.least):
		b.found.Errorf(t, "wrong-value", "%s must not be empty", what)
	case k.longest > 0 && n > k.longest:
		b.found.Errorf(t, "wrong-value", "%s must be of at most %d characters, has %d", what, k.longest, n)
	}
	return t
}

func (b *bindingReader) list(p resolve.Place, what string, k kind) []spec.BindingValue {
	if !b.isKind(p, what, syntax.Sequence) {
		return nil
	}
	if len(p.Node.Items) < int(k.least) {
		b.found.Errorf(p, "wrong-value", "%s must have an item", what)
	}
	out := make([]spec.BindingValue, 0, len(p.Node.Items))
	for i := range p.Node.Items {
		out = append(out, b.value(p.Item(i), "an item of "+what, *k.item))
	}
	return out
}

// anyOf checks the value at p as the kind that its node is of.
func (b *bindingReader) anyOf(p resolve.Place, what string, ways []kind) spec.BindingValue {
	var names []string
	for _, k := range ways {
		if k.node() == p.Node.Kind || k.of == aSchema && p.Node.Kind == syntax.Bool {
			return b.value(p, what, k)
		}
		names = append(names, k.node().Phrase())
	}
	b.found.Errorf(head(p), "wrong-kind", "%s must be %s, is %s", what, strings.Join(names, " or "), p.Node.Kind.Phrase())
	return spec.BindingValue{Raw: p.Node}
}

// schema reads the schema at p. A plain string is what documents of 2.x write,
// AsyncAPI's own examples among them: it has one meaning, but not that of the
// binding's specification.
func (b *bindingReader) schema(p resolve.Place, what string, ofObject bool) *schema.Schema {
	switch {
	case !ofObject && b.avro(p):
		return nil
	case p.Node.Kind == syntax.String && !ofObject && !b.release.checksBindings:
		b.found.Warningf(p, "wrong-kind", "%s must be a schema, is a string", what).
			WithHelp("write const: %s under it", brief(p.Node.Text))
		return nil
	}
	s := b.schemas.Read(p)
	if own := s.Deref(); ofObject && own.Types != 0 && !own.Types.Has(schema.TypeObject) {
		b.found.Errorf(own.KeyAt("type"), "wrong-value", "%s must be a schema of type object", what).
			WithHelp("describe each value as a property")
	}
	return s
}

// avro reads the schema at p if it is in Avro, as the key of a Kafka message may
// be, and tells whether it is.
func (b *bindingReader) avro(p resolve.Place) bool {
	at, isFile := p, false
	if ref := p.Ref(); ref != nil {
		uri, _, _ := strings.Cut(ref.Text, "#")
		if isFile = strings.HasSuffix(uri, ".avsc"); !isFile && !isPointer(ref.Text) {
			return false // which $id may give another meaning
		}
		var ok bool
		if at, ok = b.refs.Deref(p); !ok {
			return isFile
		}
	}
	if !isFile && !isAvro(at.Node) {
		return false
	}
	b.schemas.ReadPayload(at, "application/vnd.apache.avro")
	return true
}

// integer is the number at p, if it is one between the bounds.
func (r *reader) integer(p resolve.Place, what string, least, most int64) (int64, bool) {
	if !r.isKind(p, what, syntax.Number) {
		return 0, false
	}
	n, ok := wholeNumber(p.Node.Text)
	if ok && least <= n && n <= most {
		return n, true
	}
	bounds := ""
	switch {
	case least != math.MinInt64 && most != math.MaxInt64:
		bounds = " from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10)
	case least != math.MinInt64:
		bounds = " of " + strconv.FormatInt(least, 10) + " or more"
	}
	r.found.Errorf(p, "wrong-value", "%s must be an integer%s, is %s", what, bounds, brief(p.Node.Text))
	return 0, false
}

// wholeNumber reads an integer as JSON Schema understands it: 1.0 is one.
func wholeNumber(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<62
}
