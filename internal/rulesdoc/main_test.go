package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/asyncwire/asyncwire/spec/lint"
)

// TestPage holds the committed page to the rules.
func TestPage(t *testing.T) {
	want, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, page(lint.All())) {
		t.Error("docs/rules.md is stale: run go generate ./internal/rulesdoc")
	}
}
