package memory_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// bounded is a broker of topics with that many partitions, of which each keeps so many
// messages for groups.
func bounded(partitions, most int) *memory.Transport {
	return memory.New(&memory.Options{Partitions: partitions, MaxUnacknowledged: most, Handover: time.Second})
}

// message is one of address a, of that key.
func message(key string) *driver.Message {
	return &driver.Message{Address: "a", Key: []byte(key), Value: []byte(key)}
}

// publishing starts a call of its own and returns where its error comes. It has come to
// rest, in a bubble of synctest.
func publishing(ctx context.Context, tr *memory.Transport, messages ...*driver.Message) <-chan error {
	ended := make(chan error, 1)
	go func() { ended <- tr.Publish(ctx, messages...) }()
	synctest.Wait()
	return ended
}

// waits says whether a call does.
func waits(t *testing.T, want bool, calls ...<-chan error) {
	t.Helper()
	synctest.Wait()
	for i, c := range calls {
		select {
		case err := <-c:
			if want || err != nil {
				t.Fatalf("call %d has ended: %v", i, err)
			}
		default:
			if !want {
				t.Fatalf("call %d waits", i)
			}
		}
	}
}

// holds checks how many messages were ever stored at address a.
func holds(t *testing.T, tr *memory.Transport, want int64) {
	t.Helper()
	extents, err := tr.Extents(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	var got int64
	for _, e := range extents {
		got += e.Next
	}
	if got != want {
		t.Fatalf("%d messages are stored, want %d", got, want)
	}
}

func TestPublishWaitsForRoom(t *testing.T) {
	for name, publish := range map[string]func(context.Context, *memory.Transport, *driver.Message) error{
		"copied": func(ctx context.Context, tr *memory.Transport, m *driver.Message) error { return tr.Publish(ctx, m) },
		"owned": func(ctx context.Context, tr *memory.Transport, m *driver.Message) error {
			return tr.PublishOwned(ctx, m)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tr := bounded(1, 3)
				r := subscribe(t, tr, "g", "a")
				for range 3 {
					if err := publish(t.Context(), tr, message("k")); err != nil {
						t.Fatal(err)
					}
				}
				got := take(t, r, 3)
				ended := make(chan error, 1)
				go func() { ended <- publish(t.Context(), tr, message("k")) }()
				waits(t, true, ended)
				ack(t, got[1]) // behind a gap: the messages are kept
				waits(t, true, ended)
				holds(t, tr, 3)
				ack(t, got[0])
				waits(t, false, ended)
				holds(t, tr, 4)
				take(t, r, 1)
			})
		})
	}
}

// TestWaitEnds: with the context, or with the transport; then nothing is stored, and
// those behind are no longer held back.
func TestWaitEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(1, 3)
		r := subscribe(t, tr, "g", "a")
		publish(t, tr, "a", "1", "2")
		other := tr.Connect()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		large := publishing(ctx, tr, message("l"), message("l"))
		small := publishing(t.Context(), tr, message("s"))
		waits(t, true, large, small)
		time.Sleep(2 * time.Second)
		waits(t, false, small)
		if err := <-large; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v, want the context's error", err)
		}
		holds(t, tr, 3)
		stays, ends := publishing(t.Context(), tr, message("x")), publishing(t.Context(), other, message("y"))
		if err := other.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-ends; !errors.Is(err, driver.ErrClosed) {
			t.Errorf("%v, want driver.ErrClosed", err)
		}
		waits(t, true, stays)
		ack(t, take(t, r, 3)...)
		waits(t, false, stays)
		holds(t, tr, 4)
	})
}

// TestLargeCalls: more messages than the bound are let in when nothing waits, and those
// of several partitions all at once.
func TestLargeCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(2, 3)
		r := subscribe(t, tr, "g", "a")
		several := []*driver.Message{message("1"), message("2"), message("3"), message("4"), message("5"), message("6"), message("7"), message("8")}
		waits(t, false, publishing(t.Context(), tr, several...))
		again := publishing(t.Context(), tr, several...)
		for _, d := range take(t, r, 8) {
			waits(t, true, again)
			holds(t, tr, 8)
			ack(t, d)
		}
		waits(t, false, again)
		holds(t, tr, 16)
	})
}

// TestRoomIsPassedOn: who waits behind a call for several partitions stores with it, and
// what was acknowledged before anybody waited is room.
func TestRoomIsPassedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(1, 3)
		r := subscribe(t, tr, "g", "a", "b")
		publish(t, tr, "a", "1", "2", "3")
		got := take(t, r, 3)
		ack(t, got[0])
		waits(t, false, publishing(t.Context(), tr, message("4")))
		b := &driver.Message{Address: "b", Key: []byte("k")}
		both := publishing(t.Context(), tr, message("5"), b)
		behind := publishing(t.Context(), tr, b)
		waits(t, true, both, behind)
		ack(t, got[1])
		waits(t, false, both, behind)
	})
}

// TestWhoWaitsForWhom: nobody without a group, nobody for a tap; groups without
// members let publishers wait, and other partitions do not.
func TestWhoWaitsForWhom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(1, 3)
		tap, err := tr.Tap(t.Context(), driver.TapOptions{})
		if err != nil {
			t.Fatal(err)
		}
		publish(t, tr, "a", "1", "2", "3", "4", "5", "6")
		r := subscribe(t, tr, "g", "a") // from the earliest
		waiting := publishing(t.Context(), tr, message("7"))
		publish(t, tr, "b", "1")
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		waits(t, true, waiting)
		r = subscribe(t, tr, "g", "a")
		ack(t, take(t, r, 6)[:4]...)
		waits(t, false, waiting)
		if err := tap.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}

// TestRoomByOtherWays: a redelivery's acknowledgement, that of a unit, that of the member
// that leaves, and what a unit had committed beyond the position make room too.
func TestRoomByOtherWays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(1, 3)
		join := func() driver.Receiver {
			r, err := tr.Subscribe(t.Context(), driver.Subscription{Addresses: []string{"a"}, Group: "g", Transactional: true})
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
		r := join()
		publish(t, tr, "a", "1", "2", "3")
		got := take(t, r, 3)
		waiting := publishing(t.Context(), tr, message("4"))
		if err := got[0].Nack(t.Context()); err != nil {
			t.Fatal(err)
		}
		ack(t, take(t, r, 1)...)
		waits(t, false, waiting)
		take(t, r, 1)
		waiting = publishing(t.Context(), tr, message("5"))
		if err := r.(driver.Committer).Commit(t.Context(), got[2:], message("unit")); err != nil { // does not wait
			t.Fatal(err)
		}
		if err := tr.Publish(driver.WithMove(t.Context(), "a"), message("move")); err != nil {
			t.Fatal(err)
		}
		waits(t, true, waiting)
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		r = join()
		again := take(t, r, 1) // 2; then 3, which is done, is passed over
		ack(t, again...)
		waits(t, true, waiting)
		if err := r.(driver.Committer).Commit(t.Context(), take(t, r, 3)[:1]); err != nil {
			t.Fatal(err)
		}
		waits(t, false, waiting)
	})
}

// TestRoomOfWhatIsPassedOver: what a unit had committed beyond the position is room once
// the member that comes after has looked.
func TestRoomOfWhatIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(1, 3)
		s := driver.Subscription{Addresses: []string{"a"}, Group: "g", Transactional: true}
		r, err := tr.Subscribe(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		publish(t, tr, "a", "1", "2")
		if err := r.(driver.Committer).Commit(t.Context(), take(t, r, 2)[1:]); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if r, err = tr.Subscribe(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		first := take(t, r, 1)
		waiting := publishing(t.Context(), tr, message("3"), message("4"), message("5"))
		ack(t, first...)
		waits(t, true, waiting)
		take(t, r, 3)
		waits(t, false, waiting)
	})
}

// TestWaitersAreServedInTurn: the first to wait is the first to store, also when it
// needs more room than those behind.
func TestWaitersAreServedInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tr := bounded(1, 3)
		r := subscribe(t, tr, "g", "a")
		publish(t, tr, "a", "x", "x", "x")
		var calls []<-chan error
		var want [][]byte
		for i := range 50 {
			m := message(fmt.Sprint(i))
			call := []*driver.Message{m, m, m}[:1+i%3]
			for range call {
				want = append(want, m.Value)
			}
			calls = append(calls, publishing(t.Context(), tr, call...))
		}
		ack(t, take(t, r, 3)...)
		for len(want) > 0 {
			d := take(t, r, 1)
			for _, d := range d {
				if !bytes.Equal(d.Message().Value, want[0]) {
					t.Fatalf("%s, want %s", d.Message().Value, want[0])
				}
				want = want[1:]
				ack(t, d)
			}
		}
		waits(t, false, calls...)
	})
}

// TestNoWakeUpIsLost: whatever groups, members and publishers do at once, everything
// is stored in the end, and nothing beyond the bound.
func TestNoWakeUpIsLost(t *testing.T) {
	const publishers, each, most = 16, 300, 7
	tr := bounded(3, most)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	working, stop := context.WithCancel(ctx)
	var members, all sync.WaitGroup
	for _, group := range []string{"g", "h"} {
		if err := subscribe(t, tr, group, "a").Close(ctx); err != nil { // it has a position from now on
			t.Fatal(err)
		}
		for i := range 2 {
			members.Go(func() {
				for working.Err() == nil {
					consumeSome(working, t, tr, group, 20+50*i)
				}
			})
		}
	}
	var stored atomic.Int64
	for i := range publishers {
		all.Go(func() {
			for j := range each {
				call := []*driver.Message{message(fmt.Sprint(i)), message(fmt.Sprint(j))}[:1+j%2]
				within, over := context.WithTimeout(ctx, time.Duration(rand.IntN(2000)+1)*time.Microsecond)
				if j%4 > 0 {
					over()
					within, over = context.WithCancel(ctx)
				}
				switch err := tr.Publish(within, call...); {
				case err == nil:
					stored.Add(int64(len(call)))
				case j%4 > 0 || ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded):
					t.Errorf("publisher %d, call %d: %v", i, j, err)
				}
				over()
			}
		})
	}
	all.Wait()
	stop()
	members.Wait()
	holds(t, tr, stored.Load())
}

// consumeSome is a member for so many messages, of which it acknowledges most in any
// order, and then leaves.
func consumeSome(ctx context.Context, t *testing.T, tr *memory.Transport, group string, n int) {
	r, err := tr.Subscribe(ctx, driver.Subscription{Addresses: []string{"a"}, Group: group})
	if err != nil {
		return // ctx has ended
	}
	defer func() {
		if err := r.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	for n > 0 {
		batch, err := r.Receive(ctx)
		if err != nil {
			return
		}
		for _, i := range rand.Perm(len(batch)) {
			end := batch[i].Ack
			if n--; rand.IntN(10) == 0 {
				end = batch[i].Nack
			}
			if err := end(ctx); err != nil && !errors.Is(err, driver.ErrStale) {
				t.Error(err)
			}
		}
	}
}
