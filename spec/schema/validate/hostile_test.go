package validate_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// A hostile case may cost far more than an ordinary one, but not this much, even
// on a busy machine and under the race detector.
const (
	hostileTime   = time.Minute
	hostileMemory = 512 << 20
)

// within fails the test when f costs more than a hostile case may.
func within(t *testing.T, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if took > hostileTime {
		t.Errorf("took %v", took)
	}
	if total := after.TotalAlloc - before.TotalAlloc; total > hostileMemory {
		t.Errorf("allocated %d MiB", total>>20)
	}
	t.Logf("%v, %d KiB", took, (after.TotalAlloc-before.TotalAlloc)>>10)
}

// Known attacks on validators, and the tests that hold against them:
//
//	deep nesting, with a valid and a wrong leaf        TestHostileMessages "100,000 arrays", "9,900 objects…"
//	1e1000000, 1e3000000, 1e-9999999 beside bounds     TestHostileMessages "exponent…", "tiny number…"
//	1e400 beside const and uniqueItems                 TestHostileMessages "1e400…"
//	a megabyte of digits                               TestHostileMessages "a million digits…"
//	integers beyond 2^53                               TestHostileMessages "an integer beyond 2^53…"
//	duplicate keys, invalid UTF-8, lone surrogates,
//	trailing bytes, byte order mark, NaN, nothing      TestStrict, TestLaxity, TestHostileMessages "a mebibyte of…"
//	schemas that lead to themselves                    TestHostileSchemas "reference to itself", "allOf itself", "a to b to a"…
//	recursion without a type                           TestHostileMessages "recursion without a type…"
//	branches that double                               TestHostileMessages "branches that double…", TestTooCostly
//	9,900 levels of not                                TestHostileSchemas
//	patterns that other engines refuse                 TestHostileSchemas "look-ahead"… "a large repeat", TestPatterns
//	patterns that go back for ever                     TestHostileMessages "backtracking pattern…", TestSpentPattern
//	unknown types, misspelt keywords                   TestHostileSchemas "unknown type", "slip"
//	references to servers and files                    TestHostileReferences
//	huge bounds                                        TestHostileSchemas "huge bounds", "a huge repeat"

func TestHostileMessages(t *testing.T) {
	million := 1_000_000
	if underRace {
		million /= 20
	}
	digits := strings.Repeat("123456789", million/8)
	tree := `{"properties":{"a":{"$ref":"#"},"leaf":{"type":"integer"}}}`
	doubling := `{"anyOf":[{"properties":{"a":{"$ref":"#"}},"required":["never"]},{"properties":{"a":{"$ref":"#"}},"additionalProperties":{"type":"integer"}}]}`
	tests := []struct {
		name, schema, data string
		valid              bool
	}{
		{"100,000 arrays", `{}`, strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), false},
		{"9,900 objects", tree, nested(9_900, "1"), true},
		{"9,900 objects with a wrong leaf", tree, nested(9_900, `"x"`), false},
		{"a million empty arrays", `{"items":{"type":"array"}}`, "[" + strings.Repeat("[],", million) + "[]]", true},
		{"exponent of a million", `{"maximum":1}`, `1e1000000`, false},
		{"exponent beyond big numbers, maximum", `{"maximum":1}`, `1e3000000`, false},
		{"exponent beyond big numbers, minimum", `{"minimum":1}`, `1e3000000`, true},
		{"tiny number, minimum", `{"minimum":0}`, `1e-9999999`, true},
		{"tiny number, exclusiveMaximum", `{"exclusiveMaximum":1e-9999998}`, `1e-9999999`, true},
		{"exponent beyond big numbers, multipleOf", `{"multipleOf":0.1}`, `1e3000000`, true},
		{"exponent beyond big numbers, multipleOf 3", `{"multipleOf":3}`, `1e3000000`, false},
		{"tiny number, multipleOf", `{"multipleOf":0.1}`, `1e-9999999`, false},
		{"exponent of a million digits", `{"minimum":1,"type":"integer"}`, `1e` + digits, true},
		{"1e400, const", `{"const":1e400}`, `10e399`, true},
		{"1e400, uniqueItems", `{"uniqueItems":true}`, `[1e400, 1e401, 2e400]`, true},
		{"equal exponents beyond telling apart", `{"uniqueItems":true}`, `[1e99999999999999999999, 1e99999999999999999998]`, false},
		{"a million digits, maximum", `{"maximum":1e1000}`, digits, false},
		{"a million digits, minimum", `{"minimum":1e1000}`, digits, true},
		{"a million digits, integer", `{"type":"integer"}`, digits + ".0", true},
		{"a million digits, multipleOf", `{"multipleOf":9}`, digits, true},
		{"a million digits, multipleOf a long number", `{"multipleOf":123456789012345678901234567891}`, digits, false},
		{"a million digits, const", `{"const":1}`, digits, false},
		{"a million digits, uniqueItems", `{"uniqueItems":true}`, "[" + digits + "," + digits + "0]", true},
		{"an integer beyond 2^53, const", `{"const":9007199254740993}`, `9007199254740992`, false},
		{"an integer beyond 2^53, maximum", `{"maximum":9007199254740992}`, `9007199254740993`, false},
		{"integers beyond 2^53, uniqueItems", `{"uniqueItems":true}`, `[9007199254740993,9007199254740992]`, true},
		{"recursion without a type, on an array", tree, `[]`, true},
		{"a mebibyte of one key", `{}`, "{" + strings.Repeat(`"a":1,`, million/6) + `"a":1}`, false},
		{"a mebibyte of invalid UTF-8", `{}`, `"` + strings.Repeat("\xff", million) + `"`, false},
		{"a mebibyte of lone surrogates", `{"pattern":"x"}`, `"` + strings.Repeat(`\ud800`, million/6) + `"`, false},
		{"a mebibyte behind the value", `{}`, `{}` + strings.Repeat("{", million), false},
		{"a mebibyte of white space", `{}`, strings.Repeat(" ", million) + "{}", true},
		{"a mebibyte of escapes", `{"minLength":1,"pattern":"^a*$"}`, `"` + strings.Repeat(`\u0061`, million/6) + `"`, true},
		{"many keys", `{"maxProperties":1000000}`, manyMembers(million / 5), true},
		{"many items to compare", `{"uniqueItems":true}`, "[" + distinctItems(million/5) + "]", true},
		{"equal objects in reverse order", `{"uniqueItems":true}`, reversedTwins(million / 50), false},
		{"branches that double at every level", doubling, nested(22, "1"), true},
		{"branches that double at many levels", doubling, nested(million/200, "1"), true},
		{"branches that double and fail", doubling, nested(million/200, `"x"`), false},
		{"backtracking pattern", `{"pattern":"^(a+)+$"}`, `"` + strings.Repeat("a", million/10) + `!"`, false},
		{"backtracking pattern, unanchored", `{"pattern":"(a*)*b|(a|aa)+$"}`, `"` + strings.Repeat("a", million/10) + `!"`, false},
		{"backtracking pattern that looks ahead", `{"pattern":"^(?=(a+)+$)"}`, `"` + strings.Repeat("a", million/10) + `!"`, false},
		{"backtracking pattern that refers back", `{"pattern":"(a*)*\\1b"}`, `"` + strings.Repeat("a", million/10) + `!"`, false},
		{"backtracking patterns on many texts", `{"items":{"pattern":"(a*)*\\1b"}}`, `[` + strings.Repeat(`"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",`, million/50) + `""]`, false},
		{"many patterns over many keys", manyPatterns(100), manyMembers(million / 200), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			within(t, func() {
				v, found := compileText("schema", []byte(test.schema), &validate.Options{MaxDepth: 10_000})
				if found.HasErrors() {
					t.Fatal(found)
				}
				if verdict := judge(t, v, []byte(test.data)); verdict.Valid() != test.valid {
					t.Errorf("want %v: %.300v", test.valid, verdict)
				}
			})
		})
	}
}

// nested is an object of that many levels, with a leaf in the last.
func nested(levels int, leaf string) string {
	return strings.Repeat(`{"a":`, levels) + `{"leaf":` + leaf + `}` + strings.Repeat("}", levels)
}

func manyMembers(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"key%08d":0`, i)
	}
	return "{" + b.String()[1:] + "}"
}

func distinctItems(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,{"a":%d,"b":[2]}`, i+2)
	}
	return b.String()[1:]
}

func reversedTwins(n int) string {
	forth, back := make([]string, n), make([]string, n)
	for i := range n {
		member := fmt.Sprintf(`"key%08d":0`, i)
		forth[i], back[n-1-i] = member, member
	}
	return "[{" + strings.Join(forth, ",") + "},{" + strings.Join(back, ",") + "}]"
}

func manyPatterns(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"(x|y)*%dz?$":{"type":"integer"}`, i)
	}
	return `{"patternProperties":{` + b.String()[1:] + `}}`
}

// TestTooCostly ends work that nothing else bounds: thousands of branches that
// all read a long array to its end.
func TestTooCostly(t *testing.T) {
	if underRace {
		t.Skip("takes a minute under the race detector")
	}
	var branches strings.Builder
	for i := range 5_000 {
		fmt.Fprintf(&branches, `,{"items":{"minimum":%d}}`, -i)
	}
	v := mustCompile(t, `{"anyOf":[`+branches.String()[1:]+`]}`)
	data := "[" + strings.Repeat("1,", 200_000) + "-9999]"
	within(t, func() {
		verdict := v.Validate([]byte(data))
		if len(verdict.Violations) != 1 || verdict.Violations[0].Keyword != "too-costly" {
			t.Errorf("got %v", verdict)
		}
	})
	if !judge(t, v, []byte("["+strings.Repeat("1,", 200_000)+"1]")).Valid() {
		t.Error("a text that one branch takes is not valid")
	}
}

func TestHostileSchemas(t *testing.T) {
	tests := []struct {
		name, schema string
		codes        string // of the findings, in order
	}{
		{"reference to itself", `{"$ref":"#"}`, "ref-cycle schema-not-usable"},
		{"allOf itself", `{"allOf":[{"$ref":"#"}]}`, "schema-endless"},
		{"a to b to a", `{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}}}`, "ref-cycle schema-not-usable"},
		{"round about", `{"anyOf":[{"not":{"if":true,"then":{"oneOf":[{"$ref":"#"}]}}}]}`, "schema-endless"},
		{"by a dependency", `{"dependencies":{"a":{"$ref":"#"}}}`, "schema-endless"},
		{"9,900 levels of not", strings.Repeat(`{"not":`, 9_900) + "{}" + strings.Repeat("}", 9_900), "too-deep"},
		{"900 levels of not", strings.Repeat(`{"not":`, 900) + "{}" + strings.Repeat("}", 900), ""},
		{"900 levels of allOf", strings.Repeat(`{"allOf":[`, 450) + "{}" + strings.Repeat("]}", 450), ""},
		{"look-ahead", `{"pattern":"^(?=a)"}`, ""},
		{"look-behind", `{"pattern":"(?<!a)b"}`, ""},
		{"reference back", `{"patternProperties":{"^(.)\\1$":true}}`, ""},
		{"a letter by its number", `{"pattern":"^\\u00e9\\cA$"}`, ""},
		{"a large repeat", `{"pattern":"^[ab]{1,1001}$"}`, ""},
		{"a huge repeat", `{"pattern":"^a{1,100000}$"}`, "schema-unsupported-pattern"},
		{"repeats in repeats", `{"pattern":"^((((a{9999}){9999}){9999}){9999}){9999}$"}`, "schema-unsupported-pattern"},
		{"a huge class", `{"pattern":"[` + strings.Repeat(`\\p{L}\\P{Lu}`, 10_000) + `]"}`, "schema-unsupported-pattern"},
		{"a million groups", `{"pattern":"` + strings.Repeat(`(`, 1_000_000) + `"}`, "schema-unsupported-pattern"},
		{"half a million repeats", `{"pattern":"` + strings.Repeat(`a?`, 500_000) + `"}`, "schema-unsupported-pattern"},
		{"no pattern", `{"pattern":"^(a"}`, "schema-invalid-pattern"},
		{"huge bounds", `{"maxLength":99999999999999999999999,"minItems":1e400,"maximum":1e4000,"minimum":-1e4000,"multipleOf":1e-4000}`, ""},
		{"many branches in many branches", branches(12), ""},
		{"900 levels of anyOf", strings.Repeat(`{"anyOf":[true,`, 450) + "{}" + strings.Repeat("]}", 450), ""},
		{"vague number", `{"maximum":1e99999999999999999999}`, "schema-number-too-long"},
		{"long divisor", `{"multipleOf":` + strings.Repeat("7", 5_000) + `}`, "schema-number-too-long"},
		{"unknown type", `{"type":"strng"}`, "schema-unknown-type"},
		{"slip", `{"requird":["a"]}`, "schema-unknown-keyword"},
		{"a chain of references", chainOfReferences(20_000), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			within(t, func() {
				v, found := compileText("schema", []byte(test.schema), nil)
				var codes []string
				for _, f := range found {
					codes = append(codes, string(f.Code))
				}
				if got := strings.Join(codes, " "); got != test.codes && !strings.HasPrefix(got, test.codes+" ") || test.codes == "" && got != "" {
					t.Errorf("want %q, got %q: %v", test.codes, got, found)
				}
				if v != nil {
					judge(t, v, []byte(`[{"a":1}]`))
				}
			})
		})
	}
}

// chainOfReferences is a schema whose definitions lead from one to the next
// through a property.
func chainOfReferences(n int) string {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/definitions/d0","definitions":{`)
	for i := range n {
		fmt.Fprintf(&b, `"d%d":{"properties":{"a":{"$ref":"#/definitions/d%d"}}},`, i, i+1)
	}
	fmt.Fprintf(&b, `"d%d":{}}}`, n)
	return b.String()
}

// branches is a schema whose branches refer to the same branches below them: two
// to that power on paper, and as many nodes as levels when compiled.
func branches(levels int) string {
	var b strings.Builder
	b.WriteString(`{"$ref":"#/definitions/d0","definitions":{`)
	for i := range levels {
		next := fmt.Sprintf(`{"$ref":"#/definitions/d%d"}`, i+1)
		fmt.Fprintf(&b, `"d%d":{"anyOf":[{"not":%s},{"oneOf":[%s,{"allOf":[%s,%s]}]}]},`, i, next, next, next, next)
	}
	fmt.Fprintf(&b, `"d%d":{"type":"integer"}}}`, levels)
	return b.String()
}

// TestHostileReferences reaches no server and no file outside, whatever a schema
// refers to, and says so without waiting.
func TestHostileReferences(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		http.Redirect(w, r, "/elsewhere", http.StatusFound)
	}))
	defer server.Close()
	dir := t.TempDir()
	secret := filepath.Join(t.TempDir(), "secret.json")
	if err := os.WriteFile(secret, []byte(`{"type":"string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	loader, err := resolve.NewFiles(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a server":                      `{"$ref":"` + server.URL + `/a.json"}`,
		"a server within a branch":      `{"anyOf":[true,{"$ref":"` + server.URL + `/a.json#/b"}]}`,
		"relative to a server":          `{"$id":"` + server.URL + `/b/","properties":{"x":{"$ref":"c.json"}}}`,
		"a file by its URI":             `{"$ref":"file://` + secret + `"}`,
		"a file by its path":            `{"items":{"$ref":"` + secret + `"}}`,
		"a file above":                  `{"items":{"$ref":"../../../../../../../etc/passwd"}}`,
		"a meta-schema of somebody":     `{"$schema":"` + server.URL + `/schema","type":"object"}`,
		"a reference by another scheme": `{"$ref":"gopher://localhost/x"}`,
	} {
		within(t, func() {
			v, found := compileAs(schema.AsyncAPI, loader, filepath.Join(dir, "schema.json"), []byte(text), nil)
			if len(found) == 0 {
				t.Errorf("%s: nothing is found", name)
			}
			if v != nil && name != "a meta-schema of somebody" {
				t.Errorf("%s: compiles: %v", name, found)
			}
		})
	}
	if asked > 0 {
		t.Errorf("%d requests", asked)
	}
}
