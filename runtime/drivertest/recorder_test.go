package drivertest

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// recorder is a testing.TB that remembers what a law said in place of failing
// the test.
type recorder struct {
	testing.TB // for what is not overridden

	mu       sync.Mutex
	failed   bool
	skipped  bool
	said     []string
	cleanups []func()
}

// record runs f as a test of its own, with its cleanups.
func record(t testing.TB, f func(testing.TB)) *recorder {
	r := &recorder{TB: t}
	r.goAndWait(func() { f(r) })
	for len(r.cleanups) > 0 {
		last := len(r.cleanups) - 1
		f := r.cleanups[last]
		r.cleanups = r.cleanups[:last]
		r.goAndWait(f)
	}
	return r
}

// goAndWait runs f in a goroutine, which FailNow may end.
func (r *recorder) goAndWait(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		f()
	}()
	<-done
}

func (r *recorder) say(s string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.said = append(r.said, strings.TrimSuffix(s, "\n"))
}

func (r *recorder) Fail() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Failed() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

func (r *recorder) SkipNow() {
	r.mu.Lock()
	r.skipped = true
	r.mu.Unlock()
	runtime.Goexit()
}

func (r *recorder) Helper()                   {}
func (r *recorder) Cleanup(f func())          { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Log(args ...any)           { r.say(fmt.Sprintln(args...)) }
func (r *recorder) Logf(f string, a ...any)   { r.say(fmt.Sprintf(f, a...)) }
func (r *recorder) Error(args ...any)         { r.Log(args...); r.Fail() }
func (r *recorder) Errorf(f string, a ...any) { r.Logf(f, a...); r.Fail() }
func (r *recorder) FailNow()                  { r.Fail(); runtime.Goexit() }
func (r *recorder) Fatal(args ...any)         { r.Error(args...); runtime.Goexit() }
func (r *recorder) Fatalf(f string, a ...any) { r.Errorf(f, a...); runtime.Goexit() }
func (r *recorder) Skip(args ...any)          { r.Log(args...); r.SkipNow() }
func (r *recorder) Skipf(f string, a ...any)  { r.Logf(f, a...); r.SkipNow() }
func (r *recorder) Skipped() bool             { return r.skipped }

func TestRecorder(t *testing.T) {
	var order []string
	r := record(t, func(tb testing.TB) {
		tb.Cleanup(func() { order = append(order, "first") })
		tb.Cleanup(func() { order = append(order, "last") })
		tb.Errorf("one %d", 1)
		tb.Fatal("two")
		order = append(order, "never")
	})
	if !r.failed || !slices.Equal(r.said, []string{"one 1", "two"}) || !slices.Equal(order, []string{"last", "first"}) {
		t.Errorf("recorded %v %q, cleaned up %q", r.failed, r.said, order)
	}
}
