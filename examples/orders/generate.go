// Package orders is an order as it may well be in a service: the generated code whose
// speed is measured beside encoding/json. It imports package runtime and what is below it.
package orders

// Here the speed of generated code is measured beside encoding/json, by an order
// as it may well be in a service. What is generated is said in asyncwire.yaml:
//
//	go test -run '^$' -bench . ./examples/orders

//go:generate go tool asyncwire generate
