// Package suite reads the JSON Schema Test Suite, and tests of our own in its format.
// Where the suite is absent the test skips; see package corpus.
//
// It is for tests alone.
package suite

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Server is where the suite wants its remote schemas served.
const Server = "http://localhost:1234/"

// Group is one schema with its tests.
type Group struct {
	Description string
	Schema      json.RawMessage
	Tests       []Test
}

// Test is a value, and whether the schema of its group allows it.
type Test struct {
	Description string
	Data        json.RawMessage
	Valid       bool
}

// Read reads a file of tests.
func Read(t testing.TB, file string) []Group {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var groups []Group
	if err := json.Unmarshal(text, &groups); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return groups
}

// Files are the suite's files of tests in a folder, such as draft7 or draft7/optional.
func Files(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus.Dir(t, "json-schema-test-suite", "tests", filepath.FromSlash(folder)), "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests in %s: %v", folder, err)
	}
	return files
}

// Remotes loads the suite's remote schemas, and nothing else.
func Remotes(t testing.TB) resolve.Loader {
	t.Helper()
	return remotes{corpus.Dir(t, "json-schema-test-suite", "remotes")}
}

// remotes serves a folder.
type remotes struct{ dir string }

func (l remotes) Load(_ context.Context, uri string) (*source.File, error) {
	path, ok := strings.CutPrefix(uri, Server)
	if !ok {
		return nil, fmt.Errorf("%w: %s", resolve.ErrNotAllowed, uri)
	}
	text, err := os.ReadFile(filepath.Join(l.dir, filepath.FromSlash(path)))
	if err != nil {
		return nil, err
	}
	return source.NewFile(uri, text), nil
}
