package contracttest_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

func loadText(t testing.TB, text string) *spec.Document {
	t.Helper()
	loader, err := resolve.NewFiles(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.LoadFile(t.Context(), loader, source.NewFile("asyncapi.yaml", []byte(text)))
	if doc == nil || found.HasErrors() {
		t.Fatalf("the document has findings: %v", found)
	}
	return doc
}

func load(t testing.TB, name string) *spec.Document {
	t.Helper()
	loader, err := resolve.NewFiles("testdata")
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.Load(t.Context(), loader, filepath.Join("testdata", name))
	if doc == nil || len(found) > 0 {
		t.Fatalf("the document has findings: %v", found)
	}
	return doc
}

// kafkaLike is the memory transport under Kafka's name, so that Kafka's bindings
// count.
type kafkaLike struct{ *memory.Transport }

func (k kafkaLike) Features() driver.Features {
	f := k.Transport.Features()
	f.Protocol = "kafka"
	return f
}

type message = driver.Message

func headers(pairs ...string) []driver.Header {
	var out []driver.Header
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, driver.Header{Key: pairs[i], Value: []byte(pairs[i+1])})
	}
	return out
}

// verify publishes the messages, one partition each topic, and reports on them.
func verify(t testing.TB, doc *spec.Document, o contracttest.Options, messages ...*message) *contracttest.Report {
	t.Helper()
	if len(messages) == 0 {
		t.Fatal("no message to verify")
	}
	transport := kafkaLike{memory.New(&memory.Options{Partitions: 1})}
	defer transport.Close(context.Background())
	for _, m := range messages {
		if err := transport.Publish(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if o.Max == 0 {
		o.Max = len(messages)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	report, err := contracttest.Verify(ctx, doc, transport, &o)
	if err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatalf("only %d of %d messages were seen", report.Seen, o.Max)
	}
	return report
}

const order = `{"id":"order-1","placedAt":"2026-01-02T03:04:05Z","lines":[{"sku":"a","quantity":2}]}`

func placed(payload string, more ...string) *message {
	return &message{
		Address: "shop.orders.eu", Key: []byte("order-1"), Value: []byte(payload),
		Headers: headers(append([]string{"ce_type", "orderPlaced", "tenant", "acme"}, more...)...),
	}
}

func paid(payload string, more ...string) *message {
	return &message{
		Address: "shop.payments", Key: []byte("order-1"), Value: []byte(payload),
		Headers: headers(append([]string{"payment-id", "p-1"}, more...)...),
	}
}

func property(d *diag.Diagnostic, name string) string {
	for _, p := range d.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return "absent"
}

// TestBreaches: each planted breach is found, alone, with its pointer and rule,
// at the place in the document that says so.
func TestBreaches(t *testing.T) {
	doc := load(t, "shop.yaml")
	for _, c := range []struct {
		name    string
		message *message
		code    diag.Code
		pointer string
		rule    string
		at      string // what the document has at the finding's place
		words   string
	}{
		{"wrong type", placed(strings.Replace(order, `"quantity":2`, `"quantity":"2"`, 1)),
			"payload-invalid", "/lines/0/quantity", "type", "integer, minimum: 1", "must be an integer, is a string"},
		{"missing", placed(strings.Replace(order, `"id":"order-1",`, "", 1)),
			"payload-invalid", "", "required", "[id, lines, placedAt]", `required property "id" is missing`},
		{"bound", placed(strings.Replace(order, `"quantity":2`, `"quantity":0`, 1)),
			"payload-invalid", "/lines/0/quantity", "minimum", "1}", "must be at least 1, is 0"},
		{"format", placed(strings.Replace(order, "2026-01-02T", "02.01.2026 ", 1)),
			"payload-invalid", "/placedAt", "format", "date-time}", "is \"02.01.2026 03:04:05Z\""},
		{"no JSON", placed(`{"id":`),
			"payload-invalid", "/id", "json", "$ref: '#/components/schemas/order'", "payload at /id: "},
		{"null", &message{Address: "shop.payments", Key: []byte("order-1"), Headers: headers("payment-id", "p")},
			"payload-invalid", "", "type", "object", "must be an object, is null"},
		{"bad header", placed(order, "priority", "high"),
			"headers-invalid", "/priority", "type", "integer, minimum: 0", "must be an integer, is a string"},
		{"header out of bounds", placed(order, "priority", "10"),
			"headers-invalid", "/priority", "maximum", "9}", "must be at most 9, is 10"},
		{"missing header", &message{Address: "shop.orders.us", Value: []byte(order), Headers: headers("ce_type", "orderPlaced")},
			"headers-invalid", "", "required", "[tenant]", `required property "tenant" is missing`},
		{"undeclared header", paid(`{"amount":1}`, "colour", "red"),
			"headers-invalid", "/colour", "additionalProperties", "false", `property "colour" is not allowed`},
		{"content type", placed(order, "content-type", "application/vnd.shop+json; charset=utf-8"),
			"content-type-mismatch", "absent", "absent", "application/json", `content type is "application/vnd.shop+json", the document says "application/json"`},
		{"unknown type", &message{Address: "shop.orders.eu", Value: []byte(order), Headers: headers("ce_type", "orderLost")},
			"message-unknown", "absent", "absent", "orders:", `CloudEvents type "orderLost" names no message`},
		{"unknown shape", &message{Address: "shop.orders.eu", Value: []byte(`{"hello":"world"}`)},
			"message-unknown", "absent", "absent", "orders:", "the message fits none of the 2 messages"},
		{"parameter", &message{Address: "shop.orders.asia", Value: []byte(order), Headers: headers("ce_type", "orderPlaced", "tenant", "acme")},
			"parameter-invalid", "absent", "absent", "region:", `address parameter "region" is "asia", the document allows "eu", "us"`},
		{"key", &message{Address: "shop.payments", Key: []byte("o1"), Value: []byte(`{"amount":1}`), Headers: headers("payment-id", "p")},
			"key-invalid", "", "pattern", "^order-[0-9]+$", "must match the pattern"},
		{"no key", &message{Address: "shop.payments", Value: []byte(`{"amount":1}`), Headers: headers("payment-id", "p")},
			"key-invalid", "", "type", "string", "must be a string, is null"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := verify(t, doc, contracttest.Options{}, c.message)
			if len(r.Findings) != 1 {
				t.Fatalf("%d findings, want one: %v", len(r.Findings), r.Findings)
			}
			d := r.Findings[0]
			if d.Code != c.code || d.Severity != diag.Error {
				t.Errorf("%s %s, want error %s", d.Severity, d.Code, c.code)
			}
			if property(d, "pointer") != c.pointer || property(d, "rule") != c.rule {
				t.Errorf("pointer %q rule %q, want %q %q", property(d, "pointer"), property(d, "rule"), c.pointer, c.rule)
			}
			if got := after(d.At); !strings.Contains(got, c.at) {
				t.Errorf("found at %s (%q), want a place before %q", d.At, got, c.at)
			}
			if !strings.Contains(d.Message, c.words) {
				t.Errorf("message %q, want %q in it", d.Message, c.words)
			}
			if property(d, "topic") != c.message.Address || property(d, "partition") != "0" || property(d, "offset") != "0" {
				t.Errorf("found at topic %s partition %s offset %s", property(d, "topic"), property(d, "partition"), property(d, "offset"))
			}
			if r.Clean() || r.Seen != 1 || r.Failed+r.Unknown != 1 {
				t.Errorf("counts %+v", r.Counts)
			}
		})
	}
}

// after is the document's text from a place to the end of its line.
func after(s source.Span) string {
	if s.IsZero() {
		return ""
	}
	text, _, _ := strings.Cut(string(s.File.Text()[s.Start:]), "\n")
	return text
}

// TestOffsets: what is found names the very message.
func TestOffsets(t *testing.T) {
	doc := load(t, "shop.yaml")
	bad := placed(`{}`)
	r := verify(t, doc, contracttest.Options{}, placed(order), placed(order), bad, placed(order))
	for _, d := range r.Findings {
		if property(d, "offset") != "2" || property(d, "channel") != "orders" || property(d, "message") != "orderPlaced" || property(d, "key") != "order-1" {
			t.Errorf("finding %s has %v", d, d.Properties)
		}
	}
	if r.Passed != 3 || r.Failed != 1 || len(r.Findings) != 3 {
		t.Errorf("counts %+v, %d findings, want three properties missing", r.Counts, len(r.Findings))
	}
}

// TestClean: good messages are reported as passed and nothing else.
func TestClean(t *testing.T) {
	doc := load(t, "shop.yaml")
	cancelled := &message{Address: "shop.orders.us", Value: []byte(`{"id":"1","reason":"stock"}`)}
	r := verify(t, doc, contracttest.Options{},
		placed(order), placed(order, "priority", "3", "undeclared", "fine"), cancelled,
		placed(order, "content-type", "Application/JSON; charset=utf-8"),
		paid(`{"amount":0.5}`, "attempt", "3", "retry", "true", "tags", `["a"]`, "traceparent", "00-1", "ce_id", "1", "content-type", "application/json"),
		&message{Address: "shop.events", Value: []byte(`{"id":"1","type":"com.example.shop.opened"}`), Headers: headers("content-type", "application/cloudevents+json")},
	)
	if !r.Clean() || r.Passed != 6 || r.Seen != 6 || len(r.Findings) != 0 {
		t.Errorf("clean %v, counts %+v, findings %v", r.Clean(), r.Counts, r.Findings)
	}
}

// TestUnchecked: what cannot be checked is never a pass, and says why.
func TestUnchecked(t *testing.T) {
	doc := load(t, "shop.yaml")
	for _, c := range []struct {
		message *message
		reason  string
	}{
		{&message{Address: "shop.inventory", Value: []byte{2}}, "payload: values described in Avro are not checked"},
		{&message{Address: "shop.pings", Value: []byte("{}")}, "payload: the document declares no payload"},
		{&message{Address: "shop.files.a", Value: []byte("<a/>"), Headers: headers("content-type", "application/xml")}, "payload: content type application/xml is not JSON"},
		{&message{Address: "shop.files.a", Value: []byte("png"), Headers: headers("ce_type", "picture")}, "payload: content type image/png is not JSON"},
	} {
		r := verify(t, doc, contracttest.Options{}, c.message)
		got := reasons(r)
		if r.Unchecked != 1 || r.Passed != 0 || !slices.Equal(got, []string{c.reason}) {
			t.Errorf("%s: counts %+v, reasons %q, want %q", c.message.Address, r.Counts, got, c.reason)
		}
		if len(r.Findings) != 0 {
			t.Errorf("%s: %v", c.message.Address, r.Findings)
		}
	}
}

func reasons(r *contracttest.Report) []string {
	var out []string
	for _, c := range r.Channels {
		for _, m := range c.Messages {
			for _, why := range m.UncheckedBecause {
				out = append(out, why.Reason)
			}
		}
	}
	return out
}

// TestPartlyUnchecked: a failed part outweighs an unchecked one, and good
// headers do not make an unchecked payload pass.
func TestPartlyUnchecked(t *testing.T) {
	doc := loadText(t, `
asyncapi: 3.0.0
info: {title: T, version: 1.0.0}
channels:
  a:
    address: a
    messages:
      m:
        contentType: application/xml
        headers: {type: object, properties: {n: {type: integer}}}
        payload: {type: object}
`)
	good := verify(t, doc, contracttest.Options{}, &message{Address: "a", Value: []byte("<a/>"), Headers: headers("n", "1")})
	bad := verify(t, doc, contracttest.Options{}, &message{Address: "a", Value: []byte("<a/>"), Headers: headers("n", "x")})
	if good.Unchecked != 1 || bad.Failed != 1 {
		t.Errorf("good headers: %+v, bad headers: %+v", good.Counts, bad.Counts)
	}
}

// TestNoTraffic: no message is not a pass, and every channel is listed.
func TestNoTraffic(t *testing.T) {
	doc := load(t, "shop.yaml")
	transport := memory.New(nil)
	defer transport.Close(context.Background())
	ctx, cancel := context.WithCancel(t.Context())
	r, err := contracttest.Verify(ctx, doc, transport, &contracttest.Options{Ready: func([]string) { cancel() }})
	if err != nil {
		t.Fatal(err)
	}
	if r.Seen != 0 || r.Clean() || len(r.Channels) != len(doc.Channels) {
		t.Errorf("seen %d, clean %v, %d channels", r.Seen, r.Clean(), len(r.Channels))
	}
	text := writeText(t, r)
	for _, want := range []string{"orders: no message seen at shop.orders.{region}", "replies: not watched, the document gives it no address", "no message seen\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("text lacks %q:\n%s", want, text)
		}
	}
}

func writeText(t testing.TB, r *contracttest.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestReady: what is published once Ready was called is seen, at addresses that
// exist and at new ones, however the watch begins.
func TestReady(t *testing.T) {
	doc := load(t, "shop.yaml")
	transport := memory.New(&memory.Options{Partitions: 1})
	defer transport.Close(context.Background())
	if err := transport.Publish(t.Context(), placed(`{}`)); err != nil {
		t.Fatal(err)
	}
	r, err := contracttest.Verify(t.Context(), doc, transport, &contracttest.Options{
		Start: driver.StartLatest,
		Max:   2,
		Ready: func(addresses []string) {
			if !slices.Equal(addresses, []string{"shop.orders.eu"}) {
				t.Errorf("ready with %v", addresses)
			}
			again := placed(order)
			again.Address = "shop.orders.us" // comes into being now
			if err := transport.Publish(t.Context(), placed(order), again); err != nil {
				t.Error(err)
			}
		},
	})
	if err != nil || !r.Clean() || r.Passed != 2 || len(r.Channels[0].Addresses) != 2 {
		t.Errorf("error %v, report %+v", err, r)
	}
}

// TestEnds: the watch ends by itself when its time is up.
func TestEnds(t *testing.T) {
	doc := load(t, "shop.yaml")
	transport := memory.New(nil)
	defer transport.Close(context.Background())
	r, err := contracttest.Verify(t.Context(), doc, transport, &contracttest.Options{For: time.Millisecond})
	if err != nil || r.Seen != 0 {
		t.Errorf("error %v, report %+v", err, r)
	}
}

// TestMax: not one message more than asked for is counted.
func TestMax(t *testing.T) {
	doc := load(t, "shop.yaml")
	seen := 0
	r := verify(t, doc, contracttest.Options{Max: 3, Progress: func(n int) { seen = n }}, placed(order), placed(order), placed(order), placed(order), placed(order))
	if r.Seen != 3 || seen != 3 {
		t.Errorf("seen %d, progress %d", r.Seen, seen)
	}
}

// TestChoice: servers and channel ids narrow what is watched.
func TestChoice(t *testing.T) {
	doc := load(t, "shop.yaml")
	all := []*message{placed(order), paid(`{"amount":1}`), {Address: "shop.pings"}}
	byServer := verify(t, doc, contracttest.Options{Server: doc.Servers[0], Max: 2}, all...)
	if got := channelIDs(byServer); !slices.Equal(got, []string{"orders", "payments", "replies"}) || byServer.Seen != 2 {
		t.Errorf("by server: %v, %d seen", got, byServer.Seen)
	}
	byID := verify(t, doc, contracttest.Options{Channels: []string{"pings"}, Max: 1}, all...)
	if got := channelIDs(byID); !slices.Equal(got, []string{"pings"}) || byID.Seen != 1 {
		t.Errorf("by id: %v, %d seen", got, byID.Seen)
	}
}

func channelIDs(r *contracttest.Report) []string {
	var out []string
	for _, c := range r.Channels {
		out = append(out, c.Channel)
	}
	return out
}

// TestNothingToWatch: a watch that could see nothing does not begin.
func TestNothingToWatch(t *testing.T) {
	doc := load(t, "shop.yaml")
	transport := memory.New(nil)
	defer transport.Close(context.Background())
	_, err := contracttest.Verify(t.Context(), doc, transport, &contracttest.Options{Channels: []string{"order"}})
	if !errors.Is(err, contracttest.ErrNoChannel) || !strings.Contains(err.Error(), `did you mean "orders"`) {
		t.Errorf("misspelt channel: %v", err)
	}
	_, err = contracttest.Verify(t.Context(), doc, transport, &contracttest.Options{Channels: []string{"replies"}})
	if !errors.Is(err, contracttest.ErrNoChannel) {
		t.Errorf("channel without address: %v", err)
	}
	_, err = contracttest.Verify(t.Context(), doc, struct{ driver.Transport }{transport}, nil)
	if !errors.Is(err, contracttest.ErrCannotTap) {
		t.Errorf("transport that cannot be tapped: %v", err)
	}
}

// TestBrokerFails: the report on what was seen comes beside the error.
func TestBrokerFails(t *testing.T) {
	doc := load(t, "shop.yaml")
	transport := memory.New(nil)
	r, err := contracttest.Verify(t.Context(), doc, transport, &contracttest.Options{
		Ready:    func([]string) { _ = transport.Publish(t.Context(), placed(order)) },
		Progress: func(int) { transport.Close(context.Background()) },
	})
	if err == nil || r == nil || r.Seen != 1 {
		t.Errorf("error %v, report %+v", err, r)
	}
}

// deaf is a transport whose taps hear nothing any more, as those of a broker
// that is gone for good, which a tap cannot tell from one that will be back.
type deaf struct {
	driver.Transport
	gone bool
}

func (d *deaf) Tap(context.Context, driver.TapOptions) (driver.Tap, error) {
	if d.gone {
		return nil, errors.New("connection refused")
	}
	d.gone = true
	return silence{}, nil
}

type silence struct{}

func (silence) Receive(ctx context.Context) ([]*driver.Message, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func (silence) Addresses() []string         { return []string{"shop.orders.eu"} }
func (silence) Close(context.Context) error { return nil }

// TestBrokerIsGone: a watch that has heard nothing because the broker is gone
// does not end as if nothing had happened.
func TestBrokerIsGone(t *testing.T) {
	doc := load(t, "shop.yaml")
	transport := memory.New(nil)
	defer transport.Close(context.Background())
	interrupted, stop := context.WithCancel(t.Context())
	for name, watch := range map[string]struct {
		ctx context.Context
		o   contracttest.Options
	}{
		"time is up":  {t.Context(), contracttest.Options{For: time.Millisecond}},
		"interrupted": {interrupted, contracttest.Options{Ready: func([]string) { stop() }}},
	} {
		r, err := contracttest.Verify(watch.ctx, doc, &deaf{Transport: transport}, &watch.o)
		if err == nil || !strings.Contains(err.Error(), "out of reach when the watch ended") || r == nil {
			t.Errorf("%s: error %v, report %+v", name, err, r)
		}
	}
}
