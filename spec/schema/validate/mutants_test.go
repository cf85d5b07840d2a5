package validate_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"

	"github.com/asyncwire/asyncwire/internal/mutant"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// newerMutants is a schema of keywords that draft-07 does not have.
const newerMutants = `{
	"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"http://localhost/tree","$dynamicAnchor":"node",
	"type":"object","required":["kind"],
	"properties":{
		"kind":{"enum":["leaf","fork",1]},
		"left":{"$dynamicRef":"#node"},"right":{"$dynamicRef":"#node"},
		"list":{"prefixItems":[{"type":"string"},{"type":"number"}],"contains":{"const":true},"minContains":1,"maxContains":2,"unevaluatedItems":{"type":"null"}}
	},
	"dependentRequired":{"left":["right"]},
	"dependentSchemas":{"list":{"properties":{"size":{"type":"integer","minimum":2}}}},
	"anyOf":[{"properties":{"name":{"type":"string","minLength":1}}},{"patternProperties":{"^x-":{"type":["boolean","object"]}},"required":["x-a"]}],
	"if":{"properties":{"kind":{"const":"fork"}}},"then":{"required":["left"]},"else":{"properties":{"value":{"multipleOf":0.25}}},
	"unevaluatedProperties":false
}`

// mutated are schemas with valid messages to start from.
func mutated(t testing.TB) []mutantOf {
	list := []mutantOf{
		{schema: string(benchFile(t, "order.schema.json")), seeds: []string{string(benchFile(t, "order.json"))}},
		{schema: string(benchFile(t, "flat.schema.json")), seeds: []string{string(benchFile(t, "flat.json"))}},
		{schema: newerMutants, seeds: []string{
			`{"kind":"fork","left":{"kind":"leaf","value":0.5,"name":"a"},"right":{"kind":1,"list":["a",2,true,null],"size":3}}`,
			`{"kind":"leaf","x-a":true,"x-b":{},"list":["b",1.5,true,true],"size":2}`,
		}},
	}
	for _, d := range differential {
		list = append(list, mutantOf{schema: d.schema, seeds: d.seeds})
	}
	return list
}

type mutantOf struct {
	schema string
	seeds  []string
	ours   *validate.Validator
	theirs *jsonschema.Schema
	source *mutant.Source
}

func (m *mutantOf) prepare(t testing.TB) {
	m.ours = mustCompile(t, m.schema)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(m.schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(jsonschema.SchemeURLLoader{})
	c.DefaultDraft(jsonschema.Draft7)
	if err := c.AddResource("mem:///schema", doc); err != nil {
		t.Fatal(err)
	}
	if m.theirs, err = c.Compile("mem:///schema"); err != nil {
		t.Fatal(err)
	}
	var seeds [][]byte
	for _, seed := range m.seeds {
		tree, err := jsonschema.UnmarshalJSON(strings.NewReader(seed))
		if err != nil {
			t.Fatal(err)
		}
		if !m.ours.Valid([]byte(seed)) || m.theirs.Validate(tree) != nil {
			t.Fatalf("%s is not valid", seed)
		}
		seeds = append(seeds, []byte(seed))
	}
	if m.source, err = mutant.New([]string{"kind", "x-c", "xa", "b", "note"}, seeds...); err != nil {
		t.Fatal(err)
	}
}

// accepted are disagreements with the reference of which we are sure, with the
// deciding sentence. Each is about strings of a format.
var accepted = []struct {
	format, law string
	ours        bool // our verdict on the string
	holds       func(text string) bool
}{
	{
		"uri", `RFC 3986 §2: "A URI is composed from a limited set of characters"; others are percent-encoded, with two digits behind the sign`,
		false, func(text string) bool { return !uriGrammar.MatchString(text) },
	},
	{
		"email", `RFC 5321 §4.1.2: Domain = sub-domain *("." sub-domain), so that no dot ends it`,
		false, func(text string) bool { return strings.HasSuffix(text, ".") },
	},
	{
		"date-time", "RFC 3339 §5.6: time-hour, time-minute and time-second are 2DIGIT, without a sign",
		false, regexp.MustCompile(`T[0-9:]*[+-][0-9][:.Z+-]`).MatchString,
	},
	{
		"uri", "RFC 3986 appendix A: the grammar has this text", true, func(text string) bool { return uriGrammar.MatchString(text) },
	},
}

// uriGrammar is the grammar of RFC 3986 appendix A, but for what stands within
// the brackets of a host.
var uriGrammar = func() *regexp.Regexp {
	const char = `[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2}`
	const segment = `(?:` + char + `|[:@])`
	const authority = `(?:(?:` + char + `|:)*@)?(?:\[[0-9A-Fa-fv:.]+\]|(?:` + char + `)*)(?::[0-9]*)?`
	const path = `//` + authority + `(?:/` + segment + `*)*|/(?:` + segment + `+(?:/` + segment + `*)*)?|` + segment + `+(?:/` + segment + `*)*|`
	return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:(?:` + path + `)(?:\?(?:` + segment + `|[/?])*)?(?:#(?:` + segment + `|[/?])*)?$`)
}()

func acceptedFor(format, text string, ours bool) (law string, ok bool) {
	for _, a := range accepted {
		if a.format == format && a.ours == ours && a.holds(text) {
			return a.law, true
		}
	}
	return "", false
}

// excuse explains a disagreement by the strings of formats that the two judge
// differently; "" when that is not all.
func excuse(m *mutantOf, tree any, ours validate.Verdict, theirs error) string {
	for format, texts := range formatFaults(ours, theirs, tree) {
		for _, text := range texts {
			if law, ok := acceptedFor(format, text, ours.Valid()); ok {
				return law
			}
		}
	}
	return ""
}

// formatFaults are the strings that one of the two says are not of a format.
func formatFaults(ours validate.Verdict, theirs error, tree any) map[string][]string {
	found := map[string][]string{}
	for _, v := range ours.Violations {
		if v.Keyword == "format" {
			format := formatOf(v.Message)
			found[format] = append(found[format], fmt.Sprint(at(tree, v.Pointer)))
		}
	}
	var failed *jsonschema.ValidationError
	if errors.As(theirs, &failed) {
		collectFormats(failed, found)
	}
	return found
}

func collectFormats(e *jsonschema.ValidationError, found map[string][]string) {
	if k, ok := e.ErrorKind.(*kind.Format); ok {
		found[k.Want] = append(found[k.Want], fmt.Sprint(k.Got))
	}
	for _, cause := range e.Causes {
		collectFormats(cause, found)
	}
}

// formatOf is the format that one of our messages is about.
func formatOf(message string) string {
	for words, format := range map[string]string{
		"must be an e-mail": "email", "must be a URI (": "uri", "must be a UUID": "uuid", "must be a date-time": "date-time",
	} {
		if strings.HasPrefix(message, words) {
			return format
		}
	}
	return message
}

func at(tree any, pointer string) any {
	for _, token := range strings.Split(pointer, "/")[1:] {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch v := tree.(type) {
		case map[string]any:
			tree = v[token]
		case []any:
			var i int
			fmt.Sscan(token, &i)
			tree = v[i]
		}
	}
	return tree
}

// TestMutants gives the verdicts of a reference on mutants of valid messages.
// ASYNCWIRE_LONG=1 makes it a million.
func TestMutants(t *testing.T) {
	total := 16_000
	if underRace {
		total /= 10
	}
	if os.Getenv("ASYNCWIRE_LONG") != "" {
		total = 1_000_000
	}
	list := mutated(t)
	for i := range list {
		list[i].prepare(t)
	}
	valid, excused, failed := 0, map[string]int{}, 0
	for i := range total {
		m := &list[i%len(list)]
		data := m.source.Mutant(uint64(i))
		ours := m.ours.Valid(data)
		tree, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatalf("mutant %d is no JSON: %s", i, data)
		}
		theirs := m.theirs.Validate(tree)
		if ours {
			valid++
		}
		if ours == (theirs == nil) {
			continue
		}
		verdict := judge(t, m.ours, data)
		if law := excuse(m, tree, verdict, theirs); law != "" {
			excused[law]++
			continue
		}
		if failed++; failed <= 20 {
			t.Errorf("mutant %d: %s\nours: %v\ntheirs: %v", i, data, verdict.Violations, theirs)
		}
	}
	t.Logf("%d mutants, %d valid, %d disagreements", total, valid, failed)
	for _, law := range slices.Sorted(maps.Keys(excused)) {
		t.Logf("%6d judged differently: %s", excused[law], law)
	}
	if valid < total/20 || valid > total/2 {
		t.Error("the mutants do not tell much")
	}
}
