// Package demo does the whole job of asyncwire at one stroke, for real: it
// starts a Kafka broker in this process, generates Go from a document, compiles
// it, sends traffic through the generated producers and consumers, breaks the
// contract now and then, has the contract tester watch all of it, and holds its
// findings against what was broken on purpose.
//
// It may import every package of this module except cli.
//
//	outcome, err := demo.Run(ctx, doc, &demo.Options{Step: func(text string) { log.Println(text) }})
//	if err == nil && outcome.Exact() {
//		fmt.Println("exactly the planted breaches were found")
//	}
package demo

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/generator/ir"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/templates"
)

// How long the parts may take. All of it is local: what takes longer hangs.
const (
	runLimit   = time.Minute
	watchLimit = 2 * time.Minute
	settle     = 10 * time.Second // for the last messages to be seen
)

// Options says where to build and whom to keep informed. The zero value builds
// in a fresh temporary folder and informs nobody.
type Options struct {
	// Dir is the folder to build in. It must be empty, not there yet, or an
	// earlier demo's.
	Dir string
	// Step, when set, is told of each step as it begins.
	Step func(text string)
	// Seen, when set, is told how many of the messages the contract tester has
	// seen. It is called from another goroutine.
	Seen func(seen, of int)
}

// Outcome is what came of a demo.
type Outcome struct {
	Dir        string // where the generated code is
	Report     *contracttest.Report
	Sent       []*Message
	LeftOut    []string // what the traffic does not cover, and why
	Handled    int      // messages that the generated consumers handled
	Faults     []string // what else went wrong; empty when all is well
	Comparison *Comparison
	lies       map[string]position
}

// Where names the place of a message on the broker.
func (o *Outcome) Where(m *Message) string { return o.lies[m.ID].where() }

// Exact tells whether exactly the planted breaches were found, and there were
// any, and nothing else went wrong.
func (o *Outcome) Exact() bool {
	return len(o.Comparison.Found) > 0 && o.Comparison.Exact() && len(o.Faults) == 0
}

// ErrNothing is what Run's error matches when a document has nothing that the
// demo could send.
var ErrNothing = errors.New("the document has nothing to send over Kafka")

// Run runs the demo until it is done or ctx ends. The folder is kept, everything
// else is gone when it returns; when ctx ended, so is a temporary folder. The
// error tells what kept the demo from coming to an outcome.
func Run(ctx context.Context, doc *spec.Document, o *Options) (*Outcome, error) {
	r := &runner{doc: doc, options: *o}
	if r.options.Step == nil {
		r.options.Step = func(string) {}
	}
	if r.options.Seen == nil {
		r.options.Seen = func(int, int) {}
	}
	out, err := r.run(ctx)
	if ctx.Err() != nil && err != nil {
		r.workspace.remove()
	}
	return out, err
}

func (r *runner) run(ctx context.Context) (*Outcome, error) {
	for _, step := range []func(context.Context) error{r.plan, r.write, r.build} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return r.exchange(ctx)
}

// runner is one demo on its way.
type runner struct {
	doc       *spec.Document
	options   Options
	pkg       *ir.Package
	traffic   *traffic
	workspace *workspace
}

func (r *runner) stepf(format string, args ...any) {
	r.options.Step(fmt.Sprintf(format, args...))
}

// plan decides the Go package and the traffic before anything is started.
func (r *runner) plan(context.Context) error {
	pkg, found := generator.Plan(r.doc, generator.Config{})
	if found.HasErrors() {
		return fmt.Errorf("no code can be generated: %s", found.Sorted()[0])
	}
	r.pkg, r.traffic = pkg, planTraffic(r.doc, pkg)
	if len(r.traffic.messages) == 0 {
		return fmt.Errorf("%w: %s", ErrNothing, strings.Join(r.traffic.leftOut, "; "))
	}
	return nil
}

// write generates the package, a program that exercises it, and a module around
// both.
func (r *runner) write(context.Context) error {
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	m, err := newModule(dir)
	if err != nil {
		return err
	}
	if r.workspace, err = openWorkspace(r.options.Dir); err != nil {
		return err
	}
	r.stepf("generating Go package %s into %s", r.pkg.Name, r.workspace.dir)
	files := map[string][]byte{"go.mod": m.mod, "go.sum": m.sum}
	generated, err := templates.Render(r.pkg)
	if err != nil {
		return err
	}
	for _, f := range generated {
		files[path.Join(r.pkg.Name, f.Name)] = f.Content
	}
	program, err := templates.RenderExercise(r.pkg, demoModule+"/"+r.pkg.Name)
	if err != nil {
		return err
	}
	files[program.Name] = program.Content
	for name, content := range files {
		if err := r.workspace.write(name, content); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) build(ctx context.Context) error {
	r.stepf("compiling it with go build")
	return r.workspace.build(ctx)
}

// exchange sends the traffic through the built program while the contract tester
// watches, and compares what it says with what was planted.
func (r *runner) exchange(ctx context.Context) (*Outcome, error) {
	topics := r.traffic.addresses()
	r.stepf("starting a Kafka broker in this process, with %d topics of %d partitions", len(topics), partitions)
	b, err := startBroker(ctx, topics)
	if err != nil {
		return nil, err
	}
	defer b.close(ctx)
	w := r.watch(ctx, b)
	defer w.stop()
	if err := w.ready(ctx); err != nil {
		return nil, err
	}
	r.stepf("sending %d messages through the generated producers and consumers, %d of them broken on purpose",
		len(r.traffic.messages), len(r.traffic.planted()))
	out := &Outcome{Dir: r.workspace.dir, Sent: r.traffic.messages, LeftOut: r.traffic.leftOut}
	if out.Handled, out.Faults, err = r.exercise(ctx, b); err != nil {
		return nil, err
	}
	if out.Report, err = w.report(ctx); err != nil {
		return nil, err
	}
	return out, r.conclude(ctx, b, out)
}

// conclude holds the report against what was planted.
func (r *runner) conclude(ctx context.Context, b *broker, out *Outcome) error {
	ctx, cancel := context.WithTimeout(ctx, settle)
	defer cancel()
	r.stepf("comparing what was found with what was planted")
	planted := r.traffic.planted()
	var err error
	if out.lies, err = b.positions(ctx, planted); err != nil {
		return err
	}
	out.Comparison = compare(planted, out.lies, out.Report.Findings)
	if out.Report.Seen != len(out.Sent) {
		out.Faults = append(out.Faults, fmt.Sprintf("%d messages were sent, but the contract tester saw %d", len(out.Sent), out.Report.Seen))
	}
	return nil
}

// watching is a contract tester at work.
type watching struct {
	started chan struct{} // closed when every position is taken
	ended   chan struct{} // closed when the rest is set
	cancel  context.CancelFunc
	result  *contracttest.Report
	err     error
}

// watch starts the contract tester.
func (r *runner) watch(ctx context.Context, b *broker) *watching {
	r.stepf("watching the topics with the contract tester")
	ctx, cancel := context.WithCancel(ctx)
	w := &watching{started: make(chan struct{}), ended: make(chan struct{}), cancel: cancel}
	all := len(r.traffic.messages)
	go func() {
		defer close(w.ended)
		w.result, w.err = contracttest.Verify(ctx, r.doc, b.transport, &contracttest.Options{
			For: watchLimit, Max: all, Start: driver.StartEarliest,
			Ready:    func([]string) { close(w.started) },
			Progress: func(seen int) { r.options.Seen(seen, all) },
		})
	}()
	return w
}

func (w *watching) ready(ctx context.Context) error {
	select {
	case <-w.started:
		return nil
	case <-w.ended:
		return fmt.Errorf("the contract tester ended before it began: %w", w.err)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop ends the watch. Stopping twice is harmless.
func (w *watching) stop() {
	w.cancel()
	<-w.ended
}

// report waits until all messages were seen, but not for ever.
func (w *watching) report(ctx context.Context) (*contracttest.Report, error) {
	timer := time.NewTimer(settle)
	defer timer.Stop()
	select {
	case <-w.ended:
	case <-timer.C:
	case <-ctx.Done():
	}
	w.stop()
	return w.result, errors.Join(w.err, ctx.Err())
}
