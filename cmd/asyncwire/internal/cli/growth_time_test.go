//go:build unix

package cli

import (
	"runtime"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
)

// The time grows with the text too, from 1 MB to 10 MB.
func TestTimeGrowsWithTheText(t *testing.T) {
	if !workload.Long() {
		t.Skipf("takes long: set %s to run it", workload.LongVariable)
	}
	for name, document := range map[string]func(workload.Object) []byte{"a.yaml": workload.Object.YAML, "a.json": workload.Object.JSON} {
		small := linter(t, name, document(workload.Document(workload.Medium)))
		large := linter(t, name, document(workload.Document(workload.Large)))
		ratio := ratioOfLeast(t, large, small, 5)
		t.Logf("%s: %.1f times as long", name, ratio)
		if ratio > 20 { // work that grows with the square takes 100 times as long
			t.Errorf("%s: ten times the text takes %.1f times as long", name, ratio)
		}
	}
}

// ratioOfLeast compares the least times of processors that two functions take,
// in turn. By the clock a long run is held up on a busy machine where a short one
// slips through.
func ratioOfLeast(t *testing.T, long, short func(), times int) float64 {
	took := func(run func()) time.Duration {
		runtime.GC() // what others left is not on this one's account
		before := workload.ProcessorTime()
		run()
		return workload.ProcessorTime() - before
	}
	leastLong, leastShort := time.Hour, time.Hour
	for range times {
		for range 3 {
			leastShort = min(leastShort, took(short))
		}
		leastLong = min(leastLong, took(long))
	}
	return leastLong.Seconds() / leastShort.Seconds()
}
