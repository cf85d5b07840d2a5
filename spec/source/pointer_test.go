package source_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/spec/source"
)

func TestTokens(t *testing.T) {
	for key, token := range map[string]string{"": "", "a b": "a b", "a/b": "a~1b", "~": "~0", "~1": "~01", "/~/": "~1~0~1"} {
		if got := source.EscapeToken(key); got != token {
			t.Errorf("%q is written as %q, want %q", key, got, token)
		}
		if got := source.UnescapeToken(token); got != key {
			t.Errorf("%q stands for %q, want %q", token, got, key)
		}
	}
}
