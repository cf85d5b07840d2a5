package spec_test

import (
	"testing"

	"github.com/asyncwire/asyncwire/spec"
)

func TestParseExpression(t *testing.T) {
	for text, want := range map[string]spec.Expression{
		"$message.header#/id":     {InHeaders: true, Pointer: "/id"},
		"$message.payload#/a~1/0": {Pointer: "/a~1/0"},
		"$message.payload#":       {},
		"$message.payload":        {},
		"$message.header#/":       {InHeaders: true, Pointer: "/"},
	} {
		if got, ok := spec.ParseExpression(text); !ok || got != want {
			t.Errorf("%s: %+v, %v", text, got, ok)
		}
	}
	for _, text := range []string{
		"", "header", "$message", "$message.body#/a", "$message.payload/a", "$message.payload#a", "$message.payload#/~2",
		" $message.payload", "$message.payload ",
	} {
		if got, ok := spec.ParseExpression(text); ok {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
