package codec_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// oddNames has members whose names are written with escapes, or may be.
type oddNames struct {
	Quote, Slashes, Line, Control, Separator, Markup, Backspace, Space, Plain string
	Long                                                                      []string
	Rest                                                                      struct{ text string }
}

var oddTable = codec.Struct{Of: (*oddNames)(nil), Text: `
	"say \"a\"" string some
	"a\\b" string some
	"line\nfeed" string some
	"\u0000\u001f" string some
	"\u2028\u007f" string some
	"<&'>\u0060 = extra" string some
	"a\b" string some
	" " string some
	"plain" string some
	"\"a name that is longer than what names are copied by, with a quote at its end\"" string list some
	unknown`}

// oddKeys are those names as they are written, in the order of the fields.
var oddKeys = []string{`say \"a\"`, `a\\b`, `line\nfeed`, `\u0000\u001f`, "\\u2028\u007f", "<&'>` = extra", `a\b`, " ", "plain"}

const oddLong = `\"a name that is longer than what names are copied by, with a quote at its end\"`

func (v *oddNames) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &oddTable) }

// TestStructOddNames: names of members may have any characters, however they are written.
func TestStructOddNames(t *testing.T) {
	text, again, properties := "{", "{", ""
	want := oddNames{Long: []string{"x", "y"}}
	for i, key := range oddKeys {
		text += fmt.Sprintf(`"%s":"%d",`, key, i)
		reflect.ValueOf(&want).Elem().Field(i).SetString(fmt.Sprint(i))
		var name string
		if err := json.Unmarshal([]byte(`"`+key+`"`), &name); err != nil {
			t.Fatal(err)
		}
		properties += fmt.Sprintf(`"%s": {"type": "string"},`, key)
		again += " \""
		for _, c := range name {
			again += fmt.Sprintf(`\u%04X`, c)
		}
		again += fmt.Sprintf(`" : "%d",`, i)
	}
	text += `"` + oddLong + `":["x","y"]}`
	again += `"` + oddLong + `":["x","y"]}`
	by := check.ReadRules("{\n" + `"odd": {"type": "object", "properties": {` + properties + `"` + oddLong + `": {"type": "array", "items": {"type": "string"}}}}` + "\n}").Of("odd")
	for _, data := range []string{text, again, again, text, `{"` + oddLong + `":["x","y"],` + text[1:len(text)-len(oddLong)-len(`,"":["x","y"]}`)] + "}"} {
		for _, r := range []*codec.Reader{codec.Begin([]byte(data)), codec.BeginBy([]byte(data), by)} {
			var v oddNames
			v.CodeJSON(r.JSON())
			if err := r.End(); err != nil || !reflect.DeepEqual(v, want) {
				t.Errorf("%s is read as %+v, %v", data, v, err)
			}
		}
	}
	if _, ok := oddTable.Again([]byte(text), by, unsafe.Pointer(new(oddNames))); !ok {
		t.Error("it is not read in one pass")
	}
	if got, err := codec.Marshal(&want); err != nil || string(got) != text {
		t.Errorf("is written as %s, %v, not\n%s", got, err, text)
	}
	looksDue := []byte(`{"say \"a\"":"0","a\b":"6"}`)
	for _, r := range []*codec.Reader{codec.Begin(looksDue), codec.BeginBy(looksDue, by)} {
		var v oddNames
		v.CodeJSON(r.JSON())
		if err := r.End(); err != nil || v.Slashes != "" || v.Backspace != "6" {
			t.Errorf("%s is read as %+v, %v", looksDue, v, err)
		}
	}
	var v oddNames
	if err := codec.Unmarshal([]byte(`{"a\\u0062":"x","say \\\"a\"":1}`), by, &v); err != nil || v.Slashes != "" || v.Rest.text != `"a\\u0062":"x","say \\\"a\"":1` {
		t.Errorf("other names are read as %+v, %v", v, err)
	}
}
