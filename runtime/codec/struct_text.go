package codec

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// kindWord is a word for a kind of field, and what type such a field has, or one that is as
// it in memory; nil where any may be.
type kindWord struct {
	kind FieldKind
	typ  reflect.Type
}

// kindWords are the words for kinds in the text of a Struct.
var kindWords = map[string]kindWord{
	"string": {StringField, reflect.TypeFor[string]()}, "bool": {BoolField, reflect.TypeFor[bool]()},
	"int8": {Int8Field, reflect.TypeFor[int8]()}, "int16": {Int16Field, reflect.TypeFor[int16]()},
	"int32": {Int32Field, reflect.TypeFor[int32]()}, "int64": {Int64Field, reflect.TypeFor[int64]()},
	"uint8": {Uint8Field, reflect.TypeFor[uint8]()}, "uint16": {Uint16Field, reflect.TypeFor[uint16]()},
	"uint32": {Uint32Field, reflect.TypeFor[uint32]()}, "uint64": {Uint64Field, reflect.TypeFor[uint64]()},
	"float32": {Float32Field, reflect.TypeFor[float32]()}, "float64": {Float64Field, reflect.TypeFor[float64]()},
	"bytes": {BytesField, reflect.TypeFor[[]byte]()}, "time": {TimeField, reflect.TypeFor[time.Time]()},
	"addr": {AddrField, reflect.TypeFor[netip.Addr]()}, "raw": {RawField, reflect.TypeFor[json.RawMessage]()},
	"struct": {StructField, nil}, "value": {ValueField, nil}, "sum": {SumField, nil}, "unknown": {UnknownField, nil},
	"uuid": {UUIDField, reflect.TypeFor[[16]byte]()}, "date": {DateField, reflect.TypeFor[struct{ int32 }]()}, "timeofday": {TimeOfDayField, reflect.TypeFor[parse.Clock]()},
	"duration": {DurationField, reflect.TypeFor[parse.Period]()}, "decimal": {DecimalField, reflect.TypeFor[struct{ string }]()},
}

// flagWords are the words for what else a field is.
var flagWords = map[string]FieldKind{"list": List, "optional": Optional, "some": Some, "map": Map, "nullable": Nullable, "nil": Nil}

// fields returns the fields of a struct, which may stand in its text.
func (s *Struct) fields() []Field {
	if s.Text == "" {
		return s.Fields
	}
	typ, fields := reflect.TypeOf(s.Of).Elem(), []Field(nil)
	for line := range strings.Lines(strings.TrimSpace(s.Text)) {
		f, ok := s.fieldOf(typ.Field(len(fields)), strings.TrimSpace(line))
		if !ok {
			panic(fmt.Sprintf("codec: %s has no field for this line: %s", typ, line))
		}
		fields = append(fields, f)
	}
	return fields
}

// fieldOf returns a field as a line of a text says it, and whether it can be that.
func (s *Struct) fieldOf(field reflect.StructField, line string) (f Field, ok bool) {
	f.At = field.Offset
	if line, ok = strings.CutPrefix(line, `"`); ok {
		f.Name, line, _ = strings.Cut(line, `"`)
		line, f.Fixed, _ = strings.Cut(line, `"`)
		f.Fixed = strings.TrimSuffix(f.Fixed, `"`)
	}
	words := strings.Fields(line)
	known, ok := kindWords[words[0]]
	f.Kind = known.kind
	for _, word := range words[1:] {
		flag := flagWords[word]
		f.Kind |= flag
		ok = ok && flag != 0
	}
	typ := valuesIn(field.Type, f.Kind)
	if !ok || typ == nil || f.Fixed != "" && f.Kind != StringField || known.typ != nil && !alike(typ, known.typ) {
		return Field{}, false
	}
	if f.Kind&Nullable != 0 {
		f.State = field.Type.Field(1).Offset
	}
	if known.kind == UnknownField {
		return f, typ.Kind() == reflect.Struct && typ.Size() == unsafe.Sizeof("")
	}
	if known.kind == SumField {
		f.Of = s.sumOf(typ)
		return f, f.Of != nil
	}
	if known.kind >= StructField {
		f.Of = reflect.Zero(reflect.PointerTo(typ)).Interface()
	}
	return f, true
}

// sumOf returns the one of Sums that is an interface in memory.
func (s *Struct) sumOf(typ reflect.Type) any {
	for _, of := range s.Sums {
		if t := reflect.TypeOf(of).Elem(); t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Type == typ {
			return of
		}
	}
	return nil
}

// valuesIn returns the type of the values that a field of a type holds, or nil when it is no
// field of that kind.
func valuesIn(typ reflect.Type, kind FieldKind) reflect.Type {
	switch {
	case kind&Nullable != 0:
		if !isNullable(typ) {
			return nil
		}
		return valuesIn(typ.Field(0).Type, kind&^(Nullable|Optional))
	case kind&Nil != 0:
		return valuesIn(typ, kind&^Nil)
	case kind&Optional != 0:
		if typ.Kind() == reflect.Struct && typ.NumField() == 2 && typ.Field(1).Type.Kind() == reflect.Bool {
			return typ.Field(0).Type
		}
		return nil
	case kind&(List|Map) == List && typ.Kind() == reflect.Slice, kind == StructField|Some && typ.Kind() == reflect.Pointer:
		return typ.Elem()
	case kind&(List|Map) == Map && kind&(List-1) < StructField && typ.Kind() == reflect.Map && typ.Key().Kind() == reflect.String:
		return typ.Elem()
	case kind&(List|Map) != 0, kind == StructField|Some:
		return nil
	}
	return typ
}

// isNullable tells whether a type is a Nullable of the runtime in memory.
func isNullable(typ reflect.Type) bool {
	return typ.Kind() == reflect.Struct && typ.NumField() == 2 && typ.Field(1).Type.Kind() == reflect.Uint8
}

// alike tells whether values of two types are the same in memory.
func alike(a, b reflect.Type) bool {
	if a.Kind() != b.Kind() || a.Size() != b.Size() {
		return false
	}
	switch a.Kind() {
	case reflect.Map:
		return a == b
	case reflect.Slice, reflect.Array:
		return a.Elem().Kind() == b.Elem().Kind()
	case reflect.Struct:
		for i := range a.NumField() {
			if i >= b.NumField() || !alike(a.Field(i).Type, b.Field(i).Type) {
				return false
			}
		}
		return a.NumField() == b.NumField()
	}
	return true
}
