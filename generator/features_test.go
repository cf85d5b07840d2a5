package generator_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// A feature is a document about one thing, with messages that are valid and
// messages that are not: a file of testdata/features. The file has the payload's
// schema in brackets on its first line, and others that it refers to on the
// second; or else a whole document, whose operation run has the message m. It can name
// Go types, as asyncwire.yaml does.
type feature struct {
	name           string
	document       string
	types          map[string]generator.GoType
	valid, invalid []sample
}

// A sample is one message: a text is its payload. Of an invalid one it says
// where the fault is, as a JSON Pointer.
type sample struct {
	Feature string            `json:"feature"`
	Payload string            `json:"payload"`
	Absent  bool              `json:"absent"` // there is no payload
	Headers map[string]string `json:"headers"`
	Bare    []string          `json:"bare"` // headers without a value
	// Filled is what the payload is to be with the document's defaults.
	Filled string `json:"filled"`
	back   string // what the payload comes back as, where that has another spelling
	at     string
	placed bool // at is said
	// limit tells that a Go type, and not the schema, refuses the sample.
	limit bool
}

func (s sample) String() string {
	if len(s.Headers) > 0 || len(s.Bare) > 0 {
		return fmt.Sprintf("%q with %v %q", s.Payload, s.Headers, s.Bare)
	}
	return fmt.Sprintf("%.100q", s.Payload)
}

func features(t *testing.T) []feature { return featuresOf(t, "testdata/features") }

// featuresOf are the features of a folder.
func featuresOf(t *testing.T, dir string) []feature {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no features: %v", err)
	}
	var out []feature
	for _, file := range files {
		out = append(out, readFeature(t, file))
	}
	return out
}

func readFeature(t *testing.T, file string) feature {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	root, found := syntax.Parse(source.NewFile(file, text))
	if len(found) > 0 {
		t.Fatal(found)
	}
	f := feature{name: strings.TrimSuffix(filepath.Base(file), ".yaml")}
	if n := root.Get("document"); n != nil {
		f.document = n.Text
	} else {
		f.document = documentOf(text)
	}
	if n := root.Get("types"); n != nil {
		f.types = map[string]generator.GoType{}
		for _, m := range n.Members {
			if f.types[m.Key.Text], err = generator.ParseGoType(m.Value.Text); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, n := range root.Get("valid").Items {
		f.valid = append(f.valid, readSample(f.name, n))
	}
	for _, n := range root.Get("invalid").Items {
		f.invalid = append(f.invalid, readSample(f.name, n))
	}
	return f
}

// documentOf puts a payload's schema, and those beside it, into a document.
func documentOf(text []byte) string {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	others, ok := bytes.CutPrefix(line, []byte("schemas: {"))
	if !ok {
		others = []byte("}")
	}
	return fmt.Sprintf(`asyncapi: 3.0.0
info: {title: Feature, version: '1'}
channels: {c: {address: c, messages: {m: {payload: {$ref: '#/components/schemas/Value'}}}}}
operations: {run: {action: receive, channel: {$ref: '#/channels/c'}}}
components: {schemas: {Value: %s, %s}
`, bytes.TrimPrefix(first, []byte("schema: ")), others)
}

func readSample(feature string, n *syntax.Node) sample {
	s := sample{Feature: feature, Payload: n.Text}
	if n.Kind != syntax.Mapping {
		return s
	}
	for _, m := range n.Members {
		switch v := m.Value; m.Key.Text {
		case "json", "payload":
			s.Payload = v.Text
		case "at":
			s.at, s.placed = v.Text, true
		case "filled":
			s.Filled = v.Text
		case "back":
			s.back = v.Text
		case "absent":
			s.Absent = true
		case "limit":
			s.limit = true
		case "headers":
			s.Headers = map[string]string{}
			for _, h := range v.Members {
				s.Headers[h.Key.Text] = h.Value.Text
			}
		case "bare":
			for _, name := range v.Items {
				s.Bare = append(s.Bare, name.Text)
			}
		}
	}
	return s
}

// TestFeatureSamples holds the samples to the engine behind lint and verify: it
// takes the valid ones and finds the fault of the others at their place. What
// it says is what the generated code has to say.
func TestFeatureSamples(t *testing.T) {
	for _, f := range append(features(t), featuresOf(t, "testdata/mutants")...) {
		judge := payloadJudge(t, readText(t, f.name+".yaml", f.document))
		if judge == nil {
			continue
		}
		for _, s := range f.valid {
			if v := judge.Validate([]byte(s.Payload)); !v.Valid() && len(s.Headers) == 0 && len(s.Bare) == 0 && !s.Absent {
				t.Errorf("%s: %s is not valid: %v", f.name, s, v.Violations)
			}
		}
		for _, s := range f.invalid {
			if s.limit || !s.placed {
				continue
			}
			v := judge.Validate([]byte(s.Payload))
			if v.Valid() || !slices.ContainsFunc(v.Violations, func(v validate.Violation) bool { return v.Pointer == s.at }) {
				t.Errorf("%s: %s has no fault at %q: %v", f.name, s, s.at, v.Violations)
			}
		}
	}
}

// payloadJudge is the engine for the payload of message m, or nil where it is not
// a JSON value with a schema.
func payloadJudge(t *testing.T, doc *spec.Document) *validate.Validator {
	t.Helper()
	m := doc.Operations[0].Messages[0].Message
	if m.Payload == nil || m.Payload.Schema == nil || !strings.Contains("application/json "+doc.DefaultContentType.Value, "json") ||
		m.ContentType.IsSet() && !strings.Contains(m.ContentType.Value, "json") {
		return nil
	}
	judge, found := validate.Compile(m.Payload.Schema, nil)
	if found.HasErrors() {
		t.Fatal(found)
	}
	return judge
}

// TestFeatures generates a package for each feature and gives it the samples:
// the valid ones come back as the same JSON, and the invalid ones are refused
// with the place of their fault. What does not hold yet is listed by name.
func TestFeatures(t *testing.T) {
	all := features(t)
	run := runFeatures(t, all)
	var open strings.Builder
	same, valid, refused, placed, invalid := 0, 0, 0, 0, 0
	for _, f := range all {
		note := func(s sample, format string, args ...any) {
			fmt.Fprintf(&open, "%s: %s %s\n", f.name, s, fmt.Sprintf(format, args...))
		}
		for _, s := range f.valid {
			what := run(s).sameAs(t, s)
			if what != "" {
				note(s, "%s", what)
			}
			if s.back == "" {
				valid++
			}
			if s.back == "" && what == "" {
				same++
			}
		}
		for _, s := range f.invalid {
			invalid++
			a := run(s)
			if what := a.taken(); what != "" {
				note(s, "%s", what)
				continue
			}
			refused++
			if what := a.misplaced(s); what != "" {
				note(s, "%s", what)
				continue
			}
			placed++
		}
	}
	golden.Check(t, "testdata/features-open.txt", []byte(open.String()))
	golden.Score(t, "testdata/features-same.txt", same, valid)
	golden.Score(t, "testdata/features-refused.txt", refused, invalid)
	golden.Score(t, "testdata/features-placed.txt", placed, invalid)
}

// An answer is what the generated code made of a sample, in each of the ways
// that it has.
type answer struct {
	Ways []way `json:"ways"`
}

// A way is one of them: a consumer and a producer, the methods of a type, or
// its function that only judges.
type way struct {
	Name    string            `json:"name"`
	Back    string            `json:"back"` // what came back
	Headers map[string]string `json:"headers"`
	Error   string            `json:"error"`
	At      []string          `json:"at"` // of the violations
	Judges  bool              `json:"judges"`
}

// sameAs tells what is wrong with what a valid sample came back as.
func (a answer) sameAs(t *testing.T, s sample) string {
	if s.Filled != "" && !slices.ContainsFunc(a.Ways, func(w way) bool { return w.Name == "SetDefaults" }) {
		return "has no way to get its defaults"
	}
	for _, w := range a.Ways {
		want := cmp.Or(s.back, s.Payload)
		if w.Name == "SetDefaults" {
			want = s.Filled
		}
		switch {
		case w.Error != "":
			return fmt.Sprintf("is refused by %s: %s", w.Name, w.Error)
		case w.Judges:
		case want != w.Back && !equalJSON(t, want, w.Back):
			return fmt.Sprintf("comes back from %s as %q", w.Name, w.Back)
		}
		for key, value := range s.Headers {
			if w.Headers != nil && w.Headers[key] != value {
				return fmt.Sprintf("comes back from %s with header %s %q", w.Name, key, w.Headers[key])
			}
		}
	}
	return ""
}

// taken tells which way takes an invalid sample.
func (a answer) taken() string {
	for _, w := range a.Ways {
		if w.Error == "" {
			return "is not refused by " + w.Name
		}
	}
	return ""
}

// misplaced tells which way does not say where the fault is.
func (a answer) misplaced(s sample) string {
	for _, w := range a.Ways {
		if s.placed && !slices.Contains(w.At, s.at) && !slices.Contains(w.At, "*") {
			return fmt.Sprintf("is refused by %s at %q instead of %q", w.Name, w.At, s.at)
		}
	}
	return ""
}

// equalJSON compares values; numbers are equal when their values are.
func equalJSON(t *testing.T, a, b string) bool {
	t.Helper()
	read := func(text string) (v any, err error) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		err = d.Decode(&v)
		return v, err
	}
	x, errX := read(a)
	y, errY := read(b)
	return errX == nil && errY == nil && equalValues(x, y)
}

func equalValues(a, b any) bool {
	switch x := a.(type) {
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for key, value := range x {
			if other, ok := y[key]; !ok || !equalValues(value, other) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		return ok && slices.EqualFunc(x, y, equalValues)
	case json.Number:
		y, ok := b.(json.Number)
		return ok && number(x).Cmp(number(y)) == 0
	}
	return a == b
}

func number(n json.Number) *big.Rat {
	r, _ := new(big.Rat).SetString(string(n))
	return r
}
