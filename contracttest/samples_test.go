package contracttest_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/contracttest/sample"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
)

// documents are whole documents whose traffic can be made from their schemas.
func documents(t *testing.T) map[string]*spec.Document {
	root := corpus.Module(t)
	files := map[string]string{
		"shop":   filepath.Join(root, "examples", "shop", "asyncapi.yaml"),
		"own":    filepath.Join("testdata", "shop.yaml"),
		"lights": filepath.Join("testdata", "lights.v2.yaml"),
	}
	out := map[string]*spec.Document{}
	for name, file := range files {
		loader, err := resolve.NewFiles(filepath.Dir(file))
		if err != nil {
			t.Fatal(err)
		}
		doc, found := parse.Load(t.Context(), loader, file)
		if doc == nil || found.HasErrors() {
			t.Fatalf("%s: %v", file, found)
		}
		out[name] = doc
	}
	return out
}

// eachMessage visits the messages whose payload can be sampled, with a message
// that keeps the whole contract.
func eachMessage(t *testing.T, doc *spec.Document, seed uint64, visit func(c *spec.Channel, m *spec.Message, good message)) {
	t.Helper()
	for _, c := range doc.Channels {
		for _, cm := range c.Messages {
			m := cm.Message
			if m.Payload == nil || m.Payload.Schema == nil || !c.Address.IsSet() || !strings.HasSuffix(m.ContentType.Value, "json") {
				continue
			}
			good := message{Address: concrete(c, seed), Value: valid(t, m.Payload.Schema, seed)}
			if m.Headers != nil {
				laid, err := contracttest.HeadersOf(valid(t, m.Headers.Schema, seed))
				if err != nil {
					t.Fatal(err)
				}
				good.Headers = laid
			}
			if key := m.Bindings.Protocol("kafka").Schema("key"); key != nil {
				good.Key = []byte(text(valid(t, key, seed)))
			}
			good.Headers = append(good.Headers, driver.Header{Key: "ce_type", Value: []byte(cm.Key.Value)})
			visit(c, m, good)
		}
	}
}

func valid(t *testing.T, s *schema.Schema, seed uint64) []byte {
	t.Helper()
	v, err := sample.Valid(s, seed)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// text is a JSON string without its quotes, or the JSON itself.
func text(value []byte) string {
	var s string
	if json.Unmarshal(value, &s) == nil {
		return s
	}
	return string(value)
}

// concrete fills the parameters of a channel's topic.
func concrete(c *spec.Channel, seed uint64) string {
	address := c.Address.Value
	if topic := c.Bindings.Protocol("kafka").Address(); topic.IsSet() {
		address = topic.Value
	}
	for _, p := range c.Parameters {
		value := "x" + strings.Repeat("1", int(seed%3))
		if n := uint64(len(p.Parameter.Enum)); n > 0 {
			value = p.Parameter.Enum[seed%n].Value
		}
		address = strings.ReplaceAll(address, "{"+p.Key.Value+"}", value)
	}
	return address
}

// locates tells whether an address parameter depends on the message's values,
// which samples do not know of.
func locates(c *spec.Channel) bool {
	for _, p := range c.Parameters {
		if p.Parameter.Location.IsSet() {
			return true
		}
	}
	return false
}

// TestSamplesPass: what the document's own schemas call valid passes.
func TestSamplesPass(t *testing.T) {
	for name, doc := range documents(t) {
		t.Run(name, func(t *testing.T) {
			var all []*message
			for seed := range uint64(12) {
				eachMessage(t, doc, seed, func(c *spec.Channel, m *spec.Message, good message) {
					if !locates(c) {
						all = append(all, &good)
					}
				})
			}
			r := verify(t, doc, contracttest.Options{}, all...)
			if len(all) < 12 || r.Passed != len(all) || len(r.Findings) > 0 {
				t.Errorf("%d messages: %+v %v", len(all), r.Counts, r.Findings)
			}
		})
	}
}

// TestBreachesAreFound: what breaks one rule of a payload or of headers is found
// as just that.
func TestBreachesAreFound(t *testing.T) {
	for name, doc := range documents(t) {
		t.Run(name, func(t *testing.T) {
			n := 0
			eachMessage(t, doc, 1, func(c *spec.Channel, m *spec.Message, good message) {
				if locates(c) {
					return
				}
				for _, b := range sample.Invalid(m.Payload.Schema, 1) {
					bad := good
					bad.Value = b.JSON
					expect(t, doc, &bad, "payload-invalid", b)
					n++
				}
				if m.Headers == nil {
					return
				}
				for _, b := range sample.Invalid(m.Headers.Schema, 1) {
					laid, err := contracttest.HeadersOf(b.JSON)
					if err != nil || ambiguousAsText(b) {
						continue
					}
					bad := good
					bad.Headers = append(laid, driver.Header{Key: "ce_type", Value: good.Headers[len(good.Headers)-1].Value})
					expect(t, doc, &bad, "headers-invalid", b)
					n++
				}
			})
			if n < 10 {
				t.Errorf("only %d breaches", n)
			}
		})
	}
}

// ambiguousAsText tells whether a header's breach is lost on the way: as text, a
// number is as good as a string of digits.
func ambiguousAsText(b sample.Breach) bool { return b.Keyword == "type" && b.Pointer != "" }

func expect(t *testing.T, doc *spec.Document, bad *message, code string, b sample.Breach) {
	t.Helper()
	r := verify(t, doc, contracttest.Options{}, bad)
	if len(r.Findings) != 1 || r.Failed != 1 {
		t.Errorf("%s at %q of %s: %+v %v", b.Keyword, b.Pointer, b.JSON, r.Counts, r.Findings)
		return
	}
	if d := r.Findings[0]; string(d.Code) != code || property(d, "pointer") != b.Pointer || property(d, "rule") != b.Keyword {
		t.Errorf("%s at %q of %s: %s %v", b.Keyword, b.Pointer, b.JSON, d, d.Properties)
	}
}
