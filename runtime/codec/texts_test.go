package codec_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// texts is an object of texts alone, whose names have lengths that are compared in
// different ways.
type texts struct {
	A                string `json:"a"`
	Note             string `json:"note"`
	Shipping         string `json:"shippingTo"`
	OfMoreThanTwoOfW string `json:"ofMoreThanTwoWords"`
}

func (v *texts) CodeJSON(j *codec.JSON) { j.Struct(unsafe.Pointer(v), &textsJSON) }

var textsJSON = codec.Struct{Of: (*texts)(nil), Text: `
"a" string
"note" string
"shippingTo" string
"ofMoreThanTwoWords" string`}

// readTexts reads an object in our way and by encoding/json, which must agree.
func readTexts(t *testing.T, data []byte) texts {
	t.Helper()
	var v, want texts
	if err := codec.Unmarshal(data, nil, &v); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if err := json.Unmarshal(data, &want); err != nil || v != want {
		t.Fatalf("%s is read as %q, want %q (%v)", data, v, want, err)
	}
	return v
}

// TestTexts reads texts of every length, with every kind of character at every place
// of some, and finds all of them unchanged when others have been read: short ones lie beside
// each other.
func TestTexts(t *testing.T) {
	type read struct{ got, want texts }
	var all []read
	for size := range 150 {
		plain := strings.Repeat("abcdefgh", 20)[:size]
		for at := size % 3; at <= size; at += 3 {
			for _, inner := range []string{"", `\"`, "ä", `\u00e4`, "😀", " ", "}", ":"} {
				text := plain[:at] + inner + plain[at:]
				data := []byte(`{"a":"` + text + `","note":"` + plain[:at] + `","shippingTo":"","ofMoreThanTwoWords":"` + inner + `"}`)
				v := readTexts(t, data)
				all = append(all, read{v, texts{strings.Clone(v.A), strings.Clone(v.Note), strings.Clone(v.Shipping), strings.Clone(v.OfMoreThanTwoOfW)}})
			}
		}
	}
	for _, r := range all {
		if r.got != r.want {
			t.Fatalf("%q was changed by others into %q", r.want, r.got)
		}
	}
}

// TestNames finds members whose names differ from others in one character.
func TestNames(t *testing.T) {
	for _, name := range []string{"a", "note", "shippingTo", "ofMoreThanTwoWords"} {
		for at := range name {
			other := name[:at] + "x" + name[at+1:]
			for _, text := range []string{
				`{"` + other + `":"other","` + name + `":"own"}`, `{"` + name + `":"own","` + other + `":"other"}`,
				`{ "` + other + `" : "other" , "` + name + `" : "own" } `, `{"` + other + `":"other"}`,
			} {
				readTexts(t, []byte(text))
			}
		}
	}
}
