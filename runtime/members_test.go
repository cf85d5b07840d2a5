package runtime_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	rw "github.com/asyncwire/asyncwire/runtime/codec"
)

// identified is an object with one field.
type identified struct {
	ID      json.RawMessage
	Unknown runtime.Members
}

func (v *identified) CodeJSON(j *rw.JSON) {
	if r := j.Reader(); r != nil {
		*v = identified{}
		for r.Object(); r.Member(); {
			if string(r.Key()) == "id" {
				v.ID = r.Raw()
			} else {
				v.Unknown.Add(r)
			}
		}
		return
	}
	w := j.Writer()
	w.Object()
	if v.ID != nil {
		w.Member("id")
		w.Raw(v.ID)
	}
	v.Unknown.Write(w)
	w.EndObject()
}

func TestMembers(t *testing.T) {
	for text, want := range map[string]string{
		`{}`: ``, `{"id":1}`: ``, ` { "a" : [ 1 , {"b":"}"} ] , "id" : 2 , "c":"\"," } `: `"a":[ 1 , {"b":"}"} ],"c":"\","`,
		`{"i\u0064":1,"x\u0064":1}`: `"x\u0064":1`, `{"":"","\\":-1.5e3}`: `"":"","\\":-1.5e3`, `{"n":null,"t":true}`: `"n":null,"t":true`,
	} {
		var v identified
		if err := rw.Unmarshal([]byte(text), nil, &v); err != nil || v.Unknown.String() != want {
			t.Errorf("of %s the members %s are left, %v, want %s", text, v.Unknown, err, want)
		}
		for _, id := range []string{"", "7"} {
			v.ID = json.RawMessage(id)
			if id == "" {
				v.ID = nil
			}
			if got, err := rw.Marshal(&v); err != nil || !json.Valid(got) {
				t.Errorf("%s with the id %q is written as %s, %v", text, id, got, err)
			}
		}
	}
	var v identified
	if err := rw.Unmarshal([]byte(`{"a":{"x":[1]},"b":"v","x\u0064":2}`), nil, &v); err != nil {
		t.Fatal(err)
	}
	if value, ok := v.Unknown.Get("a"); !ok || string(value) != `{"x":[1]}` {
		t.Errorf("a is %s, %v", value, ok)
	}
	if value, ok := v.Unknown.Get("c"); ok {
		t.Errorf("c is %s", value)
	}
	if value, ok := (runtime.Members{}).Get(""); ok {
		t.Errorf("of no members one is %s", value)
	}
	if got := slices.Sorted(maps.Keys(maps.Collect(v.Unknown.All()))); !slices.Equal(got, []string{"a", "b", "xd"}) {
		t.Errorf("the names are %v", got)
	}
}

// TestMembersChange: members are set in their place or behind the others, and taken away;
// what cannot be written leaves them as they were.
func TestMembersChange(t *testing.T) {
	var v identified
	if err := rw.Unmarshal([]byte(`{"a":[ 1],"b":1.50,"x\u0064":2}`), nil, &v); err != nil {
		t.Fatal(err)
	}
	m := &v.Unknown
	for _, c := range []struct{ name, value, want string }{
		{"c", ` {"é":null} `, `"a":[ 1],"b":1.50,"xd":2,"c":{"é":null}`},
		{"b", `"two"`, `"a":[ 1],"b":"two","xd":2,"c":{"é":null}`},
		{"xd", `1e400`, `"a":[ 1],"b":"two","xd":1e400,"c":{"é":null}`},
		{"\"\n", `true`, `"a":[ 1],"b":"two","xd":1e400,"c":{"é":null},"\"\n":true`},
	} {
		if err := m.Set(c.name, json.RawMessage(c.value)); err != nil || m.String() != c.want {
			t.Errorf("with %s = %s: %s, %v", c.name, c.value, m, err)
		}
	}
	before := m.String()
	for name, value := range map[string]string{"": "", "a": "{", "b": `{"k":1,"k":2}`, "\xff": "1", "n": `"\xff"`, "e": `1,"z":2`} {
		if err := m.Set(name, json.RawMessage(value)); err == nil || m.String() != before {
			t.Errorf("with %q = %q: %s, %v", name, value, m, err)
		}
	}
	m.Delete("a")
	m.Delete("nobody")
	m.Delete("\"\n")
	if want := `"b":"two","xd":1e400,"c":{"é":null}`; m.String() != want {
		t.Errorf("left are %s, want %s", m, want)
	}
	var none runtime.Members
	none.Delete("a")
	if err := none.Set("a", nil); err != nil || none.String() != `"a":null` {
		t.Errorf("null by itself: %s, %v", none, err)
	}
	none.Delete("a")
	if none.String() != "" {
		t.Errorf("left is %s", none)
	}
}

// FuzzMembers: of an object without fields all members are kept.
func FuzzMembers(f *testing.F) {
	f.Add([]byte(`{"a":[1,{"b":"}"}],"c":"\",","d":-1e3}`))
	f.Add([]byte(`{"a\\":"\\",`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var v identified
		var want map[string]json.RawMessage
		if json.Unmarshal(data, &want) != nil || want == nil || rw.Unmarshal(data, nil, &v) != nil {
			return
		}
		delete(want, "id")
		if got := maps.Collect(v.Unknown.All()); len(got)+len(want) > 0 && !maps.EqualFunc(got, want, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Errorf("of %s the members are %s", data, got)
		}
		back, err := rw.Marshal(&v)
		var got map[string]json.RawMessage
		if err != nil || json.Unmarshal(back, &got) != nil {
			t.Fatalf("%s became %s, %v", data, back, err)
		}
		if delete(got, "id"); !maps.EqualFunc(got, want, func(a, b json.RawMessage) bool { return string(a) == string(b) }) {
			t.Errorf("%s became %s", data, back)
		}
	})
}
