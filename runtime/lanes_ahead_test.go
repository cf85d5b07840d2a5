package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestFetchOfNothing: to ask for no message is a mistake, which is told and takes none.
func TestFetchOfNothing(t *testing.T) {
	tr := memory.New(&memory.Options{Partitions: 1})
	put(t, tr, "a=0")
	p := pull(t, runtime.Open(tr.Connect(), nil))
	for _, most := range []int{0, -1} {
		var e *runtime.Error
		list, err := p.Fetch(t.Context(), most)
		if len(list) > 0 || !errors.Is(err, driver.ErrInvalid) || !errors.As(err, &e) ||
			err.Error() != fmt.Sprintf("fetch: %d messages are asked for, one is the least: invalid", most) {
			t.Errorf("Fetch of %d returned %d, %v", most, len(list), err)
		}
	}
	list, err := p.Fetch(t.Context(), 1)
	if err != nil || len(list) != 1 {
		t.Fatalf("fetched %d, %v", len(list), err)
	}
	if err := list[0].Ack(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFetchAtMostOnce: what nobody has fetched is not acknowledged, and is there for the
// next when a Puller is closed; of a partition nothing overtakes a message that cannot be
// handed out yet.
func TestFetchAtMostOnce(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 1})
	put(t, tr, "a=0", "a=1", "b=0", "c=0")
	fetch := func(p *runtime.Puller, want ...string) []*runtime.Fetched {
		t.Helper()
		list, err := p.Fetch(t.Context(), 3)
		var got []string
		for _, f := range list {
			got = append(got, string(f.Value()))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("fetched %q, %v, want %q", got, err, want)
		}
		return list
	}
	var dropped droppings
	p := pull(t, runtime.Open(tr.Connect(), atMostOnce(runtime.Policy{}, &dropped)))
	first := fetch(p, "a=0")[0]
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if list, err := p.Fetch(short, 5); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("while the key is held Fetch returned %d, %v", len(list), err)
	}
	waiting := make(chan []*runtime.Fetched)
	go func() { waiting <- fetch(p, "a=1", "b=0", "c=0") }()
	time.Sleep(time.Millisecond)
	if err := first.Ack(t.Context()); err != nil {
		t.Error(err)
	}
	<-waiting
	put(t, tr, "a=2", "d=0")
	short, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if list, err := p.Fetch(short, 5); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("behind a key that is held Fetch returned %d, %v", len(list), err)
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rest := remaining(t, tr); !slices.Equal(rest, []string{"a=2", "d=0"}) || dropped.Load() != 0 {
		t.Errorf("%q are left, %d dropped", rest, dropped.Load())
	}
}

// TestFetchAtMostOnceFromOtherPartitions: what a held key keeps waiting keeps nothing of
// other partitions waiting, also when that is received later.
func TestFetchAtMostOnceFromOtherPartitions(t *testing.T) {
	noLeak(t)
	tr := memory.New(&memory.Options{Partitions: 2})
	other := ""
	for i := 0; other == ""; i++ {
		if key := fmt.Sprint(i); share.Partition([]byte(key), 2) != share.Partition([]byte("a"), 2) {
			other = key
		}
	}
	put(t, tr, "a=0", "a=1")
	var dropped droppings
	p := pull(t, runtime.Open(tr.Connect(), atMostOnce(runtime.Policy{}, &dropped)))
	for i, want := range []string{"a=0", other + "=0", other + "=1"} {
		if i > 0 {
			put(t, tr, want)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		list, err := p.Fetch(ctx, 5)
		cancel()
		if err != nil || len(list) != 1 || string(list[0].Value()) != want {
			t.Fatalf("fetched %d, %v, want %s", len(list), err, want)
		}
		if i > 0 {
			list[0].Ack(t.Context())
		}
	}
	if err := p.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rest := remaining(t, tr); !slices.Equal(rest, []string{"a=1"}) || dropped.Load() != 0 {
		t.Errorf("%q are left, %d dropped", rest, dropped.Load())
	}
}

// TestFetchBesidesAHotKey: more messages of a held key than there is room for keep nothing
// of other partitions waiting, however many of a key may wait, and come when it is free.
func TestFetchBesidesAHotKey(t *testing.T) {
	for _, g := range []runtime.Guarantee{runtime.AtLeastOnce, runtime.AtMostOnce} {
		for _, most := range []int{8, 64, 1000} {
			t.Run(fmt.Sprint(g, " ", most), func(t *testing.T) { fetchBesidesAHotKey(t, g, most) })
		}
	}
}

func fetchBesidesAHotKey(t *testing.T, g runtime.Guarantee, most int) {
	noLeak(t)
	const hot, window = 100, 64
	tr := memory.New(&memory.Options{Partitions: 2})
	other := ""
	for i := 0; other == ""; i++ {
		if key := fmt.Sprint(i); share.Partition([]byte(key), 2) != share.Partition([]byte("a"), 2) {
			other = key
		}
	}
	var dropped droppings
	o := atMostOnce(runtime.Policy{MaxInFlight: window, MaxPerKey: most}, &dropped)
	o.Policy.Guarantee = g
	p := pull(t, runtime.Open(tr.Connect(), o))
	for i := range hot {
		put(t, tr, fmt.Sprint("a=", i))
	}
	fetch := func(want string) *runtime.Fetched {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		list, err := p.Fetch(ctx, 5)
		if err != nil || len(list) != 1 || string(list[0].Value()) != want {
			t.Fatalf("fetched %d, %v, want %s", len(list), err, want)
		}
		return list[0]
	}
	held := fetch("a=0")
	time.Sleep(10 * time.Millisecond) // more of the key is received meanwhile
	for i := range 3 * window {
		value := fmt.Sprint(other, "=", i)
		put(t, tr, value)
		fetch(value).Ack(t.Context())
	}
	for i := 1; i < hot; i++ {
		held.Ack(t.Context())
		held = fetch(fmt.Sprint("a=", i))
	}
	held.Ack(t.Context())
	if err := p.Close(t.Context()); err != nil || dropped.Load() != 0 {
		t.Errorf("%v, %d dropped", err, dropped.Load())
	}
}

// droppings counts the messages that are dropped.
type droppings struct{ atomic.Int64 }

func (d *droppings) Observe(_ context.Context, e runtime.Event) {
	if e.Kind == runtime.EventDropped {
		d.Add(1)
	}
}

// atMostOnce are options of consumers that handle at most once.
func atMostOnce(p runtime.Policy, dropped *droppings) *runtime.Options {
	p.Guarantee = runtime.AtMostOnce
	o := with(p)
	o.Observer = dropped
	return o
}

// TestNothingIsDroppedWhereNothingIsFetched: pullers that come and go, with callers that
// give up waiting, hand out each message once and drop none.
func TestNothingIsDroppedWhereNothingIsFetched(t *testing.T) {
	for name, policy := range map[string]runtime.Policy{
		"by key": {}, "by partition": {Ordering: runtime.PerPartition}, "in any order": {Ordering: runtime.Unordered},
		"few": {MaxInFlight: 2}, "by a rate": {Rate: runtime.Rate{PerSecond: 20_000}},
	} {
		t.Run(name, func(t *testing.T) {
			noLeak(t)
			const all, keys = 2000, 40
			tr := memory.New(&memory.Options{Partitions: 3})
			for i := range all {
				put(t, tr, fmt.Sprintf("%d=%d", i%keys, i))
			}
			var dropped droppings
			var mu sync.Mutex
			got := map[string]int{}
			for deadline := time.Now().Add(time.Minute); len(got) < all && dropped.Load() == 0 && time.Now().Before(deadline); {
				c := runtime.Open(tr.Connect(), atMostOnce(policy, &dropped))
				p := pull(t, c)
				var callers sync.WaitGroup
				for range 4 {
					callers.Go(func() {
						for range 20 {
							ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(2000))*time.Microsecond)
							list, _ := p.Fetch(ctx, 1+rand.IntN(8))
							cancel()
							for _, f := range list {
								mu.Lock()
								got[string(f.Value())]++
								mu.Unlock()
								f.Ack(t.Context())
							}
						}
					})
				}
				if rand.IntN(2) == 0 {
					callers.Wait()
				} else {
					time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
				}
				if err := p.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
				callers.Wait()
				if err := c.Close(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for value, times := range got {
				if times != 1 {
					t.Errorf("%s was handed out %d times", value, times)
				}
			}
			if len(got) != all || dropped.Load() != 0 {
				t.Errorf("%d of %d messages were handed out, %d dropped", len(got), all, dropped.Load())
			}
		})
	}
}
