package parse

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec"
)

// sampler writes values of the kinds of the binding tables as YAML flow text.
type sampler struct {
	p       *protocol
	version int
	last    bool // of several ways the last
	n       int
	words   []string // that were written
}

func (s *sampler) value(k kind) string {
	s.n++
	switch k.of {
	case aText, aScalar:
		word := "t" + strconv.Itoa(s.n)
		if k.words != nil {
			word = k.words[s.n%len(k.words)]
		}
		s.words = append(s.words, word)
		return word
	case anInteger:
		n := strconv.FormatInt(max(k.least, min(int64(s.n), k.most)), 10)
		s.words = append(s.words, n)
		return n
	case aNumber:
		return "1.5"
	case aFlag:
		return "true"
	case aList:
		return "[" + s.value(*k.item) + ", " + s.value(*k.item) + "]"
	case aRecord:
		return s.record(k.record)
	case aMap:
		return "{k: " + s.value(text) + "}"
	case anyOf:
		if s.last {
			return s.value(k.ways[len(k.ways)-1])
		}
		return s.value(k.ways[0])
	}
	return "{type: object, title: " + s.value(text) + "}"
}

// record has all fields of the version but those that other members bar.
func (s *sampler) record(rec *record, more ...string) string {
	b := bindingReader{protocol: s.p, version: s.version}
	values := map[string]string{}
	var keys []string
	for i := range rec.fields {
		if f := &rec.fields[i]; b.has(f) && b.applies(rec, f) {
			keys = append(keys, f.key)
			values[f.key] = s.value(f.kind)
		}
	}
	for _, d := range rec.demands {
		if d.bars != "" && slices.Contains(d.values, values[d.key]) && b.within(d.first, d.last) {
			keys = slices.DeleteFunc(keys, func(k string) bool { return k == d.bars })
		}
	}
	out := more
	for _, k := range keys {
		out = append(out, fmt.Sprintf("%q: %s", k, values[k]))
	}
	return "{" + strings.Join(out, ", ") + "}"
}

// The documents that have a binding in each place.
const (
	bindings2 = `asyncapi: 2.6.0
info: {title: T, version: 1.0.0}
servers: {s: {url: example.com, protocol: p, bindings: {%[1]s: %[2]s}}}
channels: {c: {bindings: {%[1]s: %[3]s}, publish: {operationId: o, bindings: {%[1]s: %[4]s}, message: {bindings: {%[1]s: %[5]s}}}}}
`
	bindings3 = `asyncapi: 3.1.0
info: {title: T, version: 1.0.0}
servers: {s: {host: example.com, protocol: p, bindings: {%[1]s: %[2]s}}}
channels: {c: {address: c, bindings: {%[1]s: %[3]s}, messages: {m: {bindings: {%[1]s: %[5]s}}}}}
operations: {o: {action: receive, channel: {$ref: '#/channels/c'}, bindings: {%[1]s: %[4]s}}}
`
)

// TestBindingTwins writes, for every version of every protocol, documents of 2.x
// and 3.x with all fields that the tables name: they must be read without
// findings, into equal models, with nothing left out.
func TestBindingTwins(t *testing.T) {
	for _, p := range protocols {
		for version, name := range p.versions {
			for _, last := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/%v", p.key, name, last), func(t *testing.T) {
					s := sampler{p: p, version: version, last: last}
					args := []any{p.key}
					for _, rec := range []*record{p.server, p.channel, p.operation, p.message} {
						args = append(args, s.record(rec, "bindingVersion: "+name))
					}
					text := fmt.Sprintf(bindings2, args...)
					older := s.model(t, text)
					for _, word := range s.words {
						if strings.Contains(text, word) && !bytes.Contains(older, []byte(word)) {
							t.Errorf("%s is lost", word)
						}
					}
					if p.first3 == "" || version >= slices.Index(p.versions, p.first3) {
						newer := s.model(t, fmt.Sprintf(bindings3, args...))
						if !bytes.Equal(older, newer) {
							t.Errorf("2.x:\n%s\n3.x:\n%s", older, newer)
						}
					}
				})
			}
		}
	}
}

// model is what a document without findings means. Every field of its bindings
// must have a type.
func (s *sampler) model(t *testing.T, text string) []byte {
	t.Helper()
	_, doc, found := readWhole(t, []byte(text))
	for _, d := range found {
		t.Errorf("%v\n%s", d, text)
	}
	for _, b := range []spec.Bindings{
		doc.Servers[0].Bindings, doc.Channels[0].Bindings, doc.Operations[0].Bindings, doc.Channels[0].Messages[0].Message.Bindings,
	} {
		binding := b.Protocol(s.p.key)
		if !binding.Known {
			t.Errorf("the binding is not known: %s", text)
		}
		for _, f := range binding.Fields {
			if f.Value.Kind == spec.BindingRaw && f.Value.Raw.Get("k") == nil {
				t.Errorf("%s has no type", f.Name.Value)
			}
		}
	}
	doc.Version = spec.Text{}
	var b bytes.Buffer
	if err := spec.Dump(&b, doc); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
