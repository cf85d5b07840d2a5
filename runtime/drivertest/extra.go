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
	}
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
