package runtime_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestGroupsShareARetryAddress: what one group puts there no other handles, nor waits for.
func TestGroupsShareARetryAddress(t *testing.T) {
	for _, guarantee := range []runtime.Guarantee{runtime.AtLeastOnce, runtime.ExactlyOnce} {
		for _, batched := range []bool{false, true} {
			t.Run(fmt.Sprint(guarantee, batched), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) { sharedRetries(t, guarantee, batched) })
			})
		}
	}
}

func sharedRetries(t *testing.T, guarantee runtime.Guarantee, batched bool) {
	seen := &events{}
	o := with(runtime.Policy{
		Guarantee: guarantee, DeadLetter: "dead", Retry: runtime.Retry{Attempts: 1},
		RetryAddresses: []runtime.RetryAddress{{Address: "{address}.retry", Delay: time.Hour}},
	})
	o.Observer = seen
	tr := memory.New(nil)
	c := runtime.Open(tr, o)
	put(t, tr, "k=0")
	handled := map[string]*history{"failing": newHistory(), "fine": newHistory()}
	var all []*consuming
	for _, group := range []string{"failing", "fine"} {
		handle := func(ctx context.Context, in *runtime.Incoming) error {
			if handled[group].add(in.Position().Address); group == "failing" {
				return errOnPurpose
			}
			return nil
		}
		if !batched {
			all = append(all, rawly(t, c, handle, runtime.Group(group)))
			continue
		}
		all = append(all, batches(t, c, runtime.Batch{}, func(ctx context.Context, batch []*runtime.Incoming) error {
			return handle(ctx, batch[0])
		}, runtime.Group(group)))
	}
	time.Sleep(time.Minute)
	if n := seen.count(runtime.EventDropped); n != 1 {
		t.Errorf("%d messages were left to others, want one, before it is due", n)
	}
	time.Sleep(2 * time.Hour)
	for _, k := range all {
		k.finish()
	}
	if got := handled["fine"].all(); !slices.Equal(got, []string{"a"}) {
		t.Errorf("the group that does not fail handles what came to %q", got)
	}
	if got := handled["failing"].all(); !slices.Equal(got, []string{"a", "a.retry"}) || len(stored(t, tr, "dead")) != 1 {
		t.Errorf("the group that fails handles what came to %q, and there are %d dead letters", got, len(stored(t, tr, "dead")))
	}
}
