package memory_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

func Example() {
	ctx := context.Background()
	t := memory.New(nil)
	defer t.Close(ctx)

	r, err := t.Subscribe(ctx, driver.Subscription{Addresses: []string{"orders"}, Group: "billing"})
	if err != nil {
		panic(err)
	}
	if err := t.Publish(ctx, &driver.Message{Address: "orders", Key: []byte("42"), Value: []byte("placed")}); err != nil {
		panic(err)
	}
	batch, err := r.Receive(ctx)
	if err != nil {
		panic(err)
	}
	for _, d := range batch {
		fmt.Printf("%s %s\n", d.Message().Key, d.Message().Value)
		if err := d.Ack(ctx); err != nil {
			panic(err)
		}
	}
	// Output: 42 placed
}

func subscribe(t *testing.T, tr *memory.Transport, group string, addresses ...string) driver.Receiver {
	t.Helper()
	r, err := tr.Subscribe(t.Context(), driver.Subscription{Addresses: addresses, Group: group})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func publish(t *testing.T, tr *memory.Transport, address string, values ...string) {
	t.Helper()
	for _, v := range values {
		if err := tr.Publish(t.Context(), &driver.Message{Address: address, Key: []byte(v), Value: []byte(v)}); err != nil {
			t.Fatal(err)
		}
	}
}

// take receives n deliveries.
func take(t *testing.T, r driver.Receiver, n int) []driver.Delivery {
	t.Helper()
	var got []driver.Delivery
	for len(got) < n {
		batch, err := r.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, batch...)
	}
	return got
}

func ack(t *testing.T, deliveries ...driver.Delivery) {
	t.Helper()
	for _, d := range deliveries {
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint(i)
	}
	return out
}

func TestHandoverWaitsForWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 2, Handover: time.Minute})
		publish(t, tr, "a", numbers(20)...)
		one := subscribe(t, tr, "g", "a")
		held := take(t, one, 20)
		two := subscribe(t, tr, "g", "a")
		fresh := make(chan string, 100)
		go func() {
			for {
				batch, err := two.Receive(t.Context())
				if err != nil {
					return
				}
				for _, d := range batch {
					fresh <- string(d.Message().Value)
				}
			}
		}()
		time.Sleep(59 * time.Second)
		synctest.Wait()
		if len(fresh) > 0 {
			t.Errorf("%q came twice although it is being handled in time", <-fresh)
		}
		ack(t, held...)
		publish(t, tr, "a", "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7")
		synctest.Wait()
		if len(fresh) == 0 {
			t.Error("the second member got nothing after the handover")
		}
		for len(fresh) > 0 {
			if v := <-fresh; v[0] != 'x' {
				t.Errorf("%q came twice", v)
			}
		}
		if err := tr.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestHandoverEndsWithItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := memory.New(&memory.Options{Partitions: 2, Handover: time.Minute})
		publish(t, tr, "a", numbers(20)...)
		held := take(t, subscribe(t, tr, "g", "a"), 20)
		start := time.Now()
		moved := take(t, subscribe(t, tr, "g", "a"), 1)[0].Message().Partition
		if waited := time.Since(start); waited != time.Minute {
			t.Errorf("a partition with work under way moved after %v", waited)
		}
		for _, d := range held {
			gone := d.Message().Partition == moved
			select {
			case <-d.(driver.Revocable).Revoked():
				if !gone {
					t.Errorf("a delivery of partition %d is revoked, which did not move", d.Message().Partition)
				}
			default:
				if gone {
					t.Errorf("a delivery of partition %d is not revoked, which moved", d.Message().Partition)
				}
			}
			if err := d.Ack(t.Context()); errors.Is(err, driver.ErrStale) != gone {
				t.Errorf("Ack in partition %d: %v, while %d moved", d.Message().Partition, err, moved)
			}
		}
		if err := tr.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

func TestPartitionsAreSharedEvenlyWithFewMoves(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 7})
	owned := map[driver.Receiver]map[int32]bool{}
	var members []driver.Receiver
	settle := func() (moved int) {
		publish(t, tr, "a", numbers(100)...)
		before := owned
		owned = map[driver.Receiver]map[int32]bool{}
		for _, m := range members {
			owned[m] = map[int32]bool{}
		}
		for n := 0; n < 100; {
			for _, m := range members {
				ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
				batch, _ := m.Receive(ctx)
				cancel()
				for _, d := range batch {
					p := d.Message().Partition
					if !owned[m][p] && !before[m][p] {
						moved++
					}
					owned[m][p] = true
					n++
				}
				ack(t, batch...)
			}
		}
		return moved
	}
	even := func() {
		t.Helper()
		for _, m := range members {
			if n := len(owned[m]); n < 7/len(members) || n > (6+len(members))/len(members) {
				t.Errorf("of %d members one has %d of 7 partitions", len(members), n)
			}
		}
	}
	for _, want := range []int{7, 3, 2, 1} {
		members = append(members, subscribe(t, tr, "g", "a"))
		if got := settle(); got != want {
			t.Errorf("%d partitions moved when member %d joined, want %d", got, len(members), want)
		}
		even()
	}
	lost := len(owned[members[1]])
	if err := members[1].Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	members = slices.Delete(members, 1, 2)
	if got := settle(); got != lost {
		t.Errorf("%d partitions moved when a member with %d left", got, lost)
	}
	even()
}

func TestMaxMessagesDropsOnlyWhatEveryoneHasPassed(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 5})
	slow, fast := subscribe(t, tr, "slow", "a"), subscribe(t, tr, "fast", "a")
	publish(t, tr, "a", numbers(20)...)
	ack(t, take(t, fast, 20)...)
	got := take(t, slow, 20)
	if v := string(got[0].Message().Value); v != "0" {
		t.Fatalf("the slow group begins with %q: dropped before it was acknowledged", v)
	}
	late := subscribe(t, tr, "late", "a")
	if got := take(t, late, 20); len(got) != 20 {
		t.Errorf("a new group got %d messages while a slow one holds 20", len(got))
	}
	ack(t, got...)
	if err := late.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	late = subscribe(t, tr, "late", "a")
	ack(t, take(t, late, 20)...)
	if got := take(t, subscribe(t, tr, "last", "a"), 5); string(got[0].Message().Value) != "15" || len(got) != 5 {
		t.Errorf("after all have passed, %d messages are kept, from %q", len(got), got[0].Message().Value)
	}
}

func TestMaxMessagesWaitsForTaps(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 1, MaxMessages: 1})
	publish(t, tr, "a", "first")
	tap, err := tr.Tap(t.Context(), driver.TapOptions{Start: driver.StartEarliest})
	if err != nil {
		t.Fatal(err)
	}
	publish(t, tr, "a", numbers(10)...)
	publish(t, tr, "created later", numbers(10)...)
	got, err := tap.Receive(t.Context())
	if err != nil || len(got) != 21 || string(got[0].Value) != "first" {
		t.Errorf("the tap got %d messages, %v", len(got), err)
	}
}

func TestRefusals(t *testing.T) {
	ctx := t.Context()
	tr := memory.New(&memory.Options{MaxBytes: 10})
	cases := map[string]struct {
		err  error
		want error
	}{
		"no address":        {tr.Publish(ctx, &driver.Message{}), driver.ErrInvalid},
		"too large":         {tr.Publish(ctx, &driver.Message{Address: "a", Value: make([]byte, 11)}), driver.ErrTooLarge},
		"no group":          {second(tr.Subscribe(ctx, driver.Subscription{Addresses: []string{"a"}})), driver.ErrInvalid},
		"an empty address":  {second(tr.Subscribe(ctx, driver.Subscription{Addresses: []string{""}, Group: "g"})), driver.ErrInvalid},
		"no partitions":     {tr.Provision(ctx, 0, "a"), driver.ErrInvalid},
		"provision nowhere": {tr.Provision(ctx, 1, ""), driver.ErrInvalid},
	}
	for name, c := range cases {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: %v, want %v", name, c.err, c.want)
		}
	}
	err := tr.Publish(ctx, &driver.Message{Address: "a", Value: []byte("stored?")}, &driver.Message{})
	if !errors.Is(err, driver.ErrInvalid) {
		t.Fatal(err)
	}
	if err := tr.Publish(ctx, &driver.Message{Address: "a", Value: []byte("after")}); err != nil {
		t.Fatal(err)
	}
	if got := take(t, subscribe(t, tr, "g", "a"), 1); string(got[0].Message().Value) != "after" {
		t.Errorf("%q was stored by a call that was refused", got[0].Message().Value)
	}
	if err := tr.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := tr.Provision(ctx, 1, "b"); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("Provision after Close: %v", err)
	}
	if _, err := tr.Tap(ctx, driver.TapOptions{}); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("Tap after Close: %v", err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestMessagesWithoutKeyTakeTurns(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 3})
	for range 3 {
		m := &driver.Message{Address: "a", Value: []byte("v")}
		if err := tr.Publish(t.Context(), m, m); err != nil {
			t.Fatal(err)
		}
	}
	count := map[int32]int{}
	for _, d := range take(t, subscribe(t, tr, "g", "a"), 6) {
		count[d.Message().Partition]++
	}
	if len(count) != 3 || count[0] != 2 || count[1] != 2 {
		t.Errorf("three calls of two messages lie in partitions %v", count)
	}
}

// TestRandomSchedules lets members come and go, acknowledge, give back and
// forget, and checks after each history what a log with one position per
// partition promises: nothing acknowledged without a gap before it comes
// again, everything else does.
func TestRandomSchedules(t *testing.T) {
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 2))
		tr := memory.New(&memory.Options{Partitions: 3, Handover: time.Nanosecond})
		s := &schedule{t: t, r: r, tr: tr, acked: map[int32]map[int64]bool{}, seen: map[string]bool{}}
		s.join()
		for range 300 {
			s.step()
		}
		for len(s.members) > 0 {
			s.leave()
		}
		s.check(seed)
	}
}

// schedule is one random history.
type schedule struct {
	t         *testing.T
	r         *rand.Rand
	tr        *memory.Transport
	members   []driver.Receiver
	held      []driver.Delivery
	published int
	acked     map[int32]map[int64]bool // acknowledged with effect
	seen      map[string]bool          // received by anyone
	passed    int64                    // positions at the end, together

}

func (s *schedule) join() { s.members = append(s.members, subscribe(s.t, s.tr, "g", "a")) }

func (s *schedule) leave() {
	i := s.r.IntN(len(s.members))
	if err := s.members[i].Close(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.members = slices.Delete(s.members, i, i+1)
}

func (s *schedule) step() {
	switch n := s.r.IntN(30); {
	case n < 10:
		publish(s.t, s.tr, "a", fmt.Sprint("m", s.published))
		s.published++
	case n < 16:
		ctx, cancel := context.WithCancel(s.t.Context())
		time.AfterFunc(20*time.Microsecond, cancel)
		batch, err := s.members[s.r.IntN(len(s.members))].Receive(ctx)
		if errors.Is(err, io.EOF) {
			s.t.Fatal(err)
		}
		for _, d := range batch {
			s.seen[string(d.Message().Value)] = true
		}
		s.held = append(s.held, batch...)
	case n < 26 && len(s.held) > 0:
		s.endOne()
	case n == 28 && len(s.members) < 4:
		s.join()
	case n == 29 && len(s.members) > 1:
		s.leave()
	}
}

// endOne ends one delivery that is held.
func (s *schedule) endOne() {
	i := s.r.IntN(len(s.held))
	d := s.held[i]
	s.held = slices.Delete(s.held, i, i+1)
	if s.r.IntN(5) == 0 {
		_ = d.Nack(s.t.Context())
		return
	}
	err := d.Ack(s.t.Context())
	if err != nil && !errors.Is(err, driver.ErrStale) {
		s.t.Fatal(err)
	}
	m := d.Message()
	if s.acked[m.Partition] == nil {
		s.acked[m.Partition] = map[int64]bool{}
	}
	if err == nil {
		s.acked[m.Partition][m.Offset] = true
	}
}

// check lets a last member receive what is left: it begins behind messages
// that were all acknowledged, and nothing is missing.
func (s *schedule) check(seed uint64) {
	publish(s.t, s.tr, "a", "end-0", "end-1", "end-2", "end-3", "end-4", "end-5", "end-6", "end-7")
	first := map[int32]int64{}
	r := subscribe(s.t, s.tr, "g", "a")
	for ends := 0; ends < 8; {
		for _, d := range take(s.t, r, 1) {
			m := d.Message()
			if _, ok := first[m.Partition]; !ok {
				first[m.Partition] = m.Offset
			}
			s.seen[string(m.Value)] = true
			if m.Value[0] == 'e' {
				ends++
			}
		}
	}
	for p, position := range first {
		for offset := range position {
			if !s.acked[p][offset] {
				s.t.Fatalf("seed %d: partition %d goes on at %d, but %d was never acknowledged", seed, p, position, offset)
			}
		}
		s.passed += position
	}
	for i := range s.published {
		if !s.seen[fmt.Sprint("m", i)] {
			s.t.Fatalf("seed %d: message %d was lost", seed, i)
		}
	}
	if s.passed == 0 {
		s.t.Fatalf("seed %d: of %d messages none was done for good", seed, s.published)
	}
}
