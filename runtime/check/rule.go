package check

// rule is what a violation breaks: a keyword, or a law of JSON itself.
type rule uint8

const (
	ruleJSON rule = iota
	ruleMark
	ruleTrailing
	ruleSize
	ruleUTF8
	ruleSurrogate
	ruleDuplicate
	ruleDepth
	ruleCost
	ruleDigits

	ruleNever
	ruleType
	ruleEnum
	ruleConst
	ruleFormat
	ruleFits

	ruleMinimum
	ruleExclusiveMinimum
	ruleMaximum
	ruleExclusiveMaximum
	ruleMultipleOf

	ruleMinLength
	ruleMaxLength
	rulePattern
	ruleEncoding
	ruleMediaType

	ruleMinItems
	ruleMaxItems
	ruleUniqueItems
	ruleContains
	ruleMinContains
	ruleMaxContains
	ruleItems
	ruleAdditionalItems

	ruleRequired
	ruleMinProperties
	ruleMaxProperties
	ruleAdditionalProperties
	rulePropertyNames
	ruleDependencies
	ruleDependentRequired

	ruleUnevaluatedProperties
	ruleUnevaluatedItems

	ruleAnyOf
	ruleOneOf
	ruleNot
	ruleDiscriminator
)

// ruleNames are what Violation.Keyword says.
var ruleNames = [...]string{
	ruleJSON:      "json",
	ruleMark:      "byte-order-mark",
	ruleTrailing:  "trailing-bytes",
	ruleSize:      "max-size",
	ruleUTF8:      "utf-8",
	ruleSurrogate: "surrogate",
	ruleDuplicate: "duplicate-key",
	ruleDepth:     "max-depth",
	ruleCost:      "too-costly",
	ruleDigits:    "number-too-long",

	ruleNever:  "false",
	ruleType:   "type",
	ruleEnum:   "enum",
	ruleConst:  "const",
	ruleFormat: "format",
	ruleFits:   "format",

	ruleMinimum:          "minimum",
	ruleExclusiveMinimum: "exclusiveMinimum",
	ruleMaximum:          "maximum",
	ruleExclusiveMaximum: "exclusiveMaximum",
	ruleMultipleOf:       "multipleOf",

	ruleMinLength: "minLength",
	ruleMaxLength: "maxLength",
	rulePattern:   "pattern",
	ruleEncoding:  "contentEncoding",
	ruleMediaType: "contentMediaType",

	ruleMinItems:        "minItems",
	ruleMaxItems:        "maxItems",
	ruleUniqueItems:     "uniqueItems",
	ruleContains:        "contains",
	ruleMinContains:     "minContains",
	ruleMaxContains:     "maxContains",
	ruleItems:           "items",
	ruleAdditionalItems: "additionalItems",

	ruleRequired:             "required",
	ruleMinProperties:        "minProperties",
	ruleMaxProperties:        "maxProperties",
	ruleAdditionalProperties: "additionalProperties",
	rulePropertyNames:        "propertyNames",
	ruleDependencies:         "dependencies",
	ruleDependentRequired:    "dependentRequired",

	ruleUnevaluatedProperties: "unevaluatedProperties",
	ruleUnevaluatedItems:      "unevaluatedItems",

	ruleAnyOf: "anyOf",
	ruleOneOf: "oneOf",
	ruleNot:   "not",

	ruleDiscriminator: "discriminator",
}

func (r rule) String() string { return ruleNames[r] }
