package kafka

import (
	"context"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

var (
	_ driver.Flusher = (*receiver)(nil)
	_ driver.Pauser  = (*receiver)(nil)
)

// follow makes a term the one that Flush and Pause are about.
func (r *receiver) follow(t *term) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.term = t
}

// current returns the latest term, nil before the first.
func (r *receiver) current() *term {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.term
}

// remains notes that the last acknowledgements of a term could not be
// committed, for the next Flush.
func (r *receiver) remains(err error) {
	if err == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unkept = err
}

// Flush commits what has been acknowledged. After an error it is not known what
// of it is committed; acknowledgements of an assignment that has ended are told
// by the next Flush.
func (r *receiver) Flush(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- r.flush() }()
	select {
	case err := <-done:
		if err == nil {
			return nil
		}
		return failed(err, "committing as group %s", r.group)
	case <-ctx.Done():
		return failed(ctx.Err(), "committing as group %s", r.group)
	}
}

// flush is Flush without an end.
func (r *receiver) flush() error {
	var err error
	if t := r.current(); t != nil {
		err = t.commit()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil {
		err = r.unkept
	}
	r.unkept = nil
	return err
}

// Pause leaves out a partition until it is called again or the assignment ends.
// What was fetched stays in the feed, and no more is fetched than a partition
// may hold (Config.MaxFetchBytes).
func (r *receiver) Pause(address string, partition int32, paused bool) {
	t := r.current()
	if t == nil {
		return
	}
	t.assignment.pause(topicPartition{address, partition}, paused)
	r.feed.poke()
}
