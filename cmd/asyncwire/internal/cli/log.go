package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// logCommand is the parent of the commands about logs on this machine's disk.
func logCommand(env *Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "log",
		Short: "Look into durable logs on the disk, check them, back them up, cut them",
		Long: `Log works with the logs that services keep in a directory, the transport
file:///dir:

  ls        says which topics, partitions and groups there are
  cat       prints messages
  verify    reads every record and says what is damaged
  backup    copies a log, also while it is written
  restore   makes a log of a backup
  truncate  drops messages, at the end or at the beginning

DIR is the directory, or its URL. All but truncate, and restore in its new
directory, write nothing and take no lock, and may run beside the service. They
see what is durable.

` + exitHelp,
		Example: `  asyncwire log ls /var/lib/shop
  asyncwire log cat /var/lib/shop --topic orders --since 10m
  asyncwire log verify /var/lib/shop
  asyncwire log backup /var/lib/shop /backup/shop`,
		Args: noCommand,
		RunE: func(*cobra.Command, []string) error {
			return withHelp(errors.New("no command is named"), "want ls, cat, verify, backup, restore or truncate")
		},
	}
	c.AddCommand(logListCommand(env), logCatCommand(env), logVerifyCommand(env), logBackupCommand(env), logRestoreCommand(env),
		logTruncateCommand(env))
	return c
}

// logDir reads a DIR, which may be a URL.
func logDir(text string) (string, error) {
	if strings.HasPrefix(strings.ToLower(text), "file:") {
		return eventlog.Path(text)
	}
	return text, nil
}

// newLogDir reads the DIR that a log is put in. It is made, but not what it is to be in: a
// slip in a path would fill another disk.
func newLogDir(text string) (string, error) {
	dir, err := logDir(text)
	if err != nil {
		return "", err
	}
	parent := filepath.Dir(filepath.Clean(dir))
	if info, err := os.Stat(parent); err != nil || !info.IsDir() {
		return "", ran(withHelp(fmt.Errorf("%s: there is no directory %s", dir, parent), "make it first, if it is no slip"))
	}
	return dir, nil
}

// withLog opens the log that DIR names, for reading unless it is said
// otherwise, and calls f with it.
func withLog(ctx context.Context, text string, write bool, f func(*eventlog.Log) error) (err error) {
	dir, err := logDir(text)
	if err != nil {
		return err
	}
	if !eventlog.IsLog(dir) {
		return noLog(dir)
	}
	l, err := eventlog.Open(dir, &eventlog.Options{ReadOnly: !write})
	if err != nil {
		return ran(locked(err))
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
		defer cancel()
		err = ran(errors.Join(err, l.Close(ctx)))
	}()
	return locked(f(l))
}

// noLog is the error of a directory without a log.
func noLog(dir string) error {
	return ran(withHelp(fmt.Errorf("%s holds no log", dir), "name the directory that the service opens as file:///dir"))
}

// locked says what to do about a lock.
func locked(err error) error {
	if errors.Is(err, eventlog.ErrLocked) {
		return withHelp(err, "stop %s first", holder(err))
	}
	return err
}

// holder says who has a log, as far as that is known.
func holder(err error) string {
	var held *eventlog.LockedError
	if errors.As(err, &held) && held.Process > 0 {
		return fmt.Sprintf("the service that has it, %s (process %d)", held.Program, held.Process)
	}
	return "the service that has it"
}

// dirs returns a check that so many directories are named.
func dirs(names ...string) func(*cobra.Command, []string) error {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fmt.Errorf("no %s is named", names[len(args)])
		case len(args) > len(names):
			err := fmt.Errorf("%q is one word too many", args[len(names)])
			if c.Flags().Lookup("topic") != nil {
				return withHelp(err, "name topics with --topic, such as --topic %s", args[len(names)])
			}
			return err
		case slices.Contains(args, ""):
			return fmt.Errorf("%s is empty", names[slices.Index(args, "")])
		}
		return nothingEmpty(c, args)
	}
}

type logListOptions struct {
	format choice
	topics []string
}

func logListCommand(env *Env) *cobra.Command {
	o := logListOptions{format: choice{value: "text", allowed: []string{"text", "ndjson"}}}
	c := &cobra.Command{
		Use:     "ls DIR",
		Aliases: []string{"list"},
		Short:   "Say which topics, partitions and groups a log has",
		Long: `Ls says which topics and partitions a log has: the oldest offset that is kept, the
one that the next message gets, how many files and bytes they take; and where
each consumer group is, and how far behind the end.

` + exitHelp,
		Example: `  asyncwire log ls /var/lib/shop
  asyncwire log ls file:///var/lib/shop --topic orders --format ndjson`,
		Args: dirs("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			return withLog(c.Context(), args[0], false, func(l *eventlog.Log) error { return o.run(env, l) })
		},
	}
	addChoice(c, &o.format, "format", "what to print")
	c.Flags().Var((*list)(&o.topics), "topic", "only this topic, by `address`; may be given several times")
	return c
}

// logRow is what ls says of a partition, or of a group in one; in NDJSON as it
// stands here.
type logRow struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Start     int64  `json:"start"`
	End       int64  `json:"end"`
	Segments  int    `json:"segments"`
	Bytes     int64  `json:"bytes"`
}

type groupRow struct {
	Group     string `json:"group"`
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	Position  int64  `json:"position"`
	Behind    int64  `json:"behind"`
}

func (o *logListOptions) run(env *Env, l *eventlog.Log) error {
	rows, err := o.partitions(l)
	if err != nil {
		return err
	}
	groups, err := o.groups(l, rows)
	if err != nil {
		return err
	}
	if o.format.value == "ndjson" {
		return errors.Join(writeLines(env.Stdout, rows), writeLines(env.Stdout, groups))
	}
	if len(rows) == 0 {
		env.logf("no topics")
	}
	return writeLog(env.Stdout, rows, groups)
}

func (o *logListOptions) wants(topic string) bool {
	return len(o.topics) == 0 || slices.Contains(o.topics, topic)
}

// partitions makes the rows of topics.
func (o *logListOptions) partitions(l *eventlog.Log) ([]logRow, error) {
	topics, err := l.Topics()
	if err != nil {
		return nil, err
	}
	var rows []logRow
	for _, t := range topics {
		for i, p := range t.Partitions {
			if o.wants(t.Address) {
				rows = append(rows, logRow{t.Address, int32(i), p.Start, p.End, p.Segments, p.Bytes})
			}
		}
	}
	return rows, missingTopic(o.topics, topicNames(topics))
}

// topicNames are the addresses of topics.
func topicNames(topics []eventlog.TopicInfo) []string {
	var names []string
	for _, t := range topics {
		names = append(names, t.Address)
	}
	return names
}

// missingTopic is the error of asking for a topic that is not there.
func missingTopic(asked, there []string) error {
	for _, t := range asked {
		if slices.Contains(there, t) {
			continue
		}
		err := fmt.Errorf("the log has no topic %q", t)
		if near := diag.Nearest(t, there); near != "" {
			return withHelp(err, "did you mean %s?", near)
		}
		return withHelp(err, "asyncwire log ls says which topics there are")
	}
	return nil
}

// groups makes the rows of groups.
func (o *logListOptions) groups(l *eventlog.Log, partitions []logRow) ([]groupRow, error) {
	names, err := l.Groups()
	if err != nil {
		return nil, err
	}
	var rows []groupRow
	for _, g := range names {
		positions, err := l.Positions(g)
		if err != nil {
			return nil, err
		}
		for _, p := range positions {
			i := slices.IndexFunc(partitions, func(r logRow) bool { return r.Topic == p.Address && r.Partition == p.Partition })
			if i >= 0 {
				behind := partitions[i].End - max(p.Offset, partitions[i].Start)
				rows = append(rows, groupRow{g, p.Address, p.Partition, p.Offset, max(behind, 0)})
			}
		}
	}
	return rows, nil
}

// writeLines prints one JSON object a line.
func writeLines[T any](w io.Writer, rows []T) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, r := range rows {
		if err := enc.Encode(r); err != nil {
			return err
		}
	}
	return nil
}

// writeLog prints the tables.
func writeLog(w io.Writer, rows []logRow, groups []groupRow) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	if len(rows) > 0 {
		fmt.Fprintln(t, "TOPIC\tPARTITION\tSTART\tEND\tFILES\tBYTES")
	}
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\n", visible(r.Topic), r.Partition, r.Start, r.End, r.Segments, r.Bytes)
	}
	if err := t.Flush(); err != nil || len(groups) == 0 {
		return err
	}
	fmt.Fprintln(t, "\nGROUP\tTOPIC\tPARTITION\tPOSITION\tBEHIND")
	for _, r := range groups {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\n", visible(r.Group), visible(r.Topic), r.Partition, r.Position, r.Behind)
	}
	return t.Flush()
}
