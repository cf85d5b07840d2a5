package faults

import (
	"context"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
)

// TestKilledExactlyOnce kills a pipeline from orders to out at random moments: in
// the end each order has one message in out or is a dead letter, and those of a key
// are in order.
func TestKilledExactlyOnce(t *testing.T) {
	all := conditions{Full: true, Clock: true, Cancel: true}
	for name, c := range map[string]struct {
		config
		how  syscall.Signal
		laws []Law
	}{
		"killed":             {config{}, syscall.SIGKILL, []Law{NothingLost, OneEffect, EffectsInOrder}},
		"killed, everything": {config{Faulty: true, Tear: true, conditions: all}, syscall.SIGKILL, []Law{NothingLost, OneEffect, EffectsInOrder}},
		"killed, retry":      {config{Faulty: true, conditions: conditions{Retry: true, Cancel: true}}, syscall.SIGKILL, []Law{NothingLost, OneEffect}},
		"killed, pull":       {config{Faulty: true, Tear: true, conditions: conditions{Mode: "pull"}}, syscall.SIGKILL, []Law{NothingLost, OneEffect, EffectsInOrder}},
		"killed, batches":    {config{Faulty: true, Tear: true, conditions: conditions{Mode: "batch", Cancel: true}}, syscall.SIGKILL, []Law{NothingLost, OneEffect, EffectsInOrder}},
		"stopped, batches":   {config{Faulty: true, conditions: conditions{Mode: "batch", Full: true}}, syscall.SIGTERM, []Law{NothingLost, OneEffect, EffectsInOrder}},
		"stopped":            {config{Faulty: true}, syscall.SIGTERM, []Law{NothingLost, OneEffect, EffectsInOrder}},
		"stopped, full":      {config{Faulty: true, conditions: conditions{Full: true}}, syscall.SIGTERM, []Law{NothingLost, OneEffect, EffectsInOrder}},
	} {
		t.Run(name, func(t *testing.T) {
			c.Guarantee = runtime.ExactlyOnce
			v := disturb(t, c.config, c.how, c.laws)
			if v.Again > 0 || v.Handled+v.Parked < v.Acked {
				t.Errorf("%d effects too many, %d of %d are handled", v.Again, v.Handled+v.Parked, v.Acked)
			}
		})
	}
}

// cause publishes what an order causes.
func (s *service) cause(ctx context.Context, m *driver.Message) error {
	return s.conn.PublishMessage(ctx, &driver.Message{Address: "out", Key: m.Key, Value: m.Value})
}

// recall settles the orders whose units a service has stored that was killed
// before it could note that.
func (s *service) recall() error {
	if s.Guarantee != runtime.ExactlyOnce || !s.Finish {
		return nil
	}
	out, dead, err := s.stored()
	for _, id := range slices.Concat(out, dead) {
		s.settle(id.Key, id.Seq)
	}
	return err
}

// stored reads what pipelines have left, in the order of their partitions.
func (c config) stored() (out, dead []Event, err error) {
	l, err := eventlog.Open(filepath.Join(c.Dir, "log"), nil)
	if err != nil {
		return nil, nil, err
	}
	defer l.Close(context.Background())
	if err := l.Publish(context.Background(), &driver.Message{Address: "look"}); err != nil { // recovers
		return nil, nil, err
	}
	if out, err = readAll(l, "out"); err == nil {
		dead, err = readAll(l, "orders.dead")
	}
	return out, dead, err
}

// readAll reads a topic, nothing where there is none.
func readAll(l *eventlog.Log, topic string) ([]Event, error) {
	var all []Event
	for p := 0; ; p++ {
		r, err := l.Reader(topic, p, 0)
		if err != nil {
			return all, nil // there are no more partitions
		}
		for {
			batch, err := r.Read()
			if err != nil {
				return nil, err
			}
			if len(batch) == 0 {
				break
			}
			for _, m := range batch {
				key, seq := numbers(m)
				all = append(all, Event{Key: key, Seq: seq})
			}
		}
		r.Close()
	}
}

// outcomes replaces what services have noted of success by what the log has.
func (c config) outcomes(t *testing.T, events []Event) []Event {
	t.Helper()
	out, dead, err := c.stored()
	if err != nil {
		t.Fatal(err)
	}
	events = slices.DeleteFunc(events, func(e Event) bool { return e.Kind == Succeeded || e.Kind == Parked })
	for _, id := range out {
		events = append(events, Event{Succeeded, id.Key, id.Seq}, Event{Effect, id.Key, id.Seq})
	}
	is := map[Event]int{}
	for _, id := range dead {
		events = append(events, Event{Parked, id.Key, id.Seq})
		is[id]++
	}
	for id, n := range is {
		if n > 1 || slices.Contains(out, id) {
			t.Errorf("key %d, message %d is %d dead letters, and in out: %v", id.Key, id.Seq, n, slices.Contains(out, id))
		}
	}
	return events
}
