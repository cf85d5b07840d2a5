package runtime

import "context"

// Inbox remembers which messages a group has handled, so that each takes effect
// once (EffectivelyOnce). Its methods are called concurrently.
type Inbox interface {
	// Once calls handle unless e is known to have been handled, and remembers it
	// when handle returned nil; while one call for e runs, another waits or fails.
	// It reports whether e was known. An error of handle is returned as it is.
	// An inbox that shares a database with the handlers begins a transaction,
	// hands it to handle in the context, and commits it with the mark.
	Once(ctx context.Context, e InboxEntry, handle func(context.Context) error) (known bool, err error)
}

// InboxEntry names a message for a group. It can be compared.
type InboxEntry struct {
	// Group is the consumer group.
	Group string
	// Source and ID are the attributes that name a message. A message without an
	// id is named by its address, partition, offset and time.
	Source, ID string
	// Window is how many entries of a group have to be remembered at least.
	Window int
}

// BatchInbox is an Inbox that takes several messages at once, as ConsumeBatch
// needs it for EffectivelyOnce.
type BatchInbox interface {
	Inbox
	// OnceEach is Once for each of the entries. It calls handle with the indexes
	// of those that are not known, ascending, of equal ones the first alone;
	// handle returns an error for each of them, and those with nil are
	// remembered. handle is not called when there are none, and may be called
	// again with fewer, when what it did has been undone. The results have an
	// element for each entry: whether it was known, and why it is not done. One
	// that equals an earlier one is known when that is done.
	OnceEach(ctx context.Context, es []InboxEntry, handle func(ctx context.Context, fresh []int) []error) (known []bool, errs []error)
}

// handleOnce calls the handler of batches for those messages that the inbox does
// not know.
func (w *batcher) handleOnce(ctx context.Context, inbox BatchInbox, items []*item) {
	entries := make([]InboxEntry, len(items))
	for i, it := range items {
		entries[i] = w.entry(it.in)
	}
	var known []bool
	var errs []error
	err := contained(func() error {
		known, errs = inbox.OnceEach(ctx, entries, func(ctx context.Context, fresh []int) []error {
			batch := make([]*Incoming, len(fresh))
			for n, i := range fresh {
				batch[n] = items[i].in
				batch[n].within(ctx)
			}
			return w.handleAll(ctx, batch)
		})
		return nil
	})
	if err != nil {
		known, errs = make([]bool, len(items)), spread(err, len(items))
	}
	for i, it := range items {
		if it.err = errs[i]; known[i] && errs[i] == nil {
			it.err = errKnown
			w.observe(ctx, Event{Kind: EventDuplicate, Message: it.job.message(), Attempt: it.in.Attempt()})
		}
	}
}

// takesBatches reports whether an inbox takes several messages at once.
func takesBatches(inbox Inbox) bool {
	_, ok := inbox.(BatchInbox)
	return ok
}
