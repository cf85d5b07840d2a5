package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
)

// The report that JUnit's Ant task began and that every CI system reads. A file
// is a suite; each of its findings is a case, which an error fails; a file
// without findings is one case that passes, and one that
// could not be judged a case that fails.
type (
	junitSuites struct {
		XMLName  xml.Name      `xml:"testsuites"`
		Name     string        `xml:"name,attr"`
		Tests    int           `xml:"tests,attr"`
		Failures int           `xml:"failures,attr"`
		Suites   []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		File      string        `xml:"file,attr,omitempty"`
		Line      int           `xml:"line,attr,omitempty"`
		Failure   *junitFailure `xml:"failure"`
		Out       string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Type    diag.Code `xml:"type,attr"`
		Message string    `xml:"message,attr"`
		Text    string    `xml:",chardata"`
	}
)

func writeJUnit(w io.Writer, l diag.List, o *Options) error {
	report := junitSuites{Name: o.tool()}
	suites := map[string]*junitSuite{}
	suite := func(name string) *junitSuite {
		if suites[name] == nil {
			suites[name] = &junitSuite{Name: name}
			report.Suites = append(report.Suites, suites[name])
		}
		return suites[name]
	}
	for _, input := range o.Inputs {
		suite(filepath.ToSlash(input))
	}
	for _, d := range l {
		name := path(d.At)
		if name == "" {
			name = o.tool()
		}
		suite(name).add(junitOf(d, name))
	}
	for _, u := range o.Unjudged {
		name := filepath.ToSlash(u.Input)
		suite(name).add(junitCase{Name: string(unjudged), ClassName: name, Failure: &junitFailure{unjudged, u.Why, u.Why}})
	}
	for _, s := range report.Suites {
		if len(s.Cases) == 0 {
			s.add(junitCase{Name: "no findings", ClassName: s.Name})
		}
		report.Tests += s.Tests
		report.Failures += s.Failures
	}
	return encodeXML(w, report)
}

// unjudged stands where else the code of a finding does.
const unjudged diag.Code = "not-judged"

func (s *junitSuite) add(c junitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	if c.Failure != nil {
		s.Failures++
	}
}

func junitOf(d *diag.Diagnostic, suite string) junitCase {
	c := junitCase{
		Name:      fmt.Sprintf("%s: %s", d.Code, d.Message),
		ClassName: suite,
		File:      path(d.At),
		Line:      d.At.Position().Line,
	}
	lines := []string{strings.TrimPrefix(d.String(), "-: ")}
	for _, p := range d.Properties {
		lines = append(lines, p.Name+": "+p.Value)
	}
	text := strings.Join(append(lines, details(d)...), "\n")
	if d.Severity == diag.Error {
		c.Failure = &junitFailure{d.Code, d.Message, text}
	} else {
		c.Out = text
	}
	return c
}

func encodeXML(w io.Writer, v any) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
