package parse

import (
	"math"

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
