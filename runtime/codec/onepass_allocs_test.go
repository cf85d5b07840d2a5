package codec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestOnePassAllocates: what is judged and read in one pass takes memory for what it holds
// alone, a list and what a pointer points to, and lies itself where it did.
func TestOnePassAllocates(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, and pools forget")
	}
	by := check.ReadRules(`{
"leaf": {"type": "object", "required": ["id"], "properties": {
	"id": {"type": "string"}, "next": {"$ref": "leaf"}, "all": {"type": "array", "items": {"$ref": "leaf"}}
}}
}`).Of("leaf")
	text := []byte(`{"id":"x","next":{"id":""},"all":[{"id":""},{"id":""},{"id":""},{"id":""}]}`)
	read := func() {
		var v leaf
		r := codec.BeginBy(text, by)
		v.CodeJSON(r.JSON())
		if must(r.End()); len(v.All) != 4 || v.Next == nil {
			panic("it was not read")
		}
	}
	if read(); !by.Reads(nil) {
		t.Fatal("there is no plan")
	}
	if n := testing.AllocsPerRun(1000, read); n > 2.5 { // strings share memory
		t.Errorf("reading takes %v allocations, want 2", n)
	}
	used := &leaf{ID: "used"}
	again := func() { must(codec.Unmarshal(text, by, used)) }
	if n := testing.AllocsPerRun(1000, again); n > 2.5 {
		t.Errorf("reading into what was used takes %v allocations, want 2", n)
	}
}

// TestOnePassMapsAllocate: what types made of others take is no more in one pass than in two.
func TestOnePassMapsAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates, and pools forget")
	}
	rules := kindCases()["struct"].allRules()
	texts := map[string]string{
		"map":      `{"one":{"id":"x"},"two":{"id":"y"},"three":{"id":"z"}}`,
		"list map": `{"one":[{"id":"x"}],"two":[{"id":"y"},{"id":"z"}]}`,
		"map list": `[{"one":{"id":"x"},"two":{"id":"y"}}]`,
		"null map": `{"one":null,"two":{"id":"y"},"three":null}`,
	}
	for _, a := range kindCases()["struct"].alone {
		if text := texts[a.schema]; text != "" {
			by, data := rules.Of(a.schema), []byte(text)
			read := func(by *check.Validator) float64 {
				return testing.AllocsPerRun(200, func() {
					_, p := a.value()
					must(a.read(data, by, p, true))
				})
			}
			_, first := a.value()
			must(a.read(data, by, first, true)) // binds the two
			if one, two := read(by), read(nil); one > two {
				t.Errorf("%s: %v allocations in one pass, %v in two", text, one, two)
			}
		}
	}
}
