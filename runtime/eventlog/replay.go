package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

// ReplayOptions says what to replay. Without Offset and Time it is everything
// that is kept.
type ReplayOptions struct {
	// Offset is where each partition begins.
	Offset int64
	// Time, unless it is zero, begins each partition with its first message
	// that is not older.
	Time time.Time
	// Live goes on with what is published after Replay was called, until ctx
	// ends, without a gap and without handing out anything twice.
	Live bool
}

// Replay hands the messages of a topic to a function, each partition in order:
// first those that were there when it was called, with a context for which
// runtime.Replaying is true, then with Live those that come. It leaves no trace:
// groups stay where they are. It returns nil at the end, or with Live when ctx
// ends; the first error of the function, and damage, end it.
func (l *Log) Replay(ctx context.Context, topic string, o ReplayOptions, handle func(context.Context, *driver.Message) error) error {
	if handle == nil {
		return fmt.Errorf("replay of topic %q has no handler: %w", topic, driver.ErrInvalid)
	}
	s, err := l.newReplay(topic, o)
	if err != nil {
		return err
	}
	defer s.close()
	past := runtime.WithReplaying(ctx)
	for {
		n, err := s.pass(ctx, past, handle)
		if ctx.Err() != nil && o.Live {
			return nil
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if !o.Live {
			return nil
		}
		select {
		case <-s.watcher.wake:
		case <-l.done:
			return driver.ErrClosed
		case <-ctx.Done():
			return nil
		}
	}
}

// replay is a running Replay.
type replay struct {
	log     *Log
	live    bool
	watcher *watcher
	readers []*Reader // by partition, as are the others
	alerts  []*alert
	ends    []int64
}

// newReplay takes the positions to begin and the ends of the past.
func (l *Log) newReplay(topic string, o ReplayOptions) (*replay, error) {
	t, err := l.existing(topic)
	if err != nil {
		return nil, err
	}
	s := &replay{log: l, live: o.Live, watcher: newWatcher()}
	for i, p := range t.partitions {
		_, end, err := l.Bounds(topic, i)
		at := o.Offset
		if err == nil && !o.Time.IsZero() {
			at, err = p.offsetAt(int64(driver.At(o.Time)))
		}
		if err != nil {
			s.close()
			return nil, err
		}
		a := p.watch(s.watcher)
		l.follow(p)
		a.raise()
		s.alerts = append(s.alerts, a)
		s.readers, s.ends = append(s.readers, p.reader(at)), append(s.ends, end)
	}
	return s, nil
}

// pass hands out what the partitions that have something have now, a batch of each.
func (s *replay) pass(ctx, past context.Context, handle func(context.Context, *driver.Message) error) (n int, err error) {
	for range s.watcher.waiting() {
		a, ok := s.watcher.next()
		if !ok {
			break
		}
		i := a.p.number
		r := s.readers[i]
		if !s.live && r.next >= s.ends[i] {
			continue
		}
		batch, err := r.Read()
		if err != nil {
			return n, err
		}
		if len(batch) > 0 {
			a.raise() // there may be more
		}
		for _, m := range batch {
			with := ctx
			if m.Offset < s.ends[i] {
				with = past
			} else if !s.live {
				break
			}
			if ctx.Err() != nil {
				return n, nil
			}
			if err := handle(with, m); err != nil {
				return n, fmt.Errorf("%s, partition %d, offset %d: %w", m.Address, m.Partition, m.Offset, err)
			}
			n++
		}
	}
	return n, nil
}

func (s *replay) close() {
	for i, r := range s.readers {
		r.p.unwatch(s.alerts[i])
		s.log.unfollow(r.p)
		r.Close()
	}
}

// Rewound is a group that was sent back.
type Rewound struct{ ends map[spot]int64 }

// Rewind sends a group back, durably, so that its consumers handle again what
// they handled before. Give Middleware of what it returns to the consumer, so
// that handlers can tell by runtime.Replaying what is of the past. The group
// must have no member: ErrLocked. driver.ErrInvalid says that no topic is named, and
// driver.ErrNotFound that one is not there; then the group stays where it is.
//
//	past, err := log.Rewind("projections", eventlog.ReplayOptions{}, "orders")
//	err = shop.ConsumeOrderPlaced(ctx, conn, rebuild, runtime.Group("projections"), runtime.Use(past.Middleware))
func (l *Log) Rewind(group string, o ReplayOptions, topics ...string) (*Rewound, error) {
	if len(topics) == 0 {
		return nil, fmt.Errorf("sending group %q back: no topic is named: %w", group, driver.ErrInvalid)
	}
	w := &Rewound{ends: map[spot]int64{}}
	var to []Position
	for _, topic := range topics {
		s, err := l.newReplay(topic, o)
		if err != nil {
			return nil, err
		}
		s.close()
		for i, r := range s.readers {
			start, _ := r.p.bounds()
			w.ends[spot{topic, r.p.number}] = s.ends[i]
			to = append(to, Position{topic, r.p.number, min(max(r.next, start), s.ends[i])})
		}
	}
	return w, l.SetPositions(group, to...)
}

// Middleware marks the context of messages that were there when the group was
// sent back. It is a runtime.Middleware.
func (w *Rewound) Middleware(next runtime.Handler) runtime.Handler {
	return func(ctx context.Context, in *runtime.Incoming) error {
		m := in.Message()
		if m.Offset < w.ends[spot{m.Address, m.Partition}] {
			ctx = runtime.WithReplaying(ctx)
		}
		return next(ctx, in)
	}
}
