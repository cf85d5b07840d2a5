package edit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/layout"
	"github.com/asyncwire/asyncwire/spec/source"
)

// FuzzEdit edits any sound text at random. An operation may be refused, but what
// was accepted must come out as it was meant.
func FuzzEdit(f *testing.F) {
	for _, pattern := range []string{"../syntax/testdata/*/*.*", "../format/testdata/*.in", "testdata/*.in"} {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			if _, below, ok := bytes.Cut(text, []byte("===\n")); ok {
				text = below
			}
			for seed := range uint64(4) {
				f.Add(text, seed)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		if len(text) > 1<<11 {
			return
		}
		file := source.NewFile("f", text)
		d, _ := edit.Open(file)
		if d == nil {
			return
		}
		m := &maker{Rand: rand.New(rand.NewPCG(seed, 3))}
		var done []string
		for range 1 + m.IntN(3) {
			done = append(done, m.attempt(d))
		}
		out, err := d.Text()
		if err != nil && bytes.ContainsAny(text[:min(len(text), 4)], "{[") && !json.Valid(file.Text()) {
			return // whether a text in brackets is JSON or YAML is told by its content, which an edit may tip: it is refused
		}
		if err != nil && errors.Is(err, edit.ErrFault) {
			edits, _ := d.Edits()
			broken, _ := edit.Apply(file.Text(), edits)
			t.Errorf("%v\n%s\n--- before\n%q\n--- after\n%q\n%s", err, strings.Join(done, "\n"), text, broken, broken)
		}
		if err == nil {
			if after, found := layout.Parse(source.NewFile("f", out)); after == nil {
				t.Errorf("%v\n%q\n%q", found, text, out)
			}
			if json.Valid(file.Text()) && !json.Valid(out) {
				t.Errorf("it is no JSON any more\n%s\n%q\n%q", strings.Join(done, "\n"), text, out)
			}
		}
	})
}

// attempt tries one random operation.
func (m *maker) attempt(d *edit.Document) string {
	root, err := d.Get("")
	if err != nil {
		return err.Error()
	}
	var all []string
	pointers(root, "", &all)
	if len(all) == 0 {
		return "nothing to do"
	}
	p, q := all[m.IntN(len(all))], all[m.IntN(len(all))]
	switch m.IntN(7) {
	case 0:
		err = d.Set(p, m.scalar())
	case 1:
		err = d.Set(p, m.value(2))
	case 2:
		err = d.Remove(p)
	case 3:
		err = d.Insert(p+"/-", m.value(1), -1)
	case 4:
		err = d.Rename(p, m.key())
	case 5:
		err = d.Move(p, q+"/"+strconv.Itoa(m.IntN(9)))
	default:
		err = d.Sort(p, strings.Compare)
	}
	if err != nil {
		return p + " " + q + ": " + err.Error()
	}
	return p + " " + q
}
