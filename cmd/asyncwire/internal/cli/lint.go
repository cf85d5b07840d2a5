package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/spf13/cobra"
)

type lintOptions struct {
	format, failOn choice
	loading        loading
	fix            bool
}

func lintCommand(env *Env) *cobra.Command {
	var o lintOptions
	c := &cobra.Command{
		Use:   "lint FILE…",
		Short: "Say what is wrong with documents, and where",
		Long: `Lint reads documents and the files they reference, and reports every mistake in
one run: broken YAML or JSON, unknown and missing fields, references that point
at nothing, and what the rules say. A finding names file, line and column, and
how to mend it.

FILE may be - for standard input; references in it are then relative to the
working directory. References are followed into files below the document's own
directory: --allow-file opens further directories. Nothing is fetched over the
network but from hosts that --allow-http names. With a lock file beside the
document (--update-lock writes one) every run reads the same texts.

With --fix, what can be mended without a doubt is mended in the files first, such
as a slip in a key that is like one other key alone, and said on standard error;
the findings are those that are left. Nothing else in the files changes, and no
other files do.

Only findings of severity error make the command fail, unless --fail-on says
otherwise. A file that cannot be read does not keep the others from being
checked.

` + exitHelp,
		Example: `  asyncwire lint asyncapi.yaml
  asyncwire lint services/*/asyncapi.yaml --fail-on warning
  asyncwire lint asyncapi.yaml --fix
  asyncwire lint api/asyncapi.yaml --allow-file schemas
  asyncwire lint asyncapi.yaml --allow-http schemas.example.com --update-lock
  asyncwire lint asyncapi.yaml --format sarif > findings.sarif
  curl -s https://example.com/asyncapi.yaml | asyncwire lint -`,
		Args:              someFiles,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			if o.fix && slices.Contains(args, "-") {
				return errors.New("standard input cannot be mended: leave out --fix")
			}
			return ran(o.run(c.Context(), env, args))
		},
	}
	addFormat(c, &o.format)
	o.failOn = choice{value: diag.Error.String(), allowed: []string{diag.Error.String(), diag.Warning.String(), diag.Info.String()}}
	addChoice(c, &o.failOn, "fail-on", "the mildest severity that makes the command fail")
	o.loading.addFlags(c)
	c.Flags().BoolVar(&o.fix, "fix", false, "mend in the files what can be mended, and report what is left")
	return c
}

func (o *lintOptions) run(ctx context.Context, env *Env, files []string) error {
	files = withoutRepeats(files)
	unwritable := 0
	if o.fix {
		var err error
		if unwritable, err = o.mendAll(ctx, env, files); err != nil {
			return err
		}
	}
	var found diag.List
	var unreadable []render.Unjudged
	for _, file := range files {
		doc, f, err := env.load(ctx, file, &o.loading)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			env.complain(err)
			unreadable = append(unreadable, render.Unjudged{Input: displayName(file), Why: err.Error()})
			continue
		}
		found.Add(f...)
		f, err = unlessInterrupted(ctx, func() (diag.List, error) { return rulesOn(doc), nil })
		if err != nil {
			return err
		}
		found.Add(f...)
	}
	found = found.Sorted()
	if err := env.render(env.Stdout, o.format.value, found, files, unreadable...); err != nil {
		return err
	}
	if _, ok := terminal(env.Stderr); ok && len(found) == 0 && o.format.value == "text" {
		env.logf("%s: %s", diag.Counted(len(files)-len(unreadable), "document"), render.Summary(found))
	}
	return o.status(found, len(unreadable)+unwritable)
}

// rulesOn is what the rules say about a document, which may be none.
func rulesOn(doc *spec.Document) diag.List {
	if doc == nil {
		return nil
	}
	return lint.Run(doc, lint.All())
}

// status is what findings, and files that could not be read or written, make of
// the command.
func (o *lintOptions) status(found diag.List, failed int) error {
	severity, err := diag.ParseSeverity(o.failOn.value)
	switch {
	case err != nil:
		return err
	case failed > 0:
		return exitStatus(exitFailure)
	case found.AtLeast(severity) > 0:
		return exitStatus(exitFindings)
	}
	return nil
}

// withoutRepeats keeps the first of several names of one file.
func withoutRepeats(files []string) []string {
	var out []string
	for _, f := range files {
		if !slices.ContainsFunc(out, func(o string) bool { return filepath.Clean(o) == filepath.Clean(f) }) {
			out = append(out, f)
		}
	}
	return out
}
