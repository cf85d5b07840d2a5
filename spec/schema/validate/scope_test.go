package validate

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

const draft202012 = `"$schema":"https://json-schema.org/draft/2020-12/schema",`

// TestScopes bounds the ways through resources that name the same anchors anew
// wherever they are entered first.
func TestScopes(t *testing.T) {
	const resources = 24
	var all, defs []string
	for i := range resources {
		all = append(all, fmt.Sprintf(`{"$ref":"r%d"}`, i))
	}
	for i := range resources {
		defs = append(defs, fmt.Sprintf(`"d%d":{"$id":"r%d","$dynamicAnchor":"a%d","properties":{"x":{"anyOf":[%s]},"y":{"$dynamicRef":"#a%d"}}}`,
			i, i, i, strings.Join(all, ","), i))
	}
	text := `{` + draft202012 + `"$id":"http://example.com/root","$ref":"r0","$defs":{` + strings.Join(defs, ",") + `}}`
	start := time.Now()
	v, found := compileSchema([]byte(text))
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %v", took)
	}
	if v != nil || len(found) != 1 || found[0].Code != codeScopes {
		t.Errorf("got %v, %v", v != nil, found)
	}
}

// TestDynamicCircle refuses references that lead back to themselves by way of
// the dynamic scope alone.
func TestDynamicCircle(t *testing.T) {
	text := `{` + draft202012 + `"$id":"http://example.com/root","$dynamicAnchor":"a","$ref":"inner","$defs":{"inner":{"$id":"inner","$dynamicRef":"#a","$defs":{"a":{"$dynamicAnchor":"a"}}}}}`
	v, found := compileSchema([]byte(text))
	if v != nil || len(found) != 1 || found[0].Code != codeEndless {
		t.Errorf("got %v, %v", v != nil, found)
	}
}

// TestUnevaluatedCost keeps the search for what is evaluated within bounds.
func TestUnevaluatedCost(t *testing.T) {
	// Each level names the level below twice: 2^60 ways through it.
	text := `{` + draft202012 + `"unevaluatedProperties":false,"$ref":"#/$defs/l0","$defs":{`
	for i := range 60 {
		text += fmt.Sprintf(`"l%d":{"anyOf":[{"$ref":"#/$defs/l%d"},{"$ref":"#/$defs/l%d","unevaluatedItems":false}]},`, i, i+1, i+1)
	}
	text += `"l60":{"properties":{"a":true}}}}`
	v, found := compileSchema([]byte(text))
	if v == nil {
		t.Fatal(found)
	}
	start := time.Now()
	checkVerdict(t, v, []byte(`{"a":1}`))
	checkVerdict(t, v, []byte(`{"a":1,"b":2}`))
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %v", took)
	}
	if !v.Valid([]byte(`{"a":1}`)) || v.Valid([]byte(`{"b":1}`)) {
		t.Error("the verdict is wrong")
	}
}

// TestSpentPattern makes a pattern that costs too much a fault of the text, at its
// place and with the pattern named, wherever the pattern stands.
func TestSpentPattern(t *testing.T) {
	for name, schema := range map[string]string{
		"a value":                     `{"properties":{"x":{"pattern":"^(a|aa)+(?!a)$|^(a*)*\\2b"}}}`,
		"a branch that must not hold": `{"properties":{"x":{"not":{"pattern":"^(a*)*\\1b"}}}}`,
		"one of two branches":         `{"anyOf":[{"properties":{"x":{"pattern":"^(a*)*\\1b"}}},true]}`,
		"a condition":                 `{"if":{"properties":{"x":{"pattern":"^(a*)*\\1b"}}},"else":true}`,
	} {
		v := compileBytes([]byte(schema))
		data := []byte(`{"x":"` + strings.Repeat("a", 60) + `c"}`)
		verdict := v.Validate(data)
		if v.Valid(data) || len(verdict.Violations) != 1 {
			t.Fatalf("%s: %v", name, verdict)
		}
		found := verdict.Violations[0]
		if found.Keyword != "too-costly" || found.Offset != 5 || !strings.Contains(found.Message, "matching the pattern ^(a") {
			t.Errorf("%s: %+v", name, found)
		}
		if !v.Valid([]byte(`{"x":"aaaa"}`)) {
			t.Errorf("%s: an ordinary text is not valid", name)
		}
	}
}
