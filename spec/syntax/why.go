package syntax

import (
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"
)

// why is what the YAML library knows about a mistake.
type why struct {
	problem   string // in the library's words
	problemAt int    // offset at which it was noticed
	context   string // what was being read then, in the library's words, or ""
	contextAt int    // offset at which that begins
	anchor    string // the anchor that an alias names in vain
}

// whyOf asks the decoder why it failed. The library's errors name but a line,
// and often another one than that of the mistake, so the places are taken from
// the fields in which its parser keeps them; reading those needs reflection,
// since they are not exported. A test fails when they are no longer there.
func whyOf(dec *yaml.Decoder, err error, c *cursor) why {
	w := why{problem: strings.TrimPrefix(err.Error(), "yaml: ")}
	parser := field(reflect.ValueOf(dec), "parser")
	scanner := field(parser, "parser")
	if name, ok := strings.CutPrefix(w.problem, "unknown anchor '"); ok {
		w.anchor = strings.TrimSuffix(name, "' referenced")
		w.problemAt = c.mark(field(field(parser, "event"), "start_mark"))
		return w
	}
	if problem := field(scanner, "problem"); problem.Kind() == reflect.String && problem.Len() > 0 {
		w.problem = problem.String()
	}
	w.problemAt = c.mark(field(scanner, "problem_mark"))
	if context := field(scanner, "context"); context.Kind() == reflect.String {
		w.context = context.String()
	}
	w.contextAt = w.problemAt
	if w.context != "" {
		w.contextAt = c.mark(field(scanner, "context_mark"))
	}
	return w
}

// field returns a field of a struct or of what v points to; the zero Value when
// there is no such field.
func field(v reflect.Value, name string) reflect.Value {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return reflect.Value{}
	}
	return v.FieldByName(name)
}

// mark is the offset of one of the library's marks, which count from 0.
func (c *cursor) mark(v reflect.Value) int {
	line, column := field(v, "line"), field(v, "column")
	if !line.CanInt() || !column.CanInt() {
		return c.file.LineStart(1)
	}
	return c.at(int(line.Int())+1, int(column.Int())+1)
}
