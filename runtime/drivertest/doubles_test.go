package drivertest

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// double is a transport that breaks laws.
type double struct {
	name  string
	laws  string // that have to notice, by name
	wreck func(*broken)
}

// doubles are transports that break laws, each in one way, with laws that have
// to notice. Every law is there at least once.
func doubles() []double {
	return slices.Concat(commitDoubles(), messageDoubles(), publishDoubles(), receiveDoubles(), ackDoubles(), memberDoubles(), tapDoubles())
}

// messageDoubles change messages, or where they lie.
func messageDoubles() []double {
	return []double{
		{"text-only", "bytes-arrive-unchanged", onMessages(func(m *driver.Message) {
			m.Value = bytes.ToValidUTF8(m.Value, []byte("?"))
		})},
		{"no-nil-values", "no-value-is-not-an-empty-value", onMessages(func(m *driver.Message) {
			m.Value = append([]byte{}, m.Value...)
		})},
		{"sorts-headers", "headers-keep-order-and-repetition", onMessages(func(m *driver.Message) {
			slices.SortStableFunc(m.Headers, func(a, b driver.Header) int { return cmp.Compare(a.Key, b.Key) })
		})},
		{"headers-are-a-map", "headers-keep-order-and-repetition tap-sees-what-comes", onMessages(func(m *driver.Message) {
			seen := map[string]bool{}
			m.Headers = slices.DeleteFunc(m.Headers, func(h driver.Header) bool {
				defer func() { seen[h.Key] = true }()
				return seen[h.Key]
			})
		})},
		{"no-nil-header-values", "header-values-are-bytes tap-sees-what-comes", onMessages(func(m *driver.Message) {
			for i, h := range m.Headers {
				m.Headers[i].Value = append([]byte{}, h.Value...)
			}
		})},
		{"forgets-briefs", "keeper-hands-out-whole-messages", func(b *broken) {
			b.owned = func(m *driver.Message) { m.Brief = nil }
		}},
		{"loses-first-headers", "keeper-hands-out-whole-messages", onArrival(func(m *driver.Message) { m.Headers = m.Headers[2:] })},
		{"no-time", "time-arrives", onArrival(func(m *driver.Message) { m.Time = 0 })},
		{"no-offsets", "message-says-where-it-lies", onArrival(func(m *driver.Message) { m.Offset = 0 })},
		{"reuses-messages", "received-messages-stay-valid", reusesMessages},
		{"keeps-bytes", "caller-keeps-its-bytes", keepsBytes},
		{"scatters-keys", "one-key-one-partition", onArrival(func(m *driver.Message) { m.Partition = int32(m.Offset % 2) })},
		{"one-partition", "provision-leaves-what-exists message-says-where-it-lies", func(b *broken) {
			b.provisioned = func(int) int { return 1 }
		}},
	}
}

// publishDoubles go wrong where messages are published.
func publishDoubles() []double {
	return []double{
		{"reverses-calls", "order-of-one-call large-batch", onCalls(func(messages []*driver.Message) []*driver.Message {
			messages = slices.Clone(messages)
			slices.Reverse(messages)
			return messages
		})},
		{"one-address-a-call", "several-addresses-in-one-call tap-selects", oneAddressPerCall},
		{"truncates-batches", "large-batch", onCalls(func(m []*driver.Message) []*driver.Message {
			return m[:min(len(m), 1000)]
		})},
		{"truncates-messages", "large-message", onMessages(func(m *driver.Message) {
			m.Value = m.Value[:min(len(m.Value), 1<<16)]
		})},
		{"says-nothing-of-size", "too-large-is-refused", onErrors(func(_ int, err error) error {
			if err != nil {
				err = errBroken
			}
			return err
		})},
		{"wants-messages", "nothing-to-publish", onErrors(func(n int, err error) error {
			if n == 0 {
				err = errBroken
			}
			return err
		})},
		{"publishes-anyhow", "publish-with-ended-context", func(b *broken) {
			b.publish = func(ctx context.Context, next publisher, messages []*driver.Message) error {
				_ = next(context.WithoutCancel(ctx), messages...)
				return ctx.Err()
			}
		}},
		{"loses-messages", "order-of-one-call concurrent-publish members-share member-leaves-after-draining start-earliest",
			func(b *broken) {
				lost := everyNth(7)
				onCalls(func(m []*driver.Message) []*driver.Message {
					return slices.DeleteFunc(slices.Clone(m), func(*driver.Message) bool { return lost() })
				})(b)
			}},
	}
}

// receiveDoubles go wrong where messages are received.
func receiveDoubles() []double {
	return []double{
		{"reverses-batches", "order-of-one-call order-per-key concurrent-publish large-batch ack-advances",
			func(b *broken) {
				b.receive = func(ctx context.Context, next driver.Receiver) ([]driver.Delivery, error) {
					batch, err := next.Receive(ctx)
					slices.Reverse(batch)
					return batch, err
				}
			}},
		{"doubles-deliveries", "order-per-key concurrent-publish several-addresses-in-one-call large-batch", doublesDeliveries},
		{"returns-nothing", "receive-waits receive-ends-with-its-context", func(b *broken) {
			b.receive = func(ctx context.Context, next driver.Receiver) ([]driver.Delivery, error) {
				ctx, cancel := context.WithTimeout(ctx, time.Millisecond)
				defer cancel()
				batch, err := next.Receive(ctx)
				if ctx.Err() != nil {
					err = nil
				}
				return batch, err
			}
		}},
		{"ignores-context", "receive-ends-with-its-context", func(b *broken) {
			b.receive = func(ctx context.Context, next driver.Receiver) ([]driver.Delivery, error) {
				return next.Receive(context.WithoutCancel(ctx))
			}
		}},
		{"other-end", "receive-ends-on-close transport-close-ends-receivers", func(b *broken) {
			b.receive = func(ctx context.Context, next driver.Receiver) ([]driver.Delivery, error) {
				batch, err := next.Receive(ctx)
				if err == io.EOF {
					err = driver.ErrClosed
				}
				return batch, err
			}
		}},
		{"heeds-no-pause", "paused-partition-is-left-out", func(b *broken) {
			b.pause = func(bool) bool { return false }
		}},
		{"pauses-for-good", "paused-partition-goes-on", func(b *broken) {
			b.pause = func(paused bool) bool { return paused }
		}},
	}
}

// ackDoubles go wrong where messages are acknowledged or given back.
func ackDoubles() []double {
	return []double{
		{"flush-takes-all", "flush-is-repeatable", func(b *broken) {
			b.flush = func(received []*delivery) {
				for _, d := range received {
					_ = d.Delivery.Ack(context.Background())
				}
			}
		}},
		{"forgets-acks", "ack-advances ack-in-any-order ack-from-any-goroutine stale-ack-does-not-rewind " +
			"position-is-remembered transport-close-keeps-acks member-leaves-after-draining",
			func(b *broken) { b.ack = func(*delivery, context.Context) error { return nil } }},
		{"acks-on-receipt", "unacknowledged-is-delivered-again gap-is-never-passed member-leaves-with-work-undone " +
			"nack-is-no-ack position-is-shared-between-transports stale-ack-has-no-effect",
			func(b *broken) {
				b.receive = func(ctx context.Context, next driver.Receiver) ([]driver.Delivery, error) {
					batch, err := next.Receive(ctx)
					for _, d := range batch {
						_ = d.Ack(ctx)
					}
					return batch, err
				}
			}},
		{"acks-in-order-only", "ack-in-any-order", acksInOrderOnly},
		{"acks-past-gaps", "gap-is-never-passed", acksPastGaps},
		{"ignores-nack", "nack-delivers-again first-end-counts", func(b *broken) {
			b.nack = func(*delivery, context.Context) error { return nil }
		}},
		{"nack-is-ack", "nack-is-no-ack nack-delivers-again", func(b *broken) {
			b.nack = func(d *delivery, ctx context.Context) error { return d.Delivery.Ack(ctx) }
		}},
		{"stale-is-a-failure", "ack-after-close stale-ack-has-no-effect", func(b *broken) {
			b.ack = func(d *delivery, ctx context.Context) error {
				if d.Delivery.Ack(ctx) != nil {
					return errBroken
				}
				return nil
			}
		}},
		{"stale-is-fine", "stale-ack-has-no-effect stale-ack-does-not-rewind", func(b *broken) {
			b.ack = func(d *delivery, ctx context.Context) error {
				_ = d.Delivery.Ack(ctx)
				return nil
			}
		}},
		{"acks-on-receiver-close", "transport-close-keeps-acks", func(b *broken) {
			b.ack = func(d *delivery, _ context.Context) error {
				d.receiver.mu.Lock()
				defer d.receiver.mu.Unlock()
				d.receiver.late = append(d.receiver.late, d)
				return nil
			}
		}},
	}
}

// memberDoubles go wrong where receivers and transports begin and end.
func memberDoubles() []double {
	return []double{
		{"one-group", "groups-are-independent tap-leaves-no-trace", onSubscription(func(s *driver.Subscription) {
			s.Group = s.Group[:len("laws-")+10]
		})},
		{"group-per-member", "ack-advances member-leaves-after-draining position-is-remembered " +
			"position-is-shared-between-transports", groupPerMember},
		{"second-member-starves", "members-share", starvesSecond()},
		{"always-latest", "start-earliest", onSubscription(func(s *driver.Subscription) { s.Start = driver.StartLatest })},
		{"always-earliest", "start-latest", onSubscription(func(s *driver.Subscription) { s.Start = driver.StartEarliest })},
		{"subscribes-anywhere", "subscription-needs-addresses", onSubscription(func(s *driver.Subscription) {
			if len(s.Addresses) == 0 {
				s.Addresses = []string{"anywhere"}
			}
		})},
		{"closes-once", "close-twice", func(b *broken) {
			var closed atomic.Bool
			b.closing = func(ctx context.Context, close func(context.Context) error) error {
				if closed.Swap(true) {
					return errBroken
				}
				return close(ctx)
			}
		}},
		{"never-closes", "closed-transport-refuses", func(b *broken) {
			b.closing = func(context.Context, func(context.Context) error) error { return nil }
		}},
		{"closes-all", "transports-are-independent", closesAll()},
		{"fickle-features", "features-are-constant", func(b *broken) {
			odd := everyNth(2)
			b.features = func(f driver.Features) driver.Features {
				f.Durable = odd()
				return f
			}
		}},
	}
}

// tapDoubles go wrong where an address is only looked at.
func tapDoubles() []double {
	return []double{
		{"removes-nothing", "removed-addresses-are-forgotten", func(b *broken) {
			b.removed = func([]string) []string { return nil }
		}},
		{"measures-short", "extents-cover-what-is-there", func(b *broken) {
			b.extents = func(list []driver.Extent) []driver.Extent {
				for i := range list {
					list[i].Next = max(list[i].First, list[i].Next-1)
				}
				return list
			}
		}},
		{"tap-loses", "tap-sees-what-comes tap-start-earliest", func(b *broken) {
			lost := everyNth(5)
			b.tapped = func(t driver.Tap, ctx context.Context) ([]*driver.Message, error) {
				batch, err := t.Receive(ctx)
				return slices.DeleteFunc(batch, func(*driver.Message) bool { return lost() }), err
			}
		}},
		{"tap-always-earliest", "tap-start-latest", onTap(func(o *driver.TapOptions) { o.Start = driver.StartEarliest })},
		{"tap-always-latest", "tap-start-earliest", onTap(func(o *driver.TapOptions) { o.Start = driver.StartLatest })},
		{"taps-all", "tap-selects", onTap(func(o *driver.TapOptions) { o.Match = func(string) bool { return true } })},
		{"tap-leaves-a-mark", "tap-leaves-no-trace", tapLeavesMark},
		{"tap-looks-once", "tap-finds-new-addresses", onTap(func(o *driver.TapOptions) {
			match := o.Match
			o.Match = func(a string) bool { return !strings.HasPrefix(a, "missing") && match(a) }
		})},
		{"tap-other-end", "tap-ends", func(b *broken) {
			b.tapped = func(t driver.Tap, ctx context.Context) ([]*driver.Message, error) {
				batch, err := t.Receive(ctx)
				if err == io.EOF {
					err = driver.ErrClosed
				}
				return batch, err
			}
		}},
	}
}

// reusesMessages hands out all messages in the same memory.
func reusesMessages(b *broken) {
	var shared driver.Message
	b.message = func(m *driver.Message) *driver.Message {
		shared = *m
		return &shared
	}
}

// oneAddressPerCall publishes what goes to the address of the first message.
func oneAddressPerCall(b *broken) {
	onCalls(func(messages []*driver.Message) []*driver.Message {
		return slices.DeleteFunc(slices.Clone(messages), func(m *driver.Message) bool {
			return m.Address != messages[0].Address
		})
	})(b)
}

// doublesDeliveries delivers every message twice.
func doublesDeliveries(b *broken) {
	b.receive = func(ctx context.Context, next driver.Receiver) ([]driver.Delivery, error) {
		batch, err := next.Receive(ctx)
		var out []driver.Delivery
		for _, d := range batch {
			out = append(out, d, d)
		}
		return out, err
	}
}

// keepsBytes delivers the bytes that the caller of Publish owns.
func keepsBytes(b *broken) {
	var mu sync.Mutex
	kept := map[string][]byte{}
	b.publish = func(ctx context.Context, next publisher, messages []*driver.Message) error {
		mu.Lock()
		for _, m := range messages {
			kept[string(m.Value)] = m.Value
		}
		mu.Unlock()
		return next(ctx, messages...)
	}
	b.message = func(m *driver.Message) *driver.Message {
		mu.Lock()
		defer mu.Unlock()
		m.Value = kept[string(m.Value)]
		return m
	}
}

// acksInOrderOnly forgets an acknowledgement that is not the next one.
func acksInOrderOnly(b *broken) {
	var mu sync.Mutex
	next := map[int32]int64{}
	b.ack = func(d *delivery, ctx context.Context) error {
		mu.Lock()
		defer mu.Unlock()
		if m := d.Message(); next[m.Partition] == m.Offset {
			next[m.Partition]++
			return d.Delivery.Ack(ctx)
		}
		return nil
	}
}

// acksPastGaps acknowledges everything up to a message.
func acksPastGaps(b *broken) {
	b.ack = func(d *delivery, ctx context.Context) error {
		d.receiver.mu.Lock()
		defer d.receiver.mu.Unlock()
		for _, o := range d.receiver.all {
			if o.message.Partition == d.message.Partition && o.message.Offset < d.message.Offset {
				_ = o.Delivery.Ack(ctx)
			}
		}
		return d.Delivery.Ack(ctx)
	}
}

// groupPerMember gives every subscription a group of its own.
func groupPerMember(b *broken) {
	onSubscription(func(s *driver.Subscription) { s.Group += fmt.Sprintf("-%p-%d", b, time.Now().UnixNano()) })(b)
}

// starvesSecond lets all transports but the first receive nothing.
func starvesSecond() func(*broken) {
	var opened atomic.Int64
	return func(b *broken) {
		if opened.Add(1) == 1 {
			return
		}
		b.receive = func(ctx context.Context, _ driver.Receiver) ([]driver.Delivery, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
	}
}

// closesAll closes all transports when one is closed.
func closesAll() func(*broken) {
	var mu sync.Mutex
	var all []*broken
	return func(b *broken) {
		mu.Lock()
		defer mu.Unlock()
		all = append(all, b)
		b.closing = func(ctx context.Context, close func(context.Context) error) error {
			mu.Lock()
			defer mu.Unlock()
			for _, o := range all {
				_ = o.Transport.Close(ctx)
			}
			return close(ctx)
		}
	}
}

// tapLeavesMark publishes a message to what is tapped.
func tapLeavesMark(b *broken) {
	b.tap = func(o driver.TapOptions) driver.TapOptions {
		match := o.Match
		var once sync.Once
		o.Match = func(a string) bool {
			if match(a) {
				once.Do(func() { _ = b.Transport.Publish(context.Background(), message(a, "", "mark")) })
			}
			return match(a)
		}
		return o
	}
}
