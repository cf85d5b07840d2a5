package render

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

var update = flag.Bool("update", false, "write the golden files anew, and fail")

const orders = `asyncapi: 3.1.0
channels:
  orders:
    address: orders.placed
  other:
    address: orders.placed
` + "\tindented:\twith tabs\n" + `  日本語: "値" # wide
  cafe` + "\u0301" + `: 😀 x
  evil: ` + "\x1b[31mred\x1b[0m \u202eabc\u009b\x7f" + ` end
empty:
`

// fixed is one list of findings with all that findings have.
func fixed() diag.List {
	f := source.NewFile("dir/orders.yaml", []byte(orders))
	odd := source.NewFile("a b,c:d%.json", []byte(`{"long": "`+strings.Repeat("0123456789", 30)+`", "end": 1}`+"\r\n{"))
	in := func(f *source.File, text string, n int) source.Span {
		at := -1
		for range n {
			at += 1 + strings.Index(string(f.Text())[at+1:], text)
		}
		return source.Span{File: f, Start: at, End: at + len(text)}
	}
	var l diag.List
	l.Errorf(in(f, "orders.placed", 2), "channel-address-unique", "address %q is already used by channel %q", "orders.placed", "orders").
		Note(in(f, "orders.placed", 1), "first used here").
		Note(nil, "messages at a shared address cannot be told apart").
		WithHelp("merge the channels, or give each its own address")
	l.Warningf(in(f, "with tabs", 1), "tab", "100%% of\nthe tabs")
	l.Warningf(in(f, `"値"`, 1), "wide", "a wide character")
	l.Infof(in(f, "😀", 1), "combining", "a combining character")
	l.Errorf(in(f, "abc", 1), "control", "holds \x1b[31m, \u202e and \x00").Note(in(f, "evil", 1), "see \x1b[0m")
	l.Infof(source.Span{File: f, Start: len(orders) - 1, End: len(orders) - 1}, "no-length", "a value is missing")
	l.Warningf(source.Span{File: f, Start: strings.Index(orders, "  orders:") + 2, End: strings.Index(orders, "  other")}, "lines", "several lines")
	l.Errorf(in(odd, `"end"`, 1), "long-line", "behind <a> \"long\" text & more")
	l.Errorf(in(odd, `"long": "`+strings.Repeat("0123456789", 20), 1), "long-span", "a long text")
	l.Errorf(in(odd, "{", 2), "last-line", "the end")
	l.Errorf(nil, "payload-type", "must be an integer, is a string").
		With("topic", "orders").With("partition", "3").With("pointer", "/items/0: x").
		WithHelp("see\r\nthe document")
	return l.Sorted()
}

func options() *Options {
	return &Options{
		Tool: "asyncwire", Version: "1.2.3", URL: "https://example.org",
		Inputs: []string{"clean.yaml", "dir/orders.yaml"},
		Rules: []Rule{
			{Code: "channel-address-unique", Severity: diag.Error, Title: "two channels share one address", Doc: "A message cannot be told apart.", URL: "https://example.org/rules"},
			{Code: "not-broken", Title: "a rule without findings"},
		},
	}
}

func TestGolden(t *testing.T) {
	for _, format := range Formats() {
		t.Run(format, func(t *testing.T) {
			compare(t, "fixed."+format, rendered(t, format, fixed(), options()))
			compare(t, "none."+format, rendered(t, format, nil, options()))
			o := options()
			o.Unjudged = []Unjudged{{Input: "dir/orders.yaml", Why: "cannot read dir/orders.yaml:\nno such file"}}
			compare(t, "unjudged."+format, rendered(t, format, nil, o))
		})
	}
	t.Run("colour", func(t *testing.T) {
		o := options()
		o.Color = true
		compare(t, "fixed.colour", rendered(t, "text", fixed(), o))
	})
}

func rendered(t *testing.T, format string, l diag.List, o *Options) string {
	t.Helper()
	var b bytes.Buffer
	if err := Render(&b, format, l, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func compare(t *testing.T, name, got string) {
	t.Helper()
	golden := filepath.Join("testdata", name)
	want, err := os.ReadFile(golden)
	if err == nil && string(want) == got {
		return
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Errorf("wrote %s; look at it", golden)
		return
	}
	t.Errorf("%s is otherwise (-update writes it anew):\n%s", golden, got)
}

func TestUnknownFormat(t *testing.T) {
	var b bytes.Buffer
	err := Render(&b, "yaml", fixed(), nil)
	const want = `unknown format "yaml": want one of github, json, junit, sarif, text`
	if err == nil || err.Error() != want || b.Len() > 0 {
		t.Errorf("error %v and output %q, want %s", err, b.String(), want)
	}
	if !slices.IsSorted(Formats()) {
		t.Errorf("formats are not sorted: %v", Formats())
	}
}

func TestNoOptions(t *testing.T) {
	for _, format := range Formats() {
		if err := Render(io.Discard, format, fixed(), nil); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// An error of the writer comes back from every format.
func TestWriteError(t *testing.T) {
	for _, format := range Formats() {
		if err := Render(broken{}, format, fixed(), nil); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: error %v", format, err)
		}
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestSummary(t *testing.T) {
	var l diag.List
	if got := Summary(l); got != "no findings" {
		t.Errorf("summary of nothing: %q", got)
	}
	l.Infof(nil, "c", "")
	if got := Summary(l); got != "1 info" {
		t.Errorf("summary: %q", got)
	}
	l.Errorf(nil, "a", "")
	l.Errorf(nil, "a", "")
	l.Warningf(nil, "b", "")
	if got := Summary(l); got != "2 errors, 1 warning, 1 info" {
		t.Errorf("summary: %q", got)
	}
}

// Every finding is in the machine formats, and these are well-formed.
func TestMachineFormats(t *testing.T) {
	l := fixed()
	var report jsonReport
	if err := json.Unmarshal([]byte(rendered(t, "json", l, nil)), &report); err != nil || len(report.Findings) != len(l) {
		t.Errorf("json: %v, %d findings of %d", err, len(report.Findings), len(l))
	}
	var log sarifLog
	if err := json.Unmarshal([]byte(rendered(t, "sarif", l, options())), &log); err != nil {
		t.Fatal(err)
	}
	for i, r := range log.Runs[0].Results {
		if rule := log.Runs[0].Tool.Driver.Rules[r.RuleIndex]; rule.ID != l[i].Code || r.RuleID != l[i].Code {
			t.Errorf("sarif: result %d is of rule %q, want %q", i, rule.ID, l[i].Code)
		}
	}
	var suites junitSuites
	if err := xml.Unmarshal([]byte(rendered(t, "junit", l, options())), &suites); err != nil || suites.Failures != l.AtLeast(diag.Error) || suites.Tests != len(l)+1 {
		t.Errorf("junit: %v, %d tests, %d failures", err, suites.Tests, suites.Failures)
	}
	if lines := strings.Count(rendered(t, "github", l, nil), "\n"); lines != len(l) {
		t.Errorf("github: %d lines for %d findings", lines, len(l))
	}
}

// Whatever a document or a name holds, a terminal gets no control character,
// no line of a frame is endless, and the marks stand below the text.
func FuzzText(f *testing.F) {
	f.Add("a\tb\x1b[2J\u202ec", "name\x07", "mess\x9bage\r\n", 1, 3)
	f.Add("\xff日本\n", "", "", 0, 99)
	f.Add(strings.Repeat("é\t", 300), "x", "", 500, 501)
	f.Fuzz(func(t *testing.T, text, name, message string, start, end int) {
		file := source.NewFile(name, []byte(text))
		size := len(file.Text())
		start = min(max(start, 0), size)
		end = min(max(end, start), size)
		var l diag.List
		l.Errorf(source.Span{File: file, Start: start, End: end}, diag.Code(name), "%s", message).
			With(name, message).Note(source.Span{File: file}, "%s", message).WithHelp("%s", message)
		out := rendered(t, "text", l, nil)
		for _, r := range out {
			if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
				t.Fatalf("%q has %q", out, r)
			}
		}
		if !utf8.ValidString(out) {
			t.Fatalf("%q is not UTF-8", out)
		}
		code, mark := frame(l[0].At)
		if width(code) > 2*frameWidth || len(mark) > frameWidth+2 || !strings.HasSuffix(mark, "^") {
			t.Fatalf("frame\n%q\n%q", code, mark)
		}
	})
}

// TestMasked demands that no password of a URL, nor a value of its query, is in a
// frame, wherever the mark is, and that the marks stay where they are.
func TestMasked(t *testing.T) {
	for line, want := range map[string]string{
		`{a: 'https://me:s3cret@example.com/x@y', b: "amqp://s3cret@h", c: h@x}`: `{a: 'https://*********@example.com/x@y', b: "amqp://******@h", c: h@x}`,
		`{d: //me:s3cret@h/, e: http://h?s3cret&k=s3cret#/a?b=c, f: a?b=c}`:      `{d: //*********@h/, e: http://h?******&k=******#/a?b=c, f: a?b=c}`,
	} {
		f := source.NewFile("f", []byte(line))
		for i := range len(line) {
			code, mark := frame(source.Span{File: f, Start: i, End: i + 1})
			if code != want || len(mark) != i+1 {
				t.Fatalf("at %d:\n%s\n%s", i, code, mark)
			}
		}
	}
	long := strings.Repeat("x", 1<<16) + " https://me:s3cret@example.com/ " + strings.Repeat("y", 1<<16)
	f := source.NewFile("f", []byte(long))
	for i := 1<<16 - 100; i < 1<<16+100; i++ {
		if code, _ := frame(source.Span{File: f, Start: i, End: i + 1}); strings.Contains(code, "s3cret") {
			t.Fatalf("at %d: %s", i, code)
		}
	}
}
