package crosscheck_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/crosscheck"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// pair is one schema in both validators.
type pair struct {
	ours, plain *validate.Validator
	second      *crosscheck.Opinion
}

// newPair compiles a schema of draft-07; ok is false when one of the two cannot.
func newPair(t testing.TB, text []byte) (p pair, ok bool) {
	t.Helper()
	loader, err := resolve.NewFiles()
	if err != nil {
		t.Fatal(err)
	}
	r := resolve.New(context.Background(), loader)
	root := r.Add(source.NewFile("schema", text))
	if root.Node == nil {
		return p, false
	}
	reader := schema.NewReader(r)
	s := reader.ReadAs(root, schema.Draft07)
	p.ours, _ = validate.Compile(s, nil)
	p.plain, _ = validate.Compile(s, &validate.Options{NoFormats: true})
	if p.ours == nil || reader.Findings().HasErrors() || r.Findings().HasErrors() || len(reader.Findings()) > 0 {
		return p, false
	}
	document, err := schema.AppendJSON(nil, root.Node)
	if err != nil {
		return p, false
	}
	p.second, err = crosscheck.New(document, "", schema.Draft07, true)
	return p, err == nil
}

// compare returns the defect behind a disagreement, "" for none, and "?" for
// one that is not known.
func (p pair) compare(data []byte) (defect string, d crosscheck.Dispute, err error) {
	d = crosscheck.Dispute{Data: data, Ours: p.ours.Validate(data), OursPlain: p.plain.Validate(data)}
	d.Theirs, d.Complaint, err = p.second.Valid(data)
	if err != nil || d.Theirs == d.Ours.Valid() {
		return "", d, err
	}
	if known := p.second.Explain(&d); known != nil {
		return known.Name, d, nil
	}
	return "?", d, nil
}

// TestDefects keeps the list of known defects honest: each has a value that
// shows it, and we are right about that.
func TestDefects(t *testing.T) {
	tests := []struct {
		defect, schema, data string
		valid                bool
	}{
		{"trailing bytes", `{}`, `{}x`, false},
		{"trailing bytes", `{}`, `[]00`, false},
		{"trailing bytes", `{}`, `00`, false},
		{"trailing bytes", `{}`, "0\v", false},
		{"duplicate keys", `{}`, `{"a":1,"a":2}`, false},
		{"invalid UTF-8", `{}`, "\"\xff\"", false},
		{"lone surrogates", `{}`, `"\ud800"`, false},
		{"limits", `{}`, strings.Repeat("[", 600) + strings.Repeat("]", 600), false},
		{"formats", `{"format":"email"}`, `12`, true},
		{"formats", `{"format":"date-time"}`, `"2024-05-17T9:26:53Z"`, false},
		{"formats", `{"format":"date-time"}`, `"1998-12-31T23:59:60Z"`, true},
		{"formats", `{"format":"email"}`, `"Jane <a@b.example>"`, false},
		{"formats", `{"format":"uuid"}`, `"3F2504E0-4F89-41D3-9A0C-0305E82C3301"`, true},
		{"contents", `{"contentEncoding":"base64"}`, `"-"`, false},
		{"long numbers", `{"const":9007199254740993}`, `9007199254740992`, false},
		{"patterns", `{"pattern":"^\\s$"}`, `"\u00a0"`, true},
		{"patterns", `{"pattern":"^.$"}`, `"\u2028"`, false},
		{"patterns", `{"pattern":"^[[:alpha:]]$"}`, `"a]"`, true},
	}
	shown := map[string]bool{}
	for _, test := range tests {
		p, ok := newPair(t, []byte(test.schema))
		if !ok {
			t.Errorf("%s: no second opinion", test.schema)
			continue
		}
		got, d, err := p.compare([]byte(test.data))
		if err != nil || got != test.defect || d.Ours.Valid() != test.valid {
			t.Errorf("%s on %.40s: %q, %v, ours %v", test.schema, test.data, got, err, d.Ours)
		}
		shown[test.defect] = true
	}
	for _, d := range crosscheck.Defects() {
		if !shown[d.Name] || d.Law == "" {
			t.Errorf("nothing shows the defect %q", d.Name)
		}
	}
}

// TestNoOpinion tells why there is none.
func TestNoOpinion(t *testing.T) {
	tests := []struct {
		document, pointer string
		dialect           schema.Dialect
		want              string
	}{
		{`{}`, "", schema.Draft202012, "it knows the drafts"},
		{`{"maxItems":2.0}`, "", schema.Draft07, "must be of an integer"},
		{`{"pattern":"(?=a)"}`, "", schema.Draft07, "must be a valid regex"},
		{`{"$ref":"other.json"}`, "", schema.Draft07, ""},
		{`{"allOf":[{"$id":"http://localhost/b/","$ref":"c.json"}]}`, "", schema.Draft07, `an "$id" stands beside a "$ref"`},
		{`{"maximum":1e3000000}`, "", schema.Draft07, "such exponents"},
		{`{"a":[{}]}`, "/a/1", schema.Draft07, "no value at that place"},
		{strings.Repeat(" ", crosscheck.MaxSchema) + "{}", "", schema.Draft07, "larger than"},
	}
	for _, test := range tests {
		if _, err := crosscheck.New([]byte(test.document), test.pointer, test.dialect, true); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%.60s: %v, want %q", test.document, err, test.want)
		}
	}
}

// TestPart judges by a part of a document, whose references are those of the
// document.
func TestPart(t *testing.T) {
	document := `{"components":{"schemas":{"A b/c":{"$ref":"#/components/schemas/D"},"D":{"type":"string","format":"date"}}}}`
	o, err := crosscheck.New([]byte(document), "/components/schemas/A b~1c", schema.AsyncAPI, true)
	if err != nil {
		t.Fatal(err)
	}
	for data, want := range map[string]bool{`"2024-05-17"`: true, `"x"`: false, `1`: false} {
		if got, complaint, err := o.Valid([]byte(data)); err != nil || got != want {
			t.Errorf("%s: %v %s %v", data, got, complaint, err)
		}
	}
}

// TestSealed lets the other validator reach no server and no file.
func TestSealed(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	defer server.Close()
	file := filepath.Join(t.TempDir(), "secret.json")
	if err := os.WriteFile(file, []byte(`{"type":"string"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		`{"$ref":"` + server.URL + `/a.json"}`,
		`{"$id":"` + server.URL + `/b/","properties":{"x":{"$ref":"c.json"}}}`,
		`{"$schema":"` + server.URL + `/schema","$ref":"file://` + file + `"}`,
		`{"items":{"$ref":"file://` + file + `#/definitions/x"}}`,
	} {
		o, err := crosscheck.New([]byte(text), "", schema.Draft07, true)
		if err == nil {
			_, _, err = o.Valid([]byte(`[{"x":1}]`))
		}
		if err == nil {
			t.Errorf("%s: no error", text)
		}
	}
	if asked > 0 {
		t.Errorf("%d requests", asked)
	}
}

// TestContained turns panics, and what takes too long, into missing opinions.
func TestContained(t *testing.T) {
	p, _ := newPair(t, []byte(`{"maximum":1,"not":{"const":2}}`))
	var panicked *crosscheck.PanicError
	if _, _, err := p.second.Valid([]byte(`-1e400`)); !errors.As(err, &panicked) {
		t.Errorf("got %v", err)
	}
	if _, _, err := p.second.Valid([]byte(`1e3000000`)); err == nil {
		t.Error("is asked about a number of three million digits")
	}
	if _, _, err := p.second.Valid(make([]byte, crosscheck.MaxValue+1)); err == nil {
		t.Error("judges a value that is too large")
	}
	if valid, _, err := p.second.Valid([]byte(`3`)); valid || err != nil {
		t.Errorf("afterwards: %v %v", valid, err)
	}
}

// TestCrossCheck compares random values by random schemas.
func TestCrossCheck(t *testing.T) {
	known, asked := map[string]int{}, 0
	for seed := range uint64(3_000) {
		r := rand.New(rand.NewPCG(seed, 5))
		text := randomSchema(r, 3)
		p, ok := newPair(t, []byte(text))
		if !ok {
			continue
		}
		for range 4 {
			data := randomValue(r, 3)
			defect, d, err := p.compare([]byte(data))
			if err == nil {
				asked++
			}
			if defect == "?" {
				t.Errorf("%s\non %s: ours %v, theirs %v (%s)", text, data, d.Ours.Violations, d.Theirs, d.Complaint)
			}
			known[defect]++
		}
	}
	t.Logf("%d asked, %v", asked, known)
	if asked < 5_000 {
		t.Error("the schemas do not tell much")
	}
}

// FuzzCrossCheck finds disagreements that nobody knows.
func FuzzCrossCheck(f *testing.F) {
	for i := range uint64(20) {
		r := rand.New(rand.NewPCG(i, 5))
		f.Add([]byte(randomSchema(r, 3)), []byte(randomValue(r, 3)))
	}
	f.Fuzz(func(t *testing.T, text, data []byte) {
		if len(text) > 2_000 || len(data) > 2_000 {
			return
		}
		p, ok := newPair(t, text)
		if !ok {
			return
		}
		defect, d, err := p.compare(data)
		if err != nil && strings.Contains(err.Error(), "longer than") {
			t.Fatalf("%s\non %s: %v", text, data, err)
		}
		if defect == "?" {
			t.Fatalf("%s\non %s: ours %v, theirs %v (%s)", text, data, d.Ours.Violations, d.Theirs, d.Complaint)
		}
	})
}

// FuzzRandomSchema judges any bytes, and a random value, by a random schema.
func FuzzRandomSchema(f *testing.F) {
	for i := range uint64(20) {
		f.Add(i, []byte(randomValue(rand.New(rand.NewPCG(i, 6)), 3)))
	}
	f.Fuzz(func(t *testing.T, seed uint64, data []byte) {
		r := rand.New(rand.NewPCG(seed, 5))
		text := randomSchema(r, 4)
		p, ok := newPair(t, []byte(text))
		if !ok || len(data) > 2_000 {
			return
		}
		recorder := p.ours.NewRecorder()
		for _, value := range [][]byte{data, []byte(randomValue(r, 4))} {
			defect, d, _ := p.compare(value)
			if defect == "?" {
				t.Fatalf("%s\non %s: ours %v, theirs %v (%s)", text, value, d.Ours.Violations, d.Theirs, d.Complaint)
			}
			if p.ours.Valid(value) != d.Ours.Valid() || recorder.Valid(value) != d.Ours.Valid() {
				t.Fatalf("%s\non %s: the ways to judge differ: %v", text, value, d.Ours.Violations)
			}
		}
	})
}
