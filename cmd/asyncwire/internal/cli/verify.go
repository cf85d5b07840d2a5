package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
)

// closeTimeout is how long we wait for a broker to say goodbye.
const closeTimeout = 5 * time.Second

type verifyOptions struct {
	server, broker string
	variables      map[string]string
	channels       []string
	duration       period
	limit          most
	from, format   choice
	formats        choice // whether formats are checked
	output         string
	allowEmpty     bool
	loading        loading
	keys           keyring
}

func verifyCommand(env *Env) *cobra.Command {
	o := verifyOptions{from: choice{value: "latest", allowed: []string{"latest", "earliest"}}}
	c := &cobra.Command{
		Use:   "verify FILE",
		Short: "Watch a broker and say which messages break the document",
		Long: `Verify watches the topics of the document's channels, matches every message that
passes to the document, and checks its payload and headers against their
schemas. It takes no part: no consumer group is joined, nothing is acknowledged
and nothing is created.

It watches until Ctrl-C, --for or --max, and then reports per channel and message
what was seen, what passed, what failed, what could not be checked and why, and
what the document does not know. A finding names the broken rule, the place in
the message and in the document, and topic, partition and offset.

Where to watch is --server, a server of the document, or --broker, any address.
Without either it is the document's only server. What a server's security asks
for comes from the environment and from files, never from the command line:

  plain, scramSha256, scramSha512   ASYNCWIRE_USERNAME and ASYNCWIRE_PASSWORD
  X509                              --tls-cert and --tls-key
  kafka-secure                      TLS, with --tls-ca for an authority of your own

What lies at the retry and dead letter addresses of the document
(x-asyncwire-delivery) is counted apart, by the class of its failure.

Seeing no message at all is not a pass, unless --allow-empty says so; nor is
seeing messages of which none could be checked.

` + exitHelp,
		Example: `  asyncwire verify asyncapi.yaml --broker kafka://localhost:9092
  asyncwire verify asyncapi.yaml --server development --for 30s
  asyncwire verify asyncapi.yaml --server production --var cluster=dub --channel payments
  asyncwire verify asyncapi.yaml --from earliest --max 10000 --format junit -o report.xml`,
		Args:              oneFile,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			o.keys.username, o.keys.password = env.Getenv(usernameVariable), env.Getenv(passwordVariable)
			return o.run(c.Context(), env, args[0])
		},
	}
	o.addFlags(env, c)
	return c
}

func (o *verifyOptions) addFlags(env *Env, c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.server, "server", "", "watch this `server` of the document")
	f.StringVar(&o.broker, "broker", "", "watch the broker at this `address`: kafka://host:port, several as kafka://host:port,host:port, or a log as file:///dir")
	f.StringToStringVar(&o.variables, "var", nil, "value of a variable in the server's host, as `name=value`; may be given several times")
	f.Lookup("var").DefValue = ""
	f.Var((*list)(&o.channels), "channel", "watch only the channel with this `id`; may be given several times")
	f.Var(&o.duration, "for", "how long to watch, such as 30s or 5m (default: until Ctrl-C)")
	f.Var(&o.limit, "max", "stop after this `number` of messages (default: all)")
	addChoice(c, &o.from, "from", "where to begin in topics that exist already: with what comes from now on, or with the oldest message")
	addFormat(c, &o.format)
	addFormatAssertion(c, &o.formats)
	f.StringVarP(&o.output, "output", "o", "", "write the report to this `file` instead of standard output")
	f.BoolVar(&o.allowEmpty, "allow-empty", false, "seeing no message is fine")
	f.StringVar(&o.keys.cert, "tls-cert", "", "PEM `file` with the client certificate")
	f.StringVar(&o.keys.key, "tls-key", "", "PEM `file` with the client certificate's key")
	f.StringVar(&o.keys.ca, "tls-ca", "", "PEM `file` with the authorities that may vouch for the broker (default: the system's)")
	o.loading.addFlags(c)
	complete(c, "server", env.fromDocument(serverNames))
	complete(c, "channel", env.fromDocument(channelIDs))
}

// fromDocument completes a flag with names of the document on the command line.
func (e *Env) fromDocument(names func(*spec.Document) []string) func(*cobra.Command, []string) []string {
	return func(c *cobra.Command, args []string) []string {
		if len(args) == 0 {
			return nil
		}
		doc, _, err := e.load(c.Context(), args[0], &loading{})
		if err != nil || doc == nil {
			return nil
		}
		return names(doc)
	}
}

func channelIDs(doc *spec.Document) []string {
	var out []string
	for _, c := range doc.Channels {
		out = append(out, c.Key.Value)
	}
	return out
}

func (o *verifyOptions) run(ctx context.Context, env *Env, file string) error {
	if err := o.check(); err != nil {
		return err
	}
	doc, found, err := env.load(ctx, file, &o.loading)
	if err != nil {
		return ran(err)
	}
	if found.HasErrors() || doc == nil {
		return ran(o.refuse(env, file, found))
	}
	where, err := o.endpoint(doc)
	if err != nil {
		return ran(err)
	}
	sink, err := openSink(env.Stdout, o.output)
	if err != nil {
		return ran(err)
	}
	report, watchErr := o.watch(ctx, env, doc, where)
	if report == nil {
		return ran(errors.Join(watchErr, sink.discard()))
	}
	if err := sink.write(func(w io.Writer) error { return o.write(env, w, report, file, watchErr) }); err != nil {
		return ran(err)
	}
	if watchErr != nil {
		return ran(lacking(watchErr))
	}
	return ran(o.verdict(env, report))
}

// refuse reports a document that nothing can be held to.
func (o *verifyOptions) refuse(env *Env, file string, found diag.List) error {
	sink, err := openSink(env.Stdout, o.output)
	if err != nil {
		return err
	}
	err = sink.write(func(w io.Writer) error { return env.render(w, o.format.value, found, []string{file}) })
	if err != nil {
		return err
	}
	env.logf("%s breaks its own rules: mend it first, then watch", displayName(file))
	return exitStatus(exitFindings)
}

// check finds flags that contradict one another.
func (o *verifyOptions) check() error {
	switch {
	case o.broker != "" && o.server != "":
		return errors.New("give --server or --broker, not both")
	case o.broker != "" && len(o.variables) > 0:
		return errors.New("--var is for the variables of a server: --broker has none")
	}
	return nil
}

func (o *verifyOptions) endpoint(doc *spec.Document) (*endpoint, error) {
	if o.broker != "" {
		return brokerEndpoint(o.broker)
	}
	return serverEndpoint(doc, o.server, o.variables)
}

// watch opens the endpoint and verifies what passes there. The report may be
// there beside an error.
func (o *verifyOptions) watch(ctx context.Context, env *Env, doc *spec.Document, where *endpoint) (*contracttest.Report, error) {
	way, err := o.keys.target(where)
	if err != nil {
		return nil, err
	}
	row, _ := transportFor(where.scheme)
	t, err := row.open(ctx, way)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", where, err)
	}
	defer closeTransport(ctx, t)
	line := newProgress(env.Stderr)
	defer line.clear()
	report, err := contracttest.Verify(ctx, doc, t, &contracttest.Options{
		Server: where.server, Channels: o.channels, For: time.Duration(o.duration), Max: int(o.limit), Start: o.start(),
		Schemas: schemaOptions(o.formats),
		Ready: func(addresses []string) {
			line.logf("watching %s: %s", where, o.plan(addresses))
			line.showf("no message yet")
		},
		Progress: func(seen int) { line.showf("%s seen", diag.Counted(seen, "message")) },
	})
	if err != nil {
		err = fmt.Errorf("%s: %w", where, err)
	}
	return report, err
}

func closeTransport(ctx context.Context, t driver.Transport) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	_ = t.Close(ctx) // nothing was written: there is nothing to lose
}

func (o *verifyOptions) start() driver.Start {
	if o.from.value == "earliest" {
		return driver.StartEarliest
	}
	return driver.StartLatest
}

// maxListed is how many topics are named when watching begins.
const maxListed = 10

// plan says what is watched and when that ends.
func (o *verifyOptions) plan(addresses []string) string {
	what := "none of the document's topics exists yet"
	if n := len(addresses); n > maxListed {
		what = fmt.Sprintf("%s and %d more", strings.Join(addresses[:maxListed], ", "), n-maxListed)
	} else if n > 0 {
		what = strings.Join(addresses, ", ")
	}
	var ends []string
	if o.duration > 0 {
		ends = append(ends, o.duration.String())
	}
	if o.limit > 0 {
		ends = append(ends, diag.Counted(int(o.limit), "message"))
	}
	if len(ends) == 0 {
		return what + " (until Ctrl-C)"
	}
	return what + " (for " + strings.Join(ends, " or ") + ")"
}

func (o *verifyOptions) write(env *Env, w io.Writer, r *contracttest.Report, file string, watchErr error) error {
	if o.format.value == "json" {
		return r.WriteJSON(w)
	}
	if err := env.render(w, o.format.value, r.Findings, []string{file}, o.unjudged(r, file, watchErr)...); err != nil || o.format.value != "text" {
		return err
	}
	if len(r.Findings) > 0 {
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return r.WriteText(w)
}

// lacking is the error of a watch that did not see all there was.
func lacking(err error) error { return fmt.Errorf("the report may lack messages: %w", err) }

// unjudged tells why a report without findings is no pass.
func (o *verifyOptions) unjudged(r *contracttest.Report, file string, watchErr error) []render.Unjudged {
	var why string
	switch {
	case watchErr != nil:
		why = lacking(watchErr).Error()
	case o.passes(r) || r.Findings.HasErrors():
		return nil
	default:
		why = o.tally(r)
	}
	return []render.Unjudged{{Input: displayName(file), Why: why}}
}

// verdict says in a line how the watch went and gives the exit status.
func (o *verifyOptions) verdict(env *Env, r *contracttest.Report) error {
	env.logf("%s", o.tally(r))
	if o.passes(r) {
		return nil
	}
	return exitStatus(exitFindings)
}

// passes tells whether the contract was seen to be kept.
func (o *verifyOptions) passes(r *contracttest.Report) bool {
	if r.Seen == 0 {
		return o.allowEmpty
	}
	return r.Clean() && r.Passed > 0
}

// tally is a report in a line.
func (o *verifyOptions) tally(r *contracttest.Report) string {
	switch {
	case r.Seen == 0 && o.allowEmpty:
		return "no message was seen"
	case r.Seen == 0:
		return "no message was seen, so nothing was checked (--allow-empty lets that pass)"
	case !r.Clean():
		return fmt.Sprintf("%d of %s broke the contract", r.Failed+r.Unknown, diag.Counted(r.Seen, "message"))
	case r.Passed == 0:
		return diag.Counted(r.Seen, "message") + " seen, but none could be checked in full"
	}
	return diag.Counted(r.Seen, "message") + " seen, none broke the contract"
}

// sink is where a report goes: standard output or a file, which is tried before
// the watch begins, so that no report is lost to a slip in its name.
type sink struct {
	w    io.Writer
	file string
	made bool // the file was not there before
}

func openSink(stdout io.Writer, file string) (*sink, error) {
	if file == "" {
		return &sink{w: stdout}, nil
	}
	_, err := os.Stat(file)
	s := &sink{file: file, made: errors.Is(err, fs.ErrNotExist)}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("--output: %w", err)
	}
	return s, f.Close()
}

func (s *sink) write(report func(io.Writer) error) error {
	if s.file == "" {
		return report(s.w)
	}
	f, err := os.Create(s.file)
	if err != nil {
		return err
	}
	return errors.Join(report(f), f.Close())
}

// discard leaves no empty file behind when there is no report.
func (s *sink) discard() error {
	if s.made {
		return os.Remove(s.file)
	}
	return nil
}
