package codec_test

import (
	"reflect"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// labels has lists of texts, one of which may be absent.
type labels struct{ Names, Tags []string }

func (v *labels) CodeJSON(j *codec.JSON) {
	if j.Object() {
		*v = labels{}
	}
	for j.Members() {
		j.Strings("names", &v.Names)
		j.SomeStrings("tags", &v.Tags)
	}
}

// TestListsOfTexts: lists of texts come back as they were, empty and absent ones apart, in
// any order.
func TestListsOfTexts(t *testing.T) {
	for text, want := range map[string]labels{
		`{"names":[]}`: {Names: []string{}},
		`{"names":["a","\u00fc\"",""],"tags":[]}`:      {Names: []string{"a", "ü\"", ""}, Tags: []string{}},
		` { "tags" : [ "x" ] , "names" : [ "a" ] } `:   {Names: []string{"a"}, Tags: []string{"x"}},
		`{"more":["m"],"tags":["x","y"],"names":[""]}`: {Names: []string{""}, Tags: []string{"x", "y"}},
	} {
		got := labels{Names: []string{"before"}, Tags: []string{"before"}}
		if err := codec.Unmarshal([]byte(text), nil, &got); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is read as %q, %v", text, got, err)
		}
	}
	for want, v := range map[string]labels{
		`{"names":[]}`:                         {},
		`{"names":["a","ü\""],"tags":[]}`:      {Names: []string{"a", "ü\""}, Tags: []string{}},
		`{"names":[""],"tags":["x","y","\n"]}`: {Names: []string{""}, Tags: []string{"x", "y", "\n"}},
	} {
		if text, err := codec.Marshal(&v); err != nil || string(text) != want {
			t.Errorf("%q is written as %s, %v, want %s", v, text, err, want)
		}
	}
}
