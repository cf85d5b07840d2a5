package cli

import (
	"bytes"
	"os"
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
