package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// choice is a flag whose value is one of a few words.
type choice struct {
	value   string
	allowed []string
}

// String is part of pflag.Value.
func (c *choice) String() string { return c.value }

// Type is part of pflag.Value: what --help shows as the value.
func (c *choice) Type() string { return strings.Join(c.allowed, "|") }

// Set is part of pflag.Value.
func (c *choice) Set(value string) error {
	if !slices.Contains(c.allowed, value) {
		return errors.New("want " + orList(c.allowed))
	}
	c.value = value
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
func oneFile(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no FILE is named")
	}
	return atMostOneFile(nil, args)
}

// atMostOneFile is for commands that know what to do without a FILE.
func atMostOneFile(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("one FILE at a time, not also %q", args[1])
	}
	return nil
}

// someFiles demands at least one FILE.
func someFiles(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no FILE is named")
	}
	return nil
}

// nothing allows no argument.
func nothing(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%q is one word too many", args[0])
	}
	return nil
}

// orList writes words as "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// counted writes a number with its noun: "1 file", "2 files".
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
