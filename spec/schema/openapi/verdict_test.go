package openapi

import (
	"context"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// broken is a model that fails.
type broken struct{}

func (*broken) Validate(context.Context, ...openapi3.ValidationOption) error { panic("out of order") }

// TestContained demands that a model that panics is a finding about the schema.
func TestContained(t *testing.T) {
	node, _ := syntax.Parse(source.NewFile("a.yaml", []byte("type: array\n")))
	o := object{name: "a schema", at: head(node), members: unreported(node, faults{}, true), text: schemaText, model: func() validated { return &broken{} }}
	o.judge()
	if len(o.found) != 1 || !strings.Contains(o.found[0].String(), "a.yaml:1:1: info: a schema could not be checked by the rules of OpenAPI") {
		t.Errorf("%v", o.found)
	}
}

// TestEveryField demands that the table of the model's later fields decodes:
// each alone is refused for its version and for nothing else.
func TestEveryField(t *testing.T) {
	for field := range modelFields {
		node, _ := syntax.Parse(source.NewFile("a.yaml", []byte(field+": 1\n")))
		o := object{name: "a schema", at: head(node), members: unreported(node, faults{}, true), text: schemaText, model: func() validated { return &openapi3.Schema{} }}
		o.judge()
		if len(o.found) != 1 || o.found[0].Code != codeField || !strings.Contains(o.found[0].Message, "3.1") {
			t.Errorf("%s: %v", field, o.found)
		}
	}
}
