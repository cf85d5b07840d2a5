package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHelpIsNarrow demands that the help of every command fits a terminal.
func TestHelpIsNarrow(t *testing.T) {
	none := &Env{Getenv: func(string) string { return "" }}
	for _, c := range newRoot(none).Commands() {
		var out bytes.Buffer
		env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: none.Getenv}
		if status := Main(t.Context(), env, []string{c.Name(), "--help"}); status != exitClean {
			t.Errorf("%s --help: status %d", c.Name(), status)
		}
		for line := range strings.Lines(out.String()) {
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > helpWidth {
				t.Errorf("%s --help: %d columns: %s", c.Name(), n, line)
			}
		}
	}
}
