package runtime

import "testing"

// TestPartitionsAreForgotten: a consumer that sees thousands of partitions come
// and go remembers those it has messages of, and some more.
func TestPartitionsAreForgotten(t *testing.T) {
	ls := newLanes(t.Context(), logRules(100))
	put(ls, jobsOf(1_000_000))
	var held hand
	ls.take(&held, 0, outcome{}, 1)
	for i := range int32(5000) {
		put(ls, jobsOf(i))
		var h hand
		ls.take(&h, 0, outcome{}, 1)
		ls.giveUp(&h, 1, outcome{})
	}
	if n := len(ls.parts); n > 2*fewParts {
		t.Errorf("%d partitions are remembered", n)
	}
	kept := ls.parts[place{partition: 1_000_000}]
	if kept == nil || kept != held.jobs.First().part || kept.jobs != 1 {
		t.Errorf("the partition of a message that is worked at is remembered as %+v", kept)
	}
}

// TestWorkersAreRousedInTurn: as many workers come as there are lanes, though
// each wakes only the next.
func TestWorkersAreRousedInTurn(t *testing.T) {
	const workers = 16
	ls := newLanes(t.Context(), logRules(100))
	came, leave := make(chan struct{}), make(chan struct{})
	for range workers {
		go func() {
			var h hand
			if ls.take(&h, 0, outcome{}, maxRun) {
				came <- struct{}{}
				<-leave // as a handler that takes its time
				ls.giveUp(&h, h.jobs.Len(), outcome{})
			}
		}()
	}
	for waiting := 0; waiting < workers; {
		ls.mu.Lock()
		waiting = int(ls.waiting.Load())
		ls.mu.Unlock()
	}
	partitions := make([]int32, workers)
	for i := range partitions {
		partitions[i] = int32(i)
	}
	put(ls, jobsOf(partitions...))
	for range workers {
		<-came
	}
	close(leave)
}
