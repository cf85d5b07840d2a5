package validate_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
)

// TestNoAllocation holds the valid path of ordinary schemas to no allocation.
func TestNoAllocation(t *testing.T) {
	if underRace {
		t.Skip("under the race detector idle walkers are dropped at random")
	}
	for _, name := range benchPayloads {
		data, v := benchFile(t, name+".json"), benchValidator(t, name)
		if !v.Valid(data) {
			t.Fatal(v.Validate(data))
		}
		if n := testing.AllocsPerRun(200, func() { v.Valid(data) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
		if n := testing.AllocsPerRun(200, func() { v.Validate(data) }); n != 0 {
			t.Errorf("%s: %v allocations for the verdict", name, n)
		}
	}
}

// TestTruncated judges every beginning of a text, and every text with one byte
// taken out, by both tiers.
func TestTruncated(t *testing.T) {
	for _, name := range []string{"flat", "order"} {
		data, v := benchFile(t, name+".json"), benchValidator(t, name)
		data = bytes.TrimSpace(data)
		for i := range data {
			verdict := judge(t, v, data[:i:i])
			if len(verdict.Violations) != 1 || verdict.Violations[0].Keyword != "json" {
				t.Fatalf("%s: %v", data[:i], verdict)
			}
			judge(t, v, append(data[:i:i], data[i+1:]...))
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	v := benchValidator(t, "order")
	good := benchFile(t, "order.json")
	bad := bytes.Replace(good, []byte(`"currency":"EUR"`), []byte(`"currency":"eur"`), 1)
	want := fmt.Sprint(v.Validate(bad))
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 200 {
				if !v.Valid(good) {
					t.Error("a valid text is refused")
				}
				if got := fmt.Sprint(v.Validate(bad)); got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	group.Wait()
}

func TestCompileNothing(t *testing.T) {
	v, found := validate.Compile(nil, nil)
	if len(found) > 0 || !v.Valid([]byte(`[1]`)) || v.Valid([]byte(`[1`)) {
		t.Error("no schema must take every JSON text")
	}
	yes, no := true, false
	for _, b := range []*bool{&yes, &no} {
		v, _ := validate.Compile(&schema.Schema{Bool: b}, nil)
		if v.Valid([]byte(`1`)) != *b {
			t.Errorf("the schema %v", *b)
		}
	}
}

// TestBroken refuses to judge by a schema whose reference is broken, since it
// would take everything.
func TestBroken(t *testing.T) {
	v, found := compileText("schema", []byte(`{"properties":{"a":{"$ref":"#/nowhere"}}}`), nil)
	if v != nil || !found.HasErrors() || found[len(found)-1].Code != "schema-not-usable" {
		t.Errorf("got %v, %v", v, found)
	}
}

// TestPlaces points each violation at the keyword in the document, by line.
func TestPlaces(t *testing.T) {
	const text = "type: object\nproperties:\n  a:\n    $ref: '#/definitions/A'\ndefinitions:\n  A:\n    type: integer\n    maximum: 5\n"
	verdict := judge(t, mustCompile(t, text), []byte(`{"a": 7}`))
	if len(verdict.Violations) != 1 {
		t.Fatal(verdict)
	}
	v := verdict.Violations[0]
	if got := fmt.Sprintf("%s %s@%d %s: %s", v.At, v.Pointer, v.Offset, v.Keyword, v.Message); got != "schema:8:5 /a@6 maximum: must be at most 5, is 7" {
		t.Error(got)
	}
}

func ExampleValidator_Validate() {
	// A document's schemas come from a schema.Reader.
	s := &schema.Schema{Types: schema.Types(schema.TypeInteger), Minimum: &schema.Literal{Text: "0"}}
	v, _ := validate.Compile(s, nil)
	for _, text := range []string{"7", "-5", `"7"`, "[7"} {
		var said []string
		for _, broken := range v.Validate([]byte(text)).Violations {
			said = append(said, broken.Message)
		}
		fmt.Printf("%s is %v: %q\n", text, v.Valid([]byte(text)), said)
	}
	// Output:
	// 7 is true: []
	// -5 is false: ["must be at least 0, is -5"]
	// "7" is false: ["must be an integer, is a string"]
	// [7 is false: ["the text ends within an array or object"]
}
