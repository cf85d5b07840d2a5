package generator_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
)

// randomSchemas makes schemas by chance, of the whole language. They are sound:
// their reader takes them, though there need not be values of each.
type randomSchemas struct {
	*rand.Rand
	names   []string // of schemas to refer to
	openAPI bool
	latest  bool // 2020-12
}

// pick returns one of some values.
func pick[T any](g *randomSchemas, values ...T) T { return values[g.IntN(len(values))] }

// chance is true once in n times.
func (g *randomSchemas) chance(n int) bool { return g.IntN(n) == 0 }

// randomNames are names of members.
var randomNames = []string{"a", "b", "kind", "type", "id", "a-b", "a b", "", "é", "Unknown", "x-1", "r", "v"}

// schema returns one schema with others in it, that many deep.
func (g *randomSchemas) schema(depth int) any {
	if depth <= 0 || g.chance(4) {
		return g.scalar()
	}
	switch g.IntN(20) {
	case 16, 17, 18, 19:
		return g.shared(depth)
	case 0, 1, 2, 3:
		return g.object(depth)
	case 4, 5:
		return g.array(depth)
	case 6:
		return object{"type": "object", "additionalProperties": g.schema(depth - 1)}
	case 7, 8, 9:
		return g.union(depth)
	case 10:
		return g.together(depth)
	case 11:
		return g.reference()
	case 12:
		return g.severalTypes(depth)
	case 13:
		return g.untyped(depth)
	case 14:
		return g.constants()
	}
	return g.conditional(depth)
}

// scalar returns a schema of values that have no parts.
func (g *randomSchemas) scalar() any {
	switch g.IntN(12) {
	case 0, 1, 2:
		return g.text()
	case 3, 4:
		return g.integer()
	case 5:
		return g.defaulted(g.number(), 3, 4.5)
	case 6:
		return g.defaulted(g.nullable(object{"type": "boolean"}), true, false)
	case 7:
		if !g.openAPI {
			return pick[any](g, object{"type": "null"}, true, object{})
		}
		return object{}
	case 8, 9:
		return g.constants()
	}
	return g.reference()
}

// nullable sometimes lets null be a value of a schema with a type.
func (g *randomSchemas) nullable(s object) object {
	switch {
	case !g.chance(4):
	case g.openAPI:
		s["nullable"] = true
	default:
		s["type"] = []any{s["type"], "null"}
	}
	return s
}

// defaulted sometimes adds a default, one of some values.
func (g *randomSchemas) defaulted(s object, values ...any) object {
	if g.chance(4) {
		s["default"] = pick(g, values...)
	}
	return s
}

func (g *randomSchemas) number() object {
	s := object{"type": "number"}
	switch g.IntN(3) {
	case 0:
		s["minimum"] = pick(g, -1.5, 0, 3)
	case 1:
		s["format"] = pick(g, "double", "decimal")
	}
	return g.nullable(s)
}

func (g *randomSchemas) text() object {
	s := object{"type": "string"}
	switch g.IntN(5) {
	case 0:
		s["format"] = pick(g, "date", "date-time", "time", "uuid", "ipv4", "ipv6", "byte", "email", "uri", "uri-reference")
		if g.latest && g.chance(5) {
			s["format"] = "duration"
		}
		return g.nullable(s)
	case 1:
		s["minLength"], s["maxLength"] = 1, pick(g, 1, 3, 9)
	case 2:
		s["pattern"] = pick(g, "^[a-z]+$", "^x-", "[0-9]{2}")
	case 3:
		s["default"] = "none"
	}
	return g.nullable(s)
}

func (g *randomSchemas) integer() object {
	s := object{"type": "integer"}
	switch g.IntN(7) {
	case 0:
		s["format"] = pick(g, "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "bigint")
	case 1:
		s["minimum"], s["maximum"] = 0, pick[int64](g, 10, 1000, 1<<40)
	case 2:
		s["multipleOf"] = 3
	case 3:
		s["minimum"] = 0
		s["maximum"] = json.Number("18446744073709551615")
	case 4:
		s["default"] = 5
	case 5: // beyond what Go's types hold
		s[pick(g, "minimum", "maximum")] = json.Number(pick(g, "9223372036854775807", "-9223372036854775809", "9223372036854775900", "1e20"))
	}
	return g.nullable(s)
}

// constants returns a schema of some values.
func (g *randomSchemas) constants() object {
	value := func() any {
		return pick[any](g, "a", "b", "A", "", 1, 2, 2.5, -1, true, false, json.Number("1e2"), json.Number("100000000000000000000"), object{"a": 1}, []any{1, "a"})
	}
	s := object{}
	switch g.IntN(5) {
	case 0:
		s["enum"] = []any{"a", "b", "c-d"}
	case 1:
		s["enum"] = []any{1, 2, 3}
	case 2:
		s["enum"] = []any{value(), object{"b": []any{2}}, "c", 7}
	case 3:
		s["enum"] = []any{"a"}
		s["type"] = "string"
	default:
		s["enum"] = []any{value()}
	}
	if values := s["enum"].([]any); len(values) == 1 && !g.openAPI && g.chance(2) {
		delete(s, "enum")
		s["const"] = values[0]
	} else if s["type"] == nil && !g.openAPI && g.chance(5) {
		s["enum"] = append(values, nil)
	}
	if values, ok := s["enum"].([]any); ok {
		return g.defaulted(s, values...)
	}
	return s
}

func (g *randomSchemas) reference() any {
	if len(g.names) == 0 {
		return g.text()
	}
	s := object{"$ref": "#/components/schemas/" + pick(g, g.names...)}
	if g.latest && g.chance(2) {
		s["description"], s["minProperties"] = "Words beside.", 1
	}
	return s
}

// members adds properties, some of them required.
func (g *randomSchemas) members(s object, depth int) object {
	properties, required := object{}, []string{}
	for range g.IntN(4) {
		name := pick(g, randomNames...)
		if properties[name] != nil {
			continue
		}
		properties[name] = g.schema(depth - 1)
		if g.chance(2) {
			required = append(required, name)
		}
	}
	if len(properties) > 0 {
		s["properties"] = properties
	}
	if g.chance(8) {
		required = append(required, "bare")
	}
	if len(required) > 0 {
		s["required"] = required
	}
	return s
}

func (g *randomSchemas) object(depth int) object {
	s := g.nullable(g.members(object{"type": "object"}, depth))
	switch g.IntN(10) {
	case 0:
		s["additionalProperties"] = pick(g, true, false)
	case 1:
		s["additionalProperties"] = g.schema(depth - 1)
	case 2:
		s["minProperties"], s["maxProperties"] = 1, 6
	case 3:
		if !g.openAPI {
			s["patternProperties"] = object{"^x-": g.schema(depth - 1), "[0-9]$": g.scalar()}
		}
	case 4:
		if !g.openAPI {
			s["propertyNames"] = object{"maxLength": 4}
		}
	case 5:
		if g.latest {
			s["unevaluatedProperties"] = pick[any](g, false, g.scalar())
		}
	case 6:
		g.dependent(s, depth)
	}
	return s
}

// dependent makes members depend on others.
func (g *randomSchemas) dependent(s object, depth int) {
	switch {
	case g.openAPI:
	case g.latest:
		s["dependentRequired"], s["dependentSchemas"] = object{"a": []string{"b"}}, object{"b": g.members(object{}, depth)}
	default:
		s["dependencies"] = object{"a": []string{"b"}, "id": g.members(object{}, depth)}
	}
}

func (g *randomSchemas) array(depth int) object {
	s := g.nullable(object{"type": "array"})
	if g.openAPI || !g.chance(3) {
		s["items"] = g.schema(depth - 1)
		switch g.IntN(5) {
		case 0:
			s["minItems"], s["maxItems"] = 1, 3
		case 1:
			s["uniqueItems"] = true
		case 2:
			if !g.openAPI {
				delete(s, "items")
				s["contains"] = g.scalar()
			}
		}
		return s
	}
	return g.tuple(s, depth)
}

// tuple makes a list with a schema for each position.
func (g *randomSchemas) tuple(s object, depth int) object {
	first, rest := "items", "additionalItems"
	if g.latest {
		first, rest = "prefixItems", "items"
	}
	s[first] = []any{g.schema(depth - 1), g.schema(depth - 1)}
	switch g.IntN(4) {
	case 0:
		s[rest] = false
	case 1:
		s[rest] = g.schema(depth - 1)
	case 2:
		s["minItems"] = g.IntN(4)
	}
	return s
}

// union returns alternatives, some with members beside them.
func (g *randomSchemas) union(depth int) object {
	s := object{}
	if g.chance(4) {
		s = g.members(object{"type": "object"}, depth)
	}
	list := []any{}
	tagged := g.chance(3)
	for i := range 2 + g.IntN(3) {
		switch {
		case tagged && !g.openAPI:
			list = append(list, g.tagged(fmt.Sprintf("tag%d", i), depth))
		case g.chance(7) && !g.openAPI:
			list = append(list, object{"type": "null"})
		case g.chance(6):
			list = append(list, object{"required": []string{pick(g, randomNames...)}})
		default:
			list = append(list, g.schema(depth-1))
		}
	}
	s[pick(g, "oneOf", "oneOf", "anyOf")] = list
	return s
}

// tagged returns an object that a constant member tells apart.
func (g *randomSchemas) tagged(tag string, depth int) object {
	s := g.members(object{"type": "object"}, depth)
	properties, _ := s["properties"].(object)
	if properties == nil {
		properties = object{}
	}
	properties["kind"] = object{"const": tag}
	s["properties"] = properties
	if !g.chance(4) {
		s["required"] = []string{"kind"}
	}
	return s
}

func (g *randomSchemas) together(depth int) object {
	s := object{}
	if g.chance(2) {
		s = g.members(object{"type": "object"}, depth)
	}
	s["allOf"] = []any{g.object(depth), pick[func(int) object](g, g.object, g.union, g.untyped)(depth)}
	if g.chance(3) {
		s["allOf"] = append(s["allOf"].([]any), g.reference())
	}
	if g.latest && g.chance(3) {
		s["unevaluatedProperties"] = false
	}
	return s
}

// severalTypes returns a schema that names several types, and rules of some.
func (g *randomSchemas) severalTypes(depth int) object {
	if g.openAPI {
		return g.object(depth)
	}
	s := g.members(object{}, depth)
	s["type"] = pick(g, []string{"string", "integer"}, []string{"object", "string"}, []string{"array", "null", "object"}, []string{"number", "boolean"}, []string{"integer", "number"})
	s["minLength"], s["minimum"] = 1, 0
	return s
}

// untyped returns a schema that names no type.
func (g *randomSchemas) untyped(depth int) object {
	switch g.IntN(5) {
	case 0:
		return object{"required": []string{pick(g, randomNames...)}}
	case 1:
		return object{"items": g.schema(depth - 1)}
	case 2:
		return object{"minimum": 3, "minLength": 2}
	case 3:
		return object{"additionalProperties": g.schema(depth - 1)}
	}
	return g.members(object{}, depth)
}

// conditional returns rules that depend on others.
func (g *randomSchemas) conditional(depth int) object {
	s := g.object(depth)
	s["not"] = object{"required": []string{"forbidden"}}
	if g.chance(2) {
		s["not"] = object{"type": "object", "properties": object{"a": g.scalar()}, "required": []string{"a"}}
	}
	if !g.openAPI && g.chance(2) {
		s["if"], s["then"], s["else"] = g.untyped(depth), g.untyped(depth), g.untyped(depth)
	}
	return s
}

// isReference tells whether a schema is a reference, which may lead to itself.
func isReference(s any) bool {
	o, ok := s.(object)
	return ok && o["$ref"] != nil
}

// document returns a document with that many schemas by chance, and one that has
// each as a member, is an object with one, and as an element.
func (g *randomSchemas) document(count int) string {
	schemas := object{}
	for i := range count {
		// What is made of a part of one has a longer name, with a capital or a digit.
		g.names = append(g.names, fmt.Sprintf("K%c%c", 'a'+i/26, 'a'+i%26))
	}
	local := g.names
	for i, name := range local {
		format := ""
		g.openAPI, g.latest = i%5 == 1, i%5 == 2
		g.names = nil
		for j, other := range local[:i] {
			if j%5 != 1 && j%5 != 2 {
				g.names = append(g.names, other)
			}
		}
		switch {
		case g.openAPI:
			format, g.names = "application/vnd.oai.openapi;version=3.0.0", nil
		case g.latest:
			format, g.names = "application/schema+json;version=draft-2020-12", nil
		case g.chance(3):
			g.names = []string{name}
		}
		s := g.schema(4)
		for isReference(s) {
			s = g.object(4)
		}
		if format != "" {
			s = object{"schemaFormat": format, "schema": s}
		}
		schemas[name] = s
		wrapped := func(path string) object {
			ref := object{"$ref": "#/components/schemas/" + name + path}
			return object{"type": "object", "required": []string{"must", "list"},
				"properties": object{"must": ref, "may": ref, "list": object{"type": "array", "items": ref}}}
		}
		if format != "" {
			schemas["In"+name] = object{"schemaFormat": format, "schema": wrapped("/schema")}
		} else {
			schemas["In"+name] = wrapped("")
		}
	}
	text, err := json.MarshalIndent(object{
		"asyncapi": "3.0.0", "info": object{"title": "Random", "version": "1"}, "components": object{"schemas": schemas},
	}, "", " ")
	if err != nil {
		panic(err)
	}
	return string(text)
}
