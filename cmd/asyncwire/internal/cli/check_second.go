package cli

import (
	"bytes"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/crosscheck"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// Codes of findings about second opinions.
const (
	codeDisagreement diag.Code = "second-opinion-differs"
	codeKnownDefect  diag.Code = "second-opinion-known"
	codeNoOpinion    diag.Code = "no-second-opinion"
)

// secondOpinion compares verdicts with those of another validator.
type secondOpinion struct {
	other *crosscheck.Opinion
	plain *validate.Validator // ours without formats
	said  map[string]bool     // remarks that have been made
}

// newSecondOpinion prepares a schema, within its file, for the other validator.
// It is nil when that is not possible, which a finding says.
func newSecondOpinion(s *schema.Schema, o *validate.Options, found *diag.List) *secondOpinion {
	root, _ := syntax.Parse(s.At.File) // what is wrong in it has been found before
	text, err := schema.AppendJSON(nil, root)
	if err != nil {
		found.Infof(s.At, codeNoOpinion, "there is no second opinion: %v", err)
		return nil
	}
	formats := !o.NoFormats && (o.AllFormats || s.FormatsAsserted())
	other, err := crosscheck.New(text, s.Pointer, s.Dialect, formats)
	if err != nil {
		found.Infof(s.At, codeNoOpinion, "%s gives no second opinion: %v", crosscheck.Name, err)
		return nil
	}
	plain, _ := validate.Compile(s, &validate.Options{NoFormats: true})
	return &secondOpinion{other: other, plain: plain, said: map[string]bool{}}
}

// compare asks about the value that a file is, and reports what is not the same.
// What is known is remarked upon once.
func (o *secondOpinion) compare(found *diag.List, file *source.File, data []byte, ours validate.Verdict) {
	if o == nil || len(*found) >= maxFindings {
		return
	}
	from := len(data) - len(bytes.TrimLeft(data, " \t\r\n"))
	at := source.Span{File: file, Start: from, End: from + extent(file.Text()[from:])}
	theirs, complaint, err := o.other.Valid(data)
	switch {
	case err != nil:
		if o.once("no opinion") {
			found.Infof(at, codeNoOpinion, "%s gives no second opinion on this value: %v", crosscheck.Name, err)
		}
		return
	case theirs == ours.Valid():
		return
	}
	d := crosscheck.Dispute{Data: data, Ours: ours, OursPlain: o.plain.Validate(data), Theirs: theirs, Complaint: complaint}
	known := o.other.Explain(&d)
	switch {
	case known == nil && theirs:
		found.Errorf(at, codeDisagreement, "%s takes this value, which is invalid: one of the two is wrong", crosscheck.Name)
	case known == nil:
		found.Errorf(at, codeDisagreement, "%s refuses this value, which is valid: one of the two is wrong", crosscheck.Name).
			With("complaint", complaint)
	case o.once(known.Name):
		found.Infof(at, codeKnownDefect, "%s judges this value differently, as it is known to do: %s", crosscheck.Name, known.Name).
			With("law", known.Law)
	}
}

// once tells whether a remark has not been made yet.
func (o *secondOpinion) once(remark string) bool {
	first := !o.said[remark]
	o.said[remark] = true
	return first
}
