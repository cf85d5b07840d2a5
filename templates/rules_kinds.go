package templates

import "github.com/asyncwire/asyncwire/runtime/check"

// oneLineWidth is how wide, in letters of its texts and names, a literal may be
// that stands on one line.
const oneLineWidth = 60

// width estimates how wide a schema is on one line; one with schemas in it that
// say something is wider than any line.
func width(s check.Schema) int {
	total := 0
	for _, r := range s {
		total += ruleWidth(r) + 2
	}
	return total
}

func ruleWidth(r check.Rule) int {
	const endless = 1 << 20
	if name, text, ok := textOf(r); ok {
		return len(name) + len(text)
	}
	if name, _, ok := countOf(r); ok {
		return len(name) + 3
	}
	if name, s, ok := schemaOf(r); ok {
		return len(name) + width(s)
	}
	if name, list, ok := schemasOf(r); ok {
		total := len(name)
		for _, s := range list {
			total += width(s) + 4
		}
		return total
	}
	switch r := r.(type) {
	case check.Types:
		return len(r.String())
	case check.Never, check.UniqueItems:
		return len("UniqueItems{}")
	case check.Enum:
		return textsWidth(r)
	case check.Required:
		return textsWidth(r)
	}
	return endless
}

func textsWidth(list []string) int {
	total := len("Required")
	for _, text := range list {
		total += len(text) + 4
	}
	return total
}

// textOf is a rule that is a string, and the name of its type.
func textOf(r check.Rule) (name, text string, ok bool) {
	switch r := r.(type) {
	case check.Ref:
		return "Ref", string(r), true
	case check.Title:
		return "Title", string(r), true
	case check.Const:
		return "Const", string(r), true
	case check.Minimum:
		return "Minimum", string(r), true
	case check.ExclusiveMinimum:
		return "ExclusiveMinimum", string(r), true
	case check.Maximum:
		return "Maximum", string(r), true
	case check.ExclusiveMaximum:
		return "ExclusiveMaximum", string(r), true
	case check.MultipleOf:
		return "MultipleOf", string(r), true
	case check.Pattern:
		return "Pattern", string(r), true
	case check.Format:
		return "Format", string(r), true
	case check.Fits:
		return "Fits", string(r), true
	case check.ContentEncoding:
		return "ContentEncoding", string(r), true
	case check.ContentMediaType:
		return "ContentMediaType", string(r), true
	}
	return "", "", false
}

// countOf is a rule that is a count, and the name of its type.
func countOf(r check.Rule) (name string, n int64, ok bool) {
	switch r := r.(type) {
	case check.MinLength:
		return "MinLength", int64(r), true
	case check.MaxLength:
		return "MaxLength", int64(r), true
	case check.MinItems:
		return "MinItems", int64(r), true
	case check.MaxItems:
		return "MaxItems", int64(r), true
	case check.MinContains:
		return "MinContains", int64(r), true
	case check.MaxContains:
		return "MaxContains", int64(r), true
	case check.MinProperties:
		return "MinProperties", int64(r), true
	case check.MaxProperties:
		return "MaxProperties", int64(r), true
	}
	return "", 0, false
}

// schemaOf is a rule that is a schema, and the name of its type.
func schemaOf(r check.Rule) (name string, s check.Schema, ok bool) {
	switch r := r.(type) {
	case check.Items:
		return "Items", check.Schema(r), true
	case check.AdditionalItems:
		return "AdditionalItems", check.Schema(r), true
	case check.Contains:
		return "Contains", check.Schema(r), true
	case check.ContainsUnmarked:
		return "ContainsUnmarked", check.Schema(r), true
	case check.AdditionalProperties:
		return "AdditionalProperties", check.Schema(r), true
	case check.PropertyNames:
		return "PropertyNames", check.Schema(r), true
	case check.Not:
		return "Not", check.Schema(r), true
	case check.UnevaluatedProperties:
		return "UnevaluatedProperties", check.Schema(r), true
	case check.UnevaluatedItems:
		return "UnevaluatedItems", check.Schema(r), true
	}
	return "", nil, false
}

// schemasOf is a rule that is a list of schemas, and the name of its type.
func schemasOf(r check.Rule) (name string, list []check.Schema, ok bool) {
	switch r := r.(type) {
	case check.Tuple:
		return "Tuple", r, true
	case check.AllOf:
		return "AllOf", r, true
	case check.AnyOf:
		return "AnyOf", r, true
	case check.OneOf:
		return "OneOf", r, true
	}
	return "", nil, false
}
