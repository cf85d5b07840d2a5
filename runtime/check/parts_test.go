package check

import (
	"fmt"
	"strings"
	"testing"
)

// treeRules are alternatives that look alike to the very leaf.
func treeRules() *Rules {
	branch := func(name string, t Types) Schema {
		return Schema{Object, Required{"in"}, Properties{{Name: "in", Schema: Schema{Ref("Tree")}}, {Name: name, Schema: Schema{t}}}}
	}
	return NewRules(Set{
		{Name: "Tree", Schema: Schema{AnyOf{{Ref("X")}, {Ref("Y")}, {Ref("Leaf")}}}},
		{Name: "X", Schema: branch("x", String)},
		{Name: "Y", Schema: branch("y", Integer)},
		{Name: "Leaf", Schema: Schema{Object, Required{"leaf"}}},
	})
}

// treeText is a value that is an X nowhere but at its root's very end.
func treeText(depth int) string {
	return strings.Repeat(`{"in":`, depth) + `{"leaf":1}` + strings.Repeat(`,"x":1}`, depth)
}

// A part is judged as it would be by itself.
func TestPartsAreJudgedAsByThemselves(t *testing.T) {
	rules := treeRules()
	for _, text := range []string{treeText(0), treeText(3), treeText(40), `{"in":{"leaf":1},"x":""}`, `{"in":3}`, `[]`, `"a"`} {
		var p Parts
		data := []byte(" " + text)
		for _, name := range []string{"Tree", "X", "Y", "Leaf", "X"} {
			v := rules.Of(name)
			got, spent := p.Valid(v, append(data, "]"...), 0)
			if want := v.Valid(data); got != want || spent {
				t.Errorf("%s of %.40s: got %v (spent: %v), want %v", name, text, got, spent, want)
			}
		}
		p.End()
	}
}

// Reading asks at each level which alternative there is. All answers together take
// work in line with the size of the text.
func TestPartsTakeLinearWork(t *testing.T) {
	rules := treeRules()
	work := func(depth int) int {
		var p Parts
		data := []byte(treeText(depth))
		for level := range depth {
			for _, name := range []string{"X", "Y"} {
				if _, spent := p.Valid(rules.Of(name), data, level*len(`{"in":`)); spent {
					t.Fatalf("the work for %d levels has been used up", depth)
				}
			}
		}
		return p.walkers[0].full - p.walkers[0].fuel
	}
	small, large := work(100)-memoAfter, work(400)-memoAfter
	if large > 8*small {
		t.Errorf("400 levels take %d, 100 levels %d", large, small)
	}
	t.Log(small, large)
}

// What takes too much is told, and not taken for a verdict.
func TestPartsGiveUp(t *testing.T) {
	rules := treeRules()
	var p Parts
	v, data := rules.Of("Tree"), []byte(treeText(10))
	p.walker(v, data).fuel = 3
	if valid, spent := p.Valid(v, data, 0); valid || !spent {
		t.Errorf("got %v, spent: %v", valid, spent)
	}
}

func ExampleParts() {
	rules := NewRules(Set{{Name: "Even", Schema: Schema{Integer, MultipleOf("2")}}})
	data := []byte(`[4, 5]`)
	var p Parts
	defer p.End()
	for _, pos := range []int{1, 4} {
		valid, _ := p.Valid(rules.Of("Even"), data, pos)
		fmt.Println(valid)
	}
	// Output:
	// true
	// false
}
