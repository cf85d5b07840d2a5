// Package cli is the command line of asyncwire as a function: Main gets the
// world it runs in and its arguments, and returns the exit status. Each
// subcommand is one file: flags, the shared head that reads a document, one call
// into the package that does the work, and an exit status.
//
// Findings go to standard output, everything else (progress, logs, errors) to
// standard error. The scripts in testdata are the manual, by example.
//
// It may import every package of this module.
//
//	os.Exit(cli.Main(ctx, cli.Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}, os.Args[1:]))
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Env is the world a command runs in. All of its fields must be set. Relative
// paths are relative to the process's working directory.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	// Getenv returns the value of an environment variable, "" when unset.
	Getenv func(string) string
}

// The exit statuses of every command.
const (
	exitClean    = 0
	exitFindings = 1
	exitFailure  = 2
)

const exitHelp = `Exit status: 0 when all is well, 1 when there are findings, 2 when the command
was misused, something around it failed, or asyncwire itself is at fault.`

// helpWidth is how many columns the help takes.
const helpWidth = 96

// Main runs one command and returns its exit status: 0 clean, 1 findings, 2
// usage, environment or our own bug. It stops soon after ctx ends. It may be
// called more than once, also at the same time with different Envs.
func Main(ctx context.Context, env Env, args []string) (code int) {
	defer func() {
		if r := recover(); r != nil {
			env.reportBug(r)
			code = exitFailure
		}
	}()
	out := &stdout{to: env.Stdout}
	env.Stdout = out
	root := newRoot(&env)
	root.SetArgs(args)
	c, err := root.ExecuteContextC(ctx)
	if unwritten := out.failed(); unwritten != nil && (err == nil || isStatus(err) || errors.Is(err, unwritten)) {
		err = ran(fmt.Errorf("the output could not be written: %w", unwritten))
	}
	return env.exit(c, err)
}

// stdout is standard output. It remembers that it could not be written: not all that
// writes there, such as the help of a command, says so.
type stdout struct {
	to io.Writer

	mu  sync.Mutex
	err error
}

func (o *stdout) Write(b []byte) (int, error) {
	n, err := o.to.Write(b)
	if err != nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.err = cmp.Or(o.err, err)
	}
	return n, err
}

// failed returns the first error of writing.
func (o *stdout) failed() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// isStatus tells whether an error is an exit status, and was reported.
func isStatus(err error) bool {
	var status exitStatus
	return errors.As(err, &status)
}

func newRoot(env *Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "asyncwire",
		Short: "Typed Go from AsyncAPI documents, and live traffic held to them",
		Long: `asyncwire reads AsyncAPI documents (2.0 to 3.1, YAML or JSON) and makes them work:

  lint      says what is wrong with a document, and where
  show      shows what a document describes, as a tree or as JSON
  fmt       lays documents out in the canonical way
  edit      changes values of documents, and nothing else in them
  check     holds JSON files to a schema, of a document or by itself
  generate  writes typed Go producers, consumers and envelopes
  verify    watches a broker and says which messages break the document
  dlq       lists dead letters, sends them back, or lets them go
  log       looks into durable logs on the disk, checks, copies and cuts them
  demo      shows all of it at one stroke, with nothing installed but Go

Findings go to standard output, progress and logs to standard error.

` + exitHelp,
		Example: `  asyncwire demo
  asyncwire lint asyncapi.yaml
  asyncwire generate asyncapi.yaml -o shop
  asyncwire verify asyncapi.yaml --broker kafka://localhost:9092 --for 1m`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommand,
		RunE: func(c *cobra.Command, _ []string) error {
			c.SetOut(env.Stderr)
			_ = c.Help()
			return ran(exitStatus(exitFailure))
		},
	}
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	root.Version = version()
	root.SetVersionTemplate("asyncwire {{.Version}}\n")
	root.SetHelpCommand(helpCommand())
	root.AddCommand(lintCommand(env), showCommand(env), fmtCommand(env), editCommand(env), checkCommand(env), generateCommand(env), verifyCommand(env), dlqCommand(env), logCommand(env), demoCommand(env),
		versionCommand(env))
	describeCompletion(root)
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", fmt.Sprintf(".FlagUsagesWrapped %d", helpWidth)))
	root.SetFlagErrorFunc(flagError)
	return root
}

// describeCompletion makes cobra's completion command teach as the others do.
func describeCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Long += "\n" + exitHelp
			c.Args, c.RunE = noCommand, func(*cobra.Command, []string) error { return errors.New("no shell is named") }
			for _, shell := range c.Commands() {
				write := shell.RunE
				shell.RunE = func(c *cobra.Command, args []string) error { return ran(write(c, args)) }
			}
			c.Example = `  source <(asyncwire completion bash)
  asyncwire completion zsh > "${fpath[1]}/_asyncwire"
  asyncwire completion fish | source`
		}
	}
}

// helpCommand is --help for those who write it in front.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Explain a command",
		RunE: func(c *cobra.Command, args []string) error {
			of, rest, err := c.Root().Find(args)
			if err == nil && len(rest) > 0 {
				err = noCommand(c.Root(), rest)
			}
			if err != nil {
				return err
			}
			return of.Help()
		},
	}
}

// noCommand is for the root: what follows it and is no command is a slip.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := fmt.Errorf("unknown command %q", args[0])
	var names []string
	for _, c := range root.Commands() {
		names = append(names, c.Name())
	}
	near := diag.Nearest(args[0], names)
	if !root.HasParent() && near == "" {
		near = otherNames[args[0]]
	}
	if near != "" {
		return withHelp(err, "did you mean %s?", near)
	}
	if root.HasParent() {
		return withHelp(err, "want %s", diag.OrList(names))
	}
	return err
}

// otherNames are what other tools call these commands.
var otherNames = map[string]string{
	"validate": "lint", "gen": "generate", "codegen": "generate", "format": "fmt", "set": "edit", "test": "verify", "watch": "verify",
	"deadletter": "dlq", "logs": "log", "print": "show",
}

// flagError helps with a slip in the name of a flag.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	switch {
	case !errors.As(err, &unknown):
		return err
	case unknown.GetSpecifiedShortnames() != "":
		return withHelp(err, "%s --help says how it is used; a FILE whose name begins with - goes behind --", c.CommandPath())
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if near := diag.Nearest(unknown.GetSpecifiedName(), names); near != "" {
		return withHelp(err, "did you mean --%s?", near)
	}
	return err
}

// exitStatus is the error of a command that has said all there is to say.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// runError marks what a command returned once its arguments were understood:
// every other error is one of usage.
type runError struct{ error }

func (e runError) Unwrap() error { return e.error }

// ran marks err, which may be nil, as coming from the command itself.
func ran(err error) error {
	if err == nil {
		return nil
	}
	return runError{err}
}

// hinted is an error that knows the way out.
type hinted struct {
	error
	help string
}

func (e hinted) Unwrap() error { return e.error }

// withHelp adds the way out to an error.
func withHelp(err error, format string, args ...any) error {
	return hinted{err, fmt.Sprintf(format, args...)}
}

// exit prints what is left to print of what c returned, and returns the exit
// status.
func (e *Env) exit(c *cobra.Command, err error) int {
	if err == nil {
		return exitClean
	}
	var status exitStatus
	if errors.As(err, &status) {
		return int(status)
	}
	if errors.Is(err, context.Canceled) {
		e.logf("asyncwire: interrupted")
		return exitFailure
	}
	var run runError
	if helped := e.complain(err); !helped && !errors.As(err, &run) {
		e.logf("  help: %s --help says how it is used", c.CommandPath())
	}
	return exitFailure
}

// complain writes an error to standard error, with the way out if it knows it.
func (e *Env) complain(err error) (helped bool) {
	e.logf("asyncwire: %v", err)
	var help hinted
	if errors.As(err, &help) {
		e.logf("  help: %s", help.help)
		return true
	}
	return false
}

// logf writes one line to standard error.
func (e *Env) logf(format string, args ...any) {
	_, _ = fmt.Fprintf(e.Stderr, format+"\n", args...)
}

func (e *Env) reportBug(r any) {
	stack := debug.Stack()
	if c, ok := r.(*crash); ok {
		stack = c.stack
	}
	e.logf("asyncwire: this is a bug in asyncwire: %v\n\n%s", r, stack)
	e.logf("please report it, with the text above and the document if you can share it:\nhttps://%s/issues", modulePath)
}

// colour tells whether w is a terminal that wants colours.
func (e *Env) colour(w io.Writer) bool {
	_, ok := terminal(w)
	return ok && e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
}
