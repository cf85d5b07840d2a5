package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// unwritable is a name that leaves no room for the file that is written beside
// it first, whoever runs the test.
var unwritable = strings.Repeat("a", 250) + ".yml"

// TestUnwritableFiles demands that a file that cannot be written does not keep
// others from being written, that nothing is said to have been done to it, and
// that messages name it and not the one that was to be written beside it.
func TestUnwritableFiles(t *testing.T) {
	const slip = "asyncapi: 3.0.0\ninfo:\n    tilte: T\n    version: 1.0.0\n"
	for _, args := range [][]string{{"lint", "--fix"}, {"fmt", "-w"}, {"edit", "--set", "/info/x-a=1", "-w"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Chdir(t.TempDir())
			for _, name := range []string{unwritable, "b.yaml"} {
				if err := os.WriteFile(name, []byte(slip), 0o644); err != nil {
					t.Skip("no file may have so long a name here: ", err)
				}
			}
			var out, log bytes.Buffer
			env := Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" }}
			if status := Main(t.Context(), env, append(args, unwritable, "b.yaml")); status != exitFailure {
				t.Errorf("status %d", status)
			}
			if want := "asyncwire: cannot write " + unwritable + ": file name too long\n"; !strings.HasPrefix(log.String(), want) {
				t.Errorf("got %q, want %q", log.String(), want)
			}
			if strings.Contains(log.String(), "fixed: "+unwritable) || strings.Contains(out.String(), unwritable+"\n") {
				t.Errorf("claims to have changed the file:\n%s%s", out.String(), log.String())
			}
			if text, err := os.ReadFile("b.yaml"); err != nil || string(text) == slip {
				t.Errorf("%v, %q", err, text)
			}
		})
	}
}
