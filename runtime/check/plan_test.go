package check

import (
	"fmt"
	"reflect"
	"testing"
	"unsafe"
)

// TestPlanTakesLess: a plan takes less work than judging by trial does, and so reads a valid text
// that costs who judges it alone more than a text may. It reads none that is not valid, however
// much it may cost.
func TestPlanTakesLess(t *testing.T) {
	type one struct{ Kind string }
	alternatives := OneOf{}
	sum := &Sum{Pick: &Pick{By: PickMember, Name: "kind", Texts: map[string]*Pick{}}, Leaves: 20, Branches: []Branch{{
		Type: reflect.TypeFor[one](), Methods: (*words)(unsafe.Pointer(&[]any{one{}}[0])).methods,
		Place: Place{Kind: PlaceStruct, Layout: &Layout{Places: []Place{{Name: "kind", Kind: PlaceString}}, Unknown: -1, Other: -1}},
	}}}
	for i := range sum.Leaves {
		kind := fmt.Sprint("k", i)
		alternatives = append(alternatives, Schema{Object, Required{"kind"}, Properties{{"kind", Schema{Const(`"` + kind + `"`)}}}})
		sum.Pick.Texts[kind] = &Pick{Leaf: i}
	}
	v := NewRules(Set{{"", Schema{alternatives}}}).Of("")
	plan := v.PlanSum(sum, nil)
	// least is what a way to judge costs; 0 where it accepts nothing.
	least := func(text string, judge func(w *walker) bool) int {
		for fuel := range 1_000 {
			w := v.walker([]byte(text))
			w.fuel = fuel
			if judge(w) {
				return fuel
			}
		}
		return 0
	}
	alone := least(`{"kind":"k19"}`, (*walker).document)
	var value any
	read := least(`{"kind":"k19"}`, func(w *walker) bool { return w.fillAll(plan, unsafe.Pointer(&value)) })
	if value != (one{"k19"}) || read == 0 || read >= alone/4 {
		t.Errorf("%v takes %d, and judging it alone %d", value, read, alone)
	}
	for _, text := range []string{`{"kind":"k20"}`, `{}`, `{"kind":"k1","kind":"k2"}`, `{"kind":"k1"}}`} {
		if read := least(text, func(w *walker) bool { return w.fillAll(plan, unsafe.Pointer(&value)) }); read != 0 {
			t.Errorf("%s is read as %v", text, value)
		}
	}
}

// TestPlanOfManyWays: alternatives may lead to the same schema on more ways than can be gone.
func TestPlanOfManyWays(t *testing.T) {
	const levels, ways = 16, 40
	set := Set{{"", Schema{AnyOf{{Ref("level0")}, {String}}}}, {fmt.Sprint("level", levels), Schema{Types(Object)}}}
	for i := range levels {
		all := AllOf{}
		for w := range ways {
			all = append(all, Schema{Ref(fmt.Sprintf("way%d.%d", i, w))})
			set = append(set, Named{fmt.Sprintf("way%d.%d", i, w), Schema{AllOf{{Ref(fmt.Sprint("level", i+1))}, {MinProperties(1)}}}})
		}
		set = append(set, Named{fmt.Sprint("level", i), Schema{all}})
	}
	type one struct{ Kind string }
	sum := &Sum{Pick: &Pick{By: PickIs}, Leaves: 1, Branches: []Branch{{
		Type:  reflect.TypeFor[one](),
		Place: Place{Kind: PlaceStruct, Layout: &Layout{Places: []Place{{Name: "kind", Kind: PlaceString}}, Unknown: -1, Other: -1}},
	}}}
	if NewRules(set).Of("").PlanSum(sum, nil) == nil {
		t.Error("there is no plan")
	}
}
