package endtoend

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/runtime/kafka"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/twmb/franz-go/pkg/kfake"
)

const messages = 10_000

// document is one AsyncAPI document with the adapter that the test program
// needs for it.
type document struct {
	name string // folder of the adapter in testdata
	file func(t *testing.T) string
	// parameter is a value of the channel's one parameter, and address what
	// the channel's address becomes with it.
	parameter, address string
}

func documents() map[string]document {
	corpusFile := func(part ...string) func(*testing.T) string {
		return func(t *testing.T) string { return corpus.Dir(t, part...) }
	}
	own := func(name string) func(*testing.T) string {
		return func(t *testing.T) string { return filepath.Join(corpus.Module(t), "examples", "shop", name) }
	}
	const lamp = "smartylighting.streetlights.1.0.event.lamp.lighting.measured"
	return map[string]document{
		"streetlights-3.0": {"streetlights", corpusFile("asyncapi-examples", "v3.0.0", "streetlights-kafka-asyncapi.yml"), "lamp", lamp},
		"streetlights-2.6": {"streetlights", corpusFile("asyncapi-examples", "v2.6.0", "streetlights-kafka.yml"), "lamp", lamp},
		"shop-3.0":         {"shop", own("asyncapi.yaml"), "lyon", "shop.stock.lyon"},
		"shop-2.6":         {"shop", own("asyncapi.v2.yaml"), "turin", "shop.stock.turin"},
	}
}

// TestDelivery runs generated code for real: typed producer → broker → typed
// consumer. None of the messages is lost, each arrives as it was sent, and the
// order of every key is kept.
func TestDelivery(t *testing.T) {
	for name, doc := range documents() {
		t.Run(name, func(t *testing.T) {
			program := build(t, doc)
			t.Run("memory", func(t *testing.T) { deliverInMemory(t, program, doc) })
			t.Run("kafka", func(t *testing.T) { deliverOverKafka(t, program, doc) })
		})
	}
}

func deliverInMemory(t *testing.T, program string, doc document) {
	out, err := command(t, program, "-parameter", doc.parameter, "-messages", strconv.Itoa(messages)).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderrOf(err))
	}
	var h history
	for line := range strings.Lines(string(out)) {
		h.add(strings.TrimSuffix(line, "\n"))
	}
	h.check(t, true)
}

func deliverOverKafka(t *testing.T, program string, doc document) {
	args := topic(t, doc)
	h := history{prefix: args[len(args)-1]}
	consumer := start(t, &h, program, append(args, "-role", "consume")...)
	produce(t, &h, program, args)
	h.await(t, messages)
	consumer.stop(t, syscall.SIGTERM)
	h.check(t, true)
}

// TestConsumerKilled kills a consumer midway, with handlers at work, as a crash
// would, and starts another: every message is consumed all the same. Those whose acknowledgement
// died with the first consumer may be consumed twice.
func TestConsumerKilled(t *testing.T) {
	doc := documents()["shop-3.0"]
	program := build(t, doc)
	args := topic(t, doc)
	h := history{prefix: args[len(args)-1]}
	first := start(t, &h, program, append(args, "-role", "consume", "-stall", strconv.Itoa(messages/4))...)
	produce(t, &h, program, args)
	h.await(t, messages/4)
	first.stop(t, syscall.SIGKILL)
	h.takeover()
	second := start(t, &h, program, append(args, "-role", "consume")...)
	h.await(t, messages)
	second.stop(t, syscall.SIGTERM)
	h.check(t, false)
}

// history is what the programs printed about keys with the prefix.
type history struct {
	prefix              string
	mu                  sync.Mutex
	published, consumed []string
	restarts            []int // how many were consumed when another consumer took over
	changed             chan struct{}
}

func (h *history) add(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if text, ok := strings.CutPrefix(line, "published "+h.prefix); ok {
		h.published = append(h.published, text)
	} else if text, ok := strings.CutPrefix(line, "consumed "+h.prefix); ok {
		h.consumed = append(h.consumed, text)
	}
	if h.changed != nil {
		close(h.changed)
		h.changed = nil
	}
}

// await blocks until n different messages were consumed.
func (h *history) await(t *testing.T, n int) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	for {
		changed := h.nextChange()
		distinct := h.distinct()
		if distinct >= n {
			return
		}
		select {
		case <-changed:
			time.Sleep(10 * time.Millisecond) // let more lines come before counting anew
		case <-deadline:
			t.Fatalf("%d of %d messages consumed in two minutes", distinct, n)
		}
	}
}

// nextChange returns a channel that is closed when another line comes.
func (h *history) nextChange() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.changed == nil {
		h.changed = make(chan struct{})
	}
	return h.changed
}

// takeover notes that another consumer goes on from here.
func (h *history) takeover() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.restarts = append(h.restarts, len(h.consumed))
}

// distinct counts the different messages that were consumed.
func (h *history) distinct() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	seen := map[string]bool{}
	for _, c := range h.consumed {
		seen[c] = true
	}
	return len(seen)
}

// check compares both sides. Once tells that nothing may arrive twice.
func (h *history) check(t *testing.T, once bool) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	times := map[string]int{}
	last := map[string]int{}
	for i, c := range h.consumed {
		if slices.Contains(h.restarts, i) {
			clear(last) // what was not acknowledged is consumed again
		}
		times[c]++
		fields := strings.SplitN(c, " ", 3)
		seq, err := strconv.Atoi(fields[1])
		if err != nil {
			t.Fatalf("line %q: %v", c, err)
		}
		if seq <= last[fields[0]] && seq != 0 {
			t.Fatalf("key %s: message %d was consumed after %d", fields[0], seq, last[fields[0]])
		}
		last[fields[0]] = seq
	}
	lost, twice := 0, 0
	for _, p := range h.published {
		switch {
		case times[p] == 0:
			if lost++; lost <= 3 {
				t.Errorf("published but not consumed as it was:\n%s", p)
			}
		case times[p] > 1:
			twice++
		}
		delete(times, p)
	}
	for c := range times {
		t.Errorf("consumed but never published as it is:\n%s", c)
		break
	}
	t.Logf("%d published, %d consumed, %d lost, %d more than once", len(h.published), len(h.consumed), lost, twice)
	if len(h.published) != messages || lost > 0 || once && twice > 0 {
		t.Errorf("want %d published, none lost, none twice: %t", messages, once)
	}
}

// process is a running test program.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when its output has ended
	log  strings.Builder
}

func start(t *testing.T, h *history, program string, args ...string) *process {
	t.Helper()
	p := &process{cmd: command(t, program, args...), done: make(chan struct{})}
	p.cmd.Stderr = &p.log
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		readLines(out, h)
	}()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

func readLines(r io.Reader, h *history) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		h.add(lines.Text())
	}
}

func (p *process) stop(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		t.Fatalf("%v\n%s", err, p.log.String())
	}
	<-p.done
	err := p.cmd.Wait()
	if err != nil && sig != syscall.SIGKILL {
		t.Fatalf("consumer: %v\n%s", err, p.log.String())
	}
}

func produce(t *testing.T, h *history, program string, args []string) {
	t.Helper()
	p := start(t, h, program, append(args, "-role", "produce", "-messages", strconv.Itoa(messages))...)
	<-p.done
	if err := p.cmd.Wait(); err != nil {
		t.Fatalf("producer: %v\n%s", err, p.log.String())
	}
}

func command(t *testing.T, program string, args ...string) *exec.Cmd {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	t.Cleanup(cancel)
	return exec.CommandContext(ctx, program, args...)
}

func stderrOf(err error) string {
	if exit, ok := err.(*exec.ExitError); ok {
		return string(exit.Stderr)
	}
	return ""
}

// topic makes the document's topic and returns the arguments that lead the
// program to it. The broker is a Kafka in this process, or the real one that
// ASYNCWIRE_KAFKA names, where messages of earlier runs may still lie: the keys
// of this run begin with a prefix of its own.
func topic(t *testing.T, doc document) []string {
	t.Helper()
	brokers := os.Getenv("ASYNCWIRE_KAFKA")
	if brokers == "" {
		cluster, err := kfake.NewCluster(kfake.NumBrokers(1))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(cluster.Close)
		brokers = strings.Join(cluster.ListenAddrs(), ",")
	}
	transport, err := kafka.Open(t.Context(), kafka.Config{Brokers: strings.Split(brokers, ",")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = transport.Close(context.WithoutCancel(t.Context())) }()
	if err := transport.Provision(t.Context(), 4, doc.address); err != nil {
		t.Fatal(err)
	}
	run := fmt.Sprintf("run%d", time.Now().UnixNano())
	return []string{"-brokers", brokers, "-parameter", doc.parameter, "-group", run, "-prefix", run}
}

// build generates Go from the document, adds the test program and compiles it.
// The sources exist only in an overlay: nothing is written into the tree.
func build(t *testing.T, doc document) string {
	t.Helper()
	file := doc.file(t)
	dir := t.TempDir()
	virtual := filepath.Join(corpus.Module(t), "internal", "endtoend", "virtual", doc.name)
	overlay := map[string]string{}
	for name, text := range generate(t, file) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(virtual, "api", name)] = path
	}
	for _, source := range []string{"program/main.go", doc.name + "/adapter.go"} {
		abs, err := filepath.Abs(filepath.Join("testdata", filepath.FromSlash(source)))
		if err != nil {
			t.Fatal(err)
		}
		overlay[filepath.Join(virtual, filepath.Base(source))] = abs
	}
	return compile(t, dir, "./internal/endtoend/virtual/"+doc.name, overlay)
}

func compile(t *testing.T, dir, pkg string, overlay map[string]string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		t.Fatal(err)
	}
	overlayFile, program := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "program")
	if err := os.WriteFile(overlayFile, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "build", "-overlay", overlayFile, "-o", program, pkg)
	cmd.Dir = corpus.Module(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return program
}

func generate(t *testing.T, file string) map[string][]byte {
	t.Helper()
	loader, err := resolve.NewFiles(filepath.Dir(file))
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.Load(t.Context(), loader, file)
	if len(found) > 0 {
		t.Fatalf("findings: %v", found)
	}
	files, found, err := generator.Generate(doc, generator.Config{Package: "api"})
	if err != nil || len(found) > 0 {
		t.Fatalf("generate: %v, findings %v", err, found)
	}
	out := map[string][]byte{}
	for _, f := range files {
		out[f.Name] = f.Content
	}
	return out
}
