package lint_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/lint"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
)

// verdict is what a corpus says of a document.
type verdict struct {
	name  string // as the lists of disagreements show it
	path  string
	root  string // the folder that references may stay in
	valid bool
}

// TestScores counts the documents about which we and the corpora agree: both
// find errors, or neither does. The counts may only rise. What we disagree about
// is listed, each with the sentence that decides it.
func TestScores(t *testing.T) {
	for _, c := range []struct {
		name string
		read func(t *testing.T, dir string) []verdict
	}{
		{"asyncapi-examples", examples},
		{"realworld", realWorld},
		{"tck", compatibilityKit},
	} {
		t.Run(c.name, func(t *testing.T) {
			verdicts := c.read(t, corpus.Dir(t, c.name))
			var list []disagreement
			for _, v := range verdicts {
				worst := firstError(t, v)
				switch {
				case (worst == nil) == v.valid:
				case worst == nil:
					list = append(list, disagreement{v.name, "valid", "invalid", ""})
				default:
					list = append(list, disagreement{v.name,
						fmt.Sprintf("invalid: %s in line %d", worst.Code, worst.At.Position().Line), "valid", ""})
				}
			}
			checkDisagreements(t, "testdata/"+c.name+".disagreements", list)
			golden.Score(t, "testdata/"+c.name+".score", len(verdicts)-len(list), len(verdicts))
		})
	}
}

// firstError is the first error that form or rules give, or nil.
func firstError(t *testing.T, v verdict) *diag.Diagnostic {
	t.Helper()
	loader, err := resolve.NewFiles(v.root)
	if err != nil {
		t.Fatal(err)
	}
	doc, found := parse.Load(t.Context(), loader, v.path)
	if doc != nil {
		found.Add(lint.Run(doc, lint.All())...)
	}
	for _, d := range found.Sorted() {
		if d.Severity == diag.Error {
			return d
		}
	}
	return nil
}

// examples may reference all of the folder of their version.
func examples(t *testing.T, dir string) []verdict {
	return table(t, dir, func(row []string) verdict {
		version, _, _ := strings.Cut(row[0], "/")
		return verdict{row[0], filepath.Join(dir, filepath.FromSlash(row[0])), filepath.Join(dir, version), row[2] == "valid"}
	})
}

func realWorld(t *testing.T, dir string) []verdict {
	return table(t, dir, func(row []string) verdict {
		return verdict{row[0], filepath.Join(dir, row[0]), dir, row[5] == "valid"}
	})
}

// table reads the rows of a corpus's verdicts.tsv.
func table(t *testing.T, dir string, read func(row []string) verdict) []verdict {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "verdicts.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, 1<<20)
	lines.Scan() // the heads of the columns
	var out []verdict
	for lines.Scan() {
		out = append(out, read(strings.Split(lines.Text(), "\t")))
	}
	return out
}

// compatibilityKit says in the name of a file whether it is valid.
func compatibilityKit(t *testing.T, dir string) []verdict {
	t.Helper()
	var out []verdict
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		base := filepath.Base(path)
		invalid := strings.HasPrefix(base, "invalid")
		if err != nil || d.IsDir() || !invalid && !strings.HasPrefix(base, "valid") {
			return err
		}
		name, err := filepath.Rel(dir, path)
		out = append(out, verdict{filepath.ToSlash(name), path, filepath.Dir(path), !invalid})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
