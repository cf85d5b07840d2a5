// Package snip builds the idioms that emitters share: every qualified name of
// the runtime and of the standard library, doc comments, literals and struct
// tags. It is the only place that does, so that renaming a part of the runtime
// is one edit, and that text of a document reaches Go source through comments
// and literals alone.
//
// Every function returns a statement of its own: a *jen.Statement is changed by
// its methods, so one that is shared would be corrupted.
//
// It imports generator/ir.
//
//	rt := snip.Runtime("github.com/asyncwire/asyncwire/runtime")
//	jen.Id("conn").Op("*").Add(rt.Conn()) // conn *runtime.Conn
package snip

import (
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/asyncwire/asyncwire/generator/ir"
)

// Runtime is the import path of the runtime. Its methods are the runtime's
// names that generated code uses.
type Runtime string

// Name is any name of the runtime.
func (r Runtime) Name(name string) *jen.Statement { return jen.Qual(string(r), name) }

// Conn is the type runtime.Conn.
func (r Runtime) Conn() *jen.Statement { return r.Name("Conn") }

// Channel is the type runtime.Channel.
func (r Runtime) Channel() *jen.Statement { return r.Name("Channel") }

// BoundAddress is the type runtime.BoundAddress.
func (r Runtime) BoundAddress() *jen.Statement { return r.Name("BoundAddress") }

// Envelope is the type runtime.Envelope.
func (r Runtime) Envelope() *jen.Statement { return r.Name("Envelope") }

// Optional is the type runtime.Optional[elem].
func (r Runtime) Optional(elem jen.Code) *jen.Statement { return r.Name("Optional").Types(elem) }

// Nullable is the type runtime.Nullable[elem].
func (r Runtime) Nullable(elem jen.Code) *jen.Statement { return r.Name("Nullable").Types(elem) }

// PublishOption is the type runtime.PublishOption.
func (r Runtime) PublishOption() *jen.Statement { return r.Name("PublishOption") }

// ConsumeOption is the type runtime.ConsumeOption.
func (r Runtime) ConsumeOption() *jen.Statement { return r.Name("ConsumeOption") }

// Codec is any name of the runtime's package codec.
func (r Runtime) Codec(name string) *jen.Statement { return jen.Qual(r.CodecPath(), name) }

// CodecPath is the import path of the runtime's package codec.
func (r Runtime) CodecPath() string { return string(r) + "/codec" }

// Reader is the type codec.Reader.
func (r Runtime) Reader() *jen.Statement { return r.Codec("Reader") }

// Writer is the type codec.Writer.
func (r Runtime) Writer() *jen.Statement { return r.Codec("Writer") }

// Context is the type context.Context.
func Context() *jen.Statement { return jen.Qual("context", "Context") }

// Time is the type time.Time.
func Time() *jen.Statement { return jen.Qual("time", "Time") }

// Addr is the type netip.Addr.
func Addr() *jen.Statement { return jen.Qual("net/netip", "Addr") }

// URL is the type url.URL.
func URL() *jen.Statement { return jen.Qual("net/url", "URL") }

// RawMessage is the type json.RawMessage.
func RawMessage() *jen.Statement { return jen.Qual("encoding/json", "RawMessage") }

// Unmarshal is the call json.Unmarshal(data, target).
func Unmarshal(data, target jen.Code) *jen.Statement {
	return jen.Qual("encoding/json", "Unmarshal").Call(data, target)
}

// IfErr returns: if err := call; err != nil { return results, err }
func IfErr(call jen.Code, results ...jen.Code) *jen.Statement {
	return jen.If(jen.Err().Op(":=").Add(call), jen.Err().Op("!=").Nil()).Block(ReturnErr(results...))
}

// ReturnErr returns: return results, err
func ReturnErr(results ...jen.Code) *jen.Statement { return jen.Return(append(results, jen.Err())...) }

// Tag is the struct tag `json:"name,options"`, and more tags beside it. The name
// is one that ir.Taggable accepts.
func Tag(name, options string, more ...ir.Tag) *jen.Statement {
	tags := map[string]string{"json": name + options}
	for _, t := range more {
		tags[t.Key] = t.Value
	}
	return jen.Tag(tags)
}

// Number is an untyped literal of a number.
func Number(digits string) *jen.Statement {
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		return jen.Lit(int(n))
	}
	if n, err := strconv.ParseUint(digits, 10, 64); err == nil {
		return jen.Op(strconv.FormatUint(n, 10))
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		panic("the plan holds a number that is none: " + strconv.Quote(digits))
	}
	return jen.Lit(f)
}

// Member is one field of a composite literal.
type Member struct {
	Name  string
	Value jen.Code
}

// Literal is a composite literal of a struct, a field a line, in the order
// given: typ{Name: value, …}
func Literal(typ jen.Code, members ...Member) *jen.Statement {
	var fields []jen.Code
	for _, m := range members {
		fields = append(fields, jen.Id(m.Name).Op(":").Add(m.Value))
	}
	return jen.Add(typ).Add(Lines(fields...))
}

// Inline is Literal on one line.
func Inline(typ jen.Code, members ...Member) *jen.Statement {
	var fields []jen.Code
	for _, m := range members {
		fields = append(fields, jen.Id(m.Name).Op(":").Add(m.Value))
	}
	return jen.Add(typ).Values(fields...)
}

// Lines are values in braces, one a line.
func Lines(values ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, values...)
}
