package inbox

import (
	"context"
	"errors"

	"github.com/asyncwire/asyncwire/runtime"
)

// Store keeps notes in a database whose transactions are a T, such as *sql.Tx.
// Its methods are called concurrently, each transaction by one goroutine.
type Store[T any] interface {
	// Begin begins a transaction.
	Begin(ctx context.Context) (T, error)
	// Mark notes an entry within the transaction, and reports whether it was
	// noted before. While another transaction that noted it is open, Mark waits
	// for its end or fails: a unique key on group, source and id does that, with
	// an insert that does nothing when the row is there.
	Mark(ctx context.Context, tx T, e runtime.InboxEntry) (known bool, err error)
	// Commit makes the note and the handler's effects durable together.
	Commit(ctx context.Context, tx T) error
	// Rollback undoes both.
	Rollback(ctx context.Context, tx T) error
}

// Transactional returns an inbox over a store. Each message is handled in a
// transaction that holds the note too: the effects that a handler has through
// the transaction that Tx returns are there once, whatever breaks.
//
// When Commit fails with its outcome unknown, the message is delivered again,
// and the note, if it is there, tells that it was handled. How long notes are
// kept is the store's matter: rows older than the longest time between two
// deliveries can go.
func Transactional[T any](s Store[T]) runtime.Inbox { return transactional[T]{s} }

type transactional[T any] struct{ store Store[T] }

// txKey finds a transaction of type T in a context.
type txKey[T any] struct{}

// Tx returns the transaction that the message is handled in, and false where
// there is none of that type. The handler must not end it.
func Tx[T any](ctx context.Context) (T, bool) {
	tx, ok := ctx.Value(txKey[T]{}).(T)
	return tx, ok
}

// Once is runtime.Inbox.
func (t transactional[T]) Once(
	ctx context.Context, e runtime.InboxEntry, handle func(context.Context) error,
) (known bool, err error) {
	tx, err := t.store.Begin(ctx)
	if err != nil {
		return false, err
	}
	committed := false
	defer func() { // also when handle panics
		if committed {
			return
		}
		if undo := t.store.Rollback(context.WithoutCancel(ctx), tx); undo != nil && err != nil {
			err = errors.Join(err, undo)
		}
	}()
	if known, err = t.store.Mark(ctx, tx, e); known || err != nil {
		return known, err
	}
	if err = handle(context.WithValue(ctx, txKey[T]{}, tx)); err != nil {
		return false, err
	}
	if err = t.store.Commit(ctx, tx); err != nil {
		return false, err
	}
	committed = true
	return false, nil
}
