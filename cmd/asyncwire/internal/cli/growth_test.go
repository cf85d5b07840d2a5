package cli

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/asyncwire/asyncwire/internal/workload"
)

// linter writes a document to a file and returns what lints it.
func linter(t *testing.T, name string, text []byte) func() {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		var out bytes.Buffer
		env := Env{Stdin: bytes.NewReader(nil), Stdout: &out, Stderr: io.Discard, Getenv: func(string) string { return "" }}
		if status := Main(t.Context(), env, []string{"lint", file}); status != exitClean {
			t.Fatalf("exit status %d: %s", status, out.Bytes()[:min(1000, out.Len())])
		}
	}
}

// Ten times the text takes about ten times the allocations; twice the levels of
// a diamond, through which there are 4,096 times as many ways, twice.
func TestWorkGrowsWithTheText(t *testing.T) {
	for _, tt := range []struct {
		name         string
		small, large []byte
		most         float64
	}{
		{"a.yaml", workload.Document(50).YAML(), workload.Document(500).YAML(), 12},
		{"a.json", workload.Document(50).JSON(), workload.Document(500).JSON(), 12},
		{"channels.yaml", workload.Channels(500).YAML(), workload.Channels(5000).YAML(), 12},
		{"diamond.yaml", workload.Diamond(12).YAML(), workload.Diamond(24).YAML(), 3},
	} {
		small, large := testing.AllocsPerRun(1, linter(t, tt.name, tt.small)), testing.AllocsPerRun(1, linter(t, tt.name, tt.large))
		if large/small > tt.most {
			t.Errorf("%s: %.0f allocations became %.0f: %.1f times as many, want at most %.0f", tt.name, small, large, large/small, tt.most)
		}
	}
}
