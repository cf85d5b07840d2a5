// Package render writes findings in the formats that people and machines read:
// one file a format.
//
// It imports source and diag.
//
//	err := render.Render(os.Stdout, "text", found.Sorted(), nil)
package render

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Options is what formats tell beside the findings. The zero Options is fine.
type Options struct {
	Tool    string   // name of the program that found them; "asyncwire" when empty
	Version string   // its version
	URL     string   // where to read about it
	Color   bool     // for a terminal that shows colours; heeded by the text format alone
	Inputs  []string // the files that were looked at, as the user named them, findings or not
	Rules   []Rule   // what is known of the rules behind the codes
	// Unjudged is what kept inputs from being judged though no finding tells. The
	// formats for machines must not look as if all were well then.
	Unjudged []Unjudged
}

// Unjudged is an input about which the findings say less than they seem to.
type Unjudged struct {
	Input string // as in Options.Inputs
	Why   string
}

// Rule describes what stands behind a code.
type Rule struct {
	Code       diag.Code
	Severity   diag.Severity
	Title, Doc string
	URL        string
}

// format is one way to write findings.
type format struct {
	name  string
	write func(w io.Writer, l diag.List, o *Options) error
}

// formats is sorted by name.
var formats = []format{
	{"github", writeGitHub},
	{"json", writeJSON},
	{"junit", writeJUnit},
	{"sarif", writeSARIF},
	{"text", writeText},
}

// Formats returns the names of all formats, sorted.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Render writes sorted findings in one of the Formats. Text of no findings is
// empty; the other formats say that there are none. An error is that of w, or
// tells that there is no such format.
func Render(w io.Writer, name string, l diag.List, o *Options) error {
	if o == nil {
		o = &Options{}
	}
	for _, f := range formats {
		if f.name != name {
			continue
		}
		buffered := bufio.NewWriter(w)
		if err := f.write(buffered, l, o); err != nil {
			return err
		}
		return buffered.Flush()
	}
	return fmt.Errorf("unknown format %q: want one of %s", name, strings.Join(Formats(), ", "))
}

func (o *Options) tool() string {
	if o.Tool == "" {
		return "asyncwire"
	}
	return o.Tool
}

// Summary counts findings by severity: "3 errors, 1 warning". It is "no
// findings" when there are none.
func Summary(l diag.List) string {
	var parts []string
	for _, s := range severities {
		if n := count(l, s); n == 1 {
			parts = append(parts, fmt.Sprintf("1 %s", s))
		} else if n > 1 {
			parts = append(parts, fmt.Sprintf("%d %ss", n, s))
		}
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}

var severities = []diag.Severity{diag.Error, diag.Warning, diag.Info}

func count(l diag.List, s diag.Severity) int {
	n := 0
	for _, d := range l {
		if d.Severity == s {
			n++
		}
	}
	return n
}

// path is the file of a place, with slashes; "" when it is nowhere.
func path(at source.Span) string {
	if at.IsZero() {
		return ""
	}
	return filepath.ToSlash(at.File.Name())
}

// details are the notes and the help of a finding, a line each.
func details(d *diag.Diagnostic) []string {
	var lines []string
	for _, n := range d.Notes {
		lines = append(lines, "note: "+noteText(n))
	}
	if d.Help != "" {
		lines = append(lines, "help: "+d.Help)
	}
	return lines
}

func noteText(n diag.Note) string {
	if n.At.IsZero() {
		return n.Text
	}
	return fmt.Sprintf("%s: %s", n.Text, n.At)
}
