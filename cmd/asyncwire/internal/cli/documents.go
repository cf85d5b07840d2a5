package cli

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/spf13/cobra"
)

// stdinName is how findings about standard input name their file.
const stdinName = "<stdin>"

// load is the head of every command: it reads the document at path, "-" being
// standard input, with what it references as far as l allows. The error tells
// that the document cannot be read at all; what is wrong with its text are
// findings.
func (e *Env) load(ctx context.Context, path string, l *loading) (*spec.Document, diag.List, error) {
	file, err := e.read(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	loader, err := l.loader(path, file)
	if err != nil {
		return nil, nil, err
	}
	var found diag.List
	doc, err := unlessInterrupted(ctx, func() (doc *spec.Document, _ error) {
		doc, found = parse.LoadFile(ctx, loader, file)
		return doc, ctx.Err()
	})
	if err != nil {
		return nil, nil, err
	}
	return doc, found, l.finish(e, loader, found)
}

// displayName is what messages call the file at path.
func displayName(path string) string {
	if path == "-" {
		return stdinName
	}
	return path
}

// read reads the file at path, "-" being standard input. It is there that
// Ctrl-C must end a wait. The error names the file.
func (e *Env) read(ctx context.Context, path string) (*source.File, error) {
	file, err := unlessInterrupted(ctx, func() (*source.File, error) {
		if path == "-" {
			return resolve.ReadFrom(e.Stdin, stdinName, ".")
		}
		return resolve.ReadFile(path)
	})
	if err == nil {
		return file, nil
	}
	err = fmt.Errorf("cannot read %s: %w", displayName(path), err)
	if isDirectory(path) {
		return nil, withHelp(err, "name a file in it, such as %s", filepath.Join(path, "asyncapi.yaml"))
	}
	return nil, err
}

// addFormat adds the flag that says how findings are written.
func addFormat(c *cobra.Command, to *choice) {
	*to = choice{value: "text", allowed: render.Formats()}
	addChoice(c, to, "format", "how to write the findings")
}

// render writes findings about inputs to w, and what kept some of them from
// being judged.
func (e *Env) render(w io.Writer, format string, found diag.List, inputs []string, unjudged ...render.Unjudged) error {
	shown := make([]string, len(inputs))
	for i, name := range inputs {
		shown[i] = displayName(name)
	}
	o := &render.Options{
		Tool: "asyncwire", Version: version(), URL: "https://" + modulePath, Color: e.colour(w), Inputs: shown, Rules: rules(), Unjudged: unjudged,
	}
	return render.Render(w, format, found.Sorted(), o)
}

// rules describes the lint rules that may be behind findings.
func rules() []render.Rule {
	var out []render.Rule
	for _, r := range lint.All() {
		out = append(out, render.Rule{Code: r.Code, Severity: r.Severity, Title: r.Title, Doc: r.Doc})
	}
	return out
}
