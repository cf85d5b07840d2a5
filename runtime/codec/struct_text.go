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
	kind fieldKind
	typ  reflect.Type
}

// kindWords are the words for kinds in the text of a Struct.
var kindWords = map[string]kindWord{
	"string": {stringField, reflect.TypeFor[string]()}, "bool": {boolField, reflect.TypeFor[bool]()},
	"int8": {int8Field, reflect.TypeFor[int8]()}, "int16": {int16Field, reflect.TypeFor[int16]()},
	"int32": {int32Field, reflect.TypeFor[int32]()}, "int64": {int64Field, reflect.TypeFor[int64]()},
	"uint8": {uint8Field, reflect.TypeFor[uint8]()}, "uint16": {uint16Field, reflect.TypeFor[uint16]()},
	"uint32": {uint32Field, reflect.TypeFor[uint32]()}, "uint64": {uint64Field, reflect.TypeFor[uint64]()},
	"float32": {float32Field, reflect.TypeFor[float32]()}, "float64": {float64Field, reflect.TypeFor[float64]()},
	"bytes": {bytesField, reflect.TypeFor[[]byte]()}, "time": {timeField, reflect.TypeFor[time.Time]()},
	"addr": {addrField, reflect.TypeFor[netip.Addr]()}, "raw": {rawField, reflect.TypeFor[json.RawMessage]()},
	"struct": {structField, nil}, "value": {valueField, nil}, "sum": {sumField, nil}, "unknown": {unknownField, nil},
	"uuid": {uuidField, reflect.TypeFor[[16]byte]()}, "date": {dateField, reflect.TypeFor[struct{ int32 }]()}, "timeofday": {timeOfDayField, reflect.TypeFor[parse.Clock]()},
	"duration": {durationField, reflect.TypeFor[parse.Period]()}, "decimal": {decimalField, reflect.TypeFor[struct{ string }]()},
}

// flagWords are the words for what else a field is.
var flagWords = map[string]fieldKind{"list": asList, "optional": asOptional, "some": asSome, "map": asMap, "nullable": asNullable, "nil": asNil}

// fields returns the fields of a struct as its text says them.
func (s *Struct) fields() []entry {
	typ, fields := reflect.TypeOf(s.Of).Elem(), []entry(nil)
	for line := range strings.Lines(strings.TrimSpace(s.Text)) {
		is, words := roleOf(strings.TrimSpace(line))
		f, ok := s.fieldOf(typ.Field(len(fields)), words)
		if f.Role = is; !ok || is == extraMembers && f.Kind&asMap == 0 || is == restElements && f.Kind&asList == 0 {
			panic(fmt.Sprintf("codec: %s has no field for this line: %s", typ, line))
		}
		fields = append(fields, f)
	}
	return fields
}

// roleOf returns what a field is for by its line, and the words for what it is.
func roleOf(line string) (role, string) {
	switch first, rest, _ := strings.Cut(line, " "); first {
	case "extra":
		return extraMembers, rest
	case "rest":
		return restElements, rest
	case "other":
		return otherValue, "raw"
	case "unknown":
		return aMember, line
	}
	if strings.HasPrefix(line, `"`) {
		return aMember, line
	}
	return anElement, line
}

// fieldOf returns a field as a line of a text says it, and whether it can be that.
func (s *Struct) fieldOf(field reflect.StructField, line string) (f entry, ok bool) {
	f.At = field.Offset
	if line, ok = strings.CutPrefix(line, `"`); ok {
		f.Name, line, _ = strings.Cut(line, `"`)
	}
	line, f.Fixed, _ = strings.Cut(line, `"`)
	f.Fixed = strings.TrimSuffix(f.Fixed, `"`)
	words := strings.Fields(line)
	known, ok := kindWords[words[0]]
	f.Kind = known.kind
	for _, word := range words[1:] {
		flag := flagWords[word]
		f.Kind |= flag
		ok = ok && flag != 0
	}
	typ := valuesIn(field.Type, f.Kind)
	if !ok || typ == nil || f.Fixed != "" && f.Kind != stringField || known.typ != nil && !alike(typ, known.typ) {
		return entry{}, false
	}
	if f.Kind&asNullable != 0 {
		f.State = field.Type.Field(1).Offset
	}
	if known.kind == unknownField {
		return f, typ.Kind() == reflect.Struct && typ.Size() == unsafe.Sizeof("")
	}
	if known.kind == sumField {
		f.Of = s.sumOf(typ)
		return f, f.Of != nil
	}
	if known.kind >= structField {
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
func valuesIn(typ reflect.Type, kind fieldKind) reflect.Type {
	switch {
	case kind&asNullable != 0:
		if !isNullable(typ) {
			return nil
		}
		return valuesIn(typ.Field(0).Type, kind&^(asNullable|asOptional))
	case kind&asNil != 0:
		return valuesIn(typ, kind&^asNil)
	case kind&asOptional != 0:
		if typ.Kind() == reflect.Struct && typ.NumField() == 2 && typ.Field(1).Type.Kind() == reflect.Bool {
			return typ.Field(0).Type
		}
		return nil
	case kind&(asList|asMap) == asList && typ.Kind() == reflect.Slice, kind == structField|asSome && typ.Kind() == reflect.Pointer:
		return typ.Elem()
	case kind&(asList|asMap) == asMap && kind&(asList-1) < structField && typ.Kind() == reflect.Map && typ.Key().Kind() == reflect.String:
		return typ.Elem()
	case kind&(asList|asMap) != 0, kind == structField|asSome:
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
