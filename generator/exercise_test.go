package generator_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kfake"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/templates"
)

// exercised is a document with an operation of one message and one of two.
const exercised = `asyncapi: 3.0.0
info: {title: Exercise, version: 1.0.0}
defaultContentType: application/json
channels:
  lamps:
    address: lamps.{lampId}
    parameters: {lampId: {}}
    messages:
      turned:
        name: turned
        headers: {type: object, required: [attempt], properties: {attempt: {type: integer}}}
        payload: {type: object, required: [on], properties: {on: {type: boolean}}}
  mixed:
    address: mixed
    messages:
      text: {name: text, contentType: text/plain, payload: {type: string}}
      blob: {name: blob, contentType: application/octet-stream, payload: {}}
operations:
  turn: {action: send, channel: {$ref: '#/channels/lamps'}}
  onMixed: {action: receive, channel: {$ref: '#/channels/mixed'}}
`

const exercisedTraffic = `{
  "consume": [
    {"operation": "turn", "parameters": {"lampId": "a"}, "expect": 4},
    {"operation": "onMixed", "expect": 2},
    {"operation": "turn", "parameters": {"lampId": "b"}, "expect": 0}
  ],
  "messages": [
    {"operation": "turn", "message": "turned", "parameters": {"lampId": "a"}, "key": "k", "headers": {"attempt": 7}, "payload": {"on": true}},
    {"operation": "turn", "parameters": {"lampId": "a"}, "key": "k", "headers": {"attempt": 8}, "payload": {"on": false}},
    {"raw": true, "address": "lamps.a", "key": "k", "headers": {"ce_type": "turned", "attempt": "nine"}, "payload": {"on": true}},
    {"raw": true, "address": "lamps.a", "headers": {"ce_type": "turned", "attempt": 10, "content-type": "application/json"}, "payload": {"on": "yes"}},
    {"operation": "onMixed", "message": "text", "payload": "plain"},
    {"operation": "onMixed", "message": "blob", "payload": {"any": "bytes"}}
  ]
}`

// TestExercise builds the program of RenderExercise and runs it against Kafka:
// what is typed is handled, what breaks the types is refused.
func TestExercise(t *testing.T) {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(4, "lamps.a", "lamps.b", "mixed"))
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	traffic := filepath.Join(t.TempDir(), "traffic.json")
	put(t, traffic, []byte(exercisedTraffic))
	brokers := strings.Join(cluster.ListenAddrs(), ",")
	cmd := exec.CommandContext(t.Context(), buildExercise(t), "-broker", brokers, "-group", "g", "-traffic", traffic)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	var got, want any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const report = `{"published": 4, "raw": 2, "handled": 4, "refused": 2, "consumers": [
		{"operation": "turn", "handled": 2, "refused": 2}, {"operation": "onMixed", "handled": 2, "refused": 0}, {"operation": "turn", "handled": 0, "refused": 0}]}`
	if err := json.Unmarshal([]byte(report), &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// buildExercise compiles the program for the document above.
func buildExercise(t *testing.T) string {
	t.Helper()
	doc := readText(t, "exercise.yaml", exercised)
	plan, _ := generator.Plan(doc, generator.Config{})
	main, err := templates.RenderExercise(plan, "github.com/asyncwire/asyncwire/"+virtual+"/exercise")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"exercise/cmd/" + main.Name: main.Content}
	for _, f := range generate(t, doc) {
		files["exercise/"+f.Name] = f.Content
	}
	binary, err := compile(t, files, "exercise/cmd")
	if err != nil {
		t.Fatal(err)
	}
	again, err := templates.RenderExercise(plan, "github.com/asyncwire/asyncwire/"+virtual+"/exercise")
	if err != nil || string(again.Content) != string(main.Content) {
		t.Errorf("the program differs from run to run: %v", err)
	}
	return binary
}

// compile builds a program, not optimised, of the module from files that exist only in an
// overlay; their names are relative to virtual.
func compile(t *testing.T, files map[string][]byte, program string) (string, error) {
	t.Helper()
	dir, module := t.TempDir(), corpus.Module(t)
	overlay := map[string]string{}
	for name, data := range files {
		real := filepath.Join(dir, strings.ReplaceAll(name, "/", "_"))
		put(t, real, data)
		overlay[filepath.Join(module, filepath.FromSlash(virtual+"/"+name))] = real
	}
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return "", err
	}
	put(t, filepath.Join(dir, "overlay.json"), text)
	binary := filepath.Join(dir, "program.exe")
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"),
		"-gcflags=github.com/asyncwire/asyncwire/"+virtual+"/...=-N -l", "-ldflags=-s -w", "-o", binary, "./"+virtual+"/"+program)
	cmd.Dir = module
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", &buildError{err, string(out)}
	}
	return binary, nil
}

// buildError is what the compiler said.
type buildError struct {
	err    error
	output string
}

func (e *buildError) Error() string { return e.err.Error() + "\n" + e.output }
