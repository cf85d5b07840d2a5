package contracttest

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// The codes of findings.
const (
	codePayload       diag.Code = "payload-invalid"
	codeHeaders       diag.Code = "headers-invalid"
	codeKey           diag.Code = "key-invalid"
	codeContentType   diag.Code = "content-type-mismatch"
	codeUnknown       diag.Code = "message-unknown"
	codeAmbiguous     diag.Code = "message-ambiguous"
	codeParameter     diag.Code = "parameter-invalid"
	codeCorrelationID diag.Code = "correlation-id-missing"
	codeRepeated      diag.Code = "header-repeated"
	codeLocation      diag.Code = "location-unreadable"
	codeMore          diag.Code = "more-findings"
)

// perRule is how many findings are kept of one rule of one message. More are
// counted alone.
const perRule = 20

// maxExcerpt is how many bytes of a message are shown at most.
const maxExcerpt = 60

// collector keeps findings within bounds: the rules of a document are finite,
// and of each only perRule findings are kept.
type collector struct {
	found diag.List
	rules map[rule]*tallied
	order []rule
}

// rule identifies what was broken. Code and place belong to it, so that one
// message's many breaches of one rule do not crowd out another rule's.
type rule struct {
	channel *channel
	message *message // nil when it is not known which
	code    diag.Code
	at      source.Span
}

type tallied struct {
	count int
	first *diag.Diagnostic
}

func newCollector(found diag.List) *collector {
	return &collector{found: append(diag.List(nil), found...), rules: map[rule]*tallied{}}
}

// add counts a finding and, while there is room, makes and keeps it.
func (c *collector) add(r rule, make func() *diag.Diagnostic) {
	t := c.rules[r]
	if t == nil {
		t = &tallied{}
		c.rules[r] = t
		c.order = append(c.order, r)
	}
	if t.count++; t.count > perRule {
		return
	}
	d := make()
	d.Code, d.At = r.code, r.at
	if t.first == nil {
		t.first = d
	}
	c.found.Add(d)
}

// list returns all findings, sorted, with a remark for each rule of which some
// were left out.
func (c *collector) list() diag.List {
	out := append(diag.List(nil), c.found...)
	for _, r := range c.order {
		more := c.rules[r].count - perRule
		if more <= 0 {
			continue
		}
		d := out.Infof(r.at, codeMore, "%d more %s findings like %q are counted but not listed", more, r.code, c.rules[r].first.Message).
			With("channel", r.channel.id)
		if r.message != nil {
			d.With("message", r.message.name)
		}
		d.With("count", strconv.Itoa(more))
	}
	return out.Sorted()
}

// withKey adds the message's key when it is fit to be shown: short, printable
// and not secret by any of the messages that it may be.
func withKey(d *diag.Diagnostic, m *driver.Message, candidates ...*message) *diag.Diagnostic {
	if len(m.Key) == 0 || len(m.Key) > maxExcerpt || !printable(string(m.Key)) {
		return d
	}
	for _, c := range candidates {
		if isSecret(layers(c.key.schema)) {
			return d
		}
	}
	return d.With("key", string(m.Key))
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) })
}

// excerpt shortens a text of a message and makes it harmless to print.
func excerpt(s string) string {
	cut := s
	if len(cut) > maxExcerpt {
		cut = cut[:maxExcerpt]
		for len(cut) > 0 && !utf8.RuneStart(s[len(cut)]) {
			cut = cut[:len(cut)-1]
		}
	}
	if len(cut) < len(s) {
		return clean(cut) + "…"
	}
	return clean(cut)
}

// clean replaces what could move a terminal's cursor or hide text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '\ufffd'
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// described is a violation in words, without the value where the document marks
// it as secret.
func described(what string, p *part, broken *validate.Violation) string {
	place := what
	if broken.Pointer != "" {
		place += " at " + excerptPointer(broken.Pointer)
	}
	if reveals(p.schema, broken) {
		return place + ": breaks the rule " + strconv.Quote(broken.Keyword) + "; the value is secret and not shown"
	}
	return place + ": " + clean(broken.Message)
}

// excerptPointer keeps long property names of messages from flooding a report.
func excerptPointer(pointer string) string {
	if len(pointer) <= 4*maxExcerpt && printable(pointer) {
		return pointer
	}
	return excerpt(pointer)
}

// harmless are the keywords whose violations show nothing of a value's parts.
var harmless = map[string]bool{
	"type": true, "json": true, "byte-order-mark": true, "trailing-bytes": true, "max-size": true, "duplicate-key": true, "max-depth": true, "too-costly": true,
	"required": true, "additionalProperties": true, "minProperties": true, "maxProperties": true,
	"minItems": true, "maxItems": true, "dependencies": true, "additionalItems": true,
}

// reveals tells whether the violation's text may show what the document marks
// as secret: by writeOnly, or the format password.
func reveals(s *schema.Schema, broken *validate.Violation) bool {
	if s == nil {
		return false
	}
	at := layers(s)
	for token := range strings.SplitSeq(strings.TrimPrefix(broken.Pointer, "/"), "/") {
		if isSecret(at) {
			return true
		}
		if broken.Pointer != "" {
			at = inside(at, source.UnescapeToken(token))
		}
	}
	return isSecret(at) || (!harmless[broken.Keyword] && holdsSecret(at))
}

func isSecret(all []*schema.Schema) bool {
	for _, s := range all {
		if s.WriteOnly || s.Format == "password" {
			return true
		}
	}
	return false
}

// holdsSecret tells whether a part of the value may be secret.
func holdsSecret(all []*schema.Schema) bool {
	seen := map[*schema.Schema]bool{}
	for len(all) > 0 {
		s := all[0]
		all = all[1:]
		if seen[s] {
			continue
		}
		seen[s] = true
		if isSecret([]*schema.Schema{s}) {
			return true
		}
		all = append(all, layers(nested(s)...)...)
	}
	return false
}

// inside are the schemas that may speak about a member or item.
func inside(all []*schema.Schema, token string) []*schema.Schema {
	var out []*schema.Schema
	for _, s := range all {
		if p := s.Property(token); p != nil {
			out = append(out, p)
			for _, p := range s.PatternProperties {
				out = append(out, p.Schema)
			}
		} else {
			out = append(out, others(s)...)
		}
	}
	return layers(out...)
}

// others are the schemas of parts that have no name of their own.
func others(s *schema.Schema) []*schema.Schema {
	out := []*schema.Schema{s.AdditionalProperties, s.UnevaluatedProperties, s.Items, s.AdditionalItems, s.UnevaluatedItems, s.Contains}
	out = append(out, s.TupleItems...)
	for _, p := range s.PatternProperties {
		out = append(out, p.Schema)
	}
	return out
}

func nested(s *schema.Schema) []*schema.Schema {
	out := others(s)
	for _, p := range s.Properties {
		out = append(out, p.Schema)
	}
	return out
}
