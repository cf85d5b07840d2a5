package inbox

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/asyncwire/asyncwire/runtime"
)

// OnceEach is runtime.BatchInbox. What is being handled elsewhere is waited for.
func (m *Memory) OnceEach(
	ctx context.Context, es []runtime.InboxEntry, handle func(ctx context.Context, fresh []int) []error,
) (known []bool, errs []error) {
	c := newCall(es)
	defer func() { // also when handle panics
		for _, i := range c.fresh {
			m.end(c.names[i])
		}
	}()
	err := c.begin(func(i int) (bool, error) { return m.begin(ctx, c.names[i]) })
	if err != nil || len(c.fresh) == 0 {
		return c.results(err)
	}
	c.take(c.fresh, handle(ctx, c.fresh))
	var done []noted
	for _, i := range c.fresh {
		if c.errs[i] == nil {
			v := noted{name: c.names[i], at: m.options.Now().UnixNano()}
			m.remember(v, max(es[i].Window, m.options.Window))
			done = append(done, v)
		}
	}
	if m.note != nil && len(done) > 0 {
		if err := m.note(done...); err != nil {
			c.failRest(err)
		}
	}
	return c.results(nil)
}

// OnceEach is runtime.BatchInbox: it returns when all that was handled is noted
// in the file, together.
func (f *File) OnceEach(
	ctx context.Context, es []runtime.InboxEntry, handle func(ctx context.Context, fresh []int) []error,
) (known []bool, errs []error) {
	return f.memory.OnceEach(ctx, es, func(ctx context.Context, fresh []int) []error {
		if err := f.failure(); err != nil {
			return slices.Repeat([]error{err}, len(fresh))
		}
		return handle(ctx, fresh)
	})
}

// OnceEach is runtime.BatchInbox: all messages are handled in one transaction.
// When some fail it is rolled back, and the others are handled again without
// them in a new one.
func (t transactional[T]) OnceEach(
	ctx context.Context, es []runtime.InboxEntry, handle func(ctx context.Context, fresh []int) []error,
) (known []bool, errs []error) {
	c := newCall(es)
	for {
		again, err := t.each(ctx, c, handle)
		if err != nil || !again {
			return c.results(err)
		}
	}
}

// each is one transaction. It reports whether it was rolled back for some and
// there are others.
func (t transactional[T]) each(
	ctx context.Context, c *call, handle func(ctx context.Context, fresh []int) []error,
) (again bool, err error) {
	tx, err := t.store.Begin(ctx)
	if err != nil {
		return false, err
	}
	committed := false
	defer func() { // also when handle panics
		if committed {
			return
		}
		if undo := t.store.Rollback(context.WithoutCancel(ctx), tx); undo != nil {
			again, err = false, errors.Join(err, undo)
		}
	}()
	c.fresh = nil
	if err := c.begin(func(i int) (bool, error) { return t.store.Mark(ctx, tx, c.entries[i]) }); err != nil || len(c.fresh) == 0 {
		return false, err
	}
	if failed := c.take(c.fresh, handle(context.WithValue(ctx, txKey[T]{}, tx), c.fresh)); failed > 0 {
		return failed < len(c.fresh), nil
	}
	if err := t.store.Commit(ctx, tx); err != nil {
		return false, err
	}
	committed = true
	return false, nil
}

// call is one OnceEach.
type call struct {
	entries []runtime.InboxEntry
	names   []name
	order   []int // of the entries that are not like an earlier one: in it names are taken, so that no two calls wait for each other
	first   map[name]int
	fresh   []int // not known, ascending
	known   []bool
	errs    []error
}

func newCall(es []runtime.InboxEntry) *call {
	c := &call{
		entries: es, names: make([]name, len(es)), first: make(map[name]int, len(es)),
		known: make([]bool, len(es)), errs: make([]error, len(es)),
	}
	for i, e := range es {
		c.names[i] = nameOf(e)
		if _, there := c.first[c.names[i]]; !there {
			c.first[c.names[i]] = i
			c.order = append(c.order, i)
		}
	}
	slices.SortFunc(c.order, func(a, b int) int { return bytes.Compare(c.names[a][:], c.names[b][:]) })
	return c
}

// begin asks for each entry that has not failed whether it is known.
func (c *call) begin(ask func(i int) (known bool, err error)) (err error) {
	for _, i := range c.order {
		if c.errs[i] != nil {
			continue
		}
		if c.known[i], err = ask(i); err != nil {
			return err
		}
		if !c.known[i] {
			c.fresh = append(c.fresh, i)
		}
	}
	slices.Sort(c.fresh)
	return nil
}

// take notes the errors that a handler returned, and returns how many there are.
func (c *call) take(fresh []int, errs []error) (failed int) {
	for n, i := range fresh {
		if n < len(errs) && errs[n] != nil {
			c.errs[i] = errs[n]
			failed++
		}
	}
	return failed
}

// failRest gives an error to what is neither known nor has failed.
func (c *call) failRest(err error) {
	for _, i := range c.order {
		if !c.known[i] && c.errs[i] == nil {
			c.errs[i] = err
		}
	}
}

// results returns what became of each entry; err is that of all that are open.
func (c *call) results(err error) (known []bool, errs []error) {
	if err != nil {
		c.failRest(err)
	}
	for i, n := range c.names {
		if first := c.first[n]; first != i {
			c.known[i], c.errs[i] = c.errs[first] == nil, c.errs[first]
		}
	}
	return c.known, c.errs
}
