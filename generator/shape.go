package generator

import (
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// kind is what a schema is in Go.
type kind uint8

const (
	kindRaw      kind = iota // any JSON value, or one that cannot be typed
	kindScalar               // a basic type
	kindEnum                 // a defined type with constants
	kindObject               // a struct
	kindMap                  // a map from strings
	kindList                 // a slice
	kindTuple                // a struct for a list with a type for each position
	kindSum                  // an interface: one of several types
	kindWrap                 // a defined type for what has no name, as a branch of a sum
	kindExternal             // a type of another package
)

// shape is the Go form of one schema. A shape is shared by all that refer to
// the schema.
type shape struct {
	kind   kind
	schema *schema.Schema // gives name and place
	said   *schema.Schema // gives words and limits
	basic  ir.Basic       // of a scalar or enum
	// anyNumber tells that a scalar is a Decimal because any number may come, and not because
	// a schema asks for one: what another schema says of the same numbers is more.
	anyNumber bool
	values    []enumValue // of an enum
	external  ir.External // where it is one
	// Of an object or tuple.
	members []member
	index   map[string]int // of members by name
	extra   *schema.Schema // for members without a field; nil has no map for them
	open    bool           // there may be members that the schema says nothing of
	closed  bool           // there are no members but those it names
	loose   bool           // values of other kinds are valid and kept too; see loosen
	// Of a list or map. Nil is any value.
	elem  *schema.Schema
	sum   *sum // of a sum
	inner use  // of a wrap
	// origin is the schema that the shape was made for, owner the one that it got
	// its name from: another one where that says nothing else.
	origin, owner *schema.Schema

	// referenced tells that a $ref leads here, element that the shape is one of
	// a list, a map or a message, where nil would be written as null.
	referenced, element bool
	entity              *entity // where the shape is declared under a name
	decl                ir.TypeDecl
}

// enumValue is one value of an enum: the text of a string or the digits of an
// integer.
type enumValue struct{ text string }

// member is one property of an object. A nil schema is any value.
type member struct {
	name     string
	schema   *schema.Schema
	required bool
	// via is the reference that brought the member into the object, or nil:
	// what is written in place there has its name from there.
	via *schema.Schema
}

// use is a shape where it is used.
type use struct {
	*shape
	nullable bool
	// via is the reference that led to the shape, or nil where it is written in
	// place.
	via *schema.Schema
}

// use returns the shape of a schema, following references. Nil is any value, and so is
// what a dynamic reference leads to that leads to several.
func (p *planner) use(s *schema.Schema) use {
	if s == nil {
		return use{shape: &shape{}}
	}
	if p.moves(s) {
		return raw(s)
	}
	target := s.Deref()
	u, known := p.shapes[target]
	if !known {
		p.shapes[target] = use{shape: &shape{schema: target, said: target}} // what an endless allOf gets
		u = p.loosen(target, p.classify(target))
		if u.via == nil && u.owner != nil && u.owner != u.origin && u.owner != target {
			u.shape = u.shape.again() // two types: their rules differ
		}
		if u.decl == nil { // else it is declared for the schema that it has
			u.shape.owned(target, u.via != nil)
		}
		p.shapes[target] = u
	}
	if s.Ref != nil {
		u.referenced, u.via = true, s
	}
	return u
}

// again is a shape like sh that has no name yet.
func (sh *shape) again() *shape {
	out := *sh
	out.entity, out.decl = nil, nil
	return &out
}

// owned makes a schema the one that names the shape, unless the shape is that
// of a schema somewhere else.
func (sh *shape) owned(s *schema.Schema, elsewhere bool) {
	if sh.said == nil || !elsewhere && saysMore(s, sh.said) {
		sh.said = s
	}
	if sh.schema == nil || !elsewhere {
		sh.schema, sh.owner = s, s
	}
	if sh.origin == nil {
		sh.origin = s
	}
}

// saysMore tells whether s has words for people, or else b has none.
func saysMore(s, b *schema.Schema) bool {
	return s.Description != "" || s.Title != "" || b.Description == "" && b.Title == ""
}

// classify decides what a schema is.
func (p *planner) classify(s *schema.Schema) use {
	p.slips(s)
	if t, ok := p.goType(s); ok {
		u := p.useType(s, t, s.Types&^schema.Types(schema.TypeNull))
		u.nullable = s.Types.Has(schema.TypeNull)
		return u
	}
	switch {
	case s.Broken, s.Bool != nil:
		return raw(s)
	case len(s.AllOf) > 0:
		return p.classifyAll(s)
	}
	return p.classifyRest(s)
}

// classifyRest looks at all but allOf.
func (p *planner) classifyRest(s *schema.Schema) use {
	if list, keyword := alternatives(s); list != nil && s.Enum == nil && s.Const == nil {
		return p.classifyUnion(s, keyword, list)
	}
	return p.classifyOwn(s)
}

// classifyOwn looks at what a schema says itself, combinators aside.
func (p *planner) classifyOwn(s *schema.Schema) use {
	nullable := s.Types.Has(schema.TypeNull)
	if s.Enum != nil || s.Const != nil {
		u := p.classifyEnum(s)
		u.nullable = u.nullable || nullable
		return u
	}
	t, ok := s.Types.Only()
	switch {
	case ok:
		u := p.classifyType(s, t)
		u.nullable = nullable
		return u
	case s.Types == schema.Types(schema.TypeNull):
		return raw(s)
	case s.Types == schema.Types(schema.TypeInteger|schema.TypeNumber), s.Types == schema.Types(schema.TypeInteger|schema.TypeNumber|schema.TypeNull):
		u := p.classifyType(s, schema.TypeNumber)
		u.nullable = nullable
		return u
	case s.Types != 0:
		return p.classifyTypes(s)
	case isObject(s):
		return p.classifyType(s, schema.TypeObject)
	case s.Items != nil || s.TupleItems != nil:
		return p.classifyType(s, schema.TypeArray)
	}
	return raw(s)
}

func (p *planner) classifyType(s *schema.Schema, t schema.Type) use {
	switch t {
	case schema.TypeObject:
		return p.classifyObject(s)
	case schema.TypeArray:
		if s.TupleItems != nil {
			return p.classifyTuple(s)
		}
		return use{shape: &shape{kind: kindList, schema: s, elem: s.Items}}
	}
	return p.classifyScalar(s, t)
}

// raw is the use of any JSON value.
func raw(s *schema.Schema) use { return use{shape: &shape{schema: s}} }

// sameSchema tells whether two schemas are the same text.
func sameSchema(a, b *schema.Schema) bool { return a == b || a.Deref() == b.Deref() }

// isFalse tells whether a schema accepts nothing.
func isFalse(s *schema.Schema) bool {
	s = s.Deref()
	return s != nil && s.Bool != nil && !*s.Bool
}

// isObject tells whether keywords say that a schema without a type is about
// objects.
func isObject(s *schema.Schema) bool {
	return len(s.Properties) > 0 || len(s.PatternProperties) > 0 || s.AdditionalProperties != nil || len(s.Required) > 0
}
