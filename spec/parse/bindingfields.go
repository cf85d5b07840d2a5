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

// protocol is what AsyncAPI lets a document say of a protocol, by the kind of
// object that says it.
type protocol struct {
	key      string   // in documents
	name     string   // in messages
	versions []string // of the binding, the oldest first
	first3   string   // the oldest that AsyncAPI 3.x knows; "" is all

	server, channel, operation, message *record
}

// record is an object in a binding.
type record struct {
	table   *table // its keys; those of versions are in fields
	loose   *table // the same where another key is not sure to be wrong
	fields  []field
	demands []demand
}

// field is a member of a record. Several may share a key in different versions.
type field struct {
	key         string
	kind        kind
	need        bool
	first, last string // the versions of the binding that have it; "" is no bound
}

// demand is what the value of a member, "" when absent, asks of other members.
type demand struct {
	key    string
	values []string
	need   string
	bars   string
	first  string // the versions of the binding that ask it; "" is no bound
	last   string
	lax    bool // the text of the binding does not ask it, the schemas of 3.x do
}

func may(key string, k kind) field { return field{key: key, kind: k} }

func must(key string, k kind) field { return field{key: key, kind: k, need: true} }

func (f field) since(version string) field {
	f.first = version
	return f
}

func (f field) until(version string) field {
	f.last = version
	return f
}

// content is what a protocol says in one place: an object that has no other
// fields.
func content(fields ...field) *record { return &record{fields: fields} }

func (rec *record) with(demands ...demand) *record {
	rec.demands = demands
	return rec
}

// named makes the table of a record's keys. References may stand for it: the
// official parser checks bindings after it resolved them.
func (rec *record) named(name string, others otherKeys) *record {
	rec.table = &table{name: name, refs: v20, others: others}
	for _, f := range rec.fields {
		rec.table.rows = append(rec.table.rows, optional(f.key))
	}
	loose := *rec.table
	loose.others = max(others, othersWarned)
	rec.loose = &loose
	return rec
}

// kind is what a field holds.
type kind struct {
	of      kindOf
	words   []string // of a text: the only ones; nil is any
	longest int      // of a text, in characters; 0 is no bound
	least   int64    // of an integer, or how many items or characters
	most    int64
	item    *kind // of a list
	record  *record
	ways    []kind // of which one holds, by the kind of the node
}

type kindOf uint8

const (
	aText kindOf = iota
	anInteger
	aNumber
	aFlag
	aList
	aRecord
	aMap
	aScalar
	aSchema
	aSchemaOfObject
	anyOf
)

var (
	text           = kind{of: aText}
	flag           = kind{of: aFlag}
	number         = kind{of: aNumber}
	integer        = between(math.MinInt64, math.MaxInt64)
	texts          = listOf(text)
	mapOfAnything  = kind{of: aMap}
	anyScalar      = kind{of: aScalar} // or null
	aSchemaOrRef   = kind{of: aSchema}
	schemaOfObject = kind{of: aSchemaOfObject}
	textOrTexts    = either(text, texts)
)

func words(w ...string) kind { return kind{of: aText, words: w} }

func textUpTo(characters int) kind { return kind{of: aText, longest: characters} }

func between(least, most int64) kind { return kind{of: anInteger, least: least, most: most} }

func atLeast(least int64) kind { return between(least, math.MaxInt64) }

func listOf(item kind) kind { return kind{of: aList, item: &item} }

func someOf(item kind) kind { return kind{of: aList, item: &item, least: 1} }

func either(ways ...kind) kind { return kind{of: anyOf, ways: ways} }

// object is a record in which other keys than its fields are probably slips, and
// pass with a warning as they pass the official schemas.
func object(name string, fields ...field) kind {
	return kind{of: aRecord, record: content(fields...).named(name, othersWarned)}
}

// closedObject has no other keys.
func closedObject(name string, fields ...field) kind {
	return kind{of: aRecord, record: content(fields...).named(name, othersWrong)}
}

// hinting adds what there is to say where a record has another key.
func (k kind) hinting(help string) kind {
	k.record.table.hint = help
	return k
}

// openObject may have keys of any name.
func openObject(name string, fields ...field) kind {
	return kind{of: aRecord, record: content(fields...).named(name, othersRight)}
}

// node is the kind of node that holds values of the kind.
func (k kind) node() syntax.Kind {
	switch k.of {
	case anInteger, aNumber:
		return syntax.Number
	case aFlag:
		return syntax.Bool
	case aList:
		return syntax.Sequence
	case aRecord, aMap, aSchema, aSchemaOfObject:
		return syntax.Mapping
	}
	return syntax.String
}

// value is what a field holds, as far as it is right.
type value struct {
	node   *syntax.Node
	text   spec.Text
	number int64
	schema *schema.Schema
}

// bindingReader reads what one protocol says in one place.
type bindingReader struct {
	*reader
	protocol  *protocol
	version   int  // index among the protocol's
	versioned bool // the document names it
}

// checkedRecord is what makes a record one that has been checked.
type checkedRecord struct {
	node    *syntax.Node
	record  *record
	version int
}

// record checks the object at p and returns its values by key: none where it has
// been checked, as many references may lead to one object.
func (b *bindingReader) record(p resolve.Place, rec *record) map[string]value {
	trail, ok := b.followAnywhere(p, rec.table)
	if !ok {
		return nil
	}
	own := trail[len(trail)-1]
	id := checkedRecord{own.Node, rec, b.version}
	if b.checked[id] {
		return nil
	}
	b.checked[id] = true
	keys := rec.table
	if b.isOld() {
		keys = rec.loose
	}
	f, ok := b.open(own, keys)
	if !ok {
		return nil
	}
	values := map[string]value{}
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
	for _, d := range rec.demands {
		b.demand(f, d)
	}
	return values
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
	if b.release.checksBindings {
		return b.found.Errorf
	}
	return b.found.Warningf
}

// isOld tells whether the binding is of a version that nobody can tell: a
// document of 2.x that names none was written for the one that was new then.
func (b *bindingReader) isOld() bool { return !b.versioned && !b.release.checksBindings }

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
func (b *bindingReader) value(p resolve.Place, what string, k kind) value {
	v := value{node: p.Node}
	switch k.of {
	case aText:
		v.text = b.word(p, what, k)
	case anInteger:
		v.number = b.integer(p, what, k.least, k.most)
	case aNumber, aFlag, aMap:
		b.isKind(p, what, k.node())
	case aScalar:
		if p.Node.Kind == syntax.Mapping || p.Node.Kind == syntax.Sequence {
			b.wrongKind(p, what, syntax.String)
		}
	case aList:
		b.list(p, what, k)
	case aRecord:
		b.record(p, k.record)
	case aSchema, aSchemaOfObject:
		v.schema = b.schema(p, what, k.of == aSchemaOfObject)
	case anyOf:
		return b.anyOf(p, what, k.ways)
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

func (b *bindingReader) list(p resolve.Place, what string, k kind) {
	if !b.isKind(p, what, syntax.Sequence) {
		return
	}
	if len(p.Node.Items) < int(k.least) {
		b.found.Errorf(p, "wrong-value", "%s must have an item", what)
	}
	for i := range p.Node.Items {
		b.value(p.Item(i), "an item of "+what, *k.item)
	}
}

// anyOf checks the value at p as the kind that its node is of.
func (b *bindingReader) anyOf(p resolve.Place, what string, ways []kind) value {
	var names []string
	for _, k := range ways {
		if k.node() == p.Node.Kind || k.of == aSchema && p.Node.Kind == syntax.Bool {
			return b.value(p, what, k)
		}
		names = append(names, article(k.node()))
	}
	b.found.Errorf(head(p), "wrong-kind", "%s must be %s, is %s", what, strings.Join(names, " or "), article(p.Node.Kind))
	return value{}
}

// schema reads the schema at p. A plain string is what documents of 2.x write,
// AsyncAPI's own examples among them: it has one meaning, but not that of the
// binding's specification.
func (b *bindingReader) schema(p resolve.Place, what string, ofObject bool) *schema.Schema {
	switch {
	case !ofObject && isAvro(p.Node):
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

// integer is the number at p, or 0 when it is none between the bounds.
func (r *reader) integer(p resolve.Place, what string, least, most int64) int64 {
	if !r.isKind(p, what, syntax.Number) {
		return 0
	}
	n, ok := wholeNumber(p.Node.Text)
	if ok && least <= n && n <= most {
		return n
	}
	bounds := ""
	switch {
	case least != math.MinInt64 && most != math.MaxInt64:
		bounds = " from " + strconv.FormatInt(least, 10) + " to " + strconv.FormatInt(most, 10)
	case least != math.MinInt64:
		bounds = " of " + strconv.FormatInt(least, 10) + " or more"
	}
	r.found.Errorf(p, "wrong-value", "%s must be an integer%s, is %s", what, bounds, brief(p.Node.Text))
	return 0
}

// wholeNumber reads an integer as JSON Schema understands it: 1.0 is one.
func wholeNumber(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<62
}
