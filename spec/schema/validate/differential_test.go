package validate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"
)

// refusing is a schema for gojsonschema that lets it read no other.
type refusing struct {
	gojsonschema.JSONLoader
}

func (refusing) LoaderFactory() gojsonschema.JSONLoaderFactory { return refusingFactory{} }

type refusingFactory struct{}

func (refusingFactory) New(source string) gojsonschema.JSONLoader {
	return refused{gojsonschema.NewReferenceLoader(source)}
}

type refused struct {
	gojsonschema.JSONLoader
}

func (refused) LoadJSON() (any, error) { return nil, errors.New("nothing is loaded") }

// secondOpinion is gojsonschema's verdict; ok is false where it panics or fails.
func secondOpinion(s *gojsonschema.Schema, data []byte) (valid, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	result, err := s.Validate(gojsonschema.NewBytesLoader(data))
	if err != nil {
		return false, false
	}
	return result.Valid(), true
}

// differential are schemas of many keywords, with valid values to start from.
// They keep clear of what gojsonschema v1.2.0 is known to get wrong: formats,
// limits on counts written as decimals, and $id beside $ref.
var differential = []struct {
	name, schema string
	seeds        []string
}{
	{
		"numbers",
		`{"type":"array","items":{"anyOf":[{"type":"integer","minimum":-3,"exclusiveMaximum":12,"multipleOf":3},{"type":"number","maximum":0.5,"exclusiveMinimum":-2.25,"multipleOf":0.125},{"enum":[100,7.5,"x",null,[1,2],{"a":1}]},{"const":-1e2}]}}`,
		[]string{`[0,3,9,-3,0.5,-2.125,100,7.5,"x",null,[1,2],{"a":1},-100]`},
	},
	{
		"strings",
		`{"type":"object","propertyNames":{"pattern":"^[a-zäx]{1,5}$","minLength":1},"properties":{"a":{"type":"string","minLength":2,"maxLength":4},"b":{"pattern":"^([A-Z]{2}|x+)-\\d{2,3}$"},"c":{"enum":["on","off","ö"]}},"additionalProperties":{"type":["string","null"],"maxLength":3}}`,
		[]string{`{"a":"äbc","b":"AB-123","c":"ö","d":"xyz","e":null}`, `{"a":"ab","b":"xxx-12","c":"on"}`},
	},
	{
		"objects",
		`{"type":"object","required":["id","kind"],"properties":{"id":{"type":"integer"},"kind":{"type":"string"},"n":{"minimum":0}},"patternProperties":{"^x":{"type":"boolean"},"d$":{"not":{"type":"null"}}},"additionalProperties":false,"minProperties":2,"maxProperties":5,"dependencies":{"n":["xa"],"xb":{"properties":{"n":{"maximum":3}},"required":["n"]}}}`,
		[]string{`{"id":1,"kind":"k","n":2,"xa":true,"xb":false}`, `{"id":2,"kind":"z","xd":true}`},
	},
	{
		"arrays",
		`{"items":[{"type":"string"},{"type":"array","uniqueItems":true,"minItems":1,"maxItems":4}],"additionalItems":{"type":"object","required":["v"],"properties":{"v":{"contains":{"const":2}}}}}`,
		[]string{`["a",[1,2,"1",{"a":[1]}],{"v":[1,2,3]},{"v":[2]},{"v":0}]`},
	},
	{
		"combinators",
		`{"definitions":{"tree":{"type":"object","required":["value"],"properties":{"value":{"oneOf":[{"type":"integer","minimum":0},{"type":"integer","multipleOf":2},{"type":"string"}]},"left":{"$ref":"#/definitions/tree"},"right":{"anyOf":[{"$ref":"#/definitions/tree"},{"type":"null"}]}},"if":{"required":["left"]},"then":{"required":["right"]},"else":{"not":{"required":["right"]}}}},"allOf":[{"$ref":"#/definitions/tree"},{"properties":{"value":{"not":{"const":7}}}}]}`,
		[]string{`{"value":1,"left":{"value":"x"},"right":{"value":-2,"left":{"value":3},"right":null}}`, `{"value":5}`},
	},
}

// defects are what gojsonschema v1.2.0 is known to get wrong, with the right
// verdict.
var defects = []struct {
	name, schema, data string
	valid              bool
}{
	{"formats reject numbers", `{"format":"email"}`, `12`, true},
	{"counts written as decimals do not compile", `{"maxItems":2.0}`, `[1]`, true},
	{"$id beside $ref changes the base", `{"$id":"http://localhost/a/","definitions":{"b":{"$id":"http://localhost/b/c.json","type":"string"},"d":{"$id":"c.json","type":"number"}},"allOf":[{"$ref":"c.json","$id":"http://localhost/b/"}]}`, `1`, true},
	{"large integers are compared as doubles", `{"const":9007199254740993}`, `9007199254740992`, false},
	{"huge exponents panic", `{"maximum":1}`, `1e3000000`, false},
	{"exponents beyond doubles panic", `{"const":1}`, `1e400`, false},
	{"trailing bytes are ignored", `{}`, `{}x`, false},
	{"a time may have one digit for the hour", `{"format":"date-time"}`, `"2024-05-17T9:26:53Z"`, false},
	{"a leap second is refused", `{"format":"date-time"}`, `"1998-12-31T23:59:60Z"`, true},
	{"an e-mail address may have a name", `{"format":"email"}`, `"Jane <a@b.example>"`, false},
	{"letters of a UUID must be small", `{"format":"uuid"}`, `"3F2504E0-4F89-41D3-9A0C-0305E82C3301"`, true},
	{"\\s is that of RE2", `{"pattern":"^\\s$"}`, `"\u00a0"`, true},
}

// TestDefects keeps the list honest: we are right where the second opinion is
// not.
func TestDefects(t *testing.T) {
	for _, test := range defects {
		t.Run(test.name, func(t *testing.T) {
			v := mustCompile(t, test.schema)
			if verdict := judge(t, v, []byte(test.data)); verdict.Valid() != test.valid {
				t.Errorf("want %v: %v", test.valid, verdict)
			}
			other, err := gojsonschema.NewSchema(refusing{gojsonschema.NewStringLoader(test.schema)})
			if err != nil {
				return
			}
			if theirs, ok := secondOpinion(other, []byte(test.data)); ok && theirs == test.valid {
				t.Error("is no defect any more")
			}
		})
	}
}

// TestSecondOpinion compares verdicts with gojsonschema's on mutants of valid
// values.
func TestSecondOpinion(t *testing.T) {
	const mutants = 4_000
	for _, test := range differential {
		t.Run(test.name, func(t *testing.T) {
			v := mustCompile(t, test.schema)
			other, err := gojsonschema.NewSchema(refusing{gojsonschema.NewStringLoader(test.schema)})
			if err != nil {
				t.Fatal(err)
			}
			m := mutator{rand.New(rand.NewPCG(7, 11))}
			valid, failed := 0, 0
			for i := range mutants {
				data := m.mutant(t, test.seeds[i%len(test.seeds)], i%5)
				ours := judge(t, v, data)
				theirs, ok := secondOpinion(other, data)
				if !ok {
					failed++
				} else if ours.Valid() != theirs {
					t.Errorf("%s: we say %v, they say %v: %v", data, ours.Valid(), theirs, ours)
				}
				if ours.Valid() {
					valid++
				}
			}
			t.Logf("%d of %d valid, no second opinion on %d", valid, mutants, failed)
			if valid < mutants/20 || valid > mutants*19/20 || failed > 0 {
				t.Error("the mutants do not tell much")
			}
		})
	}
}

// mutator changes values at random places.
type mutator struct {
	*rand.Rand
}

// mutant is a seed with so many changes, as text.
func (m mutator) mutant(t *testing.T, seed string, changes int) []byte {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(seed))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		t.Fatal(err)
	}
	for range changes {
		value = m.change(value)
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (m mutator) change(value any) any {
	switch v := value.(type) {
	case map[string]any:
		return m.changeObject(v)
	case []any:
		return m.changeArray(v)
	case json.Number:
		if m.IntN(2) == 0 {
			return m.changeNumber(v)
		}
	case string:
		if m.IntN(2) == 0 {
			return m.changeString(v)
		}
	}
	return m.random(2)
}

func (m mutator) changeObject(v map[string]any) any {
	keys := slices.Sorted(maps.Keys(v))
	names := []string{"a", "b", "c", "d", "n", "v", "id", "kind", "xa", "xb", "xd", "value", "left", "right", "ä", "toolong"}
	switch m.IntN(8) {
	case 0:
		return m.random(2)
	case 1, 2:
		v[names[m.IntN(len(names))]] = m.random(2)
	case 3:
		if len(keys) > 0 {
			delete(v, keys[m.IntN(len(keys))])
		}
	default:
		if len(keys) > 0 {
			k := keys[m.IntN(len(keys))]
			v[k] = m.change(v[k])
		}
	}
	return v
}

func (m mutator) changeArray(v []any) any {
	switch m.IntN(8) {
	case 0:
		return m.random(2)
	case 1:
		return append(v, m.random(2))
	case 2:
		if len(v) > 0 {
			return append(v, v[m.IntN(len(v))])
		}
	case 3:
		if len(v) > 0 {
			i := m.IntN(len(v))
			return append(v[:i:i], v[i+1:]...)
		}
	default:
		if len(v) > 0 {
			i := m.IntN(len(v))
			v[i] = m.change(v[i])
		}
	}
	return v
}

func (m mutator) changeNumber(n json.Number) json.Number {
	f, err := n.Float64()
	if err != nil {
		return "0"
	}
	switch m.IntN(6) {
	case 0:
		return json.Number(fmt.Sprintf("%.2e", f))
	case 1:
		return json.Number(fmt.Sprintf("%.3f", f))
	case 2:
		return json.Number(fmt.Sprint(f / 8))
	case 3:
		return json.Number(fmt.Sprint(f + 0.125))
	case 4:
		return json.Number(fmt.Sprint(-f))
	}
	return json.Number(fmt.Sprint(f + 1))
}

func (m mutator) changeString(s string) string {
	switch m.IntN(4) {
	case 0:
		return s + string([]rune("aZ9-ö💩")[m.IntN(6)])
	case 1:
		return strings.ToUpper(s)
	case 2:
		return s[:strings.LastIndexAny("x"+s, "abcdefghijklmnopqrstuvwxyz0123456789")]
	}
	return "ö" + s
}

// random is a small value.
func (m mutator) random(depth int) any {
	scalars := []any{nil, true, false, "", "x", "ö", "on", "AB-12", json.Number("0"), json.Number("1"), json.Number("2"), json.Number("-1"),
		json.Number("1.0"), json.Number("0.125"), json.Number("7.50"), json.Number("1e2"), json.Number("6"), json.Number("7"), json.Number("-2.25")}
	if depth == 0 || m.IntN(3) > 0 {
		return scalars[m.IntN(len(scalars))]
	}
	if m.IntN(2) == 0 {
		list := []any{}
		for range m.IntN(4) {
			list = append(list, m.random(depth-1))
		}
		return list
	}
	object := map[string]any{}
	for range m.IntN(4) {
		object[[]string{"a", "v", "value", "x"}[m.IntN(4)]] = m.random(depth - 1)
	}
	return object
}
