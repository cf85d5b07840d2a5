package check

import "testing"

// An item behind a closed tuple is told of whatever it is: the words about it look
// at no more than it.
func TestItemBehindTuple(t *testing.T) {
	for _, closed := range []Rule{Items{Never{}}, AdditionalItems{Never{}}} {
		v := NewRules(Set{{Name: "Pair", Schema: Schema{Array, Tuple{{String}}, closed}}}).Of("Pair")
		for _, text := range []string{`["a","b"]`, `["a","b\""]`, `["a",[1,2]]`, `["a",{"b":1}]`, `["a",1]`, `["a","b"`, `["a","b",`} {
			if v.Check([]byte(text)) == nil {
				t.Errorf("%T takes %s", closed, text)
			}
		}
	}
}
