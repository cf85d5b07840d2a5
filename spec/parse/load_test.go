package parse_test

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

func ExampleLoad() {
	loader, err := resolve.NewFiles("testdata")
	if err != nil {
		panic(err)
	}
	doc, found := parse.Load(context.Background(), loader, "testdata/twins/traits.v2.yaml")
	fmt.Println(doc.Info.Title.Value, "findings:", len(found))
	for _, o := range doc.Operations {
		fmt.Println(o.Key.Value, o.Action, o.Channel.Address.Value)
	}
	// Output:
	// Parcels findings: 0
	// receiveScan receive parcels.scanned
	// sendLost send parcels.lost
}

// loadText reads a document that is written in the test and may reference the
// files beside it.
func loadText(t testing.TB, text string, files map[string]string) (*spec.Document, diag.List) {
	t.Helper()
	return parse.LoadFile(t.Context(), texts(files), source.NewFileAt("main.yaml", "/dir/main.yaml", []byte(text)))
}

// texts are files in memory, by their name in the document's folder.
type texts map[string]string

func (f texts) Load(_ context.Context, uri string) (*source.File, error) {
	text, ok := f[strings.TrimPrefix(uri, "/dir/")]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return source.NewFile(uri, []byte(text)), nil
}

const header = "info: {title: T, version: 1.0.0}\n"

func TestVersions(t *testing.T) {
	for _, minor := range parse.Versions() {
		for _, patch := range []string{".0", ".1", ".17", ".0-rc1"} {
			doc, found := loadText(t, "asyncapi: "+minor+patch+"\nchannels: {}\n"+header, nil)
			if doc == nil || len(found) > 0 {
				t.Errorf("%s%s: %v", minor, patch, found)
			}
		}
	}
	for _, version := range []string{"1.2.0", "2.7.0", "3.2.0", "30.0.0", "3", "v3.0.0", "''"} {
		doc, found := loadText(t, "asyncapi: "+version+"\nfoo: bar\n", nil)
		if doc != nil || len(found) != 1 || found[0].Code != "unsupported-version" {
			t.Errorf("%s: %v", version, found)
		}
	}
}

// TestAllStages demands the findings of every stage: the text's, the version's,
// the references', the objects' and the schemas'.
func TestAllStages(t *testing.T) {
	_, found := loadText(t, "asyncapi: 3.0\n"+header+`x-a: 1
x-a: 2
x-a: 3
x-a: 4
tittle: none
components:
  schemas:
    a: {$ref: '#/components/schemas/b'}
    c: {type: strung}
  messages:
    m: {$ref: '#/components/messages/n'}
`, nil)
	got := map[diag.Code]int{}
	for _, d := range found {
		got[d.Code]++
	}
	want := map[diag.Code]int{"duplicate-key": 3, "wrong-value": 1, "unknown-key": 1, "ref-not-found": 2, "schema-unknown-type": 1}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestUnreadable(t *testing.T) {
	doc, found := parse.Load(t.Context(), texts{}, filepath.Join(t.TempDir(), "absent.yaml"))
	if doc != nil || len(found) != 1 || found[0].Code != "unreadable" {
		t.Errorf("%v", found)
	}
}

// TestOneObject demands that the same text is the same object wherever it is
// referenced from, and that two entries of a map stay two objects.
func TestOneObject(t *testing.T) {
	doc, found := loadText(t, "asyncapi: 3.0.0\n"+header+`
channels:
  a: {$ref: '#/components/channels/c'}
  b: {$ref: '#/components/channels/c'}
operations:
  onA:
    action: receive
    channel: {$ref: '#/channels/a'}
    messages: [{$ref: '#/channels/a/messages/m'}]
  onB:
    action: receive
    channel: {$ref: '#/channels/b'}
    messages: [{$ref: '#/components/channels/c/messages/m'}]
  onC:
    action: send
    channel: {$ref: '#/channels/b'}
components:
  channels:
    c:
      address: c
      messages:
        m: {$ref: 'messages.yaml#/m'}
        n: {$ref: 'messages.yaml#/n'}
`, map[string]string{"messages.yaml": `
m: {headers: {$ref: '#/h'}, payload: {$ref: '#/s'}}
n: {$ref: '#/m'}
h: {type: object}
s: {type: object, properties: {self: {$ref: 'messages.yaml#/s'}}}
`})
	if len(found) > 0 {
		t.Fatalf("%v", found)
	}
	a, b := doc.Channels[0], doc.Channels[1]
	if a == b || a.Key.Value != "a" || b.Key.Value != "b" || doc.Components.Channels[0].Value != a {
		t.Errorf("channels %q and %q", a.Key.Value, b.Key.Value)
	}
	onA, onB, onC := doc.Operations[0], doc.Operations[1], doc.Operations[2]
	if onA.Channel != a || onB.Channel != b {
		t.Error("operations are not on the channels they name")
	}
	if onA.Messages[0] != a.Messages[0] || onB.Messages[0] != b.Messages[0] || len(onC.Messages) != 2 {
		t.Error("operations do not use the messages of their channels")
	}
	if m, n := a.Messages[0].Message, a.Messages[1].Message; m != n {
		t.Error("one message became two")
	}
	payload := a.Messages[0].Message.Payload.Schema.Deref()
	if payload.Property("self").Deref() != payload {
		t.Error("one schema became two")
	}
}

// TestSharedTrait demands that headers a trait brings are one schema for all
// messages, and that headers which both bring are merged.
func TestSharedTrait(t *testing.T) {
	doc, found := loadText(t, "asyncapi: 3.0.0\n"+header+`
components:
  messages:
    one: {traits: [{$ref: 'traits.yaml#/t'}]}
    two: {traits: [{$ref: 'traits.yaml#/t'}], name: two, title: null, headers: null}
    three:
      traits: [{$ref: 'traits.yaml#/t'}]
      name: three
      headers: {$ref: '#/components/schemas/own'}
  schemas:
    own:
      type: object
      properties: {a: {type: string}, c: {type: integer}}
`, map[string]string{"traits.yaml": `
t: {name: t, title: Title, headers: {$ref: '#/h'}}
h: {type: object, description: common, properties: {b: {$ref: '#/b'}, c: {type: string, format: date}}}
b: {type: boolean}
`})
	if len(found) > 0 {
		t.Fatalf("%v", found)
	}
	one, two, three := doc.Components.Messages[0].Value, doc.Components.Messages[1].Value, doc.Components.Messages[2].Value
	if one.Headers == nil || one.Headers != one.Traits[0].Headers || one.Name.Value != "t" {
		t.Errorf("one: %+v", one)
	}
	if two.Headers != nil || two.Title.IsSet() || two.Name.Value != "two" {
		t.Error("null does not take a member of a trait away")
	}
	merged := three.Headers.Schema.Deref()
	var names []string
	for _, p := range merged.Properties {
		names = append(names, p.Name.Text+":"+p.Schema.Deref().Types.String())
	}
	if want := []string{"a:string", "c:integer", "b:boolean"}; !slices.Equal(names, want) {
		t.Errorf("properties %v, want %v", names, want)
	}
	if merged.Description != "common" || merged.Property("c").Format != "date" {
		t.Error("what only the trait says is lost")
	}
	if p := merged.Property("b").Deref().At.Position(); p.Line != 4 {
		t.Errorf("merging lost the place: %v", p)
	}
}

// TestTraitOrder holds each version to its rule of who wins.
func TestTraitOrder(t *testing.T) {
	const objects = `
components:
  messages:
    m:
      name: own
      traits: [{name: first, title: first}, {name: second}]
`
	for version, want := range map[string]string{"2.6.0": "second first", "3.0.0": "own first"} {
		doc, found := loadText(t, "asyncapi: "+version+"\nchannels: {}\n"+header+objects, nil)
		if len(found) > 0 {
			t.Fatalf("%v", found)
		}
		m := doc.Components.Messages[0].Value
		if got := m.Name.Value + " " + m.Title.Value; got != want {
			t.Errorf("%s: %s, want %s", version, got, want)
		}
	}
}

// TestKeysOfV2 holds the names that 2.x gives nobody to the documented order.
func TestKeysOfV2(t *testing.T) {
	doc, found := loadText(t, "asyncapi: 2.6.0\n"+header+`
channels:
  a:
    publish:
      message:
        oneOf:
          - {messageId: id, name: name}
          - {$ref: '#/components/messages/component'}
          - {name: name}
          - {name: name}
          - {}
    subscribe:
      traits: [{operationId: fromTrait}]
      message: {}
components:
  messages:
    component: {name: ignored}
`, nil)
	if len(found) > 0 {
		t.Fatalf("%v", found)
	}
	var keys []string
	for _, cm := range doc.Channels[0].Messages {
		keys = append(keys, cm.Key.Value)
	}
	want := []string{"id", "component", "name", "receive.a.message.3", "receive.a.message.4", "fromTrait.message"}
	if !slices.Equal(keys, want) {
		t.Errorf("messages %q, want %q", keys, want)
	}
	if doc.Operations[0].Key.Value != "receive.a" || doc.Operations[1].Key.Value != "fromTrait" {
		t.Errorf("operations %q and %q", doc.Operations[0].Key.Value, doc.Operations[1].Key.Value)
	}
}

// TestRequirementOfV2 demands that schemes needed together stay together.
func TestRequirementOfV2(t *testing.T) {
	doc, found := loadText(t, "asyncapi: 2.6.0\n"+header+`
channels: {}
servers:
  s: {url: '{proto}://h:1/p', protocol: kafka, security: [{a: [], b: []}, {b: []}], variables: {proto: {}}}
components:
  securitySchemes: {a: {type: plain}, b: {type: X509}}
`, nil)
	if len(found) > 0 {
		t.Fatalf("%v", found)
	}
	s := doc.Servers[0]
	if len(s.Security) != 2 || len(s.Security[0].Schemes) != 2 || s.Security[1].Schemes[0].Scheme != s.Security[0].Schemes[1].Scheme {
		t.Errorf("%+v", s.Security)
	}
	if s.Host.Value != "h:1" || s.Pathname.Value != "/p" || len(s.Variables) != 0 || s.Host.At.Text() != "h:1" {
		t.Errorf("host %q, pathname %q, variables %v", s.Host.Value, s.Pathname.Value, s.Variables)
	}
}

// TestBindingContent demands the schemas of a binding, and of a version that is
// not known nothing but the text.
func TestBindingContent(t *testing.T) {
	doc, found := loadText(t, "asyncapi: 3.0.0\n"+header+`
channels:
  known: {bindings: {ws: {query: {type: object}, headers: {type: object}}, kafka: {topic: a}}}
  unknown: {bindings: {ws: {query: {type: object}, bindingVersion: 9.0.0}, kafka: {topic: a, bindingVersion: 9.0.0}}}
`, nil)
	if len(found) != 2 || found[0].Code != "unknown-binding-version" || found[1].Code != "unknown-binding-version" {
		t.Errorf("%v", found)
	}
	known, unknown := doc.Channels[0].Bindings, doc.Channels[1].Bindings
	ws := known.Protocol("ws").Schemas()
	if len(ws) != 2 || ws[0].At.Position().Column >= ws[1].At.Position().Column {
		t.Errorf("schemas %v", ws)
	} else if all := slices.Collect(doc.AllSchemas()); !slices.Equal(all, ws) {
		t.Errorf("all schemas %v", all)
	}
	if topic := known.Protocol("kafka").Address(); topic.Value != "a" {
		t.Errorf("topic %+v", topic)
	}
	for _, b := range unknown {
		if b.Known || b.Fields != nil || b.Schemas() != nil || b.Address().IsSet() || b.Raw.Get("bindingVersion") == nil {
			t.Errorf("unknown version of %s: %+v", b.Protocol.Value, b)
		}
	}
}

func TestDefaultContentType(t *testing.T) {
	doc, _ := loadText(t, "asyncapi: 3.0.0\ndefaultContentType: a/b\n"+header+`
components: {messages: {m: {}, n: {contentType: c/d}}}
`, nil)
	m, n := doc.Components.Messages[0].Value, doc.Components.Messages[1].Value
	if m.ContentType.Value != "a/b" || n.ContentType.Value != "c/d" {
		t.Errorf("%q and %q", m.ContentType.Value, n.ContentType.Value)
	}
}

// TestPayloadInFile demands the text of a schema that is neither YAML nor JSON.
func TestPayloadInFile(t *testing.T) {
	doc, found := loadText(t, "asyncapi: 3.0.0\n"+header+`
components:
  messages:
    m:
      payload:
        schemaFormat: application/vnd.google.protobuf;version=3
        schema: {$ref: order.proto}
`, map[string]string{"order.proto": "syntax = \"proto3\"; message Order { string id = 1; }"})
	if len(found) > 0 {
		t.Fatalf("%v", found)
	}
	if raw := doc.Components.Messages[0].Value.Payload.Raw; raw == nil || raw.Text != "syntax = \"proto3\"; message Order { string id = 1; }" {
		t.Errorf("%+v", raw)
	}
}

// TestCorpus reads every text of the corpora: nothing may panic or take long,
// and every finding has a place and a message without a full stop.
func TestCorpus(t *testing.T) {
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		dir := corpus.Dir(t, part)
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			ext := filepath.Ext(path)
			if err != nil || d.IsDir() || !slices.Contains([]string{".yaml", ".yml", ".json", ".avsc"}, ext) {
				return err
			}
			begin := time.Now()
			_, found := load(t, path)
			if took := time.Since(begin); took > 20*time.Second {
				t.Errorf("%s took %v", path, took)
			}
			for _, f := range found {
				if f.At.IsZero() || f.Message == "" || strings.HasSuffix(f.Message, ".") {
					t.Errorf("%s: %v", path, f)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
