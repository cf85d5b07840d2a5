package spec

import (
	"io"
	"reflect"
	"strconv"
	"strings"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Dump writes the model of a document as JSON: what it means, whatever version
// and text say it. docs/model.md describes the format, docs/model.schema.json is
// its schema. Absent fields are left out. Every object is written once; where it
// is met again stands a reference to it, a JSON Pointer into this text. Schemas
// are written as JSON Schema 2020-12; those that references lead to and
// components do not hold are under "definitions". So the text is finite, and
// grows with the document.
//
// Two documents that say the same in AsyncAPI 2.x and in 3.x differ only in
// Document.Version. For that the dump leaves out what only one of them says, or
// both say differently: see undumped.
func Dump(w io.Writer, d *Document) error { return dump(w, d, false) }

// DumpPlaces is Dump with the place of every object in its text, under
// "x-place", and with the names that the text gives and other texts that mean
// the same may not: see placeNames.
func DumpPlaces(w io.Writer, d *Document) error { return dump(w, d, true) }

func dump(w io.Writer, d *Document, places bool) error {
	p := &dumper{
		emitter:     newEmitter(w),
		places:      places,
		known:       map[reflect.Type][]column{},
		homes:       map[any]*position{},
		definitions: definitions{taken: namer{}},
	}
	p.settle(d)
	p.object(func() {
		p.fields(reflect.ValueOf(d).Elem())
		p.define()
	})
	return p.flush()
}

// undumped are the fields that the dump leaves out, by type and name, or writes
// otherwise than as a member of the object.
var undumped = map[string]bool{
	"Document.Origin":  true, // the whole text
	"Parameter.Schema": true, // 3.x has none
}

// placeNames are what only one text says: 2.x has no ids of channels, nor of
// messages in a channel, and 3.x no messageId. Scopes are shown where they are
// required, which is where 2.x writes them. DumpPlaces writes these.
var placeNames = map[string]string{
	"Channel.Key":           "id",
	"ChannelMessage.Key":    "id",
	"Message.ID":            "messageId",
	"MessageTrait.ID":       "messageId",
	"OperationTrait.ID":     "operationId",
	"SecurityScheme.Scopes": "scopes",
}

// renamed are fields whose members have another name than theirs.
var renamed = map[string]string{
	"Document.Version":     "asyncapi",
	"Server.Key":           "name",
	"ServerVariable.Key":   "name",
	"ChannelParameter.Key": "name",
	"Operation.Key":        "id",
}

type dumper struct {
	*emitter
	places bool
	known  map[reflect.Type][]column
	// homes are where objects are written out, or will be.
	homes map[any]*position
	definitions
}

// settle notes where the objects of components are written out: there, but for
// those that are servers, channels and operations of the document.
func (p *dumper) settle(d *Document) {
	own := map[any]bool{}
	for _, s := range d.Servers {
		own[s] = true
	}
	for _, c := range d.Channels {
		own[c] = true
	}
	for _, o := range d.Operations {
		own[o] = true
	}
	root := &position{p.at, "components"}
	v := reflect.ValueOf(&d.Components).Elem()
	for i := range v.NumField() {
		if !isComponents(v.Field(i).Type()) {
			continue
		}
		field := &position{root, camel(v.Type().Field(i).Name)}
		for j, key := range componentKeys(v.Field(i)) {
			object := identity(v.Field(i).Index(j).FieldByName("Value"))
			if object == nil || own[object] || p.homes[object] != nil {
				continue
			}
			at := &position{field, key}
			p.homes[object] = at
			if payload, ok := object.(*schema.Payload); ok && payload.Schema != nil && p.homes[payload.Schema] == nil {
				p.homes[payload.Schema] = &position{at, "schema"}
			}
		}
	}
}

func isComponents(t reflect.Type) bool {
	return t.Kind() == reflect.Slice && strings.HasPrefix(t.Elem().Name(), "Component[")
}

// componentKeys are the keys of one map of components, made unique: several
// messages of 2.x may share one.
func componentKeys(v reflect.Value) []string {
	names := namer{}
	keys := make([]string, v.Len())
	for i := range keys {
		keys[i] = names.unique(v.Index(i).FieldByName("Key").Interface().(Text).Value)
	}
	return keys
}

// namer makes names unique.
type namer map[string]int

// unique is the name, or if it is taken the first of name.2, name.3 … that is
// not.
func (n namer) unique(name string) string {
	out := name
	for n[out] > 0 {
		n[name]++
		out = name + "." + strconv.Itoa(n[name])
	}
	n[out] = 1
	return out
}

// identity is what makes a value the same object as another, nil for what is
// none.
func identity(v reflect.Value) any {
	if b, ok := v.Interface().(Bindings); ok {
		if len(b) == 0 {
			return nil
		}
		return &b[0]
	}
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return nil
	}
	return v.Interface()
}

// column is a field of a struct that the dump may write.
type column struct {
	index  int
	member string
	places bool // only with places
	id     bool // the key of a channel
}

// columns are those of a struct type.
func (p *dumper) columns(t reflect.Type) []column {
	if known, ok := p.known[t]; ok {
		return known
	}
	var out []column
	for i := range t.NumField() {
		f := t.Field(i)
		name := t.Name() + "." + f.Name
		if !f.IsExported() || undumped[name] || f.Type == reflect.TypeFor[source.Span]() {
			continue // places are written for whole objects
		}
		c := column{index: i, member: camel(f.Name)}
		if other, ok := renamed[name]; ok {
			c.member = other
		}
		if other, ok := placeNames[name]; ok {
			c.member, c.places, c.id = other, true, name == "Channel.Key"
		}
		out = append(out, c)
	}
	p.known[t] = out
	return out
}

// fields writes those fields of a struct that are set.
func (p *dumper) fields(v reflect.Value) {
	for _, c := range p.columns(v.Type()) {
		field := v.Field(c.index)
		if field.IsZero() || c.places && !p.places && !(c.id && isNameless(v)) {
			continue
		}
		switch x := field.Interface().(type) {
		case source.Origin:
			p.place(x)
		case []syntax.Member:
			p.members(x)
		default:
			p.member(c.member, func() { p.value(field) })
		}
	}
}

// isNameless tells whether a channel has no address: its id is all that tells
// of it then.
func isNameless(channel reflect.Value) bool {
	address, ok := channel.FieldByName("Address").Interface().(Text)
	return ok && !address.IsSet()
}

func (p *dumper) place(o source.Origin) {
	if !p.places || o.At.IsZero() {
		return
	}
	p.member("x-place", func() {
		p.object(func() {
			begin := o.At.Position()
			p.member("file", func() { p.text(o.At.File.Name()) })
			p.member("line", func() { p.raw(strconv.Itoa(begin.Line)) })
			p.member("column", func() { p.raw(strconv.Itoa(begin.Column)) })
			p.member("pointer", func() { p.text(o.Pointer) })
		})
	})
}

// value writes a value of any of the model's types.
func (p *dumper) value(v reflect.Value) {
	switch x := v.Interface().(type) {
	case Text:
		p.text(x.Value)
		return
	case Action:
		p.text(x.String())
		return
	case *syntax.Node:
		p.node(x)
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		p.flag(v.Bool())
	case reflect.String:
		p.text(v.String())
	case reflect.Struct:
		p.object(func() { p.fields(v) })
	case reflect.Slice:
		p.slice(v)
	default:
		p.shared(v)
	}
}

func (p *dumper) slice(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[Bindings]():
		p.shared(v)
	case isComponents(v.Type()):
		p.components(v)
	default:
		p.array(v.Len(), func(i int) { p.value(v.Index(i)) })
	}
}

// components writes one map of components. A component that is only another
// name is a reference to the object.
func (p *dumper) components(v reflect.Value) {
	p.object(func() {
		for i, key := range componentKeys(v) {
			value := v.Index(i).FieldByName("Value")
			p.member(key, func() {
				if home := p.homes[identity(value)]; home != nil && home.String() != p.at.String() {
					p.refer(home)
					return
				}
				p.written(value)
			})
		}
	})
}

// shared writes an object, or a reference to it where it has a home.
func (p *dumper) shared(v reflect.Value) {
	object := identity(v)
	if home := p.homes[object]; home != nil {
		p.refer(home)
		return
	}
	if object != nil {
		p.homes[object] = p.at
	}
	p.written(v)
}

// written writes an object out.
func (p *dumper) written(v reflect.Value) {
	switch x := v.Interface().(type) {
	case Bindings:
		p.bindings(x)
	case *schema.Payload:
		p.payload(x)
	case *BindingObject:
		p.object(func() {
			p.place(x.Origin)
			p.bindingFields(x.Fields)
		})
	default:
		p.object(func() { p.fields(v.Elem()) })
	}
}

func (p *dumper) refer(home *position) {
	p.object(func() { p.member("$ref", func() { p.text(home.String()) }) })
}

// camel is a field's name as documents write it.
func camel(name string) string {
	name = strings.NewReplacer("IDs", "Ids", "ID", "Id", "URL", "Url").Replace(name)
	return strings.ToLower(name[:1]) + name[1:]
}
