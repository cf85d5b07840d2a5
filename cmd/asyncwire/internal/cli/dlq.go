package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/asyncwire/asyncwire/runtime/driver"
)

// dlqCommand is the parent of the commands about dead letters.
func dlqCommand(env *Env) *cobra.Command {
	c := &cobra.Command{
		Use:   "dlq",
		Short: "List dead letters, show them, send them back, or let them go",
		Long: `Dlq works with the dead letters of an address: messages that a consumer could not
handle, with the reason, its class, how often it was tried and where the message
came from in their headers.

  list     says which there are
  show     shows one, with its headers and its payload
  redrive  sends some back to where they came from
  drop     lets some go

A log cannot take single messages out. What was redriven or dropped is noted in an
address of its own, ADDRESS.settled, by partition and offset, and is not listed
any more; the letters themselves stay until their retention ends.

` + exitHelp,
		Example: `  asyncwire dlq list orders.dead --broker kafka://localhost:9092
  asyncwire dlq show orders.dead 0/17 --broker kafka://localhost:9092
  asyncwire dlq redrive orders.dead --class timeout --yes --broker kafka://localhost:9092`,
		Args: noCommand,
		RunE: func(*cobra.Command, []string) error {
			return withHelp(errors.New("no command is named"), "want list, show, redrive or drop")
		},
	}
	c.AddCommand(dlqListCommand(env), dlqShowCommand(env), dlqSettleCommand(env, redriven), dlqSettleCommand(env, dropped))
	return c
}

// dlqOptions is what the commands about dead letters share.
type dlqOptions struct {
	broker string
	keys   keyring
	choose selection
}

// addFlags adds how to get there.
func (o *dlqOptions) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.broker, "broker", "", "the broker's `address`: kafka://host:port, several as kafka://host:port,host:port, or a log as file:///dir")
	f.StringVar(&o.keys.cert, "tls-cert", "", "PEM `file` with the client certificate")
	f.StringVar(&o.keys.key, "tls-key", "", "PEM `file` with the client certificate's key")
	f.StringVar(&o.keys.ca, "tls-ca", "", "PEM `file` with the authorities that may vouch for the broker (default: the system's)")
}

// oneAddress demands exactly one ADDRESS.
func oneAddress(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("no ADDRESS of dead letters is named")
	case len(args) > 1:
		err := fmt.Errorf("one ADDRESS at a time, not also %q", args[1])
		if c.Flags().Lookup("at") != nil {
			return withHelp(err, "choose among its letters with flags, such as --at %s", args[1])
		}
		return err
	case args[0] == "":
		return errors.New("ADDRESS is empty")
	}
	return nothingEmpty(c, args)
}

// open connects and calls f with the dead letters of an address.
func (o *dlqOptions) open(ctx context.Context, address string, f func(*letters) error) error {
	if o.broker == "" {
		return withHelp(errors.New("no broker is named"), "say where the letters are with --broker kafka://host:port or file:///dir")
	}
	where, err := brokerEndpoint(o.broker)
	if err != nil {
		return err
	}
	way, err := o.keys.target(where)
	if err != nil {
		return ran(err)
	}
	row, _ := transportFor(where.scheme)
	t, err := row.open(ctx, way)
	if err != nil {
		return ran(fmt.Errorf("%s: %w", where, err))
	}
	defer closeTransport(ctx, t)
	l, err := readLetters(ctx, t, address)
	if err == nil {
		err = f(l)
	}
	var status exitStatus
	if err != nil && !errors.As(err, &status) {
		err = fmt.Errorf("%s: %w", where, err)
	}
	return ran(err)
}

type dlqListOptions struct {
	dlqOptions
	format  choice
	settled bool
	limit   most
}

func dlqListCommand(env *Env) *cobra.Command {
	o := dlqListOptions{limit: 1000, format: choice{value: "text", allowed: []string{"text", "ndjson"}}}
	c := &cobra.Command{
		Use:     "list ADDRESS",
		Aliases: []string{"ls"},
		Short:   "Say which dead letters an address has",
		Long: `List says which dead letters an address has: where each lies, its id and key, why
and how often it failed, and where it came from. Those that were redriven or
dropped are left out, unless --settled asks for them.

It reads what is there when it begins, and changes nothing.

` + exitHelp,
		Example: `  asyncwire dlq list orders.dead --broker kafka://localhost:9092
  asyncwire dlq list orders.dead --class timeout --format ndjson --broker kafka://localhost:9092`,
		Args: oneAddress,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), env, args[0]) },
	}
	o.addFlags(c)
	o.choose.addFlags(c, "list")
	addChoice(c, &o.format, "format", "what to print")
	c.Flags().BoolVar(&o.settled, "settled", false, "list those that were redriven or dropped too")
	c.Flags().Var(&o.limit, "limit", "list at most this `number`, the oldest of a partition first, or all")
	return c
}

func (o *dlqListOptions) run(ctx context.Context, env *Env, address string) error {
	if err := o.choose.check(); err != nil {
		return err
	}
	return o.open(ctx, address, func(l *letters) error {
		var rows []letterRow
		more := 0
		err := l.each(ctx, o.settled, func(m *driver.Message, how string) error {
			if !o.choose.wants(l, m) {
				return nil
			}
			if o.limit > 0 && len(rows) >= int(o.limit) {
				more++
				return nil
			}
			rows = append(rows, l.row(m, how))
			return nil
		})
		if err != nil {
			return err
		}
		sortRows(rows)
		if err := writeRows(env.Stdout, o.format.value, rows); err != nil {
			return err
		}
		env.logf("%s", tallyLetters(len(rows), more, l.quiet))
		return nil
	})
}

type dlqShowOptions struct {
	dlqOptions
	format choice
}

func dlqShowCommand(env *Env) *cobra.Command {
	o := dlqShowOptions{format: choice{value: "text", allowed: []string{"text", "json"}}}
	c := &cobra.Command{
		Use:   "show ADDRESS LETTER",
		Short: "Show one dead letter with its headers and payload",
		Long: `Show prints one dead letter: what list says of it, its headers and its payload.
LETTER is where it lies, as list shows it (0/17), or its id. Characters that a
terminal would obey are shown as escapes; --format json has a payload that is not
JSON as text or, when it is no text either, in base64.

` + exitHelp,
		Example: `  asyncwire dlq show orders.dead 0/17 --broker kafka://localhost:9092
  asyncwire dlq show orders.dead 4b7c1a --format json --broker kafka://localhost:9092`,
		Args: oneLetter,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), env, args[0], args[1]) },
	}
	o.addFlags(c)
	addChoice(c, &o.format, "format", "what to print")
	return c
}

// oneLetter demands an ADDRESS and a LETTER.
func oneLetter(c *cobra.Command, args []string) error {
	if len(args) == 1 {
		return withHelp(errors.New("no LETTER is named"), "name it by its place, such as 0/17, or by its id; dlq list says both")
	}
	if len(args) > 2 {
		return fmt.Errorf("one LETTER at a time, not also %q", args[2])
	}
	if len(args) == 0 || args[0] == "" {
		return oneAddress(c, args[:min(len(args), 1)])
	}
	if args[1] == "" {
		return errors.New("LETTER is empty")
	}
	return nothingEmpty(c, args)
}

func (o *dlqShowOptions) run(ctx context.Context, env *Env, address, letter string) error {
	return o.open(ctx, address, func(l *letters) error {
		found := 0
		err := l.each(ctx, true, func(m *driver.Message, how string) error {
			if at := placeOf(m); at.String() != letter && l.idOf(m) != letter {
				return nil
			}
			found++
			return writeLetter(env.Stdout, o.format.value, l.row(m, how), m)
		})
		if err != nil {
			return err
		}
		if found == 0 {
			env.logf("%s has no letter %s", visible(address), visible(letter))
			env.logf("  help: asyncwire dlq list says which there are; its --settled shows those that are done with too")
			return exitStatus(exitFindings)
		}
		return nil
	})
}
