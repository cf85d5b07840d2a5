package codec_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// layouts are ways to write the same JSON with white space.
var layouts = map[string]func(text []byte) []byte{
	"indented": func(text []byte) []byte {
		var b bytes.Buffer
		must(json.Indent(&b, text, "", "\t"))
		return b.Bytes()
	},
	"behind commas and colons": func(text []byte) []byte { return between(text, func(c byte) string { return string(c) + " " }, ",:") },
	"behind commas":            func(text []byte) []byte { return between(text, func(c byte) string { return string(c) + "\r\n" }, ",") },
	"behind colons":            func(text []byte) []byte { return between(text, func(c byte) string { return string(c) + "  " }, ":") },
	"before commas":            func(text []byte) []byte { return between(text, func(c byte) string { return "\n" + string(c) }, ",") },
	"around all": func(text []byte) []byte {
		return between(text, func(c byte) string { return " " + string(c) + " \t" }, ",:{}[]")
	},
}

// between writes what stands between values, and is among some characters, in another way.
func between(text []byte, as func(byte) string, some string) []byte {
	var b bytes.Buffer
	within := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case within && c == '\\':
			b.Write(text[i : i+2])
			i++
		case !within && strings.IndexByte(some, c) >= 0:
			b.WriteString(as(c))
		default:
			within = within != (c == '"')
			b.WriteByte(c)
		}
	}
	return b.Bytes()
}

// TestSpaced: white space makes no difference to what is read, but for that within what is
// kept as it is written.
func TestSpaced(t *testing.T) {
	for _, size := range sizes {
		text := orderText(t, size)
		want, _ := ordersOf(t, text)
		for name, spaced := range layouts {
			var v order
			if err := codec.Unmarshal(spaced(text), rules.Of("Order"), &v); err != nil {
				t.Fatalf("%s %s: %v", size, name, err)
			}
			if got, all := members(t, &v), members(t, want); !reflect.DeepEqual(got, all) {
				t.Errorf("%s %s: read as\n%v\nwant\n%v", size, name, got, all)
			}
		}
	}
}

// members is what a value is written as, without order and white space.
func members(t *testing.T, v codec.Value) (all any) {
	text, err := codec.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	must(json.Unmarshal(text, &all))
	return all
}
