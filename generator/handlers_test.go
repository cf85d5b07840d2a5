package generator_test

import (
	"go/types"
	"testing"
)

// TestHandlersOfOneStem: messages whose names nothing but a hash tells apart have handlers
// of their own.
func TestHandlersOfOneStem(t *testing.T) {
	doc := readText(t, "clash.yaml", `asyncapi: 3.0.0
info: {title: Clash, version: '1'}
channels:
  c:
    address: c
    messages:
      jsonOrder: {payload: {type: object, properties: {a: {type: string}}}}
      JsonOrder: {payload: {type: object, properties: {b: {type: string}}}}
operations:
  run: {action: receive, channel: {$ref: '#/channels/c'}}
`)
	pkg, err := checker(t)(generate(t, doc))
	if err != nil {
		t.Fatal(err)
	}
	handlers := pkg.Scope().Lookup("RunHandlers").Type().Underlying().(*types.Struct)
	if handlers.NumFields() != 2 {
		t.Errorf("the handlers are %s", handlers)
	}
}
