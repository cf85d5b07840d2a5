package faults

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/fulldisk"
	"github.com/asyncwire/asyncwire/runtime"
)

// conditions are what a service has to live with.
type conditions struct {
	// Full lets the disk be full for some milliseconds again and again, and when
	// the service starts.
	Full bool
	// Clock lets Options.Now jump by hours, over the time that messages live.
	Clock bool
	// Cancel ends the contexts of some publishes at random: what became of them
	// is not known.
	Cancel bool
	// Retry has messages that fail go to a retry address.
	Retry bool
	// Inbox is the inbox of EffectivelyOnce: file, else one that shares its
	// transactions with the effects.
	Inbox string
	// Mode is how messages are taken: batch, pull, else one by one.
	Mode string
}

// suffer brings about the conditions until ctx ends, and returns when things
// are as they should be again.
func (s *service) suffer(ctx context.Context) {
	defer s.hours.Store(0)
	random := rand.New(rand.NewPCG(s.Seed, 99))
	if s.Full {
		pause(ctx, 10*time.Millisecond)
		if err := fulldisk.End(); err != nil {
			panic(err)
		}
	}
	for ctx.Err() == nil {
		pause(ctx, time.Duration(5+random.IntN(25))*time.Millisecond)
		if s.Clock {
			s.hours.Store(int64(random.IntN(4)-2) * int64(random.IntN(2)))
		}
		if s.Full {
			s.fill(ctx, uint64(size*(1+random.IntN(20_000)))) // no event of the history is torn
		}
	}
}

// beginFull lets the disk be full from the start, for a service that has been at
// work before: it has to go on with what it has.
func (s *service) beginFull() error {
	if _, err := os.Stat(filepath.Join(s.Dir, "log", "groups", "faults", "positions")); !s.Full || err != nil {
		return nil
	}
	return fulldisk.Begin(size)
}

// fill lets the disk be full for a moment.
func (s *service) fill(ctx context.Context, size uint64) {
	if err := fulldisk.Begin(size); err != nil {
		panic(err)
	}
	pause(ctx, 5*time.Millisecond)
	if err := fulldisk.End(); err != nil {
		panic(err)
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// now is a clock that jumps.
func (s *service) now() time.Time {
	return time.Now().Add(time.Duration(s.hours.Load()) * time.Hour)
}

// consume takes messages as the service is told to.
func (s *service) consume(ctx context.Context) error {
	orders := &runtime.Channel{Address: "orders"}
	switch s.Mode {
	case "batch":
		return runtime.ConsumeBatch(ctx, s.conn, orders, nil, runtime.Batch{Size: 20, Window: time.Millisecond}, s.handleBatch)
	case "pull":
		return s.pull(ctx, orders)
	}
	return runtime.Consume(ctx, s.conn, orders, nil, []runtime.Route{runtime.Handle("", s.handle)})
}

// handleBatch handles the messages of a batch, of a key none after one that has
// failed.
func (s *service) handleBatch(ctx context.Context, batch []*runtime.Incoming) error {
	failed := map[uint32]error{}
	errs := make(runtime.BatchError, len(batch))
	for i, in := range batch {
		key, _ := numbers(in.Message())
		if failed[key] == nil {
			with := ctx // the transaction is in it, if there is one
			if s.Guarantee == runtime.ExactlyOnce && batch[0].Message().Offset%2 == 0 {
				with = in.Context() // so that what is done is stored without the others
			}
			failed[key] = contained(func() error { return s.handle(with, in) })
		}
		errs[i] = failed[key]
	}
	if len(failed) == 0 {
		return nil
	}
	return errs
}

// contained calls f and turns a panic into an error.
func contained(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &runtime.PanicError{Value: v}
		}
	}()
	return f()
}

// pull fetches messages, and handles those that come together at a time.
func (s *service) pull(ctx context.Context, from *runtime.Channel) error {
	p, err := runtime.Pull(ctx, s.conn, from, nil)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	var all sync.WaitGroup
	for {
		list, err := p.Fetch(ctx, 10)
		if err != nil {
			all.Wait()
			return p.Close(context.Background())
		}
		for _, f := range list {
			all.Go(func() {
				attempt, cancel := context.WithTimeout(f.Context(), 20*time.Millisecond)
				defer cancel()
				if err := contained(func() error { return s.handle(attempt, f.Incoming) }); err != nil {
					f.Nack(err)
					return
				}
				_ = f.Ack(context.Background()) // refused: it comes again
			})
		}
	}
}

// tear writes behind the last record of each partition what a write that was
// cut off may leave: part of a record, or anything.
func tear(t *testing.T, dir string, random *rand.Rand) (torn int) {
	t.Helper()
	segments, err := filepath.Glob(filepath.Join(dir, "log", "topics", "*", "*", "*.log"))
	if err != nil {
		t.Fatal(err)
	}
	last := map[string]string{} // the names of segments ascend
	for _, s := range segments {
		last[filepath.Dir(s)] = s
	}
	for _, s := range last {
		text, err := os.ReadFile(s)
		if err != nil {
			t.Fatal(err)
		}
		used := len(bytes.TrimRight(text, "\x00"))
		if random.IntN(2) == 0 || used < 200 {
			continue
		}
		rest := bytes.Clone(text[64:min(used, 64+1+random.IntN(400))])
		for range random.IntN(3) { // bits that the disk has flipped
			rest[random.IntN(len(rest))] ^= 1 << random.IntN(8)
		}
		f, err := os.OpenFile(s, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		// A record may end with up to 8 zeros, which are not seen as its end.
		if _, err = f.WriteAt(rest, int64(used+8+random.IntN(64))); err == nil {
			err = f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		torn++
	}
	return torn
}
