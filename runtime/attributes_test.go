package runtime_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
)

// recorder is a transport that keeps what is published.
type recorder struct {
	driver.Transport
	features driver.Features
	sent     []*driver.Message
	err      error
}

func (r *recorder) Features() driver.Features   { return r.features }
func (r *recorder) Close(context.Context) error { return nil }
func (r *recorder) Publish(_ context.Context, messages ...*driver.Message) error {
	if r.err == nil {
		r.sent = append(r.sent, messages...)
	}
	return r.err
}

var kafkaLike = driver.Features{Protocol: "kafka", AttributePrefix: "ce_", Partitions: true}

// text is a message with a plain text payload and no headers.
func text(name string) *message[string, noHeaders] {
	return &message[string, noHeaders]{Name: name, ContentType: "text/plain", Payload: asText{}}
}

type textEnvelope = envelope[string, noHeaders]

// send publishes an envelope over a recorder and returns the message.
func send(t *testing.T, f driver.Features, e *textEnvelope, opts ...runtime.PublishOption) *driver.Message {
	t.Helper()
	r := &recorder{features: f}
	c := runtime.Open(r, &runtime.Options{Source: "/tests"})
	if err := publish(t.Context(), c, &runtime.Channel{Address: "a"}, nil, text("greeting"), e, opts...); err != nil {
		t.Fatal(err)
	}
	return r.sent[0]
}

func lines(headers []runtime.Header) string {
	var b strings.Builder
	for _, h := range headers {
		fmt.Fprintf(&b, "%s: %s\n", h.Key, h.Value)
	}
	return b.String()
}

func TestBinaryMode(t *testing.T) {
	e := &textEnvelope{
		Envelope: runtime.Envelope{Attributes: runtime.Attributes{
			ID: "id-1", Source: "/shop/größe", Subject: "order 42 %", DataSchema: "https://example.com/s", Key: "k",
			Time: time.Date(2024, 2, 29, 12, 0, 0, 1, time.FixedZone("", 3600)), CorrelationID: "c", CausationID: "d",
			Extensions: map[string]string{"traceparent": "00-1-2-00", "b2": "", "a": "x"},
		}, Undeclared: []runtime.Header{{Key: "z", Value: []byte{0xff}}, {Key: "ce_id", Value: []byte("another")}, {Key: "z"}}},
		Payload: "hello",
	}
	m := send(t, kafkaLike, e)
	want := `ce_specversion: 1.0
ce_id: id-1
ce_source: /shop/größe
ce_type: greeting
ce_subject: order 42 %
ce_time: 2024-02-29T11:00:00.000000001Z
ce_dataschema: https://example.com/s
ce_correlationid: c
ce_causationid: d
ce_a: x
ce_b2: ` + `
ce_traceparent: 00-1-2-00
content-type: text/plain
z: ` + "\xff" + `
z: ` + `
`
	if got := lines(m.Headers); got != want {
		t.Errorf("headers are\n%s\nwant\n%s", got, want)
	}
	if string(m.Key) != "k" || string(m.Value) != "hello" || m.Address != "a" {
		t.Errorf("message is %q: %q at %q", m.Key, m.Value, m.Address)
	}
}

func TestMissingAttributesAreFilledIn(t *testing.T) {
	e := &textEnvelope{Envelope: runtime.Envelope{Attributes: runtime.Attributes{Extensions: map[string]string{"a": "b"}}}}
	before := time.Now()
	m := send(t, kafkaLike, e, runtime.Subject("s"), runtime.Key("k"), runtime.CorrelationID("c"),
		func(a *runtime.Attributes) { a.Extensions["more"] = "x" })
	a, rest := runtime.AttributesOf(m, kafkaLike)
	if a.ID == "" || a.Source != "/tests" || a.Type != "greeting" || a.Time.Before(before.Truncate(0)) ||
		a.Subject != "s" || a.Key != "k" || a.CorrelationID != "c" || a.Extensions["more"] != "x" || len(rest) > 0 {
		t.Errorf("attributes are %+v, other headers %v", a, rest)
	}
	if !reflect.DeepEqual(e, &textEnvelope{Envelope: runtime.Envelope{Attributes: runtime.Attributes{Extensions: map[string]string{"a": "b"}}}}) {
		t.Errorf("Publish changed the envelope to %+v", e)
	}
	at := time.Unix(1, 2).UTC()
	a, _ = runtime.AttributesOf(send(t, kafkaLike, e, runtime.ID("i"), runtime.Time(at)), kafkaLike)
	if a.ID != "i" || !a.Time.Equal(at) {
		t.Errorf("options set id %q and time %v", a.ID, a.Time)
	}
}

// TestRoundTrip publishes random envelopes and reads them back: every
// attribute and every undeclared header is as it was, in order.
func TestRoundTrip(t *testing.T) {
	for seed := range uint64(500) {
		r := rand.New(rand.NewPCG(seed, 3))
		str := func() string { return strings.Repeat(string(rune('a'+r.IntN(26)))+"ü %\n", r.IntN(3)) }
		e := &textEnvelope{
			Envelope: runtime.Envelope{Attributes: runtime.Attributes{
				ID: str() + "1", Source: str() + "/", Type: "greeting", Subject: str(), Key: str(),
				Time:            time.Unix(r.Int64N(4e9), r.Int64N(1e9)).UTC(),
				DataContentType: "text/plain", DataSchema: str(), CorrelationID: str(), CausationID: str(),
			}},
		}
		for range r.IntN(3) {
			e.Extensions = map[string]string{fmt.Sprint("x", r.IntN(9)): str(), "traceparent": str()}
		}
		for i := range r.IntN(5) {
			name := []string{"h0", "h1", "H1", "CE_id"}[r.IntN(4)]
			e.Undeclared = append(e.Undeclared, runtime.Header{Key: name, Value: []byte(str())})
			if r.IntN(3) == 0 {
				e.Undeclared[i].Value = nil
			}
		}
		a, rest := runtime.AttributesOf(send(t, kafkaLike, e), kafkaLike)
		if !reflect.DeepEqual(a, e.Attributes) || !reflect.DeepEqual(rest, e.Undeclared) {
			t.Fatalf("seed %d:\n%+v %q came back as\n%+v %q", seed, e.Attributes, e.Undeclared, a, rest)
		}
	}
}

func TestAttributesOf(t *testing.T) {
	h := func(pairs ...string) []runtime.Header {
		var out []runtime.Header
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, runtime.Header{Key: pairs[i], Value: []byte(pairs[i+1])})
		}
		return out
	}
	at := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	cases := []struct {
		name    string
		headers []runtime.Header
		prefix  string
		want    runtime.Attributes
		rest    []runtime.Header
	}{
		{"no headers", nil, "ce_", runtime.Attributes{}, nil},
		{"no attributes", h("a", "1", "CE_id", "2", "id", "3"), "ce_", runtime.Attributes{}, h("a", "1", "CE_id", "2", "id", "3")},
		{"another version", h("ce_specversion", "0.3", "ce_id", "1"), "ce_", runtime.Attributes{ID: "1"}, nil},
		{"the last counts", h("ce_id", "1", "ce_id", "2", "ce_x", "3", "ce_x", "4"), "ce_",
			runtime.Attributes{ID: "2", Extensions: map[string]string{"x": "4"}}, h("ce_id", "1", "ce_x", "3")},
		{"time with a zone", h("ce_time", "2020-01-02T05:04:05+02:00"), "ce_", runtime.Attributes{Time: at}, nil},
		{"no time", h("ce_time", "yesterday"), "ce_", runtime.Attributes{}, h("ce_time", "yesterday")},
		{"time twice", h("ce_time", "2021-01-02T03:04:05Z", "ce_time", "2020-01-02T03:04:05Z"), "ce_",
			runtime.Attributes{Time: at}, h("ce_time", "2021-01-02T03:04:05Z")},
		{"content type in any case", h("content-type", "a/b", "Content-Type", "text/plain"), "ce_",
			runtime.Attributes{DataContentType: "text/plain"}, h("content-type", "a/b")},
		{"not an attribute's name", h("ce_Big", "1", "ce_", "2", "ce_a-b", "3"), "ce_", runtime.Attributes{},
			h("ce_Big", "1", "ce_", "2", "ce_a-b", "3")},
		{"not an extension", h("ce_data", "1", "ce_datacontenttype", "2"), "ce_", runtime.Attributes{},
			h("ce_data", "1", "ce_datacontenttype", "2")},
		{"no prefix", h("id", "1", "type", "t", "other", "2"), "", runtime.Attributes{ID: "1", Type: "t"}, h("other", "2")},
		{"correlation", h("ce_correlationid", "1", "ce_causationid", "2"), "ce_",
			runtime.Attributes{CorrelationID: "1", CausationID: "2"}, nil},
		{"without a value", []runtime.Header{{Key: "ce_id"}, {Key: "a"}}, "ce_", runtime.Attributes{}, []runtime.Header{{Key: "a"}}},
	}
	for _, c := range cases {
		a, rest := runtime.AttributesOf(&driver.Message{Headers: c.headers}, driver.Features{AttributePrefix: c.prefix})
		if !reflect.DeepEqual(a, c.want) || !reflect.DeepEqual(rest, c.rest) {
			t.Errorf("%s:\n got %+v %q\nwant %+v %q", c.name, a, rest, c.want, c.rest)
		}
	}
}

// FuzzAttributesOf: no header is lost but repetitions of specversion.
func FuzzAttributesOf(f *testing.F) {
	f.Add("ce_id", "1", "ce_time", "2020-01-02T03:04:05Z", "ce_")
	f.Add("ce_x", "", "ce_x", "\xff", "ce_")
	f.Add("content-type", "a", "Content-Type", "", "")
	f.Fuzz(func(t *testing.T, k1, v1, k2, v2, prefix string) {
		m := &driver.Message{Headers: []driver.Header{{Key: k1, Value: []byte(v1)}, {Key: k2, Value: []byte(v2)}}}
		a, rest := runtime.AttributesOf(m, driver.Features{AttributePrefix: prefix})
		taken := len(a.Extensions)
		for _, s := range []string{a.ID, a.Source, a.Type, a.Subject, a.DataContentType, a.DataSchema, a.CorrelationID, a.CausationID} {
			if s != "" {
				taken++
			}
		}
		if !a.Time.IsZero() {
			taken++
		}
		for _, h := range m.Headers {
			if len(h.Value) == 0 || h.Key == prefix+"specversion" {
				return // may be an attribute that shows in no field
			}
		}
		if taken+len(rest) != 2 && (v1 != "0001-01-01T00:00:00Z" && v2 != "0001-01-01T00:00:00Z") {
			t.Errorf("of two headers %d became attributes and %d are left", taken, len(rest))
		}
	})
}

func TestPublishRefusesWhatCannotTravel(t *testing.T) {
	r := &recorder{features: kafkaLike}
	c := runtime.Open(r, nil)
	ch := &runtime.Channel{Address: "a.{p}", Bound: []runtime.BoundAddress{{Protocol: "amqp", Address: "q"}}, Params: []runtime.ChannelParam{{Name: "p"}}}
	p := []string{"1"}
	extended := func(name string) *textEnvelope {
		return &textEnvelope{Envelope: runtime.Envelope{Attributes: runtime.Attributes{Extensions: map[string]string{name: "v"}}}}
	}
	regional := &runtime.Channel{Address: "a.{p}", Params: []runtime.ChannelParam{{Name: "p", Values: []string{"eu", "us"}}}}
	numbers := &message[chan int, noHeaders]{Name: "numbers", Payload: asJSON[chan int]{}}
	cases := map[string]struct {
		err  error
		text string
	}{
		"parameter":    {publish(t.Context(), c, ch, nil, text("m"), &textEnvelope{}), `publish: address "a.{p}": parameter "p" has no value: invalid`},
		"none of enum": {publish(t.Context(), c, regional, p, text("m"), &textEnvelope{}), `publish: address "a.{p}": parameter "p" must be one of "eu", "us", is "1": invalid`},
		"empty":        {publish(t.Context(), c, regional, []string{""}, text("m"), &textEnvelope{}), `publish: address "a.{p}": parameter "p" is empty: invalid`},
		"too many":     {publish(t.Context(), c, ch, []string{"1", "2"}, text("m"), &textEnvelope{}), `publish: address "a.{p}": 2 values for 1 parameters: invalid`},
		"no address":   {publish(t.Context(), c, &runtime.Channel{}, p, text("m"), &textEnvelope{}), "publish: channel has no address for kafka: invalid"},
		"upper case":   {publish(t.Context(), c, ch, p, text("m"), extended("Trace")), `publish a.1: extension "Trace": invalid: names of`},
		"not its name": {publish(t.Context(), c, ch, p, text("m"), extended("id")), `publish a.1: extension "id": invalid: names of`},
		"not JSON":     {publish(t.Context(), c, ch, p, numbers, &envelope[chan int, noHeaders]{}), "publish a.1: payload of numbers: invalid: json: unsupported type: chan int"},
		"no envelope":  {publish(t.Context(), c, ch, p, text("m"), nil), "publish a.1: envelope is nil: invalid"},
		"bare message": {c.PublishMessage(t.Context(), &driver.Message{}), "publish: message has no address: invalid"},
	}
	for name, c := range cases {
		var e *runtime.Error
		if !errors.Is(c.err, driver.ErrInvalid) || !errors.As(c.err, &e) || !strings.HasPrefix(c.err.Error(), c.text) {
			t.Errorf("%s: %v, want %s", name, c.err, c.text)
		}
	}
	if len(r.sent) > 0 {
		t.Errorf("%d messages were sent nevertheless", len(r.sent))
	}
}

func TestPublishErrorsKeepTheirCode(t *testing.T) {
	r := &recorder{features: kafkaLike, err: fmt.Errorf("broker 3: %w", driver.ErrUnknownOutcome)}
	c := runtime.Open(r, nil)
	publish := func(ctx context.Context) error {
		return publish(ctx, c, &runtime.Channel{Address: "a"}, nil, text("m"), &textEnvelope{})
	}
	if err := publish(t.Context()); !errors.Is(err, driver.ErrUnknownOutcome) || err.Error() != "publish a: broker 3: unknown outcome" {
		t.Errorf("a transport's error became %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := publish(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v", err)
	}
	if err := c.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := publish(t.Context()); !errors.Is(err, driver.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestBoundAddressTakesPrecedence(t *testing.T) {
	ch := &runtime.Channel{Address: "plain", Params: []runtime.ChannelParam{{Name: "p"}}, Bound: []runtime.BoundAddress{
		{Protocol: "amqp", Address: "queue"}, {Protocol: "kafka", Address: "topic.{p}"},
	}}
	for protocol, want := range map[string]string{"kafka": "topic.1", "amqp": "queue", "nats": "plain"} {
		r := &recorder{features: driver.Features{Protocol: protocol}}
		c := runtime.Open(r, nil)
		if err := publish(t.Context(), c, ch, []string{"1"}, text("m"), &textEnvelope{}); err != nil {
			t.Fatal(err)
		}
		if got := r.sent[0].Address; got != want {
			t.Errorf("over %s the address is %q, want %q", protocol, got, want)
		}
	}
}

// TestParametersKeepToTheirSchema: of what a value says as JSON, or of its text, where the
// document has rules for it.
func TestParametersKeepToTheirSchema(t *testing.T) {
	rules := check.ReadRules(`{
"id": {"type": "string", "pattern": "^[a-z]+$"},
"n": {"type": "integer", "minimum": 5},
"any": {"maxLength": 3, "minimum": 5}
}`)
	c := runtime.Open(memory.New(nil), nil)
	for _, one := range []struct {
		schema string
		kinds  check.Types
		value  string
		want   string // empty: it is sent
	}{
		{"id", 0, "abc", ""}, {"id", 0, "a1", `parameter "p" is "a1": must match the pattern`}, {"id", 0, "\xff", `parameter "p" is "\xff": must be UTF-8`},
		{"n", check.Number, "7", ""}, {"n", check.Number, "4", "must be at least 5"}, {"n", check.Number, "x", "must be an integer"},
		{"n", check.Number, "7.5", "must be an integer"}, {"any", check.Number, "abc", ""}, {"any", check.Number, "abcd", "must have at most 3"},
		{"any", check.Number, "1", "must be at least 5"}, {"any", 0, "1", ""},
	} {
		ch := &runtime.Channel{Address: "a.{p}", Params: []runtime.ChannelParam{{Name: "p", Rules: rules, Schema: one.schema, Kinds: one.kinds}}}
		err := publish(t.Context(), c, ch, []string{one.value}, text("m"), &textEnvelope{})
		if one.want == "" && err != nil || one.want != "" && (!errors.Is(err, driver.ErrInvalid) || !strings.Contains(err.Error(), one.want)) {
			t.Errorf("%s %q: %v, want %s", one.schema, one.value, err, one.want)
		}
	}
}

// TestParametersKeepToTheirEnum: no address is made of a value that the document
// does not have, whatever it is made for.
func TestParametersKeepToTheirEnum(t *testing.T) {
	var regions []string
	for i := range 10 {
		regions = append(regions, fmt.Sprintf("r%d", i))
	}
	ch := &runtime.Channel{Address: "a.{region}", Params: []runtime.ChannelParam{{Name: "region", Values: regions}}}
	wrong := []string{strings.Repeat("x", 100)}
	c := runtime.Open(memory.New(nil), &runtime.Options{Unchecked: true})
	_, effective := c.Effective(ch, wrong)
	_, pulled := runtime.Pull(t.Context(), c, ch, wrong)
	errs := map[string]error{
		"consume": runtime.Consume(t.Context(), c, ch, wrong, []runtime.Route{
			runtime.Handle("m", func(context.Context, *runtime.Incoming) error { return nil }),
		}),
		"batch": runtime.ConsumeBatch(t.Context(), c, ch, wrong, runtime.Batch{},
			func(context.Context, []*runtime.Incoming) error { return nil }),
		"pull":      pulled,
		"effective": effective,
	}
	want := `parameter "region" must be one of "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7" and 2 more, is "` +
		strings.Repeat("x", 60) + `"…: invalid`
	for name, err := range errs {
		if !errors.Is(err, driver.ErrInvalid) || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	right := []string{"r9"}
	if err := publish(t.Context(), c, ch, right, text("m"), &textEnvelope{}); err != nil {
		t.Errorf("a value of the enum: %v", err)
	}
}
