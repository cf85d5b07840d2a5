package check

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// TestRelease leaves nothing of a text in an idle walker but empty buffers.
func TestRelease(t *testing.T) {
	v := NewRules(Set{{"node", Schema{
		Properties{{"a", Schema{Ref("node")}}},
		AnyOf{
			{Tuple{{Integer}}},
			{Properties{{"b", Schema{}}}, PatternProperties{{"^c", Schema{Ref("node")}}}},
			{Contains{Const(`"x"`)}, MinContains(0), MaxContains(2)},
		},
		If{If: Schema{Required{"b"}}, Then: Schema{Properties{{"d", Schema{}}}}},
		DependentSchemas{{"a", nil, Schema{Properties{{"", Schema{}}}}}},
		UnevaluatedProperties{Ref("node"), MinProperties(1)},
		UnevaluatedItems{Array | Null},
	}}}).Of("node")
	w := v.walker([]byte(`{"a":[1,"x",{}],"b":{"\u0061":"\u0062"},"c1":[1,2,{"d":1}]}`))
	v.Parts()
	w.report, w.cover, w.trusted, w.costly = &report{}, v.slots, true, true
	w.document()
	w.depth, w.activeFrom, w.spentAt, w.spent = 3, 2, 1, &pattern{}
	v.release(w)
	kept := map[string]bool{"prog": true, "root": true, "laws": true, "fuel": true, "full": true, "searcher": true}
	for i := range reflect.TypeFor[walker]().NumField() {
		name, field := reflect.TypeFor[walker]().Field(i).Name, reflect.ValueOf(w).Elem().Field(i)
		if empty := field.IsZero() || field.Kind() == reflect.Slice && field.Len() == 0; !empty && !kept[name] {
			t.Errorf("%s is kept", name)
		}
	}
}

// TestOfIsTheSame: a name has one validator, however and wherever the name was made,
// and whatever names were asked for before.
func TestOfIsTheSame(t *testing.T) {
	var set Set
	names := make([]string, 200)
	for i := range names {
		names[i] = fmt.Sprint("Schema", i)
		set = append(set, Named{Name: names[i], Schema: Schema{Const(strconv.Itoa(i))}})
	}
	rules := NewRules(set)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				for i, name := range names {
					v := rules.Of(name)
					if copied := rules.Of(strings.Clone(name)); v != copied || !v.Valid([]byte(strconv.Itoa(i))) || v.Valid([]byte("-1")) {
						t.Errorf("%s is judged by another", name)
					}
				}
			}
		})
	}
	wg.Wait()
}
