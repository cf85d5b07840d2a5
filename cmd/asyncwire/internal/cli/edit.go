package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/asyncwire/asyncwire/spec/diag"
	"github.com/asyncwire/asyncwire/spec/edit"
	"github.com/asyncwire/asyncwire/spec/source"
	"github.com/asyncwire/asyncwire/spec/syntax"
	"github.com/spf13/cobra"
)

type editOptions struct {
	rewriteOptions
	operations []operation // in the order of the command line
}

// operation is one change of a document.
type operation func(*edit.Document) error

func editCommand(env *Env) *cobra.Command {
	var o editOptions
	c := &cobra.Command{
		Use:   "edit FILE…",
		Short: "Change values of documents, and nothing else in them",
		Long: `Edit changes what it is told to and leaves the rest of the text as it is, to the
byte: comments, order, quotes, indentation. What is new is written in the style
of what stands around it. Without --write the result is printed.

A POINTER is a JSON Pointer, RFC 6901: the keys on the way, each behind a slash,
with ~1 for / and ~0 for ~ inside a key. Items of arrays are counted from 0, and
- is the one behind the last. The operations are done in the order in which they
are given:

  --set POINTER=VALUE       VALUE is YAML or JSON: 5 is a number, "5" is text;
                            a member or item that is missing is added
  --set-text POINTER=TEXT   TEXT is text, whatever it looks like
  --delete POINTER          with the comments that belong to it
  --rename POINTER=KEY      references of the same file to it follow
  --move POINTER=POINTER    to another place, with its comments

A value that aliases refer to is not changed, for it would change elsewhere too.
FILE may be - for standard input.

` + exitHelp,
		Example: `  asyncwire edit asyncapi.yaml --set /info/version=1.2.0 -w
  asyncwire edit asyncapi.yaml --set '/info/contact={name: Ann, email: ann@example.com}' --diff
  asyncwire edit asyncapi.yaml --delete /channels/old --rename /channels/orders=placed -w
  asyncwire edit services/*/asyncapi.yaml --set-text /info/license/name=MIT -w`,
		Args:              someFiles,
		ValidArgsFunction: completeDocuments,
		RunE: func(c *cobra.Command, args []string) error {
			if len(o.operations) == 0 {
				return errors.New("nothing to do: give --set, --set-text, --delete, --rename or --move")
			}
			if err := o.fits(args); err != nil {
				return err
			}
			return ran(o.rewrite(c.Context(), env, args, o.edit))
		},
	}
	o.rewriteOptions.addFlags(c)
	o.addOperations(c)
	return c
}

// operationFlag is a flag each use of which is one more operation.
type operationFlag struct {
	options *editOptions
	form    string
	parse   func(text string) (operation, error)
}

// String is part of pflag.Value.
func (f *operationFlag) String() string { return "" }

// Type is part of pflag.Value: what --help shows as the value.
func (f *operationFlag) Type() string { return f.form }

// Set is part of pflag.Value.
func (f *operationFlag) Set(text string) error {
	o, err := f.parse(text)
	if err == nil {
		f.options.operations = append(f.options.operations, o)
	}
	return err
}

func (o *editOptions) addOperations(c *cobra.Command) {
	add := func(name, form, usage string, parse func(string) (operation, error)) {
		c.Flags().Var(&operationFlag{o, form, parse}, name, usage)
	}
	add("set", "POINTER=VALUE", "make the value at the pointer VALUE, in YAML or JSON", parseSet)
	add("set-text", "POINTER=TEXT", "make the value at the pointer TEXT", pairOf(func(d *edit.Document, pointer, text string) error {
		return d.Set(pointer, edit.String(text))
	}))
	add("delete", "POINTER", "remove what is at the pointer", func(text string) (operation, error) {
		pointer, err := pointerOf(text)
		return func(d *edit.Document) error { return d.Remove(pointer) }, err
	})
	add("rename", "POINTER=KEY", "give what is at the pointer another key", pairOf(func(d *edit.Document, pointer, key string) error {
		_, err := d.RenameTarget(pointer, key)
		return err
	}))
	add("move", "POINTER=POINTER", "move what is at the first pointer to the second", pairOf(func(d *edit.Document, from, to string) error {
		to, err := pointerOf(to)
		if err != nil {
			return err
		}
		return d.Move(from, to)
	}))
}

// pointerOf reads a JSON Pointer, as it is or as the fragment of a reference.
func pointerOf(text string) (string, error) {
	pointer := strings.TrimPrefix(text, "#")
	if pointer != "" && pointer[0] != '/' {
		return "", fmt.Errorf("%q is not a JSON Pointer: write it like /info/version", text)
	}
	return pointer, nil
}

// pairOf reads POINTER=TEXT.
func pairOf(do func(d *edit.Document, pointer, text string) error) func(string) (operation, error) {
	return func(text string) (operation, error) {
		left, right, ok := strings.Cut(text, "=")
		if !ok {
			return nil, fmt.Errorf("%q lacks a \"=\" behind the pointer", text)
		}
		pointer, err := pointerOf(left)
		return func(d *edit.Document) error { return do(d, pointer, right) }, err
	}
}

// parseSet reads POINTER=VALUE.
func parseSet(text string) (operation, error) {
	var value *syntax.Node
	set, err := pairOf(func(d *edit.Document, pointer, _ string) error { return d.Set(pointer, value) })(text)
	if err != nil {
		return nil, err
	}
	_, right, _ := strings.Cut(text, "=")
	if strings.TrimSpace(right) == "" {
		return nil, errors.New(`there is no value behind the "=": write null, or "" for a text that is empty`)
	}
	var found diag.List
	value, found = syntax.Parse(source.NewFile("VALUE", []byte(right)))
	if value == nil || found.HasErrors() {
		i := slices.IndexFunc(found, func(d *diag.Diagnostic) bool { return d.Severity == diag.Error })
		return nil, fmt.Errorf("the value is neither YAML nor JSON: %s", found[i].Message)
	}
	return set, nil
}

// edit does the operations to one document.
func (o *editOptions) edit(f *source.File) (text, stored []byte, found diag.List, err error) {
	doc, found := edit.Open(f)
	if doc == nil {
		return nil, nil, found, nil
	}
	for _, do := range o.operations {
		if err := do(doc); err != nil {
			return nil, nil, nil, err
		}
	}
	text, err = doc.Text()
	return text, f.Encoding().Encode(text), nil, err
}
