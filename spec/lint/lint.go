// Package lint holds what a well-formed AsyncAPI document may still get wrong.
// A rule is a value in a file of its own; All lists them. What breaks the
// document's form is found by package parse already.
//
// It imports source, diag, syntax, resolve, schema, schema/validate and spec.
//
//	doc, found := parse.Load(ctx, loader, "orders.yaml")
//	if doc != nil {
//		found.Add(lint.Run(doc, lint.All())...)
//	}
//	for _, d := range found.Sorted() {
//		fmt.Println(d)
//	}
package lint

import (
	"slices"
	"sync"

	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/source"
)

// Rule is one thing that documents are checked for. It holds no state.
type Rule struct {
	// Code names the rule in findings: words with dashes, stable for ever.
	Code diag.Code
	// Severity is that of its findings, unless the rule says less of one.
	Severity diag.Severity
	// Title says what is wrong, in a few words; Doc says why that matters and
	// what to do about it.
	Title, Doc string
	// Bad is a piece of a document that the rule reports, Good the same mended.
	Bad, Good string
	// Check reports to the pass what it finds in the pass's document.
	Check func(*Pass)
}

// Pass is one rule at work on one document.
type Pass struct {
	Doc *spec.Document

	rule    *Rule
	found   *diag.List
	schemas func() []*schema.Schema
	judge   *judge
	hints   *diag.Hints // of all rules together
}

// Schemas returns every schema of the document once, as Doc.AllSchemas does, but
// goes through the document only once for all rules.
func (p *Pass) Schemas() []*schema.Schema { return p.schemas() }

// Reportf adds a finding with the rule's code and severity, and returns it so
// that notes and help can follow.
func (p *Pass) Reportf(at source.Spanner, format string, args ...any) *diag.Diagnostic {
	d := p.found.Errorf(at, p.rule.Code, format, args...)
	d.Severity = p.rule.Severity
	return d
}

// All returns every rule, sorted by code. The slice is the caller's.
func All() []*Rule {
	return []*Rule{
		channelAddressQuery,
		channelAddressUnique,
		channelParameters,
		deliveryPolicy,
		kafkaTopicName,
		locationUndeclared,
		messageExamples,
		messageIDUnique,
		operationIDName,
		operationIDUnique,
		schemaBounds,
		schemaDefault,
		schemaDiscriminator,
		schemaEnumType,
		schemaExamples,
		schemaPattern,
		schemaRequiredUndeclared,
		serverVariables,
		tagsUnique,
		valueNotListed,
		yamlAmbiguous,
	}
}

// Run checks a document against rules and returns the findings, sorted. The
// document may have been read with findings of its own; what is missing from it
// is checked by no rule.
func Run(doc *spec.Document, rules []*Rule) diag.List {
	var found diag.List
	schemas := sync.OnceValue(func() []*schema.Schema { return slices.Collect(doc.AllSchemas()) })
	j, hints := newJudge(), new(diag.Hints)
	for _, rule := range rules {
		rule.Check(&Pass{Doc: doc, rule: rule, found: &found, judge: j, schemas: schemas, hints: hints})
	}
	if j.tired {
		found.Infof(nil, "examples-not-checked", "not all examples and defaults were compared with their schemas: there are too many")
	}
	return found.Sorted()
}

// maxHinted is how many names are compared in search of a slip.
const maxHinted = 100

// compareExpressions reports the expressions of an address that are not
// declared, and what is declared and stands in no expression. Where nothing is
// declared at all the findings are warnings: the author left it out for good.
func (p *Pass) compareExpressions(word string, at source.Spanner, used, declared []spec.Text) {
	unused := missing(declared, used)
	for _, name := range missing(used, declared) {
		d := p.Reportf(name, "{%s} is no declared %s", name.Value, word)
		if len(declared) == 0 {
			d.Severity = diag.Warning
		}
		near := ""
		if len(used) <= maxHinted && len(unused) <= maxHinted {
			near = diag.Nearest(name.Value, values(unused))
		}
		if near == "" {
			d.WithHelp("declare %q under %ss", name.Value, word)
			continue
		}
		d.WithHelp("is it the %s %q? write both alike", word, near)
		unused = slices.DeleteFunc(unused, func(t spec.Text) bool { // one slip, one finding
			if t.Value == near {
				d.Note(t, "declared here as %q", near)
			}
			return t.Value == near
		})
	}
	for _, name := range unused {
		p.Reportf(name, "the %s %q is not used", word, name.Value).
			Note(at, "there is no {%s} here", name.Value)
	}
}

// missing are the texts that are none of others.
func missing(texts, others []spec.Text) []spec.Text {
	known := map[string]bool{}
	for _, t := range others {
		known[t.Value] = true
	}
	return slices.DeleteFunc(slices.Clone(texts), func(t spec.Text) bool { return known[t.Value] })
}

func values(texts []spec.Text) []string {
	out := make([]string, len(texts))
	for i, t := range texts {
		out[i] = t.Value
	}
	return out
}
