package contracttest_test

import (
	"slices"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
)

// TestKeysThatAreNoText: a key has to be UTF-8 where its schema says what it is, and is
// unchecked where that says nothing.
func TestKeysThatAreNoText(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
channels:
  texts:
    address: texts
    messages:
      m: {payload: {}, bindings: {kafka: {key: {type: string}}}}
  short:
    address: short
    messages:
      m: {payload: {}, bindings: {kafka: {key: {maxLength: 9}}}}
  any:
    address: any
    messages:
      m: {payload: {}, bindings: {kafka: {key: {description: of any kind}}}}
`)
	for _, address := range []string{"texts", "short", "any"} {
		for key, good := range map[string]bool{"key": true, "k\xff": false} {
			r := verify(t, doc, contracttest.Options{}, &message{Address: address, Key: []byte(key), Value: []byte("{}")})
			switch open := address == "any"; {
			case good && r.Passed != 1, !good && open && !slices.Equal(reasons(r), []string{"key: it is no text, and its schema does not say what it is"}):
				t.Errorf("%s, key %q: %+v, %q", address, key, r.Counts, reasons(r))
			case !good && !open && (len(r.Findings) != 1 || r.Findings[0].Code != "key-invalid" || r.Findings[0].Message != "key: the byte 0xFF is not valid UTF-8"):
				t.Errorf("%s, key %q: %v", address, key, r.Findings)
			}
		}
	}
}
