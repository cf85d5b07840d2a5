package cli

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
)

type logCatOptions struct {
	format        choice
	topics        []string
	partition     optionalNumber
	from          optionalNumber
	since         moment
	key           string
	limit         most
	follow, skips bool
}

func logCatCommand(env *Env) *cobra.Command {
	o := logCatOptions{format: choice{value: "text", allowed: []string{"text", "ndjson"}}}
	c := &cobra.Command{
		Use:   "cat DIR",
		Short: "Print the messages of a log",
		Long: `Cat prints the messages of a log: topic by topic and partition by partition, each
in the order of its offsets, as a line with the place, the time, the key and the
value. With --format ndjson a line is a JSON object with the headers too.

It ends at the end of the log, or with --follow when it is interrupted. It stops
at damage; --skip-damage goes on behind it, says what was left out, and still
exits with 1.

` + exitHelp,
		Example: `  asyncwire log cat /var/lib/shop --topic orders
  asyncwire log cat /var/lib/shop --topic orders --partition 2 --from 1000 --limit 10
  asyncwire log cat /var/lib/shop --since 2024-05-01T12:00:00Z --format ndjson | jq .key
  asyncwire log cat /var/lib/shop --key order-42 --follow`,
		Args: dirs("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if o.from.set && o.since.set() {
				return errors.New("give --from or --since, not both")
			}
			return withLog(c.Context(), args[0], false, func(l *eventlog.Log) error { return o.run(c.Context(), env, l) })
		},
	}
	f := c.Flags()
	addChoice(c, &o.format, "format", "what to print")
	f.Var((*list)(&o.topics), "topic", "only this topic, by `address`; may be given several times")
	f.Var(&o.partition, "partition", "only the partition with this number")
	f.Var(&o.from, "from", "begin each partition at this offset")
	f.Var(&o.since, "since", "begin each partition with the first message that is not older: a time such as 2024-05-01T12:00:00Z, or how long ago, such as 10m")
	f.StringVar(&o.key, "key", "", "only messages with this `key`")
	f.Var(&o.limit, "limit", "stop after this `number` of messages (default: all)")
	f.BoolVar(&o.follow, "follow", false, "go on with what is published, until Ctrl-C")
	f.BoolVar(&o.skips, "skip-damage", false, "go on behind damage")
	return c
}

// catting is a running cat.
type catting struct {
	*logCatOptions
	env     *Env
	log     *eventlog.Log
	out     *bufio.Writer
	readers []*eventlog.Reader
	printed int
	damaged bool
}

func (o *logCatOptions) run(ctx context.Context, env *Env, l *eventlog.Log) error {
	c := &catting{logCatOptions: o, env: env, log: l, out: bufio.NewWriter(env.Stdout)}
	defer func() {
		for _, r := range c.readers {
			r.Close()
		}
	}()
	err := c.open()
	if err == nil {
		err = c.print(ctx)
	}
	if c.follow && errors.Is(err, context.Canceled) && ctx.Err() != nil {
		err = nil // that is how following ends
	}
	if err = errors.Join(err, c.out.Flush()); err != nil {
		return err
	}
	if c.damaged {
		return exitStatus(exitFindings)
	}
	return nil
}

// open makes the readers.
func (c *catting) open() error {
	topics, err := c.log.Topics()
	if err != nil {
		return err
	}
	for _, t := range topics {
		if len(c.topics) > 0 && !slices.Contains(c.topics, t.Address) {
			continue
		}
		for i := range t.Partitions {
			if c.partition.set && int64(i) != c.partition.value {
				continue
			}
			r, err := c.reader(t.Address, i)
			if err != nil {
				return err
			}
			c.readers = append(c.readers, r)
		}
	}
	if err := missingTopic(c.topics, topicNames(topics)); err != nil || !c.partition.set || len(c.readers) > 0 {
		return err
	}
	return withHelp(fmt.Errorf("there is no partition %d", c.partition.value), "asyncwire log ls says which topics and partitions there are")
}

func (c *catting) reader(topic string, partition int) (*eventlog.Reader, error) {
	at := c.from.value
	if c.since.set() {
		var err error
		if at, err = c.log.OffsetAt(topic, partition, c.since.time()); err != nil {
			return nil, err
		}
	}
	return c.log.Reader(topic, partition, at)
}

// print prints what there is, and with --follow what comes.
func (c *catting) print(ctx context.Context) error {
	for {
		for _, r := range c.readers {
			if err := c.drain(ctx, r); err != nil || c.full() {
				return err
			}
		}
		if !c.follow {
			return nil
		}
		if err := c.out.Flush(); err != nil {
			return err
		}
		if len(c.readers) == 0 {
			return withHelp(errors.New("there is nothing to follow"), "asyncwire log ls says which topics and partitions there are")
		}
		wait, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
		err := c.readers[0].Wait(wait)
		cancel()
		if err != nil && ctx.Err() != nil {
			return nil
		}
	}
}

func (c *catting) full() bool { return c.limit > 0 && c.printed >= int(c.limit) }

// drain prints a partition to its end.
func (c *catting) drain(ctx context.Context, r *eventlog.Reader) error {
	for ctx.Err() == nil {
		batch, err := r.Read()
		if err != nil {
			if err = c.damage(r, err); err != nil {
				return err
			}
			continue
		}
		if len(batch) == 0 {
			return nil
		}
		for _, m := range batch {
			if c.key != "" && string(m.Key) != c.key {
				continue
			}
			if err := c.message(m); err != nil {
				return err
			}
			if c.printed++; c.full() {
				return nil
			}
		}
	}
	return ctx.Err()
}

// damage goes past damage if that is wanted.
func (c *catting) damage(r *eventlog.Reader, err error) error {
	if !errors.Is(err, eventlog.ErrCorrupt) {
		return err
	}
	c.damaged = true
	if !c.skips {
		c.env.logf("asyncwire: %v", err)
		c.env.logf("  help: --skip-damage goes on behind it; asyncwire log verify shows all damage")
		return errors.Join(c.out.Flush(), exitStatus(exitFindings))
	}
	from, to, skipped := r.Skip()
	c.env.logf("offsets %d to %d are left out: %v", from, to-1, err)
	return skipped
}

// message prints one message.
func (c *catting) message(m *driver.Message) error {
	if c.format.value == "ndjson" {
		return writeLines(c.out, []catRow{rowOf(m)})
	}
	key, value := "-", "(no value)"
	if m.Key != nil {
		key = visible(string(m.Key))
	}
	if m.Value != nil {
		value = visible(string(m.Value))
	}
	_, err := fmt.Fprintf(c.out, "%s %d/%d  %s  %s  %s\n", visible(m.Address), m.Partition, m.Offset,
		m.Time.Time().Format(time.RFC3339Nano), cmp.Or(key, `""`), value)
	return err
}

// catRow is a message in NDJSON.
type catRow struct {
	Topic         string          `json:"topic"`
	Partition     int32           `json:"partition"`
	Offset        int64           `json:"offset"`
	Time          time.Time       `json:"time"`
	Key           *string         `json:"key,omitempty"`
	KeyBase64     []byte          `json:"keyBase64,omitempty"`
	Headers       []catHeader     `json:"headers,omitempty"`
	Payload       json.RawMessage `json:"payload,omitempty"`
	PayloadText   *string         `json:"payloadText,omitempty"`
	PayloadBase64 []byte          `json:"payloadBase64,omitempty"`
}

type catHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

func rowOf(m *driver.Message) catRow {
	r := catRow{Topic: m.Address, Partition: m.Partition, Offset: m.Offset, Time: m.Time.Time()}
	switch key := string(m.Key); {
	case m.Key == nil:
	case utf8.ValidString(key):
		r.Key = &key
	default:
		r.KeyBase64 = m.Key
	}
	for _, h := range m.Headers {
		r.Headers = append(r.Headers, catHeader{h.Key, string(h.Value)})
	}
	switch text := string(m.Value); {
	case m.Value == nil:
	case json.Valid(m.Value):
		r.Payload = m.Value
	case utf8.ValidString(text):
		r.PayloadText = &text
	default:
		r.PayloadBase64 = m.Value
	}
	return r
}

// optionalNumber is a flag whose value is a number from 0 on, or not given.
type optionalNumber struct {
	value int64
	set   bool
}

// String is part of pflag.Value.
func (n *optionalNumber) String() string {
	if !n.set {
		return ""
	}
	return strconv.FormatInt(n.value, 10)
}

// Type is part of pflag.Value.
func (n *optionalNumber) Type() string { return "number" }

// Set is part of pflag.Value.
func (n *optionalNumber) Set(text string) error {
	v, err := strconv.ParseInt(text, 10, 64)
	if err != nil || v < 0 {
		return errors.New("want a number, such as 0 or 1000")
	}
	n.value, n.set = v, true
	return nil
}

// moment is a flag whose value is a time, or how long ago it was.
type moment struct {
	text string
	at   time.Time
	ago  time.Duration
}

func (m *moment) set() bool { return m.text != "" }

func (m *moment) time() time.Time {
	if m.at.IsZero() {
		return time.Now().Add(-m.ago)
	}
	return m.at
}

// String is part of pflag.Value.
func (m *moment) String() string { return m.text }

// Type is part of pflag.Value.
func (m *moment) Type() string { return "time" }

// Set is part of pflag.Value.
func (m *moment) Set(text string) error {
	at, err := time.Parse(time.RFC3339, text)
	if err == nil {
		*m = moment{text: text, at: at}
		return nil
	}
	ago, err := time.ParseDuration(text)
	if err != nil || ago < 0 {
		return errors.New("want a time, such as 2024-05-01T12:00:00Z, or how long ago, such as 10m")
	}
	*m = moment{text: text, ago: ago}
	return nil
}
