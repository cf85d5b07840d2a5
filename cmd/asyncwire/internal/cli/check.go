package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/diag/render"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
	"github.com/asyncwire/asyncwire/spec/schema"
	"github.com/asyncwire/asyncwire/spec/schema/crosscheck"
	"github.com/asyncwire/asyncwire/spec/schema/validate"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
	"github.com/spf13/cobra"
)

// Codes of findings about values.
const (
	codeInvalid diag.Code = "value-invalid"
	codeMore    diag.Code = "more-findings"
	codeNoValue diag.Code = "no-value"
)

// maxFindings is how many findings about one file are listed.
const maxFindings = 1000

type checkOptions struct {
	lintOptions
	formats choice
	ndjson  bool
	cross   bool // ask for a second opinion
	cover   bool // tell what no value touches
	checked int  // values, so far
}

// judges are what values are held to.
type judges struct {
	first    *validate.Validator // nil when the schema cannot be used
	second   *secondOpinion      // nil when nobody asked for it
	recorder *validate.Recorder  // nil when nobody asked for it
	schema   *schema.Schema
}

func checkCommand(env *Env) *cobra.Command {
	var o checkOptions
	c := &cobra.Command{
		Use:   "check SCHEMA[#POINTER] FILE…",
		Short: "Hold JSON files to a schema",
		Long: `Check judges JSON values by a schema and says what is wrong, and where in the
file. The schema is one of these:

  order.schema.json                                a JSON Schema, in JSON or YAML
  order.schema.json#/$defs/Address                 a part of it
  asyncapi.yaml#/components/schemas/Order          a schema of an AsyncAPI document
  asyncapi.yaml#/components/messages/orderPlaced   the payload of a message in it
  openapi.yaml#/components/schemas/Order           a schema of an OpenAPI document

A schema is read in the dialect that its "$schema" names: draft-04, draft-06,
draft-07, 2019-09 or 2020-12. Without one, a file that holds a schema is read as
draft-07, a schema of an AsyncAPI document as its schemaFormat says, and one of
an OpenAPI document as the version of OpenAPI has it: 3.0 in a dialect of its
own, 3.1 in 2020-12.

FILE holds one JSON value, or with --ndjson one on every line, and then may be of
any size; empty lines are passed over. FILE may be - for standard input. The text
must be strict JSON: keys that stand twice, bytes that are not UTF-8 and whatever
stands behind the value are findings too.

Formats such as date-time are checked in schemas up to draft-07 and are mere
annotations since 2019-09, as the standard has it; --format-assertion=on checks
them in all dialects, --format-assertion=off in none.

With --cross-check a validator of other authors judges every value as well, and
a disagreement is a finding with both verdicts. What it is known to judge
differently is only remarked upon. With --coverage there is a remark on each
field, enum value and branch of the schema that no valid value touches.

References are followed into files below the schema's directory and those that
--allow-file names, and over the network only to hosts that --allow-http names.

` + exitHelp,
		Example: `  asyncwire check order.schema.json order.json
  asyncwire check asyncapi.yaml#/components/messages/orderPlaced fixtures/*.json
  kcat -C -t orders -e -q | asyncwire check asyncapi.yaml#/components/schemas/Order --ndjson -
  asyncwire check order.schema.json order.json --format json`,
		Args:              schemaAndFiles,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			return ran(o.run(c.Context(), env, args[0], withoutRepeats(args[1:])))
		},
	}
	o.addFlags(c)
	return c
}

func (o *checkOptions) addFlags(c *cobra.Command) {
	addFormat(c, &o.format)
	o.failOn = choice{value: diag.Error.String(), allowed: []string{diag.Error.String(), diag.Warning.String(), diag.Info.String()}}
	addChoice(c, &o.failOn, "fail-on", "the mildest severity that makes the command fail")
	addFormatAssertion(c, &o.formats)
	c.Flags().BoolVar(&o.cross, "cross-check", false, "compare every verdict with that of another validator, "+crosscheck.Name)
	c.Flags().BoolVar(&o.cover, "coverage", false, "tell which fields, enum values and branches of the schema no value touches")
	c.Flags().BoolVar(&o.ndjson, "ndjson", false, "each line of a file is a value of its own")
	o.loading.addFlags(c)
}

// addFormatAssertion adds the flag for what formats are worth.
func addFormatAssertion(c *cobra.Command, formats *choice) {
	*formats = choice{allowed: []string{"on", "off"}}
	addChoice(c, formats, "format-assertion", "whether formats restrict values (default: as the schema's dialect says)")
}

// schemaOptions are the options of validators for what that flag says.
func schemaOptions(formats choice) *validate.Options {
	return &validate.Options{NoFormats: formats.value == "off", AllFormats: formats.value == "on"}
}

// schemaAndFiles demands a schema and at least one file.
func schemaAndFiles(c *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return errors.New("no SCHEMA is named")
	case len(args) == 1:
		return errors.New("no FILE is named: what should be held to the schema?")
	case args[0] == "-":
		return errors.New("SCHEMA must be a file: standard input is for values")
	}
	return nothingEmpty(c, args)
}

func (o *checkOptions) run(ctx context.Context, env *Env, where string, files []string) error {
	by, found, err := o.compile(ctx, env, where)
	if err != nil {
		return err
	}
	var unreadable []render.Unjudged
	for _, name := range files {
		if by.first == nil {
			break // no value can be judged, which the findings explain
		}
		more, err := o.judgeFile(ctx, env, by, name)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			env.complain(err)
			unreadable = append(unreadable, render.Unjudged{Input: displayName(name), Why: err.Error()})
		}
		found.Add(more...)
	}
	if by.recorder != nil {
		found.Add(untouched(by)...)
	}
	if err := env.render(env.Stdout, o.format.value, found, append([]string{schemaFile(where)}, files...), unreadable...); err != nil {
		return err
	}
	if _, ok := terminal(env.Stderr); ok && len(found) == 0 && o.format.value == "text" {
		env.logf("%s: %s", diag.Counted(o.checked, "value"), render.Summary(found))
	}
	return o.status(found, len(unreadable))
}

// judgeFile holds what is in a file to the schema: one value, or those of its lines.
func (o *checkOptions) judgeFile(ctx context.Context, env *Env, by judges, name string) (diag.List, error) {
	if o.ndjson {
		return o.judgeLines(ctx, env, by, name)
	}
	file, err := env.read(ctx, name)
	if errors.Is(err, resolve.ErrTooLarge) {
		err = withHelp(err, "where it has one value on each line, --ndjson reads it line by line")
	}
	if err != nil {
		return nil, err
	}
	return unlessInterrupted(ctx, func() (diag.List, error) { return o.judge(by, file), nil })
}

// compile reads the schema at FILE#POINTER. There is no validator when a finding
// says why the schema cannot be used; an error tells that there is none.
func (o *checkOptions) compile(ctx context.Context, env *Env, where string) (by judges, found diag.List, err error) {
	path := schemaFile(where)
	file, err := env.read(ctx, path)
	if err != nil {
		return by, nil, err
	}
	loader, err := o.loading.loader(path, file)
	if err != nil {
		return by, nil, err
	}
	type understood struct {
		judges
		found diag.List
	}
	all, err := unlessInterrupted(ctx, func() (understood, error) {
		by, found, err := o.understand(resolve.New(ctx, loader), file, where)
		return understood{by, found}, errors.Join(ctx.Err(), err)
	})
	if err != nil {
		return by, nil, err
	}
	return all.judges, all.found, o.loading.finish(env, loader, all.found)
}

// schemaFile is the file of FILE#POINTER.
func schemaFile(where string) string {
	path, _, _ := strings.Cut(where, "#")
	return path
}

// understand reads the schema at FILE#POINTER from its file.
func (o *checkOptions) understand(refs *resolve.Resolver, file *source.File, where string) (by judges, found diag.List, err error) {
	path, pointer, _ := strings.Cut(where, "#")
	root := refs.Add(file)
	if root.Node == nil || refs.Findings().HasErrors() {
		return by, refs.Findings(), nil
	}
	reader := schema.NewReader(refs, parse.Languages()...)
	isDocument := root.Node.Get("asyncapi") != nil
	if isDocument && pointer == "" {
		err := fmt.Errorf("%s is an AsyncAPI document, which holds many schemas", path)
		return by, nil, withHelp(err, "name one: %s#/components/schemas/…, or a message: %s#/components/messages/…", path, path)
	}
	if standard, hosted := reader.Hosted(root); hosted && pointer == "" {
		err := fmt.Errorf("%s is a document of %s, which holds many schemas", path, standard)
		return by, nil, withHelp(err, "name one: %s#/components/schemas/…", path)
	}
	at, ok := refs.Follow(file, &syntax.Node{Kind: syntax.String, Text: "#" + pointer})
	if !ok {
		return by, refs.Findings(), nil
	}
	if what := reader.WhyNoSchema(at); what != "" {
		return by, nil, fmt.Errorf("%s is %s of an OpenAPI document, and not a schema", where, what)
	}
	var s *schema.Schema
	if isDocument {
		if err = fits(refs, at); err == nil {
			s, err = documentSchema(refs, reader, at)
		}
	} else {
		s = reader.ReadAs(at, schema.Draft07)
	}
	if err != nil {
		return by, nil, fmt.Errorf("%s: %w", where, err)
	}
	by, found = o.judges(s)
	found.Add(refs.Findings()...)
	if found.Add(reader.Findings()...); found.HasErrors() {
		by.first = nil
	}
	return by, found, nil
}

// judges prepares a schema.
func (o *checkOptions) judges(s *schema.Schema) (by judges, found diag.List) {
	options := schemaOptions(o.formats)
	by.first, found = validate.Compile(s, options)
	by.schema = s
	if o.cover && by.first != nil {
		by.recorder = by.first.NewRecorder()
	}
	if o.cross && by.first != nil {
		by.second = newSecondOpinion(s, options, &found)
	}
	return by, found
}

// documentSchema reads the schema at a place of an AsyncAPI document: a schema,
// one with its schemaFormat, or a message, whose payload is meant.
func documentSchema(refs *resolve.Resolver, reader *schema.Reader, at resolve.Place) (*schema.Schema, error) {
	object, ok := refs.Deref(at)
	if !ok {
		return reader.Read(at), nil
	}
	format := ""
	if payload := object.Child("payload"); payload.Node != nil {
		format = textOf(object, "schemaFormat") // of a message in 2.x
		at, object = payload, payload
		if through, ok := refs.Deref(payload); ok {
			object = through
		}
	}
	if inner := object.Child("schema"); inner.Node != nil && textOf(object, "schemaFormat") != "" {
		at, format = inner, textOf(object, "schemaFormat")
	}
	p := reader.ReadPayload(at, format)
	if p.Schema == nil {
		return nil, fmt.Errorf("the schema is written in %s, by which no value can be checked", format)
	}
	return p.Schema, nil
}

func textOf(p resolve.Place, key string) string {
	if n := p.Child(key).Node; n != nil && n.Kind == syntax.String {
		return n.Text
	}
	return ""
}

// judge holds what is in a file to the schema.
func (o *checkOptions) judge(by judges, file *source.File) diag.List {
	j := judging{checkOptions: o, by: by}
	if j.readable(file) {
		j.value(file, file.Text())
		j.end(file)
	}
	return j.found
}

// judging is what is found in one file.
type judging struct {
	*checkOptions
	by    judges
	found diag.List
	more  int // that are not listed
}

// readable reports whether a file can hold JSON.
func (j *judging) readable(file *source.File) bool {
	if file.Encoding() == source.UTF8 {
		return true
	}
	whole := source.Span{File: file, End: min(1, len(file.Text()))}
	j.found.Errorf(whole, codeInvalid, "the text is in UTF-16, and JSON must be in UTF-8").With("keyword", "utf-8")
	return false
}

// value judges a file that is one value.
func (j *judging) value(file *source.File, text []byte) {
	text = bytes.TrimRight(text, "\r\n")
	j.checked++
	verdict := j.by.first.Validate(text)
	j.by.second.compare(&j.found, file, text, verdict)
	if j.by.recorder != nil && verdict.Valid() {
		j.by.recorder.Valid(text)
	}
	for _, broken := range verdict.Violations {
		if len(j.found) < maxFindings {
			report(&j.found, file, &broken)
		} else {
			j.more++
		}
	}
}

// end tells, at the end of the last part of a file, what was not listed.
func (j *judging) end(last *source.File) {
	if j.more > 0 {
		end := source.Span{File: last, Start: len(last.Text()), End: len(last.Text())}
		j.found.Errorf(end, codeMore, "%d further faults of this file are not listed", j.more)
	}
}

// report makes a violation a finding in the file.
func report(found *diag.List, file *source.File, broken *validate.Violation) {
	at := source.Span{File: file, Start: broken.Offset}
	at.End = at.Start + extent(file.Text()[at.Start:])
	d := found.Errorf(at, codeInvalid, "%s", broken.Message).With("keyword", broken.Keyword)
	if broken.Pointer != "" {
		d.With("pointer", broken.Pointer)
	}
	if !broken.At.IsZero() {
		d.Note(broken.At, "the schema asks for it here")
	}
}

// extent is how much of a text a finding about its first value underlines: all
// of a string, number or word, and the bracket of what holds others.
func extent(text []byte) int {
	if len(text) == 0 {
		return 0
	}
	if text[0] == '{' || text[0] == '[' {
		return 1
	}
	var value json.RawMessage
	d := json.NewDecoder(bytes.NewReader(text[:min(len(text), maxUnderlined)]))
	if d.Decode(&value) != nil {
		return 1
	}
	return int(d.InputOffset())
}

// maxUnderlined is the longest scalar that is underlined as a whole.
const maxUnderlined = 1 << 10
