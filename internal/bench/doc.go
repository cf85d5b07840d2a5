// Package bench measures the runtime against other libraries in the same run.
// It is a module of its own, so that nobody inherits what it measures against:
//
//	cd internal/bench && go test -bench . -benchtime 1s
//
// It may import anything.
package bench
