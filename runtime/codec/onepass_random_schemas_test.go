package codec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// sketches makes schemas and texts by chance out of forms, of which the words in capitals are
// filled in: see fill. The schemas say something of the members that a tree has and of others,
// and need not suit its types; the texts are made without a look at the schemas.
type sketches struct{ texts }

// definitions is how many schemas there are to refer to: d0, d1 and so on.
const definitions = 4

// deepest is how far schemas and values lie within each other.
const deepest = 3

var formWords = regexp.MustCompile(`[A-Z]{3,}`)

// fill fills in the words of one of some forms.
func (g sketches) fill(depth int, forms ...string) string {
	return formWords.ReplaceAllStringFunc(g.one(forms...), func(word string) string {
		switch word {
		case "NAME":
			return g.one(memberNames...)
		case "COUNT":
			return fmt.Sprint(1 + g.IntN(4))
		case "REF":
			return fmt.Sprintf(`{"$ref":"d%d"}`, g.IntN(definitions))
		case "LEAF":
			return g.one(leafSchemas...)
		case "ALTERNATIVES":
			return g.alternatives(depth + 1)
		case "RULES":
			return g.rules(depth + 1)
		case "OBJECT":
			return g.object(depth + 1)
		case "SCALAR":
			return g.one(scalars...)
		case "CONSTANT":
			return g.one(constantTexts...)
		case "ENUM":
			return g.fill(depth, enumSchemas...)
		case "VALUE":
			return g.value(depth + 1)
		case "ITEMS":
			return g.items(depth + 1)
		case "ROW":
			return g.row(depth + 1)
		case "BUSH", "HEDGE", "GROVE":
			return g.nested(depth+1, word)
		}
		panic(word)
	})
}

// memberNames are those of the members of a tree and of a twig, and x and y of neither.
var memberNames = []string{"k", "s", "i", "f", "r", "p", "l", "g", "m", "t", "gs", "ls", "n", "nl", "free", "b", "h", "row", "x", "y", "mt", "mg", "ml", "mn", "ll", "ln", "mp", "bush", "hn", "c", "cs", "cm", "e", "es", "u", "ul", "um", `q\"`}

// leafSchemas are forms of schemas without others.
var leafSchemas = []string{
	`{}`, `{"not":{}}`, `{"type":"string"}`, `{"type":"string","minLength":1}`, `{"type":"integer"}`, `{"type":"number"}`, `{"type":"boolean"}`, `{"type":"array"}`, `{"type":"object"}`,
	`{"type":["string","null"]}`, `{"type":["integer","string"]}`, `{"type":"integer","format":"int32"}`, `{"type":"number","maximum":5}`, `{"type":"string","format":"date-time","fits":"date-time of Go"}`,
	`{"type":"string","format":"uri"}`, `{"enum":[1,"a",null,{"s":"a"}]}`, `{"const":1}`, `{"const":"a"}`, `{"not":{"const":"b"}}`, `{"maxLength":1}`, `{"minimum":1}`, `{"multipleOf":0.5}`, `{"maxProperties":2}`, `{"maxItems":2}`, `{"uniqueItems":true}`,
}

// memberSchemas are forms of schemas for members that have types of their own.
var memberSchemas = map[string][]string{
	"u":    {`{"type":"string","format":"uri"}`, `{"type":"string","format":"uri-reference"}`, `{"type":"string"}`, `{"format":"uri","maxLength":9}`},
	"ul":   {`{"type":"array","items":{"type":"string","format":"uri"}}`, `{"items":{"type":"string"},"maxItems":1}`},
	"um":   {`{"type":"object","additionalProperties":{"anyOf":[{"type":"null"},{"type":"string","format":"uri"}]}}`, `{"additionalProperties":{"type":["string","null"]}}`},
	"s":    {`{"type":"string"}`, `{"type":"string","maxLength":2}`, `{"enum":["a","b"]}`, `{"const":"a"}`, `{"pattern":"^[ab]"}`, `{}`},
	"k":    {`{"type":"string"}`, `{"enum":["a","b"]}`, `{"const":"a"}`, `{"const":"b"}`},
	"i":    {`{"type":"integer","format":"int32"}`, `{"type":"integer","minimum":0}`, `{"type":"number"}`, `{}`},
	"f":    {`{"type":"number","fits":"double"}`, `{"type":"integer"}`, `{"type":"number","multipleOf":0.5}`},
	"t":    {`{"type":"string","format":"date-time","fits":"date-time of Go"}`, `{"type":"string","format":"date-time"}`},
	"p":    {"REF"},
	"row":  {`{"$ref":"row"}`, `{"allOf":[{"$ref":"row"},LEAF]}`, "LEAF"},
	"h":    {"REF", "RULES", `{"additionalProperties":LEAF}`},
	"g":    {"REF", "ALTERNATIVES"},
	"l":    {`{"type":"array","items":REF}`, `{"type":"array","items":ALTERNATIVES}`, `{"type":"array","items":REF,"maxItems":2}`, `{"type":"array","items":REF,"uniqueItems":true}`},
	"gs":   {`{"type":"array","items":REF}`, `{"type":"array","items":ALTERNATIVES}`, `{"type":"array","items":REF,"maxItems":2}`, `{"type":"array","items":REF,"uniqueItems":true}`},
	"ls":   {`{"type":"array","items":{"type":"string"}}`, `{"type":"array","items":{"type":"string"},"uniqueItems":true}`, `{"type":"array","items":{"type":"string"},"minItems":1}`},
	"m":    {`{"type":"object","additionalProperties":{"type":"integer"}}`, `{"type":"object","additionalProperties":{"type":"integer","maximum":3},"maxProperties":1}`},
	"n":    {`{"type":["string","null"]}`, `{"type":["string","null"],"maxLength":1}`, `{"enum":["a",null]}`},
	"nl":   {`{"type":["array","null"],"items":{"type":"string"}}`, `{"anyOf":[{"type":"null"},{"type":"array","items":{"type":"string"}}]}`},
	"mt":   {`{"type":"object","additionalProperties":REF}`, `{"type":"object","additionalProperties":RULES,"maxProperties":1}`},
	"mg":   {`{"type":"object","additionalProperties":REF}`, `{"type":"object","additionalProperties":ALTERNATIVES}`},
	"ml":   {`{"type":"object","additionalProperties":{"type":"array","items":{"type":"string"}}}`, `{"type":"object","additionalProperties":{"type":"array","items":{"type":"string","maxLength":1},"uniqueItems":true}}`},
	"mn":   {`{"type":"object","additionalProperties":{"type":["string","null"]}}`, `{"additionalProperties":{"anyOf":[{"type":"string","maxLength":1},{"type":"null"}]}}`},
	"ll":   {`{"type":"array","items":{"type":"array","items":{"type":"string"},"maxItems":1}}`, `{"type":"array","items":{"type":"array","items":LEAF},"uniqueItems":true}`},
	"ln":   {`{"type":"array","items":{"anyOf":[{"type":"null"},REF]}}`, `{"type":"array","items":{"oneOf":[RULES,{"type":"null"}]},"maxItems":2}`},
	"mp":   {`{"anyOf":[{"type":"object","additionalProperties":REF},{"type":"null"}]}`, `{"type":["object","null"],"additionalProperties":RULES}`},
	"bush": {`{"$ref":"bush"}`, `{"type":"array","items":{"$ref":"bush"}}`, "REF"},
	"hn":   {`{"anyOf":[{"$ref":"hedge"},{"type":"null"}]}`, `{"type":["object","null"],"additionalProperties":{"$ref":"hedge"}}`},
	"c":    {"ENUM"},
	"cs":   {`{"type":"array","items":ENUM}`, `{"type":"array","items":ENUM,"uniqueItems":true}`, `{"enum":[[1],["a",1],[]]}`},
	"cm":   {`{"type":"object","additionalProperties":{"anyOf":[ENUM,{"type":"null"}]}}`, `{"type":"object","additionalProperties":ENUM}`},
	"e":    {"REF", "ALTERNATIVES", `{"type":"string"}`, `{"not":LEAF}`},
	"es":   {`{"type":"array","items":REF}`, `{"type":"array","items":ALTERNATIVES,"uniqueItems":true}`},
	`q\"`:  {`{"type":"string"}`, `{"type":"string","maxLength":1}`},
}

// enumSchemas are forms of schemas for values of any kind, and constantTexts are such values.
var (
	enumSchemas = []string{
		`{"enum":[1,"a",true,[1],{"a":1}]}`, `{"enum":[1,"a",[1],{"a":1}],"type":["string","array","object"]}`, `{"enum":["a",2.5,null,{}]}`, `{"const":[1,"a"]}`, `{"const":{"a":1,"b":[2]}}`, `{"const":"a"}`,
		`{"enum":["a",1,[1]],"const":1}`, `{"enum":["a","b",1,true],"maxLength":1,"minimum":1}`, `{"allOf":[{"enum":[1,"a",[1]]},{"type":["array","string"]}]}`,
		`{"allOf":[{"enum":[1,"a",[1]]},{"enum":["a",[1.0]]}]}`, `{"anyOf":[{"enum":["a",1]},{"enum":[[1],1]}]}`, `{"oneOf":[{"const":"a"},{"const":1},{"enum":[{"a":1}]}]}`, `{"enum":["a",1,{"a":1}],"not":LEAF}`, `{"anyOf":[{"enum":["a",[1]]},{"type":"null"}]}`,
	}
	constantTexts = []string{`"a"`, `"\u0061"`, `"b"`, "1", "1.0", "10e-1", "2.5", "true", "null", "[1]", "[ 1.0 ]", `[1,"a"]`, `[1e0,"\u0061"]`, `{"a":1}`, `{"\u0061":1.0}`, `{"b":[2.0],"a":1}`, "{}"}
)

// choiceSchemas are forms of schemas for such members that do not say by what stands in a value how
// it is read, or that need the whole of it.
var choiceSchemas = map[string][]string{
	"s":  {`{"oneOf":[LEAF]}`, `{"anyOf":[LEAF,LEAF],"type":"string"}`, `{"oneOf":[{"maxLength":1},{"minLength":2}]}`, `{"enum":["a","b"],"allOf":[{"type":"string","enum":["b","a"]}]}`, `{"type":"string","not":LEAF}`, `{"if":{"const":"a"},"then":LEAF,"else":LEAF}`},
	"k":  {`{"oneOf":[{"const":"a"},{"const":"b"}]}`, `{"oneOf":[{"enum":["a","b"]}]}`},
	"i":  {`{"allOf":[{"type":"number"},{"type":"integer","minimum":1}]}`, `{"oneOf":[{"type":"integer","minimum":5},{"type":"number","maximum":6}]}`, `{"type":"integer","anyOf":[{"fits":"int64"},LEAF]}`},
	"f":  {`{"oneOf":[{"type":"integer"},{"type":"number","minimum":5,"fits":"double"}],"fits":"double"}`, `{"anyOf":[{"const":1},{"const":2.5},LEAF]}`},
	"t":  {`{"anyOf":[{"type":"string","format":"date-time","fits":"date-time of Go"},{"maxLength":1}]}`, `{"oneOf":[{"type":"string","format":"date-time"},{"type":"null"}]}`},
	"p":  {`{"oneOf":[REF,{"type":"null"}]}`, `{"anyOf":[REF,REF]}`, `{"oneOf":[REF]}`, `{"enum":[{},{"s":"a"},1]}`, `{"allOf":[{"oneOf":[REF,LEAF]},RULES]}`},
	"g":  {`{"type":["object","string","number"],"maxLength":1,"minimum":1,"maxProperties":2}`, `{"allOf":[{"type":["object","string"]},ALTERNATIVES]}`, `{"oneOf":[ALTERNATIVES,LEAF]}`, `{"anyOf":[ALTERNATIVES,ALTERNATIVES],"not":LEAF}`, `{"properties":{"k":{"type":"string"}},"oneOf":[REF,REF]}`},
	"l":  {`{"type":"array","items":{"oneOf":[REF,REF]}}`, `{"type":"array","contains":REF,"items":REF}`},
	"gs": {`{"type":"array","items":{"type":["string","number"],"maxLength":1}}`, `{"oneOf":[{"type":"array","items":REF},{"type":"array","maxItems":0}]}`, `{"items":ALTERNATIVES,"not":LEAF}`},
	"ls": {`{"type":"array","items":{"type":"string"},"contains":{"const":"a"}}`, `{"allOf":[{"type":"array","items":{"type":"string"}},{"items":{"maxLength":2}},{"minItems":1}]}`, `{"enum":[["a","b"],[]]}`, `{"type":"array"}`, `{"items":{"oneOf":[{"const":"a"},{"const":"b"}]}}`, `{"prefixItems":[LEAF],"items":{"type":"string"}}`},
	"m":  {`{"patternProperties":{"^a":{"type":"integer"}},"additionalProperties":false}`, `{"additionalProperties":{"type":"integer"},"propertyNames":{"maxLength":1,"enum":["a","x"]}}`, `{"dependentRequired":{"b":["a"]},"properties":{"a":LEAF}}`, `{"type":"object","not":{"required":["b"]}}`, `{"enum":[{"a":1},{}]}`, `{"additionalProperties":{"oneOf":[{"const":1},{"minimum":3}]}}`},
	"n":  {`{"oneOf":[{"type":"null"},{"type":"string","maxLength":1},{"type":"string","minLength":3}]}`, `{"anyOf":[{"type":"string"},{"type":"null"}],"not":{"const":"a"}}`, `{"allOf":[{"type":["null","string"]},{"anyOf":[LEAF,{"type":"null"}]}]}`},
	"nl": {`{"oneOf":[{"type":"null"},{"type":"array","items":{"type":"string"},"maxItems":1},{"type":"array","minItems":2}]}`, `{"type":["array","null"],"contains":{"const":"a"}}`},
	"b":  {`{"oneOf":[{"const":true},{"type":"string"}]}`, `{"not":{"const":false}}`},
}

// objectKeywords are forms of what the schema of an object says, and how often it does.
var objectKeywords = []struct {
	often float64
	forms []string
}{
	{.6, []string{`"type":"object"`, `"type":"object"`, `"type":["object","null"]`, `"type":["object","string","number"]`}},
	{.3, []string{`"required":["NAME"]`}},
	{.1, []string{`"additionalProperties":false`, `"additionalProperties":LEAF`}},
	{.1, []string{`"patternProperties":{"^[sx]":LEAF}`, `"patternProperties":{"y":LEAF}`, `"patternProperties":{"^.$":LEAF}`}},
	{.07, []string{`"propertyNames":{"maxLength":1}`, `"propertyNames":{"pattern":"^[a-x]"}`, `"propertyNames":{"not":{"const":"s"}}`}},
	{.15, []string{`"minProperties":COUNT`}},
	{.15, []string{`"maxProperties":COUNT`}},
	{.1, []string{`"dependentRequired":{"NAME":["NAME"]}`}},
	{.1, []string{`"dependentSchemas":{"NAME":RULES}`}},
	{.25, []string{
		`"allOf":[REF]`, `"allOf":[RULES]`, `"allOf":[REF,RULES]`, `"allOf":[RULES,RULES]`, `"allOf":[REF,REF,RULES]`,
		`"allOf":[{"patternProperties":{"^[xy]":LEAF}},{"patternProperties":{"^[kx]":LEAF}},RULES]`,
		`"allOf":[{"properties":{"p":RULES,"r":RULES,"g":ALTERNATIVES}},{"properties":{"p":{"type":"object"},"r":{"type":"object"},"g":{"type":["object","string"]}}}]`,
	}},
	{.07, []string{`"not":{"required":["NAME"]}`}},
	{.06, []string{`"if":{"required":["NAME"]},"then":RULES`}},
	{.1, []string{`"unevaluatedProperties":false`, `"unevaluatedProperties":{"type":"string"}`}},
}

// ruleSet is a set of schemas, of the names that the roots have.
func (g sketches) ruleSet() string {
	var b strings.Builder
	for i := range definitions {
		fmt.Fprintf(&b, "\"d%d\": %s,\n", i, g.fill(0, "RULES", "RULES", "ALTERNATIVES"))
	}
	for _, s := range [][]string{
		{"root", `{"$ref":"d0"}`, "RULES", "ALTERNATIVES"},
		{"list", `{"type":"array","items":{"$ref":"root"}}`, `{"type":"array","items":{"$ref":"root"},"maxItems":1}`, `{"items":{"$ref":"root"},"uniqueItems":true}`, `{"allOf":[{"items":REF},{"minItems":1}]}`, `{"items":{"oneOf":[REF,REF]}}`, `{"contains":REF}`},
		{"map", `{"type":"object","additionalProperties":{"$ref":"root"}}`, `{"additionalProperties":REF,"maxProperties":1}`, `{"additionalProperties":{"$ref":"root"},"propertyNames":{"maxLength":1}}`, `{"patternProperties":{"^.$":REF,"^[asx]":LEAF},"properties":{"s":LEAF,"x":REF},"additionalProperties":LEAF}`},
		{"amounts", `{"type":"object","additionalProperties":{"type":"integer"}}`, `{"type":"object","additionalProperties":LEAF}`, `{"type":"object","additionalProperties":{"type":"integer"},"properties":{"s":LEAF}}`,
			`{"additionalProperties":{"type":"integer"},"patternProperties":{"^[fx]":LEAF,"^[kx]":{"minimum":1}},"properties":{"s":LEAF,"y":LEAF}}`, `{"patternProperties":{"^[a-y]":{"type":"integer"}},"additionalProperties":false}`, "REF", `{"type":"object","patternProperties":{"^[asx]":{"type":"integer"},"^.$":LEAF},"additionalProperties":LEAF,"dependentRequired":{"NAME":["NAME"]}}`},
		{"row", `{ITEMS}`, `{"type":"array",ITEMS}`, `{ITEMS,"items":false}`, `{ITEMS,"additionalItems":false}`, `{ITEMS,"additionalItems":{"type":"number"}}`, `{"type":"array",ITEMS,"additionalItems":LEAF,"minItems":COUNT}`,
			`{ITEMS,"maxItems":COUNT}`, `{ITEMS,"uniqueItems":true}`, `{"allOf":[{ITEMS},{"minItems":2}]}`, `{"allOf":[{ITEMS},{"type":"array"}]}`, `{"anyOf":[{ITEMS},{"type":"null"}]}`, `{ITEMS,"contains":LEAF}`},
		{"rows", `{"items":{"$ref":"row"}}`, `{"items":{"$ref":"row"},"maxItems":1}`, `{"type":["array","string"],"items":{"$ref":"row"}}`},
		{"lists", `{"type":"object","additionalProperties":{"type":"array","items":{"$ref":"root"}}}`, `{"additionalProperties":{"type":"array","items":ALTERNATIVES},"minProperties":1}`, "REF"},
		{"nulls", `{"type":"array","items":{"anyOf":[{"$ref":"root"},{"type":"null"}]}}`, `{"type":"array","items":{"oneOf":[{"type":"null"},REF]},"maxItems":2}`},
		{"word", `{"enum":["a","b"]}`, `{"enum":["a",null]}`, `{"const":"a"}`, `{"type":["string","null"]}`, `{"anyOf":[LEAF,{"type":"null"}]}`, `{"oneOf":[{"type":"null"},LEAF]}`},
		{"count", `{"enum":[1,5]}`, `{"enum":[1,null]}`, `{"const":1}`, `{"type":["integer","null"]}`, `{"anyOf":[LEAF,{"type":"null"}]}`},
		{"bush", `{"type":"array","items":{"$ref":"bush"}}`, `{"items":{"$ref":"bush"},"maxItems":1}`, `{"type":"array","items":{"type":"array","items":{"$ref":"bush"},"minItems":1}}`, `{"items":{"$ref":"bush"},"uniqueItems":true,"type":["array","string"]}`,
			`{"items":{"anyOf":[{"$ref":"bush"},LEAF]}}`, `{"type":"array","items":{"$ref":"bush"},"not":{"minItems":2}}`, `{"allOf":[{"items":{"$ref":"bush"}},{"type":"array","maxItems":2}]}`, `{"oneOf":[{"items":{"$ref":"bush"},"type":"array"},{"maxItems":0}]}`, "REF"},
		{"hedge", `{"type":"object","additionalProperties":{"$ref":"hedge"}}`, `{"additionalProperties":{"$ref":"hedge"},"maxProperties":1}`, `{"type":"object","patternProperties":{"^[as]":{"$ref":"hedge"},"[sx]$":{"maxProperties":1}},"additionalProperties":{"type":"object"}}`,
			`{"properties":{"a":{"$ref":"hedge"},"x":{"type":"object","additionalProperties":{"$ref":"hedge"}}},"additionalProperties":{"allOf":[{"$ref":"hedge"},{"minProperties":1}]}}`, `{"type":"object","additionalProperties":{"$ref":"hedge"},"not":{"required":["s"]}}`, "RULES"},
		{"grove", `{"type":"array","items":{"$ref":"glade"}}`, `{"items":{"$ref":"glade"},"maxItems":1}`, `{"type":"array","items":{"allOf":[{"$ref":"glade"},{"maxProperties":1}]}}`, `{"items":{"oneOf":[{"$ref":"glade"},LEAF]}}`},
		{"glade", `{"type":"object","additionalProperties":{"$ref":"grove"}}`, `{"additionalProperties":{"$ref":"grove"},"propertyNames":{"maxLength":1}}`, `{"type":"object","patternProperties":{"^[asx]":{"$ref":"grove"}},"additionalProperties":false}`},
		{"glades", `{"type":"object","additionalProperties":{"anyOf":[{"$ref":"glade"},{"type":"null"}]}}`, `{"additionalProperties":{"oneOf":[{"type":"null"},{"$ref":"glade"}]}}`},
		{"ivy", `{"type":"array","items":{"anyOf":[{"$ref":"ivy"},{"type":"null"}]}}`, `{"type":"array","items":{"oneOf":[{"type":"null"},{"$ref":"ivy"},LEAF]}}`, `{"items":{"type":["array","null"],"items":{"$ref":"ivy"}},"maxItems":2}`, `{"type":["array","null"],"items":{"$ref":"ivy"}}`},
		{"bark", "ENUM", "ENUM", `{"anyOf":[{"type":"null"},ENUM]}`, `{"allOf":[ENUM,LEAF]}`},
		{"barks", `{"type":"array","items":ENUM}`, `{"items":ENUM,"maxItems":1}`},
		{"flag", `{"type":"boolean"}`, `{"const":true}`, `{"enum":[false,null]}`, "LEAF"},
		{"maybe", `{"anyOf":[{"$ref":"root"},{"type":"null"}]}`, `{"oneOf":[{"type":"null"},RULES]}`, `{"$ref":"root"}`},
		{"texts", `{"type":"array","items":{"type":"string"}}`, `{"type":"array","items":LEAF}`, `{"items":{"type":"string","maxLength":1},"uniqueItems":true}`, `{"type":["array","null"],"items":{"type":"string"}}`, `{"anyOf":[{"items":LEAF},{"items":LEAF}]}`, `{"items":{"type":"string"},"contains":{"const":"a"}}`},
	} {
		fmt.Fprintf(&b, "%q: %s,\n", s[0], g.fill(0, s[1:]...))
	}
	return "{\n" + b.String() + `"leaf": ` + g.fill(0, "LEAF", `{"allOf":[LEAF,LEAF]}`, `{"anyOf":[LEAF,LEAF]}`, `{"not":LEAF}`) + "\n}"
}

// rules is the schema of an object.
func (g sketches) rules(depth int) string {
	if depth > deepest {
		return g.one(leafSchemas...)
	}
	var parts, members []string
	for _, name := range memberNames {
		if g.IntN(3) == 0 {
			members = append(members, `"`+name+`":`+g.member(name, depth))
		}
	}
	if g.IntN(5) > 0 {
		parts = append(parts, `"properties":{`+strings.Join(members, ",")+"}")
	}
	for _, k := range objectKeywords {
		if g.Float64() < k.often {
			parts = append(parts, g.fill(depth, k.forms...))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// member is the schema of a member, most often one that its type is for.
func (g sketches) member(name string, depth int) string {
	if g.IntN(5) == 0 {
		return g.fill(depth, "LEAF", "ALTERNATIVES", "RULES", "RULES")
	}
	if forms := choiceSchemas[name]; forms != nil && g.IntN(5) == 0 {
		return g.fill(depth, forms...)
	}
	if forms := memberSchemas[name]; forms != nil {
		return g.fill(depth, forms...)
	}
	return g.one(leafSchemas...)
}

// besideAlternatives are forms of what may stand beside alternatives.
var besideAlternatives = []string{
	`"not":LEAF`, `"type":"object"`, `"type":["object","string"]`, `"properties":{"k":{"type":"string"}}`, `"properties":{"k":REF}`,
	`"unevaluatedProperties":false`, `"unevaluatedProperties":{"type":"string"}`,
}

// alternatives is a schema of several others.
func (g sketches) alternatives(depth int) string {
	count := 1 + g.IntN(4)
	of := make([]string, count)
	for i := range of {
		of[i] = g.fill(depth, "LEAF", "RULES", "RULES", "REF", "REF", "REF", "REF", "ENUM")
	}
	s := `{"` + g.one("anyOf", "oneOf") + `":[` + strings.Join(of, ",") + "]"
	if g.IntN(2) == 0 {
		s += "," + g.fill(depth, besideAlternatives...)
	}
	if g.IntN(4) == 0 {
		s += fmt.Sprintf(`,"discriminator":{"propertyName":"k","mapping":{"a":%d,"%s":%d}}`, g.IntN(count), g.one("b", "b", "c"), g.IntN(count))
	}
	return s + "}"
}

// scalars are texts of values that have no others in them.
var scalars = []string{
	"1", "1.0", "-0", "0", "2.5", "1e2", "99999999999", "123456789012345678901", "1e400", "-1", "5", "null", "true", "false",
	`"a"`, `"b"`, `"abc"`, `"\u0061"`, `""`, `"2026-01-02T03:04:05Z"`, `"2026-06-30T23:59:60Z"`, `"ä"`, `"a:b"`, `"Http://a/#"`,
}

// memberTexts are forms of values of members.
var memberTexts = map[string][]string{
	"u":    {`"a:b"`, `"Http://a/\u0023"`, `"http://%41/?b"`, `"a"`},
	"ul":   {"[]", `["a:b"]`, `["a:b","http://a/b?c#d"]`, `["a"]`},
	"um":   {"{}", `{"a":"a:b"}`, `{"a":"http://a/?b","b":null}`, `{"a":"a"}`},
	"s":    {`"a"`, `"b"`, `"abc"`, `"\u0061"`},
	"k":    {`"a"`, `"b"`, `"abc"`, `"\u0061"`},
	"i":    {"1", "1.0", "-0", "7", "4294967296"},
	"f":    {"1", "-0", "2.5", "1e2", "-0.0", "0.1"},
	"t":    {`"2026-01-02T03:04:05Z"`, `"2026-01-02T03:04:05.123+01:00"`, `"2026-06-30T23:59:60Z"`},
	"p":    {"OBJECT"},
	"h":    {"OBJECT", "VALUE"},
	"row":  {"ROW"},
	"l":    {"[OBJECT]", "[OBJECT,VALUE]", "[OBJECT,OBJECT]", "[]", `["a"]`, `["a",1]`},
	"gs":   {"[OBJECT]", "[OBJECT,VALUE]", "[OBJECT,OBJECT]", "[]", `["a"]`, `["a",1]`},
	"ls":   {`["a","b"]`, `["a","a"]`, `["a","\u0061"]`, "[]"},
	"m":    {`{"a":1}`, `{"a":1,"b":2}`, `{"a":1,"\u0061":2}`, "{}", `{"a":5}`},
	"n":    {"null", `"a"`, `"abc"`},
	"nl":   {"null", "[]", `["a","b"]`},
	"b":    {"true", "false"},
	"mt":   {"{}", `{"a":OBJECT}`, `{"a":OBJECT,"b":OBJECT}`, `{"a":OBJECT,"\u0061":OBJECT}`, `{"a":null}`},
	"mg":   {"{}", `{"a":OBJECT}`, `{"a":VALUE,"b":OBJECT}`, `{"a":"b"}`},
	"ml":   {"{}", `{"a":[]}`, `{"a":["a","b"],"b":["a"]}`, `{"a":["a","a"]}`, `{"a":null}`},
	"mn":   {"{}", `{"a":null}`, `{"a":"b","b":null}`, `{"a":"abc"}`},
	"ll":   {"[]", "[[]]", `[["a"],[]]`, `[["a"],["a"]]`, `[["a","b"]]`, "[null]"},
	"ln":   {"[]", "[null]", "[OBJECT,null]", "[null,OBJECT,null]", "[VALUE]"},
	"mp":   {"null", "{}", `{"a":OBJECT}`, `{"a":OBJECT,"b":OBJECT}`, `{"a":null}`},
	"bush": {"BUSH"},
	"hn":   {"HEDGE", "null"},
	"c":    {"CONSTANT"},
	"cs":   {"[]", "[CONSTANT]", "[CONSTANT,CONSTANT]"},
	"cm":   {"{}", `{"a":CONSTANT}`, `{"a":CONSTANT,"b":null}`},
	"e":    {"OBJECT", "VALUE"},
	"es":   {"[]", "[VALUE]", "[OBJECT,SCALAR]"},
	`q\"`:  {`"a"`, `"abc"`},
}

// nested is a list or a map of nothing but such, or seldom something else.
func (g sketches) nested(depth int, word string) string {
	forms := map[string][]string{
		"BUSH":  {"[]", "[BUSH]", "[BUSH,BUSH]", "[[BUSH],BUSH]", "[BUSH,null]", "[BUSH,HEDGE]", "[SCALAR]"},
		"HEDGE": {"{}", `{"a":HEDGE}`, `{"NAME":HEDGE}`, `{"x":HEDGE,"NAME":HEDGE}`, `{"a":HEDGE,"\u0061":HEDGE}`, `{"s":SCALAR}`},
		"GROVE": {"[]", `[{"a":GROVE}]`, `[{"NAME":GROVE},{}]`, `[{"a":GROVE,"x":GROVE}]`, "[BUSH]", "[HEDGE]"},
	}[word]
	if depth > 2*deepest {
		return forms[0]
	}
	return g.fill(depth, forms[:len(forms)-g.IntN(3)]...)
}

// value is any value, most often an object.
func (g sketches) value(depth int) string {
	switch {
	case depth > deepest || g.IntN(3) == 0:
		return g.one(scalars...)
	case g.IntN(5) == 0:
		return g.fill(depth, "[]", "[VALUE]", "[VALUE,VALUE]", "[VALUE,VALUE,VALUE]")
	}
	return g.object(depth)
}

// items are the schemas of the elements of a row, and some more or fewer.
func (g sketches) items(depth int) string {
	forms := [][]string{
		{`{"type":"string"}`, `{"type":"string","minLength":1}`, "LEAF"}, {`{"type":"integer","format":"int32"}`, `{"minimum":1}`}, {`{"$ref":"row"}`, `{}`},
		{`{"type":["string","null"]}`, "LEAF"}, {"REF", `{"additionalProperties":LEAF}`}, {`{"type":"number"}`, "LEAF"}, {"LEAF"},
	}
	var of []string
	for _, f := range forms[:1+g.IntN(len(forms))] {
		of = append(of, g.fill(depth, f...))
	}
	return `"prefixItems":[` + strings.Join(of, ",") + "]"
}

// row is an array as a row has elements, or seldom another value.
func (g sketches) row(depth int) string {
	if g.IntN(8) == 0 {
		return g.value(depth)
	}
	forms := [][]string{{`"a"`, `"abc"`, `"\u0061"`, "SCALAR"}, {"1", "7", "-0", "SCALAR"}, {"ROW", "ROW", "SCALAR"}, {"null", `"b"`}, {"OBJECT", "SCALAR"}, {"1", "2.5", "SCALAR"}, {"1", "VALUE"}}
	if depth > deepest {
		forms = forms[:2]
	}
	var of []string
	for _, f := range forms[:g.IntN(len(forms)+1)] {
		of = append(of, g.fill(depth, f[:max(1, len(f)-g.IntN(2))]...))
	}
	return "[" + strings.Join(of, ",") + "]"
}

// object is an object with some of the members, seldom with very many or one that is long.
func (g sketches) object(depth int) string {
	if depth > deepest {
		return "{}"
	}
	var names, values []string
	often := 3 + 7*g.IntN(2) // few members suit more schemas
	for _, name := range memberNames {
		if g.IntN(often) > 0 {
			continue
		}
		forms := memberTexts[name]
		if forms == nil || g.IntN(8) == 0 {
			forms = []string{"VALUE"}
		}
		values = append(values, g.fill(depth, forms...))
		if g.IntN(20) == 0 {
			name = fmt.Sprintf(`\u%04x`, name[0]) + name[1:]
		}
		names = append(names, `"`+name+`"`)
	}
	if depth == 0 && g.IntN(20) == 0 { // what is behind is sought in vain
		at := g.IntN(len(names) + 1)
		names, values = slices.Insert(names, at, `"far"`), slices.Insert(values, at, `"`+strings.Repeat("x", 5_000)+`"`)
	}
	if depth == 0 && g.IntN(20) == 0 {
		for i, count := 0, 19+g.IntN(2); i < 20; i++ { // one may be there twice
			names, values = append(names, fmt.Sprintf(`"z%d"`, i%count)), append(values, "1")
		}
	}
	if len(names) == 0 {
		return "{}"
	}
	return g.members(names, func(i int) string { return values[i] })
}
