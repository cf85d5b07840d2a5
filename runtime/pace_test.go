package runtime_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestQuickHandlersHoldNobodyUp: one worker sees to all messages while handlers are quick,
// and when one is stuck after all, other keys wait for a moment, once for each that is.
func TestQuickHandlersHoldNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 1})
		release, others := make(chan struct{}), make(chan struct{}, 16)
		k := rawly(t, runtime.Open(tr.Connect(), quiet()), func(_ context.Context, in *runtime.Incoming) error {
			switch _, what, _ := strings.Cut(value(in), "="); what {
			case "stuck":
				<-release
			case "other":
				others <- struct{}{}
			}
			return nil
		})
		flow := func() {
			for i := range 2000 {
				put(t, tr, fmt.Sprintf("key-%d=0", i%16))
				synctest.Wait()
			}
		}
		after := func(pairs ...string) time.Duration {
			begin := time.Now()
			put(t, tr, pairs...)
			<-others
			return time.Since(begin)
		}
		for round := range 3 {
			flow()
			if took := after(fmt.Sprintf("stuck-%d=stuck", round), "key=other"); took == 0 || took > time.Millisecond {
				t.Errorf("%d are stuck: another key waits for %v, want some, and at most 1ms", round+1, took)
			}
			flow()
			if took := after("key=other"); took != 0 {
				t.Errorf("%d have been stuck for a while: another key waits for %v", round+1, took)
			}
		}
		close(release)
		k.finish()
	})
}
