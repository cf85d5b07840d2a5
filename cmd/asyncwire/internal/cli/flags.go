package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/asyncwire/asyncwire/spec/diag"
)

// choice is a flag whose value is one of a few words.
type choice struct {
	value   string
	allowed []string
	word    string // what --help calls a value, where they are too many to be listed
}

// String is part of pflag.Value.
func (c *choice) String() string { return c.value }

// Type is part of pflag.Value: what --help shows as the value.
func (c *choice) Type() string { return cmp.Or(c.word, strings.Join(c.allowed, "|")) }

// Set is part of pflag.Value.
func (c *choice) Set(value string) error {
	if !slices.Contains(c.allowed, value) {
		return errors.New("want " + diag.OrList(c.allowed))
	}
	c.value = value
	return nil
}

// list is a flag that may be given several times. The flag library's own lists
// print their default through a CSV writer, which every start would pay for.
type list []string

// String is part of pflag.Value.
func (l *list) String() string { return strings.Join(*l, ", ") }

// Type is part of pflag.Value.
func (l *list) Type() string { return "stringArray" }

// Set is part of pflag.Value.
func (l *list) Set(value string) error {
	*l = append(*l, value)
	return nil
}

// most is a flag whose value is how many there may be at most; 0 is all, which is
// said by that word: a number that a script has computed does not turn from a few into
// all of them when it is 0.
type most int

// String is part of pflag.Value.
func (m *most) String() string {
	if *m == 0 {
		return ""
	}
	return strconv.Itoa(int(*m))
}

// Type is part of pflag.Value.
func (m *most) Type() string { return "number" }

// Set is part of pflag.Value.
func (m *most) Set(value string) error {
	if value == "all" {
		*m = 0
		return nil
	}
	v, err := strconv.Atoi(value)
	if err != nil && !errors.Is(err, strconv.ErrRange) || v < 1 { // of what is too large v is the largest
		return errors.New("want a number from 1 on, such as 1000, or all")
	}
	*m = most(v)
	return nil
}

// period is a flag whose value is a time to wait.
type period time.Duration

// String is part of pflag.Value.
func (p *period) String() string {
	if *p == 0 {
		return ""
	}
	return time.Duration(*p).String()
}

// Type is part of pflag.Value.
func (p *period) Type() string { return "duration" }

// Set is part of pflag.Value.
func (p *period) Set(value string) error {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return errors.New("want a duration, such as 30s or 5m")
	}
	*p = period(d)
	return nil
}

// addChoice adds a flag that takes one of a few words, and completes them.
func addChoice(c *cobra.Command, to *choice, name, usage string) {
	c.Flags().Var(to, name, usage)
	complete(c, name, func(*cobra.Command, []string) []string { return to.allowed })
}

// complete makes the shell offer words for a flag's value.
func complete(c *cobra.Command, flag string, words func(c *cobra.Command, args []string) []string) {
	err := c.RegisterFlagCompletionFunc(flag, func(c *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		return words(c, args), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag does not exist, or has its words already
	}
}

// completeDocuments makes the shell offer files that may be documents.
func completeDocuments(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

// oneFile demands exactly one FILE.
func oneFile(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no FILE is named")
	}
	return atMostOneFile(c, args)
}

// atMostOneFile is for commands that know what to do without a FILE.
func atMostOneFile(c *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("one FILE at a time, not also %q", args[1])
	}
	return nothingEmpty(c, args)
}

// someFiles demands at least one FILE.
func someFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no FILE is named")
	}
	return nothingEmpty(c, args)
}

// nothingEmpty refuses words that say nothing: in scripts they are variables
// that nobody has set.
func nothingEmpty(c *cobra.Command, args []string) error {
	if slices.Contains(args, "") {
		return errors.New("FILE is empty")
	}
	var err error
	c.Flags().Visit(func(f *pflag.Flag) {
		values, many := f.Value.(*list)
		if f.Value.Type() == "string" && f.Value.String() == "" || many && slices.Contains(*values, "") {
			err = fmt.Errorf("--%s is empty", f.Name)
		}
	})
	return err
}

// nothing allows no argument.
func nothing(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%q is one word too many", args[0])
	}
	return nil
}
