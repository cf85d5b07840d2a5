package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/asyncwire/asyncwire/runtime"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/eventlog"
	"github.com/asyncwire/asyncwire/spec/diag"
)

// What can become of a dead letter.
const (
	redriven = "redriven"
	dropped  = "dropped"
)

// selection says which dead letters are meant: those for which all that is
// given holds.
type selection struct {
	all            bool
	at, ids        []string
	reason         string
	class          choice
	origin, group  string
	handler, types string
}

func (s *selection) addFlags(c *cobra.Command, verb string) {
	f := c.Flags()
	f.Var((*list)(&s.at), "at", verb+" the letter at this `place`, such as 0/17; may be given several times")
	f.Var((*list)(&s.ids), "id", verb+" the letter with this message `id`; may be given several times")
	f.StringVar(&s.reason, "reason", "", verb+" those whose reason contains this `text`")
	for _, known := range runtime.Classes() {
		s.class.allowed = append(s.class.allowed, known.String())
	}
	s.class.word = "class"
	addChoice(c, &s.class, "class", verb+" those of this class of errors: "+diag.OrList(s.class.allowed))
	f.StringVar(&s.origin, "origin", "", verb+" those that came from this `address`")
	f.StringVar(&s.group, "group", "", verb+" those that this consumer `group` failed at")
	f.StringVar(&s.handler, "handler", "", verb+" those that the route of this `name` failed at")
	f.StringVar(&s.types, "type", "", verb+" those of this message `type`")
}

// check finds places that are none.
func (s *selection) check() error {
	for _, at := range s.at {
		if _, ok := parsePlace(at); !ok {
			return fmt.Errorf("--at %s is no place: want partition/offset, such as 0/17", at)
		}
	}
	return nil
}

// empty reports whether nothing is given.
func (s *selection) empty() bool {
	return len(s.at)+len(s.ids) == 0 && s.reason+s.class.value+s.origin+s.group+s.handler+s.types == ""
}

// wants reports whether a letter is meant.
func (s *selection) wants(l *letters, m *driver.Message) bool {
	letter, _ := runtime.LetterOf(m)
	is := func(want, got string) bool { return want == "" || want == got }
	return (len(s.at) == 0 || slices.Contains(s.at, placeOf(m).String())) &&
		(len(s.ids) == 0 || slices.Contains(s.ids, l.idOf(m))) &&
		strings.Contains(letter.Reason, s.reason) && is(s.class.value, letter.Class) && is(s.origin, letter.Address) &&
		is(s.group, letter.Group) && is(s.handler, letter.Handler) && is(s.types, l.typeOf(m))
}

// settleOptions are those of redrive and drop.
type settleOptions struct {
	dlqOptions
	how         string
	to          string
	create      bool
	force       bool
	dryRun, yes bool
}

func dlqSettleCommand(env *Env, how string) *cobra.Command {
	o := settleOptions{how: how}
	verb, short, long := "redrive", "Send dead letters back to where they came from", redriveHelp
	if how == dropped {
		verb, short, long = "drop", "Let dead letters go", dropHelp
	}
	c := &cobra.Command{
		Use: verb + " ADDRESS", Short: short, Long: long + "\n\n" + exitHelp,
		Example: fmt.Sprintf(`  asyncwire dlq %[1]s orders.dead --id 4b7c1a --yes --broker kafka://localhost:9092
  asyncwire dlq %[1]s orders.dead --reason "no such account" --dry-run --broker kafka://localhost:9092
  asyncwire dlq %[1]s orders.dead --all --yes --broker kafka://localhost:9092`, verb),
		Args: oneAddress,
		RunE: func(c *cobra.Command, args []string) error { return o.run(c.Context(), env, args[0]) },
	}
	o.addFlags(c)
	o.choose.addFlags(c, verb)
	f := c.Flags()
	f.BoolVar(&o.choose.all, "all", false, verb+" all letters")
	f.BoolVar(&o.dryRun, "dry-run", false, "say what would be done, and do nothing")
	f.BoolVar(&o.yes, "yes", false, "do it")
	f.BoolVar(&o.force, "force", false, verb+" messages too that have no headers of a dead letter")
	if how == redriven {
		f.StringVar(&o.to, "to", "", "send them to this `address` instead of where each came from")
		f.BoolVar(&o.create, "create", false, "make the address that letters go to if it is not there, with as many partitions as ADDRESS has")
	}
	return c
}

const redriveHelp = `Redrive publishes dead letters to the address that each came from, without the
headers that made letters of them, with key, payload and time as they were. When
they are stored there, that they were redriven is noted in ADDRESS.settled. If it
ends between the two, they are still listed, and redriving them again delivers
them twice: a consumer with an inbox handles them once.

An address that is not there gets nothing, since its name may be a slip: the
letters stay, unless --create makes it.

All consumer groups of the address get what is redriven, not only the one that
failed at it. A log in files is written by one process at a time: stop the service
that has it first. Letters keep the order they have in their partition; messages with
the same key that came after them have been handled before.

Which letters is said by --at, --id, --reason, --class, --origin, --group,
--handler and --type, all of which must hold, or by --all. Messages without the
headers of a dead letter, and those that wait to be tried again, are left alone:
ADDRESS may be another than was meant. --force takes them too.`

const dropHelp = `Drop notes in ADDRESS.settled that dead letters are done with. They are not listed
any more, but stay until their retention ends, and dlq list --settled shows them.

Which letters is said by --at, --id, --reason, --class, --origin, --group,
--handler and --type, all of which must hold, or by --all. Messages without the
headers of a dead letter, and those that wait to be tried again, are left alone:
ADDRESS may be another than was meant. --force takes them too.`

// check finds flags that say too little or too much.
func (o *settleOptions) check() error {
	if err := o.choose.check(); err != nil {
		return err
	}
	switch {
	case o.choose.all && !o.choose.empty():
		return errors.New("--all leaves nothing to choose: give it alone, or the others")
	case !o.choose.all && o.choose.empty():
		return withHelp(errors.New("which letters is not said"), "choose with --at, --id, --reason, --class, --origin, --group, --handler or --type, or take --all")
	}
	return decided(o.yes, o.dryRun)
}

// decided finds that it is not said whether to do something, or both is.
func decided(yes, dryRun bool) error {
	switch {
	case yes && dryRun:
		return errors.New("give --dry-run or --yes, not both")
	case !yes && !dryRun:
		return withHelp(errors.New("it is not said whether to do it"), "--dry-run shows what would be done, --yes does it")
	}
	return nil
}

func (o *settleOptions) run(ctx context.Context, env *Env, address string) error {
	if err := o.check(); err != nil {
		return err
	}
	return o.open(ctx, address, func(l *letters) (err error) {
		defer func() { err = ofRunning(err) }()
		s := settling{options: o, letters: l, env: env, destinations: destinations{l, o.create, map[string]bool{}}}
		if err := s.destinations.check(ctx, o.to); err != nil {
			return err
		}
		err = l.each(ctx, true, func(m *driver.Message, how string) error {
			if !o.choose.wants(l, m) {
				return nil
			}
			if how == "" && !o.force && !isDead(m) {
				s.others++
				return nil
			}
			s.named(m, how)
			if how != "" {
				return nil
			}
			return s.add(ctx, m)
		})
		if err == nil {
			err = s.flush(ctx)
		}
		s.tell()
		if err == nil && (!s.tellUnfound() || s.done == 0 || s.homeless+s.others > 0) {
			return exitStatus(exitFindings)
		}
		return err
	})
}

// isDead tells whether a message is a dead letter by its headers, and does not wait to be
// tried again.
func isDead(m *driver.Message) bool {
	letter, is := runtime.LetterOf(m)
	return is && letter.Due.IsZero()
}

// named notes which of the letters that --at and --id name was found, and whether it is
// done with.
func (s *settling) named(m *driver.Message, how string) {
	if len(s.options.choose.at)+len(s.options.choose.ids) == 0 {
		return // all of an address may be many
	}
	if s.found == nil {
		s.found = map[string]string{}
	}
	s.found["--at "+placeOf(m).String()] = how
	id := "--id " + s.letters.idOf(m)
	if before, again := s.found[id]; !again || before != "" { // several may have it
		s.found[id] = how
	}
}

// tellUnfound says which letters were named and not chosen, and reports whether there
// were none.
func (s *settling) tellUnfound() bool {
	all := true
	say := func(flag, value string) {
		how, found := s.found[flag+" "+value]
		switch {
		case !found:
			s.env.logf("no letter was chosen by %s %s", flag, visible(value))
		case how != "":
			s.env.logf("%s %s: the letter was %s before", flag, visible(value), how)
		default:
			return
		}
		all = false
	}
	for _, at := range s.options.choose.at {
		say("--at", at)
	}
	for _, id := range s.options.choose.ids {
		say("--id", id)
	}
	return all
}

// settling is one redrive or drop under way.
type settling struct {
	options  *settleOptions
	letters  *letters
	env      *Env
	chunk    []leaving
	done     int
	homeless int // that have nowhere to go
	others   int // that are no dead letters

	destinations destinations
	found        map[string]string // by flag and value: how the letter was settled before, "" when it was not
}

// leaving is a letter on its way, to nowhere when it is dropped.
type leaving struct {
	letter *driver.Message
	to     string
}

// chunkSize is how many letters are published and noted together.
const chunkSize = 100

// add takes one letter.
func (s *settling) add(ctx context.Context, m *driver.Message) error {
	to, stays, err := s.destination(ctx, m)
	if err != nil {
		return err
	}
	if stays != nil {
		s.homeless++
		s.env.logf("%s %v", placeOf(m), stays)
		return nil
	}
	if s.options.dryRun {
		s.done++
		line := fmt.Sprintf("would drop %s", placeOf(m))
		if s.options.how == redriven {
			line = fmt.Sprintf("would redrive %s to %s", placeOf(m), visible(to))
		}
		_, err := fmt.Fprintln(s.env.Stdout, line)
		return err
	}
	s.chunk = append(s.chunk, leaving{m, to})
	if len(s.chunk) < chunkSize {
		return nil
	}
	return s.flush(ctx)
}

// ofRunning says what to do about a log that a service writes: nothing was
// stored then.
func ofRunning(err error) error {
	if errors.Is(err, eventlog.ErrLocked) {
		return withHelp(err, "one process at a time writes a log: stop %s, do this, and start it again; "+
			"list, show and --dry-run work while it runs", holder(err))
	}
	return err
}

// flush publishes the letters of a chunk, and notes then that they were.
func (s *settling) flush(ctx context.Context) error {
	if len(s.chunk) == 0 {
		return nil
	}
	if s.options.how == redriven {
		if err := s.provide(ctx); err != nil {
			return err
		}
		if err := s.letters.publish(ctx, s.chunk); err != nil {
			if errors.Is(err, eventlog.ErrLocked) {
				return fmt.Errorf("redriving %d letters: %w", len(s.chunk), err)
			}
			return fmt.Errorf("redriving %d letters, some of which may have been stored: %w", len(s.chunk), err)
		}
	}
	if err := s.letters.settle(ctx, s.chunk, s.options.how); err != nil {
		if s.options.how == dropped && errors.Is(err, eventlog.ErrLocked) {
			return fmt.Errorf("dropping %d letters: %w", len(s.chunk), err)
		}
		return fmt.Errorf("%d letters were %s, but that could not be noted: %w", len(s.chunk), s.options.how, err)
	}
	for _, m := range s.chunk {
		s.done++
		if _, err := fmt.Fprintf(s.env.Stdout, "%s %s\n", s.options.how, placeOf(m.letter)); err != nil {
			return err
		}
	}
	s.chunk = s.chunk[:0]
	return nil
}

// tell says how it went.
func (s *settling) tell() {
	what := s.options.how
	if s.options.dryRun {
		what = "would be " + what
	}
	switch {
	case s.done+s.homeless+s.others == 0:
		s.env.logf("no letter was chosen")
		s.env.logf("  help: asyncwire dlq list takes the same flags and says which there are")
	default:
		s.env.logf("%s %s", diag.Counted(s.done, "letter"), what)
	}
	if s.others > 0 {
		s.env.logf("%s left alone, without the headers of a dead letter", diag.Counted(s.others, "message"))
		s.env.logf("  help: look whether %s is the address that you mean; --force takes such messages too", visible(s.letters.address))
	}
}
