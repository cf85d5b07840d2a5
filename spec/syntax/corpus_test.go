package syntax

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/internal/corpus"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Every document of the corpus parses, and each span holds the text it should.
func TestCorpus(t *testing.T) {
	for _, part := range []string{"asyncapi-examples", "realworld", "tck"} {
		t.Run(part, func(t *testing.T) {
			read, broken := 0, 0
			for _, path := range corpus.Documents(t, corpus.Dir(t, part)) {
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				f := source.NewFile(path, text)
				root, found := Parse(f)
				read++
				if root == nil {
					broken++
				}
				for _, d := range found {
					t.Log(d)
				}
				if root == nil && !found.HasErrors() {
					t.Errorf("%s: nothing was read and nothing was found", path)
				}
				if err := checkTree(f, root, true); err != nil {
					t.Error(err)
				}
			}
			t.Logf("%d documents read, nothing sound in %d", read, broken)
			if read < 20 {
				t.Errorf("only %d documents in %s", read, part)
			}
		})
	}
}

// checkTree holds a tree to the laws of its spans: within the file, children
// within their parent unless an alias or merge key brought them there and, where
// the text is sound, texts and keys equal to what is spanned.
func checkTree(f *source.File, root *Node, sound bool) error {
	seen := map[*Node]bool{}
	aliases := strings.Contains(string(f.Text()), "*")
	var check func(n *Node, depth int) error
	check = func(n *Node, depth int) error {
		if n == nil || seen[n] {
			return nil
		}
		seen[n] = true
		if depth > MaxDepth+1 {
			return fmt.Errorf("%v: %d levels deep", n.At, depth)
		}
		if err := checkSpan(f, n.At); err != nil {
			return err
		}
		text := n.At.Text()
		if sound && n.Kind == String && !sameText(text, n.Text) {
			return fmt.Errorf("%v: text %q stands at %q", n.At, n.Text, text)
		}
		for i, m := range n.Members {
			if err := checkSpan(f, m.Key.At); err != nil {
				return err
			}
			if sound && !sameText(m.Key.At.Text(), m.Key.Text) && m.Key.At.Text()[0] != '*' {
				return fmt.Errorf("%v: key %q stands at %q", m.Key.At, m.Key.Text, m.Key.At.Text())
			}
			if n.Member(m.Key.Text) != &n.Members[i] {
				return fmt.Errorf("%v: key %q is there twice", m.Key.At, m.Key.Text)
			}
			if !aliases && (!within(m.Key.At, n.At) || !within(m.Value.At, n.At)) {
				return fmt.Errorf("%v: member %q lies outside of its object", n.At, m.Key.Text)
			}
			if err := check(m.Value, depth+1); err != nil {
				return err
			}
		}
		for _, item := range n.Items {
			if !aliases && !within(item.At, n.At) {
				return fmt.Errorf("%v: item %v lies outside of its array", n.At, item.At)
			}
			if err := check(item, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return check(root, 1)
}

func checkSpan(f *source.File, s source.Span) error {
	if s.File != f || s.Start < f.LineStart(1) || s.Start > s.End || s.End > len(f.Text()) {
		return fmt.Errorf("%s: span %d to %d lies outside of the text", f.Name(), s.Start, s.End)
	}
	return nil
}

func within(inner, outer source.Span) bool {
	return outer.Start <= inner.Start && inner.End <= outer.End
}

// sameText tells whether written is a way to write text: the same but for
// white space when it is plain, in quotes or after a block indicator else.
func sameText(written, text string) bool {
	if written == "" {
		return text == ""
	}
	switch quote := written[0]; quote {
	case '"', '\'':
		return len(written) >= 2 && written[len(written)-1] == quote
	case '|', '>':
		_, body, _ := strings.Cut(written, "\n")
		return visible(body) == visible(text)
	}
	return visible(written) == visible(text)
}

func visible(s string) string { return strings.Join(strings.Fields(s), "") }
