package contracttest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/spec"
	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
)

// outcome is what became of one message.
type outcome uint8

const (
	passed outcome = iota
	failed
	unchecked
	unknown
)

// judgement is the case of one message of which it is known what the document
// says about it. It collects what is wrong and what could not be checked.
type judgement struct {
	*verifier
	live    *driver.Message
	msg     *message
	failed  bool
	reasons []string // why parts could not be checked

	// What is wrong with the parts that runtime expressions look into. Parts
	// that could not be checked cannot be looked into either.
	payload, headers       []validate.Violation
	payloadOpen, headsOpen bool
	body                   []byte // the payload as JSON text, when it is open
}

// judge checks everything the document says about the message.
func (v *verifier) judge(t *target, msg *message, live *driver.Message) (outcome, []string) {
	j := &judgement{verifier: v, live: live, msg: msg}
	j.checkContentType()
	j.checkPayload()
	j.checkHeaders()
	j.checkKey()
	j.checkParameters(t)
	j.checkCorrelation()
	switch {
	case j.failed:
		return failed, nil
	case len(j.reasons) > 0:
		return unchecked, j.reasons
	}
	return passed, nil
}

// fault records a broken rule. The finding is made only when it is kept.
func (j *judgement) fault(code diag.Code, at source.Spanner, make func() *diag.Diagnostic) {
	j.failed = true
	j.note(code, at, make)
}

func (j *judgement) note(code diag.Code, at source.Spanner, make func() *diag.Diagnostic) {
	j.findings.add(rule{j.msg.channel, j.msg, code, at.Span()}, func() *diag.Diagnostic {
		return withKey(make(), j.live, j.msg)
	})
}

// finding begins a finding about this message.
func (j *judgement) finding(format string, args ...any) *diag.Diagnostic {
	return j.about(j.msg.channel, j.msg, j.live, fmt.Sprintf(format, args...))
}

func (j *judgement) cannot(part, why string) {
	j.reasons = append(j.reasons, part+": "+why)
}

// checkContentType compares what was sent with what the document declares.
// Parameters do not count, and a message need not say its content type.
func (j *judgement) checkContentType() {
	actual, declared := j.media(j.live).name, j.msg.media.name
	if actual == "" || declared == "" || actual == declared {
		return
	}
	j.fault(codeContentType, j.msg.spec.ContentType, func() *diag.Diagnostic {
		return j.finding("content type is %q, the document says %q", excerpt(actual), declared)
	})
}

// checkPayload holds the payload to its schema. What was sent as something else
// than the document says is not held to it. Where the document says nothing of a
// payload and there is none, nothing is left to be checked.
func (j *judgement) checkPayload() {
	p := &j.msg.payload
	if !p.declared {
		j.checkUndeclared()
		return
	}
	text, why := j.payloadText(j.msg, j.live)
	if why != "" {
		j.cannot("payload", why)
		return
	}
	j.payloadOpen, j.body = true, text
	j.payload = check(p, text)
	j.faults(codePayload, "payload", p, j.payload, nil)
}

// checkUndeclared checks a payload of which the document says at most that it is
// text.
func (j *judgement) checkUndeclared() {
	declared := j.msg.media
	switch {
	case j.live.Value == nil:
	case !declared.isText() || !declared.utf8() || !j.media(j.live).utf8():
		j.cannot("payload", j.msg.payload.unchecked)
	case !utf8.Valid(j.live.Value):
		j.fault(codePayload, j.msg.spec.ContentType, func() *diag.Diagnostic {
			return j.finding("payload is not text in UTF-8").With("pointer", "").With("rule", "utf-8")
		})
	}
}

// check asks the validator; the way without violations does not allocate.
func check(p *part, text []byte) []validate.Violation {
	if p.validator.Valid(text) {
		return nil
	}
	return p.validator.Validate(text).Violations
}

// checkHeaders holds the headers to their schema, as one JSON object.
func (j *judgement) checkHeaders() {
	p := &j.msg.headers
	if !p.declared {
		return
	}
	if !p.checkable() {
		j.cannot("headers", p.unchecked)
		return
	}
	text, repeated := j.headersText(j.live, j.msg)
	j.headsOpen = true
	j.headers = check(p, text)
	j.faults(codeHeaders, "headers", p, j.headers, repeated)
	if len(j.headers) > 0 {
		return
	}
	for _, name := range repeated {
		j.note(codeRepeated, p.at, func() *diag.Diagnostic {
			d := j.finding("header %q is sent more than once; the last one was checked", excerpt(name))
			d.Severity = diag.Info
			return d
		})
	}
}

// checkKey holds the key to the schema of the protocol's binding.
func (j *judgement) checkKey() {
	p := &j.msg.key
	switch {
	case !p.declared:
		return
	case !p.checkable():
		j.cannot("key", p.unchecked)
		return
	case j.msg.keyTypes == 0 && !utf8.Valid(j.live.Key):
		j.cannot("key", "it is no text, and its schema does not say what it is")
		return
	}
	text := appendText(j.scratch[:0], j.live.Key, j.msg.keyTypes)
	j.scratch = text
	j.faults(codeKey, "key", p, check(p, text), nil)
}

// faults records violations of one part's schema.
func (j *judgement) faults(code diag.Code, what string, p *part, violations []validate.Violation, repeated []string) {
	for i := range violations {
		broken := &violations[i]
		at := broken.At
		if at.IsZero() { // a law of JSON, which no keyword states
			at = p.at
		}
		j.fault(code, at, func() *diag.Diagnostic {
			d := j.finding("%s", described(what, p, broken)).
				With("pointer", excerptPointer(broken.Pointer)).
				With("rule", broken.Keyword)
			for _, name := range repeated {
				d.Note(nil, "header %q is sent more than once; the last one was checked", excerpt(name))
			}
			if code == codePayload && j.live.Value == nil {
				d.Note(nil, "the message has no payload, which counts as null")
			}
			return d
		})
	}
}

// checkParameters holds the address to the enums of its parameters, and to the
// values that the message has where the document says they are.
func (j *judgement) checkParameters(t *target) {
	for i, name := range t.route.template.names {
		p := parameterNamed(j.msg.channel.spec.Parameters, name)
		if p == nil || p.Parameter == nil {
			continue
		}
		value := t.values[i]
		if t.loose && !allows(p.Parameter, value) {
			j.fault(codeParameter, p.Key, func() *diag.Diagnostic {
				return j.finding("address parameter %q is %q, the document allows %s", name, excerpt(value), listed(texts(p.Parameter.Enum))).
					With("parameter", name)
			})
		} else {
			j.checkParameterSchema(name, value)
		}
		j.checkParameterLocation(name, value, p.Parameter)
	}
}

// checkParameterSchema holds a value to the schema that a parameter of 2.x has, read as
// headers are.
func (j *judgement) checkParameterSchema(name, value string) {
	p, declared := j.msg.parameters[name]
	if !declared || !p.checkable() {
		return
	}
	text := appendText(nil, []byte(value), p.schema.TextTypes())
	j.faults(codeParameter, fmt.Sprintf("address parameter %q", name), &p, check(&p, text), nil)
}

// checkParameterLocation compares an address parameter with the part of the
// message that the document says it comes from. An absent part says nothing.
func (j *judgement) checkParameterLocation(name, value string, p *spec.Parameter) {
	l := j.msg.locations[name]
	if l == nil {
		return
	}
	found := j.resolve(l)
	if found == nil || plain(found) == value {
		return
	}
	j.fault(codeParameter, p.Location, func() *diag.Diagnostic {
		return j.finding("address parameter %q is %q, but differs from what the message has at %s", name, excerpt(value), l.text).
			With("parameter", name)
	})
}

func allows(p *spec.Parameter, value string) bool {
	return len(p.Enum) == 0 || slices.ContainsFunc(p.Enum, func(t spec.Text) bool { return t.Value == value })
}

func texts(all []spec.Text) []string {
	out := make([]string, 0, len(all))
	for _, t := range all {
		out = append(out, t.Value)
	}
	return out
}

// checkCorrelation looks for the correlation id where the document says it is.
func (j *judgement) checkCorrelation() {
	l := j.msg.correlation
	switch {
	case l == nil:
		return
	case !l.inHeaders && !j.payloadOpen:
		j.cannot("correlation id", "the payload cannot be looked into")
		return
	case j.resolve(l) != nil || j.explained(l):
		return
	}
	j.fault(codeCorrelationID, l.at, func() *diag.Diagnostic {
		return j.finding("there is no correlation id at %s", l.text).With("pointer", l.pointer)
	})
}

// resolve returns the JSON text at a location, or nil. A header counts as
// present when it has a value; it is the text of a JSON string unless the
// location goes on into it.
func (j *judgement) resolve(l *location) []byte {
	if !l.inHeaders {
		if !j.payloadOpen || isBroken(j.payload) {
			return nil
		}
		return lookup(j.body, l.tokens)
	}
	value, ok := header(j.live, l.tokens[0])
	switch {
	case !ok || value == nil:
		return nil
	case len(l.tokens) > 1:
		return lookup(value, l.tokens[1:])
	}
	return appendString(nil, value)
}

// isBroken tells whether the text was not JSON at all.
func isBroken(violations []validate.Violation) bool {
	return slices.ContainsFunc(violations, validate.Violation.OfText)
}

// explained tells whether a violation has already said that the way to the
// location is missing or wrong.
func (j *judgement) explained(l *location) bool {
	violations := j.payload
	if l.inHeaders {
		violations = j.headers
	}
	return slices.ContainsFunc(violations, func(b validate.Violation) bool {
		return b.OfText() || (b.Keyword == "required" || b.Keyword == "type") &&
			(b.Pointer == l.pointer || strings.HasPrefix(l.pointer, b.Pointer+"/"))
	})
}
