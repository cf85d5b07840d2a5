package lint_test

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/source"
)

// TestNoMasking seeds five faults in unrelated places of a document that has all
// objects, many times: what is found must be what each fault gives by itself. No
// fault may hide another, and none may have consequences elsewhere.
func TestNoMasking(t *testing.T) {
	const rounds, faults = 60, 5
	for _, version := range []string{"2.6.0", "3.0.0"} {
		root := fullDocument(t, version)
		seeds := localFaults(t, root)
		random := rand.New(rand.NewPCG(1, 2))
		for range rounds {
			chosen := unrelated(seeds, faults, random)
			var want []string
			var undo []func()
			for _, s := range chosen {
				want = append(want, s.gives...)
				undo = append(undo, s.apply())
			}
			got := errorsIn(t, root)
			for _, u := range slices.Backward(undo) {
				u()
			}
			slices.Sort(want)
			if !slices.Equal(got, want) {
				var places []string
				for _, s := range chosen {
					places = append(places, s.where+" "+s.what)
				}
				t.Errorf("%s: %s\nfound %s\nwant  %s", version, strings.Join(places, ", "), strings.Join(got, "; "), strings.Join(want, "; "))
			}
		}
	}
}

// seed is a mutant and the errors it gives by itself.
type seed struct {
	mutant
	gives []string
}

// localFaults are the mutants with one error that is about their place alone.
func localFaults(t *testing.T, root map[string]any) []seed {
	t.Helper()
	var out []seed
	for i, m := range mutants(root) {
		if i%3 > 0 || strings.HasPrefix(m.where, "/asyncapi") {
			continue
		}
		undo := m.apply()
		gives := errorsIn(t, root)
		undo()
		if len(gives) == 1 && strings.Count(m.where, "/") > 2 {
			out = append(out, seed{m, gives})
		}
	}
	return out
}

// unrelated are seeds none of which lies in the object of another.
func unrelated(seeds []seed, n int, random *rand.Rand) []seed {
	var out []seed
	for len(out) < n {
		s := seeds[random.IntN(len(seeds))]
		if !slices.ContainsFunc(out, func(o seed) bool { return related(o.where, s.where) }) {
			out = append(out, s)
		}
	}
	return out
}

// related tells whether two places share their first three keys.
func related(a, b string) bool {
	head := func(at string) string {
		return strings.Join(strings.SplitN(at, "/", 5)[:min(4, strings.Count(at, "/")+1)], "/")
	}
	return head(a) == head(b)
}

// errorsIn are the codes and messages of the structural errors of a document.
func errorsIn(t *testing.T, root map[string]any) []string {
	t.Helper()
	text, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	_, found := parse.LoadFile(t.Context(), nothing{}, source.NewFile("document.json", text))
	var out []string
	for _, d := range found {
		if d.Severity == diag.Error {
			out = append(out, string(d.Code)+": "+d.Message)
		}
	}
	slices.Sort(out)
	return out
}
