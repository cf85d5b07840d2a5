package codec

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
)

// TestOnePassPlanning: plans for schemas that are put together in ever new ways, or that lead to
// the next in several ways at each level, take no more than so much memory, and so much work.
func TestOnePassPlanning(t *testing.T) {
	const most = 128 << 20
	cycles, maps, hedges, branches := "", "", "", ""
	for i := range 14 {
		cycles += fmt.Sprintf(`"d%d": {"type":"object","properties":{"p":{"allOf":[{"$ref":"d%d"},{"$ref":"d%d"}]},"s":{"type":"string","minLength":%d},"g":{"oneOf":[{"$ref":"d%d"},{"$ref":"d%d"}]}}},`+"\n",
			i, (i+1)%14, (2*i+1)%14, i%2, (i+3)%14, (i+2)%14)
	}
	for i := range 8 {
		next := fmt.Sprintf(`{"$ref":"m%d"}`, i+1)
		maps += fmt.Sprintf(`"m%d": {"patternProperties":{"^a":%s,"^b":%s,"^c":%s,"^d":%s,"^e":%s},"additionalProperties":%s},`+"\n", i, next, next, next, next, next, next)
	}
	for i := range 14 {
		hedges += fmt.Sprintf(`"h%d": {"type":"object","patternProperties":{"^a":{"$ref":"h%d"},"b$":{"$ref":"h%d"}},"additionalProperties":{"allOf":[{"$ref":"h%d"},{"$ref":"h%d"}]},"maxProperties":%d},`+"\n",
			i, (i+1)%14, (2*i+1)%14, (i+3)%14, (i+2)%14, i+1)
	}
	for i := range 400 {
		branches += fmt.Sprintf(`{"required":["x%d"]},`, i)
	}
	rules := check.ReadRules("{\n" + cycles + maps + hedges + `"m8": {"type":"integer"},` + "\n" + `"many": {"oneOf":[` + branches + `{"type":"string"}]}` + "\n}")
	pick := "1"
	for i := range 400 {
		pick = fmt.Sprintf(`{"present":"x%d","then":0,"else":%s}`, i, pick)
	}
	tablesNow = newTables(randomPicks[2], &rules)
	many := newTables(`{"kinds":{"object":`+pick+`,"string":2}}`, &rules)
	deep := &Single{Of: (*map[string]map[string]map[string]map[string]map[string]map[string]map[string]map[string]int64)(nil), Text: "int64" + strings.Repeat(" map", 8)}
	for name, table := range map[string]planned{"d0": tablesNow.tree, "m0": deep, "h0": &hedgeTable, "many": many.oneOfAll} {
		by := rules.Of(name)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		plan := table.plan(by)
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; plan == nil || took > most {
			t.Errorf("%s: there is a plan: %v, which took %d MB", name, plan != nil, took>>20)
		}
	}
	root := randomRoots()[0]
	for _, text := range []string{`{"p":{"p":{"s":"a","p":{"p":{"s":"b"}}}}}`, `{"p":{"p":{"p":{"p":{"p":{"s":""}}}}}}`, `{"g":{"s":1}}`} {
		if _, _, fault := root.agree([]byte(text), rules.Of("d0"), root.table.plan(rules.Of("d0"))); fault != "" {
			t.Error(fault)
		}
	}
}
