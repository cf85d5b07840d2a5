package codec_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

func TestValues(t *testing.T) {
	for text, want := range map[string]bool{"on": true, "off": true, "off ": true, "": false, "o": false, "f": false, "of": false, "on|off": false, "|on": false, "off  ": false} {
		if got := codec.Values("|on|off|off ").Has(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	if codec.Values("").Has("") || codec.Values("").Has("on") || codec.Values("|a").Has("") {
		t.Error("there are more values than there are")
	}
	if !codec.Values("|").Has("") || !codec.Values("||a").Has("") || !codec.Values("|a|").Has("") {
		t.Error("the empty text is not a value")
	}
	if !codec.Values(",a|b,c").Has("a|b") || codec.Values(",a|b,c").Has("a") {
		t.Error("another byte stands between values")
	}
}

// FuzzValues: a text is a value as it is one in the list.
func FuzzValues(f *testing.F) {
	f.Add("|a|b||c", "b")
	f.Add("|ab|a", "a")
	f.Add("\xffa|", "a|")
	f.Fuzz(func(t *testing.T, values, text string) {
		want := values != "" && slices.Contains(strings.Split(values[1:], values[:1]), text)
		if got := codec.Values(values).Has(text); got != want {
			t.Errorf("%q in %q: %v", text, values, got)
		}
	})
}
