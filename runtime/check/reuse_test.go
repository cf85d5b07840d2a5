package check

import (
	"reflect"
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
