package inbox_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/inbox"
	"github.com/asyncwire/asyncwire/runtime/inbox/inboxtest"
)

func TestMemoryLaws(t *testing.T) {
	inboxtest.Run(t, inboxtest.Subject{Open: func(*testing.T) runtime.Inbox { return inbox.New(&inbox.Options{Window: 1}) }})
}

func TestFileLaws(t *testing.T) {
	var path string
	inboxtest.Run(t, inboxtest.Subject{
		Open: func(t *testing.T) runtime.Inbox {
			path = filepath.Join(t.TempDir(), "inbox")
			return open(t, path, &inbox.Options{Window: 1})
		},
		Reopen: func(t *testing.T, last runtime.Inbox) runtime.Inbox {
			if err := last.(*inbox.File).Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, path, &inbox.Options{Window: 1})
		},
	})
}

func open(t testing.TB, path string, o *inbox.Options) *inbox.File {
	t.Helper()
	f, err := inbox.OpenFile(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

func TestTransactionalLaws(t *testing.T) {
	inboxtest.Run(t, inboxtest.Subject{
		Open:   func(*testing.T) runtime.Inbox { return inbox.Transactional[*tx](newDatabase()) },
		Reopen: func(_ *testing.T, last runtime.Inbox) runtime.Inbox { return last },
	})
}

// database has rows, and locks on those that open transactions have written.
type database struct {
	mu     sync.Mutex
	rows   map[string]bool
	locked map[string]chan struct{}
	commit func() error // what happens before a commit
}

func newDatabase() *database {
	return &database{rows: map[string]bool{}, locked: map[string]chan struct{}{}}
}

// tx is one transaction.
type tx struct {
	db    *database
	wrote map[string]bool
	over  bool
}

func (db *database) Begin(context.Context) (*tx, error) {
	return &tx{db: db, wrote: map[string]bool{}}, nil
}

// insert writes a row unless it is there, and reports whether it was.
func (x *tx) insert(ctx context.Context, row string) (there bool, err error) {
	for {
		x.db.mu.Lock()
		other, locked := x.db.locked[row]
		if !locked || x.wrote[row] {
			defer x.db.mu.Unlock()
			if x.db.rows[row] || x.wrote[row] {
				return true, nil
			}
			x.db.locked[row] = make(chan struct{})
			x.wrote[row] = true
			return false, nil
		}
		x.db.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return false, ctx.Err()
		}
	}
}

// end ends a transaction.
func (x *tx) end(keep bool) error {
	x.db.mu.Lock()
	defer x.db.mu.Unlock()
	if x.over {
		return errors.New("transaction is over")
	}
	x.over = true
	for row := range x.wrote {
		if keep {
			x.db.rows[row] = true
		}
		close(x.db.locked[row])
		delete(x.db.locked, row)
	}
	return nil
}

func (db *database) Mark(ctx context.Context, x *tx, e runtime.InboxEntry) (bool, error) {
	return x.insert(ctx, "inbox\x00"+e.Group+"\x01"+e.Source+"\x02"+e.ID)
}

func (db *database) Commit(_ context.Context, x *tx) error {
	if db.commit != nil {
		if err := db.commit(); err != nil {
			return err
		}
	}
	return x.end(true)
}

func (db *database) Rollback(_ context.Context, x *tx) error { return x.end(false) }

// TestEffectWithNote: the effect of a handler is there with the note, or not at
// all.
func TestEffectWithNote(t *testing.T) {
	db := newDatabase()
	in := inbox.Transactional[*tx](db)
	e := runtime.InboxEntry{Group: "g", Source: "s", ID: "1"}
	broken := errors.New("connection is gone")
	for attempt, fails := range []bool{true, true, false, false} {
		db.commit = nil
		if fails {
			db.commit = func() error { return broken }
		}
		known, err := in.Once(t.Context(), e, func(ctx context.Context) error {
			x, ok := inbox.Tx[*tx](ctx)
			if !ok {
				t.Fatal("the handler has no transaction")
			}
			if there, err := x.insert(ctx, "effect"); there || err != nil {
				t.Errorf("the effect is there already: %v", err)
			}
			return nil
		})
		if fails != errors.Is(err, broken) || known != (attempt == 3) {
			t.Errorf("attempt %d: known %t, error %v", attempt, known, err)
		}
		if db.rows["effect"] == fails {
			t.Errorf("attempt %d: effect %t", attempt, db.rows["effect"])
		}
	}
	if _, ok := inbox.Tx[*tx](t.Context()); ok {
		t.Error("there is a transaction outside of handlers")
	}
}
