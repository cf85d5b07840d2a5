package templates

import "github.com/asyncwire/asyncwire/runtime/check"

// textOf is a rule that is a string, and its keyword.
func textOf(r check.Rule) (name, text string, ok bool) {
	switch r := r.(type) {
	case check.Ref:
		return "$ref", string(r), true
	case check.Title:
		return "title", string(r), true
	case check.Pattern:
		return "pattern", string(r), true
	case check.Format:
		return "format", string(r), true
	case check.Fits:
		return "fits", string(r), true
	case check.ContentEncoding:
		return "contentEncoding", string(r), true
	case check.ContentMediaType:
		return "contentMediaType", string(r), true
	}
	return "", "", false
}

// valueOf is a rule that is the JSON text of a value, and its keyword.
func valueOf(r check.Rule) (name, text string, ok bool) {
	switch r := r.(type) {
	case check.Const:
		return "const", string(r), true
	case check.Minimum:
		return "minimum", string(r), true
	case check.ExclusiveMinimum:
		return "exclusiveMinimum", string(r), true
	case check.Maximum:
		return "maximum", string(r), true
	case check.ExclusiveMaximum:
		return "exclusiveMaximum", string(r), true
	case check.MultipleOf:
		return "multipleOf", string(r), true
	}
	return "", "", false
}

// countOf is a rule that is a count, and its keyword.
func countOf(r check.Rule) (name string, n int64, ok bool) {
	switch r := r.(type) {
	case check.MinLength:
		return "minLength", int64(r), true
	case check.MaxLength:
		return "maxLength", int64(r), true
	case check.MinItems:
		return "minItems", int64(r), true
	case check.MaxItems:
		return "maxItems", int64(r), true
	case check.MinContains:
		return "minContains", int64(r), true
	case check.MaxContains:
		return "maxContains", int64(r), true
	case check.MinProperties:
		return "minProperties", int64(r), true
	case check.MaxProperties:
		return "maxProperties", int64(r), true
	}
	return "", 0, false
}

// schemaOf is a rule that is a schema, and its keyword.
func schemaOf(r check.Rule) (name string, s check.Schema, ok bool) {
	switch r := r.(type) {
	case check.Items:
		return "items", check.Schema(r), true
	case check.AdditionalItems:
		return "additionalItems", check.Schema(r), true
	case check.Contains:
		return "contains", check.Schema(r), true
	case check.ContainsUnmarked:
		return "containsUnmarked", check.Schema(r), true
	case check.AdditionalProperties:
		return "additionalProperties", check.Schema(r), true
	case check.PropertyNames:
		return "propertyNames", check.Schema(r), true
	case check.Not:
		return "not", check.Schema(r), true
	case check.FitsIn:
		return "fitsIn", check.Schema(r), true
	case check.UnevaluatedProperties:
		return "unevaluatedProperties", check.Schema(r), true
	case check.UnevaluatedItems:
		return "unevaluatedItems", check.Schema(r), true
	}
	return "", nil, false
}

// schemasOf is a rule that is a list of schemas, and its keyword.
func schemasOf(r check.Rule) (name string, list []check.Schema, ok bool) {
	switch r := r.(type) {
	case check.Tuple:
		return "prefixItems", r, true
	case check.AllOf:
		return "allOf", r, true
	case check.AnyOf:
		return "anyOf", r, true
	case check.OneOf:
		return "oneOf", r, true
	}
	return "", nil, false
}
