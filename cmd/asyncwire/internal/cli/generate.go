package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/generator"
	"github.com/asyncwire/asyncwire/generator/output"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/templates"
	"github.com/spf13/cobra"
)

type generateOptions struct {
	config  string // file; "" is none given
	check   bool
	flags   config // what the flags say; they win over the file
	hasFlag func(name string) bool
}

func generateCommand(env *Env) *cobra.Command {
	var o generateOptions
	c := &cobra.Command{
		Use:   "generate [FILE]",
		Short: "Write typed Go producers, consumers and envelopes for a document",
		Long: `Generate writes one Go package for a document: types for its payloads and headers,
an envelope for each message, a typed producer and consumer for each operation.
The code stands on github.com/asyncwire/asyncwire/runtime.

Without FILE it reads asyncwire.yaml in the working directory, or the file that
--config names; paths in it are relative to it. Flags win over the file:

  document: asyncapi.yaml       # the only key that must be there
  output: shop                  # directory, by default the file's own
  package: shop                 # by default that of the Go files there, or the directory's name
  types:                        # Go types, instead of asyncwire's, of formats, and of
    uuid: github.com/google/uuid.UUID # every string, number or integer without one
    number: float64             # by default numbers keep every digit
  unknown-members: drop         # by default members that no schema names are kept
  allow-file: [../schemas]      # where references may lead, besides the document's directory
  allow-http: [example.com]     # hosts that references may be fetched from

Only files that changed are written, so build caches stay warm; files that
asyncwire generated and no longer does are removed. A document that is not valid
leaves everything as it is. With --check nothing is written either: the files
that are out of date are listed, and the command fails if there are any.

In a Go module, keep the generator's version with the module and run it by
go generate:

  go get -tool github.com/asyncwire/asyncwire/cmd/asyncwire
  //go:generate go tool asyncwire generate

` + exitHelp,
		Example: `  asyncwire generate asyncapi.yaml -o shop
  asyncwire generate asyncapi.yaml -o internal/events --package events
  asyncwire generate
  asyncwire generate --check`,
		Args:              atMostOneFile,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			o.hasFlag = c.Flags().Changed
			if len(args) > 0 {
				o.flags.Document = args[0]
			}
			if o.hasFlag("package") && !validPackage(o.flags.Package) {
				return fmt.Errorf("--package: %q cannot be the name of a Go package", o.flags.Package)
			}
			if o.check && o.flags.Loading.updateLock {
				return errors.New("--update-lock writes, and --check writes nothing: give one of them")
			}
			return ran(o.run(c.Context(), env))
		},
	}
	o.addFlags(c)
	return c
}

func (o *generateOptions) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.flags.Output, "output", "o", "", "write into this `directory` (default: the working directory, or what the config says)")
	f.StringVar(&o.flags.Package, "package", "", "`name` of the package (default: that of the Go files in the output directory, or its name)")
	f.StringVar(&o.config, "config", "", "read this `file` (default: "+configName+", when FILE is not given)")
	f.BoolVar(&o.check, "check", false, "write nothing; list the files that are out of date and fail if there are any")
	_ = c.MarkFlagDirname("output")
	_ = c.MarkFlagFilename("config", "yaml", "yml", "json")
	o.flags.Loading.addFlags(c)
}

func (o *generateOptions) run(ctx context.Context, env *Env) error {
	cfg, found, err := o.settle(ctx, env)
	if err != nil {
		return err
	}
	var files []templates.File
	if !found.HasErrors() {
		var more diag.List
		if files, more, err = o.generate(ctx, env, cfg); err != nil {
			return err
		}
		found.Add(more...)
	}
	if len(found) > 0 {
		if err := env.render(env.Stdout, "text", found, []string{cfg.Document}); err != nil {
			return err
		}
	}
	if found.HasErrors() {
		env.logf("nothing was written")
		return exitStatus(exitFindings)
	}
	return o.sync(env, cfg, files)
}

// settle joins the config file, if there is to be one, with the flags.
func (o *generateOptions) settle(ctx context.Context, env *Env) (config, diag.List, error) {
	cfg, found, err := o.fromFile(ctx, env)
	if err != nil || found.HasErrors() {
		return cfg, found, err
	}
	if o.flags.Document != "" {
		cfg.Document = o.flags.Document
	}
	if o.hasFlag("output") {
		cfg.Output = o.flags.Output
	}
	if cfg.Output == "" {
		cfg.Output = "."
	}
	if o.hasFlag("package") {
		cfg.Package = o.flags.Package
	}
	cfg.Loading.join(&o.flags.Loading)
	err = o.namePackage(env, &cfg)
	return cfg, found, err
}

// namePackage settles which package it is to be.
func (o *generateOptions) namePackage(env *Env, cfg *config) (err error) {
	there, file := output.Package(cfg.Output)
	if cfg.Package == "" {
		cfg.Package, err = packageFor(env, cfg.Output, there)
	}
	if err == nil && there != "" && there != cfg.Package {
		err = withHelp(fmt.Errorf("%s is of package %s: package %s cannot lie in the same directory", filepath.Join(cfg.Output, file), there, cfg.Package),
			"generate into a directory of its own: asyncwire generate -o DIR, or output in %s", configName)
	}
	return err
}

// fromFile reads the config file where one was named, or where there is no other
// word of what to generate from.
func (o *generateOptions) fromFile(ctx context.Context, env *Env) (config, diag.List, error) {
	path := o.config
	switch {
	case path == "" && o.flags.Document != "":
		return config{}, nil, nil
	case path == "":
		path = configName
	}
	file, err := env.read(ctx, path)
	if o.config == "" && errors.Is(err, fs.ErrNotExist) {
		return config{}, nil, withHelp(fmt.Errorf("there is neither a FILE nor %s in this directory", configName),
			"asyncwire generate asyncapi.yaml -o DIR generates from a document; asyncwire generate --help shows what %s holds", configName)
	}
	if err != nil {
		return config{}, nil, err
	}
	cfg, found := readConfig(file)
	if cfg.Output == "" {
		cfg.Output = filepath.Dir(path)
	}
	return cfg, found, nil
}

// packageFor is the package that belongs into a directory: the one that go
// generate runs for, or that is there, or else the directory's name.
func packageFor(env *Env, dir, there string) (string, error) {
	if name := env.Getenv("GOPACKAGE"); name != "" && filepath.Clean(dir) == "." && validPackage(strings.TrimSuffix(name, "_test")) {
		return strings.TrimSuffix(name, "_test"), nil
	}
	if validPackage(there) {
		return there, nil
	}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	return generator.PackageName(filepath.Base(abs)), nil
}

func (o *generateOptions) generate(ctx context.Context, env *Env, cfg config) ([]templates.File, diag.List, error) {
	doc, found, err := env.load(ctx, cfg.Document, &cfg.Loading)
	if err != nil || doc == nil || found.HasErrors() {
		return nil, found, err
	}
	var more diag.List
	files, err := unlessInterrupted(ctx, func() (files []templates.File, err error) {
		files, more, err = generator.Generate(doc, generator.Config{Package: cfg.Package, Types: cfg.Types, DropUnknown: cfg.Drop})
		return files, err
	})
	if err != nil {
		return nil, nil, err
	}
	return files, append(found, more...), nil
}

// sync brings the directory up to date, or lists what is not.
func (o *generateOptions) sync(env *Env, cfg config, files []templates.File) error {
	if _, err := os.Stat(cfg.Output); err == nil && !isDirectory(cfg.Output) {
		return fmt.Errorf("cannot write into %s: it is not a directory", cfg.Output)
	}
	result, err := output.Sync(cfg.Output, files, o.check)
	var at *fs.PathError
	if errors.As(err, &at) && err == error(at) { // it says nothing of what was to be done
		err = fmt.Errorf("cannot write into %s: %w", cfg.Output, at.Err)
	}
	if err != nil {
		return err
	}
	if o.check {
		return reportStale(env, cfg.Output, result)
	}
	var done []string
	for _, part := range []struct {
		names []string
		what  string
	}{
		{append(result.Created, result.Changed...), "written"},
		{result.Removed, "removed"},
		{result.Unchanged, "unchanged"},
	} {
		if n := len(part.names); n > 0 {
			done = append(done, diag.Counted(n, "file")+" "+part.what)
		}
	}
	env.logf("package %s in %s: %s", cfg.Package, cfg.Output, strings.Join(done, ", "))
	return nil
}

// reportStale lists the files that are out of date.
func reportStale(env *Env, dir string, r output.Result) error {
	if r.UpToDate() {
		return nil
	}
	stale := slices.Concat(r.Created, r.Changed, r.Removed)
	slices.Sort(stale)
	for _, name := range stale {
		if _, err := fmt.Fprintln(env.Stdout, filepath.ToSlash(filepath.Join(dir, name))); err != nil {
			return err
		}
	}
	env.logf("%s out of date: run asyncwire generate", diag.Counted(len(stale), "file"))
	return exitStatus(exitFindings)
}
