package runtime_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/check"
	"github.com/asyncwire/asyncwire/runtime/codec"
	"github.com/asyncwire/asyncwire/runtime/driver"
)

func TestExpand(t *testing.T) {
	params := []runtime.Param{{Name: "a", Value: "1"}, {Name: "b", Value: "{a}"}, {Name: "empty"}, {Name: "a", Value: "2"}}
	good := map[string]string{
		"": "", "plain": "plain", "{a}": "1", "x.{a}.y": "x.1.y", "{a}{b}": "1{a}", "{b}-{a}.": "{a}-1.",
	}
	for template, want := range good {
		if got, err := runtime.Expand(template, params); got != want || err != nil {
			t.Errorf("Expand(%q) = %q, %v, want %q", template, got, err, want)
		}
	}
	bad := map[string]string{
		"{c}":     `address "{c}": parameter "c" has no value: invalid`,
		"{}":      `address "{}": parameter "" has no value: invalid`,
		"{empty}": `address "{empty}": parameter "empty" is empty: invalid`,
		"{a":      `address "{a": unbalanced brace: invalid`,
		"a}":      `address "a}": unbalanced brace: invalid`,
		"{{a}}":   `address "{{a}}": unbalanced brace: invalid`,
		"{a}}":    `address "{a}}": unbalanced brace: invalid`,
		"{a}{":    `address "{a}{": unbalanced brace: invalid`,
	}
	for template, want := range bad {
		if got, err := runtime.Expand(template, params); err == nil || err.Error() != want {
			t.Errorf("Expand(%q) = %q, %v, want %s", template, got, err, want)
		}
	}
}

type order struct {
	ID    int64                      `json:"id"`
	Note  runtime.Optional[string]   `json:"note,omitzero"`
	Total runtime.Optional[float64]  `json:"total,omitzero"`
	Tags  runtime.Optional[[]string] `json:"tags,omitzero"`
}

// payloadOf is how a payload is written, and what comes back of other bytes.
func payloadOf[P any](t *testing.T, c coded[P]) (encode func(P) []byte, decode func([]byte) outcome[P, noHeaders]) {
	m := &message[P, noHeaders]{Name: "m", Payload: c}
	encode = func(payload P) []byte {
		r := &recorder{features: kafkaLike}
		if err := publish(t.Context(), runtime.Open(r, nil), at, nil, m, &envelope[P, noHeaders]{Payload: payload}); err != nil {
			t.Error(err)
			return nil
		}
		return r.sent[0].Value
	}
	return encode, func(data []byte) outcome[P, noHeaders] {
		return received(t, m, &driver.Message{Address: "a", Value: data})
	}
}

func TestJSON(t *testing.T) {
	encode, decode := payloadOf(t, asJSON[order]{})
	cases := map[string]order{
		`{"id":9007199254740993}`:                   {ID: 1<<53 + 1},
		`{"id":1,"note":"a \"c\""}`:                 {ID: 1, Note: runtime.Some(`a "c"`)},
		`{"id":1,"note":""}`:                        {ID: 1, Note: runtime.Some("")},
		`{"id":1,"total":0,"tags":[]}`:              {ID: 1, Total: runtime.Some(0.0), Tags: runtime.Some([]string{})},
		`{"id":-9223372036854775808,"tags":["\n"]}`: {ID: math.MinInt64, Tags: runtime.Some([]string{"\n"})},
	}
	for text, value := range cases {
		if got := encode(value); string(got) != text {
			t.Errorf("encoded %s, want %s", got, text)
		}
		if got := decode([]byte(" " + text + "\n")); got.err != nil || !reflect.DeepEqual(got.envelope.Payload, value) {
			t.Errorf("decoded %s as %+v", text, got)
		}
	}
	if got := decode([]byte(`{"id":1,"note":null}`)); got.err != nil || got.envelope.Payload.Note != (runtime.Optional[string]{}) {
		t.Errorf("null became %+v", got)
	}
	for _, bad := range []string{``, `{`, `{} {}`, `{}x`, `[]`, `{"id":"1"}`, `{"id":1.5}`, `{"note":1}`, `{"id":9223372036854775808}`} {
		if got := decode([]byte(bad)); got.err == nil {
			t.Errorf("decoded %q as %+v", bad, got)
		}
	}
}

// TestNoPayloadIsNull: what is not there is null, where the schema takes null, in JSON and
// in text; null of text is sent as no payload.
func TestNoPayloadIsNull(t *testing.T) {
	rules := check.ReadRules(`{
"Text": {"type": "string"},
"NullableText": {"type": ["string", "null"]}
}`)
	for _, c := range []struct {
		part   asNullable
		want   error
		isSent []byte // what null is sent as
	}{
		{asNullable{(*runtime.MessageCodec).JSON, rules, "NullableText"}, nil, []byte("null")},
		{asNullable{(*runtime.MessageCodec).Text, rules, "NullableText"}, nil, nil},
		{asNullable{(*runtime.MessageCodec).JSON, rules, "Text"}, errors.New("payload: message has no payload"), []byte("null")},
		{asNullable{(*runtime.MessageCodec).Text, rules, "Text"}, errors.New("payload: message has no payload"), nil},
	} {
		encode, decode := payloadOf(t, c.part)
		if got := decode(nil); fmt.Sprint(got.err) != fmt.Sprint(c.want) || c.want == nil && !got.envelope.Payload.IsNull() {
			t.Errorf("%s: nothing is read as %+v, %v", c.part.schema, got.envelope, got.err)
		}
		if got := encode(runtime.Null[string]()); !reflect.DeepEqual(got, c.isSent) {
			t.Errorf("%s: null is sent as %q", c.part.schema, got)
		}
	}
}

// asNullable is a payload that may be null, in JSON or text.
type asNullable struct {
	begin  func(*runtime.MessageCodec, *check.Rules, string) *codec.JSON
	rules  *check.Rules
	schema string
}

func (a asNullable) code(m *runtime.MessageCodec, payload *runtime.Nullable[string]) {
	j := a.begin(m, a.rules, a.schema)
	text, ok := payload.Get()
	switch {
	case !m.Reading() && ok:
		j.Writer().String(text)
	case !m.Reading():
		j.Writer().Null()
	case j.Reader().Null():
		*payload = runtime.Null[string]()
	default:
		*payload = runtime.Value(j.Reader().String())
	}
}

func TestBytesAndText(t *testing.T) {
	data := []byte{0xff, 0}
	encode, decode := payloadOf(t, asBytes{})
	if got := encode(data); !reflect.DeepEqual(got, data) {
		t.Errorf("bytes were encoded as %v", got)
	}
	got := decode(data)
	if got.err != nil || !reflect.DeepEqual(got.envelope.Payload, data) {
		t.Errorf("bytes were decoded as %v", got)
	}
	if got.envelope.Payload[0] = 1; data[0] != 0xff {
		t.Error("the message's own bytes were handed out")
	}
	if got := decode(nil); got.err != nil || got.envelope.Payload != nil {
		t.Errorf("nil was decoded as %v", got)
	}
	_, decodeText := payloadOf(t, asText{})
	if got := decodeText([]byte("größer")); got.err != nil || got.envelope.Payload != "größer" {
		t.Errorf("text was decoded as %v", got)
	}
	for _, bad := range [][]byte{data, nil} {
		if got := decodeText(bad); got.err == nil {
			t.Errorf("text was decoded from %v as %q", bad, got.envelope.Payload)
		}
	}
}

// TestNoPayloadHasNoContentType: what is not there has no type, neither that of
// the document nor that of a message which is passed on; no bytes are a payload.
func TestNoPayloadHasNoContentType(t *testing.T) {
	m := &message[[]byte, noHeaders]{Name: "ping", ContentType: "application/json", Payload: asBytes{}}
	for _, c := range []struct {
		payload []byte
		want    string
	}{{nil, ""}, {[]byte{}, "application/json"}, {[]byte("{}"), "application/json"}} {
		r := &recorder{features: kafkaLike}
		e := &envelope[[]byte, noHeaders]{Payload: c.payload}
		e.DataContentType = "text/plain"
		if err := publish(t.Context(), runtime.Open(r, nil), &runtime.Channel{Address: "a"}, nil, m, e); err != nil {
			t.Fatal(err)
		}
		var sent string
		for _, h := range r.sent[0].Headers {
			if strings.EqualFold(h.Key, "content-type") {
				sent += h.Key + "=" + string(h.Value)
			}
		}
		if want := c.want; want != "" && sent != "content-type="+want || want == "" && sent != "" {
			t.Errorf("of %v the header is %q", c.payload, sent)
		}
		got := received(t, m, r.sent[0])
		if got.err != nil || got.envelope.DataContentType != c.want || (got.envelope.Payload == nil) != (c.payload == nil) {
			t.Errorf("%v came back as %+v", c.payload, got)
		}
	}
}

func TestOptional(t *testing.T) {
	none, some := runtime.Optional[int]{}, runtime.Some(0)
	if v, ok := none.Get(); ok || v != 0 || none.Or(7) != 7 || !none.IsZero() {
		t.Errorf("the zero Optional is %v", none)
	}
	if v, ok := some.Get(); !ok || v != 0 || some.Or(7) != 0 || some.IsZero() {
		t.Errorf("Some(0) is %v", some)
	}
	if none == some || some != runtime.Some(0) {
		t.Error("Optionals do not compare")
	}
	for text, want := range map[string]runtime.Optional[int]{"null": none, "0": some, " 5 ": runtime.Some(5)} {
		got := runtime.Some(9)
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%q became %v, %v, want %v", text, got, err, want)
		}
	}
	if text, err := json.Marshal([]runtime.Optional[int]{none, some}); string(text) != "[null,0]" || err != nil {
		t.Errorf("marshalled %s, %v", text, err)
	}
	if err := json.Unmarshal([]byte(`"x"`), &some); err == nil || some != none {
		t.Errorf("a string became %v", some)
	}
	list := runtime.Some([]int{1})
	if err := json.Unmarshal([]byte(`[2,"x"]`), &list); err == nil || list.Or(nil) != nil || !list.IsZero() {
		t.Errorf("half a list became %v", list)
	}
}

type flags struct {
	Name  string
	Count runtime.Optional[int64]
}

var jsonFlags = codec.Struct{Of: (*flags)(nil), Text: `
	"name" string
	"count" int64 optional`}

func flagged() *message[string, flags] {
	return &message[string, flags]{Name: "m", Payload: asText{}, Headers: func(h *runtime.HeaderCodec, f *flags) {
		h.String("name", &f.Name)
		if h.Has("count", !f.Count.IsZero()) {
			h.JSON("count").MemberOf(unsafe.Pointer(f), &jsonFlags, "count")
		}
	}}
}

func TestHeadersDeclaredAndNot(t *testing.T) {
	h := func(key, value string) driver.Header { return driver.Header{Key: key, Value: []byte(value)} }
	cases := []struct {
		name    string
		headers []driver.Header
		want    flags
		rest    []driver.Header
		err     string
	}{
		{"both", []driver.Header{h("count", "3"), h("x", "1"), h("name", "n")}, flags{"n", runtime.Some[int64](3)}, []driver.Header{h("x", "1")}, ""},
		{"optional missing", []driver.Header{h("name", "")}, flags{}, nil, ""},
		{"optional without value", []driver.Header{h("name", "n"), {Key: "count"}}, flags{Name: "n"}, nil, ""},
		{"repeated", []driver.Header{h("name", "1"), h("name", "2")}, flags{Name: "2"}, []driver.Header{h("name", "1")}, ""},
		{"case differs", []driver.Header{h("Name", "1"), h("name", "2")}, flags{Name: "2"}, []driver.Header{h("Name", "1")}, ""},
		{"missing", nil, flags{}, nil, `header "name": missing`},
		{"without value", []driver.Header{{Key: "name"}}, flags{}, nil, `header "name": has no value`},
		{"malformed", []driver.Header{h("name", "n"), h("count", "x")}, flags{}, nil, `header "count": "x": not a JSON value`},
		{"two wrong", []driver.Header{h("count", "")}, flags{}, nil, `header "name": missing; header "count": "": the text ends where a value should stand`},
	}
	for _, c := range cases {
		got := received(t, flagged(), &driver.Message{Address: "a", Value: []byte("v"), Headers: c.headers})
		if c.err != "" {
			if got.err == nil || got.err.Error() != c.err {
				t.Errorf("%s: %v, want %s", c.name, got.err, c.err)
			}
			continue
		}
		if got.err != nil || got.envelope.Headers != c.want || !reflect.DeepEqual(got.envelope.Undeclared, c.rest) {
			t.Errorf("%s: %+v, %v", c.name, got.envelope, got.err)
		}
	}
}

func TestHeadersThatAreWritten(t *testing.T) {
	r := &recorder{features: kafkaLike}
	c := runtime.Open(r, nil)
	for _, f := range []flags{{"n", runtime.Some[int64](7)}, {Name: "n"}} {
		if err := publish(t.Context(), c, at, nil, flagged(), &envelope[string, flags]{Headers: f}); err != nil {
			t.Fatal(err)
		}
	}
	_, with := runtime.AttributesOf(r.sent[0], kafkaLike)
	_, without := runtime.AttributesOf(r.sent[1], kafkaLike)
	if lines(with) != "name: n\ncount: 7\n" || lines(without) != "name: n\n" {
		t.Errorf("headers are %q with, and %q without the optional one", lines(with), lines(without))
	}
	bad := &message[string, float64]{Name: "m", Payload: asText{}, Headers: func(h *runtime.HeaderCodec, v *float64) {
		h.JSON("a").Writer().Float64(*v)
		h.Text("b").Writer().Addr(netip.Addr{})
	}}
	err := publish(t.Context(), c, at, nil, bad, &envelope[string, float64]{Headers: math.NaN()})
	want := `publish a: m: invalid: header "a": must be a finite number; header "b": must be an IP address`
	if !errors.Is(err, driver.ErrInvalid) || err.Error() != want {
		t.Errorf("Publish: %v, want %s", err, want)
	}
}

func TestLongHeadersAreShortenedInErrors(t *testing.T) {
	h := []driver.Header{{Key: "name"}, {Key: "count", Value: []byte(strings.Repeat("x", 5000))}}
	got := received(t, flagged(), &driver.Message{Address: "a", Value: []byte("v"), Headers: h})
	if got.err == nil || len(got.err.Error()) > 250 || !strings.Contains(got.err.Error(), "…") {
		t.Errorf("the reason is %v", got.err)
	}
}

// TestDeclaredAttributeHeader: a document may declare the header of an
// attribute. It is readable, and when it is written it replaces ours.
func TestDeclaredAttributeHeader(t *testing.T) {
	m := &message[string, string]{Name: "m", ContentType: "text/plain", Payload: asText{}, Headers: func(h *runtime.HeaderCodec, v *string) { h.String("ce_type", v) }}
	for declared, want := range map[string]string{"com.example.m": "com.example.m", "": "m"} {
		r := &recorder{features: kafkaLike}
		e := &envelope[string, string]{Headers: declared}
		if err := publish(t.Context(), runtime.Open(r, nil), &runtime.Channel{Address: "a"}, nil, m, e); err != nil {
			t.Fatal(err)
		}
		a, rest := runtime.AttributesOf(r.sent[0], kafkaLike)
		if a.Type != want || len(rest) > 0 {
			t.Errorf("declared %q: type is %q, other headers %q", declared, a.Type, rest)
		}
	}
	got := received(t, m, &driver.Message{Address: "a", Value: []byte("v"), Headers: []driver.Header{{Key: "ce_type", Value: []byte("m")}}})
	if got.err != nil || got.envelope.Headers != "m" || len(got.envelope.Undeclared) > 0 {
		t.Errorf("received %+v, %v", got.envelope, got.err)
	}
}

// TestDeclaredContentType: a document may declare the header content-type in
// any case of letters. It travels once, as CloudEvents spells it.
func TestDeclaredContentType(t *testing.T) {
	for _, name := range []string{"content-type", "Content-Type", "CONTENT-TYPE"} {
		m := &message[string, string]{Name: "m", ContentType: "text/plain", Payload: asText{}, Headers: func(h *runtime.HeaderCodec, v *string) { h.String(name, v) }}
		r := &recorder{features: kafkaLike}
		e := &envelope[string, string]{Headers: "text/x", Envelope: runtime.Envelope{Undeclared: []driver.Header{{Key: "Content-type", Value: []byte("a/b")}}}}
		if err := publish(t.Context(), runtime.Open(r, nil), at, nil, m, e); err != nil {
			t.Fatal(err)
		}
		var sent []string
		for _, h := range r.sent[0].Headers {
			if strings.EqualFold(h.Key, "content-type") {
				sent = append(sent, h.Key+": "+string(h.Value))
			}
		}
		if !slices.Equal(sent, []string{"content-type: text/x"}) {
			t.Errorf("declared as %s it travels as %q", name, sent)
		}
		got := received(t, m, r.sent[0])
		if got.err != nil || got.envelope.Headers != "text/x" || got.envelope.DataContentType != "text/x" || len(got.envelope.Undeclared) > 0 {
			t.Errorf("declared as %s: received %+v, %v", name, got.envelope, got.err)
		}
		twice := []driver.Header{{Key: "content-type", Value: []byte("text/a")}, {Key: "Content-Type", Value: []byte("text/b")}}
		got = received(t, m, &driver.Message{Address: "a", Value: []byte("v"), Headers: twice})
		if got.err != nil || got.envelope.Headers != "text/b" || got.envelope.DataContentType != "text/b" {
			t.Errorf("declared as %s and sent twice: received %+v, %v", name, got.envelope, got.err)
		}
	}
}

// TestRepeatedHeaderSurvives: an envelope that is sent on reads as before, though
// a declared header was repeated.
func TestRepeatedHeaderSurvives(t *testing.T) {
	h := func(value string) driver.Header { return driver.Header{Key: "name", Value: []byte(value)} }
	first := received(t, flagged(), &driver.Message{Address: "a", Value: []byte("v"), Headers: []driver.Header{h("1"), h("2")}})
	if first.err != nil {
		t.Fatal(first.err)
	}
	r := &recorder{features: kafkaLike}
	if err := publish(t.Context(), runtime.Open(r, nil), at, nil, flagged(), first.envelope); err != nil {
		t.Fatal(err)
	}
	again := received(t, flagged(), r.sent[0])
	if again.err != nil || again.envelope.Headers.Name != "2" || !reflect.DeepEqual(again.envelope.Undeclared, []driver.Header{h("1")}) {
		t.Errorf("%+v came back as %+v, %v", first.envelope, again.envelope, again.err)
	}
}
