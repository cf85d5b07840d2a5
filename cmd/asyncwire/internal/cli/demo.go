package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/asyncwire/asyncwire/cmd/asyncwire/internal/demo"
	"github.com/asyncwire/asyncwire/examples/shop"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/spf13/cobra"
)

type demoOptions struct {
	dir     string
	loading loading
}

func demoCommand(env *Env) *cobra.Command {
	var o demoOptions
	c := &cobra.Command{
		Use:   "demo [FILE]",
		Short: "Show the main job at one stroke, with nothing installed but Go",
		Long: `Demo does for real what asyncwire is for, on a Kafka broker that lives in its own
process:

  1  generates a Go package from the document, and a program that uses it
  2  compiles both with the go command
  3  starts the broker and has the contract tester watch its topics
  4  sends sample traffic through the generated producers and consumers, and
     plants a few messages that break the contract
  5  prints the contract tester's report and compares it with what was planted

It succeeds only if exactly the planted breaches were found. Without FILE it uses
a bundled document, the order system of a small shop. Any document will do that
has an operation whose address can be the name of a Kafka topic; what the traffic
leaves out is said. The folder with the generated code is named and kept.

` + exitHelp,
		Example: `  asyncwire demo
  asyncwire demo -o /tmp/shop
  asyncwire demo asyncapi.yaml`,
		Args:              atMostOneFile,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			return ran(o.run(c.Context(), env, args))
		},
	}
	c.Flags().StringVarP(&o.dir, "output", "o", "", "generate and build in this `directory` (default: a fresh temporary one)")
	_ = c.MarkFlagDirname("output")
	o.loading.addFlags(c)
	return c
}

func (o *demoOptions) run(ctx context.Context, env *Env, args []string) error {
	doc, found, err := o.load(ctx, env, args)
	if err != nil {
		return err
	}
	if found.HasErrors() || doc == nil {
		if err := env.render(env.Stdout, "text", found, args); err != nil {
			return err
		}
		env.logf("the document breaks its own rules: mend it first, then show it")
		return exitStatus(exitFindings)
	}
	steps := newSteps(env)
	outcome, err := demo.Run(ctx, doc, &demo.Options{Dir: o.dir, Step: steps.begin, Seen: steps.seen})
	steps.end(err)
	if err != nil {
		return err
	}
	if err := writeOutcome(env, env.Stdout, outcome); err != nil {
		return err
	}
	if !outcome.Exact() {
		return exitStatus(exitFindings)
	}
	return nil
}

// steps says what the demo is doing: a line for each step, and on a terminal how
// it goes on.
type steps struct {
	line  *progress
	start time.Time
	clock *time.Ticker
	stop  chan struct{}
	done  chan struct{} // closed once nothing is written any more
}

func newSteps(env *Env) *steps {
	s := &steps{
		line: newProgress(env.Stderr), start: time.Now(), clock: time.NewTicker(time.Second),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	go s.tick()
	return s
}

// tick shows the time that has gone by, so that a long step is seen to live.
func (s *steps) tick() {
	defer close(s.done)
	for {
		select {
		case <-s.clock.C:
			s.line.showf("%5.1fs  …", time.Since(s.start).Seconds())
		case <-s.stop:
			return
		}
	}
}

func (s *steps) begin(text string) {
	s.line.logf("%5.1fs  %s", time.Since(s.start).Seconds(), text)
}

func (s *steps) seen(seen, of int) {
	s.line.showf("%5.1fs  %d of %d messages checked", time.Since(s.start).Seconds(), seen, of)
}

// end stops the clock.
func (s *steps) end(err error) {
	s.clock.Stop()
	close(s.stop)
	<-s.done
	if err == nil {
		s.begin("done\n")
	}
	s.line.clear()
}

// load reads the document that was named, or the bundled one.
func (o *demoOptions) load(ctx context.Context, env *Env, args []string) (*spec.Document, diag.List, error) {
	if len(args) > 0 {
		return env.load(ctx, args[0], &o.loading)
	}
	loader, err := resolve.NewFiles(o.loading.files...)
	if err != nil {
		return nil, nil, err
	}
	doc, found := parse.LoadFile(ctx, loader, source.NewFile(shop.Name, []byte(shop.Document())))
	return doc, found, ctx.Err()
}

// writeOutcome prints the contract tester's report and how it compares with the
// plan.
func writeOutcome(env *Env, w io.Writer, o *demo.Outcome) error {
	if err := env.render(w, "text", o.Report.Findings, nil); err != nil {
		return err
	}
	if _, err := fmt.Fprintln(w); err != nil {
		return err
	}
	if err := o.Report.WriteText(w); err != nil {
		return err
	}
	var b strings.Builder
	writeComparison(&b, o)
	_, err := io.WriteString(w, b.String())
	return err
}

// maxExtra is how many findings that nobody planted are listed.
const maxExtra = 10

func writeComparison(b *strings.Builder, o *demo.Outcome) {
	fmt.Fprintf(b, "\n%s sent, %d handled by the generated consumers\n", diag.Counted(len(o.Sent), "message"), o.Handled)
	c := o.Comparison
	for _, m := range c.Found {
		fmt.Fprintf(b, "  planted and found    %s: %s at %s\n", m.Breach, m.Name, o.Where(m))
	}
	for _, m := range c.Missed {
		fmt.Fprintf(b, "  planted, NOT FOUND   %s: %s at %s\n", m.Breach, m.Name, o.Where(m))
	}
	for i, d := range c.Extra {
		if i == maxExtra {
			fmt.Fprintf(b, "  found, NOT PLANTED   %d more\n", len(c.Extra)-maxExtra)
			break
		}
		fmt.Fprintf(b, "  found, NOT PLANTED   %s\n", d)
	}
	for _, text := range o.Faults {
		fmt.Fprintf(b, "  WRONG                %s\n", text)
	}
	for _, text := range o.LeftOut {
		fmt.Fprintf(b, "  left out             %s\n", text)
	}
	fmt.Fprintf(b, "%s\nthe generated code is in %s\n", conclusion(o), o.Dir)
}

func conclusion(o *demo.Outcome) string {
	c := o.Comparison
	switch planted := len(c.Found) + len(c.Missed); {
	case o.Exact():
		return fmt.Sprintf("exactly the planted breaches were found: %d of %d", planted, planted)
	case planted == 0:
		return "nothing could be planted, so nothing was shown"
	case c.Exact():
		return "the planted breaches were found, but something else went wrong"
	default:
		return fmt.Sprintf("%d of %d planted breaches were found, and %d that nobody planted", len(c.Found), planted, len(c.Extra))
	}
}
