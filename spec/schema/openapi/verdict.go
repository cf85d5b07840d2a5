package openapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/asyncwire/asyncwire/spec/syntax"
)

// judge reports what the model finds wrong. The model stops at the first fault,
// so it is asked again without what was wrong, until nothing is.
func (o *object) judge() {
	for rounds := len(o.members) + 2; rounds > 0; rounds-- {
		err := o.verdict(o.members)
		if err == nil {
			return
		}
		if errors.Is(err, errModel) {
			o.found.Infof(o.at, codeUnchecked, "%s could not be checked by the rules of OpenAPI", o.name)
			return
		}
		if !o.blame(err) {
			break
		}
	}
	if err := o.verdict(o.members); err != nil {
		o.found.Errorf(o.at, codeSchema, "this is not valid in OpenAPI 3.0: %s", reason(err))
	}
}

// verdict is what the model says about an object of the given members, nothing
// when they are none of its business.
func (o *object) verdict(members []*syntax.Member) error {
	fields := maps.Clone(o.filled)
	if fields == nil {
		fields = map[string]string{}
	}
	for _, m := range members {
		if value := o.text(m); value != "" {
			fields[m.Key.Text] = value
		}
	}
	if len(members) > 0 && len(fields) == 0 {
		return nil
	}
	text := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(fields)) {
		if i > 0 {
			text = append(text, ',')
		}
		key, _ := json.Marshal(name)
		text = append(append(append(text, key...), ':'), fields[name]...)
	}
	text = append(text, '}')
	return contained(func() error {
		model := o.model()
		if err := json.Unmarshal(text, model); err != nil {
			return &undecodableError{err}
		}
		return model.Validate(context.Background(), lenient...)
	})
}

// lenient leaves aside what the reader judges better: patterns by ECMA-262, and
// values by their exact decimals.
var lenient = []openapi3.ValidationOption{
	openapi3.EnableMultiError(), openapi3.DisableSchemaPatternValidation(),
	openapi3.DisableExamplesValidation(), openapi3.DisableSchemaDefaultsValidation(),
}

// undecodableError tells that a text does not fit the model's types.
type undecodableError struct{ error }

// blame reports a fault at the members that it is about and takes them out of
// the model's sight. It reports false when it knows no such member.
func (o *object) blame(err error) bool {
	var (
		decoding *undecodableError
		extra    *openapi3.ExtraSiblingFieldsError
		later    *openapi3.FieldVersionMismatchError
		both     *openapi3.MutuallyExclusiveFieldsError
		missing  *openapi3.RequiredFieldError
		url      *openapi3.ExternalDocsURLValidationError
	)
	switch {
	case errors.As(err, &decoding):
		return o.undecodable()
	case errors.As(err, &extra):
		return o.each(extra.Fields, func(m *syntax.Member) {
			o.found.Warningf(m.Key, codeField, "%q is not a field of %s in OpenAPI 3.0 and means nothing", m.Key.Text, o.name).
				WithHelp("begin the names of fields of your own with x-")
		})
	case errors.As(err, &later):
		return o.each([]string{later.Field}, func(m *syntax.Member) {
			o.found.Warningf(m.Key, codeField, "%q is a field of OpenAPI %s and means nothing in 3.0", m.Key.Text, later.MinVersion)
		})
	case errors.As(err, &both):
		return o.exclusive(both.Field1, both.Field2)
	case errors.As(err, &url):
		return o.each([]string{"url"}, func(m *syntax.Member) {
			o.found.Errorf(m.Value, codeSchema, "this is not a URL")
			o.filled = map[string]string{"url": `"-"`}
		})
	case errors.As(err, &missing):
		return o.missing(missing.Field)
	}
	return false
}

// each reports members by their keys and drops them.
func (o *object) each(keys []string, report func(m *syntax.Member)) bool {
	before := len(o.members)
	for _, key := range keys {
		if m := o.member(key); m != nil {
			report(m)
			o.drop(key)
		}
	}
	return len(o.members) < before
}

// undecodable reports the members whose values do not fit, each of which fails
// alone too.
func (o *object) undecodable() bool {
	var keys []string
	for _, m := range o.members {
		var decoding *undecodableError
		if errors.As(o.verdict([]*syntax.Member{m}), &decoding) {
			keys = append(keys, m.Key.Text)
		}
	}
	return o.each(keys, func(m *syntax.Member) {
		o.found.Errorf(m.Value, codeSchema, "%q of %s cannot be %s", m.Key.Text, o.name, m.Value.Kind.Phrase())
	})
}

// exclusive reports the second of two fields that cannot stand together.
func (o *object) exclusive(a, b string) bool {
	first, second := o.member(a), o.member(b)
	if first == nil || second == nil {
		return false
	}
	if first.Key.At.Start > second.Key.At.Start {
		first, second = second, first
	}
	o.found.Errorf(second.Key, codeSchema, "a property cannot be both %q and %q", first.Key.Text, second.Key.Text).
		Note(first.Key, "the other one").WithHelp("remove one of them")
	o.drop(a)
	o.drop(b)
	return true
}

// missing reports a field that must be there, and lets the model go on as if it
// were.
func (o *object) missing(field string) bool {
	_, name, _ := strings.Cut(field, ".")
	if name == "" || o.filled[name] != "" {
		return false
	}
	if m := o.member("type"); m != nil && name == "items" {
		o.found.Errorf(m.Value, codeSchema, "an array must say what its items are").
			WithHelp("add items: {} for items of any kind")
	} else {
		o.found.Errorf(o.at, codeSchema, "%s lacks %q", o.name, name)
	}
	o.filled = map[string]string{name: map[bool]string{true: `{}`, false: `"-"`}[name == "items"]}
	return true
}

func (o *object) member(key string) *syntax.Member {
	for _, m := range o.members {
		if m.Key.Text == key {
			return m
		}
	}
	return nil
}

func (o *object) drop(key string) {
	o.members = slices.DeleteFunc(slices.Clone(o.members), func(m *syntax.Member) bool { return m.Key.Text == key })
}

// contained runs the model, whose own faults must not become ours.
func contained(f func() error) (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%w: %v", errModel, fault)
		}
	}()
	return f()
}

// errModel tells that the model failed, and not what it judged.
var errModel = errors.New("the model of OpenAPI failed")

// misfit is what the decoder says about a value of a wrong type.
var misfit = regexp.MustCompile(`json: cannot unmarshal (\w+) into field \S*?(\w+) of type \S+`)

// maxReason is the most that is shown of what the model says, in bytes.
const maxReason = 200

var userInfo = regexp.MustCompile(`//[^/@\s"]*@`)

// reason is what the model says, on one line, without what a URL must keep for
// itself.
func reason(err error) string {
	text, _, _ := strings.Cut(err.Error(), ", yaml error:")
	text = strings.TrimPrefix(text, "failed to unmarshal data: json error: ")
	text = misfit.ReplaceAllString(text, `"$2" cannot be of type $1`)
	text = strings.Join(strings.Fields(userInfo.ReplaceAllString(text, "//")), " ")
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "") + "…"
	}
	return text
}
