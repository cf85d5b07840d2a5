package cli

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
)

// bug is a reader that panics, as code with a bug would.
type bug struct{}

func (bug) Read([]byte) (int, error) { panic("something impossible") }

func TestBugsAreCaught(t *testing.T) {
	var out, log bytes.Buffer
	status := Main(t.Context(), Env{Stdin: bug{}, Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" }}, []string{"lint", "-"})
	if status != exitFailure || out.Len() > 0 {
		t.Errorf("status %d, stdout %q", status, out.String())
	}
	for _, want := range []string{"this is a bug in asyncwire: something impossible", "cli_test.go", "please report it"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("no %q in:\n%s", want, log.String())
		}
	}
}

// full is a pipe that its reader has closed.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestFailedOutputIsAFailure(t *testing.T) {
	document := filepath.Join("..", "..", "..", "..", "examples", "shop", "asyncapi.yaml")
	for _, args := range []string{
		"version", "--version", "--help", "help", "help lint", "generate --help", "log ls --help", "completion bash",
		"lint --format json " + document, "lint -", "show " + document, "fmt " + document, "fmt --check -", "check " + document + "#/components/schemas/Order -",
	} {
		var log bytes.Buffer
		env := Env{Stdin: strings.NewReader("asyncapi:  9"), Stdout: full{}, Stderr: &log, Getenv: func(string) string { return "" }}
		status := Main(t.Context(), env, strings.Fields(args))
		if status != exitFailure || strings.Count(log.String(), "broken pipe") != 1 || strings.Contains(log.String(), "says how it is used") {
			t.Errorf("%s: status %d, %q", args, status, log.String())
		}
	}
}

func TestInterruptedLint(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, log bytes.Buffer
	status := Main(ctx, Env{Stdin: strings.NewReader("asyncapi: 3.0.0"), Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" }}, []string{"lint", "-"})
	if status != exitFailure || out.Len() > 0 {
		t.Errorf("status %d, stdout %q, stderr %q", status, out.String(), log.String())
	}
}

// TestInterruptEndsAWait demands that Ctrl-C is not kept waiting for standard
// input, which never ends here.
func TestInterruptEndsAWait(t *testing.T) {
	for _, args := range [][]string{{"lint", "-"}, {"show", "-"}, {"fmt", "-"}, {"edit", "-", "--set", "/a=1"}, {"generate", "-"}, {"check", "meta.json", "-"}} {
		t.Run(args[0], func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.WriteFile("meta.json", []byte("true"), 0o644); err != nil {
				t.Fatal(err)
			}
			in, end := io.Pipe()
			defer end.Close()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			asked := &asking{Reader: in, then: cancel}
			var out, log bytes.Buffer
			status := Main(ctx, Env{Stdin: asked, Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" }}, args)
			if status != exitFailure || log.String() != "asyncwire: interrupted\n" || out.Len() > 0 {
				t.Errorf("status %d, stdout %q, stderr %q", status, out.String(), log.String())
			}
		})
	}
}

// asking is a reader that says when it is read.
type asking struct {
	io.Reader
	then func()
}

func (a *asking) Read(p []byte) (int, error) {
	a.then()
	return a.Reader.Read(p)
}

// TestInterruptible demands that what is being written ends with the context.
func TestInterruptible(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var out bytes.Buffer
	w := interruptible{ctx, &out}
	if n, err := w.Write([]byte("a")); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	cancel()
	if n, err := w.Write([]byte("b")); n != 0 || !errors.Is(err, context.Canceled) || out.String() != "a" {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
}

func TestFailOnCountsFromThatSeverityUp(t *testing.T) {
	found := map[diag.Severity]diag.List{}
	for _, s := range []diag.Severity{diag.Info, diag.Warning, diag.Error} {
		found[s] = diag.List{{Severity: s}}
		for _, failOn := range []diag.Severity{diag.Info, diag.Warning, diag.Error} {
			o := lintOptions{failOn: choice{value: failOn.String()}}
			fails := o.status(found[s], 0) != nil
			if fails != (s >= failOn) {
				t.Errorf("--fail-on %s with a finding of severity %s: fails %t", failOn, s, fails)
			}
		}
	}
}

func TestProgressIsOneLine(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b, width: 20}
	p.showf("%d messages seen", 10)
	p.showf("done")
	p.clear()
	p.clear()
	want := "\r10 messages seen" + "\rdone            " + "\r    \r"
	if b.String() != want {
		t.Errorf("got %q, want %q", b.String(), want)
	}
	b.Reset()
	p.showf("a text that is longer than the terminal is wide")
	if n := len([]rune(b.String())) - 1; n >= 20 {
		t.Errorf("%d letters on a terminal of 20: %q", n, b.String())
	}
	b.Reset()
	quiet := newProgress(&b) // no terminal
	quiet.showf("10 messages seen")
	quiet.clear()
	if b.Len() > 0 {
		t.Errorf("printed %q where there is no terminal", b.String())
	}
}

func TestTerminalIsOnlyATerminal(t *testing.T) {
	e := &Env{Getenv: func(string) string { return "" }}
	if e.colour(&bytes.Buffer{}) {
		t.Error("colours into a buffer")
	}
}
