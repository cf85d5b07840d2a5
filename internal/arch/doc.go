// Package arch holds the tests that keep the house in shape: who may import
// whom, which library has which door, how long files and functions may be, that
// every exported name is documented, and which modules a service that uses
// generated code links. The plan itself is in docs/design.md.
//
// It imports nothing of this module and has no code of its own:
//
//	go test ./internal/arch
package arch
