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

// NewRules is the call check.NewRules(set).
func (c Check) NewRules(set jen.Code) *jen.Statement { return c.Name("NewRules").Call(set) }

// NewRulesWithLabels is the call check.NewRulesWithLabels(set, idn.Labels).
func (c Check) NewRulesWithLabels(set jen.Code) *jen.Statement {
	return c.Name("NewRulesWithLabels").Call(set, jen.Qual(c.LabelsPath(), "Labels"))
}

// LabelsPath is the import path of package idn.
func (c Check) LabelsPath() string { return string(c) + "/idn" }

// Text is a string literal, in back quotes where that spares escapes.
func Text(text string) *jen.Statement {
	hidden := func(r rune) bool { return !strconv.IsPrint(r) } // changes of writing direction
	if strings.ContainsAny(text, `"\`) && strconv.CanBackquote(text) && !strings.ContainsFunc(text, hidden) {
		// What CanBackquote allows has no back quote and no line break, so that
		// nothing in it can end the literal.
		return jen.Op("`" + text + "`")
	}
	return jen.Lit(text)
}
