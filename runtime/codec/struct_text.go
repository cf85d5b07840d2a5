package codec

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/internal/parse"
)

// kindWord is a word in the text of a Struct that is no type made of others.
type kindWord struct {
	kind fieldKind
	typ  reflect.Type // one that is as it in memory; nil where any may be
	held *holding     // how lists and maps hold values of it; nil where that depends on the type
}

// kindWords are these words.
var kindWords map[string]kindWord

func init() { // what reads a map leads back here
	kindWords = map[string]kindWord{
		"string": wordFor[string](stringField), "bool": wordFor[bool](boolField),
		"int8": wordFor[int8](int8Field), "int16": wordFor[int16](int16Field), "int32": wordFor[int32](int32Field), "int64": wordFor[int64](int64Field),
		"uint8": wordFor[uint8](uint8Field), "uint16": wordFor[uint16](uint16Field), "uint32": wordFor[uint32](uint32Field), "uint64": wordFor[uint64](uint64Field),
		"float32": wordFor[float32](float32Field), "float64": wordFor[float64](float64Field),
		"bytes": wordFor[[]byte](bytesField), "time": wordFor[time.Time](timeField), "addr": wordFor[netip.Addr](addrField), "raw": wordFor[json.RawMessage](rawField), "canonical": wordFor[string](canonicalField),
		"uuid": wordFor[[16]byte](uuidField), "date": wordFor[struct{ int32 }](dateField), "timeofday": wordFor[parse.Clock](timeOfDayField),
		"duration": wordFor[parse.Period](durationField), "decimal": wordFor[struct{ string }](decimalField),
		"url":    {kind: urlField, held: holdingOf[unsafe.Pointer]()},
		"struct": {kind: structField}, "value": {kind: valueField}, "sum": {kind: sumField, held: holdingOf[words]()}, "unknown": {kind: unknownField}, "external": {kind: externalField},
	}
}

func wordFor[T any](kind fieldKind) kindWord {
	return kindWord{kind, reflect.TypeFor[T](), holdingOf[T]()}
}

// typeWords are the words for types that are made of others.
var typeWords = map[string]fieldKind{"list": listField, "map": mapField, "pointer": pointerField, "nullable": nullableField, "nil": nilField}

// fields works out what the text says of the fields.
func (s *Struct) fields() []madeField {
	typ, fields := reflect.TypeOf(s.Of).Elem(), []madeField(nil)
	for line := range strings.Lines(strings.TrimSpace(s.Text)) {
		f, ok := madeField{}, len(fields) < typ.NumField()
		if ok {
			f, ok = s.fieldOf(typ.Field(len(fields)), strings.TrimSpace(line))
		}
		if !ok {
			panic(fmt.Sprintf("codec: %s has no field for this line, or the table no Map or Sum: %s", typ, line))
		}
		fields = append(fields, f)
	}
	return fields
}

// roleOf returns what a field is for by its line, and the words for what it is.
func roleOf(line string) (role, string) {
	switch first, more, _ := strings.Cut(line, " "); first {
	case "extra":
		return extraMembers, more
	case "rest":
		return restElements, more
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

// fieldOf works out what a line of a text says of a field, and tells whether it can be that.
func (s *Struct) fieldOf(field reflect.StructField, line string) (f madeField, ok bool) {
	f.role, line = roleOf(line)
	name := field.Name // of an element, for who is told of it
	if strings.HasPrefix(line, `"`) {
		r := NewReader(line)
		name = r.String()
		line = line[r.pos:]
	}
	line, fixed, _ := strings.Cut(line, " = ")
	typ, words := field.Type, strings.Fields(line)
	f.at = field.Offset
	if last := len(words) - 1; last > 0 && words[last] == "some" {
		words, f.there = words[:last], thereBy(typ)
		ok = f.there != always
	} else if ok = true; last > 0 && words[last] == "optional" {
		if words, ok = words[:last], isOptional(typ); ok {
			f.there, f.flag, typ = ifFlag, f.at+typ.Field(1).Offset, typ.Field(0).Type
		}
	}
	if f.of = typeOf(typ, words, &parts{s.Sums, s.Maps}); !ok || f.of == nil || f.of.kind == unknownField && f.there != always ||
		f.role == extraMembers && f.of.kind != mapField || f.role == restElements && f.of.kind != listField {
		return f, false
	}
	f.op = f.of.op
	if f.there == ifState {
		f.flag = f.at + f.of.state
	}
	if fixed != "" {
		ok = f.there == always
		f.op, f.fixed, f.there = fixedField, fixed, thereBy(typ)
		ok = ok && f.there != always
	}
	f.called(name)
	return f, ok
}

// typeOf works out what words of a table say of a type, or returns nil when it cannot be that.
func typeOf(typ reflect.Type, words []string, in *parts) *made {
	if len(words) == 0 {
		return nil
	}
	last := words[len(words)-1]
	kind, more := typeWords[last]
	if !more {
		if known, ok := kindWords[last]; ok && len(words) == 1 {
			m := valueOf(typ, known, in.sums)
			if m != nil {
				m.word = last
			}
			return m
		}
		return nil
	}
	inner := typ
	switch {
	case kind == listField && typ.Kind() == reflect.Slice, kind == pointerField && typ.Kind() == reflect.Pointer,
		kind == mapField && typ.Kind() == reflect.Map && typ.Key().Kind() == reflect.String:
		inner = typ.Elem()
	case kind == nullableField && isNullable(typ):
		inner = typ.Field(0).Type
	case kind != nilField || thereBy(typ) != ifPointer:
		return nil
	}
	m := &made{word: last, kind: kind, op: kind, typ: typ, width: typ.Size()}
	if m.item = typeOf(inner, words[:len(words)-1], in); m.item == nil || m.item.kind == unknownField {
		return nil
	}
	switch kind {
	case listField, mapField:
		if m.held = m.item.heldBy(); m.held == nil {
			m.held = in.holding(kind, typ)
		}
		if m.held == nil {
			return nil
		}
	case nullableField:
		m.state = typ.Field(1).Offset
	}
	return m
}

// valueOf is typeOf for a type that is not made of others.
func valueOf(typ reflect.Type, word kindWord, sums []Value) *made {
	if word.typ != nil && !alike(typ, word.typ) || word.kind == urlField && !isURL(typ) {
		return nil
	}
	m := &made{kind: word.kind, op: word.kind, typ: typ, width: typ.Size(), held: word.held}
	of := reflect.Zero(reflect.PointerTo(typ)).Interface()
	switch {
	case word.kind == unknownField:
		if typ.Kind() != reflect.Struct || typ.Size() != unsafe.Sizeof("") {
			return nil
		}
		return m
	case word.kind < structField:
		return m
	case word.kind == externalField:
		m.of = of
		return m
	case word.kind == sumField:
		if of = sumOf(typ, sums); of == nil {
			return nil
		}
	}
	if !m.coded(of) {
		return nil
	}
	return m
}

// isURL tells whether a type is a *url.URL, or in memory nothing else.
func isURL(typ reflect.Type) bool {
	if typ.Kind() == reflect.Struct && typ.NumField() == 1 {
		typ = typ.Field(0).Type
	}
	return typ == reflect.TypeFor[*url.URL]()
}

// sumOf returns the one of sums that is an interface in memory.
func sumOf(typ reflect.Type, sums []Value) any {
	for _, of := range sums {
		if t := reflect.TypeOf(of).Elem(); t.Kind() == reflect.Struct && t.NumField() == 1 && t.Field(0).Type == typ {
			return of
		}
	}
	return nil
}

// thereBy returns how to tell whether a value is there that is absent when it is zero, or
// always for a type of which that is not told.
func thereBy(typ reflect.Type) there {
	switch typ.Kind() {
	case reflect.String:
		return ifText
	case reflect.Bool, reflect.Int8, reflect.Uint8:
		return if8
	case reflect.Int16, reflect.Uint16:
		return if16
	case reflect.Int32, reflect.Uint32, reflect.Float32:
		return if32
	case reflect.Int64, reflect.Uint64, reflect.Float64:
		return if64
	case reflect.Slice, reflect.Map, reflect.Pointer, reflect.Interface:
		return ifPointer
	}
	if isNullable(typ) {
		return ifState
	}
	return always
}

// isOptional tells whether a type is an Optional of the runtime in memory.
func isOptional(typ reflect.Type) bool {
	return typ.Kind() == reflect.Struct && typ.NumField() == 2 && typ.Field(1).Type.Kind() == reflect.Bool
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
