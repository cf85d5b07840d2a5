package diag_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
)

func TestCounted(t *testing.T) {
	for want, got := range map[string]string{
		"1 file": diag.Counted(1, "file"), "0 files": diag.Counted(0, "file"), "1 branch": diag.Counted(1, "branch"),
		"2 branches": diag.Counted(2, "branch"), "3 properties": diag.Counted(3, "property"),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestOrList(t *testing.T) {
	for want, words := range map[string][]string{"": nil, "a": {"a"}, "a or b": {"a", "b"}, "a, b or c": {"a", "b", "c"}} {
		if got := diag.OrList(words); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
