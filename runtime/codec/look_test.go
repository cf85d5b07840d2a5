package codec

import (
	"strings"
	"testing"
)

// TestLookRemembers: looking into each of many large values within each other
// finds what stands behind the next one, and the text is passed over once.
func TestLookRemembers(t *testing.T) {
	const depth = 200
	long := `["` + strings.Repeat(`x]}"`[:3], large) + `"]`
	text := strings.Repeat(`{"in" : `, depth) + `{"a":` + long + `,"kind":"0"}` + strings.Repeat(` ,"kind":"k"}`, depth)
	r := newReader([]byte(text))
	for level := range depth {
		if got, ok := r.LookString("kind"); !ok || string(got) != "k" {
			t.Fatalf("level %d: got %q, %v", level, got, ok)
		}
		if level == 0 && len(r.ends) != depth+1 {
			t.Fatalf("%d ends are known after one look", len(r.ends))
		}
		r.Object()
		if !r.Member() || string(r.Key()) != "in" {
			t.Fatalf("level %d: at %q", level, r.Key())
		}
	}
	if got, ok := r.LookString("kind"); !ok || string(got) != "0" {
		t.Errorf("at last: got %q, %v", got, ok)
	}
	for start, end := range r.ends {
		if want := valueEnd(r.data, start); end != want {
			t.Errorf("the value at %d ends at %d, want %d", start, end, want)
		}
	}
	if err := r.end(); err == nil {
		t.Error("a text that was not read to its end is no failure")
	}
	if next := newReader([]byte(`{}`)); next.ends != nil {
		t.Error("the next text knows the ends of the last")
	}
}

// TestLookIntoBroken: of what is no JSON nothing is known, and looking ends.
func TestLookIntoBroken(t *testing.T) {
	for _, text := range []string{
		`{"a":` + strings.Repeat(`[`, 2*large), `{"a":` + strings.Repeat(`]`, 2*large), `{"a":[` + strings.Repeat(`}`, 2*large) + `,"kind":1`,
		`{"a":["` + strings.Repeat(`x`, 2*large), `{"a":{` + strings.Repeat(` `, 2*large) + `]]]}`,
	} {
		r := newReader([]byte(text))
		r.Look("kind")
		r.Look("kind")
	}
}
