package edit_test

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/golden"
	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// TestGolden applies the operations that stand above a line "===" to the text
// below it, each file being one case.
func TestGolden(t *testing.T) {
	golden.Each(t, "testdata", "*.in", func(t *testing.T, input string) {
		content, err := os.ReadFile(input)
		if err != nil {
			t.Fatal(err)
		}
		script, text, _ := strings.Cut(string(content), "===\n")
		d, found := edit.Open(source.NewFile(input, []byte(text)))
		if d == nil {
			t.Fatal(found)
		}
		out := ""
		for line := range strings.Lines(script) {
			if err := run(d, strings.Fields(line)); err != nil {
				out += fmt.Sprintf("%s: %v\n", strings.TrimSpace(line), err)
			}
		}
		result, err := d.Text()
		if err != nil {
			edits, _ := d.Edits()
			result, _ = edit.Apply([]byte(text), edits)
			t.Errorf("%v\n%s", err, result)
		}
		golden.Check(t, strings.TrimSuffix(input, "in")+"out", []byte(out+"===\n"+string(result)))
	})
}

func run(d *edit.Document, words []string) error {
	value := func(words []string) *syntax.Node {
		v, _ := syntax.Parse(source.NewFile("value", []byte(strings.Join(words, " "))))
		return v
	}
	switch words[0] {
	case "set":
		return d.Set(words[1], value(words[2:]))
	case "insert":
		at, err := strconv.Atoi(words[2])
		if err != nil {
			return err
		}
		return d.Insert(words[1], value(words[3:]), at)
	case "remove":
		return d.Remove(words[1])
	case "rename":
		return d.Rename(words[1], words[2])
	case "retarget":
		_, err := d.RenameTarget(words[1], words[2])
		return err
	case "move":
		return d.Move(words[1], words[2])
	case "sort":
		return d.Sort(words[1], strings.Compare)
	}
	return errors.New("unknown operation")
}

// TestCorpus sets a scalar of every sound document of the corpora to another,
// and demands that no line changes but its own.
func TestCorpus(t *testing.T) {
	for part, atLeast := range map[string]int{"asyncapi-examples": 190, "realworld": 110, "tck": 400} {
		t.Run(part, func(t *testing.T) {
			edited := 0
			err := filepath.WalkDir(corpus.Dir(t, part), func(path string, e fs.DirEntry, err error) error {
				if ext := filepath.Ext(path); err != nil || e.IsDir() || ext != ".yaml" && ext != ".yml" && ext != ".json" {
					return err
				}
				if setOne(t, path) {
					edited++
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if edited < atLeast {
				t.Errorf("only %d documents were edited", edited)
			}
		})
	}
}

func setOne(t *testing.T, path string) bool {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f := source.NewFile(path, text)
	d, _ := edit.Open(f)
	if d == nil {
		return false
	}
	doc, _ := layout.Parse(f)
	r := rand.New(rand.NewPCG(uint64(len(text)), 2))
	var all []string
	pointers(doc.Root.Value, "", &all)
	tree := &model{doc.Root.Value}
	all = slices.DeleteFunc(all, func(p string) bool {
		k := tree.at(p).Kind
		return k == syntax.Mapping || k == syntax.Sequence
	})
	done := false
	for range min(len(all), 6) {
		p := all[r.IntN(len(all))]
		d, _ := edit.Open(f)
		if err := d.Set(p, edit.String("new")); errors.Is(err, edit.ErrShared) {
			continue
		} else if err != nil {
			t.Fatalf("%s: %s: %v", path, p, err)
		}
		out, err := d.Text()
		if err != nil {
			t.Fatalf("%s: %s: %v", path, p, err)
		}
		at := tree.at(p).At
		from, to := at.Position().Line-1, at.EndPosition().Line-1
		was, is := strings.Split(string(f.Text()), "\n"), strings.Split(string(out), "\n")
		if len(is) != len(was)-(to-from) || !slices.Equal(was[:from], is[:from]) || !slices.Equal(was[to+1:], is[from+1:]) {
			t.Fatalf("%s: %s: other lines have changed too", path, p)
		}
		done = true
	}
	return done
}
