package format_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/format"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestGolden holds the layout of tricky texts to what lies beside them.
func TestGolden(t *testing.T) {
	golden.Each(t, "testdata", "*.in", func(t *testing.T, input string) {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, input[:len(input)-len("in")]+"out", laws(t, input, text))
	})
}

var oddTag = regexp.MustCompile(`!\S*[,\[\]{}]`)

// laws formats a text that is sound and holds the result to what is promised of
// it. That it means the same is checked by the package itself.
func laws(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	once, found := format.Document(source.NewFile(name, text))
	if once == nil {
		for _, d := range found {
			// Tags with indicators in them are none, and are taken by the YAML library.
			if odd := oddTag.Match(text); (d.Code == "internal-format" || d.Code == "internal-layout") && !odd {
				t.Errorf("%s: %s", name, d)
			}
		}
		return nil
	}
	twice, found := format.Document(source.NewFile(name, once))
	if !bytes.Equal(once, twice) {
		t.Errorf("%s: formatted twice it is another text: %v\n%q\n%q\n%q", name, found, text, once, twice)
	}
	if !bytes.HasSuffix(once, []byte("\n")) || bytes.Contains(once, []byte("\r")) {
		t.Errorf("%s: the lines do not end as they should:\n%q", name, once)
	}
	return once
}

// TestCorpus holds every sound document of the corpora to the laws.
func TestCorpus(t *testing.T) {
	for part, atLeast := range map[string]int{"asyncapi-examples": 190, "realworld": 110, "tck": 400} {
		t.Run(part, func(t *testing.T) {
			sound := 0
			each(t, corpus.Dir(t, part), func(path string, text []byte) {
				if laws(t, path, text) != nil {
					sound++
				}
			})
			if sound < atLeast {
				t.Errorf("only %d sound documents", sound)
			}
		})
	}
}

// TestSyntax holds the files that try the syntax package to the laws.
func TestSyntax(t *testing.T) {
	each(t, filepath.Join("..", "syntax", "testdata"), func(path string, text []byte) { laws(t, path, text) })
}

func each(t testing.TB, dir string, do func(path string, text []byte)) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
			return err
		}
		text, err := os.ReadFile(path)
		if err == nil {
			do(path, text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzFormat holds any text to the laws.
func FuzzFormat(f *testing.F) {
	for _, dir := range []string{"testdata", filepath.Join("..", "syntax", "testdata")} {
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) == ".golden" || filepath.Ext(path) == "" {
				return err
			}
			text, err := os.ReadFile(path)
			f.Add(text)
			return err
		})
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) < 1<<12 {
			laws(t, "f", text)
		}
	})
}

// TestSort holds sorted texts to what lies beside them.
func TestSort(t *testing.T) {
	golden.Each(t, filepath.Join("testdata", "sort"), "*.in", func(t *testing.T, input string) {
		text, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, input[:len(input)-len("in")]+"out", sorted(t, input, text))
	})
}

// TestSortCorpus sorts every sound document of the corpora. That nothing but the
// order changes is checked by the packages themselves.
func TestSortCorpus(t *testing.T) {
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		each(t, corpus.Dir(t, part), func(path string, text []byte) { sorted(t, path, text) })
	}
}

// sorted sorts a text, twice.
func sorted(t *testing.T, name string, text []byte) []byte {
	t.Helper()
	once, found := format.Sorted(source.NewFile(name, text))
	if once == nil {
		for _, d := range found {
			if d.Code == "internal-format" || d.Code == "internal-layout" {
				t.Errorf("%s: %s", name, d)
			}
		}
		return nil
	}
	if twice, _ := format.Sorted(source.NewFile(name, once)); !bytes.Equal(once, twice) {
		t.Errorf("%s: sorted twice it is another text:\n%s\n%s", name, once, twice)
	}
	if bytes.Count(once, []byte("#")) != bytes.Count(text, []byte("#")) && !bytes.HasPrefix(text, []byte("\xFF\xFE")) {
		t.Errorf("%s: a comment got lost", name)
	}
	return once
}
