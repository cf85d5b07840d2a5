package drivertest

import (
	"errors"
	"slices"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// extraLaws are about what some transports can do beside.
func extraLaws() []Law {
	return []Law{
		{
			Name: "flush-is-repeatable", check: flushIsRepeatable,
			Says: "Flush works with nothing acknowledged, after acknowledgements, and twice; what was not acknowledged comes again",
		},
		{
			Name: "extents-cover-what-is-there", check: extentsCover, needs: []need{needMeasurer},
			Says: "Extents has every partition once, in order, from the first message there is to behind the last; a missing address is ErrNotFound",
		},
		{
			Name: "removed-addresses-are-forgotten", check: removedAreForgotten, needs: []need{needRemover},
			Says: "Remove leaves alone what a member receives from (ErrInvalid) and what is missing; what is removed begins anew, for groups and taps",
		},
		{
			Name: "keeper-hands-out-whole-messages", check: handsOutWhole, needs: []need{needKeeper},
			Says: "a message that was given away with a Brief has all its headers wherever it comes out, the same each time",
		},
	}
}

var needRemover = need{
	func(_ Harness, t driver.Transport) bool { _, ok := t.(driver.Remover); return ok },
	"the transport is no driver.Remover",
}

func removedAreForgotten(l *lab) {
	address, other := l.address(1), l.address(1)
	remove := func(want error, addresses ...string) {
		l.Helper()
		ctx, cancel := l.patience()
		defer cancel()
		if err := l.transport.(driver.Remover).Remove(ctx, addresses...); !errors.Is(err, want) {
			l.Errorf("Remove: %v, want %v", err, want)
		}
	}
	before, kept, after := messages(address, "before", 3), messages(other, "kept", 1), messages(address, "after", 2)
	l.publish(before...)
	l.publish(kept...)
	m := l.join("readers", address)
	got := m.expect(before...)
	remove(driver.ErrInvalid, other, address)
	l.ack(got...)
	m.close()
	remove(nil, address)
	remove(nil, address)
	l.publish(after...)
	l.join("readers", address).expect(after...)
	l.join("others", other).expect(kept...)
	if t, ok := l.transport.(driver.Tapper); ok {
		if first := l.tapOf(t, address); string(first.Value) != string(after[0].Value) {
			l.Errorf("a tap begins with %q", first.Value)
		}
	}
}

var needKeeper = need{
	func(_ Harness, t driver.Transport) bool { _, ok := t.(driver.Keeper); return ok },
	"the transport is no driver.Keeper",
}

// initials is a Brief that stands for headers.
type initials []driver.Header

// Whole returns a message with these headers before its own.
func (b initials) Whole(m *driver.Message) *driver.Message {
	whole := *m
	whole.Brief, whole.Headers = nil, slices.Concat(b, m.Headers)
	return &whole
}

// Size is that of keys and values.
func (b initials) Size() (n int) {
	for _, h := range b {
		n += len(h.Key) + len(h.Value)
	}
	return n
}

func handsOutWhole(l *lab) {
	address := l.address(1)
	first := []driver.Header{{Key: "first", Value: []byte("1")}, {Key: "none"}}
	last := driver.Header{Key: "last", Value: []byte("2")}
	sent := func() *driver.Message {
		m := message(address, "key", "value")
		m.Brief, m.Headers = initials(first), []driver.Header{last}
		return m
	}
	see := func(m *driver.Message, where string) {
		l.Helper()
		if m.Brief != nil || !sameHeaders(m.Headers, append(first[:2:2], last)) || string(m.Key) != "key" || m.Address != address {
			l.Errorf("%s the message at %q with key %q has a brief (%v) and the headers %q", where, m.Address, m.Key, m.Brief != nil, m.Headers)
		}
	}
	ctx, cancel := l.patience()
	defer cancel()
	if err := l.transport.(driver.Keeper).PublishOwned(ctx, sent()); err != nil {
		l.Fatalf("PublishOwned: %v", err)
	}
	m := l.join("readers", address)
	d := m.take(1)[0]
	see(d.Message(), "delivered")
	see(d.Message(), "looked at again")
	see(l.join("others", address).take(1)[0].Message(), "in another group")
	if c, ok := d.(driver.Carrier); ok {
		see(c.Carried().Whole(), "made whole")
	}
	if l.transport.Features().Redelivery {
		l.nack(d)
		see(m.take(1)[0].Message(), "delivered again")
	}
	if t, ok := l.transport.(driver.Tapper); ok {
		see(l.tapOf(t, address), "tapped")
	}
	if l.h.TooLarge > 0 {
		large := sent()
		large.Brief = initials{{Key: "large", Value: make([]byte, l.h.TooLarge)}}
		if err := l.transport.(driver.Keeper).PublishOwned(ctx, large); !errors.Is(err, driver.ErrTooLarge) {
			l.Errorf("a message that its brief makes too large: %v, want ErrTooLarge", err)
		}
	}
}

// tapOf returns the first message at an address, as a tap sees it.
func (l *lab) tapOf(t driver.Tapper, address string) *driver.Message {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	tap, err := t.Tap(ctx, driver.TapOptions{Match: func(a string) bool { return a == address }})
	if err != nil {
		l.Fatalf("Tap: %v", err)
	}
	defer tap.Close(ctx)
	batch, err := tap.Receive(ctx)
	if err != nil {
		l.Fatalf("receiving from a tap: %v", err)
	}
	return batch[0]
}

var needMeasurer = need{
	func(_ Harness, t driver.Transport) bool { _, ok := t.(driver.Measurer); return ok },
	"the transport is no driver.Measurer",
}

func flushIsRepeatable(l *lab) {
	address := l.address(1)
	m := l.join("readers", address)
	f, ok := m.receiver.(driver.Flusher)
	if !ok {
		l.Skipf("law not tested: the receiver is no driver.Flusher")
	}
	flush := func() {
		l.Helper()
		ctx, cancel := l.patience()
		defer cancel()
		if err := f.Flush(ctx); err != nil {
			l.Errorf("Flush: %v", err)
		}
	}
	flush()
	sent := messages(address, "m", 4)
	l.publish(sent...)
	got := m.expect(sent...)
	l.ack(got[:2]...)
	flush()
	flush()
	m.close()
	again := l.join("readers", address)
	l.ack(again.expect(sent[2:]...)...)
}

func extentsCover(l *lab) {
	const partitions = 3
	address := l.address(partitions)
	before := l.extents(address)
	if l.transport.Features().Partitions && len(before) != partitions {
		l.Fatalf("%d extents of %d partitions", len(before), partitions)
	}
	l.publish(messages(address, "m", 30, keys(10)...)...)
	member := l.join("readers", address)
	after := l.extents(address)
	for _, d := range member.take(30) {
		m := d.Message()
		i := slices.IndexFunc(after, func(e driver.Extent) bool { return e.Partition == m.Partition })
		if i < 0 || m.Offset < after[i].First || m.Offset >= after[i].Next {
			l.Errorf("partition %d, offset %d lies in none of %v", m.Partition, m.Offset, after)
		}
	}
	for i, e := range after {
		if e.First > e.Next || i > 0 && after[i-1].Partition >= e.Partition {
			l.Errorf("extents are %v", after)
		}
	}
	if l.h.Missing == nil {
		return
	}
	ctx, cancel := l.patience()
	defer cancel()
	if got, err := l.transport.(driver.Measurer).Extents(ctx, l.h.Missing(l.TB)); !errors.Is(err, driver.ErrNotFound) {
		l.Errorf("extents of a missing address: %v, %v", got, err)
	}
}

// extents measures an address.
func (l *lab) extents(address string) []driver.Extent {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	list, err := l.transport.(driver.Measurer).Extents(ctx, address)
	if err != nil {
		l.Fatalf("Extents: %v", err)
	}
	return list
}
