package openapi

import (
	"errors"
	"regexp"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
)

// fault is something wrong in a document: what a finding points at, and the
// stretch of text that the fault is somewhere within.
type fault struct {
	at, stretch source.Span
	why         string
}

// flat are the errors in an error.
func flat(err error) []error {
	if many, ok := err.(openapi3.MultiError); ok {
		return many
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// fault finds the place of an error: the model names the parts of a document
// that it went through.
func (l *loading) fault(err error) fault {
	at := l.root
	if l.root.Node.Kind != syntax.Mapping {
		return fault{at: l.root.Node.At, stretch: l.root.Node.At, why: reason(err)}
	}
	span := head(l.root.Node)
	stretch, why := l.root.Node.At, err
	for _, token := range way(err) {
		m := at.Node.Member(token)
		if m == nil {
			break
		}
		at, span, why = at.Child(token), m.Key.At, core(err)
		stretch = span
		stretch.End = max(stretch.End, m.Value.At.End)
	}
	return fault{at: span, stretch: stretch, why: reason(why)}
}

// way are the keys that lead to what an error is about.
func way(err error) []string {
	var (
		keys       []string
		section    *openapi3.SectionValidationError
		component  *openapi3.ComponentValidationError
		path       *openapi3.PathValidationError
		operation  *openapi3.OperationValidationError
		parameters *openapi3.PathParametersError
	)
	if field := rootField.FindStringSubmatch(err.Error()); field != nil {
		return field[1:]
	}
	if errors.As(err, &section) {
		keys = append(keys, sections[section.Section])
	}
	if errors.As(err, &component) {
		keys = append(keys, componentMaps[component.Section], component.Name)
	}
	if errors.As(err, &path) {
		keys = append(keys, path.Path)
	}
	if errors.As(err, &operation) {
		keys = append(keys, strings.ToLower(operation.Method))
	}
	if errors.As(err, &parameters) {
		keys = []string{"paths", parameters.Path, strings.ToLower(parameters.Method)}
	}
	return keys
}

// rootField is how the decoder names a member of the document itself.
var rootField = regexp.MustCompile(`json: cannot unmarshal \S+ into field T\.(\w+) `)

// sections are the keys of what the model calls sections.
var sections = map[string]string{
	"components": "components", "info": "info", "paths": "paths", "security": "security", "servers": "servers", "tags": "tags",
	"external docs": "externalDocs", "webhooks": "webhooks", "jsonSchemaDialect": "jsonSchemaDialect",
}

// componentMaps are the keys of what the model calls components.
var componentMaps = map[string]string{
	"schema": "schemas", "parameter": "parameters", "request body": "requestBodies", "response": "responses", "header": "headers",
	"security scheme": "securitySchemes", "example": "examples", "link": "links", "callback": "callbacks", "path item": "pathItems",
}

// core is what is wrong, without the way to it.
func core(err error) error {
	for {
		var inner error
		switch e := err.(type) {
		case *openapi3.SectionValidationError:
			inner = e.Cause
		case *openapi3.ComponentValidationError:
			inner = e.Cause
		case *openapi3.PathValidationError:
			inner = e.Cause
		case *openapi3.OperationValidationError:
			inner = e.Cause
		default:
			return err
		}
		err = inner
	}
}
