package check

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/internal/escape"
)

// ruleReader makes rules of JSON text that has been scanned before.
type ruleReader struct {
	cursor
	text  string // the same as data: strings of the rules are parts of it
	refs  []string
	wrong string // the first thing that is wrong, and where
	at    int
}

func (r *ruleReader) fail(at int, why string) {
	if r.wrong == "" {
		r.wrong, r.at = why, at
	}
}

// is tells whether a value of the kind follows, and passes over one that is not.
func (r *ruleReader) is(kind byte, what string) bool {
	if r.kind() == kind {
		return true
	}
	r.fail(r.pos, "it is not "+what)
	r.skip()
	return false
}

// schema reads an object of keywords, true or false.
func (r *ruleReader) schema() Schema {
	switch r.kind() {
	case 't':
		r.skip()
		return Schema{}
	case 'f':
		r.skip()
		return Schema{Never{}}
	}
	s, room := Schema{}, [8]string{}
	seen := room[:0]
	if !r.is('{', "a schema") {
		return s
	}
	for r.open(); r.more(); {
		at := r.pos
		key := r.string()
		r.colon()
		for _, other := range seen {
			if other == key {
				r.fail(at, "the keyword stands there twice")
			}
		}
		seen = append(seen, key)
		s = r.keyword(s, at, key)
	}
	return s
}

// keyword appends what a keyword says. That of fits may be several rules, and those
// of if, then and else are one.
func (r *ruleReader) keyword(s Schema, at int, key string) Schema {
	switch key {
	case "fits":
		if r.kind() == '"' {
			return append(s, Fits(r.string()))
		}
		for _, name := range r.strings() {
			s = append(s, Fits(name))
		}
		return s
	case "if":
		return append(s, If{If: r.schema()})
	case "then", "else":
		if !r.branch(s, key, r.schema()) {
			r.fail(at, "it stands without an if before it")
		}
		return s
	}
	rule := r.general(key)
	if rule == nil {
		rule = r.ofTexts(key)
	}
	if rule == nil {
		rule = r.ofArrays(key)
	}
	if rule == nil {
		rule = r.ofObjects(key)
	}
	if rule == nil {
		rule = r.combining(key)
	}
	if rule == nil {
		r.fail(at, "there is no such keyword")
		r.skip()
		return s
	}
	return append(s, rule)
}

// branch gives the condition that a schema ends with so far one of its branches.
func (r *ruleReader) branch(s Schema, key string, of Schema) bool {
	if len(s) == 0 {
		return false
	}
	cond, ok := s[len(s)-1].(If)
	if key == "then" {
		cond.Then = of
	} else {
		cond.Else = of
	}
	if ok {
		s[len(s)-1] = cond
	}
	return ok
}

func (r *ruleReader) general(key string) Rule {
	switch key {
	case "$ref":
		name := r.string()
		r.refs = append(r.refs, name)
		return Ref(name)
	case "type":
		return r.types()
	case "title":
		return Title(r.string())
	case "never":
		r.must()
		return Never{}
	case "enum":
		return Enum(list(r, r.value))
	case "const":
		return Const(r.value())
	case "minimum":
		return Minimum(r.number())
	case "exclusiveMinimum":
		return ExclusiveMinimum(r.number())
	case "maximum":
		return Maximum(r.number())
	case "exclusiveMaximum":
		return ExclusiveMaximum(r.number())
	case "multipleOf":
		return MultipleOf(r.number())
	}
	return nil
}

func (r *ruleReader) ofTexts(key string) Rule {
	switch key {
	case "minLength":
		return MinLength(r.count())
	case "maxLength":
		return MaxLength(r.count())
	case "pattern":
		return Pattern(r.string())
	case "format":
		return Format(r.string())
	case "contentEncoding":
		return ContentEncoding(r.string())
	case "contentMediaType":
		return ContentMediaType(r.string())
	}
	return nil
}

func (r *ruleReader) ofArrays(key string) Rule {
	switch key {
	case "prefixItems":
		return Tuple(list(r, r.schema))
	case "items":
		return Items(r.schema())
	case "additionalItems":
		return AdditionalItems(r.schema())
	case "contains":
		return Contains(r.schema())
	case "containsUnmarked":
		return ContainsUnmarked(r.schema())
	case "minContains":
		return MinContains(r.count())
	case "maxContains":
		return MaxContains(r.count())
	case "minItems":
		return MinItems(r.count())
	case "maxItems":
		return MaxItems(r.count())
	case "uniqueItems":
		r.must()
		return UniqueItems{}
	case "unevaluatedItems":
		return UnevaluatedItems(r.schema())
	}
	return nil
}

func (r *ruleReader) ofObjects(key string) Rule {
	switch key {
	case "required":
		return Required(r.strings())
	case "properties":
		return Properties(named(r, func(name string) Property { return Property{name, r.schema()} }))
	case "patternProperties":
		return PatternProperties(named(r, func(pattern string) PatternProperty { return PatternProperty{pattern, r.schema()} }))
	case "additionalProperties":
		return AdditionalProperties(r.schema())
	case "propertyNames":
		return PropertyNames(r.schema())
	case "minProperties":
		return MinProperties(r.count())
	case "maxProperties":
		return MaxProperties(r.count())
	case "dependentRequired":
		return DependentRequired(named(r, r.dependency))
	case "dependentSchemas":
		return DependentSchemas(named(r, r.dependency))
	case "dependencies":
		return Dependencies(named(r, r.dependency))
	case "unevaluatedProperties":
		return UnevaluatedProperties(r.schema())
	}
	return nil
}

func (r *ruleReader) combining(key string) Rule {
	switch key {
	case "allOf":
		return AllOf(list(r, r.schema))
	case "anyOf":
		return AnyOf(list(r, r.schema))
	case "oneOf":
		return OneOf(list(r, r.schema))
	case "not":
		return Not(r.schema())
	case "fitsIn":
		return FitsIn(r.schema())
	case "discriminator":
		return r.discriminator()
	}
	return nil
}

// types reads one name, or a list of them.
func (r *ruleReader) types() Types {
	at := r.pos
	if r.kind() == '"' {
		return r.typeOf(at, r.string())
	}
	all := Types(0)
	for _, name := range r.strings() {
		all |= r.typeOf(at, name)
	}
	return all
}

func (r *ruleReader) typeOf(at int, name string) Types {
	for i, known := range typeNames {
		if name == known {
			return 1 << i
		}
	}
	r.fail(at, "there is no such type")
	return 0
}

// dependency reads names, or a schema.
func (r *ruleReader) dependency(name string) Dependency {
	if r.kind() == '[' {
		return Dependency{Name: name, Names: r.strings()}
	}
	return Dependency{Name: name, Schema: r.schema()}
}

func (r *ruleReader) discriminator() Rule {
	d := Discriminator{}
	if !r.is('{', "a discriminator") {
		return d
	}
	for r.open(); r.more(); {
		at := r.pos
		key := r.string()
		r.colon()
		switch key {
		case "propertyName":
			d.Property = r.string()
		case "mapping":
			d.Names = named(r, func(value string) Alternative { return Alternative{value, int(r.count())} })
		default:
			r.fail(at, "a discriminator has no such keyword")
			r.skip()
		}
	}
	return d
}

// list reads an array.
func list[T any](r *ruleReader, each func() T) []T {
	all := []T{}
	if r.is('[', "an array") {
		for r.open(); r.more(); {
			all = append(all, each())
		}
	}
	return all
}

// named reads an object.
func named[T any](r *ruleReader, each func(name string) T) []T {
	all := []T{}
	if r.is('{', "an object") {
		for r.open(); r.more(); {
			name := r.string()
			r.colon()
			all = append(all, each(name))
		}
	}
	return all
}

func (r *ruleReader) strings() []string { return list(r, r.string) }

// string reads a string: a part of the text where it has no escapes.
func (r *ruleReader) string() string {
	if !r.is('"', "a string") {
		return ""
	}
	start := r.pos + 1
	text := r.str()
	if end := r.pos - 1; len(text) == end-start {
		return r.text[start:end]
	}
	return string(text)
}

// value reads the text of any value. What is escaped though it need not be stands
// for itself, as in the document that the rules were made of.
func (r *ruleReader) value() string {
	r.blank()
	start := r.pos
	r.skip()
	text := r.text[start:r.pos]
	if !strings.Contains(text, `\u`) {
		return text
	}
	return plainEscapes(text)
}

func (r *ruleReader) number() string {
	if !r.is('0', "a number") {
		return ""
	}
	return r.value()
}

// count reads a number without fraction and exponent.
func (r *ruleReader) count() int64 {
	at := r.pos
	n, err := strconv.ParseInt(r.number(), 10, 64)
	if err != nil {
		r.fail(at, "it is not a count")
	}
	return n
}

// must reads true, which is all that some keywords say.
func (r *ruleReader) must() {
	if r.is('t', "true") {
		r.skip()
	}
}

// plainEscapes replaces the \u escapes of what may stand in a string as it is.
func plainEscapes(text string) string {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if text[i] != '\\' {
			out = append(out, text[i])
			i++
			continue
		}
		c, size := escape.Rune([]byte(text[i:min(len(text), i+12)]))
		if text[i+1] == 'u' && c >= ' ' && c != '"' && c != '\\' && !utf16.IsSurrogate(c) {
			out = utf8.AppendRune(out, c)
		} else {
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return string(out)
}
