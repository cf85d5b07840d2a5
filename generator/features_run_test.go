package generator_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/templates"
)

// runFeatures builds one program of the packages of all features and starts it;
// the function gives it one sample after another. A feature whose package does
// not compile answers everything with the compiler's error.
func runFeatures(t *testing.T, all []feature) func(sample) answer {
	t.Helper()
	return runDocuments(t, all, func(t *testing.T, name, text string) *spec.Document { return readText(t, name, text) })
}

// runDocuments is runFeatures for documents that are read in some way.
func runDocuments(t *testing.T, all []feature, read func(t *testing.T, name, text string) *spec.Document) func(sample) answer {
	t.Helper()
	check := checker(t)
	sources, broken := map[string][]byte{}, map[string]string{}
	var imports, rows strings.Builder
	for i, f := range all {
		files := generateWith(t, read(t, f.name+".yaml", f.document), generator.Config{Types: f.types})
		if _, err := check(files); err != nil {
			broken[f.name] = err.Error()
			continue
		}
		for _, file := range files {
			sources["features/"+f.name+"/"+file.Name] = file.Content
		}
		fmt.Fprintf(&imports, "\tf%d %q\n", i, "github.com/asyncwire/asyncwire/"+virtual+"/features/"+f.name)
		rows.WriteString(strings.ReplaceAll(rowOf(f.name, files), "PKG", fmt.Sprintf("f%d", i)))
	}
	text, err := os.ReadFile("testdata/features.go.txt")
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("\t// the packages\n"), []byte(imports.String()), 1)
	sources["features/main.go"] = bytes.Replace(text, []byte("\t\t// the features\n"), []byte(rows.String()), 1)
	program, err := compile(t, sources, "features")
	if err != nil {
		t.Fatal(err)
	}
	ask := talk(t, program)
	return func(s sample) answer {
		if why, ok := broken[s.Feature]; ok {
			return answer{Ways: []way{{Name: "the compiler", Error: why, Back: why}}}
		}
		var a answer
		ask(s, &a)
		return a
	}
}

// rowOf is the feature's row in the program: how to consume and send its message,
// and the functions of its payload's type where it has some.
func rowOf(name string, files []templates.File) string {
	var b strings.Builder
	fmt.Fprintf(&b, `		%q: {
			relay: func(ctx context.Context, in, out *runtime.Conn, done func(error)) error {
				producer := PKG.NewRunProducer(out)
				return PKG.ConsumeRun(ctx, in, func(ctx context.Context, e *PKG.MEnvelope) error {
					done(producer.PublishEnvelope(ctx, e))
					return nil
				})
			},
`, name)
	for _, judge := range []string{"ValidateMEnvelope", "ValidateValue"} {
		if declares(files, "func "+judge+"(") {
			fmt.Fprintf(&b, "\t\t\tjudge: PKG.%s,\n", judge)
			break
		}
	}
	if declares(files, "func (v *Value) UnmarshalJSON(") {
		b.WriteString("\t\t\tvalue: func() any { return new(PKG.Value) },\n")
	}
	b.WriteString("\t\t},\n")
	return b.String()
}

func declares(files []templates.File, text string) bool {
	for _, f := range files {
		if bytes.Contains(f.Content, []byte("\n"+text)) {
			return true
		}
	}
	return false
}

// talk starts a program that answers lines of JSON with lines of JSON.
func talk(t testing.TB, program string, args ...string) func(request, reply any) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir = corpus.Module(t)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		io.Copy(io.Discard, out)
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	})
	requests, replies := json.NewEncoder(in), json.NewDecoder(bufio.NewReaderSize(out, 1<<20))
	requests.SetEscapeHTML(false)
	return func(request, reply any) {
		t.Helper()
		if err := requests.Encode(request); err != nil {
			t.Fatal(err)
		}
		if err := replies.Decode(reply); err != nil {
			t.Fatalf("no answer to %+v: %v", request, err)
		}
	}
}
