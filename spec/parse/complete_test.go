package parse

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// The documents in testdata/complete have every member that the tables of the
// objects name. These tests demand that each of them counts.

// noFiles is a loader for documents that reference no others.
type noFiles struct{}

func (noFiles) Load(context.Context, string) (*source.File, error) { return nil, fs.ErrNotExist }

// readWhole reads a document and returns the reader too.
func readWhole(t *testing.T, text []byte) (*reader, *spec.Document, diag.List) {
	t.Helper()
	refs := resolve.New(t.Context(), noFiles{})
	root := refs.Add(source.NewFile("complete.yaml", text))
	var found diag.List
	release, ok := identify(root, &found)
	if !ok {
		return nil, nil, found
	}
	r := newReader(refs, root, release)
	doc := r.document()
	found.Add(r.found...)
	found.Add(refs.Findings()...)
	found.Add(r.schemas.Findings()...)
	return r, doc, found.Sorted()
}

func completeText(t *testing.T, version string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "complete", version+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestCompleteTables demands that the documents have each member of each table,
// of the major version they are written in.
func TestCompleteTables(t *testing.T) {
	tables := map[*table]bool{}
	for _, version := range []string{"2.6", "3.1"} {
		r, _, found := readWhole(t, completeText(t, version))
		for _, d := range found {
			if d.Severity > diag.Info { // a schema of it is in a format of its own
				t.Errorf("%v", d)
			}
		}
		seen := map[*table]map[string]bool{}
		see := func(tab *table, n *syntax.Node) {
			if seen[tab] == nil {
				seen[tab] = map[string]bool{}
			}
			for _, m := range n.Members {
				seen[tab][m.Key.Text] = true
			}
		}
		for id := range r.objects {
			see(id.table, id.node)
		}
		see(documentTable, r.root.Node)
		for _, channel := range r.root.Node.Get("channels").Members { // 2.x reads these by themselves
			see(channelTable, channel.Value)
			for action := range actions {
				if n := channel.Value.Get(action); n != nil {
					see(operationTable, n)
				}
			}
		}
		for tab, keys := range seen {
			tables[tab] = true
			if bindingTable(tab) {
				continue
			}
			for _, row := range tab.rows {
				for _, key := range row.keys {
					if row.in(r.version) && !keys[key] {
						t.Errorf("%s: no %s has %q", version, tab.name, key)
					}
				}
			}
			if !tab.closed && tab.rows != nil && !slices.ContainsFunc(slices.Collect(maps.Keys(keys)), isExtension) {
				t.Errorf("%s: no %s has an extension", version, tab.name)
			}
		}
	}
	names := map[string]bool{}
	for tab := range tables {
		names[tab.name] = true
	}
	source, err := os.ReadFile("tables.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`&table\{name: "([^"]*)",`).FindAllSubmatch(source, -1) {
		if !names[string(m[1])] {
			t.Errorf("no document has a %s", m[1])
		}
	}
}

// bindingTable tells whether a table is of the bindings, which have tests of
// their own.
func bindingTable(t *table) bool { return strings.Contains(t.name, "binding") }

// uncounted are the members that may be taken away without a trace, as paths
// with * for any token, and why.
var uncounted = map[string]string{
	"/channels/answers/address":                "null says what absence says",
	"/components/messageTraits/*/schemaFormat": "it shows in the payload of the messages that have the trait",
}

var placeMembers = regexp.MustCompile(`(?s)"x-place": \{.*?\},?\s*`)

// TestCompleteCounts demands that taking away any member or item changes what
// the model says, those in uncounted excepted.
func TestCompleteCounts(t *testing.T) {
	stale := maps.Clone(uncounted)
	for _, version := range []string{"2.6", "3.1"} {
		text := completeText(t, version)
		r, doc, _ := readWhole(t, text)
		whole := shown(t, doc)
		for _, cut := range cuts(r.root.Node, "") {
			_, doc, _ := readWhole(t, without(t, r.root.Node, cut))
			if doc == nil || !bytes.Equal(shown(t, doc), whole) {
				continue
			}
			pattern := excuse(cut.path)
			if delete(stale, pattern); pattern == "" {
				t.Errorf("%s: %s does not count", version, cut.path)
			}
		}
	}
	for pattern := range stale {
		t.Errorf("%s counts: it needs no reason", pattern)
	}
}

// TestCompleteOlder demands that all that an older version lacks is said to be of
// another one, and that nothing else is found.
func TestCompleteOlder(t *testing.T) {
	for newest, older := range map[string][]string{"2.6": {"2.0", "2.1", "2.2", "2.3", "2.4", "2.5"}, "3.1": {"3.0"}} {
		for _, version := range older {
			text := bytes.Replace(completeText(t, newest), []byte("asyncapi: "+newest), []byte("asyncapi: "+version), 1)
			r, _, found := readWhole(t, text)
			if r == nil || r.release.name != version {
				t.Fatalf("%s is not read", version)
			}
			for _, d := range found {
				if !slices.Contains([]diag.Code{"key-of-other-version", "ref-not-allowed", "schema-unchecked-format"}, d.Code) {
					t.Errorf("%s: %v", version, d)
				}
			}
		}
	}
}

// excuse is the pattern in uncounted that a path matches, or "".
func excuse(path string) string {
	for pattern := range uncounted {
		if ok, err := filepath.Match(pattern, path); ok && err == nil {
			return pattern
		}
	}
	return ""
}

// shown is all that the model says but for the places.
func shown(t *testing.T, doc *spec.Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := spec.DumpPlaces(&b, doc); err != nil {
		t.Fatal(err)
	}
	return placeMembers.ReplaceAll(b.Bytes(), nil)
}

// cut is a member or item of a document.
type cut struct {
	path string
	from *syntax.Node
	at   int
}

// cuts are all of them, each above those in it.
func cuts(n *syntax.Node, path string) []cut {
	var out []cut
	for i, m := range n.Members {
		p := path + "/" + source.EscapeToken(m.Key.Text)
		out = append(append(out, cut{p, n, i}), cuts(m.Value, p)...)
	}
	for i, item := range n.Items {
		p := path + "/" + string(rune('0'+i))
		out = append(append(out, cut{p, n, i}), cuts(item, p)...)
	}
	return out
}

// without is the document as JSON text, a member or item left out.
func without(t *testing.T, root *syntax.Node, c cut) []byte {
	t.Helper()
	text, err := schema.AppendJSON(nil, pruned(root, c))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func pruned(n *syntax.Node, c cut) *syntax.Node {
	out := &syntax.Node{Kind: n.Kind, Text: n.Text}
	for i, m := range n.Members {
		if n != c.from || i != c.at {
			out.Members = append(out.Members, syntax.Member{Key: m.Key, Value: pruned(m.Value, c)})
		}
	}
	for i, item := range n.Items {
		if n != c.from || i != c.at {
			out.Items = append(out.Items, pruned(item, c))
		}
	}
	return out
}
