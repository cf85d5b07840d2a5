// Package endtoend runs the whole way for real: a document is read, Go is
// generated and compiled, and its typed producers and consumers move messages
// over memory and over Kafka while the tests watch for loss, change and
// disorder. It has no code of its own:
//
//	go test ./internal/endtoend
package endtoend
