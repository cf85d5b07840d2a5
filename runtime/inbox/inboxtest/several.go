package inboxtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime"
)

// batches returns the inbox as one that takes several messages; the law is
// skipped where it does not.
func (k *check) batches() runtime.BatchInbox {
	k.Helper()
	b, ok := k.inbox.(runtime.BatchInbox)
	if !ok {
		k.Skip("the inbox takes one message at a time")
	}
	return b
}

// entries names messages of a group.
func entries(ids ...string) []runtime.InboxEntry {
	var out []runtime.InboxEntry
	for _, id := range ids {
		out = append(out, entry("g", id))
	}
	return out
}

// each calls OnceEach with a handler for which those messages fail that fail
// says, and compares what became of each: n for new, k for known, f for failed.
func (k *check) each(want string, fail string, ids ...string) {
	k.Helper()
	var last []int
	known, errs := k.batches().OnceEach(k.Context(), entries(ids...), func(_ context.Context, fresh []int) []error {
		if len(fresh) == 0 || !slices.IsSorted(fresh) {
			k.Errorf("the handler is called with %v", fresh)
		}
		last = fresh
		out := make([]error, len(fresh))
		for n, i := range fresh {
			if ids[i] == fail {
				out[n] = errHandler
			}
		}
		return out
	})
	if len(known) != len(ids) || len(errs) != len(ids) {
		k.Fatalf("%d and %d results for %d messages", len(known), len(errs), len(ids))
	}
	got := ""
	for i := range ids {
		switch {
		case errors.Is(errs[i], errHandler) && !known[i]:
			got += "f"
		case errs[i] != nil:
			k.Errorf("message %q: %v", ids[i], errs[i])
		case known[i]:
			got += "k"
		case !slices.Contains(last, i):
			k.Errorf("message %q counts as handled, and was not", ids[i])
		default:
			got += "n"
		}
	}
	if got != want {
		k.Errorf("%q became %s, want %s", ids, got, want)
	}
}

func severalAtOnce(k *check) {
	k.expect(entry("g", "2"), false)
	k.each("nkn", "", "1", "2", "3")
	k.each("kknk", "", "3", "2", "4", "1")
	k.each("kk", "", "1", "4")
	k.each("", "")
	k.expect(entry("g", "3"), true)
	k.expect(entry("other", "3"), false)
}

func equalAtOnce(k *check) {
	k.each("nknk", "", "1", "1", "2", "2")
	k.each("ffn", "3", "3", "3", "4")
	k.each("nk", "", "3", "3")
}

func failedOfSeveral(k *check) {
	k.each("nfn", "2", "1", "2", "3")
	k.each("knk", "", "1", "2", "3")
	k.each("f", "5", "5")
	k.each("n", "", "5")
}

func panicOfSeveral(k *check) {
	b := k.batches()
	func() {
		defer func() {
			if recover() == nil {
				k.Error("the panic of the handler was swallowed")
			}
		}()
		b.OnceEach(k.Context(), entries("1", "2"), func(context.Context, []int) []error { panic("handler") })
	}()
	k.each("nn", "", "2", "1")
}

func severalBothWays(k *check) {
	const messages, calls = 30, 8
	b := k.batches()
	ids := make([]string, messages)
	for i := range ids {
		ids[i] = fmt.Sprint(i)
	}
	var mu sync.Mutex
	effects := map[string]int{}
	var all sync.WaitGroup
	for n := range calls {
		mine := slices.Clone(ids)
		if n%2 == 0 {
			slices.Reverse(mine)
		}
		all.Go(func() {
			for done := false; !done; { // who does not wait, fails, and the messages come again
				_, errs := b.OnceEach(k.Context(), entries(mine...), func(_ context.Context, fresh []int) []error {
					mu.Lock()
					defer mu.Unlock()
					for _, i := range fresh {
						effects[mine[i]]++
					}
					return nil
				})
				done = !slices.ContainsFunc(errs, func(err error) bool { return err != nil })
			}
		})
	}
	all.Wait()
	for _, id := range ids {
		if effects[id] != 1 {
			k.Errorf("message %s took effect %d times", id, effects[id])
		}
	}
}

func severalSurvive(k *check) {
	if k.subject.Reopen == nil {
		k.Skip("the inbox does not outlive its process")
	}
	k.each("nfn", "2", "1", "2", "3")
	k.inbox = k.subject.Reopen(k.T, k.inbox)
	k.each("knk", "", "1", "2", "3")
}
