//go:build unix

package validate_test

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/workload"
)

// effort is what a piece of work took: by the clock, which other processes slow
// down, and of processors, which they hardly do.
type effort struct{ clock, processor time.Duration }

func effortOf(work func()) effort {
	start, before := time.Now(), workload.ProcessorTime()
	work()
	return effort{time.Since(start), workload.ProcessorTime() - before}
}

// BenchmarkTwoCores tells how much more two goroutines judge than one does, in
// turns with work that shares nothing, which is as good as the machine allows at
// that moment. By the clock it is the best round of each that counts. By the time
// of processors it is the median: goroutines that waited for each other's locks
// or memory would need more of it than one alone.
func BenchmarkTwoCores(b *testing.B) {
	data, v := benchFile(b, "order.json"), benchValidator(b, "order")
	const messages = 2000
	judge := func() {
		for range messages {
			v.Valid(data)
		}
	}
	share := func() {
		for range messages {
			json.Valid(data)
		}
	}
	twice := func(work func()) func() {
		return func() {
			var both sync.WaitGroup
			both.Go(work)
			both.Go(work)
			both.Wait()
		}
	}
	work := []func(){judge, twice(judge), share, twice(share)}
	all := make([][]effort, len(work))
	for b.Loop() {
		for i, f := range work {
			all[i] = append(all[i], effortOf(f))
		}
	}
	b.ReportMetric(moreByClock(all[0], all[1]), "x-one-core")
	b.ReportMetric(moreByClock(all[2], all[3]), "x-one-core-machine")
	b.ReportMetric(moreByProcessor(all[0], all[1]), "x-one-core-processor")
	b.ReportMetric(moreByProcessor(all[2], all[3]), "x-one-core-machine-processor")
}

// moreByClock is how many times as much two do in the time of one, in the best
// rounds of both.
func moreByClock(one, two []effort) float64 {
	byClock := func(a, b effort) int { return int(a.clock - b.clock) }
	return 2 * float64(slices.MinFunc(one, byClock).clock) / float64(slices.MinFunc(two, byClock).clock)
}

// moreByProcessor is the same from the time of processors, in the median round.
func moreByProcessor(one, two []effort) float64 {
	ratios := make([]float64, len(one))
	for i := range one {
		ratios[i] = 2 * 2 * float64(one[i].processor) / float64(max(two[i].processor, 1))
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}
