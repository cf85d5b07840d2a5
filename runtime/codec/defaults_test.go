package codec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestDefaultString: a default is for what is absent alone.
func TestDefaultString(t *testing.T) {
	for _, c := range []struct{ is, want string }{{"", "off"}, {"on", "on"}, {"off", "off"}} {
		v := c.is
		if codec.DefaultString(&v, "off"); v != c.want {
			t.Errorf("%q became %q, want %q", c.is, v, c.want)
		}
	}
}
