package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckDemandsUTF8: what the reader of documents understands is no JSON yet.
func TestCheckDemandsUTF8(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("any.json", []byte("true"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out, log bytes.Buffer
	env := Env{Stdin: strings.NewReader("\xff\xfe{\x00}\x00"), Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" }}
	status := Main(t.Context(), env, []string{"check", "any.json", "-"})
	if status != exitFindings || !strings.Contains(out.String(), "the text is in UTF-16, and JSON must be in UTF-8") {
		t.Errorf("status %d, %q, %q", status, out.String(), log.String())
	}
}

// endlessly repeats a text until so many bytes were read.
type endlessly struct {
	text string
	at   int
	left int
}

func (e *endlessly) Read(p []byte) (int, error) {
	if e.left <= 0 {
		return 0, io.EOF
	}
	n := copy(p, e.text[e.at:])
	e.at = (e.at + n) % len(e.text)
	e.left -= n
	return n, nil
}

// TestLinesWithoutEnd: values on lines may be more than would fit into memory, and
// each fault has its line; a line is bounded.
func TestLinesWithoutEnd(t *testing.T) {
	dir := t.TempDir()
	schema := filepath.Join(dir, "schema.json")
	if err := os.WriteFile(schema, []byte(`{"type": "string"}`), 0o644); err != nil {
		t.Fatal(err)
	}
	line := `"` + strings.Repeat("x", 1<<20) + "\"\n"
	const lines = 70
	run := func(in io.Reader) (int, string, string) {
		var out, log bytes.Buffer
		status := Main(t.Context(), Env{Stdin: in, Stdout: &out, Stderr: &log, Getenv: func(string) string { return "" }},
			[]string{"check", schema, "--ndjson", "-"})
		return status, out.String(), log.String()
	}
	many := func() io.Reader { return &endlessly{text: line, left: lines * len(line)} }
	if status, out, log := run(io.MultiReader(many(), strings.NewReader("\r\n"), many(), strings.NewReader("7"))); status != exitFindings ||
		!strings.HasPrefix(out, fmt.Sprintf("<stdin>:%d:1: error: must be a string, is an integer", 2*lines+2)) {
		t.Errorf("status %d, %.300q, %q", status, out, log)
	}
	if status, out, log := run(&endlessly{text: strings.TrimSpace(line), left: lines * len(line)}); status != exitFailure ||
		out != "" || !strings.Contains(log, "line 1 is larger than 64 MiB") {
		t.Errorf("status %d, %.300q, %q", status, out, log)
	}
}
