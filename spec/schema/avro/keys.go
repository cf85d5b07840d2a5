package avro

import (
	"slices"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// declared are the types that a schema written as an object may name as its own.
var declared = map[string]Type{
	"null": Null, "boolean": Boolean, "int": Int, "long": Long, "float": Float, "double": Double, "bytes": Bytes,
	"string": String, "record": Record, "error": Record, "enum": Enum, "array": Array, "map": Map, "fixed": Fixed,
}

// keyTable are the keys that Avro gives a meaning, those first that must be
// there.
type keyTable struct {
	required, optional []string
}

var (
	primitiveKeys = keyTable{[]string{"type"}, []string{"logicalType", "precision", "scale"}}
	fieldKeys     = keyTable{[]string{"name", "type"}, []string{"doc", "default", "order", "aliases"}}
)

// schemaKeys are the keys of schemas by their type.
var schemaKeys = [...]keyTable{
	Null: primitiveKeys, Boolean: primitiveKeys, Int: primitiveKeys, Long: primitiveKeys, Float: primitiveKeys,
	Double: primitiveKeys, Bytes: primitiveKeys, String: primitiveKeys,
	Record: {[]string{"type", "name", "fields"}, []string{"namespace", "doc", "aliases", "logicalType"}},
	Enum:   {[]string{"type", "name", "symbols"}, []string{"namespace", "doc", "aliases", "default", "logicalType"}},
	Fixed:  {[]string{"type", "name", "size"}, []string{"namespace", "doc", "aliases", "logicalType", "precision", "scale"}},
	Array:  {[]string{"type", "items"}, []string{"doc", "logicalType"}},
	Map:    {[]string{"type", "values"}, []string{"doc", "logicalType"}},
}

func (t keyTable) has(key string) bool {
	return slices.Contains(t.required, key) || slices.Contains(t.optional, key)
}

// object is an object of a schema with its keys sorted out: a misspelt key
// stands for the one that was meant.
type object struct {
	resolve.Place
	what  string
	meant map[string]string // the key that is written for a key of the table
	rest  []syntax.Member   // what Avro gives no meaning
}

// open sorts out the keys of an object. Other keys are allowed as metadata (Avro
// 1.12 "Schema Declaration"), so only what looks like a slip is reported.
func (r *reader) open(p resolve.Place, table keyTable, what string) *object {
	o := &object{Place: p, what: what, meant: map[string]string{}}
	var absent []string
	for _, key := range slices.Concat(table.required, table.optional) {
		if p.Node.Get(key) == nil {
			absent = append(absent, key)
		}
	}
	for _, m := range p.Node.Members {
		if table.has(m.Key.Text) {
			continue
		}
		near := diag.Nearest(m.Key.Text, absent)
		if near == "type" {
			continue // said already
		}
		if near == "" || o.meant[near] != "" || foreign[m.Key.Text] {
			o.rest = append(o.rest, m)
			continue
		}
		o.meant[near] = m.Key.Text
		if slices.Contains(table.required, near) {
			r.found.Errorf(m.Key, codeKey, "a %s has no key %q", what, m.Key.Text).WithHelp("did you mean %q?", near)
		} else {
			r.found.Warningf(m.Key, codeKey, "%q is metadata and means nothing to Avro", m.Key.Text).WithHelp("did you mean %q?", near)
		}
	}
	return o
}

// foreign are keys of schemas that stand in a field by mistake, which the type
// of the field tells, and other words that are near to those of Avro but common
// as metadata.
var foreign = map[string]bool{"items": true, "values": true, "fields": true, "symbols": true, "size": true, "alias": true, "scale": true}

// get is the value under a key, or under what was written for it.
func (o *object) get(key string) resolve.Place {
	if written := o.meant[key]; written != "" {
		return o.Child(written)
	}
	return o.Child(key)
}

// need is the value under a key that must be there.
func (r *reader) need(o *object, key string) resolve.Place {
	p := o.get(key)
	if p.Node == nil {
		r.found.Errorf(head(o.Place), codeMissing, "the %s lacks %q", o.what, key)
	}
	return p
}

// isKind tells whether a value is of a kind, and reports one that is not.
func (r *reader) isKind(p resolve.Place, key string, kind syntax.Kind) bool {
	if p.Node.Kind == kind {
		return true
	}
	r.found.Errorf(p, codeValue, "%q must be %s, is %s", key, a(kind), a(p.Node.Kind))
	return false
}

func a(kind syntax.Kind) string {
	switch kind {
	case syntax.Null:
		return "null"
	case syntax.Sequence, syntax.Mapping:
		return "an " + kind.String()
	}
	return "a " + kind.String()
}

// doc is the text for people. One that is not text harms nobody.
func (r *reader) doc(o *object) string {
	p := o.get("doc")
	if p.Node == nil {
		return ""
	}
	if p.Node.Kind != syntax.String {
		r.found.Warningf(p, codeValue, `"doc" must be a string, is %s`, a(p.Node.Kind))
		return ""
	}
	return p.Node.Text
}
