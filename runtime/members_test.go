package runtime_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
)

func TestMembers(t *testing.T) {
	for text, want := range map[string]string{
		`null`: ``, `{}`: ``, `{"id":1}`: ``, ` { "a" : [ 1 , {"b":"}"} ] , "id" : 2 , "c":"\"," } `: `"a":[ 1 , {"b":"}"} ],"c":"\","`,
		`{"i\u0064":1,"x\u0064":1}`: `"xd":1`, `{"":"","\\":-1.5e3}`: `"":"","\\":-1.5e3`, `{"n":null,"t":true}`: `"n":null,"t":true`,
	} {
		var m runtime.Members
		if err := m.Read([]byte(text), "id"); err != nil || m.String() != want {
			t.Errorf("of %s the members %s are left, %v, want %s", text, m, err, want)
		}
		for _, object := range []string{`{}`, `{"id":7}`} {
			got, err := m.Append([]byte(object), nil)
			if err != nil || !json.Valid(got) {
				t.Errorf("%s and %s make %s, %v", object, m, got, err)
			}
		}
	}
	var m runtime.Members
	_ = m.Read([]byte(`{"a":{"x":[1]},"b":"v","xd":2}`))
	if value, ok := m.Get("a"); !ok || string(value) != `{"x":[1]}` {
		t.Errorf("a is %s, %v", value, ok)
	}
	if value, ok := m.Get("c"); ok {
		t.Errorf("c is %s", value)
	}
	if got := slices.Sorted(maps.Keys(maps.Collect(m.All()))); !slices.Equal(got, []string{"a", "b", "xd"}) {
		t.Errorf("the names are %v", got)
	}
}

// FuzzMembers: of an object without fields all members are kept.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"}"}],"c":"\",","d":-1e3}`))
	f.Add([]byte(`{"a\\":"\\",`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var m runtime.Members
		if err := m.Read(data); err != nil || !json.Valid(data) {
			return
		}
		var want map[string]json.RawMessage
		if json.Unmarshal(data, &want) != nil {
			return
		}
		back, err := m.Append([]byte("{}"), nil)
		var got map[string]json.RawMessage
		if err != nil || json.Unmarshal(back, &got) != nil {
			t.Fatalf("%s became %s, %v", data, back, err)
		}
		if !maps.EqualFunc(got, want, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Errorf("%s became %s", data, back)
		}
	})
}
