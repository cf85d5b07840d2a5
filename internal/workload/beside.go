package workload

import (
	"runtime"
	"testing"
	"time"
)

// Beside benchmarks ours, which handles size bytes a run, and runs theirs in
// turn with it, off the clock. It reports how many times the time and the
// allocated memory of theirs ours takes, as x-time and x-bytes: figures that
// hold on a machine of any speed and load.
func Beside(b *testing.B, size int, ours, theirs func()) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	var own, other cost
	for b.Loop() {
		own.add(ours)
		b.StopTimer()
		other.add(theirs)
		runtime.GC()
		b.StartTimer()
	}
	b.ReportMetric(float64(own.time)/float64(other.time), "x-time")
	b.ReportMetric(float64(own.bytes)/float64(other.bytes), "x-bytes")
}

// cost is what runs of a function have taken.
type cost struct {
	time  time.Duration
	bytes uint64
}

func (c *cost) add(run func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	run()
	c.time += time.Since(start)
	runtime.ReadMemStats(&after)
	c.bytes += after.TotalAlloc - before.TotalAlloc
}
