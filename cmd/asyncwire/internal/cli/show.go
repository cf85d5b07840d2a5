package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/show"
	"github.com/spf13/cobra"
)

type showOptions struct {
	format               choice
	places               bool
	channels, operations []string
	loading              loading
}

func showCommand(env *Env) *cobra.Command {
	var o showOptions
	c := &cobra.Command{
		Use:   "show FILE",
		Short: "Show what a document describes",
		Long: `Show prints the application that a document describes as a tree: its servers, its
channels with their addresses, and its operations with their messages and
replies. → is what the application sends, ← what it receives. References are
followed and traits applied, whatever version of AsyncAPI the document is
written in.

With --format json it prints the whole model, which is the same for a document
of AsyncAPI 2.x and its translation into 3.x. docs/model.md describes it.

FILE may be - for standard input; references in it are then relative to the
working directory. Findings go to standard error: what could be read is shown
all the same.

` + exitHelp,
		Example: `  asyncwire show asyncapi.yaml
  asyncwire show asyncapi.yaml --channel orders.placed
  asyncwire show asyncapi.yaml --format json | jq '.operations[].id'
  asyncwire show asyncapi.yaml --format json --places > model.json`,
		Args:              o.args,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			return ran(o.run(c.Context(), env, args[0]))
		},
	}
	o.format = choice{value: "tree", allowed: []string{"tree", "json"}}
	addChoice(c, &o.format, "format", "what to print")
	c.Flags().BoolVar(&o.places, "places", false, "with --format json: say where each object stands in the text, and the ids it has there")
	c.Flags().Var((*list)(&o.channels), "channel",
		"show only this channel, by `name` or address, and the operations on it; may be given several times")
	c.Flags().Var((*list)(&o.operations), "operation",
		"show only this operation, by `id`, and its channels; may be given several times")
	o.loading.addFlags(c)
	return c
}

func (o *showOptions) args(c *cobra.Command, args []string) error {
	if o.places && o.format.value != "json" {
		return errors.New("--places goes with --format json")
	}
	return oneFile(c, args)
}

func (o *showOptions) run(ctx context.Context, env *Env, file string) error {
	doc, found, err := env.load(ctx, file, &o.loading)
	if err != nil {
		return err
	}
	if err := env.render(env.Stderr, "text", found, []string{file}); err != nil {
		return err
	}
	if doc != nil {
		if doc, err = o.part(doc); err != nil {
			return err
		}
		if err := o.write(ctx, env.Stdout, doc); err != nil {
			return fmt.Errorf("cannot show %s: %w", displayName(file), err)
		}
	}
	if doc == nil || found.HasErrors() {
		return exitStatus(exitFindings)
	}
	return nil
}

// part is what of the document is asked for.
func (o *showOptions) part(doc *spec.Document) (*spec.Document, error) {
	if len(o.channels)+len(o.operations) == 0 {
		return doc, nil
	}
	part, unknown := show.Only(doc, o.channels, o.operations)
	if len(unknown) == 0 {
		return part, nil
	}
	err := fmt.Errorf("the document has no channel or operation %q", unknown[0])
	var names []string
	for _, c := range doc.Channels {
		names = append(names, c.Key.Value, c.Address.Value)
	}
	for _, p := range doc.Operations {
		names = append(names, p.Key.Value)
	}
	if near := diag.Nearest(unknown[0], names); near != "" {
		return nil, withHelp(err, "did you mean %q?", near)
	}
	return nil, err
}

func (o *showOptions) write(ctx context.Context, w io.Writer, doc *spec.Document) error {
	width, _ := terminal(w)
	w = interruptible{ctx, w}
	switch {
	case o.format.value == "tree":
		return show.Tree(w, doc, width)
	case o.places:
		return spec.DumpPlaces(w, doc)
	}
	return spec.Dump(w, doc)
}

// interruptible stops writing when its context ends: a small document can stand
// for a huge model.
type interruptible struct {
	ctx context.Context
	to  io.Writer
}

// Write is io.Writer.
func (w interruptible) Write(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.to.Write(p)
}
