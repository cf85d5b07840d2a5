// Package diag is how every command speaks to the user: one type for a finding,
// a list that sorts and deduplicates, and three severities.
//
// Texts are lower case, without a full stop, in plain words. At is the smallest
// text that is wrong, Help shows the way out, and Notes name related places.
// It imports source and nothing else of this module.
//
//	var found diag.List
//	found.Errorf(key, "duplicate-key", "key %q appears twice", name).
//		Note(first, "first defined here").
//		WithHelp("remove one of them")
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/source"
)

// Severity ranks a finding.
type Severity uint8

// The severities, from the mildest to the gravest.
const (
	Info    Severity = iota + 1 // worth knowing
	Warning                     // probably wrong
	Error                       // we cannot go on with it
)

// String is the severity's name as shown to users and used in flags.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return fmt.Sprintf("severity(%d)", uint8(s))
}

// ParseSeverity reads a severity's name.
func ParseSeverity(name string) (Severity, error) {
	for _, s := range []Severity{Info, Warning, Error} {
		if s.String() == name {
			return s, nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: want error, warning or info", name)
}

// Code names a kind of finding: words with dashes, stable for ever.
type Code string

// Note is a related place or remark. At may be nowhere.
type Note struct {
	At   source.Span
	Text string
}

// Property is a named fact about a finding that is not a place in a document,
// such as the topic, partition and offset of a live message.
type Property struct {
	Name, Value string
}

// Fix is an edit that cures a finding: the text at At becomes New.
type Fix struct {
	At  source.Span
	New string
}

// Diagnostic is one finding.
type Diagnostic struct {
	Code       Code
	Severity   Severity
	At         source.Span
	Message    string
	Properties []Property
	Notes      []Note
	Help       string
	Fix        *Fix
}

// Note adds a related place and returns d.
func (d *Diagnostic) Note(at source.Spanner, format string, args ...any) *Diagnostic {
	n := Note{Text: fmt.Sprintf(format, args...)}
	if at != nil {
		n.At = at.Span()
	}
	d.Notes = append(d.Notes, n)
	return d
}

// With adds a property and returns d.
func (d *Diagnostic) With(name, value string) *Diagnostic {
	d.Properties = append(d.Properties, Property{Name: name, Value: value})
	return d
}

// WithHelp sets the way out and returns d.
func (d *Diagnostic) WithHelp(format string, args ...any) *Diagnostic {
	d.Help = fmt.Sprintf(format, args...)
	return d
}

// WithFix sets the edit that cures the finding and returns d.
func (d *Diagnostic) WithFix(at source.Spanner, text string) *Diagnostic {
	d.Fix = &Fix{At: at.Span(), New: text}
	return d
}

// String is the finding on one line, as file:line:col: severity: message [code].
func (d *Diagnostic) String() string {
	return fmt.Sprintf("%s: %s: %s [%s]", d.At, d.Severity, d.Message, d.Code)
}

// List is a set of findings. It is returned beside a value, never as an error:
// an empty or nil list means that nothing was found.
type List []*Diagnostic

// Errorf adds an error and returns it, so that notes and help can follow.
func (l *List) Errorf(at source.Spanner, code Code, format string, args ...any) *Diagnostic {
	return l.add(Error, at, code, format, args)
}

// Warningf adds a warning and returns it.
func (l *List) Warningf(at source.Spanner, code Code, format string, args ...any) *Diagnostic {
	return l.add(Warning, at, code, format, args)
}

// Infof adds a remark and returns it.
func (l *List) Infof(at source.Spanner, code Code, format string, args ...any) *Diagnostic {
	return l.add(Info, at, code, format, args)
}

func (l *List) add(s Severity, at source.Spanner, code Code, format string, args []any) *Diagnostic {
	d := &Diagnostic{Code: code, Severity: s, Message: fmt.Sprintf(format, args...)}
	if at != nil {
		d.At = at.Span()
	}
	*l = append(*l, d)
	return d
}

// Add appends findings.
func (l *List) Add(ds ...*Diagnostic) { *l = append(*l, ds...) }

// AtLeast counts the findings of that severity or a graver one.
func (l List) AtLeast(s Severity) int {
	n := 0
	for _, d := range l {
		if d.Severity >= s {
			n++
		}
	}
	return n
}

// HasErrors tells whether any finding is an error.
func (l List) HasErrors() bool { return l.AtLeast(Error) > 0 }

// Sorted returns the findings by file, place, severity, code and text, each
// once. The receiver is left as it is.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, compare)
	return slices.CompactFunc(out, func(a, b *Diagnostic) bool { return compare(a, b) == 0 })
}

func compare(a, b *Diagnostic) int {
	return cmp.Or(
		cmp.Compare(fileName(a), fileName(b)),
		cmp.Compare(linesBefore(a), linesBefore(b)),
		cmp.Compare(a.At.Start, b.At.Start),
		cmp.Compare(a.At.End, b.At.End),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(a.Code, b.Code),
		cmp.Compare(a.Message, b.Message),
		slices.CompareFunc(a.Properties, b.Properties, func(x, y Property) int {
			return cmp.Or(strings.Compare(x.Name, y.Name), strings.Compare(x.Value, y.Value))
		}),
	)
}

// linesBefore orders parts of one text.
func linesBefore(d *Diagnostic) int {
	if d.At.File == nil {
		return 0
	}
	return d.At.File.Before()
}

func fileName(d *Diagnostic) string {
	if d.At.File == nil {
		return ""
	}
	return d.At.File.Name()
}
