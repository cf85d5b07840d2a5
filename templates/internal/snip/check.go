package snip

import (
	"strconv"
	"strings"

	"github.com/dave/jennifer/jen"
)

// Check is the package check below the runtime. Its methods are the names of it
// that generated code uses.
type Check string

// Check is the package check of the runtime.
func (r Runtime) Check() Check { return Check(r + "/check") }

// Path is the import path.
func (c Check) Path() string { return string(c) }

// Name is any name of package check.
func (c Check) Name(name string) *jen.Statement { return jen.Qual(string(c), name) }

// ReadRules is the call check.ReadRules(text).
func (c Check) ReadRules(text jen.Code) *jen.Statement { return c.Name("ReadRules").Call(text) }

// ReadRulesWithLabels is the call check.ReadRulesWithLabels(text, idn.Labels).
func (c Check) ReadRulesWithLabels(text jen.Code) *jen.Statement {
	return c.Name("ReadRulesWithLabels").Call(text, jen.Qual(c.LabelsPath(), "Labels"))
}

// LabelsPath is the import path of package idn.
func (c Check) LabelsPath() string { return string(c) + "/idn" }

// Text is a string literal, in back quotes where that spares escapes.
func Text(text string) *jen.Statement {
	if strings.ContainsAny(text, `"\`) && strconv.CanBackquote(text) && !strings.ContainsFunc(text, hidden) {
		// What CanBackquote allows has no back quote and no line break, so that
		// nothing in it can end the literal.
		return jen.Op("`" + text + "`")
	}
	return jen.Lit(text)
}

// Lengthy is a string literal of several lines, in back quotes. What cannot stand in
// these, or would not be seen there, has it be quoted.
func Lengthy(text string) *jen.Statement {
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimLeft(line, "\t"); !strconv.CanBackquote(line) || strings.ContainsFunc(line, hidden) {
			return jen.Lit(text)
		}
	}
	return jen.Op("`" + text + "`")
}

// hidden tells what changes the direction of writing, and the like.
func hidden(r rune) bool { return !strconv.IsPrint(r) }
