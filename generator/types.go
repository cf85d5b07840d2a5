package generator

import (
	"fmt"
	"slices"

	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/generator/naming"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// typeAll makes the declarations and gives every part of them its type.
func (p *planner) typeAll() {
	for _, e := range p.entities {
		e.shape.decl = newDecl(e)
	}
	for _, e := range p.entities {
		if d, ok := e.shape.decl.(*ir.Defined); ok {
			d.Type = p.anonymous(e.shape) // it decides whether fields can be nil
		}
	}
	for _, e := range p.entities {
		p.fill(e)
	}
	for _, e := range p.entities {
		if e.shape.kind == kindSum {
			p.nameInFields(e.shape.sum)
		}
	}
	for _, m := range p.messages {
		m.ir = p.messageDecl(m)
	}
	for _, a := range p.parameters {
		a.ir = p.parameterDecl(a)
	}
}

// newDecl returns the declaration of an entity with nothing but its name, so
// that others can refer to it.
func newDecl(e *entity) ir.TypeDecl {
	switch e.shape.kind {
	case kindObject:
		return &ir.Struct{Name: e.Name()}
	case kindEnum:
		return &ir.Enum{Name: e.Name()}
	case kindTuple:
		return &ir.Tuple{Name: e.Name()}
	case kindSum:
		names := e.Names()
		return &ir.Sum{Name: names[0], Read: names[2], Write: names[3], Unmarshal: names[4], Marker: "writeAs" + names[0]}
	}
	return &ir.Defined{Name: e.Name()}
}

// fill completes a declaration.
func (p *planner) fill(e *entity) {
	doc := p.typeDoc(e)
	switch d := e.shape.decl.(type) {
	case *ir.Struct:
		d.Doc = doc
		p.fillStruct(d, e)
	case *ir.Tuple:
		d.Doc = doc
		p.fillTuple(d, e)
	case *ir.Sum:
		d.Doc = doc
		p.fillSum(d, e)
	case *ir.Enum:
		d.Doc, d.Base = doc, e.shape.basic
		d.Values = enumValues(e.values, literals(e.shape.values))
	case *ir.Defined:
		d.Doc = doc
	}
}

// literals are the texts of an enum's values.
func literals(values []enumValue) []string {
	var out []string
	for _, v := range values {
		out = append(out, v.text)
	}
	return out
}

func enumValues(claims []*naming.Claim, texts []string) []*ir.EnumValue {
	var out []*ir.EnumValue
	for i, text := range texts {
		out = append(out, &ir.EnumValue{Name: claims[i].Name(), Literal: text})
	}
	return out
}

// methods are names that a field of a struct may not have.
var methods = []string{
	"CodeJSON", "MarshalJSON", "UnmarshalJSON", "SetDefaults",
}

// fillStruct gives a struct its fields, in the order of the document.
func (p *planner) fillStruct(d *ir.Struct, e *entity) {
	scope := naming.Universe()
	scope.Reserve(methods...)
	var claims []*naming.Claim
	for _, m := range e.shape.members {
		claims = append(claims, p.claimField(m))
	}
	extra := naming.Simple(2, "", "AdditionalProperties", "OtherProperties")
	unknown := naming.Simple(3, "", "Unknown", "UnknownMembers")
	other := naming.Simple(4, "", "Other", "OtherValue")
	scope.Settle(append(slices.Clone(claims), extra, unknown, other))
	judges := p.judgesOf(e.shape.schema)
	for i, m := range e.shape.members {
		p.gotName(m.schema, claims[i].Name())
		judging := judges.of(m.name)
		f := p.field(claims[i].Name(), m, e.headers == nil, p.memberDefault(m, judging))
		f.Bare = m.schema != nil && !p.defaultsHold(m.schema, judging, map[*shape]bool{})
		d.Fields = append(d.Fields, f)
	}
	if e.shape.extra != nil {
		d.Extra = &ir.Extra{Name: extra.Name(), Elem: p.elem(p.use(e.shape.extra)),
			Doc: ir.Text(extra.Name() + " are the members that no other field is for.")}
	}
	if e.shape.open && e.shape.extra == nil && e.headers == nil && !p.cfg.DropUnknown {
		d.Unknown = unknown.Name()
	}
	if e.shape.loose && e.headers == nil {
		d.Other = other.Name()
	}
	if h := e.headers; h != nil {
		h.Struct, h.Code = d, "codeHeaders"
	}
}

// claimField wants the name that the document gives a field, else one made of
// the member's.
func (p *planner) claimField(m member) *naming.Claim {
	names := fieldNames(m.name)
	if own := p.goName(m.schema); own != "" && !slices.Contains(methods, own) {
		return naming.Simple(0, m.name, append([]string{own}, names...)...)
	}
	return naming.Simple(1, m.name, names...)
}

// fieldNames are the names that a field may get, the best first.
func fieldNames(property string) []string {
	names := naming.Forms(property)
	if slices.Contains(methods, names[0]) {
		return append([]string{names[0] + "Field"}, names...)
	}
	return names
}

// field plans one field. What may be absent is a pointer where it is a struct,
// and else an Optional, unless nil says so, or the zero of an enum; what may be
// null is a Nullable, unless it must be there and nil says so. Zeros of enums say
// nothing where they are not plain: in headers, whose texts can be empty.
func (p *planner) field(name string, m member, plain bool, byDefault string) *ir.Field {
	u := p.use(m.schema)
	f := &ir.Field{
		Name: name, JSONName: m.name, Required: m.required, Type: p.base(u), Tags: p.goTags(m.schema),
		Default: byDefault, Doc: p.fieldDoc(name, m, byDefault != ""),
	}
	_, isNamed := f.Type.(*ir.Named)
	switch {
	case u.kind == kindRaw:
	case m.required && u.nullable && ir.Nilable(f.Type) && (!isNamed || u.kind == kindSum):
		f.Nullable = true
	case u.nullable:
		f.Type = &ir.Nullable{Elem: f.Type}
	case !m.required && isStruct(f.Type):
		f.Type = &ir.Pointer{Elem: f.Type}
	case !m.required && plain && p.zeroless(u, m.schema):
		f.Doc = addSentence(f.Doc, zeroWords(u)+" when absent.")
	case !m.required && !ir.Nilable(f.Type):
		f.Type = &ir.Optional{Elem: f.Type}
	}
	if f.Fixed = m.required && m.schema != nil && !u.nullable && p.fixed(u, m.schema); f.Fixed {
		f.Doc = addSentence(f.Doc, "It need not be set: there is one value.")
	}
	return f
}

// fixed tells whether a member has one value alone that is not the zero of its type.
func (p *planner) fixed(u use, s *schema.Schema) bool {
	var only *syntax.Node
	for _, one := range p.flatten(part{schema: s}, map[*schema.Schema]bool{}) {
		if values := constantsOf(one.schema.Deref()); len(values) == 1 {
			only = values[0]
		}
	}
	switch {
	case only == nil:
		return false
	case u.kind == kindScalar && u.basic == ir.Bool:
		return only.Text == "true"
	}
	return len(u.values) == 1 && p.zeroless(u, s)
}

// zeroless tells whether values are of an enum whose zero is no valid value, so
// that it can stand for what is absent. An enum may be of more values than it has
// constants for, so the schema is asked.
func (p *planner) zeroless(u use, s *schema.Schema) bool {
	switch {
	case u.kind != kindEnum:
		return false
	case u.basic == ir.Raw:
		return true // JSON text is never empty
	}
	zero := "0"
	if textual[u.basic] {
		zero = `""`
	}
	return refuses(s, zero)
}

// refuses tells whether a value is surely invalid under a schema.
func refuses(s *schema.Schema, text string) bool {
	v, found := validate.Compile(s, nil)
	return !found.HasErrors() && !v.Valid([]byte(text))
}

// zeroWords says what the zero of an enum is.
func zeroWords(u use) string {
	if textual[u.basic] || u.basic == ir.Raw {
		return "Empty"
	}
	return "Zero"
}

// isStruct tells whether a type is declared as a struct.
func isStruct(t ir.Type) bool {
	n, ok := t.(*ir.Named)
	if !ok {
		return false
	}
	switch n.Decl.(type) {
	case *ir.Struct, *ir.Tuple:
		return true
	}
	return false
}

// elem is the type of an element, where only a Nullable can say null.
func (p *planner) elem(u use) ir.Type {
	t := p.base(u)
	if u.nullable && u.kind != kindRaw {
		return &ir.Nullable{Elem: t}
	}
	return t
}

// base is the type of a shape that is there and not null.
func (p *planner) base(u use) ir.Type {
	if u.decl != nil {
		return &ir.Named{Decl: u.decl}
	}
	return p.anonymous(u.shape)
}

// anonymous is the type of a shape without a name of its own.
func (p *planner) anonymous(sh *shape) ir.Type {
	switch sh.kind {
	case kindRaw:
		return ir.Raw
	case kindScalar:
		return sh.basic
	case kindExternal:
		return sh.external
	case kindList:
		return &ir.Slice{Elem: p.elem(p.use(sh.elem))}
	case kindMap:
		return &ir.Map{Elem: p.elem(p.use(sh.elem))}
	case kindWrap:
		return p.anonymous(sh.inner.shape)
	}
	panic(fmt.Sprintf("internal error: a schema at %s has no name", sh.schema.Pointer))
}

// messageDecl plans the envelope of a message.
func (p *planner) messageDecl(m *message) *ir.Message {
	out := &ir.Message{
		Name: m.stem, Envelope: m.Names()[0], Doc: messageDoc(m), Wire: m.wire(), ContentType: m.contentType(),
		Encoding: m.encoding,
	}
	if m.headers != nil {
		out.Headers = m.headers.headers
	}
	switch m.encoding {
	case ir.JSON, ir.TextPlain:
		out.Payload = p.elem(m.payload)
	case ir.RawBytes:
		out.Payload = ir.Bytes
	}
	return out
}

func (p *planner) parameterDecl(a *parameter) *ir.ParameterType {
	return &ir.ParameterType{Name: a.Name(), Doc: parameterDoc(a), Values: enumValues(a.values, a.enum)}
}
