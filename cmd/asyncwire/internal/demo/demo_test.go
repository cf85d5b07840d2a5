package demo

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

func load(t *testing.T, file *source.File) *spec.Document {
	t.Helper()
	loader, err := resolve.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.LoadFile(t.Context(), loader, file)
	if len(found) > 0 {
		t.Fatal(found)
	}
	return doc
}

func shopDocument(t *testing.T) *spec.Document {
	t.Helper()
	file, err := resolve.ReadFile(filepath.Join(corpus.Module(t), "examples", "shop", "asyncapi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return load(t, file)
}

func planned(t *testing.T, doc *spec.Document) *traffic {
	t.Helper()
	pkg, found := generator.Plan(doc, generator.Config{})
	if found.HasErrors() {
		t.Fatal(found)
	}
	return planTraffic(doc, pkg)
}

// TestTraffic looks at the traffic of the bundled document: every message of
// every operation, several keys and parameters, and one breach of each kind,
// each in another message.
func TestTraffic(t *testing.T) {
	tr := planned(t, shopDocument(t))
	if len(tr.leftOut) > 0 {
		t.Errorf("left out: %q", tr.leftOut)
	}
	keys, names := map[string]bool{}, map[string]int{}
	for _, m := range tr.messages {
		keys[m.Name+m.Key] = true
		if m.Breach == nil {
			names[m.Name]++
		}
	}
	for _, name := range []string{"orderPlaced", "orderCancelled", "paymentCaptured", "paymentDeclined", "stockReserved", "shipmentDispatched"} {
		if names[name] != samplesPerMessage {
			t.Errorf("%d valid messages %s", names[name], name)
		}
	}
	if len(keys) < 2*len(names) {
		t.Errorf("%d keys for %d messages", len(keys), len(names))
	}
	want := []string{"shop.orders.cancelled", "shop.orders.placed", "shop.payments", "shop.shipments.v2", "shop.stock.leipzig", "shop.stock.lyon", "shop.stock.turin"}
	if got := tr.addresses(); !slices.Equal(got, want) {
		t.Errorf("addresses %q", got)
	}
	broken := map[string]bool{}
	var codes []string
	for _, m := range tr.planted() {
		broken[m.Name] = true
		codes = append(codes, string(m.Breach.Code))
	}
	if len(broken) != 4 || !slices.Equal(codes, []string{"payload-invalid", "payload-invalid", "headers-invalid", "message-unknown"}) {
		t.Errorf("planted %q in %v", codes, broken)
	}
}

// TestTrafficWithoutPayloads: messages of headers alone, and of nothing, are sent too,
// without a content type; what is wrong with one is a header, or its name.
func TestTrafficWithoutPayloads(t *testing.T) {
	tr := planned(t, load(t, source.NewFile("pings.yaml", []byte(`asyncapi: 3.0.0
info: {title: Pings, version: 1.0.0}
defaultContentType: application/json
channels:
  pings:
    address: pings
    messages:
      ping: {}
      pong:
        headers: {type: object, required: [hops], properties: {hops: {type: integer, minimum: 1}}}
operations:
  ping: {action: send, channel: {$ref: '#/channels/pings'}}
`))))
	s, err := tr.script()
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(tr.messages) - len(tr.planted()); n != 2*samplesPerMessage || strings.Contains(string(text), `"payload"`) || strings.Contains(string(text), "content-type") {
		t.Errorf("%d messages, sent as %s", n, text)
	}
	var codes []string
	for _, m := range tr.planted() {
		codes = append(codes, string(m.Breach.Code))
	}
	if !slices.Equal(codes, []string{"headers-invalid", "message-unknown"}) || len(tr.leftOut) != 2 {
		t.Errorf("planted %q, left out %q", codes, tr.leftOut)
	}
}

// TestTrafficIsTheSameEveryTime compares two plans of one document.
func TestTrafficIsTheSameEveryTime(t *testing.T) {
	var texts []string
	for range 2 {
		var all []string
		for _, m := range planned(t, shopDocument(t)).messages {
			all = append(all, strings.Join([]string{m.ID, m.Name, m.Address, m.Key, string(m.Headers), string(m.Payload)}, "|"))
		}
		texts = append(texts, strings.Join(all, "\n"))
	}
	if texts[0] != texts[1] {
		t.Error("two plans of one document differ")
	}
}

// TestScriptExpectsWhatIsSent adds up what the consumers wait for: a consumer
// sees all that is sent to its address.
func TestScriptExpectsWhatIsSent(t *testing.T) {
	tr := planned(t, shopDocument(t))
	s, err := tr.script()
	if err != nil {
		t.Fatal(err)
	}
	expected, valid := 0, 0
	for _, c := range s.Consume {
		expected += c.Expect
		valid += c.valid
	}
	if expected != len(tr.messages) || valid != len(tr.messages)-len(tr.planted()) {
		t.Errorf("%d expected, %d valid, of %d messages", expected, valid, len(tr.messages))
	}
	for i, m := range s.Messages {
		if m.Raw != (tr.messages[i].Breach != nil) {
			t.Errorf("message %d: raw %t, breach %v", i, m.Raw, tr.messages[i].Breach)
		}
		if m.Raw && (len(m.Headers["ce_type"]) == 0 || len(m.Headers["ce_id"]) == 0) {
			t.Errorf("message %d is no CloudEvent: %v", i, m.Headers)
		}
	}
	if _, err := json.Marshal(s); err != nil {
		t.Error(err)
	}
}

// TestUnhandled tells a consumer that refuses what it should handle.
func TestUnhandled(t *testing.T) {
	consumers := []consumer{{Operation: "send", valid: 2}, {Operation: "receive", valid: 3}}
	var good, bad tally
	for text, into := range map[string]*tally{
		`{"consumers": [{"handled": 2, "refused": 1}, {"handled": 3}]}`: &good,
		`{"consumers": [{"handled": 1, "refused": 2}]}`:                 &bad,
	} {
		if err := json.Unmarshal([]byte(text), into); err != nil {
			t.Fatal(err)
		}
	}
	if got := unhandled(consumers, good); len(got) > 0 {
		t.Errorf("faults where there are none: %q", got)
	}
	want := []string{"the consumer of send handled 1 of 2 valid messages", "the consumer of receive did not report"}
	if got := unhandled(consumers, bad); !slices.Equal(got, want) {
		t.Errorf("faults %q, want %q", got, want)
	}
}

func TestLegalTopic(t *testing.T) {
	for name, legal := range map[string]bool{
		"orders.v1_eu-west": true, "": false, ".": false, "..": false, "a b": false, "a/b": false, "ü": false,
		strings.Repeat("x", 249): true, strings.Repeat("x", 250): false,
	} {
		if legalTopic(name) != legal {
			t.Errorf("%q: legal %t", name, !legal)
		}
	}
}

// TestRunWithoutGo says what is missing, and starts nothing.
func TestRunWithoutGo(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Run(t.Context(), shopDocument(t), &Options{Dir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "there is no go command on the PATH") {
		t.Errorf("got %v", err)
	}
}

// TestRunInterrupted ends the context at each step: Run returns then, and the
// processes it started are gone.
func TestRunInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles and runs what it generates")
	}
	doc, dir := shopDocument(t), t.TempDir()
	var steps []string
	if o, err := Run(t.Context(), doc, &Options{Dir: dir, Step: func(text string) { steps = append(steps, text) }}); err != nil || !o.Exact() {
		t.Fatalf("undisturbed: %+v, %v", o, err)
	}
	for i, at := range steps {
		t.Run(strings.Fields(at)[0], func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			step := 0
			_, err := Run(ctx, doc, &Options{Dir: dir, Step: func(string) {
				if step == i {
					cancel()
				}
				step++
			}})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("interrupted at %q: got %v", at, err)
			}
			if step > i+2 {
				t.Errorf("went on for %d steps", step-i)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "main.go")); err != nil {
		t.Errorf("the folder was not kept: %v", err)
	}
}

// TestInterruptedLeavesNothing: a folder that nobody asked for is gone when the
// demo was interrupted.
func TestInterruptedLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Run(ctx, shopDocument(t), &Options{Step: func(text string) {
		if strings.HasPrefix(text, "compiling") {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	left, err := filepath.Glob(filepath.Join(tmp, "asyncwire-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
