package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/spec/diag"
)

func logVerifyCommand(env *Env) *cobra.Command {
	format := choice{value: "text", allowed: []string{"text", "ndjson"}}
	c := &cobra.Command{
		Use:   "verify DIR",
		Short: "Read every record of a log and say what is damaged",
		Long: `Verify reads every record of a log, its indexes and the positions of its groups, and
prints a line for each thing that is wrong: what, which topic, partition and
offset, which byte of which file. It changes nothing.

  damaged-record     bytes are not what was written
  missing-records    a file, or a part of it, is gone
  lost-position      a group is beyond the end: messages it had are gone
  damaged-positions  nobody knows where a group was
  wrong-index        found again by itself; no finding
  waiting-units      what the journal has and the segments lack yet, after a crash
                     or at this moment: who writes puts it there; no finding

` + exitHelp,
		Example: `  asyncwire log verify /var/lib/shop
  asyncwire log verify /backup/shop --format ndjson`,
		Args: dirs("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			return withLog(c.Context(), args[0], false, func(l *eventlog.Log) error {
				return verifyLog(c.Context(), env, format.value, l)
			})
		},
	}
	addChoice(c, &format, "format", "what to print")
	return c
}

// problemRow is a problem in NDJSON.
type problemRow struct {
	Code      string `json:"code"`
	Topic     string `json:"topic,omitempty"`
	Partition int32  `json:"partition"`
	Offset    int64  `json:"offset"`
	Group     string `json:"group,omitempty"`
	File      string `json:"file"`
	Byte      int64  `json:"byte"`
	Message   string `json:"message"`
	Harmless  bool   `json:"harmless,omitempty"`
}

func verifyLog(ctx context.Context, env *Env, format string, l *eventlog.Log) error {
	found := 0
	var failed error
	v, err := l.Verify(ctx, func(p eventlog.Problem) {
		if !p.Harmless {
			found++
		}
		r := problemRow{p.Code, p.Address, p.Partition, p.Offset, p.Group, p.Path, p.Position, p.Message, p.Harmless}
		if format == "ndjson" {
			failed = errors.Join(failed, writeLines(env.Stdout, []problemRow{r}))
			return
		}
		_, err := fmt.Fprintln(env.Stdout, r)
		failed = errors.Join(failed, err)
	})
	if err = errors.Join(err, failed); err != nil {
		return err
	}
	env.logf("%s in %s, %s read: %s", diag.Counted(int(v.Messages), "message"), diag.Counted(v.Partitions, "partition"), bytesText(v.Bytes),
		problemsText(found))
	if found > 0 {
		return exitStatus(exitFindings)
	}
	return nil
}

func problemsText(n int) string {
	if n == 0 {
		return "no damage"
	}
	return diag.Counted(n, "problem")
}

// String is the problem in a line.
func (r problemRow) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d: %s", r.File, r.Byte, r.Code)
	if r.Topic != "" {
		fmt.Fprintf(&b, " at %s %d/%d", visible(r.Topic), r.Partition, r.Offset)
	}
	return b.String() + ": " + visible(r.Message)
}

// bytesText writes a size for people.
func bytesText(n int64) string {
	for _, u := range []struct {
		size int64
		name string
	}{{1 << 30, "GB"}, {1 << 20, "MB"}, {1 << 10, "KB"}} {
		if n >= u.size {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.size), u.name)
		}
	}
	return diag.Counted(int(n), "byte")
}

func logBackupCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "backup DIR TO",
		Short: "Copy a log, also while it is written",
		Long: `Backup copies a log into the directory TO, which must not exist or be empty, in a
directory that is there: the messages that were durable when it came to their
partition, every record checked, and where the groups are. TO appears when it is
complete. It is a log itself, that ls, cat and verify can read.

` + exitHelp,
		Example: `  asyncwire log backup /var/lib/shop /backup/shop-monday`,
		Args:    dirs("DIR", "TO"),
		RunE: func(c *cobra.Command, args []string) error {
			to, err := newLogDir(args[1])
			if err != nil {
				return err
			}
			return withLog(c.Context(), args[0], false, func(l *eventlog.Log) error {
				b, err := l.Backup(c.Context(), to)
				if err == nil {
					env.logf("%s backed up", contentsOf(b))
				}
				return err
			})
		},
	}
}

// contentsOf says what a backup holds.
func contentsOf(b *eventlog.Backup) string {
	return fmt.Sprintf("%s of %s, and %s", diag.Counted(int(b.Messages()), "message"), diag.Counted(len(b.Topics), "topic"),
		diag.Counted(b.Groups, "group"))
}

func logRestoreCommand(env *Env) *cobra.Command {
	return &cobra.Command{
		Use:   "restore BACKUP DIR",
		Short: "Make a log of a backup",
		Long: `Restore makes a log of a backup in the directory DIR, which must not exist or be
empty, in a directory that is there. Every record is checked, and the whole against what the backup says of
itself. DIR appears when it is complete.

` + exitHelp,
		Example: `  asyncwire log restore /backup/shop-monday /var/lib/shop`,
		Args:    dirs("BACKUP", "DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			from, err := logDir(args[0])
			if err != nil {
				return err
			}
			to, err := newLogDir(args[1])
			if err != nil {
				return err
			}
			b, err := eventlog.Restore(c.Context(), from, to)
			if errors.Is(err, driver.ErrNotFound) {
				err = withHelp(err, "asyncwire log backup makes one")
			}
			if err == nil {
				env.logf("%s restored", contentsOf(b))
			}
			return ran(err)
		},
	}
}

type logTruncateOptions struct {
	topic        string
	partition    optionalNumber
	from, before optionalNumber
	dryRun, yes  bool
}

func logTruncateCommand(env *Env) *cobra.Command {
	var o logTruncateOptions
	c := &cobra.Command{
		Use:   "truncate DIR",
		Short: "Drop messages of a partition, at its end or at its beginning",
		Long: `Truncate drops messages of one partition for good. --from drops those at an offset
and beyond, such as what was published by mistake; groups that were further go
back to it. --before drops the oldest ones, in whole files: as many as have
nothing else.

--dry-run says what would be dropped, and --yes drops it. No service may write
the log meanwhile, and no group that has to go back may have a consumer.

` + exitHelp,
		Example: `  asyncwire log truncate /var/lib/shop --topic orders --partition 0 --from 1200 --dry-run
  asyncwire log truncate /var/lib/shop --topic orders --partition 0 --from 1200 --yes
  asyncwire log truncate /var/lib/shop --topic orders --partition 0 --before 900 --yes`,
		Args: dirs("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := o.check(); err != nil {
				return err
			}
			return withLog(c.Context(), args[0], o.yes, func(l *eventlog.Log) error { return o.run(env, l) })
		},
	}
	f := c.Flags()
	f.StringVar(&o.topic, "topic", "", "the topic, by `address`")
	f.Var(&o.partition, "partition", "the partition's number")
	f.Var(&o.from, "from", "drop the messages from this offset on")
	f.Var(&o.before, "before", "drop the messages before this offset")
	f.BoolVar(&o.dryRun, "dry-run", false, "say what would be dropped")
	f.BoolVar(&o.yes, "yes", false, "do it")
	return c
}

func (o *logTruncateOptions) check() error {
	switch {
	case o.topic == "" || !o.partition.set:
		return errors.New("it is not said which partition: give --topic and --partition")
	case o.from.set && o.before.set:
		return errors.New("give --from or --before, not both")
	case !o.from.set && !o.before.set:
		return errors.New("it is not said what to drop: give --from or --before")
	}
	return decided(o.yes, o.dryRun)
}

func (o *logTruncateOptions) run(env *Env, l *eventlog.Log) error {
	topics, err := l.Topics()
	if err != nil {
		return err
	}
	if err := missingTopic([]string{o.topic}, topicNames(topics)); err != nil {
		return err
	}
	partition := int(o.partition.value)
	start, end, err := l.Bounds(o.topic, partition)
	if errors.Is(err, driver.ErrNotFound) {
		err = withHelp(err, "asyncwire log ls says which topics and partitions there are")
	}
	if err != nil {
		return err
	}
	if o.from.set {
		if !o.dryRun {
			err = l.Truncate(o.topic, partition, o.from.value)
		}
		if err == nil {
			o.say(env, max(start, o.from.value), end)
		}
		return err
	}
	if o.dryRun {
		o.say(env, start, min(o.before.value, end))
		env.logf("those in a file with later ones stay")
		return nil
	}
	left, err := l.DropBefore(o.topic, partition, o.before.value)
	if err == nil {
		o.say(env, start, left)
	}
	return err
}

// say says which offsets go.
func (o *logTruncateOptions) say(env *Env, from, to int64) {
	how := "dropped"
	if o.dryRun {
		how = "would be dropped"
	}
	if from >= to {
		env.logf("%s %d: nothing %s", visible(o.topic), o.partition.value, how)
		return
	}
	env.logf("%s %d: %s %s, offsets %d to %d", visible(o.topic), o.partition.value, diag.Counted(int(to-from), "message"), how, from, to-1)
}
