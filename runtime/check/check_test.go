package check

import (
	"fmt"
	"strings"
	"sync"
	"testing"
)

func Example() {
	rules := NewRules(Set{
		{Name: "Order", Schema: Schema{
			Object,
			Required{"id"},
			Properties{
				{Name: "id", Schema: Schema{String, MinLength(1)}},
				{Name: "lines", Schema: Schema{Array, Items{Ref("Line")}}},
			},
		}},
		{Name: "Line", Schema: Schema{Object, Properties{{Name: "quantity", Schema: Schema{Integer, Minimum("1")}}}}},
	})
	order := rules.Of("Order")
	fmt.Println(order.Valid([]byte(`{"id":"o-1","lines":[{"quantity":2}]}`)))
	fmt.Println(order.Check([]byte(`{"id":"","lines":[{"quantity":0}]}`)))
	fmt.Println(rules.Check([]byte(`{"quantity":0}`), "Line"))
	// Output:
	// true
	// /id: must have at least 1 character, has 0: ""; /lines/0/quantity: must be at least 1, is 0
	// /quantity: must be at least 1, is 0
}

func ExampleError() {
	rules := NewRules(Set{{Name: "Kind", Schema: Schema{Enum{`"a"`, `"b"`}}}})
	if err, ok := rules.Of("Kind").Check([]byte(`"c"`)).(*Error); ok {
		for _, v := range err.Violations {
			fmt.Printf("%q %d %s %s: %s\n", v.Pointer, v.Offset, v.Schema, v.Keyword, v.Message)
		}
	}
	// Output: "" 0 Kind enum: must be one of "a", "b", is "c"
}

// What several schemas of an allOf say in the same words is one fault, and what
// they say in others is another.
func TestAllOfSaysOnce(t *testing.T) {
	rules := NewRules(Set{
		{Name: "Both", Schema: Schema{AllOf{{Ref("Short")}, {Ref("Named")}}}},
		{Name: "Short", Schema: Schema{String, MaxLength(2)}},
		{Name: "Named", Schema: Schema{String, MaxLength(3)}},
	})
	for text, want := range map[string]string{
		`null`:   `must be a string, is null`,
		`"long"`: `must have at most 2 characters, has 4: "long"; must have at most 3 characters, has 4: "long"`,
	} {
		err, ok := rules.Of("Both").Check([]byte(text)).(*Error)
		if !ok || err.Error() != want || err.Violations[0].Schema != "Short" {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}

// TestProblems names what keeps a set from being used, and where.
func TestProblems(t *testing.T) {
	for want, s := range map[string]Schema{
		`schema "S": pattern (a is not a regular expression of ECMA-262: `: {Pattern("(a")},
		`schema "S": patternProperties [ is not a regular`:                 {PatternProperties{{"[", nil}}},
		`schema "S": minimum x is not the JSON text`:                       {Minimum("x")},
		`schema "S": minimum 1e99999999999999999 has an exponent`:          {Minimum("1e99999999999999999")},
		`schema "S": multipleOf -1 is not the JSON text`:                   {MultipleOf("-1")},
		`schema "S": multipleOf 0 is not the JSON text`:                    {MultipleOf("0")},
		`schema "S": enum {"a" is not the JSON text`:                       {Enum{`1`, `{"a"`}},
		`schema "S": const is not the JSON text`:                           {Const("")},
		`schema "S": format uiid is no format`:                             {Format("uiid")},
		`schema "S": format idn-email is no format`:                        {Format("idn-email")},
		`schema "S": $ref T is the name of no schema`:                      {Items{Ref("T")}},
		`schema "S": S leads back to itself`:                               {AllOf{{Ref("S")}, {}}},
		`schema "": $ref T is the name of no schema`:                       {Ref("T")},
	} {
		r := NewRules(Set{{"S", s}})
		if found := r.Problems(); len(found) != 1 || !strings.HasPrefix(found[0].Error(), want) {
			t.Errorf("got %v, want %s", found, want)
		}
		refused(t, r, "S")
	}
	if found := NewRules(Set{{"S", nil}, {"S", nil}}).Problems(); len(found) != 1 || found[0].Kind != EqualNames {
		t.Errorf("equal names: %v", found)
	}
	if found := NewRules(Set{{"A", Schema{Ref("B")}}, {"B", Schema{Ref("A")}}}).Problems(); len(found) == 0 || found[0].Kind != Endless {
		t.Errorf("references in a circle: %v", found)
	}
	refused(t, NewRules(Set{{"S", nil}}), "T")
}

// refused holds rules to a panic.
func refused(t *testing.T, r *Rules, name string) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("no panic for %s", name)
		}
	}()
	r.Of(name)
}

// TestAny takes JSON, strictly, and nothing else.
func TestAny(t *testing.T) {
	for text, want := range map[string]bool{
		`{"a":[1,null,"\u00e9"]}`: true, ` 1e400 `: true, ``: false, `{"a":1,"a":1}`: false, "\"\xff\"": false, `[1,]`: false,
		`{"a":1,"\u0061":1}`: false, `{"\u0061":1,"a":1}`: false, `{"a":1,"b":1}`: true,
	} {
		if got := Any().Valid([]byte(text)); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestManyKeys finds a key that stands twice among many unknown ones, written in
// either way.
func TestManyKeys(t *testing.T) {
	var b strings.Builder
	for i := range 100 {
		fmt.Fprintf(&b, `"key%d":%d,`, i, i)
	}
	for last, want := range map[string]bool{`"other"`: true, `"key7"`: false, `"\u006bey99"`: false, `"\u006bey"`: true} {
		if got := Any().Valid([]byte("{" + b.String() + last + ":1}")); got != want {
			t.Errorf("%s: %v", last, got)
		}
	}
}

// TestConcurrentUse compiles and judges from many goroutines.
func TestConcurrentUse(t *testing.T) {
	rules := NewRules(Set{{"S", Schema{Items{Format("uuid")}}}})
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			v := rules.Of("S")
			for range 100 {
				if !v.Valid([]byte(`["f81d4fae-7dec-11d0-a765-00a0c91e6bf6"]`)) || v.Check([]byte(`["x"]`)) == nil || v != rules.Of("S") {
					t.Error("a wrong verdict")
				}
			}
		})
	}
	group.Wait()
}
