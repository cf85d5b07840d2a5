package crosscheck_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

var scalars = []string{
	"null", "true", "false", "0", "1", "-1", "2.5", "3.0", "1e1", "12", `""`, `"a"`, `"ab"`, `"é"`, `"2024-05-17"`, `"a@b.example"`, `"x1"`, "[]", "{}",
}

func pick(r *rand.Rand, of []string) string { return of[r.IntN(len(of))] }

var keys = []string{"a", "b", "c", "x1"}

// randomValue writes a JSON value that nests as deep as told.
func randomValue(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(3) == 0 {
		return pick(r, scalars)
	}
	var parts []string
	for range r.IntN(4) {
		parts = append(parts, randomValue(r, depth-1))
	}
	if r.IntN(2) == 0 {
		return "[" + strings.Join(parts, ",") + "]"
	}
	for i := range parts {
		parts[i] = fmt.Sprintf("%q:%s", keys[i], parts[i])
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// rules write one keyword each, with schemas from sub.
var rules = []func(r *rand.Rand, sub func() string) string{
	func(r *rand.Rand, _ func() string) string {
		return `"type":` + pick(r, []string{`"object"`, `"array"`, `"string"`, `"integer"`, `"number"`, `["null","boolean"]`, `["string","object","array"]`})
	},
	func(r *rand.Rand, _ func() string) string {
		return fmt.Sprintf(`"enum":[%s,%s,%s]`, scalars[r.IntN(3)], scalars[3+r.IntN(7)], scalars[10+r.IntN(9)])
	},
	func(r *rand.Rand, _ func() string) string { return `"const":` + pick(r, scalars) },
	func(r *rand.Rand, _ func() string) string {
		return fmt.Sprintf(`%q:%d`, pick(r, []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}), r.IntN(5)-1)
	},
	func(r *rand.Rand, _ func() string) string {
		return `"multipleOf":` + pick(r, []string{"2", "0.5", "1"})
	},
	func(r *rand.Rand, _ func() string) string {
		return fmt.Sprintf(`%q:%d`, pick(r, []string{
			"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties",
		}), r.IntN(4))
	},
	func(r *rand.Rand, _ func() string) string {
		return `"pattern":` + pick(r, []string{`"^a"`, `"[0-9]$"`, `"^[a-z]{1,2}$"`, `"^(a|b)*$"`})
	},
	func(r *rand.Rand, _ func() string) string {
		return `"format":` + pick(r, []string{`"date"`, `"email"`, `"uuid"`, `"int32"`, `"ipv4"`})
	},
	func(*rand.Rand, func() string) string { return `"uniqueItems":true` },
	func(r *rand.Rand, sub func() string) string {
		return pick(r, []string{`"items":`, `"contains":`, `"additionalItems":`}) + sub()
	},
	func(r *rand.Rand, sub func() string) string { return `"items":[` + sub() + "," + sub() + "]" },
	func(r *rand.Rand, sub func() string) string {
		return `"properties":{"a":` + sub() + `,"b":` + sub() + "}"
	},
	func(r *rand.Rand, sub func() string) string {
		return pick(r, []string{`"additionalProperties":`, `"propertyNames":`}) + sub()
	},
	func(r *rand.Rand, sub func() string) string { return `"patternProperties":{"^[ab]":` + sub() + "}" },
	func(r *rand.Rand, _ func() string) string { return `"required":["` + pick(r, keys) + `"]` },
	func(r *rand.Rand, sub func() string) string {
		return `"dependencies":{"a":["b"],"b":` + sub() + "}"
	},
	func(r *rand.Rand, sub func() string) string {
		return pick(r, []string{`"allOf":[`, `"anyOf":[`, `"oneOf":[`}) + sub() + "," + sub() + "]"
	},
	func(_ *rand.Rand, sub func() string) string { return `"not":` + sub() },
	func(_ *rand.Rand, sub func() string) string {
		return `"if":` + sub() + `,"then":` + sub() + `,"else":` + sub()
	},
}

// randomSchema writes a schema of draft-07 that nests as deep as told.
func randomSchema(r *rand.Rand, depth int) string {
	if depth == 0 && r.IntN(4) == 0 {
		return pick(r, []string{"true", "false", "{}"})
	}
	sub := func() string { return randomSchema(r, depth-1) }
	count := len(rules)
	if depth == 0 {
		sub, count = func() string { return "true" }, 9
	}
	var parts []string
	seen := map[string]bool{}
	for range 1 + r.IntN(3) {
		part := rules[r.IntN(count)](r, sub)
		if name, _, _ := strings.Cut(part, ":"); !seen[name] {
			seen[name] = true
			parts = append(parts, part)
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}
