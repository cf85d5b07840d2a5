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
	// id is named by its address, partition and offset.
	Source, ID string
	// Window is how many entries of a group have to be remembered at least.
	Window int
}
