package drivertest

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// commitLaws are about acknowledging and publishing as one.
func commitLaws() []Law {
	laws := []Law{
		{
			Name: "commit-stores-both", check: commitStoresBoth,
			Says: "Commit publishes its messages and acknowledges its deliveries, to several addresses and of several partitions",
		},
		{
			Name: "commit-publishes-nothing", check: commitPublishesNothing,
			Says: "Commit without messages acknowledges, and without deliveries publishes",
		},
		{
			Name: "commit-is-remembered-beyond-a-gap", check: commitBeyondGap,
			Says: "what was committed is not delivered again, also when something before it was not; that is",
		},
		{
			Name: "commits-add-up", check: commitsAddUp,
			Says: "what several members in turn have committed in any order is not delivered again, and all else is",
		},
		{
			Name: "acks-and-commits-close-a-gap", check: acksAndCommits,
			Says: "Ack and Commit of one partition together advance its position",
		},
		{
			Name: "stale-commit-stores-nothing", check: staleCommit, needs: []need{needPartitions},
			Says: "a Commit with a delivery of an assignment that has ended is ErrStale; it acknowledges nothing and publishes nothing",
		},
		{
			Name: "commit-counts-once", check: commitOnce,
			Says: "a Commit with a delivery that has ended stores nothing",
		},
		{
			Name: "commit-after-close", check: commitAfterClose,
			Says: "a Commit after its receiver was closed is ErrStale or ErrClosed and stores nothing",
		},
		{
			Name: "commit-of-another-receiver", check: commitOfAnother,
			Says: "a Commit with a delivery of another receiver is ErrInvalid and stores nothing",
		},
		{
			Name: "commit-too-large", check: commitTooLarge, needs: []need{needTooLarge},
			Says: "a Commit with a message that is too large is ErrTooLarge and stores nothing; its deliveries can be committed then",
		},
		{
			Name: "commit-keeps-order", check: commitKeepsOrder,
			Says: "messages with equal keys are stored in the order of the slice and of the calls, among those of Publish",
		},
		{
			Name: "commit-from-any-goroutine", check: commitFromAnyGoroutine,
			Says: "Commit may be called concurrently, and while Receive runs: each unit is stored once",
		},
		{
			Name: "given-back-is-committed", check: givenBackIsCommitted, needs: []need{needRedelivery},
			Says: "a message given back and delivered again can be committed, by the newest delivery alone",
		},
	}
	for i := range laws {
		laws[i].needs = append(laws[i].needs, needTransactions)
	}
	return append(laws, Law{
		Name: "no-transactions-is-said", check: noTransactions, needs: []need{needNoTransactions},
		Says: "a transport without Features.Transactions refuses a transactional subscription with ErrInvalid",
	})
}

func noTransactions(l *lab) {
	ctx, cancel := l.patience()
	defer cancel()
	s := driver.Subscription{Addresses: []string{l.address(1)}, Group: l.group("readers"), Transactional: true}
	if _, err := l.transport.Subscribe(ctx, s); !errors.Is(err, driver.ErrInvalid) {
		l.Errorf("a transactional subscription: %v, want ErrInvalid", err)
	}
}

// committer subscribes for transactions.
func (l *lab) committer(group string, addresses ...string) *member {
	l.Helper()
	m := l.subscribe(driver.Subscription{Addresses: addresses, Group: l.group(group), Transactional: true})
	if _, ok := m.receiver.(driver.Committer); !ok {
		l.Fatal("the receiver of a transactional subscription is no driver.Committer")
	}
	return m
}

// commit stores a unit.
func (m *member) commit(done []driver.Delivery, publish ...*driver.Message) error {
	ctx, cancel := m.lab.patience()
	defer cancel()
	return m.receiver.(driver.Committer).Commit(ctx, done, publish...)
}

// committed stores a unit, which must succeed.
func (m *member) committed(done []driver.Delivery, publish ...*driver.Message) {
	m.lab.Helper()
	if err := m.commit(done, publish...); err != nil {
		m.lab.Fatalf("committing %s with %d messages: %v", values(done), len(publish), err)
	}
}

// refused stores a unit, which must fail with one of the errors.
func (m *member) refused(done []driver.Delivery, publish []*driver.Message, want ...error) {
	m.lab.Helper()
	err := m.commit(done, publish...)
	if !slices.ContainsFunc(want, func(w error) bool { return errors.Is(err, w) }) {
		m.lab.Fatalf("committing %s: %v, want one of %q", values(done), err, want)
	}
}

// holds checks that an address with one partition has these messages, and no
// others before an end that is published now.
func (l *lab) holds(address string, want ...*driver.Message) {
	l.Helper()
	end := message(address, "end", "the end of "+l.run)
	l.publish(end)
	l.join("auditors", address).expect(append(slices.Clone(want), end)...)
}

func commitStoresBoth(l *lab) {
	in, one, other := l.address(2), l.address(1), l.address(1)
	sent := messages(in, "in", 20, keys(8)...)
	l.publish(sent...)
	m := l.committer("readers", in)
	got := m.take(20)
	to, also := messages(one, "one", 3, "k"), messages(other, "other", 2, "k")
	m.committed(got[:5], to[0], also[0], to[1])
	m.committed(got[5:], to[2], also[1])
	m.close()
	after := messages(in, "after", 8, keys(8)...)
	l.publish(after...)
	l.checkKeyOrder(l.join("readers", in), after)
	l.holds(one, to...)
	l.holds(other, also...)
}

func commitPublishesNothing(l *lab) {
	in, out := l.address(1), l.address(1)
	sent := messages(in, "in", 4)
	l.publish(sent...)
	m := l.committer("readers", in)
	got := m.expect(sent...)
	m.committed(got[:2])
	alone := message(out, "k", "alone")
	m.committed(nil, alone)
	m.committed(nil)
	m.close()
	l.join("readers", in).expect(sent[2:]...)
	l.holds(out, alone)
}

func commitBeyondGap(l *lab) {
	in, out := l.address(1), l.address(1)
	sent := messages(in, "in", 10)
	l.publish(sent...)
	m := l.committer("readers", in)
	got := m.expect(sent...)
	first, second := message(out, "k", "first"), message(out, "k", "second")
	m.committed([]driver.Delivery{got[7], got[1]}, first)
	m.committed(got[3:5], second)
	m.close()
	after := message(in, "", "after")
	l.publish(after)
	want := []*driver.Message{sent[0], sent[2], sent[5], sent[6], sent[8], sent[9], after}
	m = l.committer("readers", in)
	m.committed(m.expect(want...)[2:3])
	m.close()
	want = slices.Delete(want, 2, 3)
	m = l.join("readers", in)
	l.ack(m.expect(want...)...)
	m.close()
	last := message(in, "", "last")
	l.publish(last)
	l.join("readers", in).expect(last)
	l.holds(out, first, second)
}

func commitsAddUp(l *lab) {
	in := l.address(1)
	left := messages(in, "in", 60)
	l.publish(left...)
	for step := 2; step < 7; step++ {
		m := l.committer("readers", in)
		got := m.expect(left...)
		var kept []*driver.Message
		for i, d := range got {
			if i%step != step-1 {
				kept = append(kept, left[i])
				continue
			}
			m.committed([]driver.Delivery{d})
		}
		left = kept
		m.close()
	}
	l.join("readers", in).expect(left...)
}

func acksAndCommits(l *lab) {
	in := l.address(1)
	sent := messages(in, "in", 6)
	l.publish(sent...)
	m := l.committer("readers", in)
	got := m.expect(sent...)
	m.committed(got[2:4])
	l.ack(got[0])
	m.committed(got[4:5])
	l.ack(got[1])
	m.close()
	l.join("readers", in).expect(sent[5])
}

func staleCommit(l *lab) {
	in, out := l.address(2), l.address(1)
	sent := messages(in, "m", 40, keys(20)...)
	l.publish(sent...)
	one := l.committer("readers", in)
	held := one.take(len(sent))
	other := l.committer("readers", in)
	fresh := other.take(1)[0]
	stale := slices.IndexFunc(held, func(d driver.Delivery) bool { return string(d.Message().Value) == string(fresh.Message().Value) })
	mine := slices.IndexFunc(held, func(d driver.Delivery) bool { return d.Message().Partition != fresh.Message().Partition })
	never := message(out, "k", "never")
	one.refused([]driver.Delivery{held[stale]}, []*driver.Message{never}, driver.ErrStale)
	one.refused([]driver.Delivery{held[mine], held[stale]}, []*driver.Message{never}, driver.ErrStale)
	once := message(out, "k", "once")
	one.committed([]driver.Delivery{held[mine]}, once)
	other.committed([]driver.Delivery{fresh})
	l.holds(out, once)
}

func commitOnce(l *lab) {
	in, out := l.address(1), l.address(1)
	sent := messages(in, "in", 5)
	l.publish(sent...)
	m := l.committer("readers", in)
	got := m.expect(sent...)
	never, once := []*driver.Message{message(out, "k", "never")}, message(out, "k", "once")
	m.committed(got[:1], once)
	m.refused(got[:1], never, driver.ErrStale)
	l.ack(got[1])
	m.refused(got[1:3], never, driver.ErrStale)
	m.refused([]driver.Delivery{got[2], got[2]}, never, driver.ErrStale)
	m.committed(got[2:3])
	l.ack(got[2])
	m.close()
	l.join("readers", in).expect(sent[3:]...)
	l.holds(out, once)
}

func commitAfterClose(l *lab) {
	in, out := l.address(1), l.address(1)
	sent := messages(in, "in", 3)
	l.publish(sent...)
	m := l.committer("readers", in)
	got := m.expect(sent...)
	m.close()
	m.refused(got[:1], []*driver.Message{message(out, "k", "never")}, driver.ErrStale, driver.ErrClosed)
	l.join("readers", in).expect(sent...)
	l.holds(out)
}

func commitOfAnother(l *lab) {
	in, out := l.address(1), l.address(1)
	sent := messages(in, "in", 3)
	l.publish(sent...)
	one, other := l.committer("readers", in), l.committer("others", in)
	got := one.expect(sent...)
	theirs := other.expect(sent...)
	other.refused(got[:1], []*driver.Message{message(out, "k", "never")}, driver.ErrInvalid)
	other.refused([]driver.Delivery{theirs[0], got[1]}, []*driver.Message{message(out, "k", "never")}, driver.ErrInvalid)
	one.committed(got[:1])
	one.close()
	other.close()
	l.join("readers", in).expect(sent[1:]...)
	l.join("others", in).expect(sent...)
	l.holds(out)
}

func commitTooLarge(l *lab) {
	in, out := l.address(1), l.address(1)
	sent := messages(in, "in", 3)
	l.publish(sent...)
	m := l.committer("readers", in)
	got := m.expect(sent...)
	small, large := message(out, "k", "small"), &driver.Message{Address: out, Value: make([]byte, l.h.TooLarge)}
	m.refused(got[:2], []*driver.Message{small, large}, driver.ErrTooLarge)
	m.committed(got[:2], small)
	m.close()
	l.join("readers", in).expect(sent[2])
	l.holds(out, small)
}

func commitKeepsOrder(l *lab) {
	in, out := l.address(1), l.address(3)
	sent := messages(in, "in", 30)
	l.publish(sent...)
	m := l.committer("readers", in)
	var want []*driver.Message
	for i, d := range m.expect(sent...) {
		unit := messages(out, fmt.Sprint("unit-", i), 4, "a", "b")
		m.committed([]driver.Delivery{d}, unit...)
		between := messages(out, fmt.Sprint("between-", i), 2, "a", "b")
		l.publish(between...)
		want = append(append(want, unit...), between...)
	}
	l.checkKeyOrder(l.join("auditors", out), want)
}

func commitFromAnyGoroutine(l *lab) {
	in, out := l.address(3), l.address(3)
	sent := messages(in, "in", 200, keys(8)...)
	l.publish(sent...)
	m := l.committer("readers", in)
	errs := make(chan error, len(sent))
	var want []*driver.Message
	var all sync.WaitGroup
	for i := range sent {
		d := m.take(1)[0]
		unit := messages(out, fmt.Sprint("unit-", i), 2, fmt.Sprint("key-", i))
		want = append(want, unit...)
		all.Go(func() { errs <- m.commit([]driver.Delivery{d}, unit...) })
	}
	all.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			l.Fatalf("committing: %v", err)
		}
	}
	m.close()
	after := messages(in, "after", 8, keys(8)...)
	l.publish(after...)
	l.checkKeyOrder(l.join("readers", in), after)
	l.checkKeyOrder(l.join("auditors", out), want)
}

func givenBackIsCommitted(l *lab) {
	in, out := l.address(1), l.address(1)
	sent := messages(in, "in", 3)
	l.publish(sent...)
	m := l.committer("readers", in)
	first := m.expect(sent...)
	l.nack(first[1])
	again := m.expect(sent[1])
	m.refused(first[1:2], []*driver.Message{message(out, "k", "never")}, driver.ErrStale)
	once := message(out, "k", "once")
	m.committed(again, once)
	m.close()
	l.join("readers", in).expect(sent[0], sent[2])
	l.holds(out, once)
}
