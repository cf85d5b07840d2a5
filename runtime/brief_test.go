package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// writing is a transport that is no driver.Keeper: it is given headers.
type writing struct{ driver.Transport }

// keeping is a transport that notes which messages have a brief.
type keeping struct {
	*memory.Transport
	briefs int
	sizes  []int // that briefs tell, less those of their headers
}

func (k *keeping) PublishOwned(ctx context.Context, m *driver.Message) error {
	if m.Brief != nil {
		k.briefs++
		whole := m.Brief.Size()
		if err := k.Transport.PublishOwned(ctx, m); err != nil {
			return err
		}
		for _, h := range m.Whole().Headers[:len(m.Whole().Headers)-len(m.Headers)] {
			whole -= len(h.Key) + len(h.Value)
		}
		k.sizes = append(k.sizes, whole)
		return nil
	}
	return k.Transport.PublishOwned(ctx, m)
}

// sent is a message that is published, and how.
type sent struct {
	envelope *envelope[string, []string] // with values of declared headers
	declared []string                    // their names
	options  []runtime.PublishOption
	trace    runtime.TraceContext
}

// anything makes a message of random attributes, options and headers.
func anything(r *rand.Rand) sent {
	texts := []string{"", "", "x", "an-id", "größe %\n", "\xff\x00", strings.Repeat("long", 30), strings.Repeat("l", 3000)}
	text := func() string { return texts[r.IntN(len(texts))] }
	times := []time.Time{{}, {}, time.Unix(1, 0), time.Now(), time.Unix(5, 120_000_000).In(time.FixedZone("", 5400)),
		time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 1, time.UTC), time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC)}
	s := sent{envelope: &envelope[string, []string]{Payload: text()}}
	e := s.envelope
	e.Attributes = runtime.Attributes{ID: text(), Source: text(), Subject: text(), DataSchema: text(), Key: text(), CorrelationID: text(),
		CausationID: text(), Time: times[r.IntN(len(times))]}
	if e.ID != "" {
		e.Time = time.Time{} // then our clock is asked, and not that of the transport
	}
	if r.IntN(4) > 0 { // as most are
		e.Attributes = runtime.Attributes{Subject: e.Subject}
	}
	if r.IntN(4) == 0 {
		e.Extensions = map[string]string{"more": text(), "expirytime": "2100-01-01T00:00:00Z"}
	}
	names := []string{"h", "h", "ce_id", "ce_more", "Content-Type", "traceparent", "asyncwire-reason", "asyncwire-other", "id", "tracestate"}
	for range max(0, r.IntN(5)-2) {
		s.declared = append(s.declared, names[r.IntN(len(names))])
		e.Headers = append(e.Headers, text())
	}
	if r.IntN(5) == 0 {
		e.Undeclared = []runtime.Header{{Key: names[r.IntN(len(names))], Value: []byte(text())}, {Key: "nil"}}
	}
	all := []runtime.PublishOption{runtime.Key("k"), runtime.ID(text()), runtime.Subject(text()), runtime.Expires(time.Unix(4e9, 0)),
		runtime.Due(time.Unix(1e6, 0)), runtime.Time(times[r.IntN(len(times))])}
	for range max(0, r.IntN(4)-1) {
		s.options = append(s.options, all[r.IntN(len(all))])
	}
	if r.IntN(3) == 0 {
		s.trace = runtime.TraceContext{TraceID: [16]byte{1}, SpanID: [8]byte{2}, Flags: 1, State: []string{"", "a=b"}[r.IntN(2)]}
	}
	return s
}

// said is how such a message is written and read: its declared headers are texts.
func said(name string, declared []string) *message[string, []string] {
	return &message[string, []string]{Name: name, ContentType: "text/plain", Payload: asText{}, Headers: func(h *runtime.HeaderCodec, v *[]string) {
		if h.Reading() {
			*v = make([]string, len(declared))
		}
		for i, name := range declared {
			if !h.Reading() || h.Has(name, true) {
				h.String(name, &(*v)[i])
			}
		}
	}}
}

// seen is all that can be seen of a received message.
type seen struct {
	Envelope   envelope[string, []string]
	Err        string
	Message    driver.Message
	Attributes runtime.Attributes
	Headers    []runtime.Header
	Trace      runtime.TraceContext
	Traced     bool
	Place      runtime.Position
	Type       string
	Read       runtime.Attributes // out of the headers
	Rest       []runtime.Header
}

// see looks at a message, from all sides in a random order.
func see(r *rand.Rand, in *runtime.Incoming, declared []string) seen {
	var s seen
	looks := []func(){
		func() {
			e := told[string, []string]{&s.Envelope, said("m", declared)}
			if err := in.Decode(e); err != nil {
				s.Err = err.Error()
			}
		},
		func() { s.Message = *in.Message() },
		func() { s.Attributes, s.Headers, s.Type = *in.Attributes(), in.Headers(), in.Type() },
		func() { s.Trace, s.Traced = in.Trace(); s.Trace.SpanID = [8]byte{} },
		func() { s.Place = in.Position() },
	}
	for _, i := range r.Perm(len(looks)) {
		looks[i]()
	}
	s.Read, s.Rest = runtime.AttributesOf(&s.Message, driver.Features{AttributePrefix: "ce_"})
	return s
}

// ticking are options of which each use does the same.
func ticking() *runtime.Options {
	o, n := quiet(), 0
	o.Source = "/tests"
	o.Now = func() time.Time { return time.Unix(1_700_000_000, 123_000_000) }
	o.NewID = func() string { n++; return fmt.Sprint("id-", n) }
	return o
}

// send publishes messages, and changes afterwards what its caller may change.
func sendAll(t *testing.T, c *runtime.Conn, list []sent) (errs []string) {
	for _, s := range list {
		e := *s.envelope
		e.Extensions = maps.Clone(e.Extensions)
		e.Undeclared = slices.Clone(e.Undeclared)
		ctx := t.Context()
		if s.trace.TraceID != [16]byte{} {
			ctx = runtime.WithTrace(ctx, s.trace)
		}
		err := publish(ctx, c, at, nil, said("m", s.declared), &e, s.options...)
		errs = append(errs, fmt.Sprint(err))
		clear(e.Extensions)
		clear(e.Undeclared)
	}
	return errs
}

// looking looks at a received message, and says whether it is the last.
type looking func(*runtime.Incoming) (last bool, err error)

// mode is a way to receive, until stop is called.
type mode struct {
	name    string
	consume func(ctx context.Context, stop func(), c *runtime.Conn, look looking) error
	options func(*runtime.Options)
}

// one consumes messages one by one, with a policy.
func one(p runtime.Policy) func(context.Context, func(), *runtime.Conn, looking) error {
	return func(ctx context.Context, stop func(), c *runtime.Conn, look looking) error {
		p.Concurrency, p.Ordering = 1, runtime.PerPartition
		return runtime.Consume(ctx, c, at, nil, []runtime.Route{runtime.Handle("", func(_ context.Context, in *runtime.Incoming) error {
			last, err := look(in)
			if last {
				stop()
			}
			return err
		})}, runtime.WithPolicy(p), runtime.Group("g"))
	}
}

// several consumes them in batches.
func several(ctx context.Context, stop func(), c *runtime.Conn, look looking) error {
	return runtime.ConsumeBatch(ctx, c, at, nil, runtime.Batch{Size: 3}, func(_ context.Context, batch []*runtime.Incoming) error {
		var errs runtime.BatchError
		for _, in := range batch {
			last, err := look(in)
			if errs = append(errs, err); last {
				stop()
			}
		}
		return errs
	}, runtime.WithPolicy(runtime.Policy{Concurrency: 1, Ordering: runtime.PerPartition, DeadLetter: "dead"}), runtime.Group("g"))
}

// pulls fetches them.
func pulls(ctx context.Context, _ func(), c *runtime.Conn, look looking) error {
	p, err := runtime.Pull(ctx, c, at, nil, runtime.Group("g"), runtime.WithPolicy(runtime.Policy{DeadLetter: "dead"}))
	for last := false; err == nil && !last; {
		var list []*runtime.Fetched
		if list, err = p.Fetch(ctx, 1); err != nil {
			break
		}
		var reason error
		if last, reason = look(list[0].Incoming); reason != nil {
			list[0].Nack(reason)
		} else {
			err = list[0].Ack(ctx)
		}
	}
	return errors.Join(err, p.Close(context.Background()))
}

// watched is an observer that looks at the messages of what happens.
type watched struct {
	mu     sync.Mutex
	events []driver.Message
}

func (w *watched) Observe(_ context.Context, e runtime.Event) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.events = append(w.events, *e.Message)
}

// modes are ways to receive, all of them with dead letters.
func modes() []mode {
	dead := runtime.Policy{DeadLetter: "dead"}
	with := func(g runtime.Guarantee) runtime.Policy { return runtime.Policy{DeadLetter: "dead", Guarantee: g} }
	return []mode{
		{"one by one", one(dead), nil},
		{"at most once", one(with(runtime.AtMostOnce)), nil},
		{"exactly once", one(with(runtime.ExactlyOnce)), nil},
		{"with a time to live", one(runtime.Policy{DeadLetter: "dead", TTL: time.Hour}), nil},
		{"in batches", several, nil},
		{"by fetching", pulls, nil},
		{"observed", one(dead), func(o *runtime.Options) { o.Observer = &watched{} }},
	}
}

// result is what becomes of messages.
type result struct {
	errs   []string // of publishing
	seen   []seen
	dead   []driver.Message // dead letters
	events []driver.Message
	tapped []driver.Message
}

// deliver publishes messages over one transport and receives them over another of
// the same broker. Every third is a dead letter.
func deliver(t *testing.T, seed uint64, m mode, list []sent, publishing driver.Transport, broker *memory.Transport) (got result) {
	got.errs = sendAll(t, runtime.Open(publishing, ticking()), list)
	published := slices.Clone(list)
	for i, err := range slices.Backward(got.errs) {
		if err != "<nil>" {
			published = slices.Delete(published, i, i+1)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o, r := ticking(), rand.New(rand.NewPCG(seed, 5))
	if m.options != nil {
		m.options(o)
	}
	if len(published) > 0 {
		err := m.consume(ctx, stop, runtime.Open(broker, o), func(in *runtime.Incoming) (bool, error) {
			n := len(got.seen)
			got.seen = append(got.seen, see(r, in, published[n].declared))
			if n%3 == 2 {
				return n+1 == len(published), runtime.Permanent(errOnPurpose)
			}
			return n+1 == len(published), nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if w, ok := o.Observer.(*watched); ok {
		got.events = w.events
	}
	got.dead, got.tapped = tapped(t, broker, "dead"), tapped(t, broker, "a")
	return got
}

// tapped returns the messages that lie at an address.
func tapped(t *testing.T, broker *memory.Transport, address string) (list []driver.Message) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	end := &driver.Message{Address: address, Key: []byte("end of all"), Time: driver.At(time.Unix(0, 0))}
	if err := broker.Publish(ctx, end); err != nil {
		t.Fatal(err)
	}
	tap, err := broker.Tap(ctx, driver.TapOptions{Match: func(a string) bool { return a == address }})
	if err != nil {
		t.Fatal(err)
	}
	defer tap.Close(ctx)
	for {
		batch, err := tap.Receive(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range batch {
			if string(m.Key) == string(end.Key) {
				return list
			}
			list = append(list, *m)
		}
	}
}

// TestBriefsAreHeaders: what is received of messages that travelled with a brief is
// what is received of those that travelled with headers, whoever looks at it, and
// however.
func TestBriefsAreHeaders(t *testing.T) {
	briefs := 0
	for _, m := range modes() {
		t.Run(m.name, func(t *testing.T) {
			for seed := range uint64(60) {
				r := rand.New(rand.NewPCG(seed, 4))
				list := make([]sent, 1+r.IntN(8))
				for i := range list {
					list[i] = anything(r)
				}
				one, other := memory.New(&memory.Options{Partitions: 1}), memory.New(&memory.Options{Partitions: 1})
				k := &keeping{Transport: one.Connect()}
				got := deliver(t, seed, m, list, k, one)
				want := deliver(t, seed, m, list, writing{other.Connect()}, other)
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("seed %d: %v", seed, difference(got, want))
				}
				for i, s := range got.seen {
					if s.Message.Brief != nil || s.Err == "" && !reflect.DeepEqual(s.Envelope.Attributes, s.Read) {
						t.Fatalf("seed %d: message %d has the headers of %+v, and\n%+v", seed, i, s.Read, s.Envelope.Attributes)
					}
				}
				if i := slices.IndexFunc(k.sizes, func(n int) bool { return n != 0 }); i >= 0 {
					t.Fatalf("seed %d: brief %d tells %d bytes more than its headers have", seed, i, k.sizes[i])
				}
				briefs += k.briefs
			}
		})
	}
	if briefs < 300 {
		t.Errorf("%d messages had a brief, of thousands", briefs)
	}
}

// difference says what differs first.
func difference(got, want any) string {
	return differs(reflect.ValueOf(got), reflect.ValueOf(want), "")
}

func differs(got, want reflect.Value, at string) string {
	if got.Kind() == reflect.Struct && got.Type() != reflect.TypeFor[time.Time]() {
		for i := range got.NumField() {
			if d := differs(got.Field(i), want.Field(i), at+"."+got.Type().Field(i).Name); d != "" {
				return d
			}
		}
		return ""
	}
	if got.Kind() == reflect.Slice && got.Len() == want.Len() && got.Type().Elem().Kind() != reflect.Uint8 {
		for i := range got.Len() {
			if d := differs(got.Index(i), want.Index(i), fmt.Sprintf("%s[%d]", at, i)); d != "" {
				return d
			}
		}
	}
	if g, w := fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want); g != w {
		return fmt.Sprintf("%s is %.300s, with headers it is %.300s", at, g, w)
	}
	return ""
}
