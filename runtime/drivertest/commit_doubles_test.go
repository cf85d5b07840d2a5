package drivertest

import (
	"context"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// commitDoubles are transports whose units are none.
func commitDoubles() []double {
	return []double{
		{"publishes-then-acks", "stale-commit-stores-nothing commit-counts-once commit-after-close commit-of-another-receiver " +
			"commit-is-remembered-beyond-a-gap commits-add-up given-back-is-committed",
			func(b *broken) {
				b.commit = func(r *receiver, ctx context.Context, done []driver.Delivery, publish []*driver.Message) error {
					err := b.Transport.Publish(ctx, publish...)
					for _, d := range done {
						err = firstError(err, d.Ack(ctx))
					}
					return err
				}
			}},
		{"acks-then-publishes", "commit-too-large", func(b *broken) {
			b.commit = func(r *receiver, ctx context.Context, done []driver.Delivery, publish []*driver.Message) error {
				if err := r.Receiver.(driver.Committer).Commit(ctx, done); err != nil {
					return err
				}
				return b.Transport.Publish(ctx, publish...)
			}
		}},
		{"commits-acks-alone", "commit-stores-both commit-publishes-nothing commit-keeps-order commit-from-any-goroutine", onCommit(
			func(done []driver.Delivery, _ []*driver.Message) ([]driver.Delivery, []*driver.Message) {
				return done, nil
			})},
		{"commits-messages-alone", "commit-stores-both commit-publishes-nothing acks-and-commits-close-a-gap", onCommit(
			func(_ []driver.Delivery, publish []*driver.Message) ([]driver.Delivery, []*driver.Message) {
				return nil, publish
			})},
		{"promises-no-transactions", "no-transactions-is-said", func(b *broken) {
			b.features = func(f driver.Features) driver.Features {
				f.Transactions = false
				return f
			}
		}},
		{"commits-backwards", "commit-keeps-order commit-stores-both", onCommit(
			func(done []driver.Delivery, publish []*driver.Message) ([]driver.Delivery, []*driver.Message) {
				publish = slices.Clone(publish)
				slices.Reverse(publish)
				return done, publish
			})},
	}
}

// firstError returns the first error.
func firstError(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// onCommit makes a double that commits something else than it is given.
func onCommit(change func([]driver.Delivery, []*driver.Message) ([]driver.Delivery, []*driver.Message)) func(*broken) {
	return func(b *broken) {
		b.commit = func(r *receiver, ctx context.Context, done []driver.Delivery, publish []*driver.Message) error {
			done, publish = change(done, publish)
			return r.Receiver.(driver.Committer).Commit(ctx, done, publish...)
		}
	}
}

// Commit is driver.Committer, of the deliveries within.
func (r *receiver) Commit(ctx context.Context, done []driver.Delivery, publish ...*driver.Message) error {
	inner := make([]driver.Delivery, len(done))
	for i, d := range done {
		inner[i] = d.(*delivery).Delivery
	}
	if r.broken.commit != nil {
		return r.broken.commit(r, ctx, inner, publish)
	}
	return r.Receiver.(driver.Committer).Commit(ctx, inner, publish...)
}
