package syntax

import (
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/source"
)

// maxFindings is how many mistakes of one text are told.
const maxFindings = 1000

// findings collects what is wrong with a text, up to a limit.
type findings struct {
	list   diag.List
	hidden int // how many more there are
}

// errorf adds an error and returns it, so that notes and help can follow.
func (x *findings) errorf(at source.Spanner, code diag.Code, format string, args ...any) *diag.Diagnostic {
	if len(x.list) >= maxFindings {
		x.hidden++
		return new(diag.Diagnostic)
	}
	return x.list.Errorf(at, code, format, args...)
}

// include adds other findings.
func (x *findings) include(others *findings) {
	x.list.Add(others.list...)
	x.hidden += others.hidden
}

// sorted returns the findings, and how many there are that are not among them.
func (x *findings) sorted(f *source.File) diag.List {
	list := x.list.Sorted()
	if x.hidden > 0 {
		list.Infof(source.Span{File: f, Start: len(f.Text()), End: len(f.Text())}, "more-findings",
			"there are %d more mistakes in this document", x.hidden)
	}
	return list
}

// fault is a mistake that a text may be full of and that is reported once.
type fault struct {
	file  *source.File
	first source.Span
	count int
}

func (x *fault) at(offset, length int) {
	if x.count++; x.count == 1 {
		x.first = source.Span{File: x.file, Start: offset, End: offset + length}
	}
}

// report adds the finding, or returns nil when there was no fault.
func (x *fault) report(found *findings, code diag.Code, format string, args ...any) *diag.Diagnostic {
	if x.count == 0 {
		return nil
	}
	d := found.errorf(x.first, code, format, args...)
	switch {
	case x.count == 2:
		d.Note(nil, "and once more further down")
	case x.count > 2:
		d.Note(nil, "and %d times more further down", x.count-1)
	}
	return d
}
