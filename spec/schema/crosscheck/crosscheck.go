// Package crosscheck asks another author's validator, gojsonschema, for a second
// opinion on a verdict. It is for the shell and for tests: that validator is
// slow, panics on some numbers and knows the drafts up to 07 alone. Here it may
// read no URL and no file, its panics are caught, and the size of what it
// judges and its time are limited.
//
// What it is known to get wrong is listed in Defects, so that a disagreement
// either has an explanation or is news.
//
// It imports schema and schema/validate.
//
//	second, err := crosscheck.New(document, "/components/schemas/Order", schema.AsyncAPI, true)
//	theirs, err := second.Valid(data)
package crosscheck

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"time"

	"github.com/xeipuuv/gojsonschema"

	"github.com/asyncwire/asyncwire/spec/schema"
)

// Limits of what the other validator is asked.
const (
	MaxSchema = 4 << 20         // bytes of a document
	MaxValue  = 1 << 20         // bytes of a value
	MaxTime   = 5 * time.Second // for one value, or for preparing a schema
)

// Name is the other validator with its version.
const Name = "gojsonschema v1.2.0"

// Opinion is a schema as the other validator understands it. It may be used
// by many goroutines at once.
type Opinion struct {
	schema *gojsonschema.Schema
	// Without formats and contents, to see whether they make the difference.
	plain *gojsonschema.Schema
	text  []byte // of the document
	late  atomic.Bool
}

// Errors of an opinion that cannot be had, which say why.
var (
	errDialect  = errors.New("it knows the drafts 04, 06 and 07 alone")
	errSchema   = fmt.Errorf("the document is larger than %d MiB", MaxSchema>>20)
	errValue    = fmt.Errorf("the value is larger than %d MiB", MaxValue>>20)
	errExponent = errors.New("it writes numbers with such exponents out, digit by digit")
	errLate     = fmt.Errorf("it took longer than %v", MaxTime)
	errLoad     = errors.New("the schema refers to another file, which it may not read")
	errBases    = errors.New(`an "$id" stands beside a "$ref", of which it gets the base wrong`)
	errNotFound = errors.New("the schema has no value at that place")
)

// New prepares the schema at a JSON Pointer of a JSON document, in a dialect.
// With formats, formats and contents restrict values. An error says why there
// is no second opinion.
func New(document []byte, pointer string, d schema.Dialect, formats bool) (*Opinion, error) {
	draft, ok := drafts[d]
	switch {
	case !ok:
		return nil, errDialect
	case len(document) > MaxSchema:
		return nil, errSchema
	case hugeExponent.Match(document):
		return nil, errExponent
	}
	o := &Opinion{text: document}
	err := o.limited(func() error {
		var err error
		if o.plain, err = compile(document, pointer, draft, false); err == nil && formats {
			o.schema, err = compile(document, pointer, draft, true)
		}
		return err
	})
	if !formats {
		o.schema = o.plain
	}
	return o, err
}

var drafts = map[schema.Dialect]gojsonschema.Draft{
	schema.Draft04: gojsonschema.Draft4, schema.Draft06: gojsonschema.Draft6, schema.Draft07: gojsonschema.Draft7, schema.AsyncAPI: gojsonschema.Draft7,
}

// base is the URI of the document; nothing is ever loaded from there.
const base = "http://document.invalid/"

func compile(document []byte, pointer string, draft gojsonschema.Draft, formats bool) (*gojsonschema.Schema, error) {
	var root any
	d := json.NewDecoder(bytes.NewReader(document))
	d.UseNumber()
	if err := d.Decode(&root); err != nil {
		return nil, err
	}
	if hasOwnBase(root) {
		return nil, errBases
	}
	if !formats {
		withoutFormats(root)
	}
	at, ok := follow(root, pointer)
	if !ok {
		return nil, errNotFound
	}
	l := gojsonschema.NewSchemaLoader()
	l.AutoDetect, l.Draft = false, draft
	if isSchema, isBool := at.(bool); isBool {
		return l.Compile(sealed{gojsonschema.NewGoLoader(isSchema)})
	}
	if pointer == "" {
		return l.Compile(sealed{gojsonschema.NewRawLoader(root)})
	}
	if err := l.AddSchema(base, gojsonschema.NewRawLoader(root)); err != nil {
		return nil, err
	}
	return l.Compile(sealed{gojsonschema.NewRawLoader(map[string]any{"$ref": base + "#" + (&url.URL{Fragment: pointer}).EscapedFragment()})})
}

// follow evaluates a JSON Pointer (RFC 6901).
func follow(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		token = strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~")
		switch of := v.(type) {
		case map[string]any:
			v = of[token]
		case []any:
			i := 0
			if _, err := fmt.Sscan(token, &i); err != nil || i < 0 || i >= len(of) {
				return nil, false
			}
			v = of[i]
		default:
			return nil, false
		}
	}
	return v, v != nil
}

// hasOwnBase tells whether an object of the document has a reference and a base.
func hasOwnBase(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		_, ref := v["$ref"].(string)
		_, id := v["$id"].(string)
		_, old := v["id"].(string)
		if ref && (id || old) {
			return true
		}
		for _, inner := range v {
			if hasOwnBase(inner) {
				return true
			}
		}
	case []any:
		for _, inner := range v {
			if hasOwnBase(inner) {
				return true
			}
		}
	}
	return false
}

// withoutFormats removes the keywords that NoFormats of package validate leaves
// unchecked, but no properties of those names.
func withoutFormats(v any) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range []string{"format", "contentEncoding", "contentMediaType"} {
			if _, isText := v[key].(string); isText {
				delete(v, key)
			}
		}
		for key, inner := range v {
			named, isObject := inner.(map[string]any)
			if !isObject || !namesSchemas[key] {
				withoutFormats(inner)
				continue
			}
			for _, s := range named {
				withoutFormats(s)
			}
		}
	case []any:
		for _, inner := range v {
			withoutFormats(inner)
		}
	}
}

// namesSchemas are the keywords whose members have names of the author's.
var namesSchemas = map[string]bool{
	"properties": true, "patternProperties": true, "definitions": true, "dependencies": true, "schemas": true,
}

// sealed is a schema from which nothing else is loaded.
type sealed struct {
	gojsonschema.JSONLoader
}

// LoaderFactory returns loaders that load nothing.
func (sealed) LoaderFactory() gojsonschema.JSONLoaderFactory { return nothing{} }

type nothing struct{}

// New returns a loader that loads nothing.
func (nothing) New(source string) gojsonschema.JSONLoader {
	return refused{gojsonschema.NewReferenceLoader(source)}
}

type refused struct {
	gojsonschema.JSONLoader
}

// LoadJSON refuses, whatever the source is.
func (refused) LoadJSON() (any, error) { return nil, errLoad }

// limited runs f for MaxTime at most and turns its panic into an error. After
// one call that was late nothing more is asked, since that call still runs.
func (o *Opinion) limited(f func() error) error {
	if o.late.Load() {
		return errLate
	}
	done := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- &PanicError{Value: fmt.Sprint(p)}
			}
		}()
		done <- f()
	}()
	timeout := time.NewTimer(MaxTime)
	defer timeout.Stop()
	select {
	case err := <-done:
		return err
	case <-timeout.C:
		o.late.Store(true)
		return errLate
	}
}

// PanicError tells that the other validator has panicked.
type PanicError struct {
	Value string // what it panicked with
}

// Error says so.
func (e *PanicError) Error() string { return "it panicked: " + e.Value }

// Valid is the other validator's verdict on data, with its first complaint. An
// error says why there is none.
func (o *Opinion) Valid(data []byte) (valid bool, complaint string, err error) {
	return o.ask(o.schema, data)
}

func (o *Opinion) ask(s *gojsonschema.Schema, data []byte) (valid bool, complaint string, err error) {
	switch {
	case len(data) > MaxValue:
		return false, "", errValue
	case hugeExponent.Match(data):
		return false, "", errExponent
	}
	err = o.limited(func() error {
		result, err := s.Validate(gojsonschema.NewBytesLoader(data))
		if err != nil {
			valid, complaint = false, err.Error()
			return asVerdict(err)
		}
		if valid = result.Valid(); !valid {
			complaint = result.Errors()[0].String()
		}
		return nil
	})
	return valid, complaint, err
}

// hugeExponent finds numbers of so many digits that arithmetic takes seconds.
var hugeExponent = regexp.MustCompile(`[0-9.][eE][+-]?[0-9]{5}`)

// asVerdict takes an error of the JSON decoder for the verdict that the text is
// not valid.
func asVerdict(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}
