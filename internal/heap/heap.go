// Package heap measures the memory in use, for tests that bound what is kept.
package heap

import "runtime"

// InUse returns how many bytes of the heap are in use, once garbage is collected. It
// collects twice: what has a finalizer, or lies in a sync.Pool, goes the second time.
func InUse() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
