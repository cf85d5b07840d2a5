package generator_test

// shared returns schemas that judge the same values, whose types may differ.
func (g *randomSchemas) shared(depth int) object {
	several := func(one func() any) []any {
		list := []any{one(), one()}
		if g.chance(3) {
			list = append(list, one())
		}
		return list
	}
	switch g.IntN(7) {
	case 0:
		return object{"allOf": several(g.numeric)}
	case 1:
		return object{"allOf": several(func() any { return pick[any](g, g.text(), g.text(), object{"maxLength": 30}, g.reference()) })}
	case 2:
		return object{"allOf": several(func() any { return g.keyed(depth) })}
	case 3:
		s := g.keyed(depth)
		s[pick(g, "oneOf", "anyOf")] = several(func() any { return g.keyed(depth) })
		return s
	case 4:
		s := g.keyed(depth)
		s["allOf"] = []any{object{"oneOf": several(func() any { return g.keyed(depth) })}, g.keyed(depth)}
		return s
	case 5:
		return object{pick(g, "allOf", "anyOf"): several(func() any { return object{"type": "array", "items": g.part(depth)} })}
	}
	s := g.keyed(depth)
	switch {
	case g.openAPI:
	case g.latest:
		s["dependentSchemas"] = object{"p": g.keyed(depth)}
	default:
		s["if"], s["then"], s["else"] = object{"required": []string{"p"}}, g.keyed(depth), g.keyed(depth)
	}
	return s
}

// numeric returns a schema of numbers, whether it says so or not.
func (g *randomSchemas) numeric() any {
	return pick[any](g, g.number(), g.integer(), g.integer(), object{"minimum": 0}, g.reference())
}

// part returns what a member or an element may be.
func (g *randomSchemas) part(depth int) any {
	switch {
	case g.chance(5):
		return object{"type": "array", "items": g.numeric()}
	case g.chance(6):
		return object{"type": "object", "additionalProperties": g.numeric()}
	case g.chance(6):
		return g.text()
	case g.chance(5) && depth > 1:
		return g.schema(depth - 2)
	}
	return g.numeric()
}

// keyed returns an object whose members others describe as well.
func (g *randomSchemas) keyed(depth int) object {
	s, properties := object{"type": "object"}, object{}
	for _, name := range []string{"p", "q", "x-q"} {
		if !g.chance(3) {
			properties[name] = g.part(depth)
		}
	}
	if len(properties) > 0 {
		s["properties"] = properties
	}
	switch g.IntN(9) {
	case 0:
		s["required"] = []string{pick(g, "p", "q")}
	case 1:
		s["additionalProperties"] = g.part(depth)
	case 2:
		if !g.openAPI {
			s["patternProperties"] = object{pick(g, "^x-", "q$"): g.part(depth)}
		}
	case 3:
		if g.latest {
			s["unevaluatedProperties"] = pick[any](g, false, g.numeric())
		}
	}
	return s
}
