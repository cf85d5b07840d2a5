package syntax

import (
	"bytes"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/internal/workload"
	"github.com/asyncwire/asyncwire/spec/source"
)

// checkSwift holds the swift reader to the library: where it does not give up,
// the library finds nothing wrong and makes the same tree of the text. It
// reports whether the reader gave up.
func checkSwift(t *testing.T, name string, text []byte) (gaveUp bool) {
	t.Helper()
	f := source.NewFile(name, text)
	text = decoded(f, new(findings))
	swiftly := parseSwiftly(f, text)
	if swiftly == nil {
		return true
	}
	slowly, found := parseYAML(f, text)
	if len(found.list) > 0 {
		t.Errorf("%s: read swiftly, and yet %v\n%s", name, found.list[0], brief(text))
		return false
	}
	if d := difference(swiftly, slowly); d != "" {
		t.Errorf("%s: %s\n%s", name, d, brief(text))
	}
	return false
}

func brief(text []byte) []byte { return text[:min(len(text), 2000)] }

// difference says where two trees of one text differ, or "".
func difference(a, b *Node) string {
	if a.Kind != b.Kind || a.At != b.At || a.Text != b.Text || len(a.Members) != len(b.Members) || len(a.Items) != len(b.Items) {
		return "swiftly " + dump(a) + "by the library " + dump(b)
	}
	for i := range a.Members {
		if a.Members[i].Key != b.Members[i].Key {
			return "keys: swiftly " + dump(a) + "by the library " + dump(b)
		}
		if d := difference(a.Members[i].Value, b.Members[i].Value); d != "" {
			return d
		}
		if a.Member(a.Members[i].Key.Text) != &a.Members[i] {
			return "not found by its key: " + a.Members[i].Key.Text
		}
	}
	for i := range a.Items {
		if d := difference(a.Items[i], b.Items[i]); d != "" {
			return d
		}
	}
	return ""
}

// The documents of the corpora, and variants of them, are read swiftly as the
// library reads them. Most sound ones are.
func TestSwiftCorpus(t *testing.T) {
	variants := 10
	if workload.Long() {
		variants = 1000
	}
	random := rand.New(rand.NewPCG(3, 5))
	read, slow := 0, 0
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		for _, path := range corpus.Documents(t, corpus.Dir(t, part)) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if first := firstSignificant(text); !bracketed(text[first:]) {
				read++
				if checkSwift(t, path, text) {
					t.Log("left to the library:", path)
					slow++
				}
			}
			for range variants {
				checkSwift(t, path, mutated(text, random))
			}
		}
	}
	if slow > read/50 {
		t.Errorf("%d of %d are left to the library", slow, read)
	}
}

// Sound texts of our own are read alike.
func TestSwift(t *testing.T) {
	variants := 10
	if workload.Long() {
		variants = 1000
	}
	random := rand.New(rand.NewPCG(7, 9))
	for _, path := range inputs(t) {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		checkSwift(t, path, text)
		for range 10 * variants {
			checkSwift(t, path, mutated(text, random))
		}
	}
	for _, text := range []string{
		"a: |+\n\n  x", "a: |+\n  x\n\n  y", "a: |+\n  x\n\n   ", "a: >+\n\n\n  x", "a: |+\n  x\n\n ", "a: |+\n  x\n\n",
	} {
		checkSwift(t, "kept line breaks", []byte(text))
	}
	for name, text := range map[string][]byte{
		"document": workload.Document(20).YAML(),
		"channels": workload.Channels(20).YAML(),
		"diamond":  workload.Diamond(24).YAML(),
	} {
		if checkSwift(t, name, text) {
			t.Errorf("%s is not read swiftly", name)
		}
	}
}

// seeds are what makes YAML hard, to be put anywhere.
var seeds = []string{
	"\n", "\n\n", "\r\n", "\r", " ", "  ", "\t", "- ", "-", "? ", ": ", ":", "# c\n", " #", "#", "'", "\"", "''", "\\", "\\n", "\\\n", "\\u00e9", "\\x41", "\\U0001F303", "\\ ", "\\/", "|", ">", "|-\n", ">+\n", "|2\n",
	"[", "]", "{", "}", ",", "&a ", "*a", "!", "!!str ", "%", "@", "`", "---\n", "...\n", "<<: ", "~", "null", "0x1F", ".inf", "é", "\u00a0", "\u0085", "\u2028", "\ufeff", "\x00", "\x7f",
	"k: v\n", "- v\n", "  k: v\n", "\n  ", "\n    ", "\n\n      x", "[a, b]", "{a: b}", "{\"a\":1}", "a: b: c", "long long text",
}

// mutated is a variant of a text: pieces are removed, repeated, or put in.
func mutated(text []byte, r *rand.Rand) []byte {
	out := bytes.Clone(text)
	if len(out) > 4000 { // a stretch of whole lines is enough
		from := r.IntN(len(out) - 2000)
		out = out[from:min(len(out), from+2000)]
		out = out[bytes.IndexByte(out, '\n')+1:]
	}
	for range 1 + r.IntN(3) {
		if len(out) == 0 {
			return out
		}
		at := r.IntN(len(out))
		end := min(len(out), at+1+r.IntN(8))
		switch r.IntN(4) {
		case 0:
			out = append(out[:at:at], out[end:]...)
		case 1:
			out = append(out[:end:end], out[at:]...)
		case 2:
			out = append(out[:at:at], append([]byte(seeds[r.IntN(len(seeds))]), out[at:]...)...)
		default:
			out[at] = seeds[r.IntN(len(seeds))][0]
		}
	}
	return out
}

func FuzzSwift(f *testing.F) {
	for _, path := range inputs(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add(workload.Document(1).YAML())
	f.Fuzz(func(t *testing.T, text []byte) { checkSwift(t, "f", text) })
}
