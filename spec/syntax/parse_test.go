package syntax

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

func ExampleParse() {
	const text = `
asyncapi: 3.1.0
info:
  title: Orders
  title: Orders again
`
	root, found := Parse(source.NewFile("orders.yaml", []byte(text)))
	title := root.Get("info").Get("title")
	fmt.Println(title.Kind, title.Text, title.At)
	fmt.Println(found[0])
	// Output:
	// string Orders orders.yaml:4:10
	// orders.yaml:5:3: error: key "title" appears twice in this object [duplicate-key]
}

func parse(text string) (*Node, diag.List) {
	return Parse(source.NewFile("f", []byte(text)))
}

// JSON is YAML: read as either, a text gives the same tree with the same places.
func TestJSONReadAsYAML(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		var b strings.Builder
		writeJSON(&b, random, 4, true)
		f := source.NewFile("f", []byte(b.String()))
		p := parseJSON(f, f.Text(), firstSignificant(f.Text()))
		node, found := parseYAML(f, f.Text())
		if len(p.found.list) > 0 || len(found.list) > 0 {
			t.Fatalf("%s\nas JSON: %v\nas YAML: %v", b.String(), p.found.list, found.list)
		}
		if asJSON, asYAML := dump(p.root), dump(node); asJSON != asYAML {
			t.Fatalf("%s\nas JSON:\n%s\nas YAML:\n%s", b.String(), asJSON, asYAML)
		}
	}
}

// writeJSON writes a random value, an array or object where bracketed says so.
func writeJSON(b *strings.Builder, r *rand.Rand, depth int, bracketed bool) {
	pick := func(of ...string) { b.WriteString(of[r.IntN(len(of))]) }
	space := func() { pick("", "", " ", "\n ", "\r\n  ", " \t") }
	kind := r.IntN(6)
	if bracketed || depth > 0 && kind > 3 {
		kind = 4 + r.IntN(2)
	}
	switch {
	case kind == 0:
		pick("true", "false", "null")
	case kind == 1:
		pick("0", "-0", "12", "-3.50", "1e5", "1E-5", "123456789012345678901234567890", "0.1e+2")
	case kind < 4 || depth == 0:
		pick(`"plain"`, `""`, `"é 😀"`, `"\u00e9\ud83d\ude00"`, `"\/\\\"\b\f\n\r\t"`, `"# {[,]}: &*!|>'%@"`, `"`+"\u2028\u0085"+`"`, `"\\ud83d"`, `"\\/"`, `"null"`, `"12"`, `" a "`)
	case kind == 4:
		b.WriteString("[")
		for i := range r.IntN(4) {
			if i > 0 {
				b.WriteString(",")
			}
			space()
			writeJSON(b, r, depth-1, false)
			space()
		}
		b.WriteString("]")
	default:
		b.WriteString("{")
		for i := range r.IntN(4) {
			if i > 0 {
				b.WriteString(",")
			}
			space()
			fmt.Fprintf(b, `"%d`, i)
			pick("", "<<", "é", `\ud83d\ude00`, `\/`, " ", "yes")
			pick(`":`, `" :`, `": `)
			space()
			writeJSON(b, r, depth-1, false)
			space()
		}
		b.WriteString("}")
	}
}

// Whatever the text: no panic, every place lies within it, findings are sorted
// and explain why nothing was read; what is JSON is read.
func FuzzParse(f *testing.F) {
	for _, path := range inputs(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		file := source.NewFile("f", text)
		root, found := Parse(file)
		if root == nil && !found.HasErrors() {
			t.Fatal("nothing was read, and nothing was found")
		}
		if err := checkTree(file, root, false); err != nil {
			t.Fatal(err)
		}
		for _, d := range found {
			if err := checkSpan(file, d.At); err != nil || d.Message == "" || strings.HasPrefix(d.Message, "this is not YAML") {
				t.Fatalf("%v: %v", d, err)
			}
		}
		if !slices.Equal(found, found.Sorted()) {
			t.Fatalf("not sorted: %v", found)
		}
		if isJSON(file.Text()) {
			checkJSON(t, file, root, found)
		}
	})
}

func isJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return json.Valid(text) && (text[0] == '{' || text[0] == '[')
}

// checkJSON holds what came of sound JSON to what came of it read as YAML.
func checkJSON(t *testing.T, file *source.File, root *Node, found diag.List) {
	if slices.ContainsFunc(found, isJSONMistake) && !bytes.Contains(file.Text(), []byte(`\`)) {
		t.Fatalf("sound JSON has %v", found)
	}
	asYAML, yamlFound := parseYAML(file, file.Text())
	if len(found) == 0 && len(yamlFound.list) == 0 && dump(root) != dump(asYAML) {
		t.Fatalf("as JSON:\n%s\nas YAML:\n%s", dump(root), dump(asYAML))
	}
}

func TestDepth(t *testing.T) {
	tests := []struct {
		name        string
		open, close string
		levels      int // brackets
		deep        bool
	}{
		{"JSON arrays", "[", "]", MaxDepth, false},
		{"JSON arrays too deep", "[", "]", MaxDepth + 1, true},
		{"JSON objects too deep", `{"a":`, "}", MaxDepth + 1, true},
		{"JSON far too deep", "[", "", 1 << 20, true},
		{"YAML lists", "- ", "", MaxDepth - 1, false},
		{"YAML lists too deep", "- ", "", MaxDepth, true},
		{"YAML far too deep", "- ", "", 1 << 17, true},
		{"YAML flow", "[x, ", "]", MaxDepth, false},
		{"YAML flow too deep", "[x, ", "]", MaxDepth + 1, true},
		{"YAML flow far too deep", "[x, ", "]", 1 << 17, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inner := ""
			if tt.close == "" || strings.HasPrefix(tt.open, "{") {
				inner = "[]"
			}
			root, found := parse(strings.Repeat(tt.open, tt.levels) + inner + strings.Repeat(tt.close, tt.levels))
			tooDeep := len(found) == 1 && found[0].Code == codeTooDeep && root == nil
			if tooDeep != tt.deep || !tt.deep && (root == nil || len(found) > 0) {
				t.Errorf("%d levels: %v", tt.levels, found)
			}
		})
	}
}

// A chain of aliases is as deep as what it stands for.
func TestDepthOfAliases(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString("a0: &a0 [x]\n")
		for i := range n {
			fmt.Fprintf(&b, "a%d: &a%d [*a%d]\n", i+1, i+1, i)
		}
		return b.String()
	}
	if root, found := parse(chain(MaxDepth - 2)); root == nil || len(found) > 0 {
		t.Errorf("as deep as allowed: %v", found)
	}
	if root, found := parse(chain(MaxDepth - 1)); root != nil || len(found) != 1 || found[0].Code != codeTooDeep {
		t.Errorf("deeper than allowed: %v", found)
	}
}

// A small text cannot stand for a huge tree, by aliases or by merge keys.
func TestExpansion(t *testing.T) {
	var laughs, merges strings.Builder
	laughs.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	merges.WriteString("m0: &m0 {k: v}\n")
	for i := range 30 {
		fmt.Fprintf(&laughs, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	for i := range 3000 {
		fmt.Fprintf(&merges, "m%d: &m%d {<<: *m%d, k%d: v}\n", i+1, i+1, i, i)
	}
	for name, text := range map[string]string{"aliases": laughs.String(), "merge keys": merges.String()} {
		root, found := parse(text)
		if root == nil || len(found) != 1 || found[0].Code != "alias-limit" {
			t.Errorf("%s: %v", name, found)
			continue
		}
		if n := expanded(root, map[*Node]int{}); n > len(text)+MaxAdded {
			t.Errorf("%s: %d bytes stand for %d nodes", name, len(text), n)
		}
	}
}

func expanded(n *Node, known map[*Node]int) int {
	if size, ok := known[n]; ok {
		return size
	}
	size := 1
	for _, m := range n.Members {
		size += expanded(m.Value, known)
	}
	for _, item := range n.Items {
		size += expanded(item, known)
	}
	known[n] = size
	return size
}

func TestTooManyMarks(t *testing.T) {
	root, found := parse("[" + strings.Repeat("1,", MaxMarks) + "1]")
	if root != nil || len(found) != 1 || found[0].Code != "too-large" {
		t.Errorf("%v", found)
	}
}

func TestGet(t *testing.T) {
	var large strings.Builder
	for i := range 3 * indexFrom {
		fmt.Fprintf(&large, "k%d: %d\n", i, i)
	}
	for name, text := range map[string]string{"small": "k0: 0\nk1: 1\n", "large": large.String()} {
		root, _ := parse(text)
		for i, m := range root.Members {
			if got := root.Get(m.Key.Text); got != m.Value || got.Text != fmt.Sprint(i) {
				t.Errorf("%s: Get(%q) = %v", name, m.Key.Text, got)
			}
		}
		if root.Get("none") != nil || root.Member("") != nil {
			t.Errorf("%s: has what it has not", name)
		}
	}
	var nothing *Node
	if nothing.Get("a") != nil || nothing.Get("a").Get("b") != nil {
		t.Error("nothing has members")
	}
	scalar, _ := parse("text")
	if scalar.Get("a") != nil {
		t.Error("a scalar has members")
	}
}

func TestKind(t *testing.T) {
	for kind, want := range map[Kind]string{Null: "null", Bool: "boolean", Number: "number", String: "string", Sequence: "array", Mapping: "object", 0: "nothing", 99: "nothing"} {
		if got := kind.String(); got != want {
			t.Errorf("Kind(%d) is %q, want %q", kind, got, want)
		}
	}
}
