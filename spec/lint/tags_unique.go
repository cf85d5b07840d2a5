package lint

import (
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
)

var tagsUnique = &Rule{
	Code:     "tags-unique",
	Severity: diag.Error,
	Title:    "an object has two tags of one name",
	Doc: `Tags group objects by name: a second one of the same name adds nothing, and its
description is lost. Tag names must be unique in their list.`,
	Bad: `
tags:
  - name: orders
  - name: billing
  - name: orders`,
	Good: `
tags:
  - name: orders
  - name: billing`,
	Check: checkTagsUnique,
}

func checkTagsUnique(p *Pass) {
	for _, tags := range tagLists(p.Doc) {
		first := map[string]*spec.Tag{}
		for _, t := range tags {
			if !t.Name.IsSet() {
				continue
			}
			if other := first[t.Name.Value]; other != nil {
				d := p.Reportf(t.Name, "the tag %q is listed twice", t.Name.Value)
				if other != t {
					d.Note(other.Name, "first listed here")
				}
				continue
			}
			first[t.Name.Value] = t
		}
	}
}

// tagLists are the tags of every object that has some.
func tagLists(doc *spec.Document) [][]*spec.Tag {
	out := [][]*spec.Tag{doc.Info.Tags}
	for s := range doc.AllServers() {
		out = append(out, s.Tags)
	}
	for c := range doc.AllChannels() {
		out = append(out, c.Tags)
	}
	for o := range doc.AllOperations() {
		out = append(out, o.Tags)
		for _, t := range o.Traits {
			out = append(out, t.Tags)
		}
	}
	for m := range doc.AllMessages() {
		out = append(out, m.Tags)
		for _, t := range m.Traits {
			out = append(out, t.Tags)
		}
	}
	for _, t := range doc.Components.OperationTraits {
		out = append(out, t.Value.Tags)
	}
	for _, t := range doc.Components.MessageTraits {
		out = append(out, t.Value.Tags)
	}
	return out
}
