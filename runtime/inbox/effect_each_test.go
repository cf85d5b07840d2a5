package inbox_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/inbox"
)

// TestEffectsOfSeveralWithNotes: of messages that are handled together, the effects
// of those that failed are not there, and those of the others are, once.
func TestEffectsOfSeveralWithNotes(t *testing.T) {
	db := newDatabase()
	in := inbox.Transactional[*tx](db).(runtime.BatchInbox)
	bad := errors.New("bad")
	var es []runtime.InboxEntry
	for i := range 5 {
		es = append(es, runtime.InboxEntry{Group: "g", Source: "s", ID: fmt.Sprint(i)})
	}
	calls := 0
	handle := func(ctx context.Context, fresh []int) []error {
		calls++
		x, _ := inbox.Tx[*tx](ctx)
		out := make([]error, len(fresh))
		for n, i := range fresh {
			if there, err := x.insert(ctx, fmt.Sprint("effect ", i)); there || err != nil {
				t.Errorf("effect %d is there already: %v", i, err)
			}
			if i == 1 || i == 3 {
				out[n] = bad
			}
		}
		return out
	}
	_, errs := in.OnceEach(t.Context(), es, handle)
	for i, err := range errs {
		fails := i == 1 || i == 3
		if db.rows[fmt.Sprint("effect ", i)] == fails || errors.Is(err, bad) != fails {
			t.Errorf("message %d: effect %t, error %v", i, db.rows[fmt.Sprint("effect ", i)], err)
		}
	}
	if calls != 2 {
		t.Errorf("%d calls of the handler, want one more without what failed", calls)
	}
	broken := errors.New("connection is gone")
	db.commit = func() error { return broken }
	known, errs := in.OnceEach(t.Context(), es, func(context.Context, []int) []error { return nil })
	for i := range es {
		if open := i == 1 || i == 3; known[i] == open || errors.Is(errs[i], broken) != open {
			t.Errorf("message %d: known %t, error %v", i, known[i], errs[i])
		}
	}
}
