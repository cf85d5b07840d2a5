package eventlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/internal/share"
)

// member subscribes to topic "t" on a transport of its own.
func member(t testing.TB, l *Log, group string) driver.Receiver {
	t.Helper()
	r, err := l.Transport().Subscribe(context.Background(), driver.Subscription{Addresses: []string{"t"}, Group: group})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close(context.Background()) })
	return r
}

// take receives until there are n deliveries.
func take(t testing.TB, r driver.Receiver, n int) []driver.Delivery {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	var out []driver.Delivery
	for len(out) < n {
		batch, err := r.Receive(ctx)
		if err != nil {
			t.Fatalf("after %d of %d: %v", len(out), n, err)
		}
		out = append(out, batch...)
	}
	return out
}

func TestGroupBelongsToOneProcessAndFollowsAnother(t *testing.T) {
	dir := t.TempDir()
	writer := start(t, dir, one())
	other := start(t, dir, &Options{Partitions: 1, Poll: time.Millisecond})
	put(t, writer, numbered("v", 0, 10)...)
	r := member(t, other, "g")
	for _, d := range take(t, r, 10) {
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	s := driver.Subscription{Addresses: []string{"t"}, Group: "g"}
	if _, err := writer.Transport().Subscribe(t.Context(), s); !errors.Is(err, ErrLocked) {
		t.Errorf("a second process in the group: %v", err)
	}
	put(t, writer, "after")
	if d := take(t, r, 1); string(d[0].Message().Value) != "after" {
		t.Errorf("followed %q", d[0].Message().Value)
	}
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if d := take(t, member(t, writer, "g"), 1); string(d[0].Message().Value) != "after" {
		t.Errorf("the group goes on with %q", d[0].Message().Value)
	}
}

// TestConsumersSeeOnlyWhatIsDurable: another process is not given what the
// writer has written and not synced.
func TestConsumersSeeOnlyWhatIsDurable(t *testing.T) {
	dir := t.TempDir()
	writer := start(t, dir, one())
	syncing, goOn := make(chan struct{}), make(chan struct{})
	armed := false
	wreck(writer, func(op string, _ int) (int, error) {
		if armed && op == "sync" {
			syncing <- struct{}{}
			<-goOn
		}
		return 0, nil
	})
	put(t, writer, "durable")
	armed = true
	published := make(chan error, 1)
	go func() { published <- writer.Publish(context.Background(), messagesOf("not yet")...) }()
	<-syncing
	reader := start(t, dir, &Options{ReadOnly: true})
	holds(t, reader, "durable")
	holds(t, writer, "durable")
	armed = false
	close(goOn)
	if err := <-published; err != nil {
		t.Fatal(err)
	}
	holds(t, start(t, dir, &Options{ReadOnly: true}), "durable", "not yet")
}

func TestFlushMakesAcknowledgementsDurable(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, numbered("v", 0, 10)...)
	r := member(t, l, "g")
	for _, d := range take(t, r, 10)[:4] {
		if err := d.Ack(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.(driver.Flusher).Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := start(t, copyDir(t, l.dir), one())
	if d := take(t, member(t, again, "g"), 6); d[0].Message().Offset != 4 {
		t.Errorf("the group goes on at %d", d[0].Message().Offset)
	}
}

// divided publishes n messages to two partitions, and returns how many of them are
// in the first.
func divided(t *testing.T, l *Log, n int64) int64 {
	t.Helper()
	for i := range n {
		if err := l.Publish(t.Context(), &driver.Message{Address: "t", Key: fmt.Append(nil, i), Value: []byte("v")}); err != nil {
			t.Fatal(err)
		}
	}
	_, zero, err := l.Bounds("t", 0)
	if err != nil || zero == 0 || zero == n {
		t.Fatal(zero, err)
	}
	return zero
}

func TestPausedPartitionIsLeftOut(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	r := member(t, l, "g")
	p := r.(driver.Pauser)
	p.Pause("t", 0, true)
	zero := divided(t, l, 40)
	for _, d := range take(t, r, int(40-zero)) {
		if d.Message().Partition == 0 {
			t.Fatal("a message of the paused partition")
		}
	}
	p.Pause("t", 0, false)
	take(t, r, int(zero))
}

// damage breaks one of the first records of partition 0.
func damage(t *testing.T, l *Log) {
	t.Helper()
	f, err := openFile(segmentsOf(t, l.dir, 0)[0], 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte{0xff}, headerSize+30); err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}

// TestDamageHoldsUpOnePartition: a consumer is told of damage, and gets what
// the other partitions have.
func TestDamageHoldsUpOnePartition(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	zero := divided(t, l, 40)
	damage(t, l)
	r := member(t, l, "g")
	take(t, r, int(40-zero))
	for range 2 {
		if _, err := r.Receive(t.Context()); !errors.Is(err, ErrCorrupt) || !errors.Is(err, driver.ErrPartition) {
			t.Fatalf("at damage: %v", err)
		}
	}
}

// TestDamageDoesNotSlowDownOthers: messages of sound partitions are received when
// they come, however often it was tried to read from another one.
func TestDamageDoesNotSlowDownOthers(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2})
	left := 40 - divided(t, l, 40)
	damage(t, l)
	told := make(chan struct{}, 64)
	conn := runtime.Open(l.Transport(), &runtime.Options{
		Logger: slog.New(slog.NewTextHandler(teller{io.Discard, told}, nil)),
		Policy: runtime.Policy{Retry: runtime.Retry{Min: time.Hour, Max: time.Hour}},
	})
	handled := make(chan string, 100)
	ended := make(chan error)
	go func() {
		ended <- runtime.Consume(t.Context(), conn, &runtime.Channel{Address: "t"}, nil, []runtime.Route{
			runtime.Handle("", func(_ context.Context, in *runtime.Incoming) error {
				handled <- string(in.Value())
				return nil
			}),
		})
	}()
	for range left {
		<-handled
	}
	for range 2 {
		<-told // of the damage
	}
	divided(t, l, 40)
	<-handled
	if err := errors.Join(conn.Close(context.Background()), <-ended); err != nil {
		t.Error(err)
	}
}

// teller tells when something is written.
type teller struct {
	io.Writer
	told chan struct{}
}

func (w teller) Write(b []byte) (int, error) {
	w.told <- struct{}{}
	return w.Writer.Write(b)
}

// TestRandomCancellation: an error without ErrUnknownOutcome means that nothing
// was stored, none that all was.
func TestRandomCancellation(t *testing.T) {
	l := start(t, t.TempDir(), &Options{Partitions: 2, MaxPending: 3000})
	var mu sync.Mutex
	outcome := map[string]error{}
	var wait sync.WaitGroup
	for p := range 8 {
		r := rand.New(rand.NewPCG(uint64(p), 41))
		wait.Go(func() {
			for i := range 100 {
				v := fmt.Sprint(p, "-", i, " ")
				ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.IntN(600))*time.Microsecond)
				err := l.Publish(ctx, &driver.Message{Address: "t", Key: fmt.Append(nil, p), Value: []byte(long(v, r.IntN(1000)))})
				cancel()
				mu.Lock()
				outcome[v] = err
				mu.Unlock()
			}
		})
	}
	wait.Wait()
	put(t, l, "the end ")
	seen := map[string]bool{}
	for p := range 2 {
		got, err := all(l, p, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range got {
			v, _, _ := strings.Cut(string(m.Value), " ")
			if seen[v+" "] {
				t.Fatalf("%q is there twice", v)
			}
			seen[v+" "] = true
		}
	}
	for v, err := range outcome {
		switch {
		case err == nil && !seen[v]:
			t.Errorf("%q was acknowledged and is not there", v)
		case err != nil && !errors.Is(err, driver.ErrUnknownOutcome) && seen[v]:
			t.Errorf("%q was refused and is there: %v", v, err)
		case err != nil && !errors.Is(err, context.DeadlineExceeded):
			t.Errorf("%q: %v", v, err)
		}
	}
}

// TestRewoundConsumer sends the group of a consumer back: its handlers are told
// what is of the past.
func TestRewoundConsumer(t *testing.T) {
	l := start(t, t.TempDir(), one())
	put(t, l, numbered("v", 0, 5)...)
	if _, err := l.Rewind("g", ReplayOptions{}); !errors.Is(err, driver.ErrInvalid) {
		t.Errorf("without a topic: %v", err)
	}
	if _, err := l.Rewind("g", ReplayOptions{}, "t", "u"); !errors.Is(err, driver.ErrNotFound) {
		t.Errorf("with one that is not there: %v", err)
	}
	if groups, err := l.Groups(); err != nil || len(groups) > 0 {
		t.Errorf("there are groups %q, %v", groups, err)
	}
	past, err := l.Rewind("g", ReplayOptions{Offset: 2}, "t")
	if err != nil {
		t.Fatal(err)
	}
	put(t, l, numbered("v", 5, 3)...)
	conn := runtime.Open(l.Transport(), nil)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var got []string
	handle := runtime.Handle("", func(ctx context.Context, in *runtime.Incoming) error {
		got = append(got, fmt.Sprint(string(in.Value()), " ", runtime.Replaying(ctx)))
		if len(got) == 6 {
			cancel()
		}
		return nil
	})
	err = runtime.Consume(ctx, conn, &runtime.Channel{Address: "t"}, nil, []runtime.Route{handle}, runtime.Group("g"), runtime.Use(past.Middleware))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	want := "[v-2 true v-3 true v-4 true v-5 false v-6 false v-7 false]"
	if fmt.Sprint(got) != want {
		t.Errorf("handled %v, want %v", got, want)
	}
}

func TestURLs(t *testing.T) {
	for url, want := range map[string]string{
		"file:///var/lib/shop":         "/var/lib/shop",
		"file://localhost/var/a%20b":   "/var/a b",
		"file://host/dir":              "",
		"file:dir":                     "",
		"file:///":                     "",
		"kafka://localhost":            "",
		"file:///dir?x=1":              "",
		"file://user:secret@host/dir":  "",
		"file:///dir#x":                "",
		"file://localhost/%zz":         "",
		"file://user:secret@host/%zz":  "",
		"/var/lib/shop":                "",
		"file://":                      "",
		"file:///var/lib/../lib/shop":  "/var/lib/../lib/shop",
		"FILE:///var/lib/capital":      "/var/lib/capital",
		"file:///var/lib/with%2Fslash": "/var/lib/with/slash",
	} {
		got, err := Path(url)
		if got != want || (want == "") != errors.Is(err, driver.ErrInvalid) || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %q, %v, want %q", url, got, err, want)
		}
	}
}

// TestLargeMessagesOfManyPartitions: one call has few messages when they are large,
// however many partitions there are, and all partitions have their turn.
func TestLargeMessagesOfManyPartitions(t *testing.T) {
	const partitions, each = 8, 3
	l := start(t, t.TempDir(), &Options{Partitions: partitions})
	r := member(t, l, "g")
	large := make([]byte, maxRead*3/5)
	var counts [partitions]int
	for key := 0; slices.Min(counts[:]) < each; key++ {
		m := &driver.Message{Address: "t", Key: fmt.Append(nil, key), Value: large}
		if key%2 > 0 {
			m.Value, m.Headers = nil, []driver.Header{{Key: "large", Value: large}}
		}
		if p := share.Of(m.Key).Among(partitions); counts[p] < each {
			counts[p]++
			if err := l.Publish(t.Context(), m); err != nil {
				t.Fatal(err)
			}
		}
	}
	seen := map[int32]int{}
	for n := 0; n < partitions*each; {
		got := take(t, r, 1)
		if len(got) > 2 {
			t.Fatalf("%d messages of %d bytes at once", len(got), len(large))
		}
		for _, d := range got {
			seen[d.Message().Partition]++
		}
		if n += len(got); n%partitions == 0 && len(seen) != partitions {
			t.Errorf("after %d messages: %v", n, seen)
		}
	}
	for p, n := range seen {
		if n != each {
			t.Errorf("%d messages of partition %d", n, p)
		}
	}
}
