package drivertest

import (
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// pauseLaws are about leaving out partitions.
func pauseLaws() []Law {
	return []Law{
		{
			Name: "paused-partition-is-left-out", check: pausedIsLeftOut, needs: []need{needPartitions},
			Says: "what is published after a partition was paused does not come, while other partitions go on",
		},
		{
			Name: "paused-partition-goes-on", check: pausedGoesOn, needs: []need{needPartitions},
			Says: "after a pause everything comes, in order; pausing what is not assigned is harmless",
		},
	}
}

// pausing joins, takes one message, and pauses its partition. It publishes two
// messages to each of two partitions then, and returns those of the paused one
// and of the other.
func (l *lab) pausing() (m *member, p driver.Pauser, at *driver.Message, paused, other []*driver.Message) {
	l.Helper()
	address := l.address(2)
	m = l.join("readers", address)
	p, ok := m.receiver.(driver.Pauser)
	if !ok {
		l.Skipf("law not tested: the receiver is no driver.Pauser")
	}
	byPartition := map[int32]string{}
	for _, key := range keys(16) {
		l.publish(message(address, key, "first of "+key))
		d := m.take(1)[0]
		l.ack(d)
		at, byPartition[d.Message().Partition] = d.Message(), key
	}
	p.Pause(address, at.Partition, true)
	for partition, key := range byPartition {
		out := messages(address, "of "+key, 2, key)
		l.publish(out...)
		if partition == at.Partition {
			paused = out
		} else {
			other = out
		}
	}
	return m, p, at, paused, other
}

func pausedIsLeftOut(l *lab) {
	m, _, _, _, other := l.pausing()
	l.ack(m.expect(other...)...)
	m.silent()
}

func pausedGoesOn(l *lab) {
	m, p, at, paused, other := l.pausing()
	l.ack(m.expect(other...)...)
	p.Pause("no such address", 7, true)
	p.Pause(at.Address, at.Partition, false)
	l.ack(m.expect(paused...)...)
}
