package ir

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
)

// tagged is how encoding/json writes a struct whose field has the tag.
func tagged(t *testing.T, name string) string {
	t.Helper()
	typ := reflect.StructOf([]reflect.StructField{{
		Name: "Field", Type: reflect.TypeFor[int](), Tag: reflect.StructTag(fmt.Sprintf("json:%q", name)),
	}})
	text, err := json.Marshal(reflect.Zero(typ).Interface())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestTaggable(t *testing.T) {
	for name, want := range map[string]bool{
		"a": true, "my-header": true, "日本": true, "a b": true, "$id": true, "@x/y.z": true, "<": true, "a--": true,
		"": false, "-": false, "a,b": false, "a\"b": false, "a`b": false, "a\\b": false, "a\nb": false, "😀": false,
		" a": false, "a ": false, "a  b": false, "a b c": false, "'": false, "\xff": false,
	} {
		if got := Taggable(name); got != want {
			t.Errorf("Taggable(%q) is %t", name, got)
		}
	}
}

// FuzzTaggable: a name that is said to fit into a tag is the name that
// encoding/json writes.
func FuzzTaggable(f *testing.F) {
	for _, name := range []string{"a", "-", "a,omitempty", "日", "😀", "a b", "\u0301", "x\u00a0y", "\ufffd"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !Taggable(name) {
			return
		}
		var members map[string]int
		if err := json.Unmarshal([]byte(tagged(t, name)), &members); err != nil {
			t.Fatal(err)
		}
		if _, ok := members[name]; !ok {
			t.Errorf("%q is written as %v", name, members)
		}
	})
}
