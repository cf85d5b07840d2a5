package filter

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/runtime"
)

func parse(t testing.TB, pattern string) *Pattern {
	t.Helper()
	p, err := Parse([]byte(pattern))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func header(name, value string) runtime.Header {
	return runtime.Header{Key: name, Value: []byte(value)}
}

// TestAttributesAndHeaders: what is no payload.
func TestAttributesAndHeaders(t *testing.T) {
	msg := Message{
		Attributes: &runtime.Attributes{
			ID: "7", Type: "orderPlaced", Source: "shop", Key: "k", Time: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
			Extensions: map[string]string{"tenant": "acme"},
		},
		Headers: []runtime.Header{
			header("retries", "1"), header("retries", "3"), header("flag", "true"), header("region", "eu-west"), {Key: "none"},
		},
		Payload: []byte(`{"a": 1}`),
	}
	for pattern, want := range map[string]bool{
		`{"type": ["orderPlaced"]}`:                                                          true,
		`{"type": ["x", {"prefix": "order"}], "source": ["shop"]}`:                           true,
		`{"type": ["orderPlaced"], "source": ["other"]}`:                                     false,
		`{"subject": [{"exists": false}]}`:                                                   true,
		`{"subject": ["x"]}`:                                                                 false,
		`{"subject": [{"anything-but": "x"}]}`:                                               false,
		`{"time": [{"prefix": "2026-01-02T03"}]}`:                                            true,
		`{"tenant": ["acme"]}`:                                                               true,
		`{"id": [7]}`:                                                                        true,
		`{"id": [{"anything-but": [7]}]}`:                                                    false,
		`{"id": [{"anything-but": ["7"]}]}`:                                                  false,
		`{"id": [{"anything-but": [8]}]}`:                                                    true,
		`{"headers": {"retries": [{"numeric": [">=", 3]}]}}`:                                 true,
		`{"headers": {"retries": ["1"]}}`:                                                    false,
		`{"headers": {"flag": [true]}}`:                                                      true,
		`{"headers": {"flag": ["true"]}}`:                                                    true,
		`{"headers": {"none": [null]}}`:                                                      true,
		`{"headers": {"none": [{"exists": true}]}}`:                                          true,
		`{"headers": {"Region": [{"exists": false}]}}`:                                       true,
		`{"headers": {"region": [{"suffix": "west"}], "flag": [{"exists": false}]}}`:         false,
		`{"headers": {"region": [{"equals-ignore-case": "EU-West"}]}, "data": {"a": [1.0]}}`: true,
	} {
		got, err := parse(t, pattern).Judge(msg)
		if err != nil || got != want {
			t.Errorf("%s: %t (%v), want %t", pattern, got, err, want)
		}
	}
}

// TestPayloadsBeyondJSON: what cannot be judged is told apart from what does
// not match.
func TestPayloadsBeyondJSON(t *testing.T) {
	p := parse(t, `{"type": ["t"], "data": {"a": [1]}}`)
	deep := strings.Repeat("[", MaxNesting+1) + strings.Repeat("]", MaxNesting+1)
	for payload, want := range map[string]error{
		`{"a": 1}`: nil, `{"a": 2}`: nil, ``: nil, `{"a": 1`: errNotJSON, `{"a": 1}}`: errNotJSON, "{\"a\": 1}\x00": errNotJSON,
		`{"a": 1, "b": tru}`: errNotJSON, "\x00\x01avro": errNotJSON, deep: errTooDeep, deep[1 : len(deep)-1]: nil,
	} {
		got, err := p.Judge(Message{Attributes: &runtime.Attributes{Type: "t"}, Payload: []byte(payload)})
		if err != want || got != (payload == `{"a": 1}`) {
			t.Errorf("%.20q: %t, %v, want the error %v", payload, got, err, want)
		}
		if _, err := p.Judge(Message{Attributes: &runtime.Attributes{Type: "u"}, Payload: []byte(payload)}); err != nil {
			t.Errorf("%.20q is read though its type does not match", payload)
		}
	}
}

// TestRefused: a wrong pattern is refused with its place.
func TestRefused(t *testing.T) {
	for pattern, want := range map[string]string{
		``:                                "unexpected EOF",
		`[]`:                              "must be an object of fields",
		`{}`:                              "needs a field",
		`{"type": "x"}`:                   "pattern type: must be an array",
		`{"type": []}`:                    "pattern type: an empty array",
		`{"type": [["x"]]}`:               "array within an array",
		`{"type": {"a": ["x"]}}`:          "payload's fields stand in data",
		`{"Type": ["x"]}`:                 "pattern Type: is no attribute",
		`{"specversion": ["1.0"]}`:        "is no attribute",
		`{"headers": ["x"]}`:              "names of headers",
		`{"headers": {"ce_type": ["x"]}}`: "ce_type: that header is an attribute, and not among headers: write type beside them",
		`{"headers": {"CE-Key": ["x"]}}`:  "write key beside them",
		`{"headers": {"Content-Type": [{"exists": false}]}}`:                                       "write datacontenttype beside them",
		`{"headers": {"h": {"i": ["x"]}}}`:                                                         "h: a header needs",
		`{"data": {"a": [1], "a": [2]}}`:                                                           "pattern data.a: is there twice",
		`{"data": {"$or": [1]}}`:                                                                   "filter.Any",
		`{"data": {"a": [{"wild": "x"}]}}`:                                                         "pattern data.a.wild: is no test",
		`{"data": {"a": [{}]}}`:                                                                    "no test",
		`{"data": {"a": [{"prefix": 1}]}}`:                                                         "must be a string",
		`{"data": {"a": [{"prefix": "x", "suffix": "y"}]}}`:                                        "alternatives",
		`{"data": {"a": [{"exists": 1}]}}`:                                                         "true or false",
		`{"data": {"a": [{"cidr": "10.0.0.1"}]}}`:                                                  "no network",
		`{"data": {"a": [{"cidr": "::ffff:10.0.0.0/100"}]}}`:                                       "one of IPv4",
		`{"data": {"a": [{"numeric": [">"]}]}}`:                                                    "pairs",
		`{"data": {"a": [{"numeric": [">", "1"]}]}}`:                                               "no number",
		`{"data": {"a": [{"numeric": ["!", 1]}]}}`:                                                 "no operator",
		`{"data": {"a": [{"anything-but": {"exists": true}}]}}`:                                    "by itself",
		`{"data": {"a": [{"anything-but": {"anything-but": 1}}]}}`:                                 "within another",
		`{"type": ["x"]} {}`:                                                                       "something follows",
		`{"data": ` + strings.Repeat(`{"a": `, MaxDepth) + `[1]` + strings.Repeat("}", MaxDepth+1): "levels",
		`{"type": [` + strings.Repeat("1,", MaxRules) + `1]}`:                                      "rules",
		`{"type": ["` + strings.Repeat("x", MaxPattern) + `"]}`:                                    "bytes",
	} {
		_, err := Parse([]byte(pattern))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %q", pattern, err, want)
		}
	}
}

// order is a payload of about a kilobyte.
const order = `{"id":"order-4711","customer":{"id":"c-99","name":"Ada Lovelace","country":"DE","tags":["gold","early"],"address":{"street":"Unter den Linden 1","zip":"10117","city":"Berlin"}},` +
	`"lines":[{"sku":"A-1","name":"a long name of an article that is sold","quantity":2,"price":19.99},{"sku":"B-2","name":"another one, with an \u00fcmlaut","quantity":1,"price":5},` +
	`{"sku":"C-3","name":"and a third one that fills the order","quantity":12,"price":0.25},{"sku":"D-4","name":"the fourth one is the last that we sell today","quantity":1,"price":1250}],` +
	`"total":1297.98,"currency":"EUR","placedAt":"2026-01-02T03:04:05Z","client":{"ip":"10.20.30.40","agent":"Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0"},` +
	`"note":"please ring twice and leave it with the neighbours if nobody is at home, they know about it","channel":"web","experiment":null,"gift":false,"discounts":[],"weight":12.5}`

const orders = `{"type":["orderPlaced"],"data":{"customer":{"country":["AT","DE"],"tags":["gold"]},"total":[{"numeric":[">",1000,"<=",5000]}],` +
	`"lines":{"sku":[{"prefix":"C-"}],"quantity":[{"numeric":[">=",10]}]},"client":{"ip":[{"cidr":"10.0.0.0/8"}]},"cancelledAt":[{"exists":false}]}}`

func TestAllocations(t *testing.T) {
	p := parse(t, orders)
	msg := Message{Attributes: &runtime.Attributes{Type: "orderPlaced"}, Payload: []byte(order)}
	if ok, err := p.Judge(msg); !ok || err != nil {
		t.Fatalf("%t, %v", ok, err)
	}
	least := 1.0 // a collection in between, or the race detector, empties pools
	for range 5 {
		least = min(least, testing.AllocsPerRun(200, func() { _, _ = p.Judge(msg) }))
	}
	if least > 0 {
		t.Errorf("%v allocations for a match", least)
	}
}

// wanted is the pattern orders written by hand over decoded values.
func wanted(payload []byte) bool {
	var v struct {
		Customer struct {
			Country string
			Tags    []string
		}
		Total float64
		Lines []struct {
			SKU      string
			Quantity int
		}
		Client      struct{ IP string }
		CancelledAt *string
	}
	if json.Unmarshal(payload, &v) != nil || v.CancelledAt != nil || v.Total <= 1000 || v.Total > 5000 {
		return false
	}
	for _, l := range v.Lines {
		if strings.HasPrefix(l.SKU, "C-") && l.Quantity >= 10 {
			return v.Customer.Country == "DE" && strings.HasPrefix(v.Client.IP, "10.")
		}
	}
	return false
}

// BenchmarkAgainstDecoding compares a match with decoding into a struct, and
// into a map, and comparing there; the ratios are what counts.
func BenchmarkAgainstDecoding(b *testing.B) {
	p := parse(b, orders)
	msg := Message{Attributes: &runtime.Attributes{Type: "orderPlaced"}, Payload: []byte(order)}
	var raw, typed, dynamic time.Duration
	for b.Loop() {
		begin := time.Now()
		ok, err := p.Judge(msg)
		first := time.Now()
		same := wanted(msg.Payload)
		second := time.Now()
		var v map[string]any
		_ = json.Unmarshal(msg.Payload, &v)
		dynamic += time.Since(second)
		raw, typed = raw+first.Sub(begin), typed+second.Sub(first)
		if !ok || !same || err != nil {
			b.Fatalf("%t, %t, %v", ok, same, err)
		}
	}
	b.ReportMetric(float64(raw.Nanoseconds())/float64(b.N), "ns/match")
	b.ReportMetric(float64(typed)/float64(raw), "x-struct")
	b.ReportMetric(float64(dynamic)/float64(raw), "x-map")
}
