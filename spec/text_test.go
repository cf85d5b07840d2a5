package spec_test

import (
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/source"
)

// at is the text at a place of a file.
func at(file, text, value string) spec.Text {
	f := source.NewFile("f", []byte(file))
	start := 0
	for file[start:start+len(text)] != text {
		start++
	}
	return spec.Text{Value: value, At: source.Span{File: f, Start: start, End: start + len(text)}}
}

func TestExpressions(t *testing.T) {
	for value, want := range map[string][]string{
		"":              nil,
		"orders":        nil,
		"a.{b}.{c-d}/e": {"b", "c-d"},
		"{}":            {""},
		"{a":            nil,
		"a}":            nil,
		"{{a}}":         {"a"},
		"{a}{a}":        {"a", "a"},
	} {
		address := at("address: '"+value+"'", "'"+value+"'", value)
		got := address.Expressions()
		if len(got) != len(want) {
			t.Errorf("%q has %v", value, got)
			continue
		}
		for i, name := range got {
			if name.Value != want[i] || name.At.Text() != want[i] {
				t.Errorf("%q: expression %d is %q at %q", value, i, name.Value, name.At.Text())
			}
		}
	}
}

// TestPartOfEscaped demands the place of a piece behind an escape.
func TestPartOfEscaped(t *testing.T) {
	text := at(`x: "a\tb"`, `"a\tb"`, "a\tb")
	if part := text.Part(2, 3); part.Value != "b" || part.At.Text() != "b" {
		t.Errorf("%q at %q", part.Value, part.At.Text())
	}
}

func TestIsSet(t *testing.T) {
	if (spec.Text{}).IsSet() || !at("x: ''", "''", "").IsSet() {
		t.Error("an empty text is not an absent one")
	}
}

// TestManyExpressions holds the work on a long address with many expressions to
// its length: walking along what is written once for each of them would take
// minutes.
func TestManyExpressions(t *testing.T) {
	const n = 200_000
	value := strings.Repeat("{a}/", n)
	text := at(`x: "`+value+`"`, `"`+value+`"`, value)
	if got := text.Expressions(); len(got) != n || got[n-1].At.Text() != "a" {
		t.Errorf("%d expressions", len(got))
	}
}
