package avro_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	hamba "github.com/hamba/avro/v2"
)

// accepted tells whether another implementation takes a schema.
func accepted(text string) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	_, err := hamba.ParseBytesWithCache([]byte(text), "", &hamba.SchemaCache{})
	return err == nil
}

// disagreements are the cases of the corpus that hamba/avro judges otherwise, and
// why it is not followed.
var disagreements = map[string]string{
	"type-null-unquoted":    `it takes JSON's null for the type "null"`,
	"type-array":            `it takes a union as a "type" and says itself that the standard does not`,
	"union-repeats-logical": "it tells branches apart by their logical types; Unions: no two schemas of the same type",
	"name-primitive":        "it lets primitive types be defined anew; Names: they may not be defined in any namespace",
	"fixed-size-fraction":   "it cuts the fraction off",
	"default-int-range":     "it takes any number for an int",
	"default-int-fraction":  "it takes any number for a long",
	"default-fixed-size":    "it takes a text of any length for a fixed type",
	"key-twice":             "its JSON parser lets the last key win",
	"doc-number":            "nothing depends on the text for people, so it is a warning",
	"null-namespace":        "the Java implementation looks outside of the namespace, so it is a warning",
	"default-any-branch":    "it holds defaults to the first branch, as was the rule until 1.11",
}

// TestSecondOpinion compares verdicts on the corpus with those of hamba/avro.
func TestSecondOpinion(t *testing.T) {
	left := maps.Clone(disagreements)
	for _, file := range []string{"testdata/valid.txtar", "testdata/invalid.txtar"} {
		for _, c := range cases(t, file) {
			_, found := read(c.Name, string(c.Data), "", "1.12.0", nil)
			_, listed := disagreements[c.Name]
			if disagree := accepted(string(c.Data)) == found.HasErrors(); disagree != listed {
				t.Errorf("%s: disagreement %t, listed %t: %v", c.Name, disagree, listed, found)
			}
			delete(left, c.Name)
		}
	}
	if len(left) > 0 {
		t.Errorf("there are no such cases: %v", left)
	}
}

// excuses are why hamba/avro takes what has such a finding.
var excuses = map[string]string{
	`is null [avro-invalid-value]`:              "null is taken for absent, or for the type",
	`the "type" of a schema must be a name`:     "a union under type is taken",
	`a second branch of type`:                   "branches are told apart by logical types",
	`is a primitive type and cannot be defined`: "primitive types may be defined anew",
	`must be a number of bytes`:                 "the fraction of a size is cut off",
	`must be an integer of`:                     "any number is an int or a long",
	` bytes, has `:                              "a text of any length is a fixed value",
	`is none of the values of "order"`:          "an empty order counts as none",
	`is not a name: a part of it is empty`:      "an empty name part is taken",
	`default "" is none of the symbols`:         "an empty default counts as none",
	`a default of type "`:                       "numbers count as each other's",
	`the default fits no branch of the union`:   "numbers count as each other's",
	`"default"`: "a default that is not text counts as none",
}

// TestSecondOpinionOnMutants does so with schemas that were changed at random.
func TestSecondOpinionOnMutants(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	verdicts := map[bool]int{}
	for _, c := range cases(t, "testdata/valid.txtar") {
		for range 150 {
			var schema any
			if err := json.Unmarshal(c.Data, &schema); err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(mutate(random, schema))
			if err != nil {
				t.Fatal(err)
			}
			_, found := read("f", string(text), "", "1.11.0", nil)
			verdicts[found.HasErrors()]++
			if accepted(string(text)) == found.HasErrors() && !excused(found) {
				t.Errorf("we accept %t: %s\n%v", !found.HasErrors(), text, found)
			}
		}
	}
	if verdicts[true] < 1000 || verdicts[false] < 1000 {
		t.Errorf("verdicts %v: the changes say too little", verdicts)
	}
}

// excused tells whether a disagreement is one that is known.
func excused(found diag.List) bool {
	for _, d := range found {
		if d.Severity < diag.Error {
			return true // what we warn of, others may refuse
		}
		for part := range excuses {
			if strings.Contains(d.String(), part) {
				return true
			}
		}
	}
	return false
}

// mutate changes one thing in a JSON value.
func mutate(r *rand.Rand, v any) any {
	pool := []any{nil, true, 1.0, -3.0, 1.5, "", "int", "string", "Order", "x-y", "1a", []any{}, []any{"null", "int"}, map[string]any{}, map[string]any{"type": "bytes"}}
	if r.IntN(6) == 0 {
		return pool[r.IntN(len(pool))]
	}
	switch v := v.(type) {
	case []any:
		if len(v) == 0 {
			return append(v, pool[r.IntN(len(pool))])
		}
		i := r.IntN(len(v))
		switch r.IntN(5) {
		case 0:
			return append(v, v[i])
		case 1:
			return slices.Delete(v, i, i+1)
		}
		v[i] = mutate(r, v[i])
		return v
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 {
			return map[string]any{"type": "int"}
		}
		key := keys[r.IntN(len(keys))]
		switch r.IntN(8) {
		case 0:
			delete(v, key)
		default:
			v[key] = mutate(r, v[key])
		}
		return v
	}
	return pool[r.IntN(len(pool))]
}
