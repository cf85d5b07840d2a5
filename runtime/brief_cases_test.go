package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	goruntime "runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/heap"
	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// TestBriefsDiffer: messages that differ in one attribute from the one before have that
// of their own, whatever they have in common.
func TestBriefsDiffer(t *testing.T) {
	base := runtime.Attributes{Source: "/s", Subject: "s", DataSchema: "d", CorrelationID: "c", CausationID: "e", Key: "k"}
	var list []sent
	for _, change := range []func(*runtime.Attributes){
		func(a *runtime.Attributes) {},
		func(a *runtime.Attributes) { a.ID = strings.Repeat("i", 65) },
		func(a *runtime.Attributes) { a.ID = strings.Repeat("i", 64) },
		func(a *runtime.Attributes) { a.Source = "/other" },
		func(a *runtime.Attributes) { a.Subject = "o" },
		func(a *runtime.Attributes) { a.Subject = "" },
		func(a *runtime.Attributes) { a.DataSchema = "o" },
		func(a *runtime.Attributes) { a.CorrelationID = "o" },
		func(a *runtime.Attributes) { a.CausationID = "o" },
		func(a *runtime.Attributes) { a.Key = strings.Repeat("k", 65) },
		func(a *runtime.Attributes) { a.Key = strings.Repeat("k", 64) },
		func(a *runtime.Attributes) { a.Time = time.Unix(3, 3) },
		func(a *runtime.Attributes) {},
	} {
		s := sent{envelope: &envelope[string, []string]{}}
		s.envelope.Attributes = base
		change(&s.envelope.Attributes)
		list = append(list, s)
	}
	all := slices.Concat(list, list)
	one, other := memory.New(&memory.Options{Partitions: 1}), memory.New(&memory.Options{Partitions: 1})
	k := &keeping{Transport: one.Connect()}
	got := deliver(t, 1, modes()[0], all, k, one)
	if want := deliver(t, 1, modes()[0], all, writing{other.Connect()}, other); !reflect.DeepEqual(got, want) {
		t.Error(difference(got, want))
	}
	if k.briefs != len(all)-4 { // but for those with a long key or id
		t.Errorf("%d of %d messages had a brief", k.briefs, len(all))
	}
}

// prefixed is a transport with other names of headers.
type prefixed struct {
	*memory.Transport
	prefix string
}

func (p prefixed) Features() driver.Features {
	f := p.Transport.Features()
	f.AttributePrefix = p.prefix
	return f
}

// TestBriefsOfOthers: who knows attributes by other names than the publisher sees
// headers.
func TestBriefsOfOthers(t *testing.T) {
	broker := memory.New(&memory.Options{Partitions: 1})
	e := &textEnvelope{Payload: "p"}
	e.ID, e.Subject = "i", "s"
	for _, prefix := range []string{"ce_", "x-", ""} {
		if err := publish(t.Context(), runtime.Open(prefixed{broker.Connect(), prefix}, nil), at, nil, text("m"), e); err != nil {
			t.Fatal(err)
		}
	}
	for _, prefix := range []string{"ce_", "x-", ""} {
		var got []string
		ctx, stop := context.WithCancel(t.Context())
		err := runtime.Consume(ctx, runtime.Open(prefixed{broker.Connect(), prefix}, nil), at, nil, []runtime.Route{
			runtime.Handle("", func(_ context.Context, in *runtime.Incoming) error {
				var id string
				for _, h := range in.Headers() {
					if strings.HasSuffix(h.Key, "id") {
						id = h.Key
					}
				}
				if got = append(got, in.Attributes().ID+in.Attributes().Subject+id); len(got) == 3 {
					stop()
				}
				return nil
			}),
		}, runtime.Group(prefix+"g"), runtime.WithPolicy(runtime.Policy{Concurrency: 1}))
		stop()
		want := map[string]string{"ce_": "is x-id id", "x-": "ce_id is id", "": "ce_id x-id is"}[prefix]
		if strings.Join(got, " ") != want || err != nil {
			t.Errorf("with the prefix %q %q were received, want %s: %v", prefix, got, want, err)
		}
	}
}

// TestBriefsOfEnvelopes: a message that says it holds an envelope of its own is refused.
func TestBriefsOfEnvelopes(t *testing.T) {
	tr, refused := memory.New(nil), make(chan error, 1)
	o := quiet()
	o.OnUndecodable = func(_ context.Context, m *driver.Message, err error) error {
		if a, _ := runtime.AttributesOf(m, tr.Features()); a.Type != "m" || m.Brief != nil {
			t.Errorf("what is refused has the attributes %+v", a)
		}
		refused <- err
		return nil
	}
	k := start(t, runtime.Open(tr, o), func(context.Context, *textEnvelope) error { return nil })
	m := &message[string, noHeaders]{Name: "m", ContentType: "application/cloudevents+json", Payload: asText{}}
	if err := publish(t.Context(), runtime.Open(tr, nil), at, nil, m, &textEnvelope{}); err != nil {
		t.Fatal(err)
	}
	if err := await(t, "refusal", refused); !strings.Contains(err.Error(), "only the binary mode") {
		t.Error(err)
	}
	k.finish()
}

// TestCarriedMessagesArePublishedWhole: a message with a brief that somebody publishes
// again has all its headers, wherever it goes.
func TestCarriedMessagesArePublishedWhole(t *testing.T) {
	tr := memory.New(nil)
	if err := publish(t.Context(), runtime.Open(tr, nil), at, nil, text("m"), &textEnvelope{Payload: "p"}); err != nil {
		t.Fatal(err)
	}
	r, err := tr.Subscribe(t.Context(), driver.Subscription{Addresses: []string{"a"}, Group: "raw"})
	if err != nil {
		t.Fatal(err)
	}
	batch, err := r.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	carried := *batch[0].(driver.Carrier).Carried()
	if carried.Brief == nil || len(carried.Headers) > 0 || carried.Brief.Size() == 0 {
		t.Fatalf("the message was published as %+v", carried)
	}
	carried.Address = "b"
	want := lines(batch[0].Message().Headers)
	see := func(where string, m *driver.Message) {
		if m.Address != "b" || m.Brief != nil || lines(m.Headers) != want {
			t.Errorf("%s it has the address %s and the headers\n%s", where, m.Address, lines(m.Headers))
		}
	}
	plain, w := &recorder{features: kafkaLike}, &watched{}
	if err := runtime.Open(plain, nil).PublishMessage(t.Context(), &carried); err != nil {
		t.Fatal(err)
	}
	see("elsewhere", plain.sent[0])
	if err := runtime.Open(memory.New(nil), &runtime.Options{Observer: w}).PublishOwned(t.Context(), &carried); err != nil {
		t.Fatal(err)
	}
	see("observed", &w.events[0])
	see("as a copy", runtime.Plain(&carried, "b"))
	unit := runtime.Open(tr.Connect(), quiet())
	k := start(t, unit, func(ctx context.Context, _ *textEnvelope) error { return unit.PublishOwned(ctx, &carried) },
		runtime.WithPolicy(runtime.Policy{Guarantee: runtime.ExactlyOnce}))
	tap, err := tr.Tap(t.Context(), driver.TapOptions{Match: func(address string) bool { return address == "b" }})
	if err != nil {
		t.Fatal(err)
	}
	list, err := tap.Receive(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	k.finish()
	see("in a unit", list[0])
}

// TestWholeMessagesAreOne: whoever asks for a message with its headers gets the same,
// at the same time too.
func TestWholeMessagesAreOne(t *testing.T) {
	const n, groups = 100, 3
	broker := memory.New(nil)
	c := runtime.Open(broker, nil)
	var wait sync.WaitGroup
	messages := make([]map[string]*driver.Message, groups)
	for g := range groups {
		messages[g] = map[string]*driver.Message{}
		wait.Go(func() {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			var mu sync.Mutex
			err := runtime.Consume(ctx, c, at, nil, []runtime.Route{runtime.Handle("m", func(_ context.Context, in *runtime.Incoming) error {
				mu.Lock()
				defer mu.Unlock()
				if messages[g][in.Attributes().ID] = in.Message(); len(messages[g]) == n {
					stop()
				}
				return nil
			})}, runtime.Group(fmt.Sprint("g", g)))
			if err != nil {
				t.Error(err)
			}
		})
	}
	for range n {
		if err := publish(t.Context(), c, at, nil, text("m"), &textEnvelope{Payload: "p"}); err != nil {
			t.Fatal(err)
		}
	}
	wait.Wait()
	for g := range groups {
		for id, m := range messages[g] {
			if a, _ := runtime.AttributesOf(m, broker.Features()); m != messages[0][id] || a.ID != id {
				t.Fatalf("message %s is %p with the id %q, and %p for others", id, m, a.ID, messages[0][id])
			}
		}
	}
}

// TestAttributesKeepLittle: who keeps the texts of a received message's attributes
// keeps neither its payload nor many others.
func TestAttributesKeepLittle(t *testing.T) {
	const all, every = 30_000, 100
	broker := memory.New(&memory.Options{MaxMessages: 1})
	c := runtime.Open(broker, nil)
	ctx, stop := context.WithCancel(t.Context())
	var kept []runtime.Attributes
	n := 0
	handled := make(chan struct{}, all)
	before := heap.InUse()
	k := make(chan error, 1)
	go func() {
		k <- runtime.Consume(ctx, c, at, nil, []runtime.Route{on(text("m"), func(_ context.Context, e *textEnvelope) error {
			if n++; n%every == 0 {
				kept = append(kept, e.Attributes)
			}
			handled <- struct{}{}
			return nil
		})}, runtime.Group("g"), runtime.WithPolicy(runtime.Policy{Concurrency: 1}))
	}()
	for i := range all {
		e := &textEnvelope{Payload: strings.Repeat("x", 1000)}
		e.Subject = fmt.Sprint("subject-", i)
		if err := publish(ctx, c, at, nil, text("m"), e, runtime.Key(fmt.Sprint("key-", i))); err != nil {
			t.Fatal(err)
		}
		await(t, "message", handled)
	}
	stop()
	if err := await(t, "end", k); err != nil {
		t.Fatal(err)
	}
	const most = 1500 // the attributes themselves, with a piece of memory for texts, and what a message has in common
	if grown := heap.InUse() - before; grown > len(kept)*most+1<<20 {
		t.Errorf("the attributes of %d messages keep %d bytes, want at most %d", len(kept), grown, len(kept)*most+1<<20)
	}
	goruntime.KeepAlive(kept)
}

// TestBriefLimits: a message with a brief is as large as with headers, for a transport
// that refuses large ones.
func TestBriefLimits(t *testing.T) {
	e := &textEnvelope{Payload: "payload"}
	e.ID, e.Subject, e.Time = "id", "subject", time.Unix(5, 5)
	m := send(t, memory.New(nil).Features(), e, runtime.Key("key"))
	size := len(m.Key) + len(m.Value)
	for _, h := range m.Headers {
		size += len(h.Key) + len(h.Value)
	}
	for _, less := range []int{0, 1} {
		c := runtime.Open(memory.New(&memory.Options{MaxBytes: size - less}), &runtime.Options{Source: "/tests"})
		err := publish(t.Context(), c, at, nil, text("greeting"), e, runtime.Key("key"))
		if errors.Is(err, driver.ErrTooLarge) != (less > 0) || less == 0 && err != nil {
			t.Errorf("%d bytes where %d are allowed: %v", size, size-less, err)
		}
	}
}

// TestEnvelopesThatAreMeant: where the document itself says that the payload is an
// envelope of its own, it is read as that.
func TestEnvelopesThatAreMeant(t *testing.T) {
	for _, headers := range []bool{false, true} {
		tr, got := memory.New(nil), make(chan string, 1)
		meant := &message[string, noHeaders]{Name: "m", ContentType: "application/cloudevents+json", Payload: asText{}}
		ctx, stop := context.WithCancel(t.Context())
		var err error
		if headers {
			err = tr.Publish(ctx, &driver.Message{Address: at.Address, Value: []byte("whole"), Headers: []driver.Header{
				{Key: "ce_type", Value: []byte("m")}, {Key: "content-type", Value: []byte("application/cloudevents+json; charset=utf-8")}}})
		} else {
			err = publish(ctx, runtime.Open(tr, nil), at, nil, meant, &textEnvelope{Payload: "whole"})
		}
		if err != nil {
			t.Fatal(err)
		}
		o := quiet()
		o.OnUndecodable = func(_ context.Context, _ *driver.Message, err error) error {
			got <- err.Error()
			return nil
		}
		done := make(chan error, 1)
		go func() {
			done <- runtime.Consume(ctx, runtime.Open(tr, o), at, nil, []runtime.Route{on(meant, func(_ context.Context, e *textEnvelope) error {
				got <- e.Payload
				return nil
			})})
		}()
		if text := await(t, "message", got); text != "whole" {
			t.Error(text)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// TestBriefsShareLanes: messages of one key are handled one after the other, in their order,
// with briefs or without, whoever has found out their lane.
func TestBriefsShareLanes(t *testing.T) {
	const n = 200
	k := &keeping{Transport: memory.New(&memory.Options{Partitions: 1})}
	c := runtime.Open(k, &runtime.Options{Source: "/test"})
	channel := &runtime.Channel{Address: "a"}
	for i := range n {
		var err error
		if i%2 == 0 {
			err = publish(t.Context(), c, channel, nil, said("m", nil), &envelope[string, []string]{}, runtime.Key("key"))
		} else {
			err = c.PublishMessage(t.Context(), &driver.Message{Address: "a", Key: []byte("key"), Value: []byte("1")})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if k.briefs != n/2 {
		t.Fatalf("%d messages had a brief", k.briefs)
	}
	ctx, stop := context.WithCancel(t.Context())
	var mu sync.Mutex
	var handled atomic.Int64
	next := int64(0)
	err := runtime.Consume(ctx, c, channel, nil, []runtime.Route{runtime.Handle("", func(_ context.Context, in *runtime.Incoming) error {
		if handled.Add(1) == n {
			stop()
		}
		if !mu.TryLock() {
			t.Error("two messages of one key are handled at once")
			return nil
		}
		defer mu.Unlock()
		time.Sleep(20 * time.Microsecond)
		if at := in.Position().Offset; at != next {
			t.Errorf("message %d is handled in place of %d", at, next)
		}
		next++
		return nil
	})}, runtime.Group("g"))
	if err != nil {
		t.Error(err)
	}
}
