package codec_test

import (
	"errors"
	"testing"

	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
)

// TestWritten: what Written returns is its own, and a failure is that of one value alone.
func TestWritten(t *testing.T) {
	write := func(text string) ([]byte, error) {
		j := codec.Writing()
		j.Writer().String(text)
		return j.Written()
	}
	first, err := write("first")
	if err != nil {
		t.Fatal(err)
	}
	var failed *check.Error
	if broken, err := write("\xff"); len(broken) > 0 || !errors.As(err, &failed) {
		t.Errorf("what is no UTF-8 is written as %q, %v", broken, err)
	}
	second, err := write("again")
	if string(first) != `"first"` || string(second) != `"again"` || err != nil {
		t.Errorf("written were %s and %s, %v", first, second, err)
	}
}
