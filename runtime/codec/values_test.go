package codec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

func TestValues(t *testing.T) {
	values := codec.Values{"on", "off", "off "}
	for text, want := range map[string]bool{"on": true, "off": true, "off ": true, "": false, "o": false, "On": false, "onoff": false} {
		if got := values.Has(text); got != want {
			t.Errorf("%q is one of %q: %v", text, values, got)
		}
	}
	if (codec.Values{}).Has("") || (codec.Values)(nil).Has("on") {
		t.Error("no values have one")
	}
	if !(codec.Values{"", "a"}).Has("") {
		t.Error("the empty text may be a value")
	}
}
