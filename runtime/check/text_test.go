package check

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
)

// schemas has schemas that refer to others, in a line and in a circle, and one that
// cannot be read.
const schemas = `{
"Order": {
	"type": "object",
	"required": ["id"],
	"properties": {
		"id": {"type": ["string", "null"], "minLength": 2},
		"parent": {"$ref": "Order"},
		"by": {"$ref": "Per\u0073on"}
	}
},
"Person": {"enum": ["\u0060", "\\u0060", "\ud800 \ud83d\ude00 \u0022", 1.50e1]},
"Broken": {"properties": {"a": {"typ": "string"}}},
"To": {"$ref": "Broken"},
"Never": false
}`

func ExampleReadRules() {
	rules := ReadRules(schemas)
	fmt.Println(rules.Check([]byte(`{"id": "a", "by": 15}`), "Order"))
	// Output: /id: must have at least 2 characters, has 1: "a"
}

func TestReadSet(t *testing.T) {
	text := strings.Replace(schemas, `"typ": "string"`, "", 1)
	got, err := ReadSet(text)
	if err != nil {
		t.Fatal(err)
	}
	want := Set{
		{"Order", Schema{Object, Required{"id"}, Properties{
			{"id", Schema{String | Null, MinLength(2)}}, {"parent", Schema{Ref("Order")}}, {"by", Schema{Ref("Person")}},
		}}},
		{"Person", Schema{Enum{"\"`\"", `"\\u0060"`, `"\ud800 😀 \u0022"`, `1.50e1`}}},
		{"Broken", Schema{Properties{{"a", Schema{}}}}},
		{"To", Schema{Ref("Broken")}},
		{"Never", Schema{Never{}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%#v\nwant\n%#v", got, want)
	}
	if none, err := ReadSet("{}"); err != nil || len(none) != 0 {
		t.Errorf("of nothing: %v, %v", none, err)
	}
}

// TestUnreadable tells what is wrong with a text, and where.
func TestUnreadable(t *testing.T) {
	for text, want := range map[string]string{
		"":                                                           `the text is no object with a schema to a line`,
		`{"S": true}`:                                                `the text is no object with a schema to a line`,
		"{\n\"S\": true,\n}":                                         `schema "S": true, cannot be read: it is not JSON`,
		"{\nS: true\n}":                                              `the line is no name with a schema`,
		"{\n\"S\" : true\n}":                                         `the line is no name with a schema`,
		"{\n\"S\": true\n\"T\": true\n}":                             `the line is no name with a schema`,
		"{\n\"S\": {\"typ\": \"string\"}\n}":                         `schema "S": "typ": "string"} cannot be read: there is no such keyword`,
		"{\n\"S\": {\"items\": {\"a\": 1}}\n}":                       `"a": 1}} cannot be read: there is no such keyword`,
		"{\n\"S\": {\"\\u0074ype\":[\"a\"]}\n}":                      `there is no such type`,
		"{\n\"S\": {\"type\": 1}\n}":                                 `it is not an array`,
		"{\n\"S\": [\"type\"]\n}":                                    `["type"] cannot be read: it is not a schema`,
		"{\n\"S\": {\"minLength\": 1.5}\n}":                          `it is not a count`,
		"{\n\"S\": {\"minLength\": \"1\"}\n}":                        `it is not a number`,
		"{\n\"S\": {\"minimum\": \"1\"}\n}":                          `it is not a number`,
		"{\n\"S\": {\"pattern\": []}\n}":                             `it is not a string`,
		"{\n\"S\": {\"required\": [1]}\n}":                           `it is not a string`,
		"{\n\"S\": {\"properties\": []}\n}":                          `it is not an object`,
		"{\n\"S\": {\"never\": false}\n}":                            `it is not true`,
		"{\n\"S\": {\"then\": true}\n}":                              `it stands without an if`,
		"{\n\"S\": {\"if\": true, \"not\": true, \"else\": true}\n}": `it stands without an if`,
		"{\n\"S\": {\"not\": true, \"not\": true}\n}":                `the keyword stands there twice`,
		"{\n\"S\": {\"discriminator\": {\"name\": 1}}\n}":            `a discriminator has no such keyword`,
		"{\n\"S\": {\"not\": {}\n}":                                  `it is not JSON`,
		"{\n\"S\": true,\n\"S\": true\n}":                            `S is the name of two schemas`,
		"{\n\"S\": {\"$ref\": \"T\"}\n}":                             `$ref T is the name of no schema`,
		"{\n\"S\": {\"pattern\": \"(\"}\n}":                          `is not a regular expression`,
	} {
		found := ReadRules(text).Problems()
		if len(found) != 1 || !strings.Contains(found[0].Error(), want) {
			t.Errorf("%s\ngot %v, want %s", text, found, want)
		}
		refused(t, ReadRules(text), "S")
	}
}

// TestLazy: a schema is read with those that it needs, whatever is wrong with others.
func TestLazy(t *testing.T) {
	rules := ReadRules(schemas)
	order := rules.Of("Order")
	for name, made := range map[string]bool{"Order": true, "Person": true, "Broken": false, "To": false, "Never": false} {
		if got := rules.judges[rules.numbers[name]].Load() != nil; got != made {
			t.Errorf("%s has a validator: %v", name, got)
		}
	}
	refused(t, rules, "To")
	refused(t, rules, "Nobody")
	if rules.Of("Never").Valid([]byte(`1`)) || !rules.Of("Person").Valid([]byte("\"`\"")) || rules.Of("Order") != order {
		t.Error("the others are not as they were")
	}
	if found := rules.Problems(); len(found) != 1 || found[0].Kind != Unreadable || found[0].Schema != "Broken" {
		t.Errorf("problems are %v", found)
	}
}

// TestBrokenOthers: a schema can be used whatever is wrong with others, also when all of
// them were looked at, and while they are.
func TestBrokenOthers(t *testing.T) {
	rules := ReadRules(schemas)
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			if found := rules.Problems(); len(found) != 1 {
				t.Errorf("problems are %v", found)
			}
		})
		wait.Go(func() { refused(t, rules, "Nobody") })
	}
	wait.Wait()
	if rules.Of("Never").Valid([]byte(`1`)) {
		t.Error("the sound schema is not as it was")
	}
	var b strings.Builder
	for i := range 20 { // each needs all behind it
		fmt.Fprintf(&b, "\"S%d\": {\"anyOf\": [{\"type\": \"null\"}, {\"$ref\": \"S%d\"}]},\n", i, min(i+1, 18))
	}
	text := strings.Replace(b.String(), `{"$ref": "S18"}`, `{"type": "string"}`, -1)
	for _, broken := range []string{`{"typ": 1}`, `{"pattern": "("}`} {
		rules = ReadRules("{\n" + text + "\"Broken\": " + broken + "\n}")
		for i := 19; i >= 0; i-- {
			if name := fmt.Sprint("S", i); !rules.Of(name).Valid([]byte(`""`)) || rules.Of(name).Valid([]byte(`1`)) {
				t.Errorf("%s is not as it should be", name)
			}
		}
		refused(t, rules, "Broken")
	}
}

// TestLazyWork: schemas that all need the same others are compiled no more than a few
// times as often as there are any, by many goroutines at once, and say the same as a
// set.
func TestLazyWork(t *testing.T) {
	const many = 300
	var b strings.Builder
	for i := range many {
		fmt.Fprintf(&b, ",\n\"S%d\": {\"maximum\": %d, \"anyOf\": [{\"$ref\": \"S%d\"}, {\"type\": \"number\"}]}", i, i, min(i+1, many-1))
	}
	text := "{" + strings.Replace(b.String()[1:], `{"$ref": "S299"}`, `{"type": "null"}`, -1) + "\n}"
	set, err := ReadSet(text)
	if err != nil {
		t.Fatal(err)
	}
	lazy, all := ReadRules(text), NewRules(set)
	var wait sync.WaitGroup
	for from := range 4 {
		wait.Go(func() {
			for i := many - 1; i >= 0; i-- {
				name := fmt.Sprintf("S%d", (i+from*7)%many)
				if got, want := lazy.Check([]byte("150"), name), all.Check([]byte("150"), name); fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("%s: got %v, want %v", name, got, want)
				}
			}
		})
	}
	wait.Wait()
	if lazy.compiled > 3*many {
		t.Errorf("%d schemas were compiled %d times", many, lazy.compiled)
	}
}

// FuzzReadRules: no text has reading panic, and what is read is judged by.
func FuzzReadRules(f *testing.F) {
	f.Add(schemas)
	for _, text := range []string{`{"if": true, "then": {}, "dependencies": {"a": [], "b": true}}`, `{"fits": ["int8"], "type": [], "enum": [{"a": "\u0000"}]}`, `[`, `{"discriminator": {"mapping": {"": 9}}}`} {
		f.Add("{\n\"S\": " + text + "\n}")
	}
	f.Fuzz(func(t *testing.T, text string) {
		set, err := ReadSet(text)
		if problems := ReadRules(text).Problems(); err != nil && len(problems) == 0 {
			t.Fatalf("%v, and no problems", err)
		} else if err == nil && len(problems) == 0 {
			for _, n := range set {
				ReadRules(text).Of(n.Name).Valid([]byte(`{"a": [1]}`))
			}
		}
	})
}
