package drivertest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// groupLaws are about sharing messages in groups, and about where they begin.
func groupLaws() []Law {
	return []Law{
		{
			Name: "groups-are-independent", check: groupsAreIndependent,
			Says: "every group gets all messages, whatever another one has acknowledged",
		},
		{
			Name: "members-share", check: membersShare,
			Says: "of two members both get messages, and together all",
		},
		{
			Name: "member-leaves-after-draining", check: memberLeaves,
			Says: "when a member acknowledges what it has and leaves, the other takes over; nothing is lost and nothing comes twice",
		},
		{
			Name: "member-leaves-with-work-undone", check: memberLeavesUndone,
			Says: "what a leaving member had not acknowledged goes to the other",
		},
		{
			Name: "start-earliest", check: startEarliest,
			Says: "a new group that starts at the earliest gets what was published before it",
		},
		{
			Name: "start-latest", check: startLatest,
			Says: "a new group that starts at the latest gets nothing that was published before it",
		},
		{
			Name: "position-is-remembered", check: positionIsRemembered,
			Says: "a group with a position goes on there, wherever new ones start",
		},
		{
			Name: "position-is-shared-between-transports", check: positionIsShared,
			Says: "a member on another transport goes on where the group is",
		},
	}
}

func groupsAreIndependent(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 20)
	l.publish(out[:10]...)
	one, two := l.join("one", address), l.join("two", address)
	l.ack(one.expect(out[:10]...)...)
	l.publish(out[10:]...)
	l.ack(one.expect(out[10:]...)...)
	one.close()
	two.expect(out...)
}

// pair lets two members run, each on its own transport, until both have had a
// message and everything published so far is acknowledged.
func (l *lab) pair(address string, t *tally) (one, two *member, stopOne func()) {
	l.Helper()
	one = l.join("readers", address)
	stopOne = one.start("one", t)
	l.transport = l.open()
	two = l.join("readers", address)
	two.start("two", t)
	deadline := time.Now().Add(l.h.Patience)
	for round := 0; time.Now().Before(deadline); round++ {
		out := messages(address, fmt.Sprintf("settle-%d", round), 16, keys(16)...)
		l.publish(out...)
		l.awaitAll(t, out)
		t.mu.Lock()
		settled := t.by["one"] > 0 && t.by["two"] > 0
		t.mu.Unlock()
		if settled {
			return one, two, stopOne
		}
	}
	l.Fatalf("of two members one got no message within %v: %v", l.h.Patience, t.by)
	return nil, nil, nil
}

func membersShare(l *lab) {
	t := newTally()
	address := l.address(4)
	l.pair(address, t)
	out := messages(address, "m", 400, keys(16)...)
	for i := 0; i < len(out); i += 50 {
		l.publish(out[i : i+50]...)
	}
	l.awaitAll(t, out)
}

func memberLeaves(l *lab) {
	t := newTally()
	address := l.address(4)
	one, _, stop := l.pair(address, t)
	out := messages(address, "m", 600, keys(16)...)
	for i := 0; i < len(out); i += 20 {
		l.publish(out[i : i+20]...)
		if i == 200 {
			l.await(t, "delivery to the member that is to leave", func() bool { return strings.HasPrefix(t.last["one"], "m-") })
			stop()
			one.close()
		}
	}
	end := messages(address, "end", 16, keys(16)...)
	l.publish(end...)
	l.awaitAll(t, append(out, end...))
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range out {
		if n := t.count[string(m.Value)]; n != 1 {
			l.Errorf("%q was delivered %d times", m.Value, n)
		}
	}
}

func memberLeavesUndone(l *lab) {
	address := l.address(4)
	out := messages(address, "m", 100, keys(16)...)
	l.publish(out...)
	one := l.join("readers", address)
	got := one.take(len(out))
	l.ack(got[:50]...)
	t := newTally()
	two := l.join("readers", address)
	two.start("two", t)
	one.close()
	l.awaitAll(t, undone(got[50:]))
}

// undone returns the messages of deliveries.
func undone(deliveries []driver.Delivery) []*driver.Message {
	out := make([]*driver.Message, len(deliveries))
	for i, d := range deliveries {
		out[i] = d.Message()
	}
	return out
}

func startEarliest(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 10)
	l.publish(out...)
	l.joinFrom(driver.StartEarliest, "readers", address).expect(out...)
}

func startLatest(l *lab) {
	address := l.address(1)
	l.publish(messages(address, "old", 10)...)
	m := l.joinFrom(driver.StartLatest, "readers", address)
	got := make(chan []driver.Delivery, 1)
	ctx, cancel := l.patience()
	defer cancel()
	go func() {
		batch, err := m.receiver.Receive(ctx)
		if err != nil {
			batch = nil
		}
		got <- batch
	}()
	// A subscription may take its place later than Subscribe returns: publish
	// until something arrives.
	for i := 0; ; i++ {
		l.publish(message(address, "", fmt.Sprintf("new-%d", i)))
		wait, stop := context.WithTimeout(ctx, l.h.Quiet/4)
		select {
		case batch := <-got:
			stop()
			if len(batch) == 0 {
				l.Fatalf("nothing arrived, although %d messages were published after subscribing", i+1)
			}
			if v := batch[0].Message().Value; string(v[:3]) != "new" {
				l.Errorf("%q came first, which was published before subscribing", v)
			}
			return
		case <-wait.Done():
			stop()
		}
	}
}

func positionIsRemembered(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 10)
	l.publish(out[:6]...)
	m := l.join("readers", address)
	l.ack(m.expect(out[:6]...)[:4]...)
	m.close()
	l.publish(out[6:]...)
	m = l.joinFrom(driver.StartLatest, "readers", address)
	l.ack(m.expect(out[4:]...)[:2]...)
	m.close()
	l.joinFrom(driver.StartEarliest, "readers", address).expect(out[6:]...)
}

func positionIsShared(l *lab) {
	address := l.address(1)
	out := messages(address, "m", 10)
	l.publish(out...)
	m := l.join("readers", address)
	l.ack(m.expect(out...)[:7]...)
	m.close()
	l.transport = l.open()
	l.join("readers", address).expect(out[7:]...)
}
