package drivertest

import (
	"errors"
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// ackLaws are about acknowledging.
func ackLaws() []Law {
	return []Law{
		{
			Name: "ack-advances", check: ackAdvances,
			Says: "what was acknowledged before Close is not delivered to the next member",
		},
		{
			Name: "unacknowledged-is-delivered-again", check: unackedAgain,
			Says: "the next member begins with the first message that was not acknowledged",
		},
		{
			Name: "ack-in-any-order", check: ackInAnyOrder,
			Says: "acknowledgements may come in any order; once there is no gap, all of them count",
		},
		{
			Name: "ack-from-any-goroutine", check: ackFromAnyGoroutine,
			Says: "Ack may be called concurrently, and while Receive runs",
		},
		{
			Name: "gap-is-never-passed", check: gapIsNeverPassed, needs: []need{needPartitions},
			Says: "the position stays at a message that is not acknowledged, whatever is acknowledged after it",
		},
		{
			Name: "nack-delivers-again", check: nackDeliversAgain, needs: []need{needRedelivery},
			Says: "a message given back is delivered again, to the same member too",
		},
		{
			Name: "nack-is-no-ack", check: nackIsNoAck,
			Says: "a message given back is delivered to the next member",
		},
		{
			Name: "first-end-counts", check: firstEndCounts,
			Says: "ending a delivery twice is harmless, and the first call counts",
		},
		{
			Name: "ack-after-close", check: ackAfterClose,
			Says: "ending a delivery after its receiver was closed has no effect and is harmless",
		},
		{
			Name: "stale-ack-has-no-effect", check: staleAck, needs: []need{needPartitions},
			Says: "an acknowledgement of an assignment that has ended is ErrStale, and the message is not done by it",
		},
		{
			Name: "stale-ack-does-not-rewind", check: staleAckDoesNotRewind, needs: []need{needPartitions},
			Says: "an acknowledgement of an assignment that has ended leaves alone what the new owner acknowledged",
		},
	}
}

func ackAdvances(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 20)
	l.publish(out...)
	m := l.join("readers", address)
	l.ack(m.expect(out...)...)
	m.close()
	after := message(address, "", "after")
	l.publish(after)
	l.join("readers", address).expect(after)
}

func unackedAgain(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 20)
	l.publish(out...)
	m := l.join("readers", address)
	l.ack(m.expect(out...)[:8]...)
	m.close()
	l.join("readers", address).expect(out[8:]...)
}

func ackInAnyOrder(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 30)
	l.publish(out...)
	m := l.join("readers", address)
	got := m.expect(out...)
	done := slices.Clone(got[:20])
	slices.Reverse(done)
	l.ack(done[5:]...)
	l.ack(done[:5]...)
	m.close()
	l.join("readers", address).expect(out[20:]...)
}

func ackFromAnyGoroutine(l *lab) {
	address := l.address(2)
	out := messages(address, "m", 200, keys(8)...)
	l.publish(out...)
	m := l.join("readers", address)
	ctx, cancel := l.patience()
	defer cancel()
	errs := make(chan error, len(out))
	var wg sync.WaitGroup
	for range out {
		d := m.take(1)[0]
		wg.Go(func() { errs <- d.Ack(ctx) })
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			l.Fatalf("acknowledging: %v", err)
		}
	}
	m.close()
	after := messages(address, "after", 8, keys(8)...)
	l.publish(after...)
	l.checkKeyOrder(l.join("readers", address), after)
}

func gapIsNeverPassed(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 10)
	l.publish(out...)
	m := l.join("readers", address)
	got := m.expect(out...)
	l.ack(got[0], got[1], got[3], got[4], got[9])
	m.close()
	m = l.join("readers", address)
	l.ack(m.expect(out[2:]...)[1:]...)
	m.close()
	l.join("readers", address).expect(out[2:]...)
}

func nackDeliversAgain(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 5)
	l.publish(out...)
	m := l.join("readers", address)
	got := m.expect(out...)
	l.ack(got[0], got[1], got[4])
	l.nack(got[2], got[3])
	want := valueSet(out[2:4])
	for _, d := range m.take(2) {
		if !want[string(d.Message().Value)] {
			l.Fatalf("%q came again, want one of %v", d.Message().Value, want)
		}
		delete(want, string(d.Message().Value))
		l.ack(d)
	}
	m.close()
	after := message(address, "", "after")
	l.publish(after)
	l.join("readers", address).expect(after)
}

func nackIsNoAck(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 5)
	l.publish(out...)
	m := l.join("readers", address)
	got := m.expect(out...)
	l.ack(got[:3]...)
	l.nack(got[3:]...)
	m.close()
	l.join("readers", address).expect(out[3:]...)
}

func firstEndCounts(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 4)
	l.publish(out...)
	m := l.join("readers", address)
	got := m.expect(out...)
	l.ack(got[0], got[0], got[1])
	l.nack(got[1], got[0])
	l.nack(got[2], got[2])
	ctx, cancel := l.patience()
	defer cancel()
	if err := got[2].Ack(ctx); err != nil {
		l.Errorf("Ack after Nack: %v", err)
	}
	m.close()
	l.join("readers", address).expect(out[2:]...)
}

// endLate ends a delivery whose assignment is over; that has to be harmless.
func (l *lab) endLate(deliveries ...driver.Delivery) {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	for i, d := range deliveries {
		end := d.Ack
		if i%2 == 1 {
			end = d.Nack
		}
		if err := end(ctx); err != nil && !errors.Is(err, driver.ErrStale) && !errors.Is(err, driver.ErrClosed) {
			l.Errorf("ending a delivery late: %v, want nil, ErrStale or ErrClosed", err)
		}
	}
}

func ackAfterClose(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 6)
	l.publish(out...)
	m := l.join("readers", address)
	got := m.expect(out...)
	l.ack(got[0])
	m.close()
	l.endLate(got[1], got[2])
	m = l.join("readers", address)
	l.endLate(got[3], got[4])
	again := m.expect(out[1:]...)
	l.ack(again[0])
	l.endLate(got[2], got[5])
	m.close()
	l.join("readers", address).expect(out[2:]...)
}

// steal publishes to two partitions, lets one member receive everything and
// acknowledge nothing, and another join. It returns the second member when it
// has received a message, that delivery, and the first member's delivery of
// the same message.
func (l *lab) steal(address string) (one, other *member, stale, fresh driver.Delivery) {
	l.Helper()
	out := messages(address, "m", 40, keys(20)...)
	l.publish(out...)
	one = l.join("readers", address)
	held := one.take(len(out))
	other = l.join("readers", address)
	fresh = other.take(1)[0]
	for _, d := range held {
		if string(d.Message().Value) == string(fresh.Message().Value) {
			return one, other, d, fresh
		}
	}
	l.Fatalf("%q came to the second member only", fresh.Message().Value)
	return nil, nil, nil, nil
}

// ackStale acknowledges a delivery of an assignment that has ended.
func (l *lab) ackStale(d driver.Delivery) {
	l.Helper()
	ctx, cancel := l.patience()
	defer cancel()
	if err := d.Ack(ctx); !errors.Is(err, driver.ErrStale) {
		l.Errorf("Ack of an assignment that has ended: %v, want ErrStale", err)
	}
}

func staleAck(l *lab) {
	address := l.address(2)
	one, other, stale, _ := l.steal(address)
	l.ackStale(stale)
	other.close()
	one.close()
	m := l.join("readers", address)
	for range 40 {
		if string(m.take(1)[0].Message().Value) == string(stale.Message().Value) {
			return
		}
	}
	l.Errorf("%q is not delivered again, although only a stale acknowledgement was made", stale.Message().Value)
}

func staleAckDoesNotRewind(l *lab) {
	address := l.address(2)
	one, other, stale, fresh := l.steal(address)
	partition, last := fresh.Message().Partition, fresh
	l.ack(fresh)
	for range 3 {
		d := other.takeFrom(partition)
		l.ack(d)
		last = d
	}
	l.ackStale(stale)
	other.close()
	l.endLate(stale)
	one.close()
	m := l.join("readers", address)
	if d := m.takeFrom(partition); d.Message().Offset <= last.Message().Offset {
		l.Errorf("partition %d goes on at offset %d, although %d was acknowledged", partition, d.Message().Offset,
			last.Message().Offset)
	}
}

// takeFrom takes messages until one is of that partition.
func (m *member) takeFrom(partition int32) driver.Delivery {
	m.lab.Helper()
	for {
		if d := m.take(1)[0]; d.Message().Partition == partition {
			return d
		}
	}
}
