package diag

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/asyncwire/asyncwire/spec/source"
)

func Example() {
	f := source.NewFile("orders.yaml", []byte("id: 1\nid: 2\n"))
	first, second := source.Span{File: f, Start: 0, End: 2}, source.Span{File: f, Start: 6, End: 8}

	var found List
	found.Errorf(second, "duplicate-key", "key %q appears twice", second.Text()).
		Note(first, "first defined here").
		WithHelp("remove one of them")
	fmt.Println(found[0])
	fmt.Println(found[0].Notes[0].At, found[0].Notes[0].Text)
	// Output:
	// orders.yaml:2:1: error: key "id" appears twice [duplicate-key]
	// orders.yaml:1:1 first defined here
}

// all is a list of findings that differ in one thing each, in their order.
func all() List {
	a, b := source.NewFile("a", []byte("0123456789")), source.NewFile("b", []byte("0123456789"))
	var l List
	l.Errorf(nil, "x", "nowhere")
	l.Errorf(source.Span{File: a, Start: 1, End: 2}, "x", "m")
	l.Errorf(source.Span{File: a, Start: 1, End: 3}, "x", "m")
	l.Warningf(source.Span{File: a, Start: 1, End: 3}, "a", "a")
	l.Infof(source.Span{File: a, Start: 1, End: 3}, "a", "a")
	l.Infof(source.Span{File: a, Start: 1, End: 3}, "b", "a")
	l.Infof(source.Span{File: a, Start: 1, End: 3}, "b", "b")
	l.Infof(source.Span{File: a, Start: 1, End: 3}, "b", "b").With("offset", "1")
	l.Infof(source.Span{File: a, Start: 1, End: 3}, "b", "b").With("offset", "2")
	l.Errorf(source.Span{File: a, Start: 2, End: 3}, "x", "m")
	l.Errorf(source.Span{File: b, Start: 0, End: 1}, "x", "m")
	return l
}

// Sorted undoes every shuffle, keeps what differs, drops what is the same, and
// leaves its receiver alone.
func TestSorted(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	want := all()
	for range 100 {
		shuffled := append(all(), all()...)
		random.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		before := slices.Clone(shuffled)
		got := shuffled.Sorted()
		if !slices.Equal(shuffled, before) {
			t.Fatal("Sorted changed its receiver")
		}
		if !slices.EqualFunc(got, want, func(a, b *Diagnostic) bool {
			return fmt.Sprint(a, a.Properties) == fmt.Sprint(b, b.Properties)
		}) {
			t.Fatalf("sorted:\n%v\nwant:\n%v", got, want)
		}
	}
	if List(nil).Sorted() != nil {
		t.Error("nothing became something")
	}
}

func TestAtLeast(t *testing.T) {
	l := all()
	for severity, want := range map[Severity]int{Info: 11, Warning: 6, Error: 5} {
		if got := l.AtLeast(severity); got != want {
			t.Errorf("AtLeast(%v) = %d, want %d", severity, got, want)
		}
	}
	if !l.HasErrors() || l[3:9].HasErrors() || List(nil).HasErrors() {
		t.Error("HasErrors is wrong")
	}
}

func TestSeverity(t *testing.T) {
	for _, s := range []Severity{Info, Warning, Error} {
		if got, err := ParseSeverity(s.String()); got != s || err != nil {
			t.Errorf("ParseSeverity(%q) = %v, %v", s, got, err)
		}
	}
	for _, name := range []string{"", "Error", "fatal", Severity(0).String()} {
		if got, err := ParseSeverity(name); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("ParseSeverity(%q) = %v, %v", name, got, err)
		}
	}
}

func TestDiagnostic(t *testing.T) {
	f := source.NewFile("f", []byte("abc"))
	at := source.Span{File: f, Start: 1, End: 2}
	var l List
	d := l.Warningf(at, "code", "%d%%", 100).
		Note(nil, "nowhere %d", 1).
		Note(source.Origin{At: at}, "here").
		With("topic", "t").
		WithHelp("help %s", "me").
		WithFix(at, "B")
	if l[0] != d || d.String() != "f:1:2: warning: 100% [code]" || d.Help != "help me" {
		t.Errorf("finding %v, help %q", d, d.Help)
	}
	if !d.Notes[0].At.IsZero() || d.Notes[0].Text != "nowhere 1" || d.Notes[1].At != at {
		t.Errorf("notes %v", d.Notes)
	}
	if d.Properties[0] != (Property{"topic", "t"}) || *d.Fix != (Fix{at, "B"}) {
		t.Errorf("properties %v, fix %v", d.Properties, d.Fix)
	}
	var m List
	m.Add(l...)
	if m.Infof(nil, "c", "m"); m[1].String() != "-: info: m [c]" || len(l) != 1 {
		t.Errorf("added to %v", m)
	}
}

func TestNearest(t *testing.T) {
	names := []string{"channels", "operations", "info", "id", "servers", "components", "defaultContentType", "größe"}
	tests := []struct{ word, want string }{
		{"chanels", "channels"},   // a letter is missing
		{"channnels", "channels"}, // one too many
		{"chanenls", "channels"},  // two swapped
		{"chonnels", "channels"},  // another
		{"CHANNELS", "channels"},  // only the case
		{"Info", "info"},          // only the case
		{"ifno", "info"},          // two swapped in a short word
		{"it", "id"},              // one of two
		{"x", ""},                 // nothing is left of it
		{"", ""},                  // nothing there
		{"ab", ""},                // both of two
		{"contentType", ""},       // too much is missing
		{"defaultContenttypes", "defaultContentType"},
		{"grösse", "größe"}, // letters, not bytes
		{"payload", ""},
		{strings.Repeat("channels", 20), ""}, // too long to be looked at
	}
	for _, tt := range tests {
		if got := Nearest(tt.word, names); got != tt.want {
			t.Errorf("Nearest(%q) = %q, want %q", tt.word, got, tt.want)
		}
	}
	if got := Nearest("cat", []string{"car", "bat", "cab"}); got != "car" {
		t.Errorf("of equally near ones the first is %q", got)
	}
	if got := Nearest("chanel", []string{"chapels", "channel", "chanels"}); got != "channel" {
		t.Errorf("a nearer one comes later, got %q", got)
	}
	if got := Nearest("id", nil); got != "" {
		t.Errorf("nearest of none is %q", got)
	}
}

// A suggestion becomes a fix only where it is the only one and fits in the place
// of the word.
func TestSuggest(t *testing.T) {
	for _, c := range []struct {
		text, word string
		candidates []string
		near, fix  string
	}{
		{"adress", "adress", []string{"address", "messages"}, "address", "address"},
		{`"adress"`, "adress", []string{"address"}, "address", `"address"`},
		{`'adress'`, "adress", []string{"address"}, "address", `'address'`},
		{"adress", "adress", []string{"address", "adres"}, "address", ""}, // one of two
		{"nul", "nul", []string{"null"}, "null", ""},                      // would not be text
		{`"nul"`, "nul", []string{"null"}, "null", `"null"`},
		{"|\n  adress", "adress", []string{"address"}, "address", ""},
		{"*adress", "adress", []string{"address"}, "address", ""},
		{"orders", "orders", []string{"address"}, "", ""},
	} {
		f := source.NewFile("f", []byte(c.text))
		d := new(Diagnostic)
		near := d.Suggest(source.Span{File: f, End: len(c.text)}, c.word, c.candidates)
		fix := ""
		if d.Fix != nil {
			fix = d.Fix.New
		}
		if near != c.near || fix != c.fix || (d.Help == "") != (near == "") {
			t.Errorf("%s among %q: %q with fix %q and help %q, want %q and %q", c.text, c.candidates, near, fix, d.Help, c.near, c.fix)
		}
	}
}

// TestHints demands that the search for near names ends in a document that
// consists of slips.
func TestHints(t *testing.T) {
	names := make([]string, 1000)
	names[999] = "payload"
	var hints Hints
	found := 0
	for hints.Nearest("paylaod", names) == "payload" {
		found++
	}
	if found < 1000 || found > 2000 {
		t.Errorf("%d hints were found among %d names", found, len(names))
	}
}
